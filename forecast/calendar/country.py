"""What a country knows of its days: public holidays, weekends, half days, optional holidays, school breaks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

import holidays
from holidays.holiday_base import HolidayBase

from ..errors import InputError
from .grid import FRIDAY, SATURDAY, SUNDAY

HALF_DAY = "half_day"
SCHOOL = "school"
CATEGORIES = (HALF_DAY, "optional", SCHOOL)
"""Categories of the package *holidays* beside public holidays: people at large do other things than usual."""
WORKED_WEEKEND = "worked_weekend"
"""Kind of a weekend day that a country works in exchange for a weekday."""
SATURDAY_RESTS = ("IL",)
"""Countries with a weekend of Friday and Saturday whose day of rest is the Saturday."""
EXCHANGE_DAYS = 31
"""Days within which a weekend day is worked for another day, at most: exchanges lie around their holiday."""


@dataclass(frozen=True)
class Country:
    """Days of a country, or of a part of it, as the package *holidays* knows them.

    Parameters
    ----------
    code, subdivision
        Codes such as "US", "NY"; the subdivision None = the whole country.

    Examples
    --------
    >>> Country("SA").weekend(dt.date(2026, 3, 2)) == {FRIDAY, SATURDAY}
    True
    """

    code: str
    subdivision: str | None = None

    @cached_property
    def _public(self) -> HolidayBase:
        try:
            return holidays.country_holidays(self.code, subdiv=self.subdivision)
        except NotImplementedError:
            parts = holidays.list_supported_countries().get(self.code)
            what = "unknown country" if parts is None else f"unknown subdivision of {self.code}"
            value = self.code if parts is None else self.subdivision
            mend = "Use an ISO code such as US" if parts is None else f"One of {', '.join(parts) or 'none'}"
            raise InputError(what, column="site.country", value=value, mend=mend) from None

    def holiday(self, date: dt.date) -> str | None:
        """Return the name of the public holiday on `date`, if any.

        Raises
        ------
        InputError
            If the country or its part is unknown.
        """
        if date not in self._names:
            self._names[date] = self._public.get(date)
        return self._names[date]

    def is_weekend(self, date: dt.date) -> bool:
        """Whether `date` is a day of the weekend, as the law had it on that date, and is not worked in exchange."""
        if date not in self._weekends:
            self._weekends[date] = self._public.is_weekend(date) and not self._is_worked(date)
        return self._weekends[date]

    def weekend(self, date: dt.date) -> frozenset[int]:
        """Return the weekdays (0 = Monday) of the weekend in the week of `date`, exchanged or not."""
        monday = date - dt.timedelta(days=date.weekday())
        if monday not in self._weeks:
            rests = (w for w in range(7) if self._public.is_weekend(monday + dt.timedelta(days=w)))
            self._weeks[monday] = frozenset(rests)
        return self._weeks[monday]

    @cached_property
    def _names(self) -> dict[dt.date, str | None]:
        return {}

    @cached_property
    def _weekends(self) -> dict[dt.date, bool]:
        return {}

    @cached_property
    def _weeks(self) -> dict[dt.date, frozenset[int]]:
        return {}

    def _is_worked(self, date: dt.date) -> bool:
        for near in (date, date + dt.timedelta(days=EXCHANGE_DAYS)):
            self._public.get(near)  # an exchange is known with the year of its holiday
        return date in self._public.weekend_workdays

    def kinds(self, date: dt.date) -> tuple[str, ...]:
        """Return which `CATEGORIES` `date` belongs to, and `WORKED_WEEKEND`; none on public holidays."""
        if self.holiday(date) is not None:
            return ()
        found = tuple(kind for kind, days in self._of_category.items() if date in days)
        worked = self._public.is_weekend(date) and self._is_worked(date)
        return (*found, WORKED_WEEKEND) if worked else found

    def half_day(self, date: dt.date) -> str | None:
        """Return the name of the half day on `date`, if any."""
        return self._of_category[HALF_DAY].get(date) if HALF_DAY in self._of_category else None

    @cached_property
    def _of_category(self) -> dict[str, HolidayBase]:
        """Days of each of the `CATEGORIES` that the country has."""
        return {
            kind: holidays.country_holidays(self.code, subdiv=self.subdivision, categories=kind)
            for kind in CATEGORIES
            if kind in self._public.supported_categories
        }


def rest_day(weekend: frozenset[int], country: str | None) -> int:
    """Return the weekday of the weekend on which people rest most, like which a public holiday is: Sunday or Friday.

    Examples
    --------
    >>> [rest_day(frozenset(days), code) for days, code in (({5, 6}, "FR"), ({4, 5}, "EG"), ({4, 5}, "IL"))]
    [6, 4, 5]
    """
    days = (SATURDAY, FRIDAY) if country in SATURDAY_RESTS else (SUNDAY, FRIDAY, SATURDAY)
    return next((day for day in days if day in weekend), max(weekend, default=SUNDAY))

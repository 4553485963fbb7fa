"""When a centre is open: weekly hours, public holidays, special days, paydays."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from ..errors import InputError
from .country import SCHOOL, Country
from .grid import FRIDAY, SATURDAY, SUNDAY, WEEKDAYS, Grid, known_zone
from .opening_hours import Spans, open_intervals
from .special_days import SpecialDay

_SATURDAY_SUNDAY, _FRIDAY_SATURDAY = frozenset((SATURDAY, SUNDAY)), frozenset((FRIDAY, SATURDAY))


@dataclass(frozen=True)
class Calendar:
    """Opening hours, public holidays, weekends and special days of a centre.

    Public holidays and weekends do not close a queue; what they do to the calls is learnt. Closures are `SpecialDay`
    with ``closed=True``.

    Parameters
    ----------
    opening
        Weekday name to open spans in minutes after midnight, as from `parse_opening`.
    zone
        IANA time zone; None = naive wall clock.
    country, subdivision
        Codes of the package *holidays* ("US", "NY"), whose public holidays and weekends count; None = no public
        holidays, and a weekend of Saturday and Sunday as a rule (`weekend`).
    special
        The centre's own special days.
    queue_opening
        Opening hours of queues that differ from `opening`.
    listed
        Per queue the hours in which its calls have rows, where that is more than its opening hours: rows without any
        call. Past forecasts tell the zero of these intervals.
    paydays
        Days of the month on which people are paid, ``"last"`` for its last; on a weekend or public holiday they are
        paid on the working day before. Such a day is a special day of the kind ``payday``.
    earlier
        Per queue the day before which its weekly hours were others, and these; None = they never changed. A queue that
        is not named has not been looked at.

    Examples
    --------
    >>> from busyhour.forecast.calendar.opening_hours import parse_opening
    >>> bank = Calendar(parse_opening({"monday": "09:00-10:00"}), None)
    >>> bank.open_mask(Grid(dt.date(2026, 6, 1), days=1, minutes=30)).sum()
    np.int64(2)
    """

    opening: Mapping[str, Spans]
    zone: str | None = None
    country: str | None = None
    subdivision: str | None = None
    special: tuple[SpecialDay, ...] = ()
    queue_opening: Mapping[str, Mapping[str, Spans]] = field(default_factory=dict)
    paydays: tuple[int | str, ...] = ()
    listed: Mapping[str, Mapping[str, Spans]] = field(default_factory=dict)
    earlier: Mapping[str, tuple[dt.date, Mapping[str, Spans]] | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.zone is not None:
            known_zone(self.zone)
        for day in self.paydays:
            if day != "last" and not (isinstance(day, int) and 1 <= day <= 31):
                raise InputError(
                    "not a day of the month",
                    column="site.paydays",
                    value=day,
                    mend='Use numbers from 1 to 31, or "last"',
                )

    @cached_property
    def nation(self) -> Country | None:
        """The days of the country, None where none is given."""
        return None if self.country is None else Country(self.country, self.subdivision)

    def holiday(self, date: dt.date) -> str | None:
        """Return the name of the public holiday on `date`, if any.

        Raises
        ------
        InputError
            If `country` or `subdivision` is unknown.
        """
        return None if self.nation is None else self.nation.holiday(date)

    def is_weekend(self, date: dt.date, queue: str | None = None) -> bool:
        """Whether `date` lies on the weekend, and is not worked in exchange for another day."""
        return date.weekday() in self.weekend(date, queue) if self.nation is None else self.nation.is_weekend(date)

    def weekend(self, date: dt.date, queue: str | None = None) -> frozenset[int]:
        """Return the weekdays (0 = Monday) of the weekend in the week of `date`: the country's.

        Without a country they are Saturday and Sunday, or Friday and Saturday where `queue` is open on Sundays and on
        neither of these.
        """
        if self.nation is not None:
            return self.nation.weekend(date)
        hours = self.hours(queue)
        friday, saturday, sunday = (hours.get(WEEKDAYS[day]) for day in (FRIDAY, SATURDAY, SUNDAY))
        return _FRIDAY_SATURDAY if sunday and not friday and not saturday else _SATURDAY_SUNDAY

    def is_plain(self, date: dt.date, queue: str | None = None) -> bool:
        """Whether nothing sets `date` apart from its weekday: no holiday, half day, exchanged or special day.

        A school break does not: so many days tell themselves what is usual on them.
        """
        if self.holiday(date) or self.specials(date, queue):
            return False
        return self.nation is None or not set(self.nation.kinds(date)) - {SCHOOL}

    def with_closures(self, dates: Iterable[dt.date], queue: str | None) -> Calendar:
        """Return this calendar with `dates` closed for `queue`."""
        extra = tuple(SpecialDay(d, "shut", "closure", queue, closed=True) for d in dates)
        return replace(self, special=self.special + extra) if extra else self

    def hours(self, queue: str | None = None, date: dt.date | None = None) -> Mapping[str, Spans]:
        """Return the weekly opening hours of `queue`: today's, or those in force on `date`."""
        if queue is None:
            return self.opening
        before = self.earlier.get(queue) if date is not None else None
        if before is not None and date is not None and date < before[0]:
            return before[1]
        return self.queue_opening.get(queue, self.opening)

    def is_closed(self, date: dt.date, queue: str | None = None) -> bool:
        """Whether a special day shuts `queue` on `date`."""
        return any(s.closed for s in self.specials(date, queue))

    def spans(self, date: dt.date, queue: str | None = None) -> Spans:
        """Return when `queue` is open on `date`, in minutes after midnight: its own hours, else the weekday's."""
        special = [s for s in self._by_date.get(date, ()) if s.concerns(queue)]
        if any(s.closed for s in special):
            return ()
        own = sorted((s for s in special if s.hours is not None), key=lambda s: s.queue is None)
        return own[0].hours or () if own else self.hours(queue, date).get(WEEKDAYS[date.weekday()], ())

    def specials(self, date: dt.date, queue: str | None = None) -> tuple[SpecialDay, ...]:
        """Return the special days of `queue` on `date`."""
        own = tuple(s for s in self._by_date.get(date, ()) if s.concerns(queue))
        return (*own, SpecialDay(date, "payday", "payday")) if self.paydays and self._pays(date) else own

    @cached_property
    def _by_date(self) -> dict[dt.date, list[SpecialDay]]:
        out: dict[dt.date, list[SpecialDay]] = {}
        for s in self.special:
            out.setdefault(s.date, []).append(s)
        return out

    def _pays(self, date: dt.date) -> bool:
        """Whether a payday, or one on the weekend or public holidays that follow `date`, is paid on `date`."""

        def rest(day: dt.date) -> bool:
            return self.is_weekend(day) or self.holiday(day) is not None

        day, one = date, dt.timedelta(days=1)
        while day == date or rest(day):
            if day.day in self.paydays or ("last" in self.paydays and (day + one).day == 1):
                return not rest(date)
            day += one
        return False

    def open_wall(self, dates: Sequence[dt.date], minutes: int, queue: str | None = None) -> np.ndarray:
        """Return whether each wall-clock interval is open, shape (days, 1440 / minutes)."""
        start = np.arange(0, 1440, minutes)
        weekday = [d.weekday() for d in dates]
        out = open_intervals(self.hours(queue), minutes)[weekday]
        before = self.earlier.get(queue) if queue is not None else None
        if before is not None:
            past = np.array([d < before[0] for d in dates], dtype=bool)
            out[past] = open_intervals(before[1], minutes)[weekday][past]
        for i, date in enumerate(dates):
            if date in self._by_date:
                spans = self.spans(date, queue)
                out[i] = [any(a <= m < b for a, b in spans) for m in start]
        return np.asarray(out, dtype=bool)

    def open_mask(self, grid: Grid, queue: str | None = None) -> np.ndarray:
        """Return per interval of `grid` whether `queue` is open when it starts, shape (len(grid),).

        The hours of a date hold whenever the clock shows them on that date: twice where it goes back over them, never
        where it skips them.
        """
        before = grid.first_date - dt.timedelta(days=1)  # a clock that goes back at 00:01 shows that date again
        wall = self.open_wall((before, *grid.dates), grid.minutes, queue)
        day = (grid.starts.tz_localize(None).normalize() - pd.Timestamp(before)).days.to_numpy()
        return np.asarray(wall[day, grid.minute_of_day // grid.minutes], dtype=bool)

    def listed_mask(self, grid: Grid, queue: str) -> np.ndarray:
        """Return per interval of `grid` whether `queue` is open, or has rows all the same, shape (len(grid),)."""
        mask = self.open_mask(grid, queue)
        rows = self.listed.get(queue)
        if rows is None:
            return mask
        return np.asarray(mask | replace(self, opening=rows, queue_opening={}).open_mask(grid, queue))

    def effect(self, dates: Sequence[dt.date], queue: str | None = None) -> np.ndarray:
        """Return per day the product of the planner's own multipliers, 1 where there is none."""
        return np.array([math.prod(s.effect or 1.0 for s in self.specials(d, queue)) for d in dates], dtype=float)

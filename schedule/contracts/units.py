"""Spans of the calendar over which goals are measured and money is settled."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .goal import Unit

MONTHS = {"month": 1, "quarter": 3, "year": 12}
"""Months of the longer units."""


@dataclass(frozen=True)
class Period:
    """One day, week, month, quarter or year.

    Attributes
    ----------
    unit
        Its length.
    start, end
        First day, and the day after the last.
    """

    unit: Unit
    start: dt.date
    end: dt.date

    @classmethod
    def of(cls, date: dt.date, unit: Unit) -> Period:
        """Return the period that holds `date`.

        Examples
        --------
        >>> str(Period.of(dt.date(2026, 10, 24), "month")), str(Period.of(dt.date(2026, 10, 24), "quarter"))
        ('2026-10', '2026-Q4')
        """
        if unit == "day":
            return cls(unit, date, date + dt.timedelta(days=1))
        if unit == "week":
            monday = date - dt.timedelta(days=date.weekday())
            return cls(unit, monday, monday + dt.timedelta(days=7))
        size = MONTHS[unit]
        first = (date.month - 1) // size * size
        after = date.year * 12 + first + size
        return cls(unit, dt.date(date.year, first + 1, 1), dt.date(after // 12, after % 12 + 1, 1))

    @property
    def next(self) -> Period:
        """The period after this one."""
        return Period.of(self.end, self.unit)

    @property
    def dates(self) -> tuple[dt.date, ...]:
        """Every day of the period."""
        return tuple(self.start + dt.timedelta(days=d) for d in range((self.end - self.start).days))

    def holds(self, date: dt.date) -> bool:
        """Whether `date` lies in the period."""
        return self.start <= date < self.end

    def __str__(self) -> str:
        if self.unit == "week":
            year, week, _ = self.start.isocalendar()
            return f"{year}-W{week:02d}"
        if self.unit == "quarter":
            return f"{self.start.year}-Q{(self.start.month + 2) // 3}"
        return {"day": f"{self.start}", "month": f"{self.start:%Y-%m}", "year": f"{self.start.year}"}[self.unit]


def periods_between(first: dt.date, last: dt.date, unit: Unit) -> tuple[Period, ...]:
    """Return the periods that hold the days from `first` to `last`, in order."""
    out = [Period.of(first, unit)]
    while out[-1].end <= last:
        out.append(out[-1].next)
    return tuple(out)


def labels(starts: pd.Series, unit: Unit) -> pd.Series:
    """Return the unit that holds each start, as a text that sorts by time.

    Hours and intervals carry their offset where times have a zone: an hour that comes twice is two hours.
    """
    if unit in ("interval", "hour"):
        moments = starts if unit == "interval" else starts - pd.to_timedelta(starts.dt.minute, "min")
        codes, values = pd.factorize(moments)
        return pd.Series(_taken([moment.isoformat(timespec="minutes") for moment in values], codes), index=starts.index)
    days = starts.dt.tz_localize(None).dt.normalize()
    codes, values = pd.factorize(days)
    texts = [str(Period.of(day.date(), unit)) for day in values]
    return pd.Series(_taken(texts, codes), index=starts.index)


def _taken(texts: list[str], codes: np.ndarray) -> np.ndarray:
    return np.array(texts, dtype=object)[codes] if texts else np.array([], dtype=object)


def floored(starts: pd.Series, minutes: int) -> pd.Series:
    """Return the starts of the intervals of `minutes`, counted from local midnight, that hold each moment."""
    clock = starts.dt.tz_localize(None)
    into = (clock.dt.hour * 60 + clock.dt.minute) % minutes
    off = pd.to_timedelta(into * 60 + clock.dt.second, "s") + pd.to_timedelta(clock.dt.microsecond, "us")
    out: pd.Series = (starts - off).astype(starts.dtype)
    return out

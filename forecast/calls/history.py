"""The past of one queue as days × intervals, with closed, zero and missing kept apart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from ..calendar.calendars import Calendar
from ..calendar.day_kinds import day_features
from ..calendar.grid import Grid
from ..calendar.stretches import stretches
from ..errors import InputError
from .waits import Waits

OCCASIONS = 2
"""Stretches of days of one kind of the country from which on their effect is learnt, at least 1: a single school break
may be a season or a drift of the level."""


@dataclass(frozen=True)
class Note:
    """One finding about a queue's history: where, of which kind, what was seen, what was done about it."""

    queue: str
    start: pd.Timestamp
    end: pd.Timestamp
    kind: str
    what: str
    action: str


@dataclass(frozen=True)
class History:
    """Calls and handle times of one queue on whole local days, D days × P wall-clock intervals.

    Rows are consecutive calendar days, columns the wall-clock intervals of a day; of an hour that the clock
    repeats the mean of both passages is kept, an hour that it skips is missing.

    Attributes
    ----------
    queue, calendar, minutes
        Whose past, on which calendar, in intervals of how many minutes.
    first_date
        Local day of row 0.
    open
        Whether the queue was open, shape (D, P).
    calls
        Calls offered per interval, shape (D, P); NaN where closed or missing.
    handle_s, answered
        Mean handle time and the calls it was measured on, shape (D, P); NaN and 0 where unknown.
    closures
        Days found shut (a public holiday without any call), on top of the calendar's own.
    notes
        What was found while reading.
    waits
        What is known of waits and abandons, arrays of shape (D, P); None = nothing.
    """

    queue: str
    calendar: Calendar
    minutes: int
    first_date: dt.date
    open: np.ndarray
    calls: np.ndarray
    handle_s: np.ndarray
    answered: np.ndarray
    closures: tuple[dt.date, ...] = ()
    notes: tuple[Note, ...] = field(default=(), repr=False)
    waits: Waits | None = field(default=None, repr=False)

    @cached_property
    def dates(self) -> tuple[dt.date, ...]:
        """The local days, in order, length D."""
        return tuple(self.first_date + dt.timedelta(days=i) for i in range(len(self.calls)))

    @property
    def last_date(self) -> dt.date:
        """Last local day."""
        return self.dates[-1]

    @cached_property
    def known(self) -> Calendar:
        """The calendar with the closures that the history itself shows."""
        return self.calendar.with_closures(self.closures, self.queue)

    @cached_property
    def seen(self) -> np.ndarray:
        """Whether an interval is open and its calls are known, shape (D, P)."""
        return np.asarray(np.isfinite(self.calls))

    def features(self, dates: Sequence[dt.date]) -> pd.DataFrame:
        """Return the calendar's regressors of any days for this queue (`day_features`)."""
        return day_features(self.known, dates, self.queue, self.kinds)

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The kinds of day of the country (`Country.kinds`) that the history shows on `OCCASIONS` at least."""
        nation = self.calendar.nation
        if nation is None:
            return frozenset()
        known = [(d, nation.kinds(d)) for d, row in zip(self.dates, self.seen, strict=True) if row.any()]
        return frozenset(
            kind
            for kind in {kind for _, of in known for kind in of}
            if len(stretches(np.array([kind in of for _, of in known]))) >= OCCASIONS
        )

    def until(self, last: dt.date) -> History:
        """Return the history up to and including the local day `last`.

        Raises
        ------
        InputError
            If no day is left.
        """
        n = (last - self.first_date).days + 1
        if n <= 0:
            raise InputError(
                f"queue {self.queue!r} has no history up to {last}",
                value=f"first day {self.first_date}",
                mend="Plan a later week or bring older calls",
            )
        return self._days(0, n)

    def last(self, days: int) -> History:
        """Return the last `days` days, all where there are fewer."""
        return self._days(len(self.calls) - days, len(self.calls))

    def _days(self, low: int, high: int) -> History:
        low, high = max(low, 0), min(high, len(self.calls))
        while high < len(self.calls) and high > low + 1 and not self.seen[high - 1].any():
            high -= 1  # as a file cut here would end
        if (low, high) == (0, len(self.calls)):
            return self
        first, end = self.dates[low], self.dates[high - 1]
        return replace(
            self,
            first_date=first,
            open=self.open[low:high],
            calls=self.calls[low:high],
            handle_s=self.handle_s[low:high],
            answered=self.answered[low:high],
            closures=tuple(d for d in self.closures if first <= d <= end),
            notes=tuple(n for n in self.notes if n.start.date() <= end),
            waits=None
            if self.waits is None
            else self.waits.over(**{k: v[low:high] for k, v in self.waits.arrays().items()}),
        )

    def without(self, bad: np.ndarray) -> History:
        """Return the history with the calls of the cells `bad` (shape (D, P)) taken as missing."""
        return replace(self, calls=np.where(bad, np.nan, self.calls)) if bad.any() else self

    def grid(self) -> Grid:
        """Return the time grid of the history's days."""
        return Grid(self.first_date, len(self.calls), self.minutes, self.calendar.zone)

    def table(self) -> pd.DataFrame:
        """Return the open intervals as rows ``queue, start, calls, handle_s`` (NaN = missing)."""
        grid = self.grid()
        day, wall = cells(grid)
        keep = self.open[day, wall]
        return pd.DataFrame(
            {
                "queue": self.queue,
                "start": grid.starts[keep],
                "calls": self.calls[day, wall][keep],
                "handle_s": self.handle_s[day, wall][keep],
            }
        )


def cells(grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    """Return per interval of `grid` the index of its local day and of its wall-clock interval."""
    day = np.repeat(np.arange(grid.days), [s.stop - s.start for s in grid.day_slices])
    return day, grid.minute_of_day // grid.minutes

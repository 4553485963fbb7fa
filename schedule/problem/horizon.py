"""The planned time: its first day, its days and its slots, and the views that rules and goals take of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...forecast.calendar.grid import Grid

WEEK_DAYS = 7
"""Days of a week: the one place that says so."""


@dataclass(frozen=True)
class Horizon:
    """The days that are planned together, on the schedule's grid of S slots.

    Weeks are counted from the first day; the last one may be shorter.

    Examples
    --------
    >>> horizon = Horizon(Grid(dt.date(2026, 10, 19), days=9, minutes=60))
    >>> [len(week) for week in horizon.weeks]
    [7, 2]
    >>> horizon.week_slots[1]
    slice(168, 216, None)
    """

    grid: Grid

    @classmethod
    def of_weeks(cls, first: dt.date, weeks: int, minutes: int, zone: str | None = None) -> Horizon:
        """Return the horizon of whole `weeks` from the day `first`, in slots of `minutes`."""
        return cls(Grid(first, WEEK_DAYS * weeks, minutes, zone))

    @property
    def first(self) -> dt.date:
        """First planned day."""
        return self.grid.first_date

    @property
    def last(self) -> dt.date:
        """Last planned day."""
        return self.grid.dates[-1]

    @property
    def days(self) -> int:
        """Number of days."""
        return self.grid.days

    @cached_property
    def weeks(self) -> tuple[range, ...]:
        """Per week the positions of its days."""
        return tuple(range(d, min(d + WEEK_DAYS, self.days)) for d in range(0, self.days, WEEK_DAYS))

    @property
    def day_slots(self) -> tuple[slice, ...]:
        """Per day its slots."""
        return self.grid.day_slices

    @cached_property
    def week_slots(self) -> tuple[slice, ...]:
        """Per week its slots."""
        return tuple(slice(self.day_slots[w[0]].start, self.day_slots[w[-1]].stop) for w in self.weeks)

    @cached_property
    def day_of_slot(self) -> np.ndarray:
        """Position of the local day of each slot, shape (S,)."""
        out = np.empty(len(self.grid), dtype=np.int64)
        for day, part in enumerate(self.day_slots):
            out[part] = day
        return out

    def periods(self, basis: str, is_open: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return the open slots of each period over which a goal of `basis` is pooled, in order.

        Parameters
        ----------
        basis
            ``interval`` (the goal holds in each slot: no periods), ``day``, ``week``, or one that reaches beyond the
            week and of which nothing else is known (`GoalPeriod` tells what is): it is pooled over the week.
        is_open
            Boolean, shape (S,); a period without an open slot is left out.
        """
        parts = {"interval": (), "day": self.day_slots}.get(basis, self.week_slots)
        found = (part.start + np.flatnonzero(is_open[part]) for part in parts)
        return tuple(slots for slots in found if len(slots))

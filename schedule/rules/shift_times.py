"""Shifts as arrays: what rules of times and hours read of many shifts at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..problem.shifts import Shift


@dataclass(frozen=True)
class ShiftTimes:
    """N shifts as arrays of shape (N,).

    Attributes
    ----------
    start, end
        Slots.
    day
        Day each shift counts on.
    paid_min
        Paid minutes.
    minute
        Wall-clock start in minutes after the midnight of its day.
    family
        Names of the families.
    """

    shifts: tuple[Shift, ...]
    start: np.ndarray
    end: np.ndarray
    day: np.ndarray
    paid_min: np.ndarray
    minute: np.ndarray
    family: np.ndarray

    @classmethod
    def of(cls, shifts: Sequence[Shift], day_of_slot: np.ndarray, minute_of_day: np.ndarray) -> ShiftTimes:
        """Read `shifts`; the day of each slot of the grid and its minute of the day tell the wall clock."""
        start = np.array([s.start for s in shifts], dtype=np.int64)
        day = np.array([s.day for s in shifts], dtype=np.int64)
        return cls(
            tuple(shifts),
            start,
            np.array([s.end for s in shifts], dtype=np.int64),
            day,
            np.array([s.paid_min for s in shifts], dtype=np.float64),
            minute_of_day[start] + 1440 * (day_of_slot[start] - day),
            np.array([s.family for s in shifts], dtype=object),
        )

    def meet(self, spans: Sequence[tuple[int, int]]) -> np.ndarray:
        """Return whether each shift shares time with one of the half-open `spans` of slots, shape (N,)."""
        out = np.zeros(len(self.shifts), dtype=bool)
        for low, high in spans:
            out |= (self.start < high) & (low < self.end)
        return out

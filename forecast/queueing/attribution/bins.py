"""The time of a day in short equal bins, closed hours among them, on which calls and heads are laid."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...errors import InputError

LONGEST_MIN = 5
"""Longest bin in minutes: within five minutes neither load nor staff changes enough to matter."""
WARM_S = 3 * 3600.0
"""Seconds before the day whose calls may still be in hand or waiting when it begins: many mean handle times."""
_SECOND = pd.Timedelta(seconds=1)


@dataclass(frozen=True, eq=False)
class Bins:
    """B bins from the first call that matters to a day up to the day's last interval.

    Attributes
    ----------
    zero
        Start of the first bin.
    bin_min
        Minutes of a bin.
    row
        Which row of the volume a bin lies in, shape (B,); -1 while closed.
    counts
        Whether the calls of a bin are calls of the day, shape (B,).
    """

    zero: pd.Timestamp
    bin_min: int
    row: np.ndarray
    counts: np.ndarray

    @classmethod
    def of(cls, starts: pd.Series, interval_min: int, date: dt.date) -> Bins:
        """Cut the day `date` into bins.

        Parameters
        ----------
        starts
            Starts of the open intervals of the volume, in order, those of the day before among them.

        Raises
        ------
        InputError
            If nothing is open on the day.
        """
        mine = (starts.dt.date == date).to_numpy()
        if not mine.any():
            raise InputError("closed on this day", column="start", value=str(date))
        first = starts.iloc[int(mine.argmax())]
        near = mine | ((starts < first) & (starts >= first - WARM_S * _SECOND)).to_numpy()
        used = np.flatnonzero(near)
        bin_min = next(n for n in range(min(LONGEST_MIN, interval_min), 0, -1) if interval_min % n == 0)
        zero, each = starts.iloc[used[0]], interval_min // bin_min
        begin = np.round(((starts.iloc[used] - zero) / _SECOND).to_numpy(float) / (60.0 * bin_min)).astype(np.int64)
        row = np.full(int(begin.max()) + each, -1)
        for k in range(each):
            row[begin + k] = used
        return cls(zero, bin_min, row, np.where(row >= 0, mine[row], False))

    @property
    def bin_s(self) -> float:
        """Seconds of a bin."""
        return 60.0 * self.bin_min

    @property
    def edges_s(self) -> np.ndarray:
        """Edges of the bins in seconds since `zero`, shape (B + 1,)."""
        return self.bin_s * np.arange(len(self.row) + 1)

    def shared(self, values: np.ndarray, interval_min: int) -> np.ndarray:
        """Return what each bin has of sums of the volume's rows, shape (B,); nothing while closed."""
        return np.where(self.row >= 0, values[self.row], 0.0) * (self.bin_min / interval_min)

    def like(self, values: np.ndarray) -> np.ndarray:
        """Return the value of each bin's row of the volume, while closed that of the row before, shape (B,)."""
        last = np.maximum.accumulate(np.where(self.row >= 0, np.arange(len(self.row)), 0))
        return np.asarray(values[self.row[last]])

    def heads(self, steps: pd.DataFrame) -> np.ndarray:
        """Return the mean heads in each bin, shape (B,), of steps ``start, end`` of one head each."""
        begin, end = (((steps[c] - self.zero) / _SECOND).to_numpy(float) for c in ("start", "end"))
        times = np.concatenate([begin, end])
        if not len(times):
            return np.zeros(len(self.row))
        order = np.argsort(times, kind="stable")
        times = times[order]
        there = np.cumsum(np.repeat([1.0, -1.0], len(begin))[order])
        area = np.concatenate([[0.0], np.cumsum(there[:-1] * np.diff(times))])
        return np.asarray(np.diff(np.interp(self.edges_s, times, area)) / self.bin_s)

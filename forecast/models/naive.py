"""Simple rivals: the calls of the same weekday before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from .contract import Model
from .profile import fill


class SameWeekday(Model):
    """A statistic, per interval, of the last `weeks` seen days of the same weekday.

    A weekday that was never seen takes the last days of any weekday. The spread is that of the square root of the
    calls around the same rule applied to the past.
    """

    weeks: ClassVar[int]

    def _learn(self) -> None:
        calls = self.history.calls
        self._weekday = np.array([d.weekday() for d in self.history.dates])
        self._full = np.isfinite(calls).any(axis=1)
        residual = []
        for w in range(7):
            rows = calls[self._full & (self._weekday == w)]
            for i in range(max(1, min(2, len(rows) - 1)), len(rows)):
                before = self._statistic(rows[max(0, i - self.weeks) : i])
                residual.append(np.sqrt(rows[i] + 0.25) - np.sqrt(before + 0.25))
        self._noise = _pooled_variance(np.array(residual)) if residual else np.full(calls.shape[1], 1.0)

    def _expect(self, dates: Sequence[dt.date]) -> tuple[np.ndarray, np.ndarray]:
        calls = self.history.calls
        pooled = fill(self._statistic(calls[self._full][-7 * self.weeks :]))
        mean = np.empty((len(dates), calls.shape[1]))
        for i, date in enumerate(dates):
            rows = calls[self._full & (self._weekday == date.weekday())][-self.weeks :]
            own = self._statistic(rows) if len(rows) else pooled
            mean[i] = np.where(np.isfinite(own), own, pooled)
        return mean, np.broadcast_to(self._noise, mean.shape)

    def _statistic(self, rows: np.ndarray) -> np.ndarray:
        """Return the mean per interval over `rows`, NaN where all are missing."""
        n = np.isfinite(rows).sum(axis=0)
        return np.asarray(np.where(n > 0, np.nansum(rows, axis=0) / np.maximum(n, 1), np.nan))


def _pooled_variance(residual: np.ndarray) -> np.ndarray:
    """Return mean squares per interval, drawn towards that of all intervals by the weight of five days."""
    n = np.isfinite(residual).sum(axis=0)
    squares = np.nansum(residual**2, axis=0)
    overall = squares.sum() / max(n.sum(), 1)
    return np.asarray(np.maximum((squares + 5 * overall) / (n + 5), 0.25))


class LastWeek(SameWeekday):
    """The last seen day of the same weekday."""

    name = "last_week"
    weeks = 1


class WeekdayMean(SameWeekday):
    """The mean of the last 8 days of the same weekday."""

    name = "weekday_mean"
    weeks = 8


class WeekdayMedian(SameWeekday):
    """The median of the last 6 days of the same weekday."""

    name = "weekday_median"
    weeks = 6

    def _statistic(self, rows: np.ndarray) -> np.ndarray:
        out = np.full(rows.shape[1], np.nan)
        some = np.isfinite(rows).any(axis=0)
        out[some] = np.nanmedian(rows[:, some], axis=0)
        return out

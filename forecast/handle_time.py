"""Expected handle time per interval."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np

from .errors import InputError
from .history import History

HALF_LIFE_DAYS = 60.0
PRIOR_CALLS = 200.0


def handle_times(history: History, dates: Sequence[dt.date], configured: float | None = None) -> np.ndarray:
    """Return the expected mean handle time in seconds, shape (len(dates), P).

    The queue's mean, weighted by calls and exponentially by age (half-life `HALF_LIFE_DAYS`), times a factor
    per interval of the day and a factor per weekday, each drawn towards 1 with the weight of `PRIOR_CALLS`
    calls.

    Parameters
    ----------
    history
        Past of the queue.
    dates
        Local days wanted.
    configured
        Used where the history has no handle time at all.

    Raises
    ------
    InputError
        If neither the history nor the configuration knows a handle time.
    """
    shape = (len(dates), history.calls.shape[1])
    known = np.isfinite(history.handle_s) & (history.handle_s > 0)
    weight = np.where(known, history.answered, 0.0)
    if not weight.sum() > 0:
        if configured is None:
            raise InputError(
                f"queue {history.queue!r} has no handle time",
                column=f"queue.{history.queue}.handle_s",
                mend="Set handle_s in plan.toml or bring the column handle_s in the calls",
            )
        return np.full(shape, float(configured))
    age = np.arange(len(weight))[::-1, None]
    weight = weight * 0.5 ** (age / HALF_LIFE_DAYS)
    seconds = weight * np.where(known, history.handle_s, 0.0)
    mean = seconds.sum() / weight.sum()
    by_interval = _factor(seconds.sum(axis=0), weight.sum(axis=0) * mean, mean)
    fitted = weight * mean * by_interval
    weekday = np.array([d.weekday() for d in history.dates])
    tops = np.array([seconds[weekday == w].sum() for w in range(7)])
    by_weekday = _factor(tops, np.array([fitted[weekday == w].sum() for w in range(7)]), mean)
    return np.asarray(mean * by_interval[None, :] * by_weekday[[d.weekday() for d in dates]][:, None])


def _factor(seconds: np.ndarray, expected: np.ndarray, mean: float) -> np.ndarray:
    """Return seconds / expected drawn towards 1 by `PRIOR_CALLS` calls of `mean` seconds."""
    prior = PRIOR_CALLS * mean
    return np.asarray((seconds + prior) / (expected + prior))

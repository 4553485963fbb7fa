"""Handle times of the past, ready to learn from: absurd means drawn in, days far from their neighbours left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..calls.history import History
from ..ranges import check_ranges


@dataclass(frozen=True)
class HandleCellParams:
    """When a mean handle time is absurd.

    Parameters
    ----------
    most_days
        Days learnt from, at most, at least 7: older handle times tell little of today's work.
    window_days
        Days before and after a day whose median is usual for that day, at least 1: a week either way follows every
        change of work.
    far
        Ratio to the usual beyond which a mean may be absurd, above 1: real changes of work are smaller.
    far_sd
        Standard deviations of a mean of so many calls beyond which it may be absurd, above 0: handle times have long
        tails. A day needs as many calls to be left out.
    day_far
        Ratio to the usual beyond which a whole day is left out, above 1: a day's mean strays less than an interval's.
    turns
        Rounds in which the bounds and the scatter are found from each other, at least 1: bounds and scatter depend on
        each other.
    """

    most_days: int = 400
    window_days: int = 7
    far: float = 3.0
    far_sd: float = 8.0
    day_far: float = 2.5
    turns: int = 5

    def __post_init__(self) -> None:
        check_ranges(
            self,
            positive=("far_sd",),
            most_days=(7, np.inf),
            window_days=(1, np.inf),
            far=(1.0, np.inf),
            day_far=(1.0, np.inf),
            turns=(1, np.inf),
        )


PARAMS = HandleCellParams()


@dataclass(frozen=True)
class HandleCells:
    """Mean handle times and the calls behind them, shape (D, P), weight 0 where unknown.

    Attributes
    ----------
    seconds, calls
        Mean handle time per call (0 where unknown) and calls that it rests on.
    weekday
        Weekday of each day, 0 = Monday, shape (D,).
    cv
        Standard deviation of one call's handle time over the mean, estimated from the scatter of the cells.
    absurd
        Cells that were drawn in or left out, shape (D, P).
    """

    seconds: np.ndarray
    calls: np.ndarray
    weekday: np.ndarray
    cv: float
    absurd: np.ndarray

    @property
    def mean_s(self) -> float:
        """Mean over all calls."""
        return float((self.seconds * self.calls).sum() / self.calls.sum())


def handle_cells(history: History, params: HandleCellParams = PARAMS) -> HandleCells | None:
    """Return the handle times of at most the last `most_days` days; None where none is known.

    A mean is absurd when it is `far` times the usual of the days around it and `far_sd` standard deviations off for
    the calls behind it: a few very long calls, or another unit. It is drawn in to that bound. A day is left out when
    its mean remains `day_far` times off.
    """
    seconds, calls = history.handle_s[-params.most_days :], history.answered[-params.most_days :]
    weekday = np.array([d.weekday() for d in history.dates[-params.most_days :]])
    known = np.isfinite(seconds) & (seconds > 0) & (calls > 0)
    if not known.any():
        return None
    n = np.where(known, calls, 0.0)
    raw = np.where(known, seconds, 0.0)
    usual = _usual(raw, n, params.window_days)[:, None]
    ratio, cv = np.where(known, raw / usual, 1.0), 1.0
    spread = np.sqrt(np.maximum(n, 1e-9))
    for _ in range(params.turns):
        high = np.maximum(params.far, 1.0 + params.far_sd * cv / spread)
        low = np.clip(1.0 - params.far_sd * cv / spread, 0.0, 1.0 / params.far)
        drawn = np.clip(ratio, low, high)
        cv = float(np.sqrt((n * (drawn - 1.0) ** 2).sum() / known.sum()))
    day = np.divide((n * drawn).sum(axis=1), n.sum(axis=1), out=np.ones(len(n)), where=n.sum(axis=1) > 0)
    lost = ((day > params.day_far) | (day < 1.0 / params.day_far)) & (n.sum(axis=1) >= params.far_sd)
    absurd = known & ((drawn != ratio) | lost[:, None])
    n = np.where(lost[:, None], 0.0, n)
    if not n.sum() > 0:
        return None
    return HandleCells(drawn * usual * (n > 0), n, weekday, cv, absurd)


def _usual(seconds: np.ndarray, calls: np.ndarray, window_days: int) -> np.ndarray:
    """Return per day the median over calls of the means of the `window_days` days before and after, shape (D,)."""
    out = np.full(len(calls), np.nan)
    for d in np.flatnonzero(calls.any(axis=1)):
        near = slice(max(d - window_days, 0), d + window_days + 1)
        out[d] = _median(seconds[near].ravel(), calls[near].ravel())
    return np.where(np.isfinite(out), out, _median(seconds.ravel(), calls.ravel()))


def _median(values: np.ndarray, weights: np.ndarray) -> float:
    order = np.argsort(values[weights > 0])
    reached = np.cumsum(weights[weights > 0][order])
    return float(values[weights > 0][order][np.searchsorted(reached, 0.5 * reached[-1])])

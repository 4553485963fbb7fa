"""Handle times of the past as they are learnt from: absurd means drawn in, days far from their neighbours left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..calls.history import History

WINDOW_DAYS = 7
FAR = 3.0
FAR_SD = 8.0
DAY_FAR = 2.5
TURNS = 5
MOST_DAYS = 400


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
        Standard deviation of one call's handle time over the mean, as the scatter of the cells tells it.
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


def handle_cells(history: History) -> HandleCells | None:
    """Return the handle times of at most the last `MOST_DAYS` days; None where none is known.

    A mean is absurd when it is `FAR` times the usual of the days around it and `FAR_SD` standard deviations off for
    the calls behind it: a few very long calls, or another unit. It is drawn in to that bound. A day is left out when
    its mean remains `DAY_FAR` times off.
    """
    seconds, calls = history.handle_s[-MOST_DAYS:], history.answered[-MOST_DAYS:]
    weekday = np.array([d.weekday() for d in history.dates[-MOST_DAYS:]])
    known = np.isfinite(seconds) & (seconds > 0) & (calls > 0)
    if not known.any():
        return None
    n = np.where(known, calls, 0.0)
    raw = np.where(known, seconds, 0.0)
    usual = _usual(raw, n)[:, None]
    ratio, cv = np.where(known, raw / usual, 1.0), 1.0
    spread = np.sqrt(np.maximum(n, 1e-9))
    for _ in range(TURNS):
        high = np.maximum(FAR, 1.0 + FAR_SD * cv / spread)
        low = np.clip(1.0 - FAR_SD * cv / spread, 0.0, 1.0 / FAR)
        drawn = np.clip(ratio, low, high)
        cv = float(np.sqrt((n * (drawn - 1.0) ** 2).sum() / known.sum()))
    day = np.divide((n * drawn).sum(axis=1), n.sum(axis=1), out=np.ones(len(n)), where=n.sum(axis=1) > 0)
    lost = ((day > DAY_FAR) | (day < 1.0 / DAY_FAR)) & (n.sum(axis=1) >= FAR_SD)
    absurd = known & ((drawn != ratio) | lost[:, None])
    n = np.where(lost[:, None], 0.0, n)
    if not n.sum() > 0:
        return None
    return HandleCells(drawn * usual * (n > 0), n, weekday, cv, absurd)


def _usual(seconds: np.ndarray, calls: np.ndarray) -> np.ndarray:
    """Return per day the median over calls of the means of the `WINDOW_DAYS` days before and after, shape (D,)."""
    out = np.full(len(calls), np.nan)
    for d in np.flatnonzero(calls.any(axis=1)):
        near = slice(max(d - WINDOW_DAYS, 0), d + WINDOW_DAYS + 1)
        out[d] = _median(seconds[near].ravel(), calls[near].ravel())
    return np.where(np.isfinite(out), out, _median(seconds.ravel(), calls.ravel()))


def _median(values: np.ndarray, weights: np.ndarray) -> float:
    order = np.argsort(values[weights > 0])
    reached = np.cumsum(weights[weights > 0][order])
    return float(values[weights > 0][order][np.searchsorted(reached, 0.5 * reached[-1])])

"""Expected handle time per interval: models that learn it from the past, each a function of cells and days ahead."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

import numpy as np

from .cells import HandleCells
from .level import follow

SHAPE_HALF_LIFE_DAYS = 120.0
"""Days after which a day weighs half in the shapes, above 0: the mix of calls over the day changes within seasons."""
DETREND_DAYS = 14
"""Days before and after a day whose mean is taken out before shapes are learnt, at least 1: they follow a trend."""
WEEKS = 8
"""Weeks that the plain means rest on, at least 1: as many as the simple models of calls use."""
LEAST_CV = 0.05
"""Least coefficient of variation of one call, above 0: a history of one and the same number still comes from people."""
SURE_SD = 2.0
"""Standard deviations by which groups must differ beyond chance before any shape is believed, above 0."""


def followed(cells: HandleCells, last: dt.date, dates: Sequence[dt.date]) -> np.ndarray:
    """Return the level of the recent days times the shapes of interval, weekday and both together.

    Each shape is a factor per group of calls, drawn towards 1 by as much as the scatter of single calls makes
    its calls uncertain against how far the groups truly differ (empirical Bayes; DerSimonian & Laird 1986).

    Parameters
    ----------
    cells
        The past, D days × P intervals.
    last
        Its last local day.
    dates
        Days wanted, after `last`.

    Returns
    -------
    ndarray
        Seconds, shape (len(dates), P).
    """
    n, mean = cells.calls, cells.mean_s
    ratio = cells.seconds / _smooth(cells)[:, None]
    rows = [np.flatnonzero(cells.weekday == w) for w in range(7)]
    cv = _cv(ratio, n, rows, cells.cv)
    weight = 0.5 ** (np.arange(len(n))[::-1, None] / SHAPE_HALF_LIFE_DAYS) * n
    by_interval = _factors([(ratio[:, p], weight[:, p], n[:, p]) for p in range(n.shape[1])], cv)
    ratio = ratio / by_interval
    by_weekday = _factors([(ratio[r].ravel(), weight[r].ravel(), n[r].ravel()) for r in rows], cv)
    ratio = ratio / by_weekday[cells.weekday][:, None]
    slots = [(ratio[r, p], weight[r, p], n[r, p]) for r in rows for p in range(n.shape[1])]
    fitted = 1 + sum(int((f != 1.0).sum()) for f in (by_interval, by_weekday))
    both = _factors(slots, cv, fitted=fitted).reshape(7, -1)
    shape = by_interval * by_weekday[:, None] * both
    due = (n * shape[cells.weekday]).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        level = follow((n * cells.seconds).sum(axis=1) / (mean * due), cv**2 / due)
    ahead = np.array([(d - last).days for d in dates])
    return np.asarray(mean * level.ahead(ahead)[:, None] * shape[[d.weekday() for d in dates]])


def recent_mean(cells: HandleCells, last: dt.date, dates: Sequence[dt.date]) -> np.ndarray:
    """Return the mean over the calls of the last `WEEKS` weeks, for every interval; arguments as of `followed`."""
    part = slice(-7 * WEEKS, None)
    n = cells.calls[part].sum()
    mean = (cells.calls[part] * cells.seconds[part]).sum() / n if n > 0 else cells.mean_s
    return np.full((len(dates), cells.calls.shape[1]), float(mean))


def same_slot(cells: HandleCells, last: dt.date, dates: Sequence[dt.date]) -> np.ndarray:
    """Return the mean over the calls of the same weekday and interval in the last `WEEKS` weeks, where it has any."""
    out = recent_mean(cells, last, dates)
    for i, date in enumerate(dates):
        rows = np.flatnonzero(cells.weekday == date.weekday())
        rows = rows[rows >= len(cells.calls) - 7 * WEEKS]
        n = cells.calls[rows].sum(axis=0)
        out[i] = np.where(n > 0, (cells.calls[rows] * cells.seconds[rows]).sum(axis=0) / np.maximum(n, 1e-9), out[i])
    return out


HandleModel = Callable[[HandleCells, dt.date, Sequence[dt.date]], np.ndarray]
HANDLE_MODELS: dict[str, HandleModel] = {
    "level_and_shape": followed,
    "recent_mean": recent_mean,
    "same_slot": same_slot,
}


def _smooth(cells: HandleCells) -> np.ndarray:
    """Return per day the mean over the calls of `DETREND_DAYS` days before and after, shape (D,)."""

    def around(values: np.ndarray) -> np.ndarray:
        total = np.concatenate([[0.0], np.cumsum(values.sum(axis=1))])
        day = np.arange(len(values))
        return np.asarray(
            total[np.minimum(day + DETREND_DAYS + 1, len(values))] - total[np.maximum(day - DETREND_DAYS, 0)]
        )

    n = around(cells.calls)
    return np.where(n > 0, around(cells.calls * cells.seconds) / np.maximum(n, 1e-9), cells.mean_s)


def _cv(ratio: np.ndarray, calls: np.ndarray, rows: Sequence[np.ndarray], other: float) -> float:
    """Return the coefficient of variation of one call from the scatter within weekday and interval, else `other`."""
    square, spare = 0.0, 0
    for r in rows:
        n, y = calls[r], ratio[r]
        total = n.sum(axis=0)
        mean = (n * y).sum(axis=0) / np.where(total > 0, total, 1.0)
        square += float((n * (y - mean) ** 2).sum())
        spare += int((n > 0).sum() - (total > 0).sum())
    return max(float(np.sqrt(square / spare)) if spare > 0 else other, LEAST_CV)


def _factors(groups: Sequence[tuple[np.ndarray, np.ndarray, np.ndarray]], cv: float, *, fitted: int = 1) -> np.ndarray:
    """Return per group the weighted mean ratio, drawn towards 1; 1 where a group has no calls.

    Parameters
    ----------
    groups
        Per group its cells: handle time over the usual, weight, and calls.
    cv
        Coefficient of variation of one call.
    fitted
        Means that the ratios are already free of.
    """
    total = np.array([w.sum() for _, w, _ in groups])
    some = total > 0
    safe = np.where(some, total, 1.0)
    factor = np.array([(w * r).sum() for r, w, _ in groups]) / safe
    error = cv**2 * np.array([(w[n > 0] ** 2 / n[n > 0]).sum() for _, w, n in groups]) / safe**2
    factor = np.where(some, factor * total.sum() / (total * factor).sum(), 1.0)
    precise = np.where(some, 1.0 / np.where(some, error, 1.0), 0.0)
    free = max(int(some.sum()) - fitted, 0)
    excess = (precise * (factor - 1.0) ** 2).sum() - free
    spare = precise.sum() - (precise**2).sum() / precise.sum()
    if free == 0 or excess < SURE_SD * np.sqrt(2.0 * free):
        return np.ones(len(groups))
    return np.asarray(1.0 + (factor - 1.0) * excess / (excess + spare * error))

"""A day's calls as its level times the shape of its weekday."""

from __future__ import annotations

import numpy as np

HALF_LIFE_DAYS = 70.0
"""Days after which a day weighs half in the shapes, above 0: ten weeks hold ten days of each weekday."""
PRIOR_DAYS = 1.0
"""Weight, in days, of the shape of all days in that of each weekday, at least 0: a day hardly moves a seen weekday."""
PASSES = 3
"""Rounds in which levels and shapes are found from each other, at least 1: they depend on each other."""


class Profile:
    """Shapes of the seven weekdays and the level of each day: calls[d, p] ≈ level[d] · share[weekday, p].

    Shares are exponentially weighted means over the days of a weekday (half-life `HALF_LIFE_DAYS`), drawn
    towards the shape of all days with the weight of `PRIOR_DAYS` days, so that a weekday seen once or
    never has a shape too. Missing intervals are left out of both sides of every quotient.

    Parameters
    ----------
    calls
        History, shape (D, P), NaN where closed or missing.
    weekday
        Weekday that each day behaves like, shape (D,).

    Attributes
    ----------
    share
        Shape (7, P); the usual open intervals of a weekday add up to about 1.
    level
        Calls of a whole usual day, shape (D,); NaN on days with too few known intervals.
    noise
        Variance of √calls around the profile per interval, shape (P,), at least 1/4.
    """

    def __init__(self, calls: np.ndarray, weekday: np.ndarray) -> None:
        seen = np.isfinite(calls)
        y = np.where(seen, calls, 0.0)
        age = np.arange(len(calls))[::-1]
        weight = 0.5 ** (age / HALF_LIFE_DAYS)
        usual = np.array([_usual(seen[weekday == w], seen) for w in range(7)])
        self.share = usual / np.maximum(usual.sum(axis=1, keepdims=True), 1)
        for _ in range(PASSES):
            self.level = self._levels(y, seen, weekday)
            self.share = self._shares(y, seen, weekday, weight, usual)
        self.level = self._levels(y, seen, weekday)
        self.noise = self._noise(y, seen, weekday)

    def expect(self, weekday: np.ndarray) -> np.ndarray:
        """Return the shares of days that behave like `weekday`, shape (len(weekday), P)."""
        return np.asarray(self.share[weekday])

    def _levels(self, y: np.ndarray, seen: np.ndarray, weekday: np.ndarray) -> np.ndarray:
        part = (self.share[weekday] * seen).sum(axis=1)
        enough = part >= 0.5 * self.share[weekday].sum(axis=1)
        if not enough.any():
            enough = part > 0
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(np.where(enough, y.sum(axis=1) / part, np.nan))

    def _shares(
        self, y: np.ndarray, seen: np.ndarray, weekday: np.ndarray, weight: np.ndarray, usual: np.ndarray
    ) -> np.ndarray:
        level = np.nan_to_num(self.level)
        known = np.isfinite(self.level)[:, None] & seen
        typical = max(float(np.nanmean(self.level)), 1e-9)
        with np.errstate(invalid="ignore", divide="ignore"):
            pooled = (weight[:, None] * y * known).sum(axis=0) / (weight[:, None] * level[:, None] * known).sum(axis=0)
        pooled = fill(pooled)
        out = np.empty_like(self.share)
        for w in range(7):
            mine = weekday == w
            a = weight[mine][:, None] * known[mine]
            top = (a * y[mine]).sum(axis=0) + PRIOR_DAYS * typical * pooled
            out[w] = top / ((a * level[mine][:, None]).sum(axis=0) + PRIOR_DAYS * typical)
            out[w] /= max(float(out[w][usual[w]].sum()), 1e-12)
        return np.asarray(out)

    def _noise(self, y: np.ndarray, seen: np.ndarray, weekday: np.ndarray) -> np.ndarray:
        fitted = np.nan_to_num(self.level)[:, None] * self.share[weekday]
        known = seen & np.isfinite(self.level)[:, None]
        e2 = np.where(known, (np.sqrt(y + 0.25) - np.sqrt(fitted + 0.25)) ** 2, 0.0)
        n = known.sum(axis=0)
        overall = e2.sum() / max(n.sum(), 1)
        lost = 1.0 + 1.0 / max(float(np.median(n[n > 0])) / 5.0, 1.0)  # a share rests on about a fifth of the days
        return np.asarray(np.maximum((e2.sum(axis=0) + 5.0 * overall) / (n + 5.0) * lost, 0.25))


def _usual(mine: np.ndarray, everyone: np.ndarray) -> np.ndarray:
    """Return which intervals a weekday usually has: those seen on it, or on any day if it was never seen."""
    rows = mine[mine.any(axis=1)]
    return np.asarray(rows.any(axis=0) if len(rows) else everyone.any(axis=0))


def fill(values: np.ndarray) -> np.ndarray:
    """Replace NaN by the value of the nearest interval that has one, by 0 where none has."""
    good = np.flatnonzero(np.isfinite(values))
    if not len(good):
        return np.zeros(len(values))
    places = np.arange(len(values))
    return np.asarray(np.interp(places, good, values[good]))

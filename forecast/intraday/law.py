"""How the calls of a day stray from the forecast of the evening before: together, and interval by interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy import linalg, optimize

from .ahead import DayAhead

DEGREES = 6.0
"""Degrees of freedom of the Student t of surprises, above 2: heavy tails, so that odd intervals do not set the law."""
KNOWN_SHARE = 0.95
"""Share of a day's intervals that must be known for a day to be learnt from, 0 to 1: what is missing counts as met."""
LEAST_DAYS = 5
"""Days to learn from below which the law is the usual one, at least 1."""
STEPS = 160
"""Steps of the search for the four numbers, at most: enough to settle their logs to a few hundredths."""


@dataclass(frozen=True)
class Law:
    r"""Covariance of a day's roots about their forecast: :math:`c\,V^\top C V + a\,D((1-w)I + w\,\rho^{|i-j|})D`.

    V are the factors, C the variances of their scores, D the standard deviations of the intervals' own noise; the noise
    within a factor model's own days understates how long it lasts, so a, w and ρ are learnt from days ahead.

    Attributes
    ----------
    scores
        Factor c on the variances of the scores, above 0.
    noise
        Factor a on the intervals' own variances, above 0.
    lasting
        Share w of that noise that lasts, 0 to 1.
    reach_min
        Minutes over which the lasting part fades to 1/e, above 0.
    """

    scores: float = 1.0
    noise: float = 1.0
    lasting: float = 0.3
    reach_min: float = 120.0

    def covariance(self, day: DayAhead, minutes: int) -> np.ndarray:
        """Return the covariance of the day's roots, shape (n, n)."""
        return self.of(day.law.common, np.sqrt(day.law.noise), day.cells * float(minutes))

    def of(self, common: np.ndarray, sd: np.ndarray, at_min: np.ndarray) -> np.ndarray:
        """Return the covariance from what scores bring (n, n), the noise (n,) and the minutes of the day (n,)."""
        shape = self.lasting * np.exp(-np.abs(at_min[:, None] - at_min) / self.reach_min)
        shape[np.diag_indices(len(sd))] = 1.0
        return np.asarray(self.scores * common + self.noise * (sd[:, None] * shape * sd))


def law_of(days: Sequence[DayAhead], minutes: int) -> Law:
    """Return the law under which past surprises are most likely, as Student t, times a wide prior about the usual law.

    All days are taken to have the mean covariance of their scores and noise.
    """
    counts = np.bincount(np.concatenate([d.cells[np.isfinite(d.calls)] for d in days])) if days else np.zeros(0)
    cells = np.flatnonzero(counts >= max(0.5 * len(days), 1.0))
    apart, common, noise = [], np.zeros((len(cells), len(cells))), np.zeros(len(cells))
    for day in days:
        place = np.flatnonzero(np.isin(day.cells, cells))
        off = (day.roots - day.law.mean)[place]
        if len(place) == len(cells) > 0 and np.isfinite(off).mean() >= KNOWN_SHARE:
            apart.append(np.nan_to_num(off))
            common += day.law.common[np.ix_(place, place)]
            noise += day.law.noise[place]
    if len(apart) < LEAST_DAYS:
        return Law()
    n = len(apart)
    unlikely = partial(_unlikely, np.stack(apart), common / n, np.sqrt(noise / n), cells * float(minutes))
    simplex = np.vstack([np.zeros(4), 0.7 * np.eye(4)])
    options = {"maxfev": STEPS, "xatol": 0.03, "fatol": 0.3, "initial_simplex": simplex}
    return _law(optimize.minimize(unlikely, np.zeros(4), method="Nelder-Mead", options=options).x)


def _law(x: np.ndarray) -> Law:
    """Return the law at four numbers without bounds, 0 = the usual law."""
    usual = Law()
    odds = usual.lasting / (1.0 - usual.lasting) * np.exp(np.clip(x[2], -8.0, 8.0))
    scores, noise, reach = (float(v) for v in np.exp(np.clip(x[[0, 1, 3]], -5.0, 5.0)))
    return Law(usual.scores * scores, usual.noise * noise, float(odds / (1.0 + odds)), usual.reach_min * reach)


def _unlikely(apart: np.ndarray, common: np.ndarray, sd: np.ndarray, at_min: np.ndarray, x: np.ndarray) -> float:
    """Return minus the log density of the surprises (D, n) and of the prior of `x`."""
    lower = linalg.cholesky(_law(x).of(common, sd, at_min), lower=True, check_finite=False)
    e = linalg.solve_triangular(lower, apart.T, lower=True, check_finite=False)
    t = 0.5 * (DEGREES + 1.0) * np.log1p(e**2 / (DEGREES - 2.0)).sum()
    prior = 0.5 * float((x / np.array([1.0, 0.5, 1.5, 1.0])) @ (x / np.array([1.0, 0.5, 1.5, 1.0])))
    return float(t + len(apart) * np.log(np.diag(lower)).sum() + prior)

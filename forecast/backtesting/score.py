"""How far off a forecast was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, xlogy

from ..tables import QUANTILES

METRICS = ("wape", "rmse", "bias", "wql", "coverage_80", "coverage_95", "day_wape", "floor")


@dataclass(frozen=True)
class Score:
    """Errors of a forecast, as shares of the actual calls, except `rmse`.

    Attributes
    ----------
    wape
        Σ|forecast − calls| / Σ calls.
    rmse
        Root of the mean squared error, calls per interval.
    bias
        Σ(forecast − calls) / Σ calls.
    wql
        Weighted quantile loss: twice the mean pinball loss at the nine deciles / mean calls.
    coverage_80, coverage_95
        Share of intervals whose calls lay between q0.1 and q0.9, and q0.025 and q0.975.
    day_wape
        WAPE of day totals.
    floor
        WAPE that is left when the mean is exactly right and calls come at random (`poisson_floor`).
    """

    wape: float
    rmse: float
    bias: float
    wql: float
    coverage_80: float
    coverage_95: float
    day_wape: float
    floor: float


def poisson_floor(mean: np.ndarray) -> float:
    """Return the expected WAPE of Poisson counts around their own means; 0 where all means are 0.

    The mean absolute deviation of a Poisson count N of mean m is exactly E|N − m| = 2 e⁻ᵐ m^(⌊m⌋+1) / ⌊m⌋! (E. L. Crow,
    "The mean deviation of the Poisson distribution", Biometrika 45, 1958); the floor is its sum over all intervals
    divided by Σ m.

    Parameters
    ----------
    mean
        Expected calls per interval, none negative, shape (N,).
    """
    whole = np.floor(mean)
    total = float(mean.sum())
    missed = 2.0 * np.exp(xlogy(whole + 1.0, mean) - mean - gammaln(whole + 1.0))
    return float(missed.sum()) / total if total > 0 else 0.0


def score(
    calls: np.ndarray, mean: np.ndarray, quantiles: np.ndarray, day: np.ndarray, levels: Sequence[float] = QUANTILES
) -> Score:
    """Compare a forecast with the actual calls; intervals whose calls are NaN are left out.

    Parameters
    ----------
    calls, mean
        Shape (N,).
    quantiles
        Shape (N, len(levels)).
    day
        Label of the day (and origin) that an interval belongs to, shape (N,).
    levels
        Shares of the quantiles; the nine deciles, 0.025 and 0.975 must be among them.

    Raises
    ------
    ValueError
        If no calls are left to compare with.
    """
    seen = np.isfinite(calls)
    y, m, q, day = calls[seen], mean[seen], quantiles[seen], day[seen]
    total = float(y.sum())
    if not total > 0:
        raise ValueError("no calls to score against")
    at = {round(level, 4): q[:, i] for i, level in enumerate(levels)}
    pinball = [
        np.maximum(t * (y - at[t]), (t - 1) * (y - at[t])).mean() for t in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
    ]
    _, group = np.unique(day, return_inverse=True)
    by_day = np.bincount(group, m - y)
    return Score(
        wape=float(np.abs(m - y).sum()) / total,
        rmse=float(np.sqrt(np.mean((m - y) ** 2))),
        bias=float((m - y).sum()) / total,
        wql=2 * float(np.mean(pinball)) / float(y.mean()),
        coverage_80=float(((y >= at[0.1]) & (y <= at[0.9])).mean()),
        coverage_95=float(((y >= at[0.025]) & (y <= at[0.975])).mean()),
        day_wape=float(np.abs(by_day).sum()) / total,
        floor=poisson_floor(m),
    )

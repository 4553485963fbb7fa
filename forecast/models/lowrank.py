"""Days × intervals as a few factors: robust, with holes filled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..ranges import check_ranges

POISSON_SD = 0.5
"""Standard deviation of the root of a Poisson count (Brown, Zhang and Zhao 2001)."""


@dataclass(frozen=True)
class LowRankParams:
    """How factors are found.

    Parameters
    ----------
    most_factors
        Factors, at most, at least `passes`: few, so that no noise becomes a factor.
    clip_sd
        Robust standard deviations to which outlying cells are drawn in, above 0: Poisson cells seldom lie beyond.
    least_sd
        Least robust standard deviation of an interval's roots, above 0: a little below the Poisson 0.5, for intervals
        that seem to have no noise.
    passes
        Rounds of filling holes and drawing cells in, at least 1: fit, holes and outliers depend on each other.
    prior_days
        Weight, in days, of the mean noise of all intervals in that of each, at least 0: an interval seen for a few
        days only has no noise of its own.
    margin
        Multiple of the greatest singular value of Poisson noise that a factor must exceed, at least 1: calls are a
        little noisier than Poisson.
    """

    most_factors: int = 4
    clip_sd: float = 4.0
    least_sd: float = 0.3
    passes: int = 3
    prior_days: float = 5.0
    margin: float = 1.1

    def __post_init__(self) -> None:
        check_ranges(
            self,
            positive=("clip_sd", "least_sd"),
            most_factors=(self.passes, np.inf),
            passes=(1, np.inf),
            prior_days=(0.0, np.inf),
            margin=(1.0, np.inf),
        )


PARAMS = LowRankParams()


@dataclass(frozen=True)
class LowRank:
    """A matrix z (D, P) as ``scores @ factors`` and noise.

    Attributes
    ----------
    factors
        Orthonormal rows, shape (K, P), each with a sum of at least 0, so that the scores of the first one are positive.
    scores
        Shape (D, K).
    noise
        Variance of what is left per interval, shape (P,).
    """

    factors: np.ndarray
    scores: np.ndarray
    noise: np.ndarray


def low_rank(z: np.ndarray, params: LowRankParams = PARAMS) -> LowRank:
    """Return the factors of roots of counts, shape (D, P), NaN where missing; each row and column has some value.

    In `passes` rounds the fit fills the holes, and cells further than `clip_sd` robust standard deviations from the fit
    are drawn in. A singular vector counts if its value exceeds `margin` times the largest value of pure Poisson noise,
    :math:`\\tfrac12(\\sqrt D + \\sqrt P)` (Gavish and Donoho 2014); at least one and at most `most_factors` count. The
    first rounds allow fewer, so that no outlier becomes a factor of its own.
    Compare Shen and Huang (2008), Manufacturing & Service Operations Management 10, 391-410.
    """
    seen = np.isfinite(z)
    known = np.where(seen, z, 0.0)
    column = known.sum(axis=0) / seen.sum(axis=0)
    level = known.sum(axis=1) / np.maximum((seen * column).sum(axis=1), 1e-9)
    fitted = level[:, None] * column[None, :]
    limit = params.margin * POISSON_SD * (np.sqrt(z.shape[0]) + np.sqrt(z.shape[1]))
    for most in range(params.most_factors - params.passes + 1, params.most_factors + 1):
        apart = np.where(seen, known - fitted, np.nan)
        robust = np.maximum(1.4826 * np.nanmedian(np.abs(apart), axis=0), params.least_sd)
        filled = fitted + np.clip(np.nan_to_num(apart), -params.clip_sd * robust, params.clip_sd * robust)
        u, s, vt = np.linalg.svd(filled, full_matrices=False)
        k = int(np.clip((s > limit).sum(), 1, most))
        fitted = (u[:, :k] * s[:k]) @ vt[:k]
    squares = np.where(seen, filled - fitted, 0.0) ** 2
    days = seen.sum(axis=0)
    own, pooled = squares.sum(axis=0) / np.maximum(days - k, 1), squares.sum() / max(int(days.sum()), 1)
    sign = np.where(vt[:k].sum(axis=1) < 0, -1.0, 1.0)
    return LowRank(
        vt[:k] * sign[:, None],
        u[:, :k] * s[:k] * sign,
        (days * own + params.prior_days * pooled) / (days + params.prior_days),
    )

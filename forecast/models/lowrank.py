"""Days × intervals as a few factors: robust, with holes filled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MOST_FACTORS = 4
CLIP_SD = 4.0
LEAST_SD = 0.3
PASSES = 3
PRIOR_DAYS = 5.0
MARGIN = 1.1
POISSON_SD = 0.5
"""Standard deviation of the root of a Poisson count (Brown, Zhang and Zhao 2001)."""


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


def low_rank(z: np.ndarray) -> LowRank:
    """Return the factors of roots of counts, shape (D, P), NaN where missing; each row and column has some value.

    Holes are filled from the fit itself and cells further than `CLIP_SD` robust standard deviations from it are drawn
    in, in `PASSES` rounds. As many singular vectors count as exceed by a tenth what Poisson noise alone would bring,
    of whose largest singular value :math:`\\tfrac12(\\sqrt D + \\sqrt P)` is the limit (Gavish and Donoho 2014),
    `MOST_FACTORS` at most and one at least; in the first rounds fewer, so that no outlier becomes a factor of its own.
    Compare Shen and Huang (2008), Manufacturing & Service Operations Management 10, 391-410.
    """
    seen = np.isfinite(z)
    known = np.where(seen, z, 0.0)
    column = known.sum(axis=0) / seen.sum(axis=0)
    level = known.sum(axis=1) / np.maximum((seen * column).sum(axis=1), 1e-9)
    fitted = level[:, None] * column[None, :]
    limit = MARGIN * POISSON_SD * (np.sqrt(z.shape[0]) + np.sqrt(z.shape[1]))
    for most in range(MOST_FACTORS - PASSES + 1, MOST_FACTORS + 1):
        apart = np.where(seen, known - fitted, np.nan)
        robust = np.maximum(1.4826 * np.nanmedian(np.abs(apart), axis=0), LEAST_SD)
        filled = fitted + np.clip(np.nan_to_num(apart), -CLIP_SD * robust, CLIP_SD * robust)
        u, s, vt = np.linalg.svd(filled, full_matrices=False)
        k = int(np.clip((s > limit).sum(), 1, most))
        fitted = (u[:, :k] * s[:k]) @ vt[:k]
    squares = np.where(seen, filled - fitted, 0.0) ** 2
    days = seen.sum(axis=0)
    own, pooled = squares.sum(axis=0) / np.maximum(days - k, 1), squares.sum() / max(int(days.sum()), 1)
    sign = np.where(vt[:k].sum(axis=1) < 0, -1.0, 1.0)
    return LowRank(
        vt[:k] * sign[:, None], u[:, :k] * s[:k] * sign, (days * own + PRIOR_DAYS * pooled) / (days + PRIOR_DAYS)
    )

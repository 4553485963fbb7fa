"""From a mean and a spread to quantiles of counts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

SMALL = 10.0
"""Expected calls below which counts follow a discrete law, above 0: from ten on the root is close to normal."""
DEGREES = 6.0
"""Degrees of freedom of the Student t, above 2: heavier tails than the normal law, for days that no model foresees."""


def count_quantiles(mean: np.ndarray, spread: np.ndarray, quantiles: Sequence[float]) -> np.ndarray:
    """Return quantiles of counts, never negative and never crossing.

    Intervals with at least `SMALL` expected calls follow a Student t with `DEGREES` degrees of freedom on the scale
    z = √(calls + 1/4), whose variance is `spread` (1/4 for pure Poisson noise; Brown, Zhang and Zhao 2001);
    smaller ones a negative binomial law with variance 4 · mean · spread.

    Parameters
    ----------
    mean
        Expected calls, shape (N,), ≥ 0.
    spread
        Variance of the square root, shape (N,), > 0.
    quantiles
        Shares between 0 and 1, ascending, Q of them.

    Returns
    -------
    numpy.ndarray
        Calls, shape (N, Q).

    Examples
    --------
    >>> count_quantiles(np.array([400.0, 2.0]), np.array([0.25, 0.25]), (0.1, 0.5, 0.9)).round()
    array([[377., 400., 424.],
           [  0.,   2.,   4.]])
    """
    from scipy import stats  # takes half a second to import

    share = np.asarray(quantiles, dtype=float)
    out = np.zeros((len(mean), len(share)))
    large = mean >= SMALL
    if large.any():
        v = spread[large][:, None]
        centre = np.sqrt(np.maximum(mean[large][:, None] + 0.25 - v, 0.0))
        step = stats.t.ppf(share, DEGREES) * np.sqrt((DEGREES - 2) / DEGREES)
        out[large] = np.maximum(centre + np.sqrt(v) * step, 0.5) ** 2 - 0.25
    small = (mean > 0) & ~large
    if small.any():
        m = mean[small][:, None]
        excess = np.maximum(4.0 * spread[small][:, None] - 1.0, 1e-6)  # variance / mean - 1
        out[small] = stats.nbinom.ppf(share, m / excess, 1.0 / (1.0 + excess))
    return np.asarray(np.maximum.accumulate(out, axis=1))

"""An uncertain call rate: gamma distributed, its coefficient of variation (CV) read from the forecast's quantiles."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import gammaincinv
from scipy.stats import norm

from ...errors import InputError

CERTAIN = 1e-4
"""CV below which a rate counts as certain, a share above 0: the gamma law's shape 1/CV² stays below 1e8, and so few
calls more or less change no number of agents."""


def rate_cv(volume: pd.DataFrame) -> np.ndarray:
    """Return the coefficient of variation of the call rate that the quantile columns imply, shape (rows,).

    Each pair of quantiles at equal distance from the median tells a standard deviation by the normal law; their
    mean, squared, less the mean count (the Poisson variance) is the variance of the rate, never below 0.
    """
    probability = {float(str(c)[1:]): c for c in volume.columns if str(c)[:1] == "q" and str(c)[1:2].isdigit()}
    calls = volume["calls"].to_numpy(dtype=float)
    pairs = [(p, probability[q]) for p in probability for q in probability if p < 0.5 and abs(p + q - 1.0) < 1e-9]
    spreads = [
        (volume[high].to_numpy(dtype=float) - volume[probability[p]].to_numpy(dtype=float)) / (-2.0 * norm.ppf(p))
        for p, high in pairs
        if p <= 0.2 or len(pairs) == 1
    ]
    if not spreads:
        return np.zeros(len(volume))
    deviation = np.mean(spreads, axis=0)
    if not (deviation >= 0.0).all():
        at = str(volume["start"].iloc[int(np.argmin(deviation >= 0.0))])
        raise InputError(f"quantiles of the calls at {at} are unknown or fall", column="q", mend="Fill them in, rising")
    extra = np.maximum(deviation**2 - calls, 0.0)
    cv: np.ndarray = np.divide(np.sqrt(extra), calls, out=np.zeros(len(calls)), where=calls > 0.0)
    return cv


def rate_quantile(cv: np.ndarray, p: float) -> np.ndarray:
    """Return the `p`-quantile of the gamma law of mean 1 and each coefficient of variation, shape of `cv`."""
    shape = 1.0 / np.maximum(cv, CERTAIN) ** 2
    return np.asarray(np.where(cv < CERTAIN, 1.0, gammaincinv(shape, p) / shape))


def gamma_nodes(cv: np.ndarray, nodes: int) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes and weights, each of shape (len(cv), nodes), of the Gauss rule for a gamma law of mean 1.

    The eigenvalues and first components of the Laguerre polynomials' Jacobi matrix (Golub & Welsch 1969), which stay
    finite for any shape; with a cv of 0 all weight lies on 1.
    """
    cv = np.asarray(cv, dtype=float)
    shape = 1.0 / np.maximum(cv, CERTAIN) ** 2
    i = np.arange(nodes)
    matrix = np.zeros((len(cv), nodes, nodes))
    matrix[:, i, i] = 2.0 * i + shape[:, None]
    off = np.sqrt(i[1:] * (i[1:] - 1.0 + shape[:, None]))
    matrix[:, i[1:], i[:-1]] = matrix[:, i[:-1], i[1:]] = off
    values, vectors = np.linalg.eigh(matrix / shape[:, None, None])
    certain = (cv < CERTAIN)[:, None]
    return np.where(certain, 1.0, values), vectors[:, 0, :] ** 2

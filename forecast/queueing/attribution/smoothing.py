"""What one day's counts tell of the rate behind them: the posterior mean of a gamma law around the forecast.

The count of one interval is the rate and chance in one. A gamma law of mean m and coefficient of variation c as the
rate's prior and y calls that came give the posterior mean m · (1 + w · (y/m − 1)) with w = c²m/(c²m + 1): what is
taken off the count is chance. For mean handle times, whose sampling error is known too, the same credibility weight
holds as the best linear one (Bühlmann 1967). A day moves as a whole, by the hour and by the interval: each time the
spread c is the forecast's own or, where the counts show more than chance, theirs (method of moments).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

HOURS_S = (86_400.0, 7_200.0)
"""Seconds of the blocks that are looked at before single intervals: the day, and two hours, in which a spike or an
outage of usual length shows in counts too small for single intervals."""


def factors(
    came: np.ndarray,
    expected: np.ndarray,
    noise: Callable[[np.ndarray], np.ndarray],
    seconds: np.ndarray,
    spread: float = 0.0,
) -> np.ndarray:
    """Return by which factor the rate behind each interval differs from what was expected, shape (T,).

    Parameters
    ----------
    came
        What came in each interval, a sum such as calls or seconds of work; NaN = unknown, shape (T,).
    expected
        What was expected of it, at least 0, shape (T,); where it is 0 nothing can be told of the interval.
    noise
        The variance of `came` by chance where its mean is as given, shape (T,) → (T,).
    seconds
        Starts of the intervals since the begin of the day, shape (T,).
    spread
        Coefficient of variation that the forecast leaves to the whole day, at least 0.

    Examples
    --------
    A fifth more calls all day, +80 % and −60 % of six and four calls by chance:

    >>> came, expected = np.array([1200.0, 1210, 1190, 11, 1.6]), np.array([1000.0, 1000, 1000, 6, 4])
    >>> factors(came, expected, lambda mean: mean, 1800.0 * np.arange(5), 0.05).round(2)
    array([1.2, 1.2, 1.2, 1.2, 1.2])
    """
    known = np.isfinite(came) & (expected > 0.0)
    out = np.ones(len(expected))
    levels = [np.floor(seconds / length).astype(np.int64) for length in HOURS_S]
    for label, prior in zip([*levels, np.arange(len(expected))], (spread, 0.0, 0.0), strict=True):
        blocks, place = np.unique(label, return_inverse=True)
        mean = expected * out
        told, hoped, chance = (
            np.bincount(place[known], values[known], len(blocks)) for values in (came, mean, noise(mean))
        )
        if not hoped.any():
            continue
        excess = max(float(((told - hoped) ** 2 - chance).sum()) / float((hoped**2).sum()), prior**2)
        signal = excess * hoped**2
        weight = np.divide(signal, signal + chance, out=np.zeros(len(blocks)), where=signal + chance > 0.0)
        ratio = np.divide(told, hoped, out=np.ones(len(blocks)), where=hoped > 0.0)
        out *= (1.0 + weight * (ratio - 1.0))[place]
    return out

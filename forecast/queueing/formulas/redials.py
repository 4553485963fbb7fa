"""Callers who hang up and call again: the load with all their attempts."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

_ROUNDS = 100
"""Most rounds of false position, at least 1: more than halving alone would need to reach the last digit."""


def total_load(first: np.ndarray, redial: np.ndarray, abandon: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Return the load a' of all attempts, the only root of a' (1 − r · P(abandon; a')) = a.

    By assumption callers call again so much later that all attempts together are a Poisson stream, and the share r of
    the callers who hang up tries again, however often they have tried before (Koole 2013, Call Center Optimization).
    The left side rises with a', from below a at a to above a at a/(1 − r): false position with the Illinois rule finds
    the root between the two.

    Parameters
    ----------
    first
        Load of first attempts, shape (N,).
    redial
        Share r of those who hang up and call again, shape (N,), below 1.
    abandon
        The share that hangs up at a load, shape (N,) → (N,).
    """
    if not redial.any():
        return first
    low, high = first, first / (1.0 - redial)
    below, above = _excess(low, first, redial, abandon), _excess(high, first, redial, abandon)
    side = np.zeros(first.shape)
    for _ in range(_ROUNDS):
        width = high - low
        if (width <= 4e-16 * high).all() or not (below < 0.0).any():
            break
        with np.errstate(invalid="ignore", divide="ignore"):
            guess = np.where(above > below, low - below * width / (above - below), low)
        guess = np.clip(guess, low, high)
        value = _excess(guess, first, redial, abandon)
        under = value < 0.0
        low, high = np.where(under, guess, low), np.where(under, high, guess)
        # Illinois rule: the end that stays a second time counts half
        above = np.where(under, np.where(side > 0.0, 0.5 * above, above), value)
        below = np.where(under, value, np.where(side < 0.0, 0.5 * below, below))
        side = np.where(under, 1.0, -1.0)
    return np.asarray(np.where(np.abs(above) < np.abs(below), high, low))


def _excess(
    load: np.ndarray, first: np.ndarray, redial: np.ndarray, abandon: Callable[[np.ndarray], np.ndarray]
) -> np.ndarray:
    return np.asarray(load * (1.0 - redial * abandon(load)) - first)

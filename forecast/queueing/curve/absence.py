"""Scheduled agents of whom some are absent: expectations over the binomial law of those who come."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.stats import binom, nbinom

from ...errors import InputError

NONE = 1e-12
"""Chance, or share of the calls, below which there is none: rounding of the binomial law."""

_WHOLE, _PART = 2_000, 250
"""Numbers of agents, above 0, up to which the binomial law is laid out whole, and laid out at once beyond: a law of
5,000 agents takes 200 MB."""

_CUT = 1e-6
"""Chance, above 0, that too few come of the most agents of the longer curve: there the curve is flat."""


def shares_of_absent(absent: np.ndarray, intervals: int) -> np.ndarray:
    """Return the share absent per interval, shape (intervals,).

    Raises
    ------
    InputError
        On a share that is not at least 0 and below 1.
    """
    absent = np.broadcast_to(np.asarray(absent, dtype=float), (intervals,))
    bad = ~((absent >= 0.0) & (absent < 1.0))
    if bad.any():
        raise InputError("Expected a share of at least 0 and below 1", column="unplanned",
                         value=float(absent[bad][0]))  # fmt: skip
    return absent


def top_for_absence(top: int, worst: float) -> int:
    """Return the scheduled agents of whom at least `top` come almost surely, with a share `worst` absent."""
    return top + int(nbinom.isf(_CUT, max(top, 1), 1.0 - worst))


def expected_of_present(values: Sequence[np.ndarray], absent: np.ndarray) -> list[np.ndarray]:
    """Return the expectation of each of `values` over the agents present, for 0…N scheduled agents.

    Parameters
    ----------
    values
        By agents present, shape (T, N + 1) each.
    absent
        Share absent per interval, shape (T,).
    """
    found = [np.empty_like(value) for value in values]
    heads = np.arange(values[0].shape[1])
    size = len(heads) if len(heads) <= _WHOLE else _PART
    for share in np.unique(absent):
        rows = np.flatnonzero(absent == share)
        for first in range(0, len(heads), size):
            scheduled = heads[first : first + size]
            present = heads[: scheduled[-1] + 1] if size < len(heads) else heads
            law = np.asarray(binom.pmf(present[:, None], scheduled, 1.0 - share))  # (present, scheduled)
            for out, value in zip(found, values, strict=True):
                out[rows[:, None], scheduled] = _expected(value[rows, : len(present)], law)
    return found


def _expected(values: np.ndarray, law: np.ndarray) -> np.ndarray:
    """Return `values` @ `law` where infinite or unknown values of no weight do not count."""
    known = np.isfinite(values)
    mean: np.ndarray = np.where(known, values, 0.0) @ law
    for odd, wrong in ((np.inf, np.isposinf(values)), (np.nan, np.isnan(values))):
        if wrong.any():
            mean = np.where(wrong.astype(float) @ law > NONE, odd, mean)
    return mean

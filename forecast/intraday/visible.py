"""What size of change can be seen at a desk: changes planted into its own past days, and looked for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .change_tests import Limits, first_raised
from .innovations import Innovations
from .params import WatchParams
from .seen import Visible

SIZES = (
    -0.9,
    -0.7,
    -0.5,
    -0.4,
    -0.3,
    -0.25,
    -0.2,
    -0.15,
    -0.1,
    0.1,
    0.15,
    0.2,
    0.25,
    0.3,
    0.4,
    0.5,
    0.7,
    1.0,
    1.5,
    2.0,
)
"""Changes tried, as shares."""
SHARE, WITHIN_MIN = 0.9, 60.0
"""Share of the trials and minutes in which a change that can be seen is found."""
TRIALS = 60
"""Days into which each size is planted, at most: a share of 0.9 then has a standard error of four points."""


def visible_of(
    days: Sequence[Innovations], limits: Limits, params: WatchParams, calls_per_half_hour: float, seed: int
) -> Visible:
    """Return what can be seen, from a change of each size planted for an hour into up to `TRIALS` past days.

    A change begins where a random call would come, since at night nothing can be seen of calls that are not there. Days
    already in alarm before that, and days without an hour left, do not count.
    """
    rng = np.random.default_rng(seed)
    chosen = [days[i] for i in rng.permutation(len(days))[:TRIALS]]
    begins = [_begin(day, rng) for day in chosen]
    found = tuple(
        _found([(d, b) for d, b in zip(chosen, begins, strict=True) if b is not None], size, limits, params, rng)
        for size in SIZES
    )
    missed = [s for s, f in zip(SIZES, found, strict=True) if f < SHARE]
    least = max((s for s in missed if s > 0), default=0.0), min((s for s in missed if s < 0), default=0.0)
    return Visible(
        min((s for s in SIZES if s > least[0]), default=float("nan")),  # a smaller one may be found by luck
        -max((s for s in SIZES if s < least[1]), default=float("nan")),
        calls_per_half_hour,
        SIZES,
        found,
        SHARE,
        WITHIN_MIN,
    )


def with_change(roots: np.ndarray, mean: np.ndarray, share: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the roots of calls with a change planted: calls added by a Poisson law, or each left out by chance.

    Parameters
    ----------
    roots
        Of calls plus 1/4, shape (n,).
    mean
        Expected calls, shape (n,), above or equal 0.
    share
        Change per interval, at least -1, shape (n,).
    """
    calls = np.maximum(np.rint(roots**2 - 0.25), 0.0)
    more = rng.poisson(np.maximum(share, 0.0) * np.maximum(mean, 0.0))
    kept = rng.binomial(calls.astype(np.int64), 1.0 + np.minimum(share, 0.0))
    return np.asarray(np.sqrt(kept + more + 0.25))


def _begin(day: Innovations, rng: np.random.Generator) -> int | None:
    last = len(day) - day.frame.gap(WITHIN_MIN)
    if last < 0:
        return None
    calls = day.frame.mean[: last + 1] ** 2
    return int(rng.choice(last + 1, p=calls / calls.sum()))


def _found(
    trials: Sequence[tuple[Innovations, int]],
    size: float,
    limits: Limits,
    params: WatchParams,
    rng: np.random.Generator,
) -> float:
    """Return the share of the trials in which a change of that size is found in time."""
    hits, counted = 0, 0
    for day, begin in trials:
        length = day.frame.gap(WITHIN_MIN)
        share = np.zeros(len(day))
        share[begin : begin + length] = size
        raised = first_raised(day.planted(with_change(day.figures, day.predicted**2, share, rng)), limits, params)
        if raised is not None and raised.at < begin:
            continue
        counted += 1
        hits += raised is not None and raised.at < begin + length and raised.sign * size > 0
    return hits / counted if counted else 0.0

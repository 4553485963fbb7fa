"""Raising a bound over a box of prices: deflected subgradients with Polyak's step.

Camerini, Fratta, Maffioli 1975; Held, Wolfe, Crowder 1974. Each point proves its own bound, so it may end at any time.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ...forecast.progress import Watch

AHEAD, LEAP = 0.02, 0.3
"""How far above the bound a step aims: at least this share of the best plan's cost, and of what lies between."""

KEPT, PATIENCE, SHRINK, SMALLEST, ENOUGH = 0.6, 15, 0.6, 0.004, 2e-5
"""Part of the old direction kept; rounds without a gain of `ENOUGH` before the step shrinks; its factor and end."""


@dataclass(frozen=True)
class Ascent:
    """Where an ascent ended.

    Attributes
    ----------
    at
        The prices that prove the most, shape (N,).
    bound
        What they prove; −infinite where not even the first prices were valued.
    rounds
        Steps done.
    """

    at: np.ndarray
    bound: float
    rounds: int = 0


def ascend(
    evaluate: Callable[[np.ndarray], tuple[float, np.ndarray] | None], start: np.ndarray, low: np.ndarray | float,
    high: np.ndarray, watch: Watch, *, best: float, stage: str, most: float = math.inf,
    keep: Callable[[np.ndarray, float], None] = lambda at, bound: None,
) -> Ascent:  # fmt: skip
    """Raise a concave bound until its steps are small, `most` of them are done, or `watch` ends it.

    Parameters
    ----------
    evaluate
        Prices -> their bound and a subgradient, both shapes (N,); None where it was stopped meanwhile.
    start
        First prices, shape (N,); valued even where the time is up.
    low, high
        The box, shape (N,).
    best
        Cost of a known plan: it sets how far steps aim.
    keep
        Called with the prices that prove most so far, and what they prove, whenever they change.
    """
    at = np.clip(start, low, high)
    found = evaluate(at)
    if found is None:
        return Ascent(at, -math.inf)
    (bound, base_slope), base = found, at
    keep(base, bound)
    here, direction = bound, base_slope
    step, idle, rounds, told = 1.0, 0, 0, watch.elapsed_s
    while step >= SMALLEST and rounds < most and not watch.stopped and not watch.time_is_up:
        direction = np.where(((at <= low) & (direction < 0.0)) | ((at >= high) & (direction > 0.0)), 0.0, direction)
        norm = float(direction @ direction)
        if norm <= 0.0:
            break
        aim = bound + max(AHEAD * best, LEAP * (best - bound))
        at = np.clip(at + step * (aim - here) / norm * direction, low, high)
        found = evaluate(at)
        if found is None:
            break
        here, slope = found
        rounds += 1
        direction = KEPT * direction + (1.0 - KEPT) * slope
        idle = 0 if here > bound + ENOUGH * abs(bound) else idle + 1
        if here > bound:
            bound, base, base_slope = here, at, slope
            keep(base, bound)
        if idle >= PATIENCE:
            step, idle = step * SHRINK, 0
            at, here, direction = base, bound, base_slope
        if watch.elapsed_s - told > 0.5:
            told = watch.elapsed_s
            watch.tell(stage, f"prices, round {rounds}", bound=bound)
    return Ascent(base, bound, rounds)

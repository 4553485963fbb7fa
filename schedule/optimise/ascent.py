"""Raising a bound over a box of prices: deflected subgradients with Polyak's step.

Camerini, Fratta, Maffioli 1975; Held, Wolfe, Crowder 1974. Each point proves its own bound: an ascent may end any time.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ...forecast.progress import Watch
from ...forecast.ranges import expect


@dataclass(frozen=True)
class AscentParams:
    """How far an ascent steps and when it ends.

    Parameters
    ----------
    ahead
        A step aims at least this share of the best plan's cost above the bound: near the plan steps stay useful. > 0.
    leap
        … and at least this share of what lies between bound and plan: far from it steps are long. 0 to 1.
    kept
        Share of the old direction that is kept, so that the prices do not swing. 0 ≤ kept < 1.
    patience
        Steps without a gain before they shrink: one bad step says little. Whole, ≥ 1.
    enough
        Share of the bound that counts as a gain; less would keep long steps alive for nothing. ≥ 0.
    shrink
        Factor on the step then, after a return to the best prices. 0 < shrink < 1.
    smallest
        Step, as a share of the first, at which the ascent ends: smaller ones gain hardly anything. 0 to 1.
    """

    ahead: float = 0.02
    leap: float = 0.3
    kept: float = 0.6
    patience: int = 15
    enough: float = 2e-5
    shrink: float = 0.6
    smallest: float = 0.004

    def __post_init__(self) -> None:
        expect(self.ahead > 0, "ahead > 0", self.ahead)
        expect(0 <= self.leap <= 1, "0 <= leap <= 1", self.leap)
        expect(0 <= self.kept < 1, "0 <= kept < 1", self.kept)
        expect(self.patience >= 1, "patience >= 1", self.patience)
        expect(self.enough >= 0, "enough >= 0", self.enough)
        expect(0 < self.shrink < 1, "0 < shrink < 1", self.shrink)
        expect(0 < self.smallest <= 1, "0 < smallest <= 1", self.smallest)


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
    cut
        Whether the watch ended it.
    """

    at: np.ndarray
    bound: float
    rounds: int = 0
    cut: bool = False


def ascend(
    evaluate: Callable[[np.ndarray], tuple[float, np.ndarray] | None], start: np.ndarray, low: np.ndarray | float,
    high: np.ndarray, watch: Watch, *, best: float, stage: str, most: float = math.inf,
    keep: Callable[[np.ndarray, float], None] = lambda at, bound: None, params: AscentParams = AscentParams(),
) -> Ascent:  # fmt: skip
    """Raise a concave bound until its steps are small, `most` of them are done, or `watch` ends it.

    Ten parameters: both engines for people hand over a function and its box, and name the rest.

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
        return Ascent(at, -math.inf, cut=True)
    (bound, base_slope), base = found, at
    keep(base, bound)
    here, direction = bound, base_slope
    step, idle, rounds, told = 1.0, 0, 0, watch.elapsed_s
    cut = False
    while step >= params.smallest and rounds < most:
        cut = watch.stopped or watch.time_is_up
        if cut:
            break
        direction = np.where(((at <= low) & (direction < 0.0)) | ((at >= high) & (direction > 0.0)), 0.0, direction)
        norm = float(direction @ direction)
        if norm <= 0.0:
            break
        aim = bound + max(params.ahead * best, params.leap * (best - bound))
        at = np.clip(at + step * (aim - here) / norm * direction, low, high)
        found = evaluate(at)
        if found is None:
            cut = True
            break
        here, slope = found
        rounds += 1
        direction = params.kept * direction + (1.0 - params.kept) * slope
        idle = 0 if here > bound + params.enough * abs(bound) else idle + 1
        if here > bound:
            bound, base, base_slope = here, at, slope
            keep(base, bound)
        if idle >= params.patience:
            step, idle = step * params.shrink, 0
            at, here, direction = base, bound, base_slope
        if watch.elapsed_s - told > 0.5:
            told = watch.elapsed_s
            watch.tell(stage, f"prices, round {rounds}", bound=bound)
    return Ascent(base, bound, rounds, cut)

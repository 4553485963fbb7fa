"""How the search for a cover spends its time, and how near its model follows the service curve."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ...forecast.ranges import check_ranges


@dataclass(frozen=True)
class CoverParams:
    """Knobs of `solve_cover`.

    Parameters
    ----------
    exact_heads
        Heads (> 0) on either side of the LP's answer within which the curve has all its steps: plans end near there.
    week_tolerance, far_tolerance
        How far steps may lie above the curve, as a share (>= 0) of its largest gain: in the LP of the whole week, whose
        answer may lie anywhere, and in a part, away from the heads where its steps are exact.
    mend_share, polish_share
        Parts (0 to 1) of the time left for mending rounded heads, and for deciding the shifts of the LP: the last step,
        which tries all shifts and proves, takes the rest.
    mend_heads
        Heads (> 0) that may be added to a shift to mend what whole breaks leave short: few keep that model small.
    bound_gap_share
        Part (0 to 1) of the asked gap given to the solver where a bound is known from elsewhere: reaching that bound
        shall end the solve, not the solver's own, weaker bound.
    rounds
        Times (> 0) that a part is decided, each with more margin than before: each is a search of its own.
    improve_share
        Part (0 to 1) of the days' number for which linked days reserve time: days are decided again afterwards.
    patience
        Passes (> 0) over the days without gain after which longer runs of days are decided at once: the second confirms
        the first.
    most_placed
        Columns (> 0) up to which the programme of the whole week has one for each way to place a shift's breaks: HiGHS
        proves that form soonest, 5,000 columns within a minute.
    whole_share
        Part (0 to 1) of the time left for such a programme where there is one thread; days decided again take the rest.
    """

    exact_heads: int = 4
    week_tolerance: float = 2e-4
    far_tolerance: float = 2e-3
    mend_share: float = 0.3
    polish_share: float = 0.6
    mend_heads: int = 3
    bound_gap_share: float = 0.25
    rounds: int = 4
    improve_share: float = 0.5
    patience: int = 2
    most_placed: int = 5000
    whole_share: float = 0.7

    def __post_init__(self) -> None:
        shares = dict.fromkeys(
            ("mend_share", "polish_share", "bound_gap_share", "improve_share", "whole_share"), (0.0, 1.0)
        )
        tolerances = dict.fromkeys(("week_tolerance", "far_tolerance"), (0.0, math.inf))
        check_ranges(self, ("exact_heads", "mend_heads", "rounds", "patience", "most_placed"), **shares, **tolerances)

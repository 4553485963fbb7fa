"""How the search for a cover spends its time, and how near its model follows the service curve."""

from __future__ import annotations

from dataclasses import dataclass

from ..optimise.ranges import above_zero, at_least_zero, share


@dataclass(frozen=True)
class CoverParams:
    """Knobs of `solve_cover`.

    Parameters
    ----------
    exact_heads
        Heads (> 0) on either side of the LP's answer within which the curve has all its steps: whole plans end there.
    near_tolerance, far_tolerance
        How far steps may lie above the curve, as a share (>= 0) of its largest gain: in the LP of the whole week, which
        looks everywhere, and in a part that is exact near the LP's answer, where fewer steps are quicker.
    mend_share, polish_share
        Parts (0 to 1) of the time left for mending rounded heads, and for the shifts of the LP before all shifts are
        tried: the last step, which proves, needs the rest.
    mend_heads
        Heads (> 0) that may be added to a shift to mend what whole breaks leave short; more are never needed.
    bound_gap_share
        Part (0 to 1) of the asked gap at which a solve ends when a bound from elsewhere is known: its own bound is
        weaker, and the objective that is good enough ends the solve anyway.
    rounds
        Times (> 0) that a part is decided again with more margin; the curve seldom surprises twice.
    improve_share
        Part (0 to 1) of the days' number that linked days keep as time for deciding days again.
    patience
        Passes (> 0) over the days without any gain after which the plan is taken to be as good as it gets: the second
        pass begins with other neighbours.
    """

    exact_heads: int = 4
    near_tolerance: float = 2e-4
    far_tolerance: float = 2e-3
    mend_share: float = 0.3
    polish_share: float = 0.6
    mend_heads: int = 3
    bound_gap_share: float = 0.25
    rounds: int = 4
    improve_share: float = 0.5
    patience: int = 2

    def __post_init__(self) -> None:
        above_zero(self, "exact_heads", "mend_heads", "rounds", "patience")
        at_least_zero(self, "near_tolerance", "far_tolerance")
        share(self, "mend_share", "polish_share", "bound_gap_share", "improve_share")

"""Shifts to offer outside: for what the plan of the problem's own people leaves short."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ...forecast.progress import Watch
from ..cover.solve import solve_cover
from ..price.shortfall import shortfall
from ..problem.heads import heads_planned
from ..problem.problem import ScheduleProblem
from ..problem.shifts import PlannedShift

GAP = 0.01
"""Relative gap at which the choice of open shifts is good enough: they are an offer beside the plan."""


def open_shifts(
    problem: ScheduleProblem, planned: Iterable[PlannedShift], *, watch: Watch, time_limit_s: float, seed: int = 1
) -> tuple[PlannedShift, ...]:
    """Return the shifts that are worth `Costs.open_shift_h` an hour for what `planned` leaves short, by start.

    Parameters
    ----------
    planned
        The shifts of the problem's own people.
    """
    heads, price = heads_planned(problem, planned), problem.costs.open_shift_h
    least = price * min((s.paid_min for s in problem.shifts), default=0) / 60.0
    if sum(shortfall(heads, problem).values()) <= least:
        return ()
    rest = replace(problem, staff=(), costs=replace(problem.costs, cost_h=price), before=heads)
    return solve_cover(rest, watch=watch, time_limit_s=time_limit_s, gap=GAP, seed=seed).planned

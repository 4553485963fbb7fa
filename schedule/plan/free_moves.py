"""Moves that cost nothing: what a reader of the plan could still be offered for no money, the plan does itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from ...forecast.progress import Watch
from ..diagnose.break_moves import BreakMove, QueueBreaks
from ..diagnose.short_stretches import ShortPlan, ShortStretch, stretches
from ..problem.problem import ScheduleProblem
from ..problem.shifts import PlannedShift
from .measure import Measure
from .simulated_plan import Candidate, Search

MOST_S = 2.0
"""Most seconds for the moves: a desk of a hundred people needs some milliseconds, one of thousands may have no end."""

Assigned = Mapping[str, tuple[PlannedShift, ...]]


def with_free_moves(plan: Candidate[Search], measure: Measure) -> tuple[Candidate[Search], bool]:
    """Return `plan`, its breaks moved where that mends a short stretch for nothing by the curves of `measure`.

    Also returns whether `MOST_S` has cut the moves short: another run may then make others.
    """
    clock = measure.watch.within(MOST_S)
    assigned = freely_moved(measure.problem, plan.assigned, measure.coverage(plan.assigned), clock)
    return (plan if assigned is plan.assigned else replace(plan, assigned=assigned)), clock.time_is_up


def freely_moved(problem: ScheduleProblem, assigned: Assigned, coverage: pd.DataFrame, watch: Watch) -> Assigned:
    """Return `assigned` after every move of a break that mends a short stretch for nothing; itself where there is none.

    Each move leaves less short, so the moves end; all are those of `explain`.
    """
    plan, moved = ShortPlan(problem, assigned, coverage), {agent: list(shifts) for agent, shifts in assigned.items()}
    moves = 0
    for queue in plan.slack:
        breaks = plan.breaks(queue)
        on_queue = _OnQueue(plan, queue)
        last = -1
        while last != moves and not (watch.stopped or watch.time_is_up):
            last = moves
            for stretch in _short(plan, queue, breaks):
                while (move := breaks.best(on_queue.near(stretch), stretch.start, stretch.end)) is not None:
                    breaks.apply(move)
                    on_queue.apply(move)
                    at = moved[move.agent].index(move.planned)
                    moved[move.agent][at] = move.moved
                    moves += 1
                if watch.stopped or watch.time_is_up:
                    break
    return {agent: tuple(shifts) for agent, shifts in moved.items()} if moves else assigned


class _OnQueue:
    """The shifts worked on one queue alone, as the moves leave them."""

    def __init__(self, plan: ShortPlan, queue: str) -> None:
        shifts, self.starts, self.ends = plan.on_one_queue.get(queue, ([], np.zeros(0), np.zeros(0)))
        self.shifts = list(shifts)

    def near(self, stretch: ShortStretch) -> list[tuple[str, PlannedShift]]:
        """Return the shifts that meet a stretch."""
        at = np.flatnonzero((self.starts < stretch.end) & (self.ends > stretch.start))
        return [self.shifts[i] for i in at.tolist()]

    def apply(self, move: BreakMove) -> None:
        """Move a break."""
        self.shifts[self.shifts.index((move.agent, move.planned))] = (move.agent, move.moved)


def _short(plan: ShortPlan, queue: str, breaks: QueueBreaks) -> list[ShortStretch]:
    """Return the short stretches of a queue as the moves leave them."""
    return stretches(plan, {queue: np.array(breaks.slack)})

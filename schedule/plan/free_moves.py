"""Moves that cost nothing: what a reader of the plan could still be offered for no money, the plan does itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from ...forecast.progress import Watch
from ..diagnose.break_moves import BreakMove, QueueBreaks
from ..diagnose.short_stretches import ShortPlan, ShortStretch, stretches
from ..exchange.result import roster_of
from ..optimise.status import Stop
from ..price.shortfall import shortfall
from ..problem.heads import heads_planned
from ..problem.problem import ScheduleProblem
from ..problem.shifts import PlannedShift
from .decision import Decision
from .measure import Measure

MOST_S = 2.0
"""Most seconds for the moves: a desk of a hundred people needs some milliseconds, one of thousands may have no end."""

Assigned = Mapping[str, tuple[PlannedShift, ...]]


def with_free_moves(found: Decision, measure: Measure) -> Decision:
    """Return `found`, its breaks moved where that mends a short stretch for nothing, simulated again.

    The service to expect is by the curves of `measure`, which `found` was decided by. The plan as it was stays where
    the simulation says that the other one misses more. Where `MOST_S` cuts the moves short, time has stopped the plan:
    another run may make others.
    """
    clock = measure.watch.within(MOST_S)
    assigned = freely_moved(found.problem, found.assigned, found.coverage, clock)
    if assigned is found.assigned or measure.watch.stopped:
        return found
    solved, wages, prices = found.solved, found.cost_wages, found.prices
    if clock.time_is_up and solved.stopped == Stop.GAP:
        solved = replace(solved, stopped=Stop.TIME)
    if found.named:
        roster = roster_of(found.problem, assigned, solved)
        solved, prices = roster.solved, roster.prices
    else:
        heads = heads_planned(found.problem, [p for shifts in assigned.values() for p in shifts])
        prices = {"lost_calls_and_under": sum(shortfall(heads, found.problem).values())}
        solved = replace(solved, cost=wages + sum(prices.values()))
    tried = measure.decision(assigned, solved, wages, prices)
    if _misses(tried) > _misses(found):
        return found
    return replace(tried, repairs=found.repairs, blocks=found.blocks)


def _misses(found: Decision) -> tuple[int, int]:
    """Return how many goals a plan misses by simulation, and how many goals and floors."""
    return sum(not m.is_floor for m in found.missed), len(found.missed)


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

"""Prices at which a plan saves by missing what was promised: told beside the plan, since no search would mend it."""

from __future__ import annotations

import math

import numpy as np

from ..price.shortfall import call_price, calls_gained, head_price, heads_missing
from ..problem.goal_period import part_dates
from ..problem.heads import heads_planned
from ..problem.problem import Demand, ScheduleProblem
from .decision import Decision
from .missed import MissedGoal


def cheap_misses(found: Decision) -> list[str]:
    """Tell the prices at which missing costs less than any shift that would mend it, a sentence per queue and price.

    A shift more is worth the calls that it gains towards a day's or week's goal, at most those that are missing there,
    and the heads that it adds where heads are missing for a floor or an interval's goal. Neither its breaks nor who
    could work it are counted: what is told would stay with any number of people; what is not told may stay for want
    of them. No amount of money is told, since notes are shown to those who must not see wages.
    """
    if not found.missed:
        return []
    problem, planned = found.problem, heads_planned(found.problem, found.planned)
    demands = {d.queue: d for d in problem.demands}
    factors: dict[tuple[str, str], list[float]] = {}
    for missed in found.missed:
        d = demands[missed.queue]
        if not _by_heads(d, missed) and any(d.ladders):
            continue  # its ladder says what a miss costs
        factor = _factor(found, d, planned[d.queue], missed)
        if factor > 1.0:
            key = "under_h" if _by_heads(d, missed) else "lost_call"
            factors.setdefault((d.queue, key), []).append(factor)
    return [_told(queue, key, many) for (queue, key), many in factors.items()]


def _told(queue: str, key: str, factors: list[float]) -> str:
    what = "goal or floor of half-hours" if key == "under_h" else "goal"
    least = max(factors)
    mend = "Set it" if math.isinf(least) else f"Make it at least {math.ceil(10 * least) / 10:g} times as high"
    return (
        f"{queue}: costs.{key} is so low that the plan saves by missing the {what}, in {len(factors)} period(s). "
        f"{mend} if the {what} shall hold"
    )


def _by_heads(d: Demand, missed: MissedGoal) -> bool:
    """Whether missing heads are priced where this is missed; missing calls otherwise."""
    return missed.is_floor or d.by_interval


def _factor(found: Decision, d: Demand, heads: np.ndarray, missed: MissedGoal) -> float:
    """Return how many times as high the price must be for some shift to mend what is missed.

    At most 1 where some shift pays as it is or none helps by the service curve; infinite where the price is 0.
    """
    problem, slots = found.problem, _slots(found, d, missed)
    by_heads, inside = _by_heads(d, missed), np.zeros(len(problem.grid), dtype=bool)
    inside[slots] = True
    calls = np.where(inside, calls_gained(d, heads + 1) - calls_gained(d, heads), 0.0)
    absent = heads_missing(d, heads) - heads_missing(d, heads + 1)
    of_calls, of_heads, near = (_summed(problem, x) for x in (calls, absent, absent * inside))
    lacking = 0.0 if by_heads else max(0.0, missed.goal - missed.simulated) * float(d.calls[slots].sum())
    worth_calls = call_price(problem) * np.clip(of_calls, 0.0, lacking)
    worth_heads = head_price(problem) * of_heads
    costs = _costs(problem, d.queue)
    helps = ((near if by_heads else np.minimum(of_calls, lacking)) > 0) & np.isfinite(costs)
    own, other = (worth_heads, worth_calls) if by_heads else (worth_calls, worth_heads)
    short = (costs - other)[helps]
    if not len(short) or (short <= own[helps]).any():
        return 0.0
    return float(np.divide(short, own[helps], out=np.full(len(short), np.inf), where=own[helps] > 0).min())


def _slots(found: Decision, d: Demand, missed: MissedGoal) -> np.ndarray:
    """Return the open slots of the period that is missed."""
    grid = found.problem.grid
    if not _by_heads(d, missed):
        days = missed.start.date() if d.goal.basis == "day" else None
        if d.beyond:
            parts = dict(zip(part_dates(d.beyond, grid), d.periods, strict=True))
            return parts.get(missed.start.date(), np.zeros(0, dtype=np.int64))
        periods = [p for p in d.periods if len(p) and days in (None, grid.starts[p[0]].date())]
        return periods[0] if periods else np.zeros(0, dtype=np.int64)
    first = grid.position(missed.start)
    known = found.expected[(found.expected["queue"] == d.queue) & (found.expected["period"] == "interval")]
    later = [grid.position(t) for t in known["start"] if t > missed.start]
    slots = np.arange(first, min(later, default=len(grid)))
    return np.asarray(slots[d.open[slots]])


def _summed(problem: ScheduleProblem, values: np.ndarray) -> np.ndarray:
    """Return the sum of `values` per slot, shape (S,), over each of the problem's shifts inside the grid."""
    size = len(problem.grid)
    before = np.concatenate([[0.0], np.cumsum(values)])
    starts, ends = (np.minimum(at, size) for at in _ends(problem))
    return np.asarray(before[ends] - before[starts])


def _ends(problem: ScheduleProblem) -> np.ndarray:
    """Return first slots of the problem's shifts and those after them, shape (2, shifts)."""
    return np.array([(s.start, s.end) for s in problem.shifts], dtype=np.int64).reshape(-1, 2).T


def _costs(problem: ScheduleProblem, queue: str) -> np.ndarray:
    """Return per shift the least wages for it among those who know `queue`; infinite where nobody may work it."""
    least = {} if problem.staff else dict.fromkeys(problem.families, problem.costs.cost_h)
    for agent in problem.staff:
        if queue in agent.skills:
            for family in problem.contracts[agent.contract].shifts:
                least[family] = min(agent.cost_h, least.get(family, math.inf))
    return np.array([least.get(s.family, math.inf) * problem.paid_weight(s) for s in problem.shifts])

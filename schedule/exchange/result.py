"""A roster as the rest of the product sees it: who works what, and every price."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..optimise.status import OPTIMAL, Solved, Status, sound_bound
from ..price.shortfall import shortfall
from ..price.week import price_week
from ..problem.heads import heads_planned
from ..problem.problem import ScheduleProblem
from ..problem.shifts import PlannedShift
from .cells import Cell, ShiftPool, cells_of
from .plan import ExchangePlan
from .week_check import WeekCells


@dataclass(frozen=True)
class Roster:
    """Who works which planned shift.

    Attributes
    ----------
    assigned
        Agent → shifts by start; every agent of the staff has an entry.
    open
        Shifts that nobody can take (or only at a higher cost than leaving them open), by start.
    solved
        Cost = `cost_wages` + `prices`; the bound is proven.
    cost_wages
        Wages of the assigned shifts, premiums included.
    prices
        ``below_contract``, ``wish``, ``steady`` → money; where a plan is kept, ``change`` too. If the shifts were
        given, also ``open_shift`` and ``left_short`` (the least cost of the shortfall by open shifts); otherwise
        ``lost_call`` and ``under``.
    unmet
        Agent → ``below_contract_h``, ``wish`` (weight), ``start_spread_h``.
    """

    assigned: Mapping[str, tuple[PlannedShift, ...]]
    open: tuple[PlannedShift, ...]
    solved: Solved
    cost_wages: float
    prices: Mapping[str, float]
    unmet: Mapping[str, Mapping[str, float]] = field(repr=False)


def spread_breaks(cell: Cell) -> list[PlannedShift]:
    """Return the heads of a cell in an order in which neighbours differ in their breaks as long as possible."""
    same: dict[tuple[int, ...], list[PlannedShift]] = defaultdict(list)
    for head in cell.heads:
        same[head.breaks].append(head)
    out: list[PlannedShift] = []
    stacks = [same[k] for k in sorted(same)]
    while stacks:
        out += [s.pop(0) for s in stacks]
        stacks = [s for s in stacks if s]
    return out


def hand_out(
    pool: ShiftPool, plan: ExchangePlan
) -> tuple[dict[str, tuple[PlannedShift, ...]], tuple[PlannedShift, ...]]:
    """Give each agent a head of each of their cells and return them with the heads left.

    Heads differ in their breaks only: people of one team get different breaks where there are any, and a
    head planned for the agent's own contract is preferred.
    """
    staff = pool.staff
    shifts: dict[int, list[PlannedShift]] = {a: [] for a in range(len(staff))}
    left: list[PlannedShift] = []
    takers: list[list[int]] = [[] for _ in pool.cells]
    for a in sorted(range(len(staff)), key=lambda a: (staff[a].team, a)):
        for c in plan.weeks[a]:
            takers[c].append(a)
    for c, cell in enumerate(pool.cells):
        heads = spread_breaks(cell)
        for a in takers[c]:
            own = next((i for i, h in enumerate(heads) if h.contract == staff[a].contract), 0)
            shifts[a].append(heads.pop(own))
        left += heads
    assigned = {staff[a].id: tuple(sorted(s, key=lambda p: p.shift.start)) for a, s in shifts.items()}
    return assigned, tuple(left)


def make_roster(pool: ShiftPool, plan: ExchangePlan, solved: Solved) -> Roster:
    """Return `plan` as a `Roster`; its parts are priced anew."""
    assigned, left = hand_out(pool, plan)
    opened = {
        "open_shift": float(sum(n * c.open_price for n, c in zip(plan.left, pool.cells, strict=True))),
        "left_short": float(sum(n * c.short_price for n, c in zip(plan.left, pool.cells, strict=True))),
    }
    wages, prices, unmet = _priced(pool.problem, pool.cells, plan.weeks)
    return Roster(assigned, left, solved, wages, opened | prices, unmet)


def roster_of(problem: ScheduleProblem, assigned: Mapping[str, tuple[PlannedShift, ...]], solved: Solved) -> Roster:
    """Return a finished assignment, agent → shifts by start, as a `Roster` without open shifts.

    Its prices are complete: ``lost_call``, ``under`` and ``ladder`` are the price of the plan's shortfall. `solved`
    gives all facts of the assignment except its cost.
    """
    cells = cells_of(problem, [p for shifts in assigned.values() for p in shifts])
    place = {(c.shift.key, c.queue): i for i, c in enumerate(cells)}
    weeks = [tuple(place[p.shift.key, p.queue] for p in assigned[a.id]) for a in problem.staff]
    wages, prices, unmet = _priced(problem, cells, weeks)
    planned = (p for shifts in assigned.values() for p in shifts)
    prices |= shortfall(heads_planned(problem, planned), problem)
    cost = wages + sum(prices.values())
    bound = sound_bound(solved.bound, cost)
    proven = bound is not None and cost - bound <= OPTIMAL * max(1.0, abs(bound))
    known = replace(
        solved, status=Status.OPTIMAL if proven else Status.FEASIBLE, stopped=None if proven else solved.stopped,
        cost=cost, bound=bound, history=(*solved.history, (solved.seconds, cost, bound)),
    )  # fmt: skip
    return Roster(assigned, (), known, wages, prices, unmet)


def _priced(
    problem: ScheduleProblem, cells: Sequence[Cell], weeks: Sequence[WeekCells]
) -> tuple[float, dict[str, float], dict[str, dict[str, float]]]:
    """Return wages, prices and what is unmet, of everybody's week."""
    costs, pairs = problem.costs, zip(problem.staff, weeks, strict=True)
    found = [price_week(problem, agent, [cells[c] for c in week]) for agent, week in pairs]
    prices = {
        "below_contract": costs.below_contract_h * sum(w.below_h for w in found),
        "wish": costs.wish * sum(w.wish for w in found),
        "steady": costs.steady_h * sum(w.spread_h for w in found),
    }
    if any(agent.kept for agent in problem.staff):
        prices["change"] = costs.change_price * sum(w.changed for w in found)
    unmet = {
        agent.id: {"below_contract_h": w.below_h, "wish": w.wish, "start_spread_h": w.spread_h}
        for agent, w in zip(problem.staff, found, strict=True)
    }
    return float(sum(w.wage for w in found)), prices, unmet

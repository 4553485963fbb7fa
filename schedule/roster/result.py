"""The roster as the rest of the product sees it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..shifts import PlannedShift
from ..status import Solved
from .cells import Cell, Pool
from .plan import Plan
from .weeks import price_week


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
        ``open_shift``, ``left_short`` (what open shifts leave short, at least), ``below_contract``, ``wish``,
        ``steady`` → money.
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
    """Return the heads of a cell so that neighbours differ in their breaks as long as possible."""
    same: dict[tuple[int, ...], list[PlannedShift]] = defaultdict(list)
    for head in cell.heads:
        same[head.breaks].append(head)
    out: list[PlannedShift] = []
    stacks = [same[k] for k in sorted(same)]
    while stacks:
        out += [s.pop(0) for s in stacks]
        stacks = [s for s in stacks if s]
    return out


def hand_out(pool: Pool, plan: Plan) -> tuple[dict[str, tuple[PlannedShift, ...]], tuple[PlannedShift, ...]]:
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


def make_roster(pool: Pool, plan: Plan, solved: Solved) -> Roster:
    """Return `plan` as a `Roster`; its parts are priced anew."""
    costs = pool.problem.costs
    weeks = [price_week(pool, a, week) for a, week in enumerate(plan.weeks)]
    prices = {
        "open_shift": float(sum(n * c.open_price for n, c in zip(plan.left, pool.cells, strict=True))),
        "left_short": float(sum(n * c.short_price for n, c in zip(plan.left, pool.cells, strict=True))),
        "below_contract": costs.below_contract_h * sum(w.below_h for w in weeks),
        "wish": costs.wish * sum(w.wish for w in weeks),
        "steady": costs.steady_h * sum(w.spread_h for w in weeks),
    }
    unmet = {
        agent.id: {"below_contract_h": w.below_h, "wish": w.wish, "start_spread_h": w.spread_h}
        for agent, w in zip(pool.staff, weeks, strict=True)
    }
    assigned, left = hand_out(pool, plan)
    return Roster(assigned, left, solved, float(sum(w.wage for w in weeks)), prices, unmet)

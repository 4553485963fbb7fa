"""A roster inside the search: everybody's week, what is left, and the cost by plain arithmetic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..optimise.status import SolverFault
from ..price.week import price_week
from .cells import ShiftPool
from .week_check import WeekCells, broken, missing_days


class Illegal(SolverFault):
    """A roster that breaks a rule by our own arithmetic, whatever the solver says."""


@dataclass(frozen=True)
class ExchangePlan:
    """One roster: a week per agent, the heads left per cell, and their cost; made by `plan_of` only.

    Attributes
    ----------
    cost
        Money: wages and prices.
    agent_costs
        Each agent's part of the cost, by position.
    few_days
        Days missing to the contracts' least days and shifts missing that must be worked; a publishable roster has none.
    weight
        What searches minimise: `cost` plus a prohibitive price of `few_days`.
    """

    weeks: tuple[WeekCells, ...]
    left: tuple[int, ...]
    cost: float
    agent_costs: tuple[float, ...]
    few_days: int
    weight: float


def plan_of(pool: ShiftPool, weeks: Sequence[WeekCells]) -> ExchangePlan:
    """Price `weeks` and check every rule.

    Raises
    ------
    Illegal
        If a week breaks a rule or a cell is taken more often than it has heads.
    """
    left = list(pool.counts)
    costs: list[float] = []
    few = 0
    for a, week in enumerate(weeks):
        if wrong := broken(pool, a, week):
            raise Illegal(f"agent {pool.staff[a].id}: {', '.join(wrong)}")
        costs.append(price_week(pool.problem, pool.staff[a], [pool.cells[c] for c in week]).total)
        few += missing_days(pool, a, week)
        for c in week:
            left[c] -= 1
    if min(left, default=0) < 0:
        raise Illegal(f"cell {pool.cells[left.index(min(left))].label} is taken too often")
    cost = sum(costs) + sum(n * cell.left_price for n, cell in zip(left, pool.cells, strict=True) if n)
    return ExchangePlan(tuple(weeks), tuple(left), cost, tuple(costs), few, cost + few * pool.missing_day_price)


def replaced(pool: ShiftPool, plan: ExchangePlan, weeks: Mapping[int, WeekCells]) -> ExchangePlan:
    """Return `plan` with some agents' weeks replaced, priced and checked anew.

    Raises
    ------
    Illegal
        As `plan_of`.
    """
    return plan_of(pool, [weeks.get(a, old) for a, old in enumerate(plan.weeks)])


def free_heads(plan: ExchangePlan, agents: Sequence[int]) -> list[int]:
    """Return the heads per cell that `agents` may share when everybody else stays: their own and those left open."""
    supply = list(plan.left)
    for a in agents:
        for c in plan.weeks[a]:
            supply[c] += 1
    return supply

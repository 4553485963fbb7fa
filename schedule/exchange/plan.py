"""A roster as a search holds it: everybody's week, what is left, and the cost by plain arithmetic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..optimise.status import SolverFault
from .cells import Pool
from .terms import few_price
from .weeks import Week, broken, price_week


class Illegal(SolverFault):
    """A roster that our own arithmetic finds illegal: the solver's word is not enough."""


@dataclass(frozen=True)
class Plan:
    """One roster: a week per agent, the heads left per cell, and their cost; made by `plan_of` only.

    Attributes
    ----------
    cost
        Money: wages and prices.
    agent_costs
        Each agent's part of it, by position.
    few_days
        Days missing to the contracts' least days and shifts missing that must be worked; a publishable roster has none.
    weight
        What searches minimise: `cost` plus a prohibitive price of `few_days`.
    """

    weeks: tuple[Week, ...]
    left: tuple[int, ...]
    cost: float
    agent_costs: tuple[float, ...]
    few_days: int
    weight: float


def plan_of(pool: Pool, weeks: Sequence[Week]) -> Plan:
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
        price = price_week(pool, a, week)
        costs.append(price.total)
        few += price.few_days
        for c in week:
            left[c] -= 1
    if min(left, default=0) < 0:
        raise Illegal(f"cell {pool.cells[left.index(min(left))].label} is taken too often")
    cost = sum(costs) + sum(n * cell.left_price for n, cell in zip(left, pool.cells, strict=True) if n)
    return Plan(tuple(weeks), tuple(left), cost, tuple(costs), few, cost + few * few_price(pool))


def replaced(pool: Pool, plan: Plan, weeks: Mapping[int, Week]) -> Plan:
    """Return `plan` with some agents' weeks replaced, priced and checked anew.

    Raises
    ------
    Illegal
        As `plan_of`.
    """
    return plan_of(pool, [weeks.get(a, old) for a, old in enumerate(plan.weeks)])


def free_heads(plan: Plan, agents: Sequence[int]) -> list[int]:
    """Return the heads per cell that `agents` may share when everybody else stays: what they hold and what is left."""
    supply = list(plan.left)
    for a in agents:
        for c in plan.weeks[a]:
            supply[c] += 1
    return supply

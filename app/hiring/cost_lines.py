"""Cost lines of a hiring plan by group and month; together they are its expected cost."""

from __future__ import annotations

import numpy as np

from ...schedule.hiring.money import Money
from ...schedule.hiring.plan import HiringPlan
from ...schedule.hiring.problem import HiringProblem
from ...schedule.hiring.result import decisions_of
from ...schedule.hiring.supply import Supply

COST_LINES = ("cost_wages", "cost_hiring", "cost_transfers", "cost_contract", "cost_recourse", "cost_end_value")
"""Columns of headcount.csv whose sum over groups and months is the expected cost."""


def cost_lines(problem: HiringProblem, plan: HiringPlan) -> dict[str, dict[str, np.ndarray]]:
    """Return group → cost line → money in each month, shape (T,).

    The worth of people after the last month is taken off in the last month. What hiring has cost for people who start
    before the first month stands in the first.
    """
    supply = Supply.of(problem)
    money, made, count = Money.of(supply), decisions_of(supply, plan), problem.months.count
    out = {g.name: {name: np.zeros(count) for name in COST_LINES} for g in problem.groups}
    for kind in problem.kinds:
        out[kind.group]["cost_wages"] += plan.kinds[kind.name].wages
    for option, heads, hiring, end in zip(supply.options, made.heads, money.hiring, money.end, strict=True):
        lines = out[problem.kinds[option.kind].group]
        lines["cost_hiring"][option.month] += heads * hiring
        lines["cost_end_value"][-1] -= heads * end
    for name, month, paid in _given(supply, plan.cost["given"]):
        out[name]["cost_hiring"][month] += paid
    for move, heads, end in zip(supply.moves, made.moved, money.moved_end, strict=True):
        lines = out[problem.kinds[supply.ends(move)[1]].group]
        lines["cost_transfers"][move.month] += heads * problem.transfers[move.way].cost
        lines["cost_end_value"][-1] -= heads * end
    for group in problem.groups:
        lines, months = out[group.name], plan.groups[group.name]
        bought = months.contract - (0.0 if group.contract_h is None else group.contract_h)
        lines["cost_contract"] += bought * np.nan_to_num(group.contract_cost)
        lines["cost_recourse"] += months.recourse
    return out


def _given(supply: Supply, cost: float) -> list[tuple[str, int, float]]:
    """Return group, month and money of hiring of each class on its way: all of its `cost` but the wages."""
    kinds = {k.name: k for k in supply.problem.kinds}
    wages = sum(float((m.wages + m.training_wages).sum()) for m in supply.given)
    weight = np.array([kinds[name].hire_cost * people for name, _, people in supply.problem.given])
    paid = (cost - wages) * weight / weight.sum() if weight.any() else weight
    last = supply.days.months - 1
    return [
        (kinds[name].group, min(max(supply.days.month(start), 0), last), float(one))
        for (name, start, _), one in zip(supply.problem.given, paid, strict=True)
    ]

"""Money in the exchange's model: one function per price, each giving (column, price) pairs and a constant."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pulp

from ..price.week import day_price, priced_days
from ..rules.rows import Columns
from .cells import ShiftPool

Term = tuple[list[tuple[pulp.LpVariable, float]], float]


def wages(pool: ShiftPool, columns: Columns) -> Term:
    """Wage of each agent on each cell, premiums included."""
    return [(v, pool.staff[a].cost_h * pool.cells[c].wage_h) for (a, c), v in columns.take.items()], 0.0


def open_shifts(pool: ShiftPool, columns: Columns) -> Term:
    """Price of heads that nobody takes."""
    return [(v, pool.cells[c].left_price) for c, v in columns.left.items()], 0.0


def below_contract(pool: ShiftPool, columns: Columns) -> Term:
    """Price of hours below the contracts' minima."""
    return [(v, pool.problem.costs.below_contract_h) for v in columns.below.values()], 0.0


def few_days(pool: ShiftPool, columns: Columns) -> Term:
    """Prohibitive price that makes the contracts' least days and the shifts that must be worked hard."""
    price = pool.missing_day_price
    return [(v, price) for v in (*columns.few.values(), *columns.unkept.values())], 0.0


def days(pool: ShiftPool, columns: Columns) -> Term:
    """Price of wishes and changes: that of a day off as constant, the difference that a cell makes on its column."""
    pairs: list[tuple[pulp.LpVariable, float]] = []
    constant = 0.0
    for a in columns.week:
        agent = pool.staff[a]
        for day in sorted(priced_days(agent)):
            idle = day_price(pool.problem, agent, day, None)
            constant += idle
            for c, v in columns.day.get((a, day), []):
                pairs.append((v, day_price(pool.problem, agent, day, pool.cells[c].shift) - idle))
    return pairs, constant


def steadiness(pool: ShiftPool, columns: Columns) -> Term:
    """Price of the hours between a person's earliest and latest start."""
    price = pool.problem.costs.steady_h
    return [p for a, first in columns.first.items() for p in ((columns.last[a], price), (first, -price))], 0.0


def anchored(pool: ShiftPool, columns: Columns, anchors: Mapping[int, float]) -> Term:
    """Stand-in for `steadiness` that keeps the model easy: hours between each start and the agent's anchor hour."""
    price = pool.problem.costs.steady_h
    pairs = columns.take.items()
    return [(v, price * abs(pool.cells[c].minute / 60.0 - anchors[a])) for (a, c), v in pairs], 0.0


TERMS: dict[str, Callable[[ShiftPool, Columns], Term]] = {
    "wages": wages,
    "open_shift": open_shifts,
    "below_contract": below_contract,
    "few_days": few_days,
    "days": days,
    "steady": steadiness,
}
"""Every part of the cost by its name."""


def objective(pool: ShiftPool, columns: Columns, anchors: Mapping[int, float] | None = None) -> Term:
    """Return the sum of all terms with one coefficient per column; `anchors` puts `anchored` for `steadiness`."""
    total: dict[pulp.LpVariable, float] = {}
    constant = 0.0
    parts = [term(pool, columns) for name, term in TERMS.items() if anchors is None or name != "steady"]
    if anchors is not None:
        parts.append(anchored(pool, columns, anchors))
    for pairs, part in parts:
        constant += part
        for column, price in pairs:
            total[column] = total.get(column, 0.0) + price
    return list(total.items()), constant

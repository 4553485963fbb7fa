"""Columns of the roster model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulp

from .cells import Pool


@dataclass(frozen=True)
class Variables:
    """The columns, by what they mean; agents and cells by position, days 0 = first of the week.

    Attributes
    ----------
    take
        (agent, cell) → binary: the agent works the cell.
    day
        (agent, day) → the agent's (cell, column) pairs of that day.
    week
        Agent → the pairs of all days.
    left
        Cell → heads that nobody takes.
    below
        Agent → paid hours below the contract's minimum.
    few
        Agent → days missing to the contract's least days (driven to 0 by a prohibitive price).
    first, last
        Agent → hour of the week's earliest and latest wall-clock start.
    off
        (agent, day) → a run of days off that is long enough begins on that day.
    """

    take: dict[tuple[int, int], pulp.LpVariable]
    day: dict[tuple[int, int], list[tuple[int, pulp.LpVariable]]]
    week: dict[int, list[tuple[int, pulp.LpVariable]]]
    left: dict[int, pulp.LpVariable]
    below: dict[int, pulp.LpVariable]
    few: dict[int, pulp.LpVariable]
    first: dict[int, pulp.LpVariable]
    last: dict[int, pulp.LpVariable]
    off: dict[tuple[int, int], pulp.LpVariable]


def make_variables(
    model: pulp.LpProblem,
    pool: Pool,
    agents: Sequence[int],
    supply: Sequence[int],
    anchors: Mapping[int, float] | None = None,
) -> Variables:
    """Create the columns that `agents` and the heads left in `supply` need.

    Parameters
    ----------
    supply
        Heads per cell that these agents may share.
    anchors
        Hour per agent: then there are no `first` and `last`; a rule on the spread of starts is kept by offering
        only cells that start within half of it around the anchor.
    """
    rules, days = pool.problem.rules, len(pool.problem.grid.dates)
    take: dict[tuple[int, int], pulp.LpVariable] = {}
    day: dict[tuple[int, int], list[tuple[int, pulp.LpVariable]]] = defaultdict(list)
    week: dict[int, list[tuple[int, pulp.LpVariable]]] = {}
    below, few, first, last = {}, {}, {}, {}
    off: dict[tuple[int, int], pulp.LpVariable] = {}
    spread = anchors is None and (pool.problem.costs.steady_h > 0 or rules.max_start_spread_min is not None)
    for a in agents:
        options = [c for c in pool.options[a] if supply[c] > 0]
        if anchors is not None and rules.max_start_spread_min is not None:
            half = rules.max_start_spread_min / 120.0 + 1e-9
            options = [c for c in options if abs(pool.cells[c].minute / 60.0 - anchors[a]) <= half]
        for c in options:
            take[a, c] = model.add_variable(f"take_{a}_{c}", 0, 1, pulp.LpInteger)
            day[a, pool.cells[c].day].append((c, take[a, c]))
        week[a] = [(c, take[a, c]) for c in options]
        if pool.limits[a].min_h > 0:
            below[a] = model.add_variable(f"below_{a}", 0, pool.limits[a].min_h)
        if pool.limits[a].min_days > 0:
            few[a] = model.add_variable(f"few_{a}", 0, pool.limits[a].min_days)
        hours = {pool.cells[c].minute / 60.0 for c in options}
        if spread and len(hours) > 1:
            first[a] = model.add_variable(f"first_{a}", min(hours), max(hours))
            last[a] = model.add_variable(f"last_{a}", min(hours), max(hours))
        if options:
            off |= _runs_off(model, pool, a, {pool.cells[c].day for c in options}, days)
    left = {c: model.add_variable(f"left_{c}", 0, n) for c, n in enumerate(supply) if n > 0}
    return Variables(take, dict(day), week, left, below, few, first, last, off)


def _runs_off(
    model: pulp.LpProblem, pool: Pool, agent: int, workable: set[int], days: int
) -> dict[tuple[int, int], pulp.LpVariable]:
    """Return a column per place of the run of days off; none where days that cannot be worked make it anyway."""
    length = min(pool.problem.rules.days_off_together, days)
    places = range(days - length + 1)
    if any(workable.isdisjoint(range(p, p + length)) for p in places):
        return {}
    return {(agent, p): model.add_variable(f"off_{agent}_{p}", 0, 1, pulp.LpInteger) for p in places}

"""Columns of the exchange's model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulp

from ..rules.rows import Columns
from .cells import ShiftPool


def make_variables(
    model: pulp.LpProblem,
    pool: ShiftPool,
    agents: Sequence[int],
    supply: Sequence[int],
    anchors: Mapping[int, float] | None = None,
) -> Columns:
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
    out = Columns()
    spread = anchors is None and (pool.problem.costs.steady_h > 0 or rules.max_start_spread_min is not None)
    for a in agents:
        options = [c for c in pool.options[a] if supply[c] > 0]
        if anchors is not None and rules.max_start_spread_min is not None:
            half = rules.max_start_spread_min / 120.0 + 1e-9
            options = [c for c in options if abs(pool.cells[c].minute / 60.0 - anchors[a]) <= half]
        for c in options:
            out.take[a, c] = model.add_variable(f"take_{a}_{c}", 0, 1, pulp.LpInteger)
            out.day.setdefault((a, pool.cells[c].day), []).append((c, out.take[a, c]))
        out.week[a] = [(c, out.take[a, c]) for c in options]
        if pool.limits[a].min_h > 0:
            out.below[a] = model.add_variable(f"below_{a}", 0, pool.limits[a].min_h)
        if pool.limits[a].min_days > 0:
            out.few[a] = model.add_variable(f"few_{a}", 0, pool.limits[a].min_days)
        if musts := pool.rules[a].fixed.musts:
            out.unkept[a] = model.add_variable(f"unkept_{a}", 0, len(musts))
        hours = {pool.cells[c].minute / 60.0 for c in options}
        if spread and len(hours) > 1:
            out.first[a] = model.add_variable(f"first_{a}", min(hours), max(hours))
            out.last[a] = model.add_variable(f"last_{a}", min(hours), max(hours))
        together = pool.rules[a].together
        if options and together is not None:
            for p in together.places({pool.cells[c].day for c in options}, days):
                out.off[a, p] = model.add_variable(f"off_{a}_{p}", 0, 1, pulp.LpInteger)
    out.left.update({c: model.add_variable(f"left_{c}", 0, n) for c, n in enumerate(supply) if n > 0})
    return out

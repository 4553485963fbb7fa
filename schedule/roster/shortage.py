"""Least days of the contracts that the cover's shifts cannot give: proven, and told with a repair."""

from __future__ import annotations

import pulp

from ...forecast.progress import Watch
from ..solver import solve
from ..status import Infeasible
from .cells import Pool, without_steadiness
from .model import make_model


def refuse_shortage(pool: Pool) -> None:
    """Raise when no roster of the cover's shifts gives everybody their contract's least days.

    Raises
    ------
    Infeasible
        With the people left short in a roster that leaves as few days short as there can be.
    """
    model = make_model(without_steadiness(pool), range(len(pool.staff)), pool.counts)
    few = model.columns.few
    model.problem.setObjective(pulp.LpAffineExpression([(v, 1.0) for v in few.values()]))
    answer = solve(model.problem, watch=Watch(time_limit_s=60.0), stage="roster", seed=1)
    if answer.bound is None or answer.bound < 1e-6:
        return
    short = {a: round(answer.values[v.name]) for a, v in few.items() if answer.found and answer.values[v.name] > 0.5}
    people = ", ".join(f"{pool.staff[a].id} ({n} short)" for a, n in list(short.items())[:10])
    least: dict[str, int] = {}
    for a, n in short.items():
        name = pool.staff[a].contract
        least[name] = min(least.get(name, 7), pool.problem.contracts[name].min_days - n)
    more = f" and {len(short) - 10} more people" if len(short) > 10 else ""
    raise Infeasible(
        [f"min_days of the contracts against the {sum(pool.counts)} shifts of the cover: {people}{more}"],
        [f"lower contract.{name}.min_days to {days}" for name, days in sorted(least.items())],
    )

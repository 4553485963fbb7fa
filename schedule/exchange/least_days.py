"""Proof that the planned shifts cannot give everybody their least days and fixed shifts, with a repair."""

from __future__ import annotations

from collections.abc import Mapping

import pulp

from ...forecast.progress import Watch
from ..optimise.solver import solve
from ..optimise.status import Infeasible
from .cells import ShiftPool, without_steadiness
from .model import make_model


def refuse_missing_days(pool: ShiftPool) -> None:
    """Raise when no roster of the planned shifts gives everybody their contract's least days and fixed shifts.

    Raises
    ------
    Infeasible
        With the people left short in a roster with the fewest missing days.
    """
    model = make_model(without_steadiness(pool), range(len(pool.staff)), pool.counts)
    few, unkept = model.columns.few, model.columns.unkept
    model.problem.setObjective(pulp.LpAffineExpression([(v, 1.0) for v in (*few.values(), *unkept.values())]))
    answer = solve(model.problem, watch=Watch(time_limit_s=60.0), stage="roster", seed=1)
    if answer.bound is None or answer.bound < 1e-6:
        return
    missing = [
        {a: round(answer.values[v.name]) for a, v in group.items() if answer.found and answer.values[v.name] > 0.5}
        for group in (few, unkept)
    ]
    lower: dict[str, int] = {}
    for a, n in missing[0].items():
        name = pool.staff[a].contract
        asked = pool.problem.contracts[name].min_days
        lower[name] = min(lower.get(name, asked), asked - n)
    words = ("min_days of the contracts", "shifts that must be worked")
    against = f"against the {sum(pool.counts)} shifts of the cover"
    raise Infeasible(
        [
            f"{word} {against}: {_people(pool, short)}"
            for word, short in zip(words, missing, strict=True)
            if short or not answer.found
        ],
        [f"lower contract.{name}.min_days to {days}" for name, days in sorted(lower.items())]
        + ["change the rows of fixed.csv or lower rules.min_run_days"] * bool(missing[1]),
    )


def _people(pool: ShiftPool, short: Mapping[int, int]) -> str:
    """Return the first people short and their missing days, as text."""
    told = ", ".join(f"{pool.staff[a].id} ({n} short)" for a, n in list(short.items())[:10])
    return told + (f" and {len(short) - 10} more people" if len(short) > 10 else "")

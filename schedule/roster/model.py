"""The roster model of some agents and some heads: built from the rules and terms, read back as weeks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulp

from .cells import Pool
from .constraints import RULES, Rows
from .terms import objective
from .variables import Variables, make_variables
from .weeks import Week


@dataclass(frozen=True)
class RosterModel:
    """A model, its columns, and the constant that its objective leaves out."""

    problem: pulp.LpProblem
    columns: Variables
    constant: float
    pool: Pool
    agents: tuple[int, ...]

    @property
    def size(self) -> int:
        """Number of binaries."""
        return len(self.columns.take)

    def weeks(self, values: Mapping[str, float]) -> dict[int, Week]:
        """Return each agent's cells from the columns' values."""
        return {a: tuple(c for c, v in self.columns.week[a] if values[v.name] > 0.5) for a in self.agents}

    def start(self, weeks: Mapping[int, Week], supply: Sequence[int]) -> dict[str, float]:
        """Return a value for every column so that the model states `weeks`, which must be legal."""
        pool, columns = self.pool, self.columns
        values = {v.name: 0.0 for v in columns.take.values()}
        left = list(supply)
        for a in self.agents:
            for c in weeks[a]:
                values[columns.take[a, c].name] = 1.0
                left[c] -= 1
            hours = [pool.cells[c].minute / 60.0 for c in weeks[a]]
            if a in columns.first:
                values[columns.first[a].name] = min(hours, default=columns.first[a].lowBound)
                values[columns.last[a].name] = max(hours, default=columns.first[a].lowBound)
            if a in columns.below:
                values[columns.below[a].name] = max(
                    0.0, pool.limits[a].min_h - sum(pool.cells[c].paid_h for c in weeks[a])
                )
            if a in columns.few:
                values[columns.few[a].name] = max(0, pool.limits[a].min_days - len(weeks[a]))
            values |= self._off(a, {pool.cells[c].day for c in weeks[a]})
        return values | {v.name: float(left[c]) for c, v in columns.left.items()}

    def _off(self, agent: int, worked: set[int]) -> dict[str, float]:
        """Return the columns of the run of days off: the first place that fits is 1."""
        days = len(self.pool.problem.grid.dates)
        length = min(self.pool.problem.rules.days_off_together, days)
        out: dict[str, float] = {}
        for p in range(days - length + 1):
            if (agent, p) in self.columns.off:
                fits = worked.isdisjoint(range(p, p + length)) and 1.0 not in out.values()
                out[self.columns.off[agent, p].name] = float(fits)
        return out


def make_model(
    pool: Pool, agents: Sequence[int], supply: Sequence[int], *, anchors: Mapping[int, float] | None = None
) -> RosterModel:
    """Build the model in which `agents` share `supply` heads of each cell.

    Parameters
    ----------
    anchors
        Hour per agent near which starts are wanted, instead of the true price of their spread: a much easier model.
    """
    problem = pulp.LpProblem("roster", pulp.LpMinimize)
    columns = make_variables(problem, pool, agents, supply, anchors)
    pairs, constant = objective(pool, columns, anchors)
    problem.setObjective(pulp.LpAffineExpression(pairs))
    rows = Rows(problem, pool, columns, agents, supply)
    for rule in RULES.values():
        rule(rows)
    return RosterModel(problem, columns, constant, pool, tuple(agents))

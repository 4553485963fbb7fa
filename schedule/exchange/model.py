"""The model of some agents and some heads: built from rules and terms, read back as weeks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulp

from ..price.week import below_contract_h
from ..rules.rows import Columns, Rows
from .cells import ShiftPool
from .constraints import one_a_day, supply
from .terms import objective
from .variables import make_variables
from .week_check import WeekCells


@dataclass(frozen=True)
class ExchangeModel:
    """A model, its columns, and the constant to add to its objective."""

    problem: pulp.LpProblem
    columns: Columns
    constant: float
    pool: ShiftPool
    agents: tuple[int, ...]

    @property
    def size(self) -> int:
        """Number of binaries."""
        return len(self.columns.take)

    def weeks(self, values: Mapping[str, float]) -> dict[int, WeekCells]:
        """Return each agent's cells from the columns' values."""
        return {a: tuple(c for c, v in self.columns.week[a] if values[v.name] > 0.5) for a in self.agents}

    def start(self, weeks: Mapping[int, WeekCells], heads: Sequence[int]) -> dict[str, float]:
        """Return a value for every column that rules share, so that the model states `weeks`, which must be legal."""
        pool, columns = self.pool, self.columns
        values = {v.name: 0.0 for v in columns.take.values()}
        left = list(heads)
        for a in self.agents:
            for c in weeks[a]:
                values[columns.take[a, c].name] = 1.0
                left[c] -= 1
            hours = [pool.cells[c].minute / 60.0 for c in weeks[a]]
            if a in columns.first:
                values[columns.first[a].name] = min(hours, default=columns.first[a].lowBound)
                values[columns.last[a].name] = max(hours, default=columns.first[a].lowBound)
            if a in columns.below:
                values[columns.below[a].name] = below_contract_h(
                    pool.problem, pool.staff[a], sum(pool.cells[c].paid_h for c in weeks[a])
                )
            if a in columns.few:
                values[columns.few[a].name] = max(0, pool.limits[a].min_days - len(weeks[a]))
            if a in columns.unkept:
                values[columns.unkept[a].name] = pool.rules[a].fixed.missing([pool.cells[c] for c in weeks[a]])
            values |= self._off(a, {pool.cells[c].day for c in weeks[a]})
        return values | {v.name: float(left[c]) for c, v in columns.left.items()}

    def _off(self, agent: int, worked: set[int]) -> dict[str, float]:
        """Return the columns of the run of days off: the first place that fits is 1."""
        together = self.pool.rules[agent].together
        length = 0 if together is None else together.length
        out: dict[str, float] = {}
        for p in sorted(p for a, p in self.columns.off if a == agent):
            fits = worked.isdisjoint(range(p, p + length)) and 1.0 not in out.values()
            out[self.columns.off[agent, p].name] = float(fits)
        return out


def make_model(
    pool: ShiftPool, agents: Sequence[int], heads: Sequence[int], *, anchors: Mapping[int, float] | None = None
) -> ExchangeModel:
    """Build the model in which `agents` share `heads` of each cell.

    Parameters
    ----------
    anchors
        Hour per agent near which starts are wanted, instead of the true price of their spread: a much easier model.
    """
    problem = pulp.LpProblem("roster", pulp.LpMinimize)
    columns = make_variables(problem, pool, agents, heads, anchors)
    pairs, constant = objective(pool, columns, anchors)
    problem.setObjective(pulp.LpAffineExpression(pairs))
    shifts = [c.shift for c in pool.cells]
    minute, paid = [c.minute for c in pool.cells], [s.paid_min for s in shifts]
    rows = Rows(problem, columns, shifts, minute, paid, len(pool.problem.grid.dates))
    supply(rows, heads)
    one_a_day(rows)
    for a in agents:
        for rule in pool.rules[a]:
            rule.constrain(rows, a)
    return ExchangeModel(problem, columns, constant, pool, tuple(agents))

"""A PuLP model that grows by bounded columns and named rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pulp

from ...optimise.linear import Linear, add_row

Pairs = list[tuple[Any, float]]
"""Terms of a row: (column, coefficient)."""


@dataclass
class Program:
    """A model under construction.

    Every column has an upper bound: prices of rows then prove a bound by weak duality, whatever they are.

    Attributes
    ----------
    cost
        Terms of the objective.
    constant
        Money that no column changes.
    """

    model: pulp.LpProblem = field(default_factory=lambda: pulp.LpProblem("people", pulp.LpMinimize))
    cost: Pairs = field(default_factory=list)
    constant: float = 0.0

    def column(self, name: str, high: float, *, cost: float = 0.0, whole: bool = False) -> Any:
        """Return a new column between 0 and `high`."""
        out = self.model.add_variable(name, 0.0, float(high), pulp.LpInteger if whole else pulp.LpContinuous)
        if cost:
            self.cost.append((out, cost))
        return out

    def row(self, name: str, pairs: Iterable[tuple[Any, float]], sense: str, side: float) -> None:
        """Add a row; no column may come twice."""
        add_row(self.model, name, pairs, sense, side)

    def linear(self, *, relax: bool = False) -> Linear:
        """Return the model as arrays."""
        objective = pulp.LpAffineExpression(self.cost)
        objective.constant = self.constant
        self.model.setObjective(objective)
        return Linear.of(self.model, relax=relax)

"""A PuLP model as arrays, and the arithmetic that checks an answer without asking a solver."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import pulp
from scipy import sparse

TOLERANCE = 1e-5
"""Largest relative violation of a row, bound or integrality in an accepted answer: ten times what HiGHS allows."""


def add_row(model: pulp.LpProblem, name: str, pairs: Iterable[tuple[Any, float]], sense: str, rhs: float) -> None:
    """Add the row ``Σ coefficient · variable  sense  rhs`` (sense ``<=``, ``>=`` or ``==``) to `model`.

    Raises
    ------
    ValueError
        If a variable comes twice: PuLP would silently keep only its last coefficient.
    """
    listed = list(pairs)
    expression = pulp.LpAffineExpression(listed)
    if len(expression) != len(listed):
        raise ValueError(f"row {name} names a variable twice")
    code = {"<=": pulp.LpConstraintLE, ">=": pulp.LpConstraintGE, "==": pulp.LpConstraintEQ}[sense]
    model.addConstraint(pulp.LpConstraint(expression, code, name, rhs))


@dataclass(frozen=True)
class Linear:
    """Minimise ``cost · x + constant`` over ``low <= x <= high``, ``row_low <= rows · x <= row_high``, some x whole.

    A model that maximises is stored with its costs negated; `sign` is then −1.
    """

    columns: tuple[str, ...]
    names: tuple[str, ...]
    cost: np.ndarray
    constant: float
    sign: float
    low: np.ndarray
    high: np.ndarray
    whole: np.ndarray
    rows: sparse.csr_array
    row_low: np.ndarray
    row_high: np.ndarray

    @classmethod
    def of(cls, model: pulp.LpProblem, *, relax: bool = False) -> Linear:
        """Read `model`; `relax` drops integrality.

        Raises
        ------
        ValueError
            If two variables share a name.
        """
        variables = model.variables()
        columns = tuple(v.name for v in variables)
        if len(set(columns)) != len(columns):
            raise ValueError("two variables share a name")
        place = {id(v): i for i, v in enumerate(variables)}
        constraints = model.constraints()
        counts = np.fromiter((len(c.expr) for c in constraints), dtype=np.int64, count=len(constraints))
        total = int(counts.sum())
        index = np.fromiter((place[id(v)] for v in chain.from_iterable(c.expr for c in constraints)), np.int32, total)
        data = np.fromiter(chain.from_iterable(c.expr.values() for c in constraints), float, total)
        first = np.concatenate([[0], np.cumsum(counts)])
        rows = sparse.csr_array((data, index, first), shape=(len(counts), len(columns)))
        rows.sum_duplicates()  # sorted now: arrays that share its indices must not sort them later
        rhs = np.array([-c.constant for c in constraints], dtype=float)
        sense = np.array([c.sense for c in constraints], dtype=int)
        sign = 1.0 if model.sense == pulp.LpMinimize else -1.0
        cost, constant = np.zeros(len(columns)), 0.0
        if model.objective is not None:
            constant = sign * float(model.objective.constant)
            for v, c in model.objective.items():
                cost[place[id(v)]] = sign * c
        out = cls(
            columns=columns,
            names=tuple(c.name for c in constraints),
            cost=cost,
            constant=constant,
            sign=sign,
            low=np.array([-np.inf if v.lowBound is None else v.lowBound for v in variables], dtype=float),
            high=np.array([np.inf if v.upBound is None else v.upBound for v in variables], dtype=float),
            whole=np.array([not relax and v.cat == pulp.LpInteger for v in variables], dtype=bool),
            rows=rows,
            row_low=np.where(sense == pulp.LpConstraintLE, -np.inf, rhs),
            row_high=np.where(sense == pulp.LpConstraintGE, np.inf, rhs),
        )
        if not (np.isfinite(out.cost).all() and np.isfinite(data).all() and np.isfinite(rhs).all()):
            raise ValueError("the model holds a coefficient that is not a finite number")
        return out

    def objective(self, x: np.ndarray) -> float:
        """Return the objective at `x`, in the model's own direction."""
        return self.sign * (float(self.cost @ x) + self.constant)

    def violation(self, x: np.ndarray) -> float:
        """Return the largest violation of a bound, a row or integrality at `x`.

        A row counts relative to its largest term (at least 1), a column to its own size.
        """
        if not np.isfinite(x).all():
            return np.inf
        scale = np.maximum(1.0, np.abs(x))
        worst = [((self.low - x) / scale).max(initial=0.0), ((x - self.high) / scale).max(initial=0.0)]
        worst.append(np.abs(x - np.round(x))[self.whole].max(initial=0.0))
        if len(self.names):
            terms = self.rows.copy()
            terms.data = np.abs(terms.data * x[terms.indices])
            largest = np.maximum(1.0, terms.max(axis=1).toarray().ravel() if len(x) else 0.0)
            activity = self.rows @ x
            worst += [((self.row_low - activity) / largest).max(), ((activity - self.row_high) / largest).max()]
        return float(max(worst))

    def _signed(self, duals: np.ndarray) -> np.ndarray:
        """Return `duals` with 0 where a row has no side of that sign."""
        y = duals.copy()
        y[(y > 0) & ~np.isfinite(self.row_low)] = 0.0
        y[(y < 0) & ~np.isfinite(self.row_high)] = 0.0
        return y

    def reduced(self, duals: np.ndarray) -> np.ndarray:
        """Return per column its cost less what its rows are worth at `duals`, in minimising sense.

        A whole answer with n > 0 of a column whose lower bound is 0 costs at least ``dual_bound + n · reduced``.
        """
        return np.asarray(self.cost - self.rows.T @ self._signed(duals) if len(duals) else self.cost.copy())

    def dual_bound(self, duals: np.ndarray) -> float | None:
        """Return the lower bound that row prices `duals` prove by weak duality, in minimising sense.

        Any prices of the right sign prove ``Σ price · side + Σ min over the box of (reduced cost · x)``; a
        reduced cost that is negative by rounding on a column without an upper bound counts as 0, a truly
        negative one proves nothing (None).
        """
        y = self._signed(duals)
        reduced = self.reduced(duals)
        free = ((reduced < 0) & ~np.isfinite(self.high)) | ((reduced > 0) & ~np.isfinite(self.low))
        if np.abs(reduced[free]).max(initial=0.0) > 1e-6 * max(1.0, np.abs(self.cost).max(initial=0.0)):
            return None
        reduced[free] = 0.0
        sides = np.where(y > 0, self.row_low, self.row_high)
        box = np.where(reduced > 0, self.low, self.high)
        return float(y[y != 0] @ sides[y != 0] + reduced[reduced != 0] @ box[reduced != 0]) + self.constant

    def accepted(self, raw: np.ndarray) -> np.ndarray | None:
        """Return the answer `raw` with its whole numbers made exact, if these pass `violation`; else None."""
        x = np.clip(np.where(self.whole, np.round(raw), raw), self.low, self.high)
        return x if self.violation(x) <= TOLERANCE else None

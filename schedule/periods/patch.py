"""Some people's days, all chosen anew together while everything else stays: a master programme over whole rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from ...forecast.progress import Watch
from ..optimise.column_lp import ColumnLp, LpPoint
from ..optimise.linear import Linear
from .annealing import cell_cost
from .best_row import best_rows
from .dual import heads_of
from .params import ColumnParams
from .tables import CompiledPeriod


@dataclass(frozen=True)
class Patch:
    """The people, and the days first ≤ d < last, that may change."""

    people: np.ndarray
    first: int
    last: int


class RowPool:
    """The rows found for a patch, and the programme over them: Σ rows of a person = 1, heads + under − over = need.

    Parameters
    ----------
    chosen
        The present roster, shape (P, D): its other days stay, and it gives everybody's first row.
    """

    def __init__(
        self,
        compiled: CompiledPeriod,
        chosen: np.ndarray,
        patch: Patch,
        watch: Watch,
        seed: int,
        params: ColumnParams | None = None,
    ) -> None:
        t, self.params = compiled.tables, params or ColumnParams()
        self.compiled, self.patch, self.chosen = compiled, patch, chosen.copy()
        types = len(t.units)
        self.begin, self.end = patch.first * types, patch.last * types
        others = chosen.copy()
        others[patch.people, patch.first : patch.last] = -1
        heads = heads_of(others, types)
        self.need = (t.need - heads)[self.begin : self.end].astype(float)
        wishes = _wishes(t.wish, others, types)
        outside = np.r_[0 : self.begin, self.end : len(t.need)]
        self.constant = compiled.constant + wishes + sum(cell_cost(t, int(c), int(heads[c])) for c in outside)
        n = len(patch.people)
        self.cells = np.flatnonzero((t.under + t.over)[self.begin : self.end] > 0)
        self.place = np.full(self.end - self.begin, -1)
        self.place[self.cells] = np.arange(len(self.cells))
        sides = np.concatenate([np.ones(n), self.need[self.cells]])
        self.master = ColumnLp(sides, sides, watch, seed=seed)
        m = len(self.cells)
        under, over = t.under[self.begin : self.end][self.cells], t.over[self.begin : self.end][self.cells]
        self.slack_cost = np.concatenate([under, over])
        self.master.add(
            self.slack_cost, np.full(2 * m, np.inf), np.arange(2 * m), n + np.tile(np.arange(m), 2),
            np.repeat([1.0, -1.0], m),
        )  # fmt: skip
        self.slack = 2 * m
        self.owner = np.zeros(0, np.int64)
        self.rows = np.zeros((0, patch.last - patch.first), np.int64)
        self.cost = np.zeros(0)
        self.seen: set[bytes] = set()
        self.add(np.arange(n), chosen[patch.people])

    def add(self, owner: np.ndarray, rows: np.ndarray) -> int:
        """Add whole rows, shape (n, D), of the patch's people `owner`; return how many were new."""
        t, types = self.compiled.tables, len(self.compiled.tables.units)
        part = rows[:, self.patch.first : self.patch.last]
        keys = [bytes([int(o) & 255, int(o) >> 8]) + r.tobytes() for o, r in zip(owner, part, strict=True)]
        fresh = [i for i, key in enumerate(keys) if key not in self.seen and not self.seen.add(key)]  # type: ignore[func-returns-value]
        if not fresh:
            return 0
        owner, part = owner[fresh], part[fresh]
        cells = np.arange(part.shape[1]) * types + part
        worked = part >= 0
        person, _ = np.nonzero(worked)
        wish = np.zeros(part.shape)
        wish[worked] = t.wish[self.patch.people[owner[person]], self.begin + cells[worked]]
        cost = wish.sum(axis=1)
        where = np.where(worked, self.place[np.where(worked, cells, 0)], -1)
        entries = np.concatenate([owner[:, None], np.where(where >= 0, where + len(self.patch.people), -1)], axis=1)
        kept = entries >= 0
        first = np.concatenate([[0], np.cumsum(kept.sum(axis=1))[:-1]])
        self.master.add(cost, np.full(len(cost), np.inf), first, entries[kept], np.ones(int(kept.sum())))
        self.owner, self.rows = np.concatenate([self.owner, owner]), np.concatenate([self.rows, part])
        self.cost = np.concatenate([self.cost, cost])
        return len(fresh)

    def price(self, price: np.ndarray, fixed: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        """Return everybody's best capped row and its cost at prices of the cells, and the bound that they prove.

        Costs are infinite for people who have no row left.
        """
        t, patch = self.compiled.tables, self.patch
        full = np.zeros(len(t.need))
        full[self.begin + self.cells] = price
        rows, costs, bounds = best_rows(
            t, patch.people, self.chosen, patch.first, patch.last, full, fixed, self.params.cap_steps
        )
        bound = self.constant + float(price @ self.need[self.cells]) + float(bounds.sum())
        return rows, costs, bound

    def collected(self, rows: np.ndarray, price: np.ndarray) -> np.ndarray:
        """Return the prices of the cells that each row works, added up, shape (n,).

        Parameters
        ----------
        rows
            Days of the patch only, shape (n, days).
        price
            Of the cells that cost something, shape (C,).
        """
        full = np.zeros(self.end - self.begin)
        full[self.cells] = price
        cells = np.arange(rows.shape[1]) * len(self.compiled.tables.units) + rows
        return np.asarray(np.where(rows >= 0, full[np.where(rows >= 0, cells, 0)], 0.0).sum(axis=1))

    def split(self, point: LpPoint) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the weights of the rows, the prices of the people and of the cells."""
        n = len(self.patch.people)
        return point.x[self.slack :], point.price[:n], point.price[n:]

    def roster(self, rows: np.ndarray) -> np.ndarray:
        """Return the whole roster when the patch's people work `rows`, numbers in the pool, in their order."""
        out = self.chosen.copy()
        out[self.patch.people, self.patch.first : self.patch.last] = self.rows[rows]
        return out

    def numbers(self, chosen: np.ndarray) -> np.ndarray:
        """Return the numbers of the rows that the patch's people work in `chosen`, shape (P, D), new ones added."""
        everyone = np.arange(len(self.patch.people))
        self.add(everyone, chosen[self.patch.people])
        part = chosen[self.patch.people, self.patch.first : self.patch.last]
        same = (self.rows == part[self.owner]).all(axis=1)
        return np.array([np.flatnonzero(same & (self.owner == p))[0] for p in everyone])

    def whole(self, keep: np.ndarray) -> Linear:
        """Return the programme over the rows `keep`, whole ones."""
        n, m, k = len(self.patch.people), len(self.cells), len(keep)
        types = len(self.compiled.tables.units)
        part = self.rows[keep]
        at, day = np.nonzero(part >= 0)
        cells = self.place[day * types + part[at, day]]
        at, cells = at[cells >= 0], cells[cells >= 0]
        rows = np.concatenate([self.owner[keep], n + cells, n + np.tile(np.arange(m), 2)])
        columns = np.concatenate([np.arange(k), at, k + np.arange(2 * m)])
        values = np.concatenate([np.ones(k + len(at)), np.repeat([1.0, -1.0], m)])
        matrix = sparse.csr_array((values, (rows, columns)), shape=(n + m, k + 2 * m))
        sides = np.concatenate([np.ones(n), self.need[self.cells]])
        return Linear(
            tuple(f"x{i}" for i in range(k + 2 * m)), tuple(f"r{i}" for i in range(n + m)),
            np.concatenate([self.cost[keep], self.slack_cost]), self.constant, 1.0, np.zeros(k + 2 * m),
            np.concatenate([np.ones(k), np.full(2 * m, np.inf)]), np.arange(k + 2 * m) < k, matrix, sides, sides,
        )  # fmt: skip


def _wishes(wish: np.ndarray, chosen: np.ndarray, types: int) -> float:
    """Return the cost of the wishes that `chosen` meets or not, beyond the constant."""
    person, day = np.nonzero(chosen >= 0)
    return float(wish[person, day * types + chosen[person, day]].sum())

"""Prices of a head in each cell, by dual ascent: every step proves a bound.

L(price) = Σ price · need + Σ over people of the cheapest (wishes − price) is a lower bound on the cost of every roster
for each price between −over and under; it ignores caps on shift types and so is lower, but valid.
"""

from __future__ import annotations

import numpy as np

from ...forecast.progress import Watch
from ..optimise.ascent import Ascent, AscentParams, ascend
from .best_row import FREE, best_rows_watched
from .tables import OFF, CompiledPeriod


def dual_ascent(
    compiled: CompiledPeriod, watch: Watch, *, rounds: int, until_s: float, start: np.ndarray, upper: float,
    params: AscentParams | None = None,
) -> Ascent:  # fmt: skip
    """Raise the bound by at most `rounds` steps; it is −infinite where not even the first prices were valued.

    Parameters
    ----------
    start
        First prices, shape (D T,).
    upper
        Cost of a known roster: it sets the step.
    """
    t = compiled.tables
    everyone, nobody = np.arange(len(t.least)), np.full((len(t.least), compiled.days), OFF)
    fixed = np.full_like(nobody, FREE)
    clock = watch.within(until_s - watch.elapsed_s)

    def evaluate(price: np.ndarray) -> tuple[float, np.ndarray] | None:
        answered = best_rows_watched(clock, t, everyone, nobody, price, fixed, 0)
        if answered is None:
            return None
        rows, costs, _ = answered
        value = compiled.constant + float(price @ t.need) + float(costs.sum())
        return value, t.need - heads_of(rows, len(t.units))

    return ascend(
        evaluate, start, -t.over, t.under, clock, best=upper, stage="bound", most=rounds,
        params=params or AscentParams(),
    )  # fmt: skip


def heads_of(rows: np.ndarray, types: int) -> np.ndarray:
    """Return the heads in each cell of `rows`, shape (D T,)."""
    days = rows.shape[1]
    cells = (np.arange(days) * types + rows)[rows >= 0]
    return np.bincount(cells, minlength=days * types).astype(np.int64)

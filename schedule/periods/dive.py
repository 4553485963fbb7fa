"""From fractions to a whole roster of a patch: fix likely cells and price again, then a programme over the pool."""

from __future__ import annotations

import numpy as np

from ...forecast.progress import Watch
from ..optimise.column_lp import LpPoint
from ..optimise.solver import solve_linear
from ..optimise.status import Status
from .best_row import FREE
from .columns import generate
from .patch import RowPool


def dive(pool: RowPool, watch: Watch, *, threshold: float, until_s: float) -> np.ndarray | None:
    """Return a whole roster, shape (P, D), or None where time was up; the pool keeps all rows that were made.

    Each round fixes the cells of a day and shift (or off) whose fractions reach `threshold`, then prices more rows. If
    no cell reaches the threshold, the threshold falls; at last one row is taken whole.
    """
    n, days = len(pool.patch.people), pool.rows.shape[1]
    fixed = np.full(pool.chosen.shape, FREE)
    mine = np.full((n, days), FREE)
    closed = np.zeros(0, np.int64)
    found = None
    for _ in range(n * days):
        reached = generate(
            pool, fixed, watch, rounds=pool.params.dive_rounds, near=pool.params.dive_near, until_s=until_s
        )
        if reached is None or watch.stopped or watch.elapsed_s > until_s:
            break
        weight, _, _ = pool.split(reached.point)
        if (weight > 1 - 1e-6).sum() == n:
            taken = np.flatnonzero(weight > 1 - 1e-6)
            found = pool.roster(taken[np.argsort(pool.owner[taken])])
            break
        _fix(pool, weight, mine, threshold)
        fixed[pool.patch.people, pool.patch.first : pool.patch.last] = mine
        shut = np.flatnonzero(~_fits(pool.rows, mine[pool.owner]))
        pool.master.limit(pool.slack + np.setdiff1d(shut, closed), np.zeros(len(np.setdiff1d(shut, closed))))
        closed = shut
    pool.master.limit(pool.slack + closed, np.full(len(closed), np.inf))
    return found


def _fits(rows: np.ndarray, fixed: np.ndarray) -> np.ndarray:
    """Whether rows obey what is fixed, both shape (n, days)."""
    fits: np.ndarray = ((fixed == FREE) | (rows == fixed)).all(axis=1)
    return fits


def _fix(pool: RowPool, weight: np.ndarray, fixed: np.ndarray, threshold: float) -> None:
    """Fix every cell above the threshold, or as far below as needed, or the heaviest row that is not whole."""
    types = len(pool.compiled.tables.units)
    n, days = fixed.shape
    used = np.flatnonzero(weight > 1e-9)
    total = np.zeros((n, days, types + 1))
    for day in range(days):
        np.add.at(total[:, day], (pool.owner[used], pool.rows[used, day] + 1), weight[used])
    total[fixed != FREE] = 0
    level, lowest = threshold, pool.params.lowest
    while level > lowest and not (total >= level).any():
        level *= pool.params.fall
    if (total >= max(level, lowest)).any():
        cells = np.argwhere(total >= max(level, lowest))
        for person, day, kind in cells[np.argsort(-total[tuple(cells.T)], kind="stable")]:
            mine = used[pool.owner[used] == person]
            held = _fits(pool.rows[mine], fixed[person][None])
            if (held & (pool.rows[mine, day] == kind - 1)).any():
                fixed[person, day] = kind - 1
        return
    loose = used[weight[used] < 1 - 1e-6]
    row = loose[np.argmax(weight[loose])]
    fixed[pool.owner[row]] = pool.rows[row]


def best_of_pool(
    pool: RowPool,
    point: LpPoint,
    bound: float,
    upper: float,
    rows: np.ndarray,
    watch: Watch,
    *,
    limit_s: float,
    seed: int,
) -> tuple[np.ndarray | None, bool]:
    """Return the pool's best roster found below `upper`, if any, and whether that answer is proven.

    Parameters
    ----------
    rows
        The roster at hand as numbers of rows: the start.
    """
    _, worth, price = pool.split(point)
    reduced = pool.cost - worth[pool.owner] - pool.collected(pool.rows, price)
    keep = np.flatnonzero(reduced <= upper - bound + 1e-6)
    if len(keep) > pool.params.most_rows:
        keep = keep[np.argsort(reduced[keep], kind="stable")[: pool.params.most_rows]]
    keep = np.union1d(keep, rows)
    linear = pool.whole(keep)
    held = np.isin(keep, rows)
    start = {f"x{i}": float(h) for i, h in enumerate(held)}
    answer = solve_linear(
        linear, watch=watch, stage="pool", time_limit_s=limit_s, seed=seed, start=start, text=f"{len(keep)} rows"
    )
    if answer.objective is None or answer.objective > upper - 1e-6:
        return None, answer.status == Status.OPTIMAL
    taken = keep[[i for i in range(len(keep)) if answer.values[f"x{i}"] > 0.5]]
    return pool.roster(taken[np.argsort(pool.owner[taken])]), answer.status == Status.OPTIMAL

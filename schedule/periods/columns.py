"""Column generation over a patch: prices by the master, rows by each person's exact table, a proven bound."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...forecast.progress import Watch
from ..optimise.column_lp import LpPoint
from .patch import RowPool


@dataclass(frozen=True)
class Generated:
    """Where column generation ended: the master's last point and the best proven bound."""

    point: LpPoint
    bound: float


def generate(
    pool: RowPool, fixed: np.ndarray, watch: Watch, *, rounds: int, near: float, upper: float = np.inf,
    until_s: float = np.inf,
) -> Generated | None:  # fmt: skip
    """Add rows until the bound is within `near` of the master's value or above `upper`; None where stopped at once.

    Parameters
    ----------
    fixed
        What is fixed per person and day, shape (P, D).
    """
    params = pool.params
    bound, centre, point = -np.inf, None, None
    for turn in range(rounds):
        solved = pool.master.solve()
        if solved is None:
            break
        point = solved
        _, worth, price = pool.split(point)
        value = point.value + pool.constant
        if value - bound <= near or bound > upper or watch.elapsed_s > until_s:
            break
        smoothed = price if centre is None else params.smoothing * centre + (1 - params.smoothing) * price
        for at in (smoothed, price):
            rows, costs, proven = pool.price(at, fixed)
            if proven > bound:
                bound, centre = proven, at
            part = rows[:, pool.patch.first : pool.patch.last]
            gains = costs + pool.collected(part, at - price) - worth
            wanted = np.flatnonzero(gains < -params.gain)
            if len(wanted) and pool.add(wanted, rows[wanted]):
                break
            if at is price:
                return Generated(point, bound)
        if turn % 10 == 0:
            watch.tell("columns", f"round {turn}, {len(pool.cost)} rows", bound=bound, best=value)
    return None if point is None else Generated(point, bound)

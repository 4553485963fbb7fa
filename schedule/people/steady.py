"""One person's best week where an hour between the earliest and the latest start of the week has a price.

The price hangs on the whole week, so the dynamic programme over days does not know it. Within a window of starts it is
at most that of the window: each window has its cheapest week, and windows are searched by the least that they can cost
until none can be cheaper.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ...forecast.kernels import kernel
from .best_week import WeekFinder
from .compile import CompiledPerson


@kernel
def _least_of_windows(
    cost: np.ndarray, first: np.ndarray, minute: np.ndarray, off_cost: np.ndarray, minutes: np.ndarray
) -> np.ndarray:
    """Return what a week with starts from `minutes[i]` to `minutes[j]` costs at least whatever its rules, shape (M, M).

    Infinite where j < i.
    """
    size, days = len(minutes), len(off_cost)
    of_start = np.full((size, days), np.inf)
    for d in range(days):
        for o in range(first[d], first[d + 1]):
            if cost[o] < np.inf:
                i = np.searchsorted(minutes, minute[o])
                of_start[i, d] = min(of_start[i, d], cost[o])
    out = np.full((size, size), np.inf)
    for i in range(size):
        least = off_cost.copy()
        for j in range(i, size):
            least = np.minimum(least, of_start[j])
            out[i, j] = least.sum()
    return out


def cheapest_steady(
    finder: WeekFinder, person: CompiledPerson, cost: np.ndarray, below: float, over: Callable[[], bool]
) -> tuple[float, np.ndarray] | None:
    """Return the cost and the options of the cheapest week, its spread of starts priced; None = none below `below`.

    Parameters
    ----------
    cost
        Cost of each option, infinite = not allowed, shape (O,).
    over
        Whether to end: the best week so far is returned then.
    """
    minute, most = person.options.minute, finder.problem.rules.max_start_spread_min
    price = finder.problem.costs.steady_h / 60.0
    minutes = np.unique(minute[np.isfinite(cost)])
    best, table = below, person.paths.table()
    found: np.ndarray | None = None
    if not len(minutes):
        total, week = person.paths.cheapest(cost, person.off_cost, person.units_cost, table=table)
        return (total, week) if total < best else None
    wide = minutes[None, :] - minutes[:, None]
    least = _least_of_windows(cost, person.paths.graph.first, minute, person.off_cost, minutes)
    least += person.units_cost.min() + price * np.maximum(wide, 0)
    if most is not None:
        least[wide > most] = np.inf
    while not over():
        i, j = divmod(int(least.argmin()), len(minutes))
        if not least[i, j] < best:
            break
        last = int(np.flatnonzero(np.isfinite(least[i]))[-1])  # the widest window tells most of the others
        j = last if least[i, last] < best else j
        inside = np.where((minute < minutes[i]) | (minute > minutes[j]), np.inf, cost)
        total, week = person.paths.cheapest(inside, person.off_cost, person.units_cost, table=table)
        within = (slice(i, j + 1), slice(i, j + 1))
        least[within] = np.maximum(least[within], total + price * np.maximum(wide[within], 0))
        least[i, j] = np.inf
        worked = minute[week[week >= 0]] if total < np.inf else minute[:0]
        total += price * float(np.ptp(worked)) if len(worked) else 0.0
        if total < best:
            best, found = total, week
    return None if found is None else (best, found)

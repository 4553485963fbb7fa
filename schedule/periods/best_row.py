"""One person's best row at given prices: the cheapest legal span of days, caps on shift types included."""

from __future__ import annotations

import numpy as np

from ...forecast.kernels import kernel
from ...forecast.progress import Watch
from .span import cheapest_span
from .tables import PeriodTables

FREE = -2
"""Mark of a day that is not fixed."""


@kernel
def capped_span(
    t: PeriodTables, person: int, row: np.ndarray, first: int, last: int, option_cost: np.ndarray, off_cost: np.ndarray
) -> float:
    """Do as `cheapest_span`, then hold the caps: keep the cheapest shifts of a type, forbid the others, repeat.

    `option_cost` is changed. The result obeys the caps, but need not be the cheapest one that obeys them.
    """
    types = len(t.units)
    room = t.caps[person].copy()
    for d in range(len(row)):
        if row[d] >= 0 and not first <= d < last:
            room[row[d]] -= 1
    for k in range(types):
        if room[k] <= 0:
            for d in range(first, last):
                option_cost[d * types + k] = np.inf
    used = np.zeros(types, np.int64)
    while True:
        cost = cheapest_span(t, person, row, first, last, option_cost, off_cost)
        if cost == np.inf:
            return cost
        used[:] = 0
        for d in range(first, last):
            if row[d] >= 0:
                used[row[d]] += 1
        held = True
        for k in range(types):
            if used[k] > room[k]:
                held = False
                _forbid(option_cost, row, first, last, types, k, room[k])
        if held:
            return cost


@kernel
def _forbid(option_cost: np.ndarray, row: np.ndarray, first: int, last: int, types: int, k: int, room: int) -> None:
    """Forbid type `k` on all days but the `room` cheapest ones of those on which `row` has the type."""
    worked = np.sort(np.array([option_cost[d * types + k] for d in range(first, last) if row[d] == k]))
    limit, equal = worked[room - 1], 0
    for v in worked[:room]:
        equal += v == limit
    for d in range(first, last):
        v = option_cost[d * types + k]
        keep = row[d] == k and (v < limit or (v == limit and equal > 0))
        if keep and v == limit:
            equal -= 1
        if not keep:
            option_cost[d * types + k] = np.inf


@kernel
def priced_caps(
    t: PeriodTables,
    person: int,
    row: np.ndarray,
    first: int,
    last: int,
    option_cost: np.ndarray,
    off_cost: np.ndarray,
    steps: int,
) -> tuple[float, float]:
    """Do as `capped_span`, but charge for types over their caps; return the cost and a bound on any legal row.

    min over legal rows ≥ min over all rows of (cost + Σ charge · shifts of the type) − Σ charge · cap, for each
    charge ≥ 0; the charges climb by Polyak's step towards the cost at hand.
    """
    types = len(t.units)
    room = t.caps[person].copy()
    for d in range(len(row)):
        if row[d] >= 0 and not first <= d < last:
            room[row[d]] -= 1
    charge, slope = np.zeros(types), np.zeros(types)
    trial, best = row.copy(), row.copy()
    least, bound = np.inf, -np.inf
    for _ in range(steps):
        charged = option_cost.copy()
        owed = 0.0
        for k in range(types):
            owed += charge[k] * room[k]
            for d in range(first, last):
                charged[d * types + k] = option_cost[d * types + k] + charge[k] if room[k] > 0 else np.inf
        proven = cheapest_span(t, person, trial, first, last, charged, off_cost) - owed
        if proven == np.inf:
            return np.inf, np.inf
        bound = max(bound, proven)
        slope[:] = -room
        for d in range(first, last):
            if trial[d] >= 0:
                slope[trial[d]] += 1
        if capped_span(t, person, trial, first, last, charged, off_cost) < np.inf:
            cost = 0.0
            for d in range(first, last):
                cost += off_cost[d] if trial[d] < 0 else option_cost[d * types + trial[d]]
            if cost < least:
                least = cost
                best[:] = trial
        length = 0.0
        for k in range(types):
            if slope[k] < 0 and charge[k] <= 0:
                slope[k] = 0.0
            length += slope[k] ** 2
        if length == 0 or least - bound <= 1e-6 * max(1.0, abs(least)):
            break
        rise = least - proven if least < np.inf else max(1.0, abs(proven))
        for k in range(types):
            charge[k] = max(0.0, charge[k] + rise / length * slope[k])
    row[:] = best
    return least, bound


@kernel
def best_rows(
    t: PeriodTables, people: np.ndarray, chosen: np.ndarray, first: int, last: int, price: np.ndarray,
    fixed: np.ndarray, steps: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
    """Return each person's best rows, their costs (wishes − prices) over the days first ≤ d < last, and bounds on them.

    Parameters
    ----------
    people
        Which, shape (N,).
    chosen
        The roster, shape (P, D); it stays outside of these days.
    price
        Worth of a head in each cell, shape (D T,).
    fixed
        Per person and day a shift type, −1 = off, or `FREE`, shape (P, D).
    steps
        Steps of `priced_caps` for people over a cap; 0 = caps are not held.
    """
    types, days = len(t.units), chosen.shape[1]
    rows, costs, bounds = np.empty((len(people), days), np.int64), np.empty(len(people)), np.empty(len(people))
    option_cost, off_cost, used = np.empty(days * types), np.zeros(days), np.zeros(types, np.int64)
    for i in range(len(people)):
        p = people[i]
        rows[i] = chosen[p]
        for d in range(first, last):
            hold = fixed[p, d]
            off_cost[d] = 0.0 if hold < 0 else np.inf
            for k in range(types):
                c = d * types + k
                option_cost[c] = t.wish[p, c] - price[c] if hold in (FREE, k) else np.inf
        bounds[i] = costs[i] = cheapest_span(t, p, rows[i], first, last, option_cost, off_cost)
        used[:] = 0
        for d in range(days):
            if rows[i, d] >= 0:
                used[rows[i, d]] += 1
        if steps > 0 and costs[i] < np.inf and (used > t.caps[p]).any():
            costs[i], bounds[i] = priced_caps(t, p, rows[i], first, last, option_cost, off_cost, steps)
    return rows, costs, bounds


def best_rows_watched(
    watch: Watch,
    t: PeriodTables,
    people: np.ndarray,
    chosen: np.ndarray,
    price: np.ndarray,
    fixed: np.ndarray,
    steps: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """Do as `best_rows` over all days, one person after another; None where stopped or out of time meanwhile."""
    told = []
    for person in people:
        if watch.stopped or watch.time_is_up:
            return None
        told.append(best_rows(t, np.array([person]), chosen, 0, chosen.shape[1], price, fixed, steps))
    rows, costs, bounds = (np.concatenate(part) for part in zip(*told, strict=True))
    return rows, costs, bounds

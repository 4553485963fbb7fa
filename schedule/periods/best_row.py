"""One person's best row at given prices: the cheapest legal span of days, caps on shift types included."""

from __future__ import annotations

import numpy as np
from numba import njit

from ...forecast.progress import Watch
from .span import cheapest_span
from .tables import PeriodTables

FREE = -2
"""A day of which nothing is fixed."""


@njit(cache=True, nogil=True)
def capped_span(
    t: PeriodTables, person: int, row: np.ndarray, first: int, last: int, value: np.ndarray, idle: np.ndarray
) -> float:
    """Do as `cheapest_span`, then hold the caps: keep the cheapest shifts of a type, forbid the others, repeat.

    `value` is changed. The result obeys the caps, but need not be the cheapest one that obeys them.
    """
    kinds = len(t.units)
    room = t.caps[person].copy()
    for d in range(len(row)):
        if row[d] >= 0 and not first <= d < last:
            room[row[d]] -= 1
    for k in range(kinds):
        if room[k] <= 0:
            for d in range(first, last):
                value[d * kinds + k] = np.inf
    used = np.zeros(kinds, np.int64)
    while True:
        cost = cheapest_span(t, person, row, first, last, value, idle)
        if cost == np.inf:
            return cost
        used[:] = 0
        for d in range(first, last):
            if row[d] >= 0:
                used[row[d]] += 1
        held = True
        for k in range(kinds):
            if used[k] > room[k]:
                held = False
                _forbid(value, row, first, last, kinds, k, room[k])
        if held:
            return cost


@njit(cache=True, nogil=True)
def _forbid(value: np.ndarray, row: np.ndarray, first: int, last: int, kinds: int, k: int, room: int) -> None:
    """Forbid type `k` on all days but the `room` cheapest ones of those on which `row` has the type."""
    worked = np.sort(np.array([value[d * kinds + k] for d in range(first, last) if row[d] == k]))
    limit, equal = worked[room - 1], 0
    for v in worked[:room]:
        equal += v == limit
    for d in range(first, last):
        v = value[d * kinds + k]
        keep = row[d] == k and (v < limit or (v == limit and equal > 0))
        if keep and v == limit:
            equal -= 1
        if not keep:
            value[d * kinds + k] = np.inf


@njit(cache=True, nogil=True)
def priced_caps(
    t: PeriodTables,
    person: int,
    row: np.ndarray,
    first: int,
    last: int,
    value: np.ndarray,
    idle: np.ndarray,
    steps: int,
) -> tuple[float, float]:
    """Do as `capped_span`, but charge for types over their caps; return the cost and a bound on any legal row.

    min over legal rows ≥ min over all rows of (cost + Σ charge · shifts of the type) − Σ charge · cap, for each
    charge ≥ 0; the charges climb by Polyak's step towards the cost at hand.
    """
    kinds = len(t.units)
    room = t.caps[person].copy()
    for d in range(len(row)):
        if row[d] >= 0 and not first <= d < last:
            room[row[d]] -= 1
    charge, slope = np.zeros(kinds), np.zeros(kinds)
    trial, best = row.copy(), row.copy()
    least, bound = np.inf, -np.inf
    for _ in range(steps):
        charged = value.copy()
        owed = 0.0
        for k in range(kinds):
            owed += charge[k] * room[k]
            for d in range(first, last):
                charged[d * kinds + k] = value[d * kinds + k] + charge[k] if room[k] > 0 else np.inf
        proven = cheapest_span(t, person, trial, first, last, charged, idle) - owed
        if proven == np.inf:
            return np.inf, np.inf
        bound = max(bound, proven)
        slope[:] = -room
        for d in range(first, last):
            if trial[d] >= 0:
                slope[trial[d]] += 1
        if capped_span(t, person, trial, first, last, charged, idle) < np.inf:
            cost = 0.0
            for d in range(first, last):
                cost += idle[d] if trial[d] < 0 else value[d * kinds + trial[d]]
            if cost < least:
                least = cost
                best[:] = trial
        length = 0.0
        for k in range(kinds):
            if slope[k] < 0 and charge[k] <= 0:
                slope[k] = 0.0
            length += slope[k] ** 2
        if length == 0 or least - bound <= 1e-6 * max(1.0, abs(least)):
            break
        rise = least - proven if least < np.inf else max(1.0, abs(proven))
        for k in range(kinds):
            charge[k] = max(0.0, charge[k] + rise / length * slope[k])
    row[:] = best
    return least, bound


@njit(cache=True, nogil=True)
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
        What a head in a cell is worth, shape (D T,).
    fixed
        Per person and day a shift type, −1 = off, or `FREE`, shape (P, D).
    steps
        Steps of `priced_caps` for people over a cap; 0 = caps are not held.
    """
    kinds, days = len(t.units), chosen.shape[1]
    rows, costs, bounds = np.empty((len(people), days), np.int64), np.empty(len(people)), np.empty(len(people))
    value, idle, used = np.empty(days * kinds), np.zeros(days), np.zeros(kinds, np.int64)
    for i in range(len(people)):
        p = people[i]
        rows[i] = chosen[p]
        for d in range(first, last):
            hold = fixed[p, d]
            idle[d] = 0.0 if hold < 0 else np.inf
            for k in range(kinds):
                c = d * kinds + k
                value[c] = t.wish[p, c] - price[c] if hold in (FREE, k) else np.inf
        bounds[i] = costs[i] = cheapest_span(t, p, rows[i], first, last, value, idle)
        used[:] = 0
        for d in range(days):
            if rows[i, d] >= 0:
                used[rows[i, d]] += 1
        if steps > 0 and costs[i] < np.inf and (used > t.caps[p]).any():
            costs[i], bounds[i] = priced_caps(t, p, rows[i], first, last, value, idle, steps)
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

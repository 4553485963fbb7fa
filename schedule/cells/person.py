"""One person's answer to prices: the cheapest legal part, caps on shift types included."""

from __future__ import annotations

import numpy as np
from numba import njit

from .part import cheapest_part
from .tables import Tables

FREE = -2
"""A day of which nothing is fixed."""


@njit(cache=True, nogil=True)
def capped_part(
    t: Tables, person: int, row: np.ndarray, first: int, last: int, value: np.ndarray, idle: np.ndarray
) -> float:
    """Do as `cheapest_part`, then hold the caps: keep the cheapest allowed shifts of a type, forbid it elsewhere, repeat.

    `value` is changed. The result obeys the caps, but need not be the cheapest that does.
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
        cost = cheapest_part(t, person, row, first, last, value, idle)
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
    """Forbid type `k` but on the `room` cheapest of the days on which it is worked."""
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
def answers(
    t: Tables, people: np.ndarray, chosen: np.ndarray, first: int, last: int, price: np.ndarray, fixed: np.ndarray,
    capped: bool,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Return each person's best rows and their costs (wishes − prices) over the days first ≤ d < last.

    Parameters
    ----------
    people
        Which, shape (N,).
    chosen
        The roster that stays outside of the days, shape (P, D).
    price
        What a head in a cell is worth, shape (D T,).
    fixed
        Per person and day a shift type, −1 = off, or `FREE`, shape (P, D).
    capped
        Whether caps are held (then the answer is heuristic) or not (then its cost is a bound).
    """
    kinds, days = len(t.units), chosen.shape[1]
    rows, costs = np.empty((len(people), days), np.int64), np.empty(len(people))
    value, idle = np.empty(days * kinds), np.zeros(days)
    for i in range(len(people)):
        p = people[i]
        rows[i] = chosen[p]
        for d in range(first, last):
            hold = fixed[p, d]
            idle[d] = 0.0 if hold < 0 else np.inf
            for k in range(kinds):
                c = d * kinds + k
                value[c] = t.wish[p, c] - price[c] if hold == -2 or hold == k else np.inf
        if capped:
            costs[i] = capped_part(t, p, rows[i], first, last, value, idle)
        else:
            costs[i] = cheapest_part(t, p, rows[i], first, last, value, idle)
    return rows, costs

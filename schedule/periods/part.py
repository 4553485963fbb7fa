"""The cheapest way to work some days of one person's roster while the other days stay: an exact table.

State before a day: node of the day automaton × rest class × paid units. Only states that can be reached from the
days before and can still end in the days after are kept, so few days cost little however long the roster is.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from .tables import Tables


@njit(cache=True, nogil=True)
def cheapest_part(
    t: Tables, person: int, row: np.ndarray, first: int, last: int, value: np.ndarray, idle: np.ndarray
) -> float:
    """Write the cheapest choices of the days first ≤ d < last into `row`; return their cost, infinite without any.

    Parameters
    ----------
    row
        A shift type or −1 per day, shape (D,); outside of the days it must be legal.
    value
        Cost of each cell, infinite = not allowed, shape (D T,).
    idle
        Cost of each day off, shape (D,).
    """
    kinds, classes = len(t.units), t.after.max() + 1
    layers, off, work = t.layers[t.kind[person]], t.off, t.work
    days = len(layers) - 2
    if layers[1] == layers[0]:
        return np.inf
    zero, start = layers[0], layers[0]  # nodes are counted from the automaton's first
    rest, paid = 0, 0
    for d in range(first):
        k = row[d]
        start = off[start] if k < 0 else work[start]
        rest = 0 if k < 0 else t.after[k]
        paid += 0 if k < 0 else t.units[k]
    follows = classes - 1 if last == days or row[last] < 0 else t.latest[row[last]]
    least, most = t.least[person], t.most[person]
    for d in range(last, days):
        if row[d] >= 0:
            least, most = least - t.units[row[d]], most - t.units[row[d]]
    low, high, base, size = _reach(t, layers, row, first, last, start, paid, least, most)
    if high[start - zero] < low[start - zero]:
        return np.inf
    table = np.empty(size * classes)
    for n in range(layers[last], layers[last + 1]):
        at, width = base[n - zero] * classes, high[n - zero] - low[n - zero] + 1
        for r in range(classes):
            for i in range(width):
                table[at + r * width + i] = 0.0 if r <= follows else np.inf
    best = np.empty(most + 2)
    for d in range(last - 1, first - 1, -1):
        for n in range(layers[d], layers[d + 1]):
            bottom = low[n - zero]
            width = high[n - zero] - bottom + 1
            if width <= 0:
                continue
            best[:width] = np.inf
            to, home = work[n], off[n]
            x = 0
            for r in range(classes - 1, -1, -1):
                if to >= 0:
                    floor, wide = low[to - zero], high[to - zero] - low[to - zero] + 1
                    while x < kinds and t.latest[t.order[x]] >= r:
                        k = t.order[x]
                        x += 1
                        v = value[d * kinds + k]
                        if v < np.inf and wide > 0:
                            shift = bottom + t.units[k] - floor
                            at = base[to - zero] * classes + t.after[k] * wide + shift
                            for i in range(max(0, -shift), min(width, wide - shift)):
                                c = v + table[at + i]
                                if c < best[i]:
                                    best[i] = c
                line = base[n - zero] * classes + r * width
                table[line : line + width] = best[:width]
                if home >= 0:
                    wide = high[home - zero] - low[home - zero] + 1
                    shift = bottom - low[home - zero]
                    at = base[home - zero] * classes + shift
                    for i in range(max(0, -shift), min(width, wide - shift)):
                        c = idle[d] + table[at + i]
                        if c < table[line + i]:
                            table[line + i] = c
    n, r, m = start, rest, paid
    cost: float = table[base[n - zero] * classes + r * (high[n - zero] - low[n - zero] + 1) + m - low[n - zero]]
    if cost == np.inf:
        return np.inf
    for d in range(first, last):
        leading, take = np.inf, -1
        to = off[n]
        if to >= 0 and low[to - zero] <= m <= high[to - zero]:
            leading = idle[d] + table[base[to - zero] * classes + m - low[to - zero]]
        to = work[n]
        if to >= 0:
            for k in range(kinds):
                after = m + t.units[k]
                if t.latest[k] >= r and low[to - zero] <= after <= high[to - zero]:
                    wide = high[to - zero] - low[to - zero] + 1
                    c = (
                        value[d * kinds + k]
                        + table[base[to - zero] * classes + t.after[k] * wide + after - low[to - zero]]
                    )
                    if c < leading:
                        leading, take = c, k
        row[d] = take
        if take < 0:
            n, r = off[n], 0
        else:
            n, r, m = work[n], t.after[take], m + t.units[take]
    return cost


@njit(cache=True, nogil=True)
def _reach(
    t: Tables, layers: np.ndarray, row: np.ndarray, first: int, last: int, start: int, paid: int, least: int, most: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Return per node the least and most paid units of a state worth keeping, its place in the table, and the size."""
    days, zero = len(layers) - 2, layers[0]
    nodes = layers[days + 1] - zero
    small, large = t.units.min(), t.units.max()
    low, high, base = np.empty(nodes, np.int64), np.empty(nodes, np.int64), np.zeros(nodes, np.int64)
    stays = np.zeros(nodes, np.bool_)  # whether the days after are legal from here
    stays[layers[days] - zero :] = True
    for d in range(days - 1, last - 1, -1):
        for n in range(layers[d], layers[d + 1]):
            to = t.off[n] if row[d] < 0 else t.work[n]
            stays[n - zero] = to >= 0 and stays[to - zero]
    low[layers[first] - zero : layers[last + 1] - zero] = most + 1
    high[layers[first] - zero : layers[last + 1] - zero] = -1
    low[start - zero] = high[start - zero] = paid
    for d in range(first, last):
        for n in range(layers[d], layers[d + 1]):
            if high[n - zero] >= 0:
                to = t.off[n]
                if to >= 0:
                    low[to - zero] = min(low[to - zero], low[n - zero])
                    high[to - zero] = max(high[to - zero], high[n - zero])
                to = t.work[n]
                if to >= 0:
                    low[to - zero] = min(low[to - zero], low[n - zero] + small)
                    high[to - zero] = max(high[to - zero], high[n - zero] + large)
    size = 0
    fewest, farthest = np.empty(nodes, np.int64), np.empty(nodes, np.int64)  # units still to come
    far = most + 1
    for d in range(last, first - 1, -1):
        for n in range(layers[d], layers[d + 1]):
            x = n - zero
            if high[x] < 0:
                fewest[x], farthest[x] = far, -far
                continue
            if d == last:
                fewest[x] = 0 if stays[x] else far
                farthest[x] = 0 if stays[x] else -far
            else:
                fewest[x], farthest[x] = far, -far
                if t.off[n] >= 0:
                    fewest[x] = fewest[t.off[n] - zero]
                    farthest[x] = farthest[t.off[n] - zero]
                if t.work[n] >= 0:
                    fewest[x] = min(fewest[x], fewest[t.work[n] - zero] + small)
                    farthest[x] = max(farthest[x], farthest[t.work[n] - zero] + large)
            low[x] = max(low[x], least - farthest[x])
            high[x] = min(high[x], most - fewest[x])
            base[x] = size
            size += max(0, high[x] - low[x] + 1)
    return low, high, base, size

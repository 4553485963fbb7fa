"""The cheapest way to work a span of days of one person's roster while the other days stay, by dynamic programming.

The recurrence is that of `optimise.day_paths`. A state is kept only if the days before the span can reach it and the
days after the span stay legal from it. So a short span costs little time, however long the roster is.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...forecast.kernels import kernel
from ..optimise.day_paths import DayGraph, DayTable, fill_back, read_forward
from .tables import PeriodTables


class _Outside(NamedTuple):
    """Conditions that the days outside of a span set for the days in it.

    Attributes
    ----------
    node, rest, paid
        State before the span: node, rest class and paid units.
    follows
        Highest rest class after the span that still allows the next day's shift.
    least, most
        Paid units of the days up to the end of the span.
    """

    node: int
    rest: int
    paid: int
    follows: int
    least: int
    most: int


@kernel
def cheapest_span(
    t: PeriodTables, person: int, row: np.ndarray, first: int, last: int, option_cost: np.ndarray, off_cost: np.ndarray
) -> float:
    """Write the cheapest choices of the days first ≤ d < last into `row`; return their cost, infinite without any.

    Parameters
    ----------
    row
        A shift type or −1 per day, shape (D,); legal outside of the span.
    option_cost
        Cost of each cell, infinite = not allowed, shape (D T,).
    off_cost
        Cost of each day off, shape (D,).
    """
    g = _graph_of(t, person)
    if g.layers[1] == g.layers[0]:
        return np.inf
    outside = _outside(t, g, person, row, first, last)
    low, high = _reach_forward(t, g, first, last, outside)
    base, size = _trim_back(t, g, row, first, last, outside, low, high)
    if high[outside.node] < low[outside.node]:
        return np.inf
    table = DayTable(low, high, base, np.empty(size))
    for n in range(g.layers[last], g.layers[last + 1]):
        width = high[n] - low[n] + 1
        for r in range(len(g.relax)):
            for i in range(width):
                table.cost[base[n] + r * width + i] = 0.0 if r <= outside.follows else np.inf
    fill_back(g, table, t.order, g.first, option_cost, off_cost, first, last)
    cost = read_forward(g, table, option_cost, off_cost, first, last, (outside.node, outside.rest, outside.paid), row)
    if cost < np.inf:
        for d in range(first, last):
            if row[d] >= 0:
                row[d] -= g.first[d]
    return float(cost)


@kernel
def _graph_of(t: PeriodTables, person: int) -> DayGraph:
    """Return the days, cells and automaton of a person."""
    kind = t.kind[person]
    to = t.to[t.node_begin[kind] : t.node_begin[kind + 1]]
    return DayGraph(t.layers[kind], to, t.first, t.latest, t.after, t.cell_units, t.letter, t.relax)


@kernel
def _outside(t: PeriodTables, g: DayGraph, person: int, row: np.ndarray, first: int, last: int) -> _Outside:
    """Read the days outside of the span."""
    node, rest, paid = 0, 0, 0
    for d in range(first):
        k = row[d]
        node = g.to[node, 0 if k < 0 else 1]
        rest = 0 if k < 0 else g.after[g.first[d] + k]
        paid += 0 if k < 0 else t.units[k]
    follows = len(g.relax) - 1
    least, most = t.least[person], t.most[person]
    for d in range(last, len(row)):
        if row[d] >= 0:
            least, most = least - t.units[row[d]], most - t.units[row[d]]
    if last < len(row) and row[last] >= 0:
        follows = g.latest[g.first[last] + row[last]]
    return _Outside(node, rest, paid, follows, least, most)


@kernel
def _reach_forward(
    t: PeriodTables, g: DayGraph, first: int, last: int, outside: _Outside
) -> tuple[np.ndarray, np.ndarray]:
    """Return per node the least and most paid units with which the days before reach the node; −1 = never."""
    small, large = t.units.min(), t.units.max()
    low, high = np.empty(len(g.to), np.int64), np.empty(len(g.to), np.int64)
    low[g.layers[first] : g.layers[last + 1]] = outside.most + 1
    high[g.layers[first] : g.layers[last + 1]] = -1
    low[outside.node] = high[outside.node] = outside.paid
    for n in range(g.layers[first], g.layers[last]):
        if high[n] >= 0:
            off, work = g.to[n, 0], g.to[n, 1]
            if off >= 0:
                low[off] = min(low[off], low[n])
                high[off] = max(high[off], high[n])
            if work >= 0:
                low[work] = min(low[work], low[n] + small)
                high[work] = max(high[work], high[n] + large)
    return low, high


@kernel
def _trim_back(
    t: PeriodTables, g: DayGraph, row: np.ndarray, first: int, last: int, outside: _Outside,
    low: np.ndarray, high: np.ndarray,
) -> tuple[np.ndarray, int]:  # fmt: skip
    """Narrow `low` and `high` to units from which the roster can still end well; return `base` and the table's size.

    Eight parameters: compiled code gets no objects but arrays.
    """
    small, large, far = t.units.min(), t.units.max(), outside.most + 1
    nodes, size = len(g.to), 0
    base = np.zeros(nodes, np.int64)
    fewest, farthest = np.empty(nodes, np.int64), np.empty(nodes, np.int64)  # units still to come in the span
    stays = _stays_legal(g, row, last)
    for d in range(last, first - 1, -1):
        for n in range(g.layers[d], g.layers[d + 1]):
            fewest[n], farthest[n] = far, -far
            if high[n] < 0:
                continue
            off, work = g.to[n, 0], g.to[n, 1]
            if d == last:
                if stays[n]:
                    fewest[n] = farthest[n] = 0
            else:
                if off >= 0:
                    fewest[n], farthest[n] = fewest[off], farthest[off]
                if work >= 0:
                    fewest[n] = min(fewest[n], fewest[work] + small)
                    farthest[n] = max(farthest[n], farthest[work] + large)
            low[n] = max(low[n], outside.least - farthest[n])
            high[n] = min(high[n], outside.most - fewest[n])
            base[n] = size
            size += max(0, high[n] - low[n] + 1) * len(g.relax)
    return base, size


@kernel
def _stays_legal(g: DayGraph, row: np.ndarray, last: int) -> np.ndarray:
    """Return the nodes from which the days of `row` from `last` on stay legal."""
    days = len(row)
    stays = np.zeros(len(g.to), np.bool_)
    stays[g.layers[days] :] = True
    for d in range(days - 1, last - 1, -1):
        for n in range(g.layers[d], g.layers[d + 1]):
            to = g.to[n, 0 if row[d] < 0 else 1]
            stays[n] = to >= 0 and stays[to]
    return stays

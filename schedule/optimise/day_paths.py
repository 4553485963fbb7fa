"""The cheapest way to work some days, by dynamic programming: the recurrence that every engine for people shares.

A state before a day is a node of the automaton of day rules × a rest class × the paid units so far. A rest class says
which of the day's options are still too early, or follow too badly. Classes are ordered and an option is allowed up to
its own class, so one running minimum over the options, sorted by class, serves all classes. The recipe is the
resource-constrained shortest path of crew rostering on a graph without cycles, small enough to be solved as a table.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...forecast.kernels import kernel


class DayGraph(NamedTuple):
    """What may be worked: D days, O options numbered through the days, N nodes, R rest classes.

    Attributes
    ----------
    layers
        First node of each layer, shape (D + 2,); layer d holds the nodes before day d.
    to
        Node after a day off (column 0) or after a day on an option of each letter, −1 = forbidden, shape (N, letters).
    first
        First option of each day, shape (D + 1,).
    latest
        Highest rest class in which an option is still allowed, shape (O,).
    after
        Rest class of the next day when an option is worked, shape (O,).
    units
        Paid units of an option, shape (O,).
    letter
        What the automaton reads when an option is worked, shape (O,).
    relax
        Rest class after a day off, shape (R,).
    """

    layers: np.ndarray
    to: np.ndarray
    first: np.ndarray
    latest: np.ndarray
    after: np.ndarray
    units: np.ndarray
    letter: np.ndarray
    relax: np.ndarray


class DayTable(NamedTuple):
    """Room for the cost to go from every state.

    The cost from node n in rest class r with m paid units is
    ``cost[base[n] + r (high[n] − low[n] + 1) + m − low[n]]``.

    Attributes
    ----------
    low, high
        Least and most paid units with which a node is reached, shape (N,); high < low = never.
    base
        Where the entries of a node begin, shape (N,).
    cost
        All entries.
    """

    low: np.ndarray
    high: np.ndarray
    base: np.ndarray
    cost: np.ndarray


@kernel
def fill_back(
    g: DayGraph, table: DayTable, order: np.ndarray, begin: np.ndarray, option_cost: np.ndarray, off_cost: np.ndarray,
    first: int, last: int,
) -> None:  # fmt: skip
    """Fill the table of the days first ≤ d < last backwards from the layer of day `last`, which is filled already.

    cost(n, r, m) = min(off_cost[d] + cost(to[n, 0], relax[r], m),
                        min over the options o of day d with latest[o] ≥ r of
                        option_cost[o] + cost(to[n, letter[o]], after[o], m + units[o]))

    Eight parameters: compiled code gets no objects but arrays, and the graph and its costs change apart. One function
    of more than 60 lines: a call for each node makes it a tenth slower.

    Parameters
    ----------
    order, begin
        Options of each day by `latest`, highest first, those of day d from begin[d] to begin[d + 1]; others are
        not looked at.
    option_cost
        Infinite = not allowed, shape (O,).
    off_cost
        Shape (D,).
    """
    layers, to, latest, after, units, letter, relax = g.layers, g.to, g.latest, g.after, g.units, g.letter, g.relax
    low, high, base, cost = table.low, table.high, table.base, table.cost
    best = np.empty(_widest(low, high, layers[first], layers[last]))
    for d in range(last - 1, first - 1, -1):
        rest_cost = off_cost[d]
        for n in range(layers[d], layers[d + 1]):
            width, off, works = high[n] - low[n] + 1, to[n, 0], to[n, 1:].max() >= 0
            if width <= 0:
                continue
            best[:width] = np.inf
            k, read, then, wide = begin[d], -1, -1, 0
            for r in range(len(relax) - 1, -1, -1):
                while works and k < begin[d + 1] and latest[order[k]] >= r:
                    o = order[k]
                    k += 1
                    if letter[o] != read:
                        read = letter[o]
                        then = to[n, read]
                        wide = high[then] - low[then] + 1
                    if then < 0 or option_cost[o] == np.inf:
                        continue
                    value, shift = option_cost[o], low[n] + units[o] - low[then]
                    skip = max(0, -shift)
                    at = base[then] + after[o] * wide + shift + skip
                    for i in range(min(width, wide - shift) - skip):  # counted from 0: the compiler unrolls it then
                        c = value + cost[at + i]
                        if c < best[skip + i]:
                            best[skip + i] = c
                row = base[n] + r * width
                if off < 0:
                    cost[row : row + width] = best[:width]
                    continue
                rested, shift = high[off] - low[off] + 1, low[n] - low[off]
                at = base[off] + relax[r] * rested + shift
                if shift >= 0 and rested - shift >= width:
                    for i in range(width):
                        cost[row + i] = min(best[i], rest_cost + cost[at + i])
                else:
                    for i in range(width):
                        reached = -shift <= i < rested - shift
                        cost[row + i] = min(best[i], rest_cost + cost[at + i]) if reached else best[i]


@kernel
def _widest(low: np.ndarray, high: np.ndarray, first: int, last: int) -> int:
    """Return the most entries that a node first ≤ n < last has in one rest class."""
    widest = 1
    for n in range(first, last):
        widest = max(widest, high[n] - low[n] + 1)
    return widest


@kernel
def read_forward(
    g: DayGraph, table: DayTable, option_cost: np.ndarray, off_cost: np.ndarray, first: int, last: int,
    state: tuple[int, int, int], chosen: np.ndarray,
) -> float:  # fmt: skip
    """Read the cheapest options of the days first ≤ d < last off a filled table into `chosen`; return their cost.

    Eight parameters as in `fill_back`.

    Parameters
    ----------
    state
        Node, rest class and paid units before day `first`.
    chosen
        An option per day, −1 = off, shape (D,); unchanged where the cost is infinite.
    """
    low, high, base, cost = table
    n, r, m = state
    total = cost[base[n] + r * (high[n] - low[n] + 1) + m - low[n]]
    if not total < np.inf:
        return np.inf
    for d in range(first, last):
        best, take, off = np.inf, -1, g.to[n, 0]
        if off >= 0 and low[off] <= m <= high[off]:
            best = off_cost[d] + cost[base[off] + g.relax[r] * (high[off] - low[off] + 1) + m - low[off]]
        for o in range(g.first[d], g.first[d + 1]):
            k, paid = g.to[n, g.letter[o]], m + g.units[o]
            if k >= 0 and g.latest[o] >= r and low[k] <= paid <= high[k]:
                c = option_cost[o] + cost[base[k] + g.after[o] * (high[k] - low[k] + 1) + paid - low[k]]
                if c < best:
                    best, take = c, o
        chosen[d] = take
        if take < 0:
            n, r = off, g.relax[r]
        else:
            n, r, m = g.to[n, g.letter[take]], g.after[take], m + g.units[take]
    return float(total)

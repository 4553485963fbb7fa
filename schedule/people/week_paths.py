"""One person's cheapest week: an exact dynamic programme over days, rest and paid time.

State before a day: node of the day automaton × rest class × paid units so far. A rest class says which of the day's
options are still too early (or follow too badly); classes are ordered, an option is allowed up to its own class. So a
running minimum over the options, sorted by class, serves all classes at once. Source of the recipe: the usual
resource-constrained shortest path of crew rostering, here acyclic and small enough to be solved as a table.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit

from ..rules.automaton import Automaton


@dataclass(frozen=True)
class DayOptions:
    """What can be worked on one day, O options.

    Attributes
    ----------
    latest
        Highest rest class in which the option is still allowed, shape (O,).
    after
        Rest class of the next day when it is worked, shape (O,).
    units
        Paid units, shape (O,).
    """

    latest: np.ndarray
    after: np.ndarray
    units: np.ndarray


@dataclass(frozen=True)
class Paths:
    """The weeks that one kind of person may work, ready to be priced: people who differ in money only share it.

    Attributes
    ----------
    automaton
        Which days.
    first
        First option of each day, shape (days + 1,): options are numbered through the days.
    latest, after, units
        Of all options.
    letter
        Of all options: what the automaton reads, shape (options,).
    order
        Per day its options by `latest`, highest first, as positions among all.
    relax
        Rest class after a day off, shape (R,).
    low, high
        Least and most paid units with which a node can be reached, shape (nodes,).
    base
        Where the table of each node begins, shape (nodes,); a node's table is (R, high − low + 1).
    size
        Entries of the whole table.
    """

    automaton: Automaton
    first: np.ndarray
    latest: np.ndarray
    after: np.ndarray
    units: np.ndarray
    letter: np.ndarray
    order: np.ndarray
    relax: np.ndarray
    low: np.ndarray
    high: np.ndarray
    base: np.ndarray
    size: int

    @classmethod
    def of(
        cls,
        automaton: Automaton,
        days: Sequence[DayOptions],
        relax: Sequence[int],
        most_units: int,
        letter: np.ndarray | None = None,
    ) -> Paths:
        """Compile.

        Parameters
        ----------
        relax
            Rest class after a day off, per class.
        most_units
            Paid units that nobody may exceed.
        letter
            What the automaton reads for each option, through the days; None = the same for all.
        """
        first = np.concatenate([[0], np.cumsum([len(d.latest) for d in days])]).astype(np.int64)
        latest, after, units = (
            np.concatenate([getattr(d, name) for d in days]).astype(np.int64) if len(days) else np.zeros(0, np.int64)
            for name in ("latest", "after", "units")
        )
        order = np.concatenate(
            [np.argsort(-latest[a:b], kind="stable") + a for a, b in itertools.pairwise(first)]
        ).astype(np.int64)
        letter = np.ones(len(units), dtype=np.int64) if letter is None else letter
        low, high = _reach(automaton, first, units, letter, most_units)
        sizes = len(relax) * np.maximum(high - low + 1, 0)
        base = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        return cls(
            automaton, first, latest, after, units, letter, order, np.array(relax, dtype=np.int64), low, high,
            base[:-1], int(base[-1]),
        )  # fmt: skip

    @property
    def options(self) -> int:
        """Number of options of all days."""
        return int(self.first[-1])

    def table(self) -> np.ndarray:
        """Return room for the table of `cheapest`."""
        return np.empty(self.size)

    def cheapest(
        self,
        values: np.ndarray,
        idle: np.ndarray,
        final: np.ndarray,
        *,
        before: int = 0,
        table: np.ndarray | None = None,
        chosen: np.ndarray | None = None,
        most: int | None = None,
    ) -> tuple[float, np.ndarray]:
        """Return the cost of the cheapest week and its option per day (−1 = off); infinite where there is none.

        Parameters
        ----------
        values
            Cost of each option, infinite = not allowed, shape (options,).
        idle
            Cost of each day off, shape (days,).
        final
            Cost of the whole week's paid units, infinite = not allowed, shape (most_units + 1,).
        before
            Rest class of the first day.
        table, chosen
            Room to reuse.
        most
            Look only at so many options of each day, the cheapest by themselves; the week may then be dearer. None =
            at all.
        """
        out = np.empty(self.automaton.days, dtype=np.int64) if chosen is None else chosen
        room = self.table() if table is None else table
        a = self.automaton
        order, begin = (self.order, self.first) if most is None else _cheap(values, self.order, self.first, most)
        cost = cheapest_week(
            values, idle, final, before, a.layers, a.to, self.first, self.latest, self.after, self.units, self.letter,
            order, begin, self.relax, self.low, self.high, self.base, room, out,
        )  # fmt: skip
        return cost, out


def _reach(
    a: Automaton, first: np.ndarray, units: np.ndarray, letter: np.ndarray, most: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the least and most units with which each node can be reached; high < low where it cannot."""
    low, high = np.full(len(a.to), most + 1), np.full(len(a.to), -1)
    if a.feasible:
        low[0] = high[0] = 0
    for day in range(a.days):
        here = slice(first[day], first[day + 1])
        paid = {int(k): units[here][letter[here] == k] for k in np.unique(letter[here])}
        steps = [(0, 0, 0), *((k, int(own.min()), int(own.max())) for k, own in paid.items())]
        for node in range(a.layers[day], a.layers[day + 1]):
            if high[node] < low[node]:
                continue
            for k, least, largest in steps:
                to = int(a.to[node, k])
                if to >= 0:
                    low[to] = min(low[to], low[node] + least)
                    high[to] = min(most, max(high[to], high[node] + largest))
    return low.astype(np.int64), high.astype(np.int64)


@njit(cache=True, nogil=True)
def _cheap(values: np.ndarray, order: np.ndarray, first: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """Return `order` of the `most` cheapest options of each day (of equals, all), and where each day begins in it."""
    out, begin = np.empty(len(order), np.int64), np.zeros(len(first), np.int64)
    for d in range(len(first) - 1):
        mine = values[first[d] : first[d + 1]]
        dearest = np.partition(mine, most - 1)[most - 1] if len(mine) > most else np.inf
        begin[d + 1] = begin[d]
        for k in range(first[d], first[d + 1]):
            if values[order[k]] <= dearest:
                out[begin[d + 1]] = order[k]
                begin[d + 1] += 1
    return out, begin


@njit(cache=True, nogil=True)
def cheapest_week(
    values: np.ndarray, idle: np.ndarray, final: np.ndarray, before: int,
    layers: np.ndarray, to: np.ndarray, first: np.ndarray, latest: np.ndarray,
    after: np.ndarray, units: np.ndarray, letter: np.ndarray, order: np.ndarray, begin: np.ndarray, relax: np.ndarray,
    low: np.ndarray, high: np.ndarray, base: np.ndarray, table: np.ndarray, chosen: np.ndarray,
) -> float:  # fmt: skip
    """Fill `table` with the cheapest cost to go from every state and `chosen` with the best options; return the cost.

    table[base[n] + r (high[n] − low[n] + 1) + m − low[n]] =
    min(idle[d] + table[to[n, 0], relax[r], m],  min over options o of the day with latest[o] ≥ r of
    values[o] + table[to[n, letter[o]], after[o], m + units[o]])
    """
    days, classes = len(layers) - 2, len(relax)
    if layers[1] == layers[0]:
        return np.inf
    last = layers[days]
    for r in range(classes):
        for m in range(low[last], high[last] + 1):
            table[base[last] + r * (high[last] - low[last] + 1) + m - low[last]] = final[m]
    widest = 1
    for n in range(len(to)):
        widest = max(widest, high[n] - low[n] + 1)
    best = np.empty(widest)
    for d in range(days - 1, -1, -1):
        for n in range(layers[d], layers[d + 1]):
            width = high[n] - low[n] + 1
            if width <= 0:
                continue
            rest = to[n, 0]
            works = to[n, 1:].max() >= 0
            best[:width] = np.inf
            k, read, then, wide, back = begin[d], -1, -1, 0, 0
            for r in range(classes - 1, -1, -1):
                while works and k < begin[d + 1] and latest[order[k]] >= r:
                    o = order[k]
                    k += 1
                    if letter[o] != read:
                        read = letter[o]
                        then = to[n, read]
                        wide, back = high[then] - low[then] + 1, base[then] - low[then] + low[n]
                    value = values[o]
                    if then >= 0 and value < np.inf:
                        at = back + after[o] * wide + units[o]
                        for i in range(min(width, high[then] - units[o] - low[n] + 1)):
                            cost = value + table[at + i]
                            if cost < best[i]:
                                best[i] = cost
                row = base[n] + r * width
                if rest >= 0:
                    at = base[rest] + relax[r] * (high[rest] - low[rest] + 1) - low[rest] + low[n]
                    for i in range(width):
                        table[row + i] = min(best[i], idle[d] + table[at + i])
                else:
                    for i in range(width):
                        table[row + i] = best[i]
    return _walk(
        values, idle, before, layers, to, first, latest, after, units, letter, relax, low, high, base, table, chosen
    )


@njit(cache=True, nogil=True)
def _walk(
    values: np.ndarray, idle: np.ndarray, before: int,
    layers: np.ndarray, to: np.ndarray, first: np.ndarray, latest: np.ndarray,
    after: np.ndarray, units: np.ndarray, letter: np.ndarray, relax: np.ndarray,
    low: np.ndarray, high: np.ndarray, base: np.ndarray, table: np.ndarray, chosen: np.ndarray,
) -> float:  # fmt: skip
    """Read the cheapest week off the filled table."""
    n, r, m = 0, before, 0
    total = table[base[0] + before * (high[0] + 1)]
    if not total < np.inf:
        return np.inf
    for d in range(len(layers) - 2):
        best, take, rest = np.inf, -1, to[n, 0]
        if rest >= 0:
            best = idle[d] + table[base[rest] + relax[r] * (high[rest] - low[rest] + 1) + m - low[rest]]
        for o in range(first[d], first[d + 1]):
            k = to[n, letter[o]]
            if k >= 0 and latest[o] >= r and m + units[o] <= high[k]:
                cost = values[o] + table[base[k] + after[o] * (high[k] - low[k] + 1) + m + units[o] - low[k]]
                if cost < best:
                    best, take = cost, o
        chosen[d] = take
        if take < 0:
            n, r = rest, relax[r]
        else:
            n, r, m = to[n, letter[take]], after[take], m + units[take]
    return float(total)

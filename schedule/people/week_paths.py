"""The weeks that one person may work as a table of states, and the cheapest of them at given costs."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...forecast.kernels import kernel
from ..optimise.day_paths import DayGraph, DayTable, fill_back, read_forward
from ..rules.automaton import Automaton


@dataclass(frozen=True)
class DayOptions:
    """The O options of one day.

    Attributes
    ----------
    latest
        Highest rest class in which an option is still allowed, shape (O,).
    after
        Rest class of the next day when an option is worked, shape (O,).
    units
        Paid units, shape (O,).
    """

    latest: np.ndarray
    after: np.ndarray
    units: np.ndarray


@dataclass(frozen=True)
class WeekPaths:
    """The weeks that people of equal rules may work, ready to be priced: people who differ in money only share them.

    Attributes
    ----------
    graph
        Days, options and the automaton of the rules; options are numbered through the days.
    order
        Options of each day by their rest class, highest first, shape (options,).
    low, high
        Least and most paid units with which a node is reached, shape (nodes,).
    base
        Where the entries of each node begin in the table, shape (nodes,).
    size
        Entries of the whole table.
    """

    graph: DayGraph
    order: np.ndarray
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
    ) -> WeekPaths:
        """Compile.

        Parameters
        ----------
        relax
            Rest class after a day off, per class.
        most_units
            Paid units that nobody may exceed.
        letter
            Letter of each option for the automaton, through the days; None = the same for all.
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
        graph = DayGraph(
            automaton.layers, automaton.to, first, latest, after, units, letter, np.array(relax, dtype=np.int64)
        )
        low, high = _reach(graph, most_units)
        sizes = len(relax) * np.maximum(high - low + 1, 0)
        base = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        return cls(graph, order, low, high, base[:-1], int(base[-1]))

    @property
    def days(self) -> int:
        """Number of days."""
        return len(self.graph.first) - 1

    @property
    def options(self) -> int:
        """Number of options of all days."""
        return int(self.graph.first[-1])

    def table(self) -> np.ndarray:
        """Return room for the table of `cheapest`."""
        return np.empty(self.size)

    def cheapest(
        self,
        option_cost: np.ndarray,
        off_cost: np.ndarray,
        units_cost: np.ndarray,
        *,
        before: int = 0,
        table: np.ndarray | None = None,
        most: int | None = None,
    ) -> tuple[float, np.ndarray]:
        """Return the cost of the cheapest week and its option per day (−1 = off); infinite where there is none.

        Parameters
        ----------
        option_cost
            Cost of each option, infinite = not allowed, shape (options,).
        off_cost
            Cost of each day off, shape (days,).
        units_cost
            Cost of the whole week's paid units, infinite = not allowed, shape (most_units + 1,).
        before
            Rest class of the first day.
        table
            Room to reuse.
        most
            Number of options of each day to consider, the cheapest by themselves; the week may then be dearer.
            None = consider all.
        """
        chosen = np.empty(self.days, dtype=np.int64)
        order, begin = (self.order, self.graph.first)
        if most is not None:
            order, begin = _cheapest_options(option_cost, self.order, self.graph.first, most)
        states = DayTable(self.low, self.high, self.base, self.table() if table is None else table)
        cost = _cheapest_week(self.graph, states, order, begin, option_cost, off_cost, units_cost, before, chosen)
        return cost, chosen


def _reach(g: DayGraph, most: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the least and most units with which each node can be reached; high < low where it cannot."""
    low, high = np.full(len(g.to), most + 1), np.full(len(g.to), -1)
    if g.layers[1] > g.layers[0]:
        low[0] = high[0] = 0
    for day in range(len(g.layers) - 2):
        today = slice(g.first[day], g.first[day + 1])
        units, letter = g.units[today], g.letter[today]
        paid = {int(k): units[letter == k] for k in np.unique(letter)}
        steps = [(0, 0, 0), *((k, int(own.min()), int(own.max())) for k, own in paid.items())]
        for node in range(g.layers[day], g.layers[day + 1]):
            if high[node] < low[node]:
                continue
            for k, least, largest in steps:
                to = int(g.to[node, k])
                if to >= 0:
                    low[to] = min(low[to], low[node] + least)
                    high[to] = min(most, max(high[to], high[node] + largest))
    return low.astype(np.int64), high.astype(np.int64)


@kernel
def _cheapest_options(
    cost: np.ndarray, order: np.ndarray, first: np.ndarray, most: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return `order` of the `most` cheapest options of each day (of equals, all), and where each day begins in it.

    Options that are not allowed are left out.
    """
    out, begin = np.empty(len(order), np.int64), np.zeros(len(first), np.int64)
    for d in range(len(first) - 1):
        today = cost[first[d] : first[d + 1]]
        dearest = np.partition(today, most - 1)[most - 1] if len(today) > most else np.inf
        begin[d + 1] = begin[d]
        for k in range(first[d], first[d + 1]):
            if cost[order[k]] <= dearest and cost[order[k]] < np.inf:
                out[begin[d + 1]] = order[k]
                begin[d + 1] += 1
    return out, begin


@kernel
def _cheapest_week(
    g: DayGraph, table: DayTable, order: np.ndarray, begin: np.ndarray, option_cost: np.ndarray, off_cost: np.ndarray,
    units_cost: np.ndarray, before: int, chosen: np.ndarray,
) -> float:  # fmt: skip
    """Fill `table`, write the best option of each day into `chosen` and return the cost; parameters as of `cheapest`.

    Nine parameters: compiled code gets no objects but arrays.
    """
    if g.layers[1] == g.layers[0]:
        return np.inf
    days = len(g.layers) - 2
    end = g.layers[days]
    width = table.high[end] - table.low[end] + 1
    for r in range(len(g.relax)):
        for i in range(width):
            table.cost[table.base[end] + r * width + i] = units_cost[table.low[end] + i]
    fill_back(g, table, order, begin, option_cost, off_cost, 0, days)
    return float(read_forward(g, table, option_cost, off_cost, 0, days, (0, before, 0), chosen))

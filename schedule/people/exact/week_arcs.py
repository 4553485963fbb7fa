"""The weeks that one person may work as arcs from state to state: node of the day rules, paid units, rest level."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..compile import CompiledPerson

WeekState = tuple[int, int, int]
"""Node of the automaton, paid units so far, and rest level."""


class Bundle(NamedTuple):
    """Options of one day that lead from the same states to the same states.

    Attributes
    ----------
    letter, units
        What the automaton reads, and paid units.
    latest, after
        Highest rest level in which the options are allowed, and the level of the day after.
    """

    letter: int
    units: int
    latest: int
    after: int


class WeekArc(NamedTuple):
    """One day from state to state; `bundle` None = off."""

    begin: WeekState
    bundle: Bundle | None
    end: WeekState


@dataclass(frozen=True)
class WeekArcs:
    """All arcs on some path from the first day to the end, and the options behind them.

    Attributes
    ----------
    days
        Per day its arcs.
    bundles
        Per day the options of each bundle.
    """

    days: list[list[WeekArc]]
    bundles: list[dict[Bundle, list[int]]]

    @property
    def size(self) -> int:
        """Number of arcs and options."""
        return sum(map(len, self.days)) + sum(len(o) for today in self.bundles for o in today.values())


def week_arcs(person: CompiledPerson, free: np.ndarray, most: int) -> WeekArcs | None:
    """Return the arcs of the weeks on options that are `free`, shape (O,); None if more than `most` come up.

    Rest classes that leave the same options and the same classes after days off are one level. Paid units are counted
    only where they have a price or a limit that can bind.
    """
    g, days = person.paths.graph, person.paths.days
    levels = _levels(person, free)
    bundles = [_bundles(person, free, levels, day) for day in range(days)]
    largest = sum(max((b.units for b in today), default=0) for today in bundles)
    top = len(person.units_cost) - 1
    counted = int(largest > top or person.units_cost[0] > 0.0)
    states: set[WeekState] = {(0, 0, int(levels[0][0]))} if days and g.layers[1] > g.layers[0] else set()
    out: list[list[WeekArc]] = []
    total = 0
    for day in range(days):
        rested = {int(levels[day][r]): int(levels[day + 1][g.relax[r]]) for r in range(len(g.relax))}
        arcs = []
        for state in sorted(states):
            node, paid, level = state
            if np.isfinite(person.off_cost[day]) and g.to[node, 0] >= 0:
                arcs.append(WeekArc(state, None, (int(g.to[node, 0]), paid, rested[level])))
            for b in bundles[day]:
                to, then = int(g.to[node, b.letter]), paid + counted * b.units
                if to >= 0 and level <= b.latest and then <= top:
                    arcs.append(WeekArc(state, b, (to, then, b.after)))
        total += len(arcs)
        if total > most:
            return None
        out.append(arcs)
        states = {arc.end for arc in arcs}
    for day in reversed(range(len(out) - 1)):
        alive = {arc.begin for arc in out[day + 1]}
        out[day] = [arc for arc in out[day] if arc.end in alive]
    return WeekArcs(out, bundles)


def _levels(person: CompiledPerson, free: np.ndarray) -> list[np.ndarray]:
    """Return per day, and after the last one, the level of each rest class; later classes have no lower levels."""
    g = person.paths.graph
    out = [np.zeros(len(g.relax), dtype=np.int64)]
    for day in reversed(range(person.paths.days)):
        today = slice(g.first[day], g.first[day + 1])
        latest = g.latest[today][free[today]]
        allowed = (latest[None, :] >= np.arange(len(g.relax))[:, None]).sum(axis=1)
        then = out[-1][g.relax]
        new = (np.diff(allowed) != 0) | (np.diff(then) != 0)
        out.append(np.concatenate([[0], np.cumsum(new)]))
    return out[::-1]


def _bundles(person: CompiledPerson, free: np.ndarray, levels: list[np.ndarray], day: int) -> dict[Bundle, list[int]]:
    """Return the free options of a day by what they lead from and to."""
    g = person.paths.graph
    out: dict[Bundle, list[int]] = defaultdict(list)
    for o in range(int(g.first[day]), int(g.first[day + 1])):
        if free[o]:
            latest, after = int(levels[day][g.latest[o]]), int(levels[day + 1][g.after[o]])
            out[Bundle(int(g.letter[o]), int(g.units[o]), latest, after)].append(o)
    return dict(out)

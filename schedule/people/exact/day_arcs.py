"""The automaton of one person's day rules times the days worked so far, as arcs of a flow."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..compile import CompiledPerson

DayState = tuple[int, int]
"""Node of the automaton, and days worked so far."""


class DayArc(NamedTuple):
    """One day from state to state: `letter` 0 = off, else a shift of a family of that letter."""

    begin: DayState
    letter: int
    end: DayState


def day_arcs(person: CompiledPerson) -> list[list[DayArc]]:
    """Return per day the arcs that lie on some path from the first day to the end.

    Letters without an allowed option on a day, and days off that are not allowed, have no arc. So many days that even
    the shortest shifts exceed the most paid units have none either.
    """
    g, most = person.paths.graph, len(person.units_cost) - 1
    free = np.isfinite(person.option_cost)
    shortest = int(g.units[free].min(initial=most + 1))
    if not person.paths.days or g.layers[1] == g.layers[0]:
        return [[] for _ in range(person.paths.days)]
    states: set[DayState] = {(0, 0)}
    out: list[list[DayArc]] = []
    for day in range(person.paths.days):
        today = slice(g.first[day], g.first[day + 1])
        letters = sorted(set(g.letter[today][free[today]].tolist()))
        arcs = []
        for node, worked in sorted(states):
            if np.isfinite(person.off_cost[day]) and g.to[node, 0] >= 0:
                arcs.append(DayArc((node, worked), 0, (int(g.to[node, 0]), worked)))
            if (worked + 1) * shortest <= most:
                arcs += [
                    DayArc((node, worked), k, (int(g.to[node, k]), worked + 1)) for k in letters if g.to[node, k] >= 0
                ]
        out.append(arcs)
        states = {arc.end for arc in arcs}
    for day in reversed(range(len(out) - 1)):
        alive = {arc.begin for arc in out[day + 1]}
        out[day] = [arc for arc in out[day] if arc.end in alive]
    return out

"""What one person alone could work in the week, by dynamic programming over its days.

`people.week_paths` answers another question: the cheapest week for one price list. Its automaton would be compiled anew
for each number of days and for each rule that is left out, its rest classes for each band of starts. One sweep over the
days here finds the least hours of every number of days and reads the rules themselves.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass

from ..exchange.cells import Cell, ShiftPool
from ..rules.number_of_days import NumberOfDays
from ..rules.rest_min import RestMin
from ..rules.rule import FamilyRule, WorkRule

Labels = list[tuple[int, float]]
"""(first slot at which the next shift may start, paid hours so far), none better than another in both."""


@dataclass(frozen=True)
class _State:
    """Where a partial week stands: days worked, and the state of each rule about days and about families."""

    worked: int
    work: tuple[Hashable, ...]
    family: tuple[Hashable, ...]


def least_hours(pool: ShiftPool, agent: int = 0) -> tuple[float, ...]:
    """Return, for 0, 1, 2, … days worked, the least paid hours of a week of that many days; infinite where none is.

    The week obeys every rule except the contract's limits of hours and days, and has the shifts that must be worked.
    """
    most = pool.problem.rules.max_start_spread_min
    options = pool.options[agent]
    if most is None:
        return _least_hours(pool, agent, options)
    minutes = sorted({pool.cells[c].minute for c in options})
    bands = [tuple(c for c in options if low <= pool.cells[c].minute <= low + most) for low in minutes]
    found = [_least_hours(pool, agent, band) for band in bands] or [_least_hours(pool, agent, ())]
    longest = max(map(len, found))
    return tuple(min((hours[k] for hours in found if k < len(hours)), default=math.inf) for k in range(longest))


def _least_hours(pool: ShiftPool, agent: int, options: tuple[int, ...]) -> tuple[float, ...]:
    rules, days = pool.rules[agent], len(pool.problem.grid.dates)
    work = tuple(r for r in rules.work if not isinstance(r, NumberOfDays))
    rest = RestMin.of(pool.problem, pool.staff[agent]).slots
    begin = _State(0, tuple(r.begin() for r in work), tuple(r.begin() for r in rules.family))
    musts = {f.day for f in rules.fixed.musts}
    states: dict[_State, Labels] = {begin: [(pool.staff[agent].earliest, 0.0)]}
    for day in range(days):
        today = [pool.cells[c] for c in options if pool.cells[c].day == day]
        shifts = {f: _essential([c for c in today if c.shift.family == f]) for f in {c.shift.family for c in today}}
        after: dict[_State, Labels] = defaultdict(list)
        for at, labels in states.items():
            for family in ("", *shifts) if day not in musts else shifts:
                to = _step(work, rules.family, at, day, family)
                if to is None:
                    continue
                after[to] += (
                    labels
                    if not family
                    else [
                        (end + rest, paid + more)
                        for ready, paid in labels
                        for start, end, more in shifts[family]
                        if start >= ready
                    ]
                )
        states = {at: _best(labels) for at, labels in after.items() if labels}
    least: dict[int, float] = {}
    for at, labels in states.items():
        if all(rule.accepts(state) for rule, state in zip(work, at.work, strict=True)):
            least[at.worked] = min(least.get(at.worked, math.inf), min(paid for _, paid in labels))
    return tuple(least.get(k, math.inf) for k in range(max(least, default=-1) + 1))


def _step(
    work: tuple[WorkRule, ...], families: tuple[FamilyRule, ...], at: _State, day: int, family: str
) -> _State | None:
    """Return the state after a day of `family` ("" = off); None where that breaks a rule."""
    by_work = tuple(r.step(s, day, bool(family)) for r, s in zip(work, at.work, strict=True))
    by_family = tuple(r.step(s, day, family) for r, s in zip(families, at.family, strict=True))
    return None if None in by_work or None in by_family else _State(at.worked + bool(family), by_work, by_family)


def _essential(cells: list[Cell]) -> list[tuple[int, int, float]]:
    """Return (start, end, paid hours) of the cells, without those that another one of the same start beats in both."""
    out: list[tuple[int, int, float]] = []
    for start, end, paid in sorted((c.shift.start, c.shift.end, c.paid_h) for c in cells):
        if not out or out[-1][0] != start or paid < out[-1][2]:
            out.append((start, end, paid))
    return out


def _best(labels: Labels) -> Labels:
    """Return the labels that no other one beats: free again earlier, or with fewer paid hours."""
    out: Labels = []
    for ready, paid in sorted(set(labels)):
        if not out or paid < out[-1][1] - 1e-9:
            out.append((ready, paid))
    return out

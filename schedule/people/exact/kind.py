"""The weeks of alike people as one whole flow, which splits into a legal week for each of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...problem.problem import ScheduleProblem
from ..best_week import ChosenWeek
from ..compile import CompiledPerson
from .program import Pairs, Program
from .spread import windows_of_starts
from .week_arcs import Bundle, WeekArc, WeekArcs, WeekState, week_arcs


@dataclass(frozen=True)
class Copy:
    """The flow of those whose starts lie in one window.

    Attributes
    ----------
    flow
        Per day the whole column of each arc.
    work
        Option → whole column, people of the copy on it.
    """

    arcs: WeekArcs
    flow: Sequence[Mapping[WeekArc, Any]]
    work: Mapping[int, Any]


@dataclass(frozen=True)
class KindColumns:
    """Where the weeks of alike people stand in the model: a copy of the flow per window of starts.

    Attributes
    ----------
    numbers
        Their places in the staff.
    """

    person: CompiledPerson
    numbers: tuple[int, ...]
    copies: Sequence[Copy]

    def taken(self) -> list[tuple[int, Any]]:
        """Return (option, column) of all columns that put people on options."""
        return [pair for copy in self.copies for pair in copy.work.items()]

    def options(self, values: Mapping[str, float]) -> list[np.ndarray]:
        """Return the option of each day, −1 = off, shape (D,), for each of the people."""
        out = []
        for copy in self.copies:
            left = [{arc: round(values[x.name]) for arc, x in today.items()} for today in copy.flow]
            free = {o: round(values[x.name]) for o, x in copy.work.items()}
            for _ in range(sum(left[0].values()) if left else 0):
                week = np.full(len(left), -1, dtype=np.int64)
                state = next(iter(copy.flow[0])).begin
                for day, today in enumerate(left):
                    arc = next(a for a, n in today.items() if n > 0 and a.begin == state)
                    today[arc] -= 1
                    state = arc.end
                    if arc.bundle is not None:
                        week[day] = next(o for o in copy.arcs.bundles[day][arc.bundle] if free.get(o, 0) > 0)
                        free[int(week[day])] -= 1
                out.append(week)
        return out

    def start(self, weeks: Sequence[ChosenWeek]) -> dict[str, float]:
        """Return a value for every whole column."""
        count: dict[str, float] = {x.name: 0.0 for copy in self.copies for today in copy.flow for x in today.values()}
        count |= {x.name: 0.0 for copy in self.copies for x in copy.work.values()}
        for week in weeks:
            worked = [o for o in week.options.tolist() if o >= 0]
            copy = next((c for c in self.copies if c.flow[0] and all(o in c.work for o in worked)), None)
            if copy is not None:
                _follow(copy, week, count)
        return count


def _follow(copy: Copy, week: ChosenWeek, count: dict[str, float]) -> None:
    """Add the columns of one person's week to `count`."""
    state = next(iter(copy.flow[0])).begin
    for day, o in enumerate(week.options.tolist()):
        bundle = next((b for b, options in copy.arcs.bundles[day].items() if o in options), None)
        arc = next((a for a in copy.flow[day] if a.begin == state and a.bundle == bundle), None)
        if arc is None:
            return
        count[copy.flow[day][arc].name] += 1.0
        if o >= 0:
            count[copy.work[o].name] += 1.0
        state = arc.end


def kind_arcs(problem: ScheduleProblem, person: CompiledPerson, most: int) -> list[WeekArcs] | None:
    """Return the arcs of each window of starts; None if more than `most` come up, or weeks may meet themselves."""
    options, free = person.options, np.isfinite(person.option_cost)
    if problem.cyclic and (options.start + options.length > len(problem.grid))[free].any():
        return None
    spread, minutes = problem.rules.max_start_spread_min, np.unique(options.minute[free]).tolist()
    windows = [free]
    if spread is not None and minutes:
        lows = windows_of_starts(minutes, spread)
        windows = [free & (options.minute >= low) & (options.minute <= low + spread) for low in lows]
    out, total = [], 0
    for window in windows:
        arcs = week_arcs(person, window, most - total)
        if arcs is None:
            return None
        total += arcs.size
        out.append(arcs)
    return out if total <= most else None


def add_kind(
    program: Program, person: CompiledPerson, numbers: Sequence[int], windows: Sequence[WeekArcs]
) -> KindColumns:
    """Add the columns and rows of alike people.

    ``Σ arcs out of the first states = people``, ``Σ arcs into a state = Σ arcs out of it``,
    ``Σ options of a day and bundle = Σ arcs of that day and bundle``
    """
    first, people = numbers[0], len(numbers)
    copies = []
    source: Pairs = []
    for c, arcs in enumerate(windows):
        flow: list[dict[WeekArc, Any]] = []
        work: dict[int, Any] = {}
        balance: dict[WeekState, Pairs] = defaultdict(list)
        for day, today in enumerate(arcs.days):
            of_bundle: dict[Bundle, Pairs] = defaultdict(list)
            flow.append({})
            for i, arc in enumerate(today):
                cost = float(person.off_cost[day]) if arc.bundle is None else 0.0
                if day == len(arcs.days) - 1:
                    cost += float(person.units_cost[arc.end[1]])
                x = program.column(f"flow_{first}_{c}_{day}_{i}", people, cost=cost, whole=True)
                flow[day][arc] = x
                if arc.bundle is not None:
                    of_bundle[arc.bundle].append((x, -1.0))
                balance[arc.begin].append((x, -1.0))
                if day < len(arcs.days) - 1:
                    balance[arc.end].append((x, 1.0))
            for i, (bundle, pairs) in enumerate(of_bundle.items()):
                for o in arcs.bundles[day][bundle]:
                    work[o] = program.column(
                        f"work_{first}_{c}_{o}", people, cost=float(person.option_cost[o]), whole=True
                    )
                    pairs.append((work[o], 1.0))
                program.row(f"bundle_{first}_{c}_{day}_{i}", pairs, "==", 0.0)
        if arcs.days and arcs.days[0]:
            source += balance.pop(arcs.days[0][0].begin)
        for i, pairs in enumerate(balance.values()):
            program.row(f"state_{first}_{c}_{i}", pairs, "==", 0.0)
        copies.append(Copy(arcs, flow, work))
    program.row(f"people_{first}", source, "==", -float(people))
    return KindColumns(person, tuple(numbers), copies)

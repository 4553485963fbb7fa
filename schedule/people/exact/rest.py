"""Rest between two shifts of one person, as rows: the rest classes of the dynamic programme, day against day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from ...problem.problem import ScheduleProblem
from ..compile import CompiledPerson
from .program import Pairs, Program

Classed = list[tuple[int, Any]]
"""(rest class, column)."""


def add_rest(
    program: Program, problem: ScheduleProblem, person: CompiledPerson, number: int, work: dict[int, Any],
    fresh: dict[int, Pairs],
) -> None:  # fmt: skip
    """Add the rest between any two days, and in a cyclic week between its end and its beginning.

    For the classes c that part the options of day d from those of day d + 1:
    ``Σ_{d: after >= c} x + Σ_{d + 1: latest < c} x <= 1`` and
    ``Σ_{d + 1: latest < c} x <= Σ_{d: after < c} x + (flow that works on d + 1 after a day off)``.
    Over days off the class is relaxed for each of them, and only rows of the first form are needed.

    Parameters
    ----------
    work
        Option → column.
    fresh
        Per day the flow that works on it after a day off.
    """
    g, day_of = person.paths.graph, person.options.day
    latest: dict[int, Classed] = defaultdict(list)
    after: dict[int, Classed] = defaultdict(list)
    for o, x in work.items():
        latest[int(day_of[o])].append((int(g.latest[o]), x))
        after[int(day_of[o])].append((int(g.after[o]), x))
    alone = bool((g.after >= g.relax[g.latest]).all())  # a shift between two that are too close is itself too close
    for day in sorted(after):
        ready, between = after[day], Pairs()
        for later in range(day + 1, person.paths.days):
            for i, (c, late, early) in enumerate(_apart(ready, latest[later])):
                name = f"{number}_{day}_{later}_{i}"
                pairs: Pairs = [(x, 1.0) for x in (*late, *early)]
                program.row(f"rest_{name}", pairs + ([] if alone else between), "<=", 1.0)
                if later == day + 1:
                    ending = [(x, -1.0) for r, x in ready if r < c]
                    rested = [(flow, -1.0) for flow, _ in fresh[later]]
                    program.row(f"fresh_{name}", [*((x, 1.0) for x in early), *ending, *rested], "<=", 0.0)
            between += [(x, -1.0) for _, x in latest[later]]
            ready = [(int(g.relax[r]), x) for r, x in ready]
    if problem.cyclic:
        _add_meeting(program, len(problem.grid), person, number, work)


def _apart(ready: Classed, latest: Classed) -> Iterator[tuple[int, list[Any], list[Any]]]:
    """Return the classes c at which the answer changes, the columns ready at c or later, and those too early for c."""
    seen = 0
    for c in sorted({r for r, _ in ready}):
        early = [x for r, x in latest if r < c]
        if len(early) > seen:
            seen = len(early)
            yield c, [x for r, x in ready if r >= c], early


def _add_meeting(program: Program, slots: int, person: CompiledPerson, number: int, work: dict[int, Any]) -> None:
    """Ensures that a shift that runs past the end of a cyclic week does not meet the same person's first one.

    ``Σ_{d: end past the week's >= e} x + Σ_{d': start < e} x <= 1`` for each such end e
    """
    options = person.options
    past, begin = options.start + options.length - slots, options.start
    for day in sorted({int(options.day[o]) for o in work if past[o] > 0}):
        over = [(int(past[o]), x) for o, x in work.items() if options.day[o] == day and past[o] > 0]
        most = max(e for e, _ in over)
        for first in sorted({int(options.day[o]) for o in work if begin[o] < most} - {day}):
            starts = [(int(begin[o]), x) for o, x in work.items() if options.day[o] == first]
            for i, (_, late, early) in enumerate(_apart(over, starts)):
                program.row(f"meet_{number}_{day}_{first}_{i}", [(x, 1.0) for x in (*late, *early)], "<=", 1.0)

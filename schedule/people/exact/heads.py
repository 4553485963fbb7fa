"""Heads on the phone: people on each shift added up, breaks pooled over everybody, as running sums through the week."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...problem.problem import ScheduleProblem
from ..best_week import ChosenWeek
from ..compile import CompiledPerson, CompiledStaff
from .breaks import Pool, deal
from .program import Pairs, Program

Shifted = tuple[int, int]
"""Group of people, and place of a shift among the problem's."""

Stretch = tuple[int, int, Any, float]
"""First slot, slot after the last, and a column that adds so many heads in between for each of its units."""


@dataclass(frozen=True)
class HeadColumns:
    """Where heads stand in the model.

    Attributes
    ----------
    count
        People of a group on a shift, whole.
    pause
        Breaks of a pool that start in a slot, whole.
    phone
        Per group the column of the heads on the phone in each slot; None = nobody can be there.
    """

    staff: CompiledStaff
    count: Mapping[Shifted, Any]
    pause: Mapping[tuple[Pool, int], Any]
    phone: Sequence[Sequence[Any]] = field(repr=False)

    def start(self, weeks: Sequence[ChosenWeek]) -> dict[str, float]:
        """Return a value for every whole column such that the model states `weeks`."""
        on, started = defaultdict[Shifted, int](int), defaultdict[tuple[Pool, int], int](int)
        for person, week in zip(self.staff.people, weeks, strict=True):
            for d, o in enumerate(week.options.tolist()):
                if o >= 0:
                    on[person.group, int(person.options.position[o])] += 1
                    for k, pool, opens in _windows(person, o):
                        first = int(person.options.break_low[o, k])
                        started[pool, _wrapped(self.staff.problem, opens + int(week.breaks[d, k]) - first)] += 1
        return {x.name: float(on[key]) for key, x in self.count.items()} | {
            x.name: float(started[key]) for key, x in self.pause.items()
        }

    def weeks(self, chosen: Sequence[np.ndarray], values: Mapping[str, float]) -> list[ChosenWeek]:
        """Return everybody's week from the options chosen, the breaks being dealt out of the pools."""
        problem = self.staff.problem
        out, owed = [], defaultdict[Pool, list[tuple[int, np.ndarray, int, int]]](list)
        for person, options in zip(self.staff.people, chosen, strict=True):
            breaks = np.zeros((len(options), person.options.break_slots.shape[1]), dtype=np.int64)
            for d, o in enumerate(options.tolist()):
                if o >= 0:
                    breaks[d] = person.options.break_low[o]
                    for k, pool, opens in _windows(person, o):
                        owed[pool].append((_wrapped(problem, opens), breaks, d, k))
            out.append(ChosenWeek(options, breaks))
        for pool, windows in owed.items():
            starts = [t for (p, t), x in self.pause.items() if p == pool for _ in range(round(values[x.name]))]
            waits = deal([w[0] for w in windows], starts, len(problem.grid) if problem.cyclic else None)
            for (_, breaks, d, k), wait in zip(windows, waits, strict=True):
                breaks[d, k] += wait
        return out


def _wrapped(problem: ScheduleProblem, slot: int) -> int:
    """Return the slot itself; in a cyclic week the one of the week that it stands for."""
    return slot % len(problem.grid) if problem.cyclic else slot


def _windows(person: CompiledPerson, o: int) -> list[tuple[int, Pool, int]]:
    """Return (break, pool, slot in which its window opens) of the breaks of an option whose start is free."""
    options = person.options
    out = []
    for k in np.flatnonzero(options.break_slots[o]).tolist():
        low, high = int(options.break_low[o, k]), int(options.break_high[o, k])
        if high > low:
            out.append((k, Pool(person.group, int(options.break_slots[o, k]), high - low), int(options.start[o]) + low))
    return out


def add_heads(program: Program, staff: CompiledStaff, taken: Iterable[tuple[CompiledPerson, int, Any]]) -> HeadColumns:
    """Add the heads of everybody's columns.

    ``count[shift] = Σ columns of people of the group on the shift``

    Parameters
    ----------
    taken
        Person, option and column of all columns that put people on options.
    """
    of_shift: dict[Shifted, Pairs] = defaultdict(list)
    example: dict[Shifted, tuple[CompiledPerson, int]] = {}
    for person, o, x in taken:
        key = (person.group, int(person.options.position[o]))
        of_shift[key].append((x, -1.0))
        example[key] = person, o
    count: dict[Shifted, Any] = {}
    stretches: dict[int, list[Stretch]] = defaultdict(list)
    for (g, i), pairs in of_shift.items():
        count[g, i] = program.column(f"count_{g}_{i}", sum(x.upBound for x, _ in pairs), whole=True)
        program.row(f"count_{g}_{i}", [(count[g, i], 1.0), *pairs], "==", 0.0)
        stretches[g] += [(begin, end, count[g, i], sign) for begin, end, sign in _inside(*example[g, i])]
    opening: dict[Pool, dict[int, dict[Shifted, int]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
    for key, (person, o) in example.items():
        for _, pool, opens in _windows(person, o):
            opening[pool][_wrapped(staff.problem, opens)][key] += 1
    pause: dict[tuple[Pool, int], Any] = {}
    for pool, opens_at in opening.items():
        for t, x in _add_pool(program, staff.problem, pool, opens_at, count).items():
            pause[pool, t] = x
            stretches[pool.group].append((t, t + pool.slots, x, -1.0))
    people = np.bincount([p.group for p in staff.people], minlength=len(staff.skills))
    phone = [_add_phone(program, staff.problem, g, int(n), stretches[g]) for g, n in enumerate(people)]
    return HeadColumns(staff, count, pause, phone)


def _inside(person: CompiledPerson, o: int) -> list[tuple[int, int, float]]:
    """Return (first slot, slot after the last, heads) of an option: its shift, less the breaks without a choice."""
    options = person.options
    begin = int(options.start[o])
    out = [(begin, begin + int(options.length[o]), 1.0)]
    for k in np.flatnonzero((options.break_slots[o] > 0) & (options.break_low[o] == options.break_high[o])).tolist():
        at = begin + int(options.break_low[o, k])
        out.append((at, at + int(options.break_slots[o, k]), -1.0))
    return out


def _add_pool(
    program: Program, problem: ScheduleProblem, pool: Pool, opening: Mapping[int, Mapping[Shifted, int]],
    count: Mapping[Shifted, Any],
) -> dict[int, Any]:  # fmt: skip
    """Add the breaks of one pool and return the column of those that start in each slot.

    ``owed[t] = owed[t − 1] + count of windows that open at t − pause[t]``,
    ``owed[t] <= count of windows open at t and at t + 1``

    Parameters
    ----------
    opening
        Slot → shift → windows that open there for each head on it.
    """
    name = "_".join(map(str, pool))
    out: dict[int, Any] = {}
    owed: dict[int, Any] = {}
    for t in sorted({_wrapped(problem, t + i) for t in opening for i in range(pool.width + 1)}):
        waiting: dict[Shifted, int] = defaultdict(int)
        for i in range(pool.width):
            for key, n in opening.get(_wrapped(problem, t - i), {}).items():
                waiting[key] += n
        last = opening.get(_wrapped(problem, t - pool.width), {})
        still = sum(n * count[key].upBound for key, n in waiting.items())
        out[t] = program.column(f"pause_{name}_{t}", still + sum(n * count[key].upBound for key, n in last.items()),
                                whole=True)  # fmt: skip
        owed[t] = program.column(f"owed_{name}_{t}", still)
        pairs = [(count[key], -float(n)) for key, n in waiting.items()]
        program.row(f"open_{name}_{t}", [(owed[t], 1.0), *pairs], "<=", 0.0)
    for t, x in out.items():
        before = owed.get(_wrapped(problem, t - 1))
        pairs = [(owed[t], 1.0), (x, 1.0), *([(before, -1.0)] if before is not None else [])]
        pairs += [(count[key], -float(n)) for key, n in opening.get(t, {}).items()]
        program.row(f"owed_{name}_{t}", pairs, "==", 0.0)
    return out


def _add_phone(
    program: Program, problem: ScheduleProblem, group: int, people: int, stretches: Sequence[Stretch]
) -> list[Any]:
    """Add the heads on the phone of one group as a running sum; a column per slot, None before anybody can be there.

    ``phone[t] = phone[t − 1] + beginning at t − ended at t``; before the first slot of a cyclic week are the heads
    that run past its end.
    """
    size = len(problem.grid)
    change: dict[int, dict[str, tuple[Any, float]]] = defaultdict(dict)
    for begin, end, x, sign in stretches:
        if problem.cyclic:
            begin, end = begin % size, begin % size + end - begin
            moments = [(begin, sign), (end % size, -sign)] + [(0, sign)] * (end >= size)
        else:
            moments = [(t, s) for t, s in ((begin, sign), (end, -sign)) if t < size]
        for t, s in moments:
            change[t][x.name] = x, s + change[t].get(x.name, (x, 0.0))[1]
    phone: list[Any] = []
    last = None
    for t in range(size):
        terms = [(x, -c) for x, c in change[t].values() if c] if t in change else []
        if terms:
            now = program.column(f"phone_{group}_{t}", people)
            terms += [(now, 1.0)] + ([(last, -1.0)] if last is not None else [])
            program.row(f"inside_{group}_{t}", terms, "==", 0.0)
            last = now
        phone.append(last)
    return phone

"""Who works which queue when: everybody's weeks become shifts with queues, and with few moves between queues.

In each slot the people of several queues are assigned to the heads that are worth most (a linear assignment). A person
stays on the queue if a move gains less than `move_gain`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from scipy.optimize import linear_sum_assignment

from ..problem.heads import heads_planned
from ..problem.shifts import PlannedShift
from .best_week import ChosenWeek
from .compile import CompiledStaff

NEVER = 1e9
"""Price of a queue that somebody may not work."""


def planned_shifts(
    staff: CompiledStaff, weeks: Sequence[ChosenWeek], head_worth: np.ndarray, before: np.ndarray, move_gain: float
) -> dict[str, tuple[PlannedShift, ...]]:
    """Return agent → shifts by start, with breaks and queues.

    Parameters
    ----------
    weeks
        One per person.
    head_worth
        Worth of the (n + 1)-th head, never rising in n, shape (Q, S, N).
    before
        Heads of last week's shifts that run on, shape (Q, S).
    move_gain
        Least gain of a move to another queue, in hours' mean wages.
    """
    shifts = [_shifts(staff, a, week) for a, week in enumerate(weeks)]
    queue = _queues(staff, shifts, head_worth, before, move_gain)
    names = [d.queue for d in staff.problem.demands]
    return {
        person.agent.id: tuple(_with_queues(p, queue[a], names, int(staff.skills[person.group].argmax())) for p in mine)
        for a, (person, mine) in enumerate(zip(staff.people, shifts, strict=True))
    }


def weeks_of_plan(staff: CompiledStaff, planned: Mapping[str, Sequence[PlannedShift]]) -> list[ChosenWeek]:
    """Return everybody's week of a plan; shifts that a person's contract does not allow are left out."""
    out = []
    for person in staff.people:
        days, most_breaks = staff.problem.horizon.days, person.options.break_slots.shape[1]
        week = ChosenWeek(np.full(days, -1, dtype=np.int64), np.zeros((days, most_breaks), dtype=np.int64))
        for p in planned.get(person.agent.id, ()):
            option = person.options.option_of.get(p.shift.key, -1)
            week.options[p.shift.day] = option
            week.breaks[p.shift.day, : len(p.breaks)] = p.breaks
        out.append(week)
    return out


def _shifts(staff: CompiledStaff, a: int, week: ChosenWeek) -> list[PlannedShift]:
    """Return the shifts of person number `a`: on the person's only queue, or on none yet."""
    person = staff.people[a]
    own = np.flatnonzero(staff.skills[person.group])
    queue = staff.problem.demands[int(own[0])].queue if len(own) == 1 else ""
    chosen = (
        (person.options.shifts[o], breaks)
        for o, breaks in zip(week.options.tolist(), week.breaks.tolist(), strict=True)
        if o >= 0
    )
    return [PlannedShift(s, tuple(breaks[: len(s.breaks)]), queue, person.agent.contract) for s, breaks in chosen]


def _queues(
    staff: CompiledStaff,
    shifts: Sequence[Sequence[PlannedShift]],
    head_worth: np.ndarray,
    before: np.ndarray,
    move_gain: float,
) -> list[dict[int, int]]:
    """Return per person slot → number of the queue worked in it; slots are not wrapped round the week's end.

    People of one queue have no entries: they work that queue throughout.
    """
    problem, size = staff.problem, len(staff.problem.grid)
    is_open = np.array([d.open for d in problem.demands])
    heads = before + _heads_of_one_queue(staff, shifts)
    out: list[dict[int, int]] = [{} for _ in shifts]
    mixed: list[list[tuple[int, int, int]]] = [[] for _ in range(size)]
    for a, mine in enumerate(shifts):
        for p in mine:
            for s in () if p.queue else (s for s in p.phone if problem.cyclic or s < size):
                mixed[s % size].append((a, s, p.shift.start))
    at: dict[tuple[int, int], int] = {}
    for t, here in enumerate(mixed):
        if here:
            may = is_open[:, t] & staff.skills[[staff.people[a].group for a, _, _ in here]]
            was = np.array([at.get((a, start), -1) for a, _, start in here])
            split = _split(may, was, head_worth[:, t], heads[:, t], move_gain * staff.wage)
            for (a, s, start), q in zip(here, split, strict=True):
                out[a][s] = at[a, start] = q
    for a, mine in enumerate(shifts if not problem.cyclic else ()):
        own = np.flatnonzero(staff.skills[staff.people[a].group])
        for p in (p for p in mine if not p.queue):
            out[a] |= _past_end(p, [int(q) for q in own], out[a], size, problem.reach)
    return out


def _past_end(
    p: PlannedShift, own: Sequence[int], queue: Mapping[int, int], size: int, is_open: np.ndarray
) -> dict[int, int]:
    """Return slot → queue past the planned days: the one worked before as long as that is open, else another."""
    out: dict[int, int] = {}
    at = next((queue[s] for s in reversed(p.phone) if s < size), own[0])
    for s in (s for s in p.phone if s >= size):
        at = at if is_open[at, s] else next(q for q in own if is_open[q, s])
        out[s] = at
    return out


def _heads_of_one_queue(staff: CompiledStaff, shifts: Sequence[Sequence[PlannedShift]]) -> np.ndarray:
    """Return the heads on the phone of the `shifts` that have a queue already, shape (Q, S)."""
    names = [d.queue for d in staff.problem.demands]
    planned = heads_planned(staff.problem, [p for mine in shifts for p in mine if p.queue])
    return np.array([planned[name] - staff.problem.before.get(name, 0) for name in names], dtype=np.int64)


def _split(may: np.ndarray, was: np.ndarray, head_worth: np.ndarray, heads: np.ndarray, move_price: float) -> list[int]:
    """Return the queue of each of P people in one slot.

    Parameters
    ----------
    may
        Which queues each may work, shape (P, Q).
    was
        The queue each worked before, −1 = none, shape (P,).
    head_worth
        Worth of the (n + 1)-th head, shape (Q, N).
    heads
        Heads that are there already, shape (Q,).
    move_price
        Price of a move to another queue.
    """
    count, queues = may.shape
    steps = heads[:, None] + np.arange(count)
    last = head_worth.shape[1] - 1
    worth = np.where(steps <= last, np.take_along_axis(head_worth, np.minimum(steps, last), 1), 0.0)
    price = np.where(may, move_price * ((was[:, None] >= 0) & (was[:, None] != np.arange(queues))), NEVER)
    _, columns = linear_sum_assignment(np.repeat(price, count, axis=1) - worth.ravel())
    return [int(q) for q in columns // count]


def _with_queues(p: PlannedShift, queue: Mapping[int, int], names: Sequence[str], other: int) -> PlannedShift:
    """Return `p` with the queues of its slots, or on `other` where no slot lies in the planned days."""
    if p.queue:
        return p
    worked = [(s, queue[s]) for s in p.phone if s in queue]
    moves = [(s - p.shift.start, names[q]) for (_, was), (s, q) in pairwise(worked) if q != was]
    return replace(p, queue=names[worked[0][1] if worked else other], moves=tuple(moves))

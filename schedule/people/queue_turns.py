"""Who works which queue when: everybody's weeks and the heads' worth become shifts, with as few moves as it is worth.

In each slot the people of several queues are assigned to the heads that are worth most (a linear assignment); whoever
would gain less than `MOVE` by moving to another queue stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from scipy.optimize import linear_sum_assignment

from ..problem.shifts import PlannedShift
from .best_week import Chosen
from .compile import People

MOVE = 0.02
"""What a move to another queue must gain, in hours' wages."""

NEVER = 1e9
"""Price of a queue that somebody may not work."""


def assigned(
    people: People, weeks: Sequence[Chosen], slope: np.ndarray, before: np.ndarray
) -> dict[str, tuple[PlannedShift, ...]]:
    """Return agent → shifts by start, breaks placed and queues told.

    Parameters
    ----------
    weeks
        One per person.
    slope
        Worth of the (n + 1)-th head, never rising in n, shape (Q, S, N).
    before
        Heads of last week's shifts that run on, shape (Q, S).
    """
    shifts = [_shifts(people, a, week) for a, week in enumerate(weeks)]
    queue = _queues(people, shifts, slope, before)
    names = [d.queue for d in people.problem.demands]
    return {
        person.agent.id: tuple(_told(p, queue[a], names, int(people.can[person.group].argmax())) for p in mine)
        for a, (person, mine) in enumerate(zip(people.persons, shifts, strict=True))
    }


def chosen(people: People, planned: Mapping[str, Sequence[PlannedShift]]) -> list[Chosen]:
    """Return everybody's week of a plan that `assigned` made; what is not among a person's shifts is left out."""
    out = []
    for person in people.persons:
        days, width = len(people.problem.grid.dates), person.menu.slots.shape[1]
        week = Chosen(np.full(days, -1, dtype=np.int64), np.zeros((days, width), dtype=np.int64))
        for p in planned.get(person.agent.id, ()):
            option = person.menu.place.get(p.shift.key, -1)
            week.options[p.shift.day] = option
            week.breaks[p.shift.day, : len(p.breaks)] = p.breaks
        out.append(week)
    return out


def _shifts(people: People, a: int, week: Chosen) -> list[PlannedShift]:
    """Return the shifts of person number `a`, on no queue yet."""
    person = people.persons[a]
    chosen = (
        (person.menu.shifts[o], breaks)
        for o, breaks in zip(week.options.tolist(), week.breaks.tolist(), strict=True)
        if o >= 0
    )
    return [PlannedShift(s, tuple(breaks[: len(s.breaks)]), "", person.agent.contract) for s, breaks in chosen]


def _queues(
    people: People, shifts: Sequence[Sequence[PlannedShift]], slope: np.ndarray, before: np.ndarray
) -> list[dict[int, int]]:
    """Return per person slot → number of the queue worked in it; slots are not wrapped round the week's end."""
    problem, size = people.problem, len(people.problem.grid)
    is_open = np.array([d.open for d in problem.demands])
    heads = before.copy()
    out: list[dict[int, int]] = [{} for _ in shifts]
    mixed: list[list[tuple[int, int, int]]] = [[] for _ in range(size)]
    for a, mine in enumerate(shifts):
        own = np.flatnonzero(people.can[people.persons[a].group])
        for p in mine:
            for s in (s for s in p.phone if problem.cyclic or s < size):
                if len(own) == 1:
                    out[a][s] = int(own[0])
                    heads[own[0], s % size] += 1
                else:
                    mixed[s % size].append((a, s, p.shift.start))
    at: dict[tuple[int, int], int] = {}
    for t, here in enumerate(mixed):
        if here:
            may = is_open[:, t] & people.can[[people.persons[a].group for a, _, _ in here]]
            was = np.array([at.get((a, start), -1) for a, _, start in here])
            for (a, s, start), q in zip(
                here, _split(may, was, slope[:, t], heads[:, t], MOVE * people.wage), strict=True
            ):
                out[a][s] = at[a, start] = q
    return out


def _split(may: np.ndarray, was: np.ndarray, slope: np.ndarray, heads: np.ndarray, move: float) -> list[int]:
    """Return the queue of each of P people in one slot.

    Parameters
    ----------
    may
        Which queues each may work, shape (P, Q).
    was
        The queue each worked before, −1 = none, shape (P,).
    slope
        Worth of the (n + 1)-th head, shape (Q, N).
    heads
        Who is there already, shape (Q,).
    """
    count, queues = may.shape
    steps = heads[:, None] + np.arange(count)
    worth = np.where(steps < slope.shape[1], np.take_along_axis(slope, np.minimum(steps, slope.shape[1] - 1), 1), 0.0)
    price = np.where(may, move * ((was[:, None] >= 0) & (was[:, None] != np.arange(queues))), NEVER)
    _, columns = linear_sum_assignment(np.repeat(price, count, axis=1) - worth.ravel())
    return [int(q) for q in columns // count]


def _told(p: PlannedShift, queue: Mapping[int, int], names: Sequence[str], other: int) -> PlannedShift:
    """Return `p` with the queues of its slots, or `other` where none lies in the week."""
    worked = [(s, queue[s]) for s in p.phone if s in queue]
    moves = [(s - p.shift.start, names[q]) for (_, was), (s, q) in pairwise(worked) if q != was]
    return replace(p, queue=names[worked[0][1] if worked else other], moves=tuple(moves))

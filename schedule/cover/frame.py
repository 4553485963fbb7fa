"""What every model of one cover shares: groups, limits, and which head may do what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..problem.problem import Demand, ScheduleProblem
from ..problem.shifts import Shift
from ..rules.may_work import may_work
from ..rules.registry import musts_of
from .groups import DayLimit, Freedom, Group, WeekLimit, day_limits, groups_of, week_limit

Column = tuple[int, int, int]
"""Numbers of a group, a queue and a shift: heads of that group on that shift of that queue."""


@dataclass(frozen=True)
class Frame:
    """A schedule problem with its groups, limits and columns worked out once.

    Numbers of groups, queues and shifts are positions in `groups`, ``problem.demands`` and ``problem.shifts``.
    """

    problem: ScheduleProblem

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The groups of people."""
        return groups_of(self.problem)

    @cached_property
    def freedoms(self) -> tuple[Freedom, ...]:
        """Per group who is free for what."""
        return tuple(Freedom.of(self.problem, g) for g in self.groups)

    @cached_property
    def day_limits(self) -> tuple[DayLimit, ...]:
        """Limits on the heads of limited groups by day and start band."""
        return tuple(
            limit
            for number, freedom in enumerate(self.freedoms)
            if freedom.group.limited
            for limit in day_limits(number, freedom, self.problem)
        )

    @cached_property
    def week_limits(self) -> dict[int, WeekLimit]:
        """Per limited group what the week allows and asks."""
        return {
            number: week_limit(freedom, self.problem, self.problem.contracts[freedom.group.contract or ""])
            for number, freedom in enumerate(self.freedoms)
            if freedom.group.limited
        }

    @cached_property
    def must_people(self) -> dict[tuple[int, int], list[frozenset[int]]]:
        """Per group and day, for each person who must work then, the shifts of the group that they may work."""
        out: dict[tuple[int, int], list[frozenset[int]]] = {}
        by_day: dict[tuple[int, int], set[int]] = defaultdict(set)
        for g, _, j in self.columns:
            by_day[g, self.shifts[j].day].add(j)
        for number, group in enumerate(self.groups):
            for agent in group.agents:
                for must in musts_of(self.problem, agent):
                    mine = by_day[number, must.day]
                    may = frozenset(j for j in mine if may_work(self.problem, agent, self.shifts[j]))
                    if may:
                        out.setdefault((number, must.day), []).append(may)
        return out

    @cached_property
    def shifts(self) -> tuple[Shift, ...]:
        """Every shift that may be worked."""
        return self.problem.shifts

    @cached_property
    def weights(self) -> np.ndarray:
        """Per shift the hours wages are paid for, premiums included."""
        return np.array([self.problem.paid_weight(s) for s in self.shifts])

    def wage(self, column: Column) -> float:
        """Return the wage of one head on `column`."""
        group, _, shift = column
        return self.groups[group].cost_h * float(self.weights[shift])

    @cached_property
    def choices(self) -> tuple[tuple[int, ...], ...]:
        """Per queue the shifts that may be worked on it.

        Those wholly inside the queue's open slots, and where an open slot has none of them, all that touch it.
        """
        return tuple(tuple(_choices(self, d)) for d in self.problem.demands)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """Every (group, queue, shift) that somebody could work."""
        out: list[Column] = []
        for g, (group, freedom) in enumerate(zip(self.groups, self.freedoms, strict=True)):
            anybody = np.asarray(freedom.free.any(axis=0)) if group.limited else [True] * len(freedom.shifts)
            known = {s.key for s, free in zip(freedom.shifts, anybody, strict=True) if free}
            out += [
                (g, q, j)
                for q, demand in enumerate(self.problem.demands)
                if demand.queue in group.queues
                for j in self.choices[q]
                if self.shifts[j].key in known
            ]
        return tuple(out)

    def slots(self, first: int, number: int) -> Iterator[int]:
        """Yield the slots of the week among `number` from `first`: wrapped round in a cyclic week, else cut off."""
        size = len(self.problem.grid)
        for slot in range(first, first + number):
            if self.problem.cyclic or slot < size:
                yield slot % size

    def inside(self, shift: int) -> list[int]:
        """Return the slots of shift number `shift` that lie in the week."""
        return self._inside[shift]

    @cached_property
    def _inside(self) -> tuple[list[int], ...]:
        return tuple(list(self.slots(s.start, s.length)) for s in self.shifts)

    def wrapped(self, slot: int) -> int:
        """Return `slot`, in a cyclic week counted round."""
        return slot % len(self.problem.grid) if self.problem.cyclic else slot

    @cached_property
    def levels(self) -> np.ndarray:
        """Heads below which a slot is short, shape (queues, S): the floor, or an interval goal's need rounded up."""
        out = np.zeros((len(self.problem.demands), len(self.problem.grid)), dtype=np.int64)
        for q, d in enumerate(self.problem.demands):
            need = np.ceil(d.need - 1e-9).astype(np.int64) if d.by_interval else 0
            out[q] = np.where(d.open, np.maximum(d.lower, need), 0)
        return out


def _choices(frame: Frame, demand: Demand) -> list[int]:
    """Return the numbers of the shifts that may be worked on the queue of `demand`."""
    covered = np.zeros(len(demand.open), dtype=bool)
    touches: list[tuple[int, list[int]]] = []
    inside: set[int] = set()
    for j in range(len(frame.shifts)):
        slots = frame.inside(j)
        if demand.open[slots].all():
            covered[slots] = True
            inside.add(j)
        else:
            touches.append((j, slots))
    lonely = demand.open & ~covered
    return sorted(inside | {j for j, slots in touches if lonely[slots].any()})

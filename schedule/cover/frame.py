"""Facts that every model of one cover shares: the shifts allowed on each queue, and their wages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from ..problem.problem import ScheduleProblem
from ..problem.shifts import Shift
from .params import CoverParams

Column = tuple[int, int]
"""Numbers of a queue and a shift: heads on that shift of that queue."""


@dataclass(frozen=True)
class CoverFrame:
    """A schedule problem without named people, with its columns worked out once.

    Numbers of queues and shifts are positions in ``problem.demands`` and ``problem.shifts``.
    """

    problem: ScheduleProblem
    params: CoverParams = field(default_factory=CoverParams)

    @cached_property
    def shifts(self) -> tuple[Shift, ...]:
        """Every shift that may be worked."""
        return self.problem.shifts

    @cached_property
    def wages(self) -> np.ndarray:
        """Wage of one head on each shift, premiums included, shape (shifts,)."""
        return self.problem.costs.cost_h * np.array([self.problem.paid_weight(s) for s in self.shifts])

    def wage(self, column: Column) -> float:
        """Return the wage of one head on `column`."""
        return float(self.wages[column[1]])

    @cached_property
    def choices(self) -> tuple[tuple[int, ...], ...]:
        """Per queue the shifts that may be worked on it.

        These are the shifts wholly inside the queue's open slots. If none of them covers an open slot, all shifts that
        touch the slot are allowed too; while the queue is closed they are worked on another one (`place`).
        """
        return tuple(tuple(_choices(self, q)) for q in range(len(self.problem.demands)))

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """Every (queue, shift) that somebody could work."""
        return tuple((q, j) for q, shifts in enumerate(self.choices) for j in shifts)

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

    @cached_property
    def place(self) -> np.ndarray:
        """Number of the queue on which a shift of each queue is worked: its own, or the first that is open then.

        Shape (queues, S + A), the slots after the week included.
        """
        is_open = self.problem.reach
        own = np.arange(len(is_open))[:, None]
        return np.asarray(np.where(is_open | ~is_open.any(axis=0), own, is_open.argmax(axis=0)))

    def wrapped(self, slot: int) -> int:
        """Return `slot`, in a cyclic week counted round."""
        return slot % len(self.problem.grid) if self.problem.cyclic else slot

    @cached_property
    def levels(self) -> np.ndarray:
        """Whole heads below which a slot is short, shape (queues, S)."""
        return np.stack([np.ceil(d.least - 1e-9).astype(np.int64) for d in self.problem.demands])


def _choices(frame: CoverFrame, q: int) -> list[int]:
    """Return the numbers of the shifts that may be worked on queue number `q`."""
    demand, is_open = frame.problem.demands[q], frame.problem.reach[q]
    covered = np.zeros(len(demand.open), dtype=bool)
    touches: list[tuple[int, list[int]]] = []
    inside: set[int] = set()
    for j, shift in enumerate(frame.shifts):
        slots = frame.inside(j)
        if is_open[shift.start : shift.end].all():
            covered[slots] = True
            inside.add(j)
        else:
            touches.append((j, slots))
    lonely = demand.open & ~covered
    return sorted(inside | {j for j, slots in touches if lonely[slots].any()})

"""Rest between two shifts."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from .rows import Rows
from .rule import WorkedShift
from .shift_times import ShiftTimes
from .spec import RuleSpec
from .views import AgentView, ProblemView

REST_MIN = RuleSpec[int](
    key="rest_min",
    default=660,
    loosest=0,
    holder="everybody",
    low=0,
    high=2880,
    mend="lower",
    step=60,
    meaning=(
        "Least minutes between the end of a shift and the start of the same person's next; two never touch, even at 0."
    ),
    label="rest",
    row="Rest between two shifts, at least",
)
"""Two days of rest at most; a contradiction is mended in whole hours."""


LEAST_REST_MIN = 1
"""Minutes between two shifts whatever the rule says: shifts that touch are one in activity.csv, for every reader."""


def rest_slots(least_min: float, slot_min: int) -> int:
    """Return the least slots between two shifts; `least_min` is the value of `rest_min`."""
    return math.ceil(max(least_min, LEAST_REST_MIN) / slot_min)


@dataclass(frozen=True)
class RestMin:
    """Ensures at least `slots` between the end of a shift and the next start; `days` later it holds by itself."""

    slots: int
    days: int

    keys: ClassVar[tuple[RuleSpec[Any], ...]] = (REST_MIN,)

    @classmethod
    def of(cls, problem: ProblemView, agent: AgentView) -> RestMin:
        """Read `rest_min`, in whole slots."""
        least = max(REST_MIN.of(problem, agent), LEAST_REST_MIN)
        return cls(rest_slots(least, problem.grid.minutes), 1 + math.ceil(least / 1440))

    def broken(self, week: Sequence[WorkedShift]) -> list[str]:
        """Return ``rest_min`` where a shift begins too early."""
        return ["rest_min"] * any(b.shift.start - a.shift.end < self.slots for a, b in itertools.pairwise(week))

    def bars(self, mine: ShiftTimes, new: ShiftTimes) -> dict[str, np.ndarray]:
        """Return under ``rest_min`` which new shifts begin too early or end too late."""
        day, out = new.day.max(initial=0), np.zeros(len(new.shifts), dtype=bool)
        before, after = mine.end[mine.day < day], mine.start[mine.day > day]
        if len(before):
            out |= new.start < before.max() + self.slots
        if len(after):
            out |= new.end > after.min() - self.slots
        return {"rest_min": out}

    def constrain(self, rows: Rows, agent: int) -> None:
        """Ensures the rest between shifts of days d < d', for each slot t at which the answer changes.

        Σ_{c of d, end + rest ≥ t} take[a, c] + Σ_{c of d', start < t} take[a, c] ≤ 1
        """
        for d in range(rows.days):
            for later in range(d + 1, min(d + 1 + self.days, rows.days)):
                self._between(rows, agent, d, later)

    def _between(self, rows: Rows, agent: int, day: int, later: int) -> None:
        ready = [(rows.shifts[c].end + self.slots, v) for c, v in rows.day(agent, day)]
        starts = [(rows.shifts[c].start, v) for c, v in rows.day(agent, later)]
        seen = 0
        for t in sorted({r for r, _ in ready}):
            early = [v for s, v in starts if s < t]
            if len(early) > seen:
                seen = len(early)
                late = [v for r, v in ready if r >= t]
                rows.add(f"rest_{agent}_{day}_{later}_{t}", [(v, 1.0) for v in (*late, *early)], "<=", 1.0)

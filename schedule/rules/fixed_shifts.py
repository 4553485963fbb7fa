"""Shifts that must be worked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..problem.problem import ScheduleProblem
from ..problem.staff import Agent, Fixed
from .min_run_days import MinRunDays
from .rows import Rows
from .rule import WorkedShift


@dataclass(frozen=True)
class FixedShifts:
    """Ensures fixed shifts and days off, and that last week's run of work reaches its least length.

    A missing shift breaks no rule, because an unfinished roster has fewer shifts; missing shifts are counted apart.
    """

    kept: tuple[Fixed, ...]

    @classmethod
    def of(cls, problem: ScheduleProblem, agent: Agent) -> FixedShifts | None:
        """Read the person's fixed shifts and days off, and the days owed to `min_run_days`."""
        kept = {fixed.day: fixed for fixed in agent.fixed}
        for day in range(min(MinRunDays.of(problem, agent).owed, problem.grid.days)):
            kept.setdefault(day, Fixed(day, ""))
        return cls(tuple(kept[d] for d in sorted(kept))) if kept else None

    @property
    def musts(self) -> tuple[Fixed, ...]:
        """Those that are work."""
        return tuple(f for f in self.kept if f.what != "off")

    def missing(self, week: Sequence[WorkedShift]) -> int:
        """Return the number of missing shifts that must be worked."""
        return sum(not any(c.day == f.day and f.allows(c.shift) for c in week) for f in self.musts)

    def broken(self, week: Sequence[WorkedShift]) -> list[str]:
        """Return ``fixed`` where something else is worked on a fixed day."""
        return ["fixed"] * any(not f.allows(c.shift) for c in week for f in self.kept)

    def constrain(self, rows: Rows, agent: int) -> None:
        """Ensures the shifts that must be worked; `unkept` is driven to 0, and other shifts of the day are no options.

        Σ_{c that keeps a fixed shift} take[a, c] + unkept[a] ≥ number of fixed shifts
        """
        if self.musts:
            pairs = [(v, 1.0) for f in self.musts for c, v in rows.day(agent, f.day) if f.allows(rows.shifts[c])]
            rows.add(f"fixed_{agent}", [(rows.columns.unkept[agent], 1.0), *pairs], ">=", len(self.musts))

"""Days off in a row."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any, ClassVar

from ..problem.horizon import WEEK_DAYS
from .rows import Rows
from .rule import Word
from .spec import RuleSpec
from .views import AgentView, ProblemView

MIN_RUN_OFF_DAYS = RuleSpec[int](
    key="min_run_off_days",
    default=1,
    loosest=1,
    low=1,
    high=WEEK_DAYS,
    mend="lower",
    meaning="Least days off in a row, last week's counted; a run that goes on into the next week is never too short.",
    label="least days off in a row",
    row="Days off in a row, at least",
)


@dataclass(frozen=True)
class MinRunOffDays:
    """Ensures that no run of days off is shorter than `least`; a run past the last day is never too short.

    Parameters
    ----------
    before
        Days off in a row up to the day before the first; None = unknown, long enough.
    """

    least: int
    before: int | None = None

    keys: ClassVar[tuple[RuleSpec[Any], ...]] = (MIN_RUN_OFF_DAYS,)

    @classmethod
    def of(cls, problem: ProblemView, agent: AgentView) -> MinRunOffDays | None:
        """Read `min_run_off_days`."""
        least = int(MIN_RUN_OFF_DAYS.of(problem, agent))
        return cls(least, 0 if agent.run_before else agent.off_before) if least > 1 else None

    def begin(self) -> Any:
        """Return the run so far, at most `least`."""
        return self.least if self.before is None else min(self.before, self.least)

    def step(self, state: Any, day: int, works: bool) -> Any:
        """Count a day off, or end the run; 0 = working."""
        run = state
        if works:
            return 0 if run == 0 or run >= self.least else None
        return min(run + 1, self.least)

    def accepts(self, state: Any) -> bool:
        """Whether the last run may stand: it may go on."""
        return True

    def broken(self, word: Word) -> list[str]:
        """Return ``min_run_off_days`` where a run of days off ends too early."""
        runs, at = [], 0
        for off, days in itertools.groupby(not family for family in word):
            length = len(list(days))
            runs += [(at, at + length)] if off else []
            at += length
        known = self.least if self.before is None else self.before
        start = known + next((b for a, b in runs if a == 0), 0)
        short = any(a > 0 and b < len(word) and b - a < self.least for a, b in runs)
        return ["min_run_off_days"] * (short or (any(word) and 0 < start < self.least))

    def constrain(self, rows: Rows, agent: int) -> None:
        """Ensures that days off come in runs: who is off after work on d stays off on the days e after it.

        work[a, d] − work[a, d + 1] + work[a, e] ≤ 1
        """
        if self.before is not None and 0 < self.before < self.least:
            for e in range(min(self.least - self.before, rows.days)):
                rows.add(f"min_run_off_{agent}_{e}", rows.work(agent, e), "<=", 0.0)
        if self.before == 0:
            for e in range(1, min(self.least, rows.days)):
                rows.add(f"min_run_off_{agent}_0_{e}", [*rows.work(agent, 0, -1.0), *rows.work(agent, e)], "<=", 0.0)
        for d in range(rows.days):
            for e in range(d + 2, min(d + 1 + self.least, rows.days)):
                pairs = [*rows.work(agent, d), *rows.work(agent, d + 1, -1.0), *rows.work(agent, e)]
                rows.add(f"min_run_off_{agent}_{d + 1}_{e}", pairs, "<=", 1.0)

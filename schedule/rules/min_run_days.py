"""The shortest run of days worked."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any, ClassVar

from ..problem.horizon import WEEK_DAYS
from .may_work import days_open_to
from .rows import Rows
from .rule import Word
from .spec import RuleSpec
from .views import AgentView, ProblemView

MIN_RUN_DAYS = RuleSpec[int](
    key="min_run_days",
    default=1,
    loosest=1,
    low=1,
    high=WEEK_DAYS,
    mend="lower",
    meaning=(
        "Least days worked in a row, last week's counted; a run that goes on into the next week is never too short."
    ),
    label="least days in a row",
    row="Days in a row, at least",
    not_above=("max_run_days", "the least days in a row are more than the most"),
)


@dataclass(frozen=True)
class MinRunDays:
    """Ensures days worked in a row ≥ least; a run that goes on past the last day is never too short.

    Parameters
    ----------
    before
        Days in a row worked up to the day before the first.
    open_start
        Whether a run from the first day on is never too short: the days before are unknown, or cannot be followed.
    """

    least: int
    before: int = 0
    open_start: bool = False

    keys: ClassVar[tuple[RuleSpec[Any], ...]] = (MIN_RUN_DAYS,)

    @classmethod
    def of(cls, problem: ProblemView, agent: AgentView) -> MinRunDays:
        """Read `min_run_days`; last week's run must go on only where the person can work at all."""
        least = int(MIN_RUN_DAYS.of(problem, agent))
        rule = cls(least, agent.run_before, agent.run_before == 0 and agent.off_before is None)
        cut = rule.owed and not set(range(min(rule.owed, problem.grid.days))) <= days_open_to(problem, agent)
        return cls(least, agent.run_before, True) if cut else rule

    @property
    def owed(self) -> int:
        """Days from the first on that must be worked, because last week's run is too short yet."""
        return 0 if self.open_start or not self.before else max(0, self.least - self.before)

    def begin(self) -> Any:
        """Return the run so far, at most `least`."""
        return self.least if self.open_start else min(self.before, self.least)

    def step(self, state: Any, day: int, works: bool) -> Any:
        """Count a day worked, or end the run; 0 = off."""
        if works:
            return min(state + 1, self.least)
        return None if 0 < state < self.least else 0

    def accepts(self, state: Any) -> bool:
        """Whether the last run may stand: it may go on."""
        return True

    def broken(self, word: Word) -> list[str]:
        """Return ``min_run_days`` where a run ends too early; days owed to last week's run are missing, not broken."""
        at = 0
        for works, days in itertools.groupby(map(bool, word)):
            first, length = at, sum(1 for _ in days)
            at += length
            known = first > 0 or not (self.open_start or self.before)
            if works and known and length < self.least and at < len(word):
                return ["min_run_days"]
        return []

    def constrain(self, rows: Rows, agent: int) -> None:
        """Ensures that no run is too short from its first day on.

        work[a, d] − work[a, d − 1] ≤ work[a, e] for the days e after d that a run must reach
        """
        for d in range(1 if self.before or self.open_start else 0, rows.days):
            for e in range(d + 1, min(d + self.least, rows.days)):
                change = [*rows.work(agent, d), *(rows.work(agent, d - 1, -1.0) if d else ())]
                rows.add(f"min_run_{agent}_{d}_{e}", [*change, *rows.work(agent, e, -1.0)], "<=", 0.0)

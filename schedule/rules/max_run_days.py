"""The longest run of days worked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from ..problem.horizon import WEEK_DAYS
from .rows import Rows
from .rule import Word
from .spec import RuleSpec
from .views import AgentView, ProblemView

MAX_RUN_DAYS = RuleSpec[int](
    key="max_run_days",
    default=6,
    loosest=2 * WEEK_DAYS,
    low=1,
    high=2 * WEEK_DAYS,
    mend="raise",
    meaning="Most days worked in a row, last week's counted.",
    label="days in a row",
    row="Days in a row, at most",
)


@dataclass(frozen=True)
class MaxRunDays:
    """Ensures days worked in a row ≤ most.

    Parameters
    ----------
    before
        Days in a row worked up to the day before the first.
    """

    most: int
    before: int = 0

    keys: ClassVar[tuple[RuleSpec[Any], ...]] = (MAX_RUN_DAYS,)

    @classmethod
    def of(cls, problem: ProblemView, agent: AgentView) -> MaxRunDays:
        """Read `max_run_days`."""
        return cls(int(MAX_RUN_DAYS.of(problem, agent)), agent.run_before)

    def begin(self) -> Any:
        """Return the run so far."""
        return min(self.before, self.most)

    def step(self, state: Any, day: int, works: bool) -> Any:
        """Count a day worked, or end the run."""
        if not works:
            return 0
        return state + 1 if state < self.most else None

    def accepts(self, state: Any) -> bool:
        """Whether the last run may stand: it may go on."""
        return True

    def broken(self, word: Word) -> list[str]:
        """Return ``max_run_days`` where a run is too long."""
        run, longest = self.before, 0
        for family in word:
            run = run + 1 if family else 0
            longest = max(longest, run)
        return ["max_run_days"] * (longest > self.most)

    def constrain(self, rows: Rows, agent: int) -> None:
        """Ensures that no run is too long, in each window of one day more.

        Σ_{d in window} work[a, d] ≤ max_run_days − days of the window worked last week
        """
        before = min(self.before, self.most)
        for begin in range(-before, rows.days - self.most):
            window = range(max(begin, 0), begin + self.most + 1)
            if all(rows.day(agent, d) for d in window):
                pairs = [p for d in window for p in rows.work(agent, d)]
                rows.add(f"max_run_{agent}_{begin}", pairs, "<=", self.most + min(begin, 0))

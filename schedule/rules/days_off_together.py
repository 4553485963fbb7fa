"""One long run of days off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from ..problem.horizon import WEEK_DAYS
from .rows import Rows
from .rule import Word
from .spec import RuleSpec
from .views import AgentView, ProblemView

DAYS_OFF_TOGETHER = RuleSpec[int](
    key="days_off_together",
    default=2,
    loosest=0,
    low=0,
    high=WEEK_DAYS,
    mend="lower",
    meaning=(
        "Length of one run of days off that everybody gets inside the week (closed days count as off); 0 = no rule."
    ),
    label="days off together",
    row="Days off together, at least",
)


@dataclass(frozen=True)
class DaysOffTogether:
    """Ensures one run of `length` days off inside the week."""

    length: int

    keys: ClassVar[tuple[RuleSpec[Any], ...]] = (DAYS_OFF_TOGETHER,)

    @classmethod
    def of(cls, problem: ProblemView, agent: AgentView) -> DaysOffTogether | None:
        """Read `days_off_together`."""
        length = int(DAYS_OFF_TOGETHER.of(problem, agent))
        return cls(min(length, problem.grid.days)) if length else None

    def begin(self) -> Any:
        """Return no day off so far."""
        return 0

    def step(self, state: Any, day: int, works: bool) -> Any:
        """Count days off; once long enough the run stays found."""
        run = state
        if run >= self.length:
            return self.length
        return 0 if works else run + 1

    def accepts(self, state: Any) -> bool:
        """Whether the run was found."""
        return bool(state >= self.length)

    def broken(self, word: Word) -> list[str]:
        """Return ``days_off_together`` if every place of the run has work."""
        places = range(len(word) - self.length + 1)
        return ["days_off_together"] * (not any(not any(word[p : p + self.length]) for p in places))

    def places(self, workable: set[int], days: int) -> range:
        """Return the days on which the run may begin; none if days that cannot be worked form such a run already."""
        places = range(days - self.length + 1)
        return range(0) if any(workable.isdisjoint(range(p, p + self.length)) for p in places) else places

    def constrain(self, rows: Rows, agent: int) -> None:
        """Ensures one run of days off of the asked length inside the week, and no work on its days.

        Σ_p off[a, p] = 1;  work[a, d] + Σ_{p whose run holds d} off[a, p] ≤ 1
        """
        off = {p: v for (a, p), v in rows.columns.off.items() if a == agent}
        rows.add(f"days_off_together_{agent}", [(v, 1.0) for v in off.values()], "==", 1.0)
        for d in range(rows.days) if off else ():
            held = [(v, 1.0) for p, v in off.items() if p <= d < p + self.length]
            if rows.day(agent, d):
                rows.add(f"off_or_work_{agent}_{d}", [*rows.work(agent, d), *held], "<=", 1.0)

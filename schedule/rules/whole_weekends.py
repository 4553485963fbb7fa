"""Weekends worked whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from .rows import Rows
from .rule import Word
from .spec import RuleSpec
from .views import AgentView, ProblemView
from .weekends import weekends

WHOLE_WEEKENDS = RuleSpec[bool](
    key="whole_weekends",
    default=False,
    loosest=False,
    mend="ease",
    meaning="Whether a weekend (the country's) is worked on both days or on none, where both are open.",
    label="whole weekends",
    row="Whole weekends only",
)


@dataclass(frozen=True)
class WholeWeekends:
    """Ensures that of each weekend both days are worked or none; a weekend that the week's border cuts is free.

    Parameters
    ----------
    firsts
        Days of a weekend whose next day is of the same weekend, both planned and open.
    """

    firsts: frozenset[int]

    keys: ClassVar[tuple[RuleSpec[Any], ...]] = (WHOLE_WEEKENDS,)

    @classmethod
    def of(cls, problem: ProblemView, agent: AgentView) -> WholeWeekends | None:
        """Read `whole_weekends`."""
        if not WHOLE_WEEKENDS.of(problem, agent):
            return None
        opened = [bool(problem.open[part].any()) for part in problem.grid.day_slices]
        of = weekends(problem.grid.dates, problem.weekend)
        pairs = (d for d in range(len(of) - 1) if of[d] is not None and of[d] == of[d + 1])
        return cls(frozenset(d for d in pairs if opened[d] and opened[d + 1]))

    def begin(self) -> Any:
        """Return whether the day before was worked: it does not matter."""
        return False

    def step(self, state: Any, day: int, works: bool) -> Any:
        """Compare a day with the one before; a state is kept on first days only."""
        if day - 1 in self.firsts and state != works:
            return None
        return works and day in self.firsts

    def accepts(self, state: Any) -> bool:
        """Whether the days may end so."""
        return True

    def broken(self, word: Word) -> list[str]:
        """Return ``whole_weekends`` where one day of two is worked."""
        return ["whole_weekends"] * any(bool(word[d]) != bool(word[d + 1]) for d in self.firsts)

    def constrain(self, rows: Rows, agent: int) -> None:
        """Ensures that both days of a weekend are worked alike.

        work[a, first] = work[a, second]
        """
        for d in sorted(self.firsts):
            pairs = [*rows.work(agent, d), *rows.work(agent, d + 1, -1.0)]
            rows.add(f"whole_weekend_{agent}_{d}", pairs, "==", 0.0)

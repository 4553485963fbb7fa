"""Weekends worked whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from .rows import Rows
from .rule import Word
from .spec import RuleSpec
from .views import AgentView, ProblemView

WHOLE_WEEKENDS = RuleSpec[bool](
    key="whole_weekends",
    default=False,
    loosest=False,
    mend="ease",
    meaning="Whether a weekend is worked on both days or on none, where both are open.",
    label="whole weekends",
    row="Whole weekends only",
)


@dataclass(frozen=True)
class WholeWeekends:
    """Ensures that of each weekend both days are worked or none; a weekend that the week's border cuts is free.

    Parameters
    ----------
    saturdays
        Indices of the Saturdays whose Sunday is a planned day too and which are open both.
    """

    saturdays: frozenset[int]

    keys: ClassVar[tuple[RuleSpec[Any], ...]] = (WHOLE_WEEKENDS,)

    @classmethod
    def of(cls, problem: ProblemView, agent: AgentView) -> WholeWeekends | None:
        """Read `whole_weekends`."""
        if not WHOLE_WEEKENDS.of(problem, agent):
            return None
        opened = [bool(problem.open[part].any()) for part in problem.grid.day_slices]
        saturdays = (d for d, date in enumerate(problem.grid.dates) if date.weekday() == 5)
        return cls(frozenset(d for d in saturdays if opened[d : d + 2] == [True, True]))

    def begin(self) -> Any:
        """Return whether the day before was worked: it does not matter."""
        return False

    def step(self, state: Any, day: int, works: bool) -> Any:
        """Compare a Sunday with its Saturday; a state is kept on Saturdays only."""
        if day - 1 in self.saturdays and state != works:
            return None
        return works and day in self.saturdays

    def accepts(self, state: Any) -> bool:
        """Whether the days may end so."""
        return True

    def broken(self, word: Word) -> list[str]:
        """Return ``whole_weekends`` where one day of two is worked."""
        return ["whole_weekends"] * any(bool(word[d]) != bool(word[d + 1]) for d in self.saturdays)

    def constrain(self, rows: Rows, agent: int) -> None:
        """Ensures that Saturday and Sunday are worked alike.

        work[a, saturday] = work[a, sunday]
        """
        for d in sorted(self.saturdays):
            pairs = [*rows.work(agent, d), *rows.work(agent, d + 1, -1.0)]
            rows.add(f"whole_weekend_{agent}_{d}", pairs, "==", 0.0)

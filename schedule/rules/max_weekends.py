"""Weekends worked."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, ClassVar

from .rows import Pairs, Rows
from .rule import Word
from .spec import RuleSpec
from .views import AgentView, ProblemView

MAX_WEEKENDS = RuleSpec[int | None](
    key="max_weekends",
    default=None,
    loosest=10,
    low=0,
    high=10,
    mend="raise",
    meaning="Most weekends worked of the planned week and the week before together; None = no rule.",
    label="weekends",
    row="Weekends worked with the one before, at most",
)


@dataclass(frozen=True)
class MaxWeekends:
    """Ensures that at most `most` weekends are worked: ones with work on Saturday or Sunday.

    Parameters
    ----------
    saturdays
        Indices of the Saturdays; each is followed by its Sunday. −1 = the first day is a Sunday.
    begun
        Whether last week's Saturday was worked, so that its Sunday is no further weekend.
    """

    most: int
    saturdays: frozenset[int]
    begun: bool = False

    keys: ClassVar[tuple[RuleSpec[Any], ...]] = (MAX_WEEKENDS,)

    @classmethod
    def of(cls, problem: ProblemView, agent: AgentView) -> MaxWeekends | None:
        """Read `max_weekends` less the weekends worked the week before."""
        most = MAX_WEEKENDS.of(problem, agent)
        if most is None:
            return None
        days = {d: date.weekday() for d, date in enumerate(problem.grid.dates)}
        saturdays = {d for d, weekday in days.items() if weekday == 5} | ({-1} if days[0] == 6 else set())
        return cls(max(0, int(most) - agent.weekends_before), frozenset(saturdays), agent.run_before > 0)

    def weekend(self, day: int) -> int | None:
        """Return the Saturday of the weekend that `day` makes worked if it is worked; None for other days."""
        saturday = next((s for s in (day, day - 1) if s in self.saturdays), None)
        return None if saturday == -1 and self.begun else saturday

    def begin(self) -> Any:
        """Return no weekend worked, none begun."""
        return (0, False)

    def step(self, state: Any, day: int, works: bool) -> Any:
        """Count a weekend on the first of its days that is worked."""
        worked, counted = state
        if self.weekend(day) is None:
            return (worked, False)
        fresh = works and not (counted and day - 1 in self.saturdays)
        if worked + fresh > self.most:
            return None
        return (worked + fresh, day in self.saturdays and works)

    def accepts(self, state: Any) -> bool:
        """Whether the count may stand."""
        return True

    def broken(self, word: Word) -> list[str]:
        """Return ``max_weekends`` where too many are worked."""
        worked = {self.weekend(d) for d, family in enumerate(word) if family} - {None}
        return ["max_weekends"] * (len(worked) > self.most)

    def constrain(self, rows: Rows, agent: int) -> None:
        """Ensures no more weekends with work than allowed.

        work[a, d] ≤ weekend[a, w] for the days d of weekend w;  Σ_w weekend[a, w] ≤ max_weekends − worked before
        """
        days: dict[int, list[int]] = defaultdict(list)
        for d in range(rows.days):
            if (saturday := self.weekend(d)) is not None and rows.day(agent, d):
                days[saturday].append(d)
        if len(days) <= self.most:
            return
        total: Pairs = []
        for w, own in days.items():
            column = rows.model.add_variable(f"weekend_{agent}_{w + 1}", 0, 1)
            total.append((column, 1.0))
            for d in own:
                rows.add(f"weekend_{agent}_{d}", [*rows.work(agent, d), (column, -1.0)], "<=", 0.0)
        rows.add(f"max_weekends_{agent}", total, "<=", self.most)

"""Weekends worked."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, ClassVar

from .rows import Pairs, Rows
from .rule import Word
from .spec import RuleSpec
from .views import AgentView, ProblemView
from .weekends import weekends

MAX_WEEKENDS = RuleSpec[int | None](
    key="max_weekends",
    default=None,
    loosest=10,
    low=0,
    high=10,
    mend="raise",
    meaning="Most weekends (the country's) worked of the planned week and the week before together; None = no rule.",
    label="weekends",
    row="Weekends worked with the one before, at most",
)


@dataclass(frozen=True)
class MaxWeekends:
    """Ensures that at most `most` weekends are worked: ones with work on any of their days.

    Parameters
    ----------
    weekends
        By day the index of the first day of its weekend, below 0 = before the horizon; None on other days.
    begun
        Whether the day before the horizon was worked, so that a weekend that began then is no further one.
    """

    most: int
    weekends: tuple[int | None, ...]
    begun: bool = False

    keys: ClassVar[tuple[RuleSpec[Any], ...]] = (MAX_WEEKENDS,)

    @classmethod
    def of(cls, problem: ProblemView, agent: AgentView) -> MaxWeekends | None:
        """Read `max_weekends` less the weekends worked the week before."""
        most = MAX_WEEKENDS.of(problem, agent)
        if most is None:
            return None
        found = weekends(problem.grid.dates, problem.weekend)
        return cls(max(0, int(most) - agent.weekends_before), found, agent.run_before > 0)

    def weekend(self, day: int) -> int | None:
        """Return the first day of the weekend that `day` makes worked if it is worked; None for other days."""
        first = self.weekends[day]
        return None if first is not None and first < 0 and self.begun else first

    def begin(self) -> Any:
        """Return no weekend worked, none begun."""
        return (0, False)

    def step(self, state: Any, day: int, works: bool) -> Any:
        """Count a weekend on the first of its days that is worked."""
        worked, counted = state
        mine = self.weekend(day)
        if mine is None:
            return (worked, False)
        counted = counted and day > 0 and self.weekend(day - 1) == mine
        fresh = works and not counted
        if worked + fresh > self.most:
            return None
        goes_on = day + 1 < len(self.weekends) and self.weekend(day + 1) == mine
        return (worked + fresh, goes_on and (counted or works))

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
            if (first := self.weekend(d)) is not None and rows.day(agent, d):
                days[first].append(d)
        if len(days) <= self.most:
            return
        total: Pairs = []
        for w, own in days.items():
            column = rows.model.add_variable(f"weekend_{agent}_{w + 1}", 0, 1)
            total.append((column, 1.0))
            for d in own:
                rows.add(f"weekend_{agent}_{d}", [*rows.work(agent, d), (column, -1.0)], "<=", 0.0)
        rows.add(f"max_weekends_{agent}", total, "<=", self.most)

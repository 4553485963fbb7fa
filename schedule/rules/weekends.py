"""Weekends worked."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from ..problem.problem import ScheduleProblem
from ..problem.staff import Agent
from .rows import Pairs, Rows
from .rule import Word


@dataclass(frozen=True)
class Weekends:
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

    @classmethod
    def of(cls, problem: ScheduleProblem, agent: Agent) -> Weekends | None:
        """Read `max_weekends` less the weekends worked the week before."""
        most = problem.contracts[agent.contract].rule("max_weekends", problem.rules)
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

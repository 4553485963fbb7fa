"""The number of days worked."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

from ..problem.horizon import WEEK_DAYS
from .limits import limits_of
from .rows import Rows
from .rule import Word
from .spec import RuleSpec
from .views import AgentView, ProblemView

MAX_DAYS = RuleSpec[int](
    key="max_days",
    default=5,
    loosest=WEEK_DAYS,
    holder="contract",
    low=0,
    high=WEEK_DAYS,
    mend="raise",
    meaning="Days worked a week (a shift counts on the day it starts).",
    label="days a week",
)
MIN_DAYS = RuleSpec[int](
    key="min_days",
    default=0,
    loosest=0,
    holder="contract",
    low=0,
    high=WEEK_DAYS,
    meaning="Days worked a week (a shift counts on the day it starts).",
    label="",
)


@dataclass(frozen=True)
class NumberOfDays:
    """Ensures least ≤ days worked ≤ most.

    Too few days break no rule, because an unfinished roster has fewer; missing days are counted apart.

    Parameters
    ----------
    most_h
        Paid hours that nobody may exceed: what fits into fewer days tightens the rows.
    """

    least: int
    most: int
    most_h: float = math.inf

    keys: ClassVar[tuple[RuleSpec[Any], ...]] = (MAX_DAYS, MIN_DAYS)

    @classmethod
    def of(cls, problem: ProblemView, agent: AgentView) -> NumberOfDays:
        """Read the contract's days less those of leave."""
        limits = limits_of(problem, agent)
        return cls(min(limits.min_days, problem.grid.days), limits.max_days, limits.max_h)

    def begin(self) -> Any:
        """Return no day worked."""
        return 0

    def step(self, state: Any, day: int, works: bool) -> Any:
        """Count a day worked."""
        worked = state + works
        return worked if worked <= self.most else None

    def accepts(self, state: Any) -> bool:
        """Whether enough days are worked."""
        return bool(state >= self.least)

    def broken(self, word: Word) -> list[str]:
        """Return ``max_days`` where too many days are worked."""
        return ["max_days"] * (sum(map(bool, word)) > self.most)

    def constrain(self, rows: Rows, agent: int) -> None:
        """Ensures the contract's days less leave; hours that fit into fewer days tighten it; `few` is driven to 0.

        min_days ≤ Σ_c take[a, c] + few[a];  Σ_c take[a, c] ≤ min(max_days, ⌊max_h / shortest paid[c]⌋)
        """
        pairs = [(v, 1.0) for _, v in rows.columns.week[agent]]
        shortest = min((rows.paid_min[c] for c, _ in rows.columns.week[agent]), default=60) / 60.0
        most = min(self.most, math.floor(min(self.most_h, 1e6) / shortest + 1e-9))
        if most < sum(bool(rows.day(agent, d)) for d in range(rows.days)):
            rows.add(f"max_days_{agent}", pairs, "<=", most)
        if agent in rows.columns.few:
            rows.add(f"min_days_{agent}", [(rows.columns.few[agent], 1.0), *pairs], ">=", self.least)

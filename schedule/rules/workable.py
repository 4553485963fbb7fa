"""Which days, and how many, a person's rules let them work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ..problem.problem import ScheduleProblem
from ..problem.staff import Agent
from .automaton import Automaton, compile_days
from .day_rule import DayRule
from .number_of_days import NumberOfDays
from .registry import rules_of


@dataclass(frozen=True)
class Workable:
    """A person's rules of days without the least days, as one automaton."""

    automaton: Automaton

    @classmethod
    def of(cls, problem: ScheduleProblem, agent: Agent) -> Workable:
        """Compile the rules of `agent`."""
        rules = (NumberOfDays(0, r.most) if isinstance(r, NumberOfDays) else r for r in rules_of(problem, agent).work)
        return cls(_compiled(tuple(rules), problem.grid.days))

    @property
    def days(self) -> np.ndarray:
        """Whether each day may be worked at all, shape (days,)."""
        a = self.automaton
        return np.array([bool((a.work[a.layers[d] : a.layers[d + 1]] >= 0).any()) for d in range(a.days)], dtype=bool)

    def most(self, free: Sequence[bool]) -> int:
        """Return the most days that can be worked when only the days `free` can; 0 when no week obeys the rules."""
        a = self.automaton
        if not a.feasible:
            return 0
        reached = {0: 0}
        for day in range(a.days):
            after: dict[int, int] = {}
            for node, worked in reached.items():
                for to, more in ((int(a.off[node]), 0), (int(a.work[node]) if free[day] else -1, 1)):
                    if to >= 0:
                        after[to] = max(after.get(to, 0), worked + more)
            reached = after
        return max(reached.values(), default=0)


@lru_cache(maxsize=256)
def _compiled(rules: tuple[DayRule, ...], days: int) -> Automaton:
    return compile_days(rules, days)

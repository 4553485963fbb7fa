"""All rules of one person, read from the centre's rules, their contract, leave and last week."""

from __future__ import annotations

from ..problem import ScheduleProblem
from ..roster.cells import limits_of
from ..staff import Agent
from .day_rule import DayRule
from .number_of_days import NumberOfDays
from .run_of_work import RunOfWork
from .run_off import DaysOffTogether


def day_rules(problem: ScheduleProblem, agent: Agent) -> list[DayRule]:
    """Return what `agent`'s days of the week must obey together."""
    limits, days = limits_of(problem, agent), len(problem.grid.dates)
    rules: list[DayRule] = [
        NumberOfDays(min(limits.min_days, days), limits.max_days),
        RunOfWork(problem.rules.max_run_days, before=agent.run_before),
    ]
    together = min(problem.rules.days_off_together, days)
    return rules + [DaysOffTogether(together)] * (together > 0)

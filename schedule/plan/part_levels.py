"""The levels that the planned week must reach for goals whose periods reach beyond the week."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from ...forecast.calendar.grid import midnight
from ..problem.goal_period import GoalPeriod
from ..problem.problem import Demand, ScheduleProblem

Key = tuple[str, pd.Timestamp]
"""Queue, and start of the part of the week that lies in a period."""


@dataclass(frozen=True)
class PartLevel:
    """The part of the planned week in one period of a goal that reaches beyond the week.

    Attributes
    ----------
    calls, counted
        Expected calls of the part, and how many of them count by the goal's definition with the plan's heads.
    expected
        Expected share in time of the part; None without calls.
    """

    demand: Demand
    period: GoalPeriod
    start: pd.Timestamp
    calls: float
    counted: float
    expected: float | None

    @property
    def needed(self) -> float:
        """The level that the part must reach for the period to reach its goal."""
        return self.period.needed(self.demand.goal.level, self.calls, self.counted)

    @property
    def state(self) -> str:
        """``safe``: the floors alone suffice. ``lost``: not even every call in time would do. ``behind``: the part
        alone cannot bring the period back, the days after must help. Else ``open``.
        """
        goal, period = self.demand.goal, self.period
        if period.lost(goal.level, self.calls):
            return "lost"
        if goal.level + period.margin(goal.level, self.calls) / max(self.counted, 1e-9) > 1.0:
            return "behind"
        return "safe" if self.needed <= goal.floor else "open"

    @property
    def figure(self) -> float | None:
        """The figure of the whole period to expect, with the days that are neither banked nor planned as assumed."""
        p, goal = self.period, self.demand.goal
        if self.expected is None:
            return None
        rest = (goal.level if p.rest == "goal" else self.expected) * p.rest_calls
        total = p.banked_counted + self.counted + p.rest_calls
        return (p.banked_in + self.expected * self.counted + rest) / total if total > 0.0 else None


def part_levels(problem: ScheduleProblem, expected: pd.DataFrame) -> Mapping[Key, PartLevel]:
    """Return what each part of the week must reach, by queue and start; empty where no goal reaches beyond the week.

    Parameters
    ----------
    expected
        The table of `service_expected`.
    """
    out: dict[Key, PartLevel] = {}
    for d in problem.demands:
        if not d.beyond:
            continue
        rows = expected[(expected["queue"] == d.queue) & (expected["period"] == d.goal.basis)].set_index("start")
        for period in d.beyond:
            start = part_start(problem, period)
            share, calls, counted = (float(rows[name].to_dict()[start]) for name in ("expected", "calls", "counted"))
            out[d.queue, start] = PartLevel(d, period, start, calls, counted, None if math.isnan(share) else share)
    return out


def part_start(problem: ScheduleProblem, period: GoalPeriod) -> pd.Timestamp:
    """Return the midnight at which the planned part of a period begins."""
    grid = problem.grid
    return pd.Timestamp(midnight(grid.dates[period.days[0]], grid.zone)).as_unit("us")

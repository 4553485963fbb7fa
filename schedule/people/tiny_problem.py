"""The smallest problem that calls the compiled kernels."""

from __future__ import annotations

import datetime as dt

import numpy as np

from ...forecast.calendar.grid import Grid
from ...forecast.queueing.goal.targets import ServiceGoal
from ..problem.costs import Costs
from ..problem.horizon import Horizon
from ..problem.problem import Demand, ScheduleProblem
from ..problem.shift_families import Break, ShiftFamily
from ..problem.staff import Agent, Contract
from ..rules.rules import Rules


def tiny_problem() -> ScheduleProblem:
    """Return a day of two queues, one with a goal over the day, and two people of whom one works both."""
    grid = Grid(dt.date(2026, 1, 5), 1, 60)
    is_open = np.ones(len(grid), dtype=bool)
    need, none = np.where(np.arange(24) < 4, 1.0, 0.0), np.zeros(24)
    gain = np.tile([-8.0, 0.0, 2.0], (24, 1))
    by_slot = ServiceGoal(level=0.8, within_s=20.0, basis="interval")
    by_day = ServiceGoal(level=0.8, within_s=20.0, basis="day")
    first = Demand("first", by_slot, is_open, need, none.astype(np.int64), none)
    second = Demand("second", by_day, is_open, need, none.astype(np.int64), none + 10.0, gain, (np.arange(24),), (0.0,))
    family = ShiftFamily("short", 240, "00:00", "12:00", step_min=240, breaks=(Break(60, 60, 120),))
    contract = Contract("any", ("short",), max_h_week=8.0)
    people = tuple(
        Agent(name, "any", skills, 10.0)
        for name, skills in (("a", {"first": 1.0}), ("b", {"first": 1.0, "second": 1.0}))
    )
    rules = Rules(rest_min=0, max_run_days=7, days_off_together=0)
    return ScheduleProblem(Horizon(grid), (first, second), {"short": family}, {"any": contract}, people, rules, Costs())

"""A tiny desk of calls: long calls and a steep day, so that the queue that moves departs from the curves."""

import datetime as dt

import numpy as np
import pandas as pd

from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.progress import Watch
from busyhour.forecast.queueing.formulas.time_laws import law_of_cv
from busyhour.forecast.queueing.goal.targets import ServiceGoal
from busyhour.forecast.require import require
from busyhour.schedule.plan.measure import Measure, ServiceData
from busyhour.schedule.problem.costs import Costs
from busyhour.schedule.problem.demand import demands_of
from busyhour.schedule.problem.horizon import Horizon
from busyhour.schedule.problem.problem import ScheduleProblem
from busyhour.schedule.problem.shift_families import Break, ShiftFamily
from busyhour.schedule.problem.staff import Agent, Contract
from busyhour.schedule.rules.rules import Rules

MONDAY = dt.date(2026, 11, 30)
GOAL = ServiceGoal(0.7, 20, basis="day", floor=0.55)
FAMILIES = {
    "long": ShiftFamily("long", 360, "09:00", "11:00", 30, breaks=(Break(15, 120, 240),)),
    "short": ShiftFamily("short", 180, "09:00", "14:00", 30),
}


def desk(people: int = 24, goal: ServiceGoal = GOAL) -> Measure:
    """One day from 09:00 to 17:00, two peaks, calls of ten minutes; the measure of plans for `people`, 0 = nameless."""
    grid = Grid(MONDAY, 1, 15)
    starts = pd.date_range("2026-11-30 09:00", "2026-11-30 17:00", freq="30min", inclusive="left")
    hour = starts.hour.to_numpy() + starts.minute.to_numpy() / 60
    calls = 12 + 26 * np.exp(-((hour - 11.5) ** 2)) + 20 * np.exp(-((hour - 14.5) ** 2))
    volume = pd.DataFrame({"queue": "calls", "start": starts, "calls": calls, "handle_s": 600.0, "patience_s": 240.0})
    needed = require(volume, {"calls": goal}, Grid(MONDAY, 1, 30), models={"calls": "erlang_a"}, unplanned=0.05)
    absent = np.full(len(grid), 0.05)
    horizon = Horizon(grid)
    problem = ScheduleProblem(
        horizon, demands_of(needed.requirement, needed.curves, {"calls": goal}, horizon, 30, absent), FAMILIES,
        {"any": Contract("any", tuple(FAMILIES), max_h_week=40)},
        tuple(Agent(f"p{i}", "any", {"calls": 1.0}, 1.0) for i in range(people)),
        Rules(days_off_together=0), Costs(cost_h=20.0, lost_call=50.0, under_h=400.0, below_contract_h=0.0),
    )  # fmt: skip
    data = ServiceData(needed.curves, absent, volume, 30, "monday", 0.05, {"calls": law_of_cv(1.0)})
    return Measure(problem, data, 1, Watch(), {})

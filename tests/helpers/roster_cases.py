"""Small centres whose shifts are given to named people."""

import datetime as dt

import numpy as np

from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.progress import Watch
from busyhour.forecast.queueing.goal.targets import ServiceGoal
from busyhour.schedule.exchange.solve import solve_roster
from busyhour.schedule.problem.costs import Costs
from busyhour.schedule.problem.horizon import Horizon
from busyhour.schedule.problem.problem import Demand, ScheduleProblem
from busyhour.schedule.problem.shift_families import Break, ShiftFamily
from busyhour.schedule.problem.shifts import PlannedShift
from busyhour.schedule.problem.staff import Agent, Contract
from busyhour.schedule.rules.rules import Rules

GRID = Grid(dt.date(2026, 10, 19), 7, 60)
FREE = Rules(rest_min=0, max_run_days=14, days_off_together=0)
PLAIN = Costs(cost_h=20, wish=2, steady_h=0, under_h=0)  # what open shifts leave short: test_absence.py
FAMILIES = {
    "eight": ShiftFamily("eight", 480, "00:00", "23:00", 60),
    "four": ShiftFamily("four", 240, "00:00", "23:00", 60),
    "lunch": ShiftFamily("lunch", 420, "00:00", "23:00", 60, breaks=(Break(60, 120, 300, "lunch", False),)),
}
CONTRACT = Contract("full", ("eight", "four", "lunch"), 56, 0, 7)


def person(name="ann", contract="full", skills=("calls",), cost_h=20.0, **more):
    return Agent(name, contract, dict.fromkeys(skills, 1.0), cost_h, **more)


def centre(*staff, rules=FREE, costs=PLAIN, contract=CONTRACT, grid=GRID):
    always = np.ones(len(grid), bool)
    demands = tuple(
        Demand(q, ServiceGoal(0.8, 20), always, always * 1.0, always.astype(int), always * 1.0)
        for q in ("calls", "mail")
    )
    return ScheduleProblem(Horizon(grid), demands, FAMILIES, {contract.name: contract}, staff, rules, costs)


def cover(problem, *asked, breaks=(), contract=None):
    """Return planned shifts from (day, pattern) or (day, pattern, queue)."""
    known = {(s.day, s.pattern): s for s in problem.shifts}
    return [
        PlannedShift(known[day, pattern], breaks, queue[0] if queue else "calls", contract)
        for day, pattern, *queue in asked
    ]


def solve(problem, planned, **more):
    options = {"watch": Watch(), "time_limit_s": 60.0, "gap": 0.0, "seed": 1} | more
    return solve_roster(problem, planned, **options)


def worked(roster, name="ann"):
    return [(p.shift.day, p.shift.pattern) for p in roster.assigned[name]]


DAYS = [(d, "eight@0900") for d in range(7)]

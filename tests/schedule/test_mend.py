"""Mending a named plan: who may work more does, nobody breaks a rule, and nothing is done where nobody can."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from busyhour.forecast.grid import Grid
from busyhour.forecast.queueing.targets import ServiceGoal
from busyhour.schedule.mend import mend
from busyhour.schedule.problem import Demand, ScheduleProblem
from busyhour.schedule.rules import Costs, Rules
from busyhour.schedule.shifts import Break, PlannedShift, ShiftFamily
from busyhour.schedule.staff import Agent, Contract


def problem_of(agents: int, *, max_h: float = 40.0) -> ScheduleProblem:
    """Return three days 08:00-16:00 on an hourly grid; one more agent gains 5, 4, 3, 2, 1 calls an hour."""
    grid = Grid(dt.date(2026, 11, 30), days=3, minutes=60)
    is_open = (grid.minute_of_day >= 480) & (grid.minute_of_day < 960)
    gain = np.zeros((len(grid), 7))
    gain[is_open] = np.cumsum([0, 5, 4, 3, 2, 1, 0.5])
    periods = tuple(np.flatnonzero(is_open & (np.arange(72) // 24 == day)) for day in range(3))
    demand = Demand(
        "calls", ServiceGoal(0.8, 20), is_open, 2.0 * is_open, 0 * is_open, 10.0 * is_open, gain, periods, (0.0,) * 3
    )
    families = {
        "long": ShiftFamily("long", 420, "08:00", "08:00", 60, breaks=(Break(60, 180, 240, "lunch", paid=False),)),
        "short": ShiftFamily("short", 240, "08:00", "12:00", 60),
    }
    contract = Contract("all", ("long", "short"), max_h_week=max_h)
    people = tuple(Agent(f"a{i}", "all", {"calls": 1.0}, 20.0) for i in range(agents))
    return ScheduleProblem(grid, (demand,), families, {"all": contract}, people, Rules(days_off_together=0), Costs())


def gained(problem: ScheduleProblem, assigned: dict[str, tuple[PlannedShift, ...]], day: int) -> float:
    """Return the calls gained on a day."""
    d = problem.demands[0]
    heads = np.zeros(len(problem.grid), dtype=int)
    for shifts in assigned.values():
        for p in shifts:
            np.add.at(heads, list(p.phone), 1)
    return float(d.gain[d.periods[day], heads[d.periods[day]]].sum())


def test_adds_what_a_period_lacks_and_no_more_people_than_needed() -> None:
    """Twenty calls are gained by one more shift; the other days stay as they are."""
    problem = problem_of(3)
    idle = {a.id: () for a in problem.staff}
    out = mend(problem, idle, {("calls", 1): 20.0})
    assert gained(problem, out, 1) >= 20.0
    assert [p.shift.day for shifts in out.values() for p in shifts] == [1]


def test_lengthens_a_shift_where_nobody_else_is_left() -> None:
    """The only agent works short; the long shift gains more on the same day."""
    problem = problem_of(1)
    short = next(s for s in problem.shifts if s.family == "short" and s.day == 0)
    out = mend(problem, {"a0": (PlannedShift(short, (), "calls"),)}, {("calls", 0): 5.0})
    assert [p.shift.family for p in out["a0"]] == ["long"]


@pytest.mark.parametrize("stop", ["hours", "availability", "skills"])
def test_nobody_is_made_to_break_a_rule(stop: str) -> None:
    """Hours, availability and skills bind: the plan stays as it is."""
    problem = problem_of(2, max_h=2.0 if stop == "hours" else 40.0)
    if stop == "availability":
        problem = replace(problem, staff=tuple(replace(a, away=((0, 72),)) for a in problem.staff))
    if stop == "skills":
        problem = replace(problem, staff=tuple(replace(a, skills={"other": 1.0}) for a in problem.staff))
    idle = {a.id: () for a in problem.staff}
    assert mend(problem, idle, {("calls", 0): 10.0}) == idle


def test_breaks_lie_where_they_cost_least() -> None:
    """The lunch of a mended shift is taken in the hour that gains least."""
    problem = problem_of(1)
    gain = problem.demands[0].gain.copy()
    gain[12] = 0.0
    problem = replace(problem, demands=(replace(problem.demands[0], gain=gain),))
    out = mend(problem, {"a0": ()}, {("calls", 0): 30.0})
    assert out["a0"][0].breaks == (4,)

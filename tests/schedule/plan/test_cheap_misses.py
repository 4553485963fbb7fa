"""Prices at which missing a goal costs less than meeting it are told, and only these."""

from __future__ import annotations

import dataclasses
import datetime as dt
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.queueing.goal.targets import ServiceGoal
from busyhour.schedule.plan.cheap_misses import cheap_misses
from busyhour.schedule.plan.decision import Decision
from busyhour.schedule.plan.missed import MissedGoal
from busyhour.schedule.problem.costs import Costs
from busyhour.schedule.problem.horizon import Horizon
from busyhour.schedule.problem.problem import Demand, ScheduleProblem
from busyhour.schedule.problem.shift_families import ShiftFamily
from busyhour.schedule.problem.staff import Agent, Contract
from busyhour.schedule.rules.rules import Rules

GRID = Grid(dt.date(2026, 11, 30), 1, 60)
OPEN = np.array([8 <= hour < 16 for hour in range(24)])
STAFF = tuple(Agent(f"a{i}", "any", {"calls": 1.0}, wage) for i, wage in enumerate((12.0, 10.0)))


def desk(costs: Costs, *, basis: str = "day", floor: int = 0) -> ScheduleProblem:
    """Eight hours with ten calls each, of which a head, up to two, gains two; a shift of four hours costs 40."""
    gain = np.where(OPEN[:, None], np.array([-4.0, -2.0, 0.0]), 0.0)
    periods = (np.flatnonzero(OPEN),) if basis == "day" else ()
    need, least = 2.0 * OPEN, (floor if basis == "day" else 2) * OPEN
    goal = ServiceGoal(0.8, 20, basis=basis, floor=0.5 if basis == "day" else 0.0)
    demand = Demand("calls", goal, OPEN, need, least, 10.0 * OPEN, gain, periods, (0.0,) * len(periods))
    family = {"four": ShiftFamily("four", 240, "08:00", "12:00", step_min=60)}
    contract = {"any": Contract("any", ("four",), max_h_week=40)}
    return ScheduleProblem(Horizon(GRID), (demand,), family, contract, STAFF, Rules(), costs)


def missing(problem: ScheduleProblem, *missed: MissedGoal) -> Decision:
    """Return what is told of a plan in which nobody works."""
    starts = GRID.starts[OPEN]
    expected = pd.DataFrame({"queue": "calls", "period": "interval", "start": starts})
    return cast("Decision", SimpleNamespace(problem=problem, planned=(), missed=missed, expected=expected))


def day(simulated: float) -> MissedGoal:
    return MissedGoal("calls", "day", GRID.starts[0], 0.8, simulated, simulated, simulated, is_floor=False)


def hour(start: int, **more: Any) -> MissedGoal:
    return MissedGoal("calls", "interval", GRID.starts[start], 0.5, 0.4, 0.4, 0.4, **{"is_floor": True, **more})


def test_a_plan_that_misses_nothing_is_not_spoken_of() -> None:
    assert cheap_misses(missing(desk(Costs(lost_call=0.0)))) == []


def test_a_call_worth_less_than_the_shift_that_gains_it_is_told_with_the_factor() -> None:
    (told,) = cheap_misses(missing(desk(Costs(lost_call=2.0)), day(0.4)))  # a shift gains 8 of 32 calls
    assert "costs.lost_call" in told
    assert "at least 2.5 times" in told


def test_only_the_calls_that_are_missing_count() -> None:
    (told,) = cheap_misses(missing(desk(Costs(lost_call=6.0)), day(0.75)))  # 4 of 80
    assert "at least 1.7 times" in told


@pytest.mark.parametrize(("price", "simulated"), [(5.0, 0.4), (10.0, 0.75)])
def test_where_a_shift_pays_people_are_wanting_and_not_prices(price: float, simulated: float) -> None:
    assert cheap_misses(missing(desk(Costs(lost_call=price)), day(simulated))) == []


def test_a_price_of_nothing_has_no_factor() -> None:
    (told,) = cheap_misses(missing(desk(Costs(lost_call=0.0)), day(0.4)))
    assert "Set it" in told


def test_the_default_is_worth_a_shift_for_half_a_call() -> None:
    assert cheap_misses(missing(desk(Costs(cost_h=10.0)), day(0.7975))) == []
    assert Costs(cost_h=10.0).call_price == 200.0
    assert Costs(cost_h=3000.0).call_price == 30000.0


def test_heads_that_mend_a_floor_are_priced_by_the_hour() -> None:
    (told,) = cheap_misses(missing(desk(Costs(under_h=5.0), floor=1), hour(9)))
    assert "costs.under_h" in told
    assert "at least 2 times" in told
    assert cheap_misses(missing(desk(Costs(under_h=10.0), floor=1), hour(9))) == []


def test_a_goal_per_interval_is_a_matter_of_heads() -> None:
    by_interval = desk(Costs(under_h=5.0), basis="interval")
    (told,) = cheap_misses(missing(by_interval, hour(9, is_floor=False), hour(10, is_floor=False)))
    assert "costs.under_h" in told
    assert "2 period(s)" in told


def test_a_floor_that_only_the_simulation_misses_is_no_matter_of_price() -> None:
    assert cheap_misses(missing(desk(Costs(under_h=5.0), floor=0), hour(9))) == []


def test_where_nobody_may_work_skills_are_wanting_and_not_prices() -> None:
    problem = desk(Costs(lost_call=0.0))
    others = dataclasses.replace(problem, staff=tuple(dataclasses.replace(a, skills={}) for a in STAFF))
    assert cheap_misses(missing(others, day(0.4))) == []

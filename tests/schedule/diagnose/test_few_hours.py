"""Who got no shift or too few hours, and why: every reason is one that the desk was made to have."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.queueing.goal.targets import ServiceGoal
from busyhour.schedule.diagnose.few_hours import STOPPED, few_hours
from busyhour.schedule.problem.costs import Costs
from busyhour.schedule.problem.horizon import Horizon
from busyhour.schedule.problem.problem import Demand, ScheduleProblem
from busyhour.schedule.problem.shift_families import ShiftFamily
from busyhour.schedule.problem.shifts import PlannedShift
from busyhour.schedule.problem.staff import Agent, Contract
from busyhour.schedule.rules.rules import Rules

GRID = Grid(dt.date(2026, 3, 2), 7, 15)  # a Monday, no clock change
DAY = 96
HALF = ShiftFamily("half", 240, "08:00", "14:00", 60)


def desk(*agents: Agent, least_h: float = 0.0, rules: Rules | None = None) -> ScheduleProblem:
    """A desk open 08:00 to 19:00 from Monday to Friday."""
    minute = GRID.minute_of_day
    is_open = (minute >= 480) & (minute < 1140) & (np.arange(len(GRID)) < 5 * DAY)
    need = np.ones(len(GRID)) * is_open
    demand = Demand("calls", ServiceGoal(0.8, 20), is_open, need, need, np.zeros(len(GRID)))
    contracts = {"part": Contract("part", ("half",), max_h_week=20, min_h_week=least_h, max_days=5)}
    return ScheduleProblem(
        Horizon(GRID), (demand,), {"half": HALF}, contracts, agents, rules or Rules(days_off_together=0), Costs()
    )


def person(id_: str = "ann", **more: object) -> Agent:
    return Agent(id_, "part", more.pop("skills", {"calls": 1.0}), 20.0, **more)  # type: ignore[arg-type]


def worked(p: ScheduleProblem, *days: int) -> tuple[PlannedShift, ...]:
    return tuple(PlannedShift(next(s for s in p.shifts if s.day == d), (), "calls") for d in days)


def test_only_those_with_too_little_are_told() -> None:
    p = desk(person("ann"), person("ben"), person("cat"), least_h=8)
    found = few_hours(p, {"ann": worked(p, 0, 1), "ben": worked(p, 0)})
    assert [(f.agent, f.shifts, f.paid_h, f.asked_h) for f in found] == [("ben", 1, 4.0, 8.0), ("cat", 0, 0.0, 8.0)]


def test_whoever_is_free_is_told_so_with_the_days() -> None:
    p = desk(person(), least_h=8)
    (found,) = few_hours(p, {"ann": worked(p, 0)})
    told = "free for a shift on Tue, Wed, Thu, Fri: no plan was found that gains by it"
    assert (found.rule, found.reason) == ("cost", told)


ALL_WEEK = ((0, 7 * DAY),)
BARRED = {
    "leave": ({"away": ALL_WEEK, "leave": ((0, 7 * DAY, "vacation"),)}, "leave on Mon, Tue, Wed, Thu, Fri"),
    "availability": ({"away": ALL_WEEK}, "availability on Mon, Tue, Wed, Thu, Fri"),
    "rest_min": ({"earliest": 7 * DAY}, "rest on Mon, Tue, Wed, Thu, Fri"),
    "max_h_week": ({"leave_h": 17.0}, "hours a week on Mon, Tue, Wed, Thu, Fri"),
    "skills": ({"skills": {"mail": 1.0}}, "no queue of this plan is among the person's skills"),
}


@pytest.mark.parametrize("rule", BARRED)
def test_the_rule_in_the_way_is_named_with_its_days(rule: str) -> None:
    agent, words = BARRED[rule]
    (found,) = few_hours(desk(person(**agent)), {})
    assert (found.rule, found.reason) == (rule, words)


def test_days_with_other_reasons_are_told_apart_the_most_frequent_first() -> None:
    away = ((0, 2 * DAY), (2 * DAY, 5 * DAY))
    (found,) = few_hours(desk(person(away=away, leave=((0, 2 * DAY, "vacation"),))), {})
    assert (found.rule, found.reason) == ("availability", "availability on Wed, Thu, Fri; leave on Mon, Tue")


def test_whoever_works_every_day_is_told_that() -> None:
    p = desk(person(), least_h=20)
    p = replace(p, contracts={"part": replace(p.contracts["part"], max_h_week=40, min_h_week=30)})
    (found,) = few_hours(p, {"ann": worked(p, *range(5))})
    assert (found.rule, found.reason) == ("one_shift_a_day", "a shift on every day on which one can be worked")


def test_a_contract_without_a_shift_is_told() -> None:
    p = desk(person())
    other = {"part": Contract("part", ("night",), max_h_week=20)}
    (found,) = few_hours(replace(p, contracts=other), {})
    assert found.rule == "shifts"


def test_a_stopped_run_names_the_people_without_looking() -> None:
    (found,) = few_hours(desk(person()), {}, look=False)
    assert (found.agent, found.rule, found.reason) == ("ann", "", STOPPED)


def test_a_plan_of_nobody_has_nobody_with_few_hours() -> None:
    assert few_hours(desk(), {"shift-0001": ()}) == []

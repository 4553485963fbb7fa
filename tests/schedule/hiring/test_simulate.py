"""The workforce as chance has it: its means are those of the plan, its probabilities those promised."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from hiring_cases import RULES, group, kind, tiny, two_contracts

from busyhour.forecast.progress import Stopped, Watch
from busyhour.schedule.hiring.case import Case
from busyhour.schedule.hiring.result import decisions_of
from busyhour.schedule.hiring.simulate import arrivals, simulate
from busyhour.schedule.hiring.solve import plan_hires


def test_means_and_probabilities_are_those_of_the_plan():
    problem = tiny(
        groups=(group(hours=14000.0, scenarios=40),), kinds=(kind(heads=120),),
        rules=replace(RULES, most=20, rooms=3, recruits=40), given=(("main/full", dt.date(2027, 1, 18), 10),),
    )  # fmt: skip
    plan = plan_hires(problem, gap=0.01)
    assert plan.classes
    found = simulate(problem, plan, paths=4000, seed=2)
    error = found.cost.std() / np.sqrt(4000)
    assert found.cost.mean() == pytest.approx(plan.total, abs=4 * error, rel=0.0)
    months = plan.groups["main"]
    assert found.work[1, 0] == pytest.approx(months.supply, rel=0.01)
    spread = (found.work[2, 0] - found.work[0, 0]) / (2 * 1.2816)
    assert spread == pytest.approx(months.spread, rel=0.2)
    wide = 2.0 * (found.interval[1] - found.interval[0]) / 2.0
    assert (np.abs(found.met - months.probability) <= wide + 0.01).all()


def test_without_chance_the_plan_comes_true_exactly():
    sure = replace(kind().learning, leave=np.zeros(1), fails=0.0, noise=0.0)
    problem = tiny(
        kinds=(kind(learning=sure),), groups=(group(scenarios=1, hours=1700.0),), rules=replace(RULES, drop_out=0.0)
    )
    plan = plan_hires(problem, gap=1e-4)
    assert plan.classes
    found = simulate(problem, plan, paths=3)
    assert found.cost == pytest.approx(np.full(3, plan.total))
    assert found.work[1, 0] == pytest.approx(plan.groups["main"].supply)


def test_transfers_and_contracts_count():
    plan = plan_hires(two_contracts(), gap=0.01)
    found = simulate(two_contracts(), plan, paths=500)
    assert found.cost.mean() == pytest.approx(plan.total, rel=0.03)


def test_a_stop_ends_the_simulation():
    plan = plan_hires(tiny(), time_limit_s=0.0)
    watch = Watch()
    watch.stop.set()
    with pytest.raises(Stopped):
        simulate(tiny(), plan, watch=watch)


def test_arrivals_are_as_many_as_expected_on_average():
    found = arrivals(np.random.default_rng(1), 0.15, 13.0, 40000)
    assert found.mean() == pytest.approx(13.0, abs=0.05)
    assert arrivals(np.random.default_rng(1), 0.0, 13.0, 5).tolist() == [13] * 5


def test_plans_read_back_as_decided():
    case = Case.of(two_contracts())
    plan = plan_hires(two_contracts(), gap=0.01)
    made = decisions_of(case.supply, plan)
    assert made.heads.sum() == sum(c.size for c in plan.classes)
    assert made.moved.sum() == sum(heads for *_, heads in plan.transfers)


def test_people_may_leave_between_the_day_of_planning_and_the_first_month():
    restless = replace(kind().learning, leave=np.array([0.3]))
    problem = tiny(
        as_of=dt.date(2026, 12, 8), kinds=(kind(heads=120, learning=restless),), groups=(group(hours=7000.0),),
        rules=replace(RULES, most=20, rooms=3, recruits=40), given=(("main/full", dt.date(2026, 12, 20), 10),),
    )  # fmt: skip
    plan = plan_hires(problem, time_limit_s=0.0)
    found = simulate(problem, plan, paths=3000, seed=2)
    error = found.cost.std() / np.sqrt(3000)
    assert found.cost.mean() == pytest.approx(plan.total, abs=4 * error + 0.001 * plan.total, rel=0.0)
    assert found.work[1, 0] == pytest.approx(plan.groups["main"].supply, rel=0.02)
    assert found.wages_today.mean() == pytest.approx(plan.cost["wages_today"], rel=0.01)

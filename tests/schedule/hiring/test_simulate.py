"""The workforce as chance has it: its means are those of the plan, its probabilities those promised."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from hiring_cases import RULES, group, kind, tiny, two_contracts

from busyhour.forecast.progress import Stopped, Watch
from busyhour.schedule.hiring.case import Case
from busyhour.schedule.hiring.paths import Paths
from busyhour.schedule.hiring.replan import Lives, firm, state
from busyhour.schedule.hiring.result import decisions_of
from busyhour.schedule.hiring.rule import HireUpTo, fill
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


def test_the_workforce_lives_on_as_planned_without_chance():
    """Re-planned with the rule that made the plan, and nothing random: the frozen plan's own cost."""
    sure = replace(kind().learning, leave=np.zeros(1), fails=0.0, noise=0.0)
    problem = tiny(
        kinds=(kind(learning=sure),), groups=(group(scenarios=1, hours=1700.0),), rules=replace(RULES, drop_out=0.0)
    )
    case, rule = Case.of(problem), HireUpTo(1.0, 0)
    made = fill(case, rule)
    assert made.heads.any()
    demand = problem.groups[0].demand[0][None]

    def policy(now):
        ready = Case.of(now)
        return firm(now, ready, fill(ready, rule))

    lived = Lives(problem).live(demand, lambda t: demand[None], policy, seed=1)
    cost = case.cost(made, np.zeros_like(case.contract)) + case.money.wages_today
    assert lived.hired == made.heads.sum()
    assert lived.cost == pytest.approx(cost)


def test_the_state_holds_who_is_there_and_on_the_way():
    problem = tiny()
    lives = Lives(problem)
    coming = [("main/full", dt.date(2027, 3, 1), 3)]
    now = state(problem, 2, problem.groups[0].demand[:, None], lives.staff, coming)
    assert now.as_of == dt.date(2027, 3, 1)
    assert now.months.count == 2
    assert len(now.kinds[0].staff) == 12
    assert now.given == (("main/full", dt.date(2027, 3, 1), 3),)
    assert now.groups[0].demand.shape == (7, 2)


def test_plans_read_back_as_decided():
    case = Case.of(two_contracts())
    plan = plan_hires(two_contracts(), gap=0.01)
    made = decisions_of(case.supply, plan)
    assert made.heads.sum() == sum(c.size for c in plan.classes)
    assert made.moved.sum() == sum(heads for *_, heads in plan.transfers)


LAW = Paths(np.array([[100.0, 110.0, 120.0], [50.0, 50.0, 40.0]]), sd=0.1, rho=0.9, shared=0.4)


def test_paths_are_centred_and_come_in_opposite_pairs():
    demand = LAW.draw(40, seed=1)
    assert demand.mean(axis=0) == pytest.approx(LAW.mean)
    levels = LAW.levels(40, seed=1)
    assert levels[:20] == pytest.approx(-levels[20:])
    assert LAW.draw(1, seed=1)[0] == pytest.approx(LAW.mean)


def test_fresh_paths_have_the_mean_and_the_correlation_of_the_law():
    demand, levels = LAW.fresh(20000, seed=3)
    assert demand.mean(axis=0) == pytest.approx(LAW.mean, rel=0.01)
    assert np.corrcoef(levels[:, 0, 2], levels[:, 1, 2])[0, 1] == pytest.approx(0.4, abs=0.03)
    assert levels[:, 0, 0].std() == pytest.approx(0.1, rel=0.03)


def test_paths_go_on_from_a_known_level():
    level = np.array([0.1, 0.05])
    demand = LAW.draw(200, seed=1, first=1, level=level)
    _, levels = LAW.fresh(200000, seed=5)
    near = (np.abs(levels[:, :, 0] - level) < 0.02).all(axis=1)
    fresh = LAW.fresh(200000, seed=5)[0][near]
    assert near.sum() > 300
    assert demand.mean(axis=0)[:, 1:] == pytest.approx(fresh.mean(axis=0)[:, 1:], rel=0.02)

"""Which defaults matter: only changes that the bounds prove."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hiring_outcome import small_plan, small_problem

from busyhour.app.hiring import matters
from busyhour.app.hiring.matters import Change, Trial, at_least, changed, dearer, grown, matters_of, trials
from busyhour.app.hiring.schema import HiringConfig
from busyhour.forecast.progress import Watch
from busyhour.schedule.hiring.check import checked
from busyhour.schedule.hiring.plan import HiringPlan
from busyhour.schedule.hiring.problem import HiringProblem, Recourse


def test_given_keys_are_not_tried() -> None:
    config, problem = HiringConfig(), small_problem()
    every = {t.key for t in trials(config, frozenset(), problem)}
    assert {"people.attrition", "people.speed", "growth", "prices.hire"} <= every
    left = trials(config, frozenset({"people.speed", "growth"}), problem)
    assert {t.key for t in left} == every - {"people.speed", "growth"}


def test_what_matters_to_small_desks_is_tried() -> None:
    every = {t.key: t for t in trials(HiringConfig(), frozenset(), small_problem())}
    assert {
        "classes.least", "classes.most", "classes.recruits", "classes.nesting_weeks", "prices.overtime_share",
        "prices.vendor_share", "prices.end_value",
    } <= set(every)  # fmt: skip
    assert (every["classes.least"].default, every["classes.least"].low) == ("8", "1")


@pytest.mark.parametrize("classes", [{}, {"least": 15, "most": 16}, {"least": 1, "most": 4, "seats": 4}])
def test_every_trial_can_be_planned(classes: dict[str, int]) -> None:
    config, problem = HiringConfig.model_validate({"classes": classes}), small_problem()
    for trial in trials(config, frozenset(), problem):
        for change in trial.changes:
            other = changed(config, change.keys)
            assert HiringConfig.model_validate(other.model_dump(exclude_none=True)) == other
            if change.after is not None:
                checked(change.after(problem))


def test_low_and_high_prices_of_missing_hours_are_those_of_each_group() -> None:
    problem = small_problem()
    first = problem.groups[0]
    dear = Recourse(overtime_cost=90.0, off_saving=40.0, vendor_cost=110.0, short_cost=120.0, lost_cost=240.0)
    both = replace(problem, groups=(first, replace(first, name="other", recourse=dear)))
    for factor in (0.7, 1.5):
        for group in dearer(both, factor).groups:
            recourse = group.recourse
            assert max(recourse.vendor_cost, recourse.overtime_cost) < recourse.short_cost <= recourse.lost_cost
    low = dearer(both, 0.7)
    assert low.groups[0].recourse.short_cost == pytest.approx(0.7 * first.recourse.short_cost)
    assert low.groups[1].recourse.short_cost == pytest.approx(1.05 * 110.0)
    trial = next(t for t in trials(HiringConfig(), frozenset(), both) if t.key == "prices.short_h")
    assert (trial.default, trial.low, trial.high) == ("90 / 120", "63 / 116", "135 / 180")


def test_a_change_is_told_only_as_far_as_it_is_proven() -> None:
    _, plan = small_plan()
    cost, bound = plan.solved.cost, plan.solved.bound
    assert cost is not None
    assert bound is not None
    assert at_least(plan, plan) == 0.0  # either may be cheaper by the gap
    higher = replace(plan, cost={**plan.cost, "hiring": plan.cost["hiring"] + 1e6},
                     solved=replace(plan.solved, cost=cost + 1e6, bound=bound + 1e6))  # fmt: skip
    assert at_least(plan, higher) == pytest.approx(1e6 - (cost - bound))
    assert at_least(higher, plan) == pytest.approx(-1e6 + (cost - bound))
    blind = replace(plan, solved=replace(plan.solved, bound=None))
    assert at_least(blind, higher) == pytest.approx(1e6 - (cost - bound))
    assert at_least(plan, blind) == 0.0


def test_growth_compounds_over_months() -> None:
    problem = small_problem()
    more = grown(problem, 0.1).groups[0].demand / problem.groups[0].demand
    assert more[0, 0] == 1.0
    assert more[0, 5] == pytest.approx(1.1 ** (5 / 12))


@pytest.mark.slow
def test_the_largest_change_comes_first() -> None:
    problem = small_problem()
    asked = [t for t in trials(HiringConfig(), frozenset(), problem)
             if t.key in ("growth", "classes.drop_out")]  # fmt: skip
    found = matters_of(asked, HiringConfig(), lambda _: problem, Watch(), 300.0)
    assert [m.key for m in found] == ["growth", "classes.drop_out"]
    assert found[0].cost[0] < 0 < found[0].cost[1]
    assert found[1].cost == (0.0, 0.0)  # the problem did not change


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch) -> list[HiringProblem]:
    """What is planned, without planning it."""
    out: list[HiringProblem] = []

    def plan(problem: HiringProblem, **_: object) -> HiringPlan:
        out.append(checked(problem))
        return small_plan()[1]

    monkeypatch.setattr(matters, "plan_hires", plan)
    return out


def test_prices_that_follow_from_the_wage_stay_while_another_default_is_tried(planned: list[HiringProblem]) -> None:
    problem = small_problem()
    own = problem.groups[0].recourse

    def of(config: HiringConfig) -> HiringProblem:
        factor = 1.0 if config.hours.vacation == HiringConfig().hours.vacation else 2.0
        dear = replace(own, short_cost=factor * own.short_cost, lost_cost=factor * own.lost_cost)
        return replace(problem, groups=(replace(problem.groups[0], recourse=dear),))

    away, cheap = Change({"hours.vacation": 0.1}), Change({"prices.overtime_share": 0.04})
    matters_of([Trial("hours.vacation", "", "", "", "", (away, cheap))], HiringConfig(), of, Watch(), 1.0)
    assert [p.groups[0].recourse for p in planned] == [own] * 3


def test_a_class_on_its_way_may_be_larger_than_those_that_are_tried(planned: list[HiringProblem]) -> None:
    problem = replace(small_problem(), given=(("desk/full", dt.date(2026, 11, 2), 8),))

    def of(config: HiringConfig) -> HiringProblem:
        return replace(problem, rules=replace(problem.rules, most=config.classes.most))

    config = HiringConfig.model_validate({"classes": {"least": 2, "most": 9}})
    trial = Trial("classes.most", "", "", "", "", (Change({"classes.most": 4}), Change({"classes.most": 12})))
    matters_of([trial], config, of, Watch(), 1.0)
    assert [p.rules.most for p in planned] == [9, 8, 12]

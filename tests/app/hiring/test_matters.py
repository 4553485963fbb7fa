"""Which defaults matter: only changes that the bounds prove."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hiring_outcome import small_plan, small_problem

from busyhour.app.hiring.matters import at_least, changed, grown, matters_of, trials
from busyhour.app.hiring.schema import HiringConfig
from busyhour.forecast.progress import Watch


def test_given_keys_are_not_tried() -> None:
    config, recourse = HiringConfig(), small_problem().groups[0].recourse
    every = {t.key for t in trials(config, frozenset(), recourse)}
    assert {"people.attrition", "people.speed", "growth", "prices.hire"} <= every
    left = trials(config, frozenset({"people.speed", "growth"}), recourse)
    assert {t.key for t in left} == every - {"people.speed", "growth"}


def test_low_and_high_prices_of_missing_hours_can_be_planned() -> None:
    recourse = small_problem().groups[0].recourse
    trial = next(t for t in trials(HiringConfig(), frozenset(), recourse) if t.key == "prices.short_h")
    for change in trial.changes:
        prices = changed(HiringConfig(), change).prices
        assert prices.short_h is not None
        assert prices.lost_h is not None
        assert max(recourse.vendor_cost, recourse.overtime_cost) < prices.short_h <= prices.lost_h


def test_a_change_is_told_only_as_far_as_it_is_proven() -> None:
    _, plan = small_plan()
    cost, bound = plan.solved.cost, plan.solved.bound
    assert cost is not None
    assert bound is not None
    assert at_least(plan, plan) == 0.0  # either may be cheaper by the gap
    dearer = replace(plan, cost={**plan.cost, "hiring": plan.cost["hiring"] + 1e6},
                     solved=replace(plan.solved, cost=cost + 1e6, bound=bound + 1e6))  # fmt: skip
    assert at_least(plan, dearer) == pytest.approx(1e6 - (cost - bound))
    assert at_least(dearer, plan) == pytest.approx(-1e6 + (cost - bound))
    blind = replace(plan, solved=replace(plan.solved, bound=None))
    assert at_least(blind, dearer) == pytest.approx(1e6 - (cost - bound))
    assert at_least(plan, blind) == 0.0


def test_growth_compounds_over_months() -> None:
    problem = small_problem()
    more = grown(problem, 0.1).groups[0].demand / problem.groups[0].demand
    assert more[0, 0] == 1.0
    assert more[0, 5] == pytest.approx(1.1 ** (5 / 12))


def test_the_largest_change_comes_first() -> None:
    problem = small_problem()
    asked = [t for t in trials(HiringConfig(), frozenset(), problem.groups[0].recourse)
             if t.key in ("growth", "classes.drop_out")]  # fmt: skip
    found = matters_of(asked, HiringConfig(), lambda _: problem, Watch(), 300.0)
    assert [m.key for m in found] == ["growth", "classes.drop_out"]
    assert found[0].cost[0] < 0 < found[0].cost[1]
    assert found[1].cost == (0.0, 0.0)  # the problem did not change

"""Prices of the relaxation, and bounds: never above any plan."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from tiny_desks import by_day, desk

from busyhour.forecast.progress import Watch
from busyhour.schedule.optimise.status import Status
from busyhour.schedule.people.compile import CompiledStaff
from busyhour.schedule.people.descent import Descent
from busyhour.schedule.people.dual import DualPrices
from busyhour.schedule.people.exact.model import build
from busyhour.schedule.people.exact.solve import lp_prices, solve_exact
from busyhour.schedule.price.worth import Service
from busyhour.schedule.problem.staff import Fixed


@pytest.mark.parametrize("seed", range(6))
def test_prices_prove_their_bound_twice(seed):
    problem = desk(1010 + seed, people=4, cyclic=seed % 3 == 0, queues=1 + seed % 2)
    problem = by_day(problem, seed) if seed % 3 == 1 else problem
    staff, service = CompiledStaff.of(problem), Service.of(problem)
    prices = lp_prices(staff, service, watch=Watch(), time_limit_s=60.0)
    assert prices is not None
    dual = DualPrices(staff, service)
    descent = Descent(dual, seed=1, over=lambda: False)
    descent.settle(2)
    valued = dual._evaluate(prices.price, prices.goal_price, Watch())
    assert valued is not None
    assert prices.bound <= descent.best_cost + 1e-6
    assert valued[0] <= descent.best_cost + 1e-6
    answer = solve_exact(
        staff, service, watch=Watch(), time_limit_s=60.0, gap=0.0, seed=1, threads=1, start=descent.best
    )
    assert answer.cost is not None
    assert answer.bound is not None
    assert prices.bound <= answer.bound + 1e-6
    assert answer.bound <= answer.cost + 1e-9
    assert answer.cost <= descent.best_cost + 1e-9


def test_a_plan_is_an_answer_of_the_model():
    problem = by_day(desk(650, people=4), 1)
    staff, service = CompiledStaff.of(problem), Service.of(problem)
    descent = Descent(DualPrices(staff, service), seed=1, over=lambda: False)
    model = build(staff, service, Watch())
    assert model is not None
    start = model.start(descent.best)
    whole = [name for name, is_whole in zip(model.linear.columns, model.linear.whole, strict=True) if is_whole]
    assert set(whole) == set(start)
    back = model.weeks(start)
    for week, read in zip(descent.best, back, strict=True):
        np.testing.assert_array_equal(week.options, read.options)


def test_no_time_proves_nothing():
    problem = desk(660)
    staff, service = CompiledStaff.of(problem), Service.of(problem)
    assert lp_prices(staff, service, watch=Watch(), time_limit_s=0.0) is None
    answer = solve_exact(staff, service, watch=Watch(), time_limit_s=0.0, gap=0.0, seed=1, threads=1, start=None)
    assert answer.weeks is None
    assert answer.bound is None


def test_a_stop_ends_the_building():
    problem = desk(660)
    watch = Watch()
    watch.stop.set()
    assert build(CompiledStaff.of(problem), Service.of(problem), watch) is None


def test_better_plans_and_bounds_are_told():
    problem = by_day(desk(670, people=6), 3)
    staff, service = CompiledStaff.of(problem), Service.of(problem)
    costs, bounds = list[float](), list[float]()

    def better(weeks):
        costs.append(Descent(DualPrices(staff, service), seed=1, over=lambda: False, start=weeks).best_cost)

    answer = solve_exact(
        staff, service, watch=Watch(), time_limit_s=60.0, gap=0.01, seed=1, threads=1, start=None, on_better=better,
        on_bound=bounds.append,
    )  # fmt: skip
    assert costs
    assert bounds
    assert bounds == sorted(bounds)
    assert min(costs) >= answer.bound - 1e-6
    assert max(bounds) <= answer.cost + 1e-6


def test_who_has_no_week_leaves_no_answer():
    problem = desk(680)
    busy = dataclasses.replace(problem.staff[0], away=((0, len(problem.grid)),), fixed=(Fixed(0, ""),))
    problem = dataclasses.replace(problem, staff=(busy,))
    staff, service = CompiledStaff.of(problem), Service.of(problem)
    answer = solve_exact(staff, service, watch=Watch(), time_limit_s=60.0, gap=0.0, seed=1, threads=1, start=None)
    assert answer.weeks is None
    assert answer.bound is None
    assert answer.status == Status.INFEASIBLE

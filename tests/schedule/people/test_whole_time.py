"""A search goes on until its gap is reached, its plan is proven, time is up or the user stops it."""

from __future__ import annotations

import dataclasses
import threading

import pytest
from cover_cases import FULL, PART, by_need, day

from busyhour.forecast.progress import Event, Watch
from busyhour.schedule.optimise.status import Status, Stop
from busyhour.schedule.people.choice import TABLE
from busyhour.schedule.people.params import AnnealingParams, PeopleParams
from busyhour.schedule.people.solve import solve_named
from busyhour.schedule.plan.activity import activity
from busyhour.schedule.problem.costs import Costs
from busyhour.schedule.problem.staff import Agent, Contract
from busyhour.schedule.rules.rules import Rules

TRIES = dataclasses.replace(TABLE[-1], relaxed=False, exact_share=0.0)
EXACT = dataclasses.replace(TABLE[0], rounds_share=1.0)
SHORT = AnnealingParams(steps=3)


def _desk(people: int = 5, steady_h: float = 0.0):
    contract = Contract("any", ("full", "part"), max_h_week=40)
    staff = [Agent(f"p{i}", "any", {"calls": 1.0}, 1.0 + i / 10) for i in range(people)]
    prices = Costs(cost_h=1.0, under_h=20.0, below_contract_h=0.5, steady_h=steady_h)
    rules = Rules(days_off_together=0)
    return by_need(day(2), 1, [FULL, PART], contracts={"any": contract}, staff=staff, costs=prices, rules=rules)


class _StopAfter:
    """A watch that stops when it has been told `text` so often."""

    def __init__(self, text: str, times: int) -> None:
        self.text, self.left, self.watch = text, times, Watch(show=self)

    def __call__(self, event: Event) -> None:
        self.left -= event.text == self.text
        if self.left <= 0:
            self.watch.stop.set()


@pytest.mark.slow
@pytest.mark.parametrize("threads", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_tries_go_on_as_long_as_the_gap_is_not_reached(threads):
    """Nothing but the stop ends it: the price of starts is no part of the bound, so the gap stays open."""
    stop = _StopAfter("descent", 4)
    params = PeopleParams(choice=TRIES, annealing=SHORT)
    running = threading.active_count()
    plan = solve_named(
        _desk(steady_h=2.0), watch=stop.watch, time_limit_s=600.0, gap=0.0, threads=threads, params=params
    )
    assert stop.left == 0
    assert plan.solved.stopped == Stop.USER
    assert threading.active_count() == running


@pytest.mark.parametrize("threads", [1, 2])
def test_on_from_a_plan_other_starts_are_tried_too(threads):
    problem, params = _desk(steady_h=2.0), PeopleParams(choice=TRIES, annealing=SHORT)
    first = solve_named(problem, watch=Watch(), time_limit_s=600.0, gap=0.0, steps=0)
    first = dataclasses.replace(first, prices=dataclasses.replace(first.prices, bound=None))
    stop = _StopAfter("descent", 2)  # told by starts that follow the prices, not by the plan's own annealing
    plan = solve_named(
        problem, watch=stop.watch, time_limit_s=600.0, gap=0.0, threads=threads, start=first, params=params
    )
    assert stop.left == 0
    assert plan.solved.cost <= first.solved.cost
    assert plan.solved.bound is not None


def test_a_search_of_steps_ends_after_them_and_says_that_the_gap_is_not_reached():
    plan = solve_named(_desk(steady_h=2.0), watch=Watch(), time_limit_s=600.0, gap=0.0, steps=3)
    assert (plan.solved.stopped, plan.solved.cut) == (Stop.TIME, False)


def test_time_ends_a_search_whose_gap_is_not_reached():
    plan = solve_named(_desk(steady_h=2.0), watch=Watch(), time_limit_s=0.5, gap=0.0, params=PeopleParams(choice=TRIES))
    assert plan.solved.stopped == Stop.TIME
    assert plan.solved.bound <= plan.solved.cost


@pytest.mark.parametrize("threads", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_the_exact_model_proves_a_small_desk(threads):
    params = PeopleParams(choice=EXACT, annealing=SHORT)
    plan = solve_named(_desk(), watch=Watch(), time_limit_s=600.0, gap=0.0, threads=threads, params=params)
    assert plan.solved.status == Status.OPTIMAL
    assert plan.solved.stopped is None


def test_in_one_thread_the_same_plan_comes_again_from_the_exact_model():
    params = PeopleParams(choice=EXACT, annealing=SHORT)
    problem = _desk(6)
    found = [
        solve_named(problem, watch=Watch(), time_limit_s=600.0, gap=1e-4, seed=seed, params=params)
        for seed in (3, 3, 4)
    ]
    tables = [activity(plan.assigned, problem.grid).to_csv() for plan in found]
    assert tables[0] == tables[1]
    assert [plan.solved.cut for plan in found] == [False] * 3
    assert found[2].solved.cost == pytest.approx(found[0].solved.cost, rel=1e-3)


@pytest.mark.parametrize("threads", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_a_stop_while_the_exact_model_is_solved_returns_the_plan_so_far(threads):
    stop = _StopAfter("exact model", 1)
    params = PeopleParams(choice=EXACT, annealing=SHORT)
    problem = _desk(8, steady_h=2.0)
    running = threading.active_count()
    plan = solve_named(problem, watch=stop.watch, time_limit_s=600.0, gap=0.0, threads=threads, params=params)
    assert plan.solved.stopped == Stop.USER or plan.solved.status == Status.OPTIMAL  # proven just before the stop
    assert set(plan.assigned) == {a.id for a in problem.staff}
    assert threading.active_count() == running

"""The exact model against the listing of every roster of tiny desks."""

from __future__ import annotations

import pytest
from tiny_desks import by_day, desk, least_cost, roster_cost

from busyhour.forecast.progress import Watch
from busyhour.schedule.optimise.status import Status
from busyhour.schedule.people.compile import CompiledStaff
from busyhour.schedule.people.exact.model import build
from busyhour.schedule.people.exact.solve import ExactAnswer, solve_exact
from busyhour.schedule.price.worth import Service
from busyhour.schedule.problem.problem import ScheduleProblem


def solved(problem: ScheduleProblem) -> tuple[CompiledStaff, ExactAnswer]:
    """Solve the exact model to its optimum."""
    staff = CompiledStaff.of(problem)
    answer = solve_exact(
        staff, Service.of(problem), watch=Watch(), time_limit_s=60.0, gap=0.0, seed=1, threads=1, start=None
    )
    return staff, answer


def same_as_every_roster(problem: ScheduleProblem) -> None:
    """Expect the optimum of the model, the roster that it names, and the best of all rosters to cost the same."""
    staff, answer = solved(problem)
    best = least_cost(problem)
    if best == float("inf"):
        assert answer.status == Status.INFEASIBLE
        assert answer.weeks is None
        return
    assert answer.cost == pytest.approx(best)
    assert answer.bound == pytest.approx(best)
    assert answer.weeks is not None
    assert roster_cost(problem, staff, answer.weeks) == pytest.approx(best)


@pytest.mark.parametrize("seed", range(8))
def test_people_alone(seed):
    same_as_every_roster(desk(seed))


@pytest.mark.parametrize("seed", range(6))
def test_limited_spread_of_starts(seed):
    same_as_every_roster(desk(100 + seed, spread=True))


@pytest.mark.parametrize("seed", range(5))
def test_cyclic_weeks(seed):
    same_as_every_roster(desk(200 + seed, cyclic=True))


@pytest.mark.parametrize("seed", range(3))
def test_two_queues(seed):
    same_as_every_roster(desk(300 + seed, queues=2))


@pytest.mark.parametrize("seed", range(6))
def test_people_alike(seed):
    same_as_every_roster(desk(400 + seed, people=3, alike=True, days=2, spread=seed % 2 == 0))


@pytest.mark.parametrize("seed", range(8))
def test_goals_over_the_day(seed):
    same_as_every_roster(by_day(desk(500 + seed), seed))


@pytest.mark.parametrize("seed", range(4))
def test_goals_over_the_day_of_two_queues(seed):
    same_as_every_roster(by_day(desk(700 + seed, queues=2, days=1), seed))


def test_alike_people_are_one_flow():
    problem = desk(400, people=3, alike=True, days=2)
    model = build(CompiledStaff.of(problem), Service.of(problem), Watch())
    assert model is not None
    assert [len(c.numbers) for c in model.people] == [3]

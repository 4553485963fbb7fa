"""The bound with the days apart: the least cost where only people join the days, never above it elsewhere."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from tiny_desks import by_day, desk, least_cost, roster_cost

from busyhour.forecast.progress import Watch
from busyhour.schedule.optimise.solver import Answer
from busyhour.schedule.optimise.status import Status, Stop
from busyhour.schedule.people.compile import CompiledStaff
from busyhour.schedule.people.descent import Descent
from busyhour.schedule.people.dual import DualPrices
from busyhour.schedule.people.exact import days_apart, one_day, solve
from busyhour.schedule.people.exact.day_values import DayValues
from busyhour.schedule.people.exact.days_apart import DaysApart, on_days, parts_of
from busyhour.schedule.people.exact.one_day import OneDay, merged, teams_of
from busyhour.schedule.people.exact.solve import solve_exact
from busyhour.schedule.price.worth import Service
from busyhour.schedule.problem.problem import ScheduleProblem


def bound_of(problem: ScheduleProblem, cost: float) -> tuple[float | None, list[float]]:
    """Return the bound with the days apart, None where they do not come apart, and all bounds told."""
    staff, service = CompiledStaff.of(problem), Service.of(problem)
    parts, told = parts_of(staff, service, Watch()), list[float]()
    if parts is None:
        return None, told
    search = DaysApart(staff, parts, Watch(), lambda: cost, told.append, 1)
    search.run()
    return search.bound, told


def awake(seed: int, **more) -> ScheduleProblem:
    """Draw a desk that closes at night, the first from this seed on."""
    return next(p for s in range(seed, seed + 50) if "night" not in (p := desk(s, **more)).families)


@pytest.mark.parametrize("seed", range(1, 5))
def test_without_rest_the_bound_is_the_least_cost(seed):
    problem = awake(800 + 7 * seed, queues=1 + seed % 2)
    problem = dataclasses.replace(problem, rules=dataclasses.replace(problem.rules, rest_min=0))
    problem = by_day(problem, seed) if seed in (2, 4) else problem
    best = least_cost(problem)
    bound, told = bound_of(problem, best + 20.0)
    if best == float("inf"):
        assert not told or max(told) <= best
        return
    assert bound == pytest.approx(best)
    assert told == sorted(told)


@pytest.mark.parametrize("seed", range(4))
def test_rest_and_spread_only_make_plans_dearer(seed, monkeypatch):
    problem = awake(860 + 7 * seed, spread=seed % 2 == 0, people=2)
    monkeypatch.setattr(days_apart, "MOST_NUMBERS", 10_000 if seed % 3 else 6)
    best = least_cost(problem)
    bound, told = bound_of(problem, best)
    assert bound is None or max(told, default=-np.inf) <= best + 1e-6 * max(1.0, best)


def test_shifts_over_midnight_keep_days_together():
    problem = next(p for s in range(50) if "night" in (p := desk(s)).families and p.staff[0].contract == "all")
    assert parts_of(CompiledStaff.of(problem), Service.of(problem), Watch()) is None


def test_a_goal_over_two_days_keeps_them_together():
    problem = by_day(awake(900), 1)
    service = Service.of(problem)
    joined = dataclasses.replace(service, period=np.minimum(service.period, 0))
    assert parts_of(CompiledStaff.of(problem), service, Watch()) is not None
    assert parts_of(CompiledStaff.of(problem), joined, Watch()) is None


@pytest.mark.parametrize("seed", range(1, 4))
def test_the_exact_model_with_its_days_apart_finds_the_optimum(seed, monkeypatch):
    monkeypatch.setattr(solve, "FEW_COLUMNS", 0)
    problem = awake(920 + 9 * seed, spread=seed == 3)
    best = least_cost(problem)
    if best == float("inf"):
        return
    staff, bounds, costs = CompiledStaff.of(problem), list[float](), list[float]()
    answer = solve_exact(
        staff, Service.of(problem), watch=Watch(), time_limit_s=60.0, gap=0.0, seed=1, threads=1, start=None,
        cost=lambda: best + 10.0, on_bound=bounds.append,
        on_better=lambda weeks: costs.append(roster_cost(problem, staff, weeks)),
    )  # fmt: skip
    assert answer.cost == pytest.approx(best)
    assert answer.bound == pytest.approx(best)
    assert max(bounds) <= best + 1e-6 * best
    assert min(costs) == pytest.approx(best)


def test_numbers_tell_what_a_day_costs():
    problem = awake(950, people=3)
    staff, service = CompiledStaff.of(problem), Service.of(problem)
    teams = teams_of(staff, 0)
    day, values = OneDay.of(staff, service, 0, teams), DayValues.of(teams)
    nobody, everybody = values.taken
    assert not values.counts[nobody].any()
    missing = service.floor[0, problem.horizon.day_slots[0]].sum()
    first = day.least(values.counts[nobody], Watch())
    assert first is not None
    assert first[0] <= missing + 1e-6
    low, seen = 0.0, -1.0
    while low > seen:  # a step at a time up to what nobody there costs
        seen = low
        found = day.dearer(values.counts[nobody], low, Watch(), 10_000)
        assert found is not None
        low = found
    with_all = day.least(values.counts[everybody], Watch())
    assert with_all is not None
    assert with_all[0] <= low
    values.raise_fewer(everybody, with_all[0])
    assert values.low[nobody] == pytest.approx(with_all[0])


def test_a_team_joins_a_wider_one_of_other_people():
    team = teams_of(CompiledStaff.of(awake(950, people=3)), 0)[0]
    place = next(iter(team.extra))
    narrow = dataclasses.replace(team, extra={place: team.extra[place]}, members={9: [0]})
    joined = merged([team, narrow], 1)
    assert joined is not None
    assert joined[0].members.keys() == {*team.members, 9}
    assert merged([team, narrow], 0) is None
    assert merged([team, dataclasses.replace(narrow, members=team.members)], 1) is None


def test_days_worked_are_kept():
    staff = CompiledStaff.of(awake(950))
    fixed = on_days(staff, [{0}, set()])
    assert np.isinf(fixed.people[0].off_cost[0])
    assert np.isinf(fixed.people[1].option_cost).all()
    assert np.isinf(fixed.people[0].option_cost[staff.people[0].options.day != 0]).all()


def test_a_stop_ends_the_search():
    problem = awake(950)
    staff, service, watch = CompiledStaff.of(problem), Service.of(problem), Watch()
    parts, told = parts_of(staff, service, Watch()), list[float]()
    assert parts is not None
    watch.stop.set()
    DaysApart(staff, parts, watch, lambda: 1e9, told.append, 1).run()
    assert not told


def test_a_day_on_which_nobody_can_work_has_one_number():
    values = DayValues.of([])
    assert values.counts.shape == (1, 0)
    assert values.taken == [0]


def test_rounding_of_the_solver_raises_no_bound(monkeypatch):
    """A bound a hair above a step is no step more, and neither is an undecided day."""
    problem = awake(950, people=3)
    staff, service = CompiledStaff.of(problem), Service.of(problem)
    day = OneDay.of(staff, service, 0, teams_of(staff, 0))
    counts, low = np.zeros(len(day.teams), dtype=np.int64), 3 * day.step
    assert day.step > 0
    for bound, told in ((low + 1e-5 * day.step, None), (low + 0.4 * day.step, low + day.step), (None, None)):
        answer = Answer(Status.NONE, None, bound, {}, {}, {}, 0.0, Stop.TIME)
        monkeypatch.setattr(one_day, "solve_linear", lambda *_, answer=answer, **__: answer)
        assert day.dearer(counts, low, Watch(), 10) == (None if told is None else pytest.approx(told))


def test_a_plans_numbers_of_people_are_among_the_choices():
    problem = awake(950, people=3)
    staff, service = CompiledStaff.of(problem), Service.of(problem)
    parts = parts_of(staff, service, Watch())
    assert parts is not None
    weeks = Descent(DualPrices(staff, service), seed=1, over=lambda: False).weeks
    for part in parts:
        part.take(weeks)
        counts = part.values.counts[part.values.taken]
        assert (counts.sum(axis=1) == sum(week.options[part.day] >= 0 for week in weeks)).any()


def test_no_progress_of_the_days_apart_claims_a_proof_of_the_week():
    problem = awake(950, people=3)
    staff, service, events = CompiledStaff.of(problem), Service.of(problem), []
    parts = parts_of(staff, service, Watch())
    assert parts is not None
    watch = Watch(show=events.append)
    DaysApart(staff, parts, watch, lambda: 1e9, lambda _: None, 1).run()
    assert all(e.best is None and e.bound is None and e.gap is None for e in events)

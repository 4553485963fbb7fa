"""Starts that a rule keeps together: everybody can move to any window of starts, and the bound prices windows too."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools

import numpy as np
import pytest

from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.progress import Watch
from busyhour.forecast.queueing.goal.targets import ServiceGoal
from busyhour.schedule.people.best_week import WeekFinder
from busyhour.schedule.people.compile import CompiledStaff
from busyhour.schedule.people.solve import solve_named
from busyhour.schedule.problem.costs import Costs
from busyhour.schedule.problem.horizon import Horizon
from busyhour.schedule.problem.problem import Demand, ScheduleProblem
from busyhour.schedule.problem.shift_families import ShiftFamily
from busyhour.schedule.problem.staff import Agent, Contract
from busyhour.schedule.rules.rules import Rules

GOAL = ServiceGoal(level=0.8, within_s=20, basis="interval")


def _desk(people: int, need: np.ndarray, days: int = 3, spread: int = 0, steady_h: float = 0.0) -> ScheduleProblem:
    """Return people of four-hour shifts that start at each hour from 8 to 14; `need` from 8 to 18, every day."""
    grid = Grid(dt.date(2026, 11, 30), days, 60)
    whole = np.zeros((days, 24))
    whole[:, 8:18] = need
    is_open = np.tile((np.arange(24) >= 8) & (np.arange(24) < 18), days)
    demand = Demand("calls", GOAL, is_open, whole.ravel(), np.zeros(len(grid), dtype=np.int64), np.zeros(len(grid)))
    family = ShiftFamily("four", 240, "08:00", "14:00", step_min=60)
    staff = tuple(Agent(f"p{i}", "any", {"calls": 1.0}, 10.0) for i in range(people))
    rules = Rules(rest_min=0, max_run_days=days, days_off_together=0, max_start_spread_min=spread)
    contract = Contract("any", ("four",), max_h_week=4 * days, max_days=days)
    costs = Costs(under_h=50.0, below_contract_h=0.0, steady_h=steady_h)
    return ScheduleProblem(Horizon(grid), (demand,), {"four": family}, {"any": contract}, staff, rules, costs)


@pytest.mark.parametrize("spread", [0, 60, 150, 600])
@pytest.mark.parametrize("steady_h", [0.0, 3.0])
def test_the_best_week_is_the_best_of_all_that_keep_starts_together(spread, steady_h):
    rng = np.random.default_rng(spread)
    problem = _desk(1, np.ones(10), spread=spread, steady_h=steady_h)
    staff = CompiledStaff.of(problem)
    person, finder = staff.people[0], WeekFinder(staff)
    minute, first = person.options.minute, person.paths.graph.first
    daily = [[-1, *range(first[d], first[d + 1])] for d in range(problem.horizon.days)]
    for _ in range(5):
        cost = person.option_cost - rng.uniform(0.0, 100.0, len(minute))

        def price(week: tuple[int, ...], steady: float, cost: np.ndarray = cost) -> float:
            worked = [o for o in week if o >= 0]
            wide = max(minute[worked]) - min(minute[worked]) if worked else 0
            return float(cost[worked].sum()) + steady * wide / 60.0 if wide <= spread else np.inf

        every = list(itertools.product(*daily))
        total, _ = finder.cheapest(person, cost)
        assert total == pytest.approx(min(price(week, 0.0) for week in every))
        told, week = finder.cheapest(person, cost, steady_h=steady_h)
        assert told == pytest.approx(price(tuple(week.tolist()), steady_h))
        if spread == 0 or steady_h == 0.0:
            assert told == pytest.approx(min(price(week, steady_h) for week in every))


def test_windows_that_hold_no_further_start_are_left_out():
    staff = CompiledStaff.of(_desk(1, np.ones(10), spread=240))
    assert WeekFinder(staff).windows(staff.people[0]).tolist() == [480, 540, 600]
    free = CompiledStaff.of(dataclasses.replace(staff.problem, rules=Rules(rest_min=0)))
    assert WeekFinder(free).windows(free.people[0]) is None


@pytest.mark.parametrize("seed", range(1, 4))
def test_everybody_finds_the_same_start_all_week_and_the_bound_proves_it(seed):
    """Two early, two late and one in the middle: from one start for all, each has to move away alone."""
    need = np.array([2, 2, 2, 3, 1, 1, 3, 2, 2, 2])
    plan = solve_named(_desk(5, need), watch=Watch(), time_limit_s=60.0, seed=seed, gap=0.001)
    assert plan.solved.cost == pytest.approx(5 * 3 * 40.0)
    assert plan.solved.bound == pytest.approx(plan.solved.cost, rel=1e-3)
    for shifts in plan.assigned.values():
        assert len({p.shift.start % 24 for p in shifts}) == 1

"""Small moves: each changes the cost by what it says, keeps every rule, and hears a stop."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools

import numpy as np
import pytest

from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.progress import Watch
from busyhour.forecast.queueing.goal.targets import ServiceGoal
from busyhour.schedule.people.annealing import Cooling
from busyhour.schedule.people.compile import CompiledStaff
from busyhour.schedule.people.descent import Descent
from busyhour.schedule.people.dual import DualPrices
from busyhour.schedule.people.flat import flat_staff, week_cost
from busyhour.schedule.people.params import AnnealingParams, MovesParams, PeopleParams
from busyhour.schedule.people.small_moves import compile_moves, move_shifts
from busyhour.schedule.people.tiny_problem import tiny_problem
from busyhour.schedule.people.tries import Tries
from busyhour.schedule.price.worth import Service
from busyhour.schedule.problem.costs import Costs
from busyhour.schedule.problem.horizon import Horizon
from busyhour.schedule.problem.problem import Demand, ScheduleProblem
from busyhour.schedule.problem.shift_families import Break, ShiftFamily
from busyhour.schedule.problem.staff import Agent, Contract
from busyhour.schedule.rules.rules import Rules

PARAMS = MovesParams(chunk=500)


def _problem(seed: int, *, by_day: bool = False, cyclic: bool = False, spread: int | None = None) -> ScheduleProblem:
    """Return four people of two contracts over four days of hours, needs (or the goals of days) by chance."""
    rng = np.random.default_rng(seed)
    grid = Grid(dt.date(2026, 11, 30), 4, 60)
    hours = np.arange(len(grid)) % 24
    is_open = np.ones(len(grid), dtype=bool) if cyclic else (hours >= 6) & (hours < 22)
    need = np.where(is_open, rng.integers(0, 3, len(grid)), 0).astype(float)
    none = np.zeros(len(grid))
    goal = ServiceGoal(level=0.8, within_s=20, basis="day" if by_day else "interval")
    demand = Demand("calls", goal, is_open, need, none.astype(np.int64), none)
    if by_day:
        curve = 1.0 - np.exp(-0.9 * np.arange(5))
        gain = 20.0 * need[:, None] * (curve - 0.6)
        days = tuple(np.flatnonzero(is_open & (np.arange(len(grid)) // 24 == d)) for d in range(4))
        demand = Demand("calls", goal, is_open, need, none.astype(np.int64), 20.0 * need, gain, days, (0.0,) * 4)
    last = "20:00" if cyclic else "14:00"
    families = {
        "short": ShiftFamily("short", 240, "06:00", last, step_min=120, breaks=(Break(60, 60, 120),)),
        "long": ShiftFamily("long", 480, "06:00", last, step_min=60, breaks=(Break(60, 120, 300),)),
    }
    contracts = {
        "full": Contract("full", ("short", "long"), max_h_week=24, min_h_week=16, max_days=3),
        "part": Contract("part", ("short",), max_h_week=12, max_days=3),
    }
    people = tuple(Agent(f"a{i}", "full" if i < 3 else "part", {"calls": 1.0}, 10.0) for i in range(4))
    rules = Rules(rest_min=660, max_run_days=2, days_off_together=0, max_start_spread_min=spread)
    costs = Costs(cost_h=10.0, under_h=60.0, below_contract_h=15.0, lost_call=9.0, wish=2.0, steady_h=1.0)
    return ScheduleProblem(Horizon(grid), (demand,), families, contracts, people, rules, costs, cyclic=cyclic)


def _descent(problem: ScheduleProblem, over: bool = False, seed: int = 1) -> Descent:
    dual = DualPrices(CompiledStaff.of(problem), Service.of(problem))
    return Descent(dual, seed=seed, over=lambda: over)


def _cooling(moves: int) -> Cooling:
    return Cooling(lambda: 0.0, moves, 1e9, AnnealingParams())


CASES = [
    {}, {"by_day": True}, {"cyclic": True}, {"spread": 120}, {"by_day": True, "cyclic": True},
]  # fmt: skip


@pytest.mark.parametrize(("seed", "case"), list(enumerate(CASES)))
def test_the_cost_is_that_of_the_weeks_and_every_rule_is_kept(seed, case):
    problem = _problem(seed, **case)
    descent = _descent(problem)
    first = descent.best_cost
    assert move_shifts(descent, _cooling(20_000), lambda text: None, PARAMS)
    assert descent.best_cost < first  # the first weeks look at no need
    again = Descent(descent.dual, seed=1, over=lambda: False, start=descent.best)
    assert again.best_cost == pytest.approx(descent.best_cost)
    for week, person in zip(descent.best, descent.staff.people, strict=True):
        worked = [person.options.shifts[o] for o in week.options.tolist() if o >= 0]
        contract = problem.contracts[person.agent.contract]
        assert sum(s.paid_min for s in worked) <= 60 * contract.max_h_week
        assert {s.family for s in worked} <= set(contract.shifts)
        assert len(worked) <= 3
        assert all(later.start - former.end >= 11 for former, later in itertools.pairwise(worked))
        runs = [len(list(run)) for works, run in itertools.groupby(week.options >= 0) if works]
        assert max(runs, default=0) <= 2
        minutes = [problem.wall_minute(s) for s in worked]
        assert max(minutes, default=0) - min(minutes, default=0) <= case.get("spread", 1440)
        if problem.cyclic and len(worked) > 1:
            assert worked[-1].end - len(problem.grid) <= worked[0].start
        for shift, breaks in zip(worked, week.breaks[week.options >= 0], strict=True):
            assert all(low <= at <= high for at, (low, high, _, _) in zip(breaks, shift.breaks, strict=False))


def test_the_own_cost_of_a_week_is_the_finders_and_infinite_where_a_rule_is_broken():
    problem = _problem(3)
    descent = _descent(problem)
    flat = flat_staff(descent.staff)
    assert flat is not None
    person, week = descent.staff.people[0], descent.best[0]
    assert week_cost(flat, 0, week.options) == pytest.approx(descent.finder.own_cost(person, week))
    first, options = person.paths.graph.first, person.options
    latest = int((options.start + options.length)[: first[1]].argmax())
    assert week_cost(flat, 0, first[:-1]) == np.inf  # four days in a row
    assert week_cost(flat, 0, np.array([latest, first[1], -1, -1])) == np.inf  # late, then early


def test_the_same_seed_gives_the_same_plan_and_a_stop_leaves_the_plan():
    problem = _problem(1)
    plans = []
    for seed in (1, 1, 2):
        descent = _descent(problem, seed=seed)
        move_shifts(descent, _cooling(3_000), lambda text: None, PARAMS)
        plans.append([(w.options.tolist(), w.breaks.tolist()) for w in descent.best])
    assert plans[0] == plans[1]
    stopped = _descent(problem, over=True)
    before = stopped.best_cost
    assert move_shifts(stopped, _cooling(10**9), lambda text: None, PARAMS)
    assert stopped.best_cost == before


def test_people_of_several_queues_are_left_to_whole_weeks():
    compile_moves()
    problem = tiny_problem()
    assert not move_shifts(_descent(problem), _cooling(100), lambda text: None, PARAMS)
    alone = dataclasses.replace(problem, staff=problem.staff[:1])
    assert move_shifts(_descent(alone), _cooling(1_000), lambda text: None, PARAMS)


def test_the_starts_of_consecutive_days_move_together():
    problem = _problem(2, cyclic=True)
    alone = MovesParams(breaks=0.0, shifts=0.0, days_off=0.0, exchanges=0.0, stretches=1.0, far=6, chunk=500)
    descent = _descent(problem)
    before, first = list(descent.best), descent.best_cost
    descent.settle = lambda rounds=None: None  # nobody chooses anew at the end
    assert move_shifts(descent, _cooling(3_000), lambda text: None, alone)
    assert descent.best_cost < first
    again = Descent(descent.dual, seed=1, over=lambda: False, start=descent.best)
    assert again.best_cost == pytest.approx(descent.best_cost)
    for old, new, person in zip(before, descent.best, descent.staff.people, strict=True):
        length = person.options.length
        assert ((old.options >= 0) == (new.options >= 0)).all()  # other starts, the same days and lengths
        assert (length[old.options[old.options >= 0]] == length[new.options[new.options >= 0]]).all()


def test_a_tournament_keeps_the_best_of_its_tries():
    descent = _descent(_problem(1))
    params = PeopleParams(moves=MovesParams(moves=2_000, trial=200, chunk=100))
    tries = Tries(descent.dual, seed=1, clock=Watch(), over=lambda: False, start=None, params=params)
    grown = [tries.first, *(tries.begin(lambda: False) for _ in range(3))]
    assert not tries.tournament(grown, 1e9, lambda text: None)
    assert tries.all == [tries.best]
    assert tries.best.best_cost == min(d.best_cost for d in grown) < descent.best_cost

"""Named people in the extremes: thousands, one, nothing to do, and nobody who can do it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from collections.abc import Mapping

import numpy as np
import pytest

from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.progress import Watch
from busyhour.forecast.queueing.goal.targets import ServiceGoal
from busyhour.schedule.people.named_plan import NamedPlan
from busyhour.schedule.people.solve import solve_named
from busyhour.schedule.problem.costs import Costs
from busyhour.schedule.problem.heads import heads_planned
from busyhour.schedule.problem.horizon import Horizon
from busyhour.schedule.problem.problem import Demand, ScheduleProblem
from busyhour.schedule.problem.shift_families import Break, ShiftFamily
from busyhour.schedule.problem.staff import Agent, Contract
from busyhour.schedule.rules.rules import Rules

REST_H, HOURS, DAYS = 11, 40, 5


def _centre(people: int, level: float, skills: Mapping[str, float] | None = None) -> ScheduleProblem:
    """Return a week of hours from 6 to 22 with a need of `level`, and people of eight-hour shifts."""
    grid = Grid(dt.date(2026, 11, 30), 7, 60)
    hours = np.arange(len(grid)) % 24
    is_open = (hours >= 6) & (hours < 22)
    need = np.where(is_open, level, 0.0)
    demand = Demand(
        "calls", ServiceGoal(level=0.8, within_s=20, basis="interval"), is_open, need, np.ceil(need).astype(np.int64),
        need,
    )  # fmt: skip
    family = ShiftFamily("full", 480, "06:00", "14:00", step_min=120, breaks=(Break(60, 180, 240),))
    contract = Contract("any", ("full",), max_h_week=HOURS, max_days=DAYS)
    knows = {"calls": 1.0} if skills is None else skills
    staff = tuple(Agent(f"a{i:04d}", "any", knows, 10.0) for i in range(people))
    rules = Rules(rest_min=REST_H * 60, max_run_days=DAYS, days_off_together=2)
    costs = Costs(cost_h=10.0, under_h=60.0, below_contract_h=0.0, steady_h=0.0)
    return ScheduleProblem(Horizon(grid), (demand,), {"full": family}, {"any": contract}, staff, rules, costs)


def _judge(problem: ScheduleProblem, plan: NamedPlan) -> None:
    """Assert that every rule is kept and the cost is what wages and the missing heads of all queues come to."""
    paid = 0.0
    assert set(plan.assigned) == {a.id for a in problem.staff}
    for shifts in plan.assigned.values():
        days = [p.shift.day for p in shifts]
        assert days == sorted(set(days))
        assert len(days) <= DAYS
        off = "".join("w" if d in days else "o" for d in range(7))
        assert "oo" in off
        assert all(b.shift.start - a.shift.end >= REST_H for a, b in itertools.pairwise(shifts))
        for p in shifts:
            assert all(low <= b <= high for b, (low, high, _, _) in zip(p.breaks, p.shift.breaks, strict=True))
        paid += sum(p.shift.paid_min for p in shifts) / 60.0
    heads = heads_planned(problem, [p for shifts in plan.assigned.values() for p in shifts])
    short = sum(float(np.maximum(0.0, d.need - heads[d.queue]).sum()) for d in problem.demands)
    assert plan.solved.cost == pytest.approx(10.0 * paid + 60.0 * short)
    assert plan.solved.bound is None or plan.solved.bound <= plan.solved.cost + 1e-6


@pytest.mark.slow
def test_five_thousand_people_have_a_legal_plan():
    problem = _centre(5000, 1200.0)
    _judge(problem, solve_named(problem, watch=Watch(), time_limit_s=3.0, steps=5))


def test_one_person_works_a_whole_week():
    problem = _centre(1, 1.0)
    plan = solve_named(problem, watch=Watch(), time_limit_s=60.0, steps=100)
    _judge(problem, plan)
    assert len(plan.assigned["a0000"]) == DAYS
    assert plan.solved.cost == pytest.approx(5 * 80.0 + 60.0 * (7 * 16 - 5 * 7))
    assert plan.solved.bound is not None
    assert plan.solved.bound >= 0.99 * plan.solved.cost


def test_nothing_to_do_costs_nothing():
    problem = _centre(4, 0.0)
    plan = solve_named(problem, watch=Watch(), time_limit_s=60.0, steps=100)
    _judge(problem, plan)
    assert all(not shifts for shifts in plan.assigned.values())
    assert (plan.solved.cost, plan.solved.status) == (0.0, "optimal")


def test_a_queue_that_nobody_knows_is_priced_as_short():
    problem = _centre(3, 1.0)
    nobody = dataclasses.replace(problem.demands[0], queue="mail")
    both = dataclasses.replace(problem, demands=(*problem.demands, nobody))
    plan = solve_named(both, watch=Watch(), time_limit_s=60.0, steps=200)
    _judge(both, plan)
    assert plan.solved.bound >= 60.0 * 7 * 16  # all of the queue's need is missing
    assert all(p.queue == "calls" for shifts in plan.assigned.values() for p in shifts)

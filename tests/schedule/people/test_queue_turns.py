"""People of several queues: who is on which queue when, each counted once."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools

import numpy as np
import pytest

from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.progress import Watch
from busyhour.forecast.queueing.goal.targets import ServiceGoal
from busyhour.schedule.people.queue_turns import _split
from busyhour.schedule.people.solve import solve_named
from busyhour.schedule.plan.activity import activity
from busyhour.schedule.problem.costs import Costs
from busyhour.schedule.problem.heads import heads_planned, on_phone
from busyhour.schedule.problem.horizon import Horizon
from busyhour.schedule.problem.problem import Demand, ScheduleProblem
from busyhour.schedule.problem.shift_families import Break, ShiftFamily
from busyhour.schedule.problem.shifts import PlannedShift, shifts_of_week
from busyhour.schedule.problem.staff import Agent, Contract
from busyhour.schedule.rules.rules import Rules

GRID = Grid(dt.date(2026, 11, 30), 1, 60)
HOURS = np.arange(24)
OPEN = (HOURS >= 8) & (HOURS < 16)
LONG = ShiftFamily("long", 480, "08:00", "08:00", 60, breaks=(Break(60, 180, 300),))


def _shift(*moves: tuple[int, str]) -> PlannedShift:
    shift = shifts_of_week([LONG], GRID, OPEN)[0]
    return PlannedShift(shift, (4,), "calls", moves=moves)


def _problem(calls: list[int], mail: list[int], skills: list[str], mail_open: np.ndarray = OPEN) -> ScheduleProblem:
    """Return a day of two queues from 8 to 16 and people of these skills, all on one shift with a break."""
    goal, none = ServiceGoal(level=0.8, within_s=20, basis="interval"), np.zeros(24)
    demands = []
    for name, need, is_open in (("calls", calls, OPEN), ("mail", mail, mail_open)):
        full = np.zeros(24)
        full[8:16] = need
        demands.append(Demand(name, goal, is_open, full, none.astype(np.int64), none))
    staff = tuple(Agent(f"p{i}", "any", dict.fromkeys(s.split(), 1.0), 1.0) for i, s in enumerate(skills))
    return ScheduleProblem(
        Horizon(GRID), tuple(demands), {"long": LONG}, {"any": Contract("any", ("long",), max_h_week=40)}, staff,
        Rules(rest_min=0, days_off_together=0), Costs(cost_h=1.0, under_h=50.0, steady_h=0.0),
    )  # fmt: skip


def test_a_shift_changes_queue_where_it_says_also_during_a_break():
    assert [s[2:] for s in _shift().stretches] == [("phone", "calls"), ("break", ""), ("phone", "calls")]
    moved = _shift((2, "mail"), (4, "chat"), (6, "calls"))
    assert moved.stretches == (
        (8, 10, "phone", "calls"), (10, 12, "phone", "mail"), (12, 13, "break", ""),
        (13, 14, "phone", "chat"), (14, 16, "phone", "calls"),
    )  # fmt: skip
    assert moved.queues == ("calls", "mail", "chat")
    assert moved.phone == (8, 9, 10, 11, 13, 14, 15)


def test_tables_count_each_quarter_for_the_queue_it_is_worked_on():
    problem = _problem([1] * 8, [1] * 8, ["calls mail"])
    moved = _shift((3, "mail"))
    planned = heads_planned(problem, [moved])
    told = on_phone(activity({"p0": [moved]}, GRID), GRID)
    assert {q: n.tolist() for q, n in planned.items()} == {q: n.tolist() for q, n in told.items()}
    assert planned["calls"].tolist() == [0] * 8 + [1] * 3 + [0] * 13
    assert planned["mail"].tolist() == [0] * 11 + [1, 0, 1, 1, 1] + [0] * 8


@pytest.mark.parametrize("seed", range(10))
def test_a_slot_is_split_as_no_other_split_is_worth_more(seed):
    rng = np.random.default_rng(seed)
    slope = -np.sort(-rng.random((3, 5)), axis=1)
    may = rng.random((4, 3)) < 0.6
    may[np.arange(4), rng.integers(0, 3, 4)] = True
    heads = rng.integers(0, 2, 3)
    found = _split(may, np.full(4, -1), slope, heads, 0.0)

    def worth(queues):
        return sum(slope[q, heads[q] : heads[q] + queues.count(q)].sum() for q in range(3))

    ways = [q for q in itertools.product(range(3), repeat=4) if may[np.arange(4), list(q)].all()]
    assert may[np.arange(4), found].all()
    assert worth(found) == pytest.approx(max(map(worth, ways)))


def test_nobody_moves_for_less_than_a_move_must_gain():
    slope = np.array([[1.0, 0.5], [1.01, 0.5]])
    may, none = np.ones((1, 2), dtype=bool), np.zeros(2, dtype=np.int64)
    assert _split(may, np.array([0]), slope, none, 0.02) == [0]
    assert _split(may, np.array([0]), slope, none, 0.005) == [1]
    assert _split(may, np.array([-1]), slope, none, 0.02) == [1]


def test_one_person_of_both_queues_serves_each_where_it_is_needed():
    problem = _problem([1, 1, 1, 0, 0, 0, 0, 0], [0, 0, 0, 1, 1, 1, 1, 1], ["calls mail"])
    plan = solve_named(problem, watch=Watch(), time_limit_s=60.0, steps=20)
    (shift,) = plan.assigned["p0"]
    assert shift.queues == ("calls", "mail")
    heads = heads_planned(problem, [shift])
    assert heads["calls"].sum() + heads["mail"].sum() == len(shift.phone)
    short = sum(np.maximum(d.need - heads[d.queue], 0).sum() for d in problem.demands)
    assert short == 1  # the break
    assert plan.solved.cost == pytest.approx(7.0 + 1.0 + 50.0)


def test_nobody_is_on_a_queue_that_is_closed():
    mail_open = OPEN & (HOURS >= 10)
    problem = _problem([1, 0, 0, 0, 0, 0, 0, 0], [0, 0, 1, 1, 1, 1, 1, 1], ["calls mail", "calls mail"], mail_open)
    plan = solve_named(problem, watch=Watch(), time_limit_s=60.0, steps=20)
    heads = heads_planned(problem, [p for shifts in plan.assigned.values() for p in shifts])
    assert heads["mail"].sum() > 0
    assert not heads["mail"][~mail_open].any()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_bound_and_plan_of_two_queues_embrace_the_cheapest(seed):
    rng = np.random.default_rng(seed)
    skills = ["calls", "mail", "calls mail", "calls mail"]
    problem = _problem(rng.integers(0, 3, 8).tolist(), rng.integers(0, 3, 8).tolist(), skills)
    plan = solve_named(problem, watch=Watch(), time_limit_s=60.0, steps=300)
    best = min(_cost(problem, week) for week in itertools.product([None, 3, 4, 5], repeat=4))
    assert plan.solved.bound <= best + 1e-6
    assert plan.solved.cost == pytest.approx(best)


def _cost(problem: ScheduleProblem, breaks: tuple[int | None, ...]) -> float:
    """Return the cost with these people at work and these breaks; in each hour the best split of heads."""
    there = np.zeros((4, 24), dtype=int)
    for a, at in enumerate(breaks):
        if at is not None:
            there[a, 8:16], there[a, 8 + at] = 1, 0
    calls, mail = (d.need for d in problem.demands)
    short = 0.0
    for t in range(24):
        a, b, both = there[0, t], there[1, t], there[2:, t].sum()
        short += min(max(0, calls[t] - a - k) + max(0, mail[t] - b - both + k) for k in range(both + 1))
    return 8.0 * sum(at is not None for at in breaks) + 50.0 * short


def test_a_search_goes_on_from_a_plan_and_its_bound():
    problem = _problem([1, 2, 1, 1, 0, 1, 1, 1], [0, 0, 1, 1, 1, 1, 1, 1], ["calls", "calls mail", "mail"])
    first = solve_named(problem, watch=Watch(), time_limit_s=60.0, steps=50)
    again = solve_named(problem, watch=Watch(), time_limit_s=60.0, steps=5, start=first)
    assert again.solved.cost <= first.solved.cost + 1e-9
    assert again.solved.bound == first.solved.bound
    more = dataclasses.replace(problem, costs=dataclasses.replace(problem.costs, under_h=60.0))
    assert solve_named(more, watch=Watch(), time_limit_s=60.0, steps=5, start=first).solved.bound == first.solved.bound

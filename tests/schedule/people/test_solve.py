"""Named people and their shifts chosen together, on weeks small enough to enumerate."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import threading

import numpy as np
import pytest

from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.progress import Watch
from busyhour.forecast.queueing.goal.targets import ServiceGoal
from busyhour.schedule.optimise.status import Infeasible
from busyhour.schedule.people.named_plan import NamedPlan
from busyhour.schedule.people.skill_flow import empty_flow, move_head
from busyhour.schedule.people.solve import solve_named
from busyhour.schedule.problem.costs import Costs
from busyhour.schedule.problem.heads import heads_planned
from busyhour.schedule.problem.horizon import Horizon
from busyhour.schedule.problem.problem import Demand, ScheduleProblem
from busyhour.schedule.problem.shift_families import Break, ShiftFamily
from busyhour.schedule.problem.shifts import PlannedShift
from busyhour.schedule.problem.staff import Agent, Contract
from busyhour.schedule.rules.rules import Rules

GOAL = ServiceGoal(level=0.8, within_s=20, basis="interval")
WEEK = dt.date(2026, 11, 30)


def _problem(seed: int, days: int = 3, **rules: int) -> ScheduleProblem:
    """Return two people, hours from 8 to 16, shifts of four and six hours, needs by chance; slots of one hour."""
    rng = np.random.default_rng(seed)
    grid = Grid(WEEK, days, 60)
    hours = np.arange(len(grid)) % 24
    is_open = (hours >= 8) & (hours < 16)
    need = np.where(is_open, rng.integers(0, 3, len(grid)), 0).astype(float)
    nothing = np.zeros(len(grid))
    demand = Demand("calls", GOAL, is_open, need, nothing.astype(np.int64), nothing)
    families = {
        "short": ShiftFamily("short", 240, "08:00", "12:00", step_min=240),
        "long": ShiftFamily("long", 360, "08:00", "10:00", step_min=120, breaks=(Break(60, 120, 180),)),
    }
    contract = Contract("any", ("short", "long"), max_h_week=16, min_h_week=8, max_days=days)
    people = tuple(Agent(name, "any", {"calls": 1.0}, 10.0, run_before=int(rng.integers(3))) for name in ("ann", "ben"))
    limits = Rules(**({"rest_min": 660, "max_run_days": 3, "days_off_together": 0} | rules))
    costs = Costs(cost_h=10.0, under_h=25.0, below_contract_h=4.0, wish=2.0, steady_h=0.0)
    return ScheduleProblem(Horizon(grid), (demand,), families, {"any": contract}, people, limits, costs)


def _own_prices(problem: ScheduleProblem) -> dict[str, np.ndarray]:
    """Return everybody's own price of each shift, by chance but the same for the same needs."""
    rng = np.random.default_rng(problem.demands[0].need.astype(int))
    return {a.id: 2.0 * rng.random(len(problem.shifts)) for a in problem.staff}


def _solve(problem: ScheduleProblem, **options: int) -> NamedPlan:
    """Plan the problem with everybody's own prices."""
    return solve_named(problem, watch=Watch(), time_limit_s=60.0, own_prices=_own_prices(problem), **options)


def _weeks(problem: ScheduleProblem, agent: Agent) -> list[tuple[float, np.ndarray, tuple[PlannedShift, ...]]]:
    """Return every legal week of one person by plain enumeration: its money and heads."""
    days = len(problem.grid.dates)
    daily = [[None, *(s for s in problem.shifts if s.day == d)] for d in range(days)]
    contract, out = problem.contracts[agent.contract], []
    own = dict(zip((s.key for s in problem.shifts), _own_prices(problem)[agent.id].tolist(), strict=True))
    for shifts in itertools.product(*daily):
        worked = [s is not None for s in shifts]
        run = agent.run_before
        for works in worked:
            run = run + 1 if works else 0
            if run > problem.rules.max_run_days:
                break
        else:
            hours = sum(s.paid_min for s in shifts if s) / 60
            off = max((len(list(g)) for w, g in itertools.groupby(worked) if not w), default=0)
            if hours > contract.max_h_week or off < problem.rules.days_off_together or sum(worked) > contract.max_days:
                continue
            price = 10.0 * hours + 4.0 * max(0.0, contract.min_h_week - hours)
            price += sum(own[s.key] for s in shifts if s)
            mine = [s for s in shifts if s]
            places = [itertools.product(*(range(a, b + 1) for a, b, _, _ in s.breaks)) for s in mine]
            for breaks in itertools.product(*places):
                planned = tuple(PlannedShift(s, b, "calls", "any") for s, b in zip(mine, breaks, strict=True))
                out.append((price, heads_planned(problem, planned)["calls"], planned))
    return out


def _short(problem: ScheduleProblem, heads: np.ndarray) -> float:
    """Price heads missing in slots of one hour, and calls missing to a goal over each day."""
    demand = problem.demands[0]
    if demand.gain is None:
        return problem.costs.under_h * float(np.maximum(0.0, demand.need - heads).sum())
    total = problem.costs.under_h * float(np.maximum(0.0, demand.lower - heads).sum())
    for at in demand.periods:
        total += problem.costs.lost_call * max(0.0, -sum(demand.gain[s, int(heads[s])] for s in at))
    return total


def _by_day(problem: ScheduleProblem) -> ScheduleProblem:
    """Return the problem with a goal over each day instead: up to the need each head answers ten calls an hour."""
    demand = problem.demands[0]
    calls = 10.0 * demand.need
    gain = np.minimum(10.0 * np.arange(4), calls[:, None]) - 0.8 * calls[:, None]
    periods = tuple(np.flatnonzero(demand.open & (problem.day_of_slot == d)) for d in range(len(problem.grid.dates)))
    goal = dataclasses.replace(GOAL, basis="day")
    lower = np.where(demand.need > 1, 1, 0)
    pooled = dataclasses.replace(
        demand, goal=goal, gain=gain, periods=periods, margin=(0.0,) * len(periods), calls=calls, lower=lower
    )
    return dataclasses.replace(problem, demands=(pooled,), costs=dataclasses.replace(problem.costs, lost_call=3.0))


def _best(problem: ScheduleProblem) -> float:
    """Return the least cost over all rosters."""
    first, second = (_weeks(problem, a) for a in problem.staff)
    return min(p + q + _short(problem, h + k) for (p, h, _), (q, k, _) in itertools.product(first, second))


def _cost(problem: ScheduleProblem, plan: NamedPlan) -> float:
    """Price a plan by looking its weeks up in the enumeration: a week that is not there is not legal."""
    heads, total = np.zeros(len(problem.grid)), 0.0
    for agent in problem.staff:
        found = {planned: (price, h) for price, h, planned in _weeks(problem, agent)}
        price, mine = found[plan.assigned[agent.id]]
        heads, total = heads + mine, total + price
    return total + _short(problem, heads)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("rules", [{}, {"max_run_days": 2}, {"days_off_together": 1}])
def test_bound_optimum_and_plan_stand_in_order(seed, rules):
    problem = _problem(seed, **rules)
    plan = _solve(problem, steps=300)
    best = _best(problem)
    assert plan.solved.cost == pytest.approx(_cost(problem, plan))
    assert plan.solved.bound is not None
    assert plan.solved.bound <= best + 1e-6
    assert best <= plan.solved.cost + 1e-6
    assert plan.solved.cost <= 1.05 * best


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_a_goal_over_the_day_is_priced_by_its_curve(seed):
    problem = _by_day(_problem(seed))
    plan = _solve(problem, steps=300)
    best = _best(problem)
    assert plan.solved.cost == pytest.approx(_cost(problem, plan))
    assert plan.solved.bound <= best + 1e-6
    assert best - 1e-6 <= plan.solved.cost <= 1.1 * best


def test_starts_lie_as_close_together_as_the_rule_asks():
    problem = _problem(1, max_start_spread_min=120)
    plan = _solve(problem, steps=300)
    for shifts in plan.assigned.values():
        minutes = [problem.wall_minute(p.shift) for p in shifts]
        assert not minutes or max(minutes) - min(minutes) <= 120


def test_a_person_without_any_legal_week_is_named():
    problem = _problem(1)
    contract = dataclasses.replace(problem.contracts["any"], min_days=3)
    problem = dataclasses.replace(
        problem, contracts={"any": contract}, rules=dataclasses.replace(problem.rules, max_run_days=2)
    )
    with pytest.raises(Infeasible, match="ann"):
        solve_named(problem, watch=Watch(), time_limit_s=60.0)


def test_who_knows_no_queue_stays_at_home_and_nobody_is_a_plan_too():
    problem = _problem(1)
    need = float(problem.demands[0].need.sum())
    idle = dataclasses.replace(problem, staff=(dataclasses.replace(problem.staff[0], skills={}),))
    assert solve_named(idle, watch=Watch(), time_limit_s=60.0, steps=20).assigned == {"ann": ()}
    nobody = solve_named(dataclasses.replace(problem, staff=()), watch=Watch(), time_limit_s=60.0)
    assert nobody.assigned == {}
    assert nobody.solved.cost == pytest.approx(problem.costs.under_h * need)
    assert nobody.solved.status == "optimal"


def test_a_second_thread_raises_the_bound_beside_the_search_and_ends_with_it():
    problem = _problem(2)
    running = threading.active_count()
    plan = _solve(problem, steps=300, threads=2)
    assert threading.active_count() == running
    best = _best(problem)
    assert plan.solved.bound <= best + 1e-6 <= plan.solved.cost + 2e-6
    assert plan.solved.cost == pytest.approx(_cost(problem, plan))


def test_a_sunday_night_never_meets_the_same_persons_monday():
    grid = Grid(WEEK, 7, 60)
    need = np.zeros(len(grid))
    need[-2:] = need[:6] = 1.0
    is_open, nothing = np.ones(len(grid), dtype=bool), np.zeros(len(grid))
    demand = Demand("calls", GOAL, is_open, need, nothing.astype(np.int64), nothing)
    families = {
        "night": ShiftFamily("night", 360, "22:00", "22:00", step_min=60, days=("sunday",)),
        "dawn": ShiftFamily("dawn", 240, "02:00", "02:00", step_min=60, days=("monday",)),
    }
    contract = Contract("any", ("night", "dawn"), max_h_week=40, max_days=7)
    ann = Agent("ann", "any", {"calls": 1.0}, 1.0)
    rules = Rules(rest_min=0, max_run_days=7, days_off_together=0)
    costs = Costs(under_h=50.0, steady_h=0.0)
    problem = ScheduleProblem(Horizon(grid), (demand,), families, {"any": contract}, (ann,), rules, costs, cyclic=True)
    plan = solve_named(problem, watch=Watch(), time_limit_s=60.0, steps=50)
    assert [p.shift.family for p in plan.assigned["ann"]] == ["night"]
    assert plan.solved.cost == pytest.approx(6.0 + 2 * 50.0)


def test_a_stop_returns_a_legal_plan():
    watch = Watch(stop=threading.Event())
    watch.stop.set()
    problem = _problem(3)
    plan = solve_named(problem, watch=watch, time_limit_s=60.0, own_prices=_own_prices(problem))
    assert plan.solved.stopped == "user"
    assert plan.solved.cost == pytest.approx(_cost(problem, plan))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_heads_of_mixed_skills_are_split_as_no_other_split_is_better(seed):
    rng = np.random.default_rng(seed)
    can = np.array([[True, False], [False, True], [True, True]])
    slope = -np.sort(-rng.random((2, 1, 6)), axis=2)
    flow = empty_flow(can, slope, np.zeros((2, 1)))
    here = [0, 0, 0]
    for _ in range(12):
        g = int(rng.integers(3))
        coming = here[g] == 0 or rng.random() < 0.6
        here[g] += 1 if coming else -1
        move_head(flow, g, 0, coming)
        worth = lambda a, b: slope[0, 0, :a].sum() + slope[1, 0, :b].sum()  # noqa: E731
        splits = [worth(here[0] + k, here[1] + here[2] - k) for k in range(here[2] + 1)]
        assert worth(*flow.heads[:, 0]) == pytest.approx(max(splits))
        assert flow.split[:, :, 0].sum(axis=1).tolist() == here


def test_who_may_not_work_a_shift_by_their_own_price_does_not():
    problem = _problem(1)
    barred = np.array([s.family == "long" for s in problem.shifts])
    prices = _own_prices(problem)
    prices["ann"] = np.where(barred, np.inf, prices["ann"])
    plan = solve_named(problem, watch=Watch(), time_limit_s=60.0, steps=300, own_prices=prices)
    assert {p.shift.family for p in plan.assigned["ann"]} <= {"short"}
    assert plan.solved.cost == pytest.approx(_cost(problem, plan))

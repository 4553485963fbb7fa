"""Named weeks under every rule of people against the enumeration of every roster of tiny centres."""

import datetime as dt
import itertools

import numpy as np
import pytest
from people_rules import HOURS, last_week, legal

from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.progress import Watch
from busyhour.forecast.queueing.goal.targets import ServiceGoal
from busyhour.schedule.optimise.status import Infeasible
from busyhour.schedule.people.solve import solve_named
from busyhour.schedule.problem.costs import Costs
from busyhour.schedule.problem.horizon import Horizon
from busyhour.schedule.problem.problem import Demand, ScheduleProblem
from busyhour.schedule.problem.shift_families import ShiftFamily
from busyhour.schedule.problem.staff import Agent, Contract
from busyhour.schedule.rules.rules import Rules


def tiny(seed):
    """Make two people, four days, three families of one or two starts and needs by chance."""
    rng = np.random.default_rng(seed)
    grid = Grid(dt.date(2026, 10, int(rng.choice([19, 22, 24, 25]))), 4, 60)
    hours = np.arange(len(grid)) % HOURS
    need = np.where((hours >= 6) & (hours < 22), rng.integers(0, 3, len(grid)), 0).astype(float)
    nothing = np.zeros(len(grid))
    always = np.ones(len(grid), bool)
    demand = Demand("x", ServiceGoal(0.8, 20, basis="interval"), always, need, nothing.astype(np.int64), nothing)
    families = {
        "early": ShiftFamily("early", 360, "06:00", "08:00", 120),
        "late": ShiftFamily("late", 360, "14:00", "14:00", 60),
        "short": ShiftFamily("short", 240, "10:00", "10:00", 60),
    }
    contracts = {
        "all": Contract("all", ("early", "late", "short"), 20, 8, 4, int(rng.integers(0, 3)), min_run_days=1),
        "two": Contract("two", ("late", "short"), 18, 6, 3, max_shifts=None if rng.random() < 0.5 else {"short": 1}),
    }
    rules = Rules(
        rest_min=int(rng.choice([0, 660, 1000])),
        max_run_days=int(rng.integers(2, 4)),
        days_off_together=int(rng.integers(0, 3)),
        min_run_days=int(rng.choice([1, 2])),
        min_run_off_days=int(rng.choice([1, 2])),
        max_weekends=None if rng.random() < 0.5 else int(rng.integers(0, 2)),
        whole_weekends=bool(rng.random() < 0.3),
        not_next_day=[{}, {"late": ("early",)}, {"early": ("late", "early"), "short": ("short",)}][rng.integers(3)],
        max_shifts=[{}, {"early": 1}, {"early": 2, "late": 1}][rng.integers(3)],
    )
    staff = tuple(
        Agent(
            name,
            str(rng.choice(["all", "two"])),
            {"x": 1.0},
            10.0,
            away=tuple((s, s + 3) for s in rng.integers(0, len(grid), 2).tolist()),
            earliest=int(rng.integers(0, 12)),
            **last_week(rng, 4, ("off", "early", "late", "short", "")),
        )
        for name in ("ann", "bob")
    )
    costs = Costs(cost_h=10.0, under_h=25.0, below_contract_h=4.0, steady_h=0.0)
    weekend = frozenset([(5, 6), (4, 5), (4,)][rng.integers(3)])
    return ScheduleProblem(Horizon(grid), (demand,), families, contracts, staff, rules, costs, weekend=weekend)


def weeks_of(problem, agent):
    """Return every legal week of `agent`: its patterns, money and heads by hour."""
    days = problem.grid.days
    contract = problem.contracts[agent.contract]
    cells = [(s.start, s.length, s.family, "x", s.pattern, s.paid_min / 60) for s in problem.shifts]
    out = []
    for week in itertools.product(*([None, *(c for c in cells if c[0] // HOURS == d)] for d in range(days))):
        worked = [c for c in week if c]
        if len(worked) >= contract.min_days and legal(problem, agent, week):
            paid = sum(c[5] for c in worked)
            money = 10.0 * paid + 4.0 * max(0.0, contract.min_h_week - paid)
            heads = sum((np.isin(np.arange(len(problem.grid)), range(c[0], c[0] + c[1])) for c in worked), 0)
            out.append((tuple((c[0], c[4]) for c in worked), money, heads + np.zeros(len(problem.grid))))
    return out


def short(problem, heads):
    """Price the heads missing."""
    return 25.0 * np.maximum(0.0, problem.demands[0].need - heads).sum(axis=-1)


@pytest.mark.parametrize("seed", range(80))
def test_bound_optimum_and_plan_stand_in_order_and_the_plan_is_legal(seed):
    problem = tiny(seed)
    every = [weeks_of(problem, a) for a in problem.staff]
    if not all(every):
        with pytest.raises(Infeasible):
            solve_named(problem, watch=Watch(), time_limit_s=60.0, steps=10)
        return
    second = np.array([h for _, _, h in every[1]])
    price = np.array([money for _, money, _ in every[1]])
    best = min(money + (price + short(problem, second + heads)).min() for _, money, heads in every[0])
    plan = solve_named(problem, watch=Watch(), time_limit_s=60.0, gap=0.0, steps=150)
    cost, heads = 0.0, np.zeros(len(problem.grid))
    for agent, weeks in zip(problem.staff, every, strict=True):
        known = {patterns: (money, mine) for patterns, money, mine in weeks}
        money, mine = known[tuple((p.shift.start, p.shift.pattern) for p in plan.assigned[agent.id])]
        cost, heads = cost + money, heads + mine
    assert plan.solved.cost == pytest.approx(cost + short(problem, heads))
    assert plan.solved.bound <= best + 1e-6
    assert best - 1e-6 <= plan.solved.cost <= 1.05 * best + 1e-6

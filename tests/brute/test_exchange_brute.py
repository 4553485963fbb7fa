"""The roster of tiny centres against the enumeration of every roster, with rules and prices written out anew."""

import dataclasses
import datetime as dt
import itertools

import numpy as np
import pytest
from people_rules import HOURS, last_week, legal

from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.progress import Watch
from busyhour.forecast.queueing.goal.targets import ServiceGoal
from busyhour.schedule.diagnose.alone import least_hours
from busyhour.schedule.exchange.cells import pool_of
from busyhour.schedule.exchange.day_assignment import DayAssignment
from busyhour.schedule.exchange.params import ExchangeParams
from busyhour.schedule.exchange.plan import plan_of
from busyhour.schedule.exchange.solve import solve_roster
from busyhour.schedule.exchange.week_check import broken
from busyhour.schedule.optimise.status import Infeasible
from busyhour.schedule.problem.costs import Costs, Premium
from busyhour.schedule.problem.horizon import Horizon
from busyhour.schedule.problem.problem import Demand, ScheduleProblem
from busyhour.schedule.problem.shift_families import ShiftFamily
from busyhour.schedule.problem.shifts import PlannedShift
from busyhour.schedule.problem.staff import Agent, Contract, Wish
from busyhour.schedule.rules.rules import Rules


def tiny(seed):
    """Make a random centre of 2-3 people, 3-4 days, hourly slots, two queues."""
    rng = np.random.default_rng(seed)
    days = int(rng.integers(3, 5))
    grid = Grid(dt.date(2026, 10, int(rng.choice([19, 23, 24, 25]))), days, 60)  # from a Monday, or at a weekend
    always = np.ones(len(grid), bool)
    demands = tuple(
        Demand(q, ServiceGoal(0.8, 20), always, always * 1.0, always.astype(int), always * 1.0) for q in ("x", "y")
    )
    families = {
        "long": ShiftFamily("long", 480, "06:00", "20:00", 120),
        "short": ShiftFamily("short", 300, "08:00", "18:00", 60),
    }
    contracts = {
        "full": Contract(
            "full",
            ("long",),
            30,
            float(rng.choice([0, 20, 24])),
            int(rng.integers(2, 5)),
            min_run_days=None if rng.random() < 0.5 else 1,
            max_shifts=None if rng.random() < 0.7 else {"long": 1},
        ),
        "mixed": Contract(
            "mixed", ("long", "short"), float(rng.choice([13, 18, 26])), 12.0, 3, int(rng.integers(0, 2))
        ),
    }
    staff = []
    for i in range(int(rng.integers(2, 4))):
        day = int(rng.integers(days))
        leave = ((24 * day, 24 * day + 24, "vacation"),) if rng.random() < 0.3 else ()
        staff.append(
            Agent(
                f"p{i}",
                str(rng.choice(["full", "mixed"])),
                {"x": 1.0} if rng.random() < 0.5 else {"x": 1.0, "y": 1.1},
                float(rng.integers(15, 30)),
                away=((int(rng.integers(0, 24 * days)),) * 2,)
                and tuple((s, s + 3) for s in rng.integers(0, 24 * days, 2).tolist())
                + tuple((a, b) for a, b, _ in leave),
                leave=leave,
                leave_h=5.0 * len(leave),
                leave_days=len(leave),
                wishes=tuple(
                    Wish(
                        int(rng.integers(days)),
                        str(rng.choice(["early", "late", "off", "", "short", "long@0800"])),
                        float(rng.choice([-2, 1, 3])),
                    )
                    for _ in range(3)
                ),
                earliest=int(rng.integers(0, 12)),
                **last_week(rng, days),
            )
        )
    rules = Rules(
        rest_min=int(rng.choice([0, 660, 840, 1500])),
        max_run_days=int(rng.integers(2, 4)),
        days_off_together=int(rng.integers(0, 3)),
        max_start_spread_min=None if rng.random() < 0.5 else int(rng.choice([60, 240])),
        min_run_days=int(rng.choice([1, 1, 2])),
        min_run_off_days=int(rng.choice([1, 1, 2])),
        max_weekends=None if rng.random() < 0.5 else int(rng.integers(0, 2)),
        whole_weekends=bool(rng.random() < 0.3),
        not_next_day={} if rng.random() < 0.5 else {"short": ("long",), "long": ("short",)},
        max_shifts={} if rng.random() < 0.5 else {"long": 2, "short": 1},
    )
    costs = Costs(
        under_h=0,  # what open shifts leave short: test_absence.py
        wish=float(rng.choice([0, 2, 9])),
        steady_h=float(rng.choice([0, 1, 6])),
        open_shift_h=float(rng.choice([30, 60])),
        premium=(Premium(0.5, start="20:00", end="24:00"),),
    )
    problem = ScheduleProblem(Horizon(grid), demands, families, contracts, tuple(staff), rules, costs)
    planned = []
    for day in range(days):
        shifts = [s for s in problem.shifts if s.day == day]
        for i in rng.choice(len(shifts), 3).tolist():
            planned.append(PlannedShift(shifts[i], (), str(rng.choice(["x", "x", "y"]))))
    return problem, planned


def cells_of(planned):
    """Return (start hour, family, queue, pattern) and heads of each cell, per day of the week."""
    heads = {}
    for p in planned:
        key = (p.shift.start, p.shift.length, p.shift.family, p.queue, p.shift.pattern, p.shift.paid_min / 60)
        heads[key] = heads.get(key, 0) + 1
    return sorted(heads), heads


def met(wish, cell):
    """Whether the day's cell is what the wish names."""
    if cell is None or wish.what == "off":
        return cell is None and wish.what == "off"
    named = {"early": cell[0] % HOURS < 12, "late": cell[0] % HOURS >= 12, "": True}
    return named.get(wish.what, wish.what in (cell[2], cell[4]))


def price(problem, agent, week):
    """Return wage, contract, wish and steadiness money of a week."""
    contract, costs = problem.contracts[agent.contract], problem.costs
    worked = [c for c in week if c]
    total = 0.0
    for start, length, _, _, _, paid in worked:
        late = sum((start + h) % HOURS >= 20 for h in range(length))
        total += agent.cost_h * paid * (1 + 0.5 * late / length)
    total += costs.below_contract_h * max(
        0.0, max(0.0, contract.min_h_week - agent.leave_h) - sum(c[5] for c in worked)
    )
    for wish in agent.wishes:
        if met(wish, week[wish.day]) == (wish.weight < 0):
            total += costs.wish * abs(wish.weight)
    starts = [c[0] % HOURS for c in worked]
    return total + costs.steady_h * (max(starts) - min(starts) if starts else 0)


def enumerate_best(problem, planned):
    """Return the least cost over all rosters, infinite when the least days cannot be met."""
    cells, heads = cells_of(planned)
    days = problem.grid.days
    by_day = [[None, *(c for c in cells if c[0] // HOURS == d)] for d in range(days)]
    best = {tuple(heads[c] for c in cells): 0.0}
    place = {c: i for i, c in enumerate(cells)}
    for agent in problem.staff:
        least = max(0, problem.contracts[agent.contract].min_days - agent.leave_days)
        weeks = [
            ([place[c] for c in week if c], price(problem, agent, week))
            for week in itertools.product(*by_day)
            if sum(c is not None for c in week) >= least and legal(problem, agent, week)
        ]
        after = {}
        for left, cost in best.items():
            for taken, more in weeks:
                if all(left[i] for i in taken):
                    key = tuple(n - (i in taken) for i, n in enumerate(left))
                    after[key] = min(after.get(key, np.inf), cost + more)
        best = after
    open_price = problem.costs.open_shift_h
    return min(
        (cost + sum(n * c[5] * open_price for n, c in zip(left, cells, strict=True)) for left, cost in best.items()),
        default=np.inf,
    )


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(60))
def test_the_whole_model_finds_the_enumerated_optimum_or_says_that_nothing_obeys_all_rules(seed):
    problem, planned = tiny(seed)
    best = enumerate_best(problem, planned)
    if best == np.inf:
        with pytest.raises(Infeasible):
            solve_roster(problem, planned, watch=Watch(), time_limit_s=60, gap=0.0, seed=1)
        return
    roster = solve_roster(problem, planned, watch=Watch(), time_limit_s=60, gap=0.0, seed=1)
    assert roster.solved.status == "optimal"
    assert roster.solved.cost == pytest.approx(best, abs=1e-6)
    assert roster.solved.bound == pytest.approx(best, rel=1e-6)


@pytest.mark.parametrize("seed", range(12))
def test_the_road_for_large_rosters_never_beats_nor_bounds_past_the_optimum(seed):
    problem, planned = tiny(seed)
    by_parts = ExchangeParams(whole_binaries=0)
    best = enumerate_best(problem, planned)
    if best == np.inf:
        with pytest.raises(Infeasible):
            solve_roster(problem, planned, watch=Watch(), time_limit_s=60, gap=0.0, seed=1, params=by_parts)
        return
    solved = solve_roster(problem, planned, watch=Watch(), time_limit_s=60, gap=0.0, seed=1, params=by_parts).solved
    assert solved.bound is not None
    assert solved.bound <= best + 1e-6
    assert solved.cost == pytest.approx(best, abs=1e-6)


@pytest.mark.parametrize("seed", range(30))
def test_one_day_is_replanned_exactly(seed):
    problem, planned = tiny(seed)
    pool = pool_of(problem, planned)
    days = DayAssignment(pool)
    weeks = days.descend(tuple(() for _ in pool.staff), sweeps=20)
    cost = plan_of(pool, weeks).weight
    assert cost <= plan_of(pool, [()] * len(pool.staff)).weight + 1e-6
    for day in range(problem.grid.days):
        rest = [tuple(c for c in w if pool.cells[c].day != day) for w in weeks]
        choices = [[w, *(tuple(sorted((*w, int(c)))) for c in days.of_day[day])] for w in rest]
        for trial in itertools.product(*choices):
            if all(not broken(pool, a, w) for a, w in enumerate(trial)) and fits(pool, trial):
                assert plan_of(pool, trial).weight >= cost - 1e-6


def fits(pool, weeks):
    """Whether no cell is taken more often than it has heads."""
    taken = [c for w in weeks for c in w]
    return all(taken.count(c) <= pool.counts[c] for c in set(taken))


@pytest.mark.parametrize("seed", range(30))
def test_what_one_person_could_work_alone(seed):
    problem, planned = tiny(seed)
    cells, _ = cells_of(planned)
    pool = pool_of(problem, planned)
    for a, agent in enumerate(problem.staff):
        unlimited = dataclasses.replace(agent, leave_h=0.0, leave_days=0)
        loose = {n: dataclasses.replace(c, max_h_week=168.0, max_days=7) for n, c in problem.contracts.items()}
        free = dataclasses.replace(problem, contracts=loose)
        hours = {}
        for week in itertools.product(
            *([None, *(c for c in cells if c[0] // HOURS == d)] for d in range(problem.grid.days))
        ):
            if legal(free, unlimited, week):
                worked = [c[5] for c in week if c]
                hours[len(worked)] = min(hours.get(len(worked), np.inf), sum(worked))
        wanted = [hours.get(k, np.inf) for k in range(max(hours, default=-1) + 1)]
        assert least_hours(pool, a) == pytest.approx(wanted)

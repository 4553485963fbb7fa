"""Goals priced by a ladder: every engine prices the same function, and no bound is above the best plan of all."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import replace

import numpy as np
import pytest

from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.progress import Watch
from busyhour.forecast.queueing.goal.targets import ServiceGoal
from busyhour.schedule.cover.counts import Counts, true_cost
from busyhour.schedule.cover.frame import CoverFrame
from busyhour.schedule.cover.solve import solve_cover
from busyhour.schedule.people.compile import CompiledStaff
from busyhour.schedule.people.dual import DualPrices
from busyhour.schedule.people.exact.solve import lp_prices
from busyhour.schedule.people.solve import solve_named
from busyhour.schedule.price.absence import Absence
from busyhour.schedule.price.shortfall import shortfall
from busyhour.schedule.price.worth import Service
from busyhour.schedule.problem.costs import Costs
from busyhour.schedule.problem.heads import heads_planned
from busyhour.schedule.problem.horizon import Horizon
from busyhour.schedule.problem.period_price import PeriodPrice
from busyhour.schedule.problem.problem import Demand, ScheduleProblem
from busyhour.schedule.problem.shift_families import ShiftFamily
from busyhour.schedule.problem.staff import Agent, Contract
from busyhour.schedule.rules.rules import Rules

TEAM, STARTS, DAYS = 4, (8, 10, 12), 2
STEPS = PeriodPrice((0.0, 12.0, 40.0), (90.0, 120.0, 60.0), (0.0, 0.0, 0.0))
"""Money that is lost where the first call is missing, the 13th and the 41st."""
DEARER = PeriodPrice((0.0, 15.0), (0.0, 0.0), (2.0, 9.0))
CHEAPER = PeriodPrice((0.0, 15.0), (0.0, 0.0), (9.0, 1.0))
LADDERS = {"steps": STEPS, "dearer": DEARER, "cheaper": CHEAPER}


def centre(seed: int, ladder: PeriodPrice, margin: float = 0.0) -> ScheduleProblem:
    """Return four equal people, shifts of four hours, and one goal over two days with a ladder."""
    rng = np.random.default_rng(seed)
    grid = Grid(dt.date(2026, 11, 30), DAYS, 60)
    hours = np.arange(len(grid)) % 24
    is_open = (hours >= 8) & (hours < 16)
    load = np.where(is_open, rng.integers(1, 4, len(grid)), 0)
    calls = 12.0 * load
    curve = 1.0 / (1.0 + np.exp(-1.5 * (np.arange(TEAM + 1) - load[:, None])))
    gain = np.where(is_open[:, None], calls[:, None] * (curve - 0.8), 0.0)
    demand = Demand(
        "calls", ServiceGoal(level=0.8, within_s=20, basis="week"), is_open, load.astype(float),
        np.zeros(len(grid), dtype=np.int64), calls, gain, (np.flatnonzero(is_open),), (margin,), (), (ladder,),
    )  # fmt: skip
    family = ShiftFamily("four", 240, "08:00", "12:00", step_min=120)
    contract = Contract("any", ("four",), max_h_week=4 * DAYS, max_days=DAYS)
    people = tuple(Agent(f"a{i}", "any", {"calls": 1.0}, 10.0) for i in range(TEAM))
    costs = Costs(cost_h=10.0, under_h=25.0, below_contract_h=0.0, lost_call=8.0, wish=0.0, steady_h=0.0)
    rules = Rules(rest_min=0, max_run_days=7, days_off_together=0)
    return ScheduleProblem(Horizon(grid), (demand,), {"four": family}, {"any": contract}, people, rules, costs)


def inside(slots: np.ndarray, start: int) -> np.ndarray:
    """Return which slots lie in the shift of four hours that begins at `start`."""
    return (slots >= start) & (slots < start + 4)


def every_plan(problem: ScheduleProblem):
    """Yield number of shifts and heads of every plan of equal people."""
    slots = np.arange(len(problem.grid))
    days = [c for c in itertools.product(range(TEAM + 1), repeat=len(STARTS)) if sum(c) <= TEAM]
    shape = [
        [sum(n * inside(slots, 24 * d + h) for n, h in zip(c, STARTS, strict=True)) for c in days] for d in range(DAYS)
    ]
    for i, j in itertools.product(range(len(days)), repeat=2):
        yield sum(days[i]) + sum(days[j]), np.asarray(shape[0][i] + shape[1][j], dtype=np.int64)


def least(problem: ScheduleProblem) -> float:
    """Return the cost of the cheapest plan of all."""
    (d,) = problem.demands
    assert d.gain is not None
    at, price = d.periods[0], d.ladders[0]
    assert price is not None
    return min(
        40.0 * shifts + price.at(d.margin[0] - float(d.gain[at, heads[at]].sum()))
        for shifts, heads in every_plan(problem)
    )


@pytest.mark.parametrize("kind", LADDERS)
def test_tables_searches_and_covers_price_one_function(kind):
    problem = centre(1, LADDERS[kind], margin=5.0)
    service, rng = Service.of(problem), np.random.default_rng(2)
    for _ in range(20):
        heads = rng.integers(0, TEAM + 2, (1, len(problem.grid)))
        told = shortfall({"calls": heads[0]}, problem)
        assert set(told) == {"lost_call", "under", "ladder"}
        assert told["lost_call"] == 0.0
        assert service.cost(heads) == pytest.approx(sum(told.values()), abs=1e-9)
        frame = CoverFrame(replace(problem, before={"calls": heads[0]}))
        assert true_cost(frame, Counts()).lost_calls == pytest.approx(told["ladder"])


@pytest.mark.parametrize("kind", LADDERS)
@pytest.mark.parametrize("seed", range(1))
def test_the_bounds_of_prices_lie_below_the_best_plan(seed, kind):
    problem = centre(seed, LADDERS[kind])
    staff, service, best = CompiledStaff.of(problem), Service.of(problem), least(problem)
    dual = DualPrices(staff, service)
    dual.ascend(Watch(), 0.2, best)
    assert dual.bound is not None
    assert 0.3 * best <= dual.bound <= best + 1e-6
    prices = lp_prices(staff, service, watch=Watch(), time_limit_s=20.0)
    assert prices is not None
    assert prices.bound <= best + 1e-6
    dual.take(prices.price, prices.goal_price, prices.bound)
    dual.ascend(Watch(), 0.2, best, anew=False)
    assert dual.bound <= best + 1e-6


@pytest.mark.slow
@pytest.mark.parametrize("kind", LADDERS)
@pytest.mark.parametrize("seed", range(2))
def test_people_are_planned_at_the_least_cost(seed, kind):
    problem = centre(seed, LADDERS[kind])
    plan, best = solve_named(problem, watch=Watch(), time_limit_s=60.0, gap=0.0), least(problem)
    assert plan.solved.cost == pytest.approx(best, abs=1e-6)
    assert plan.solved.bound is not None
    assert plan.solved.bound <= best + 1e-4


@pytest.mark.slow
@pytest.mark.parametrize("kind", LADDERS)
@pytest.mark.parametrize("seed", range(2))
def test_shifts_without_names_are_planned_at_the_least_cost(seed, kind):
    problem = centre(seed, LADDERS[kind])
    cover, best = solve_cover(replace(problem, staff=()), watch=Watch(), time_limit_s=60.0, gap=0.001), least(problem)
    assert cover.solved.cost <= best + 1e-4  # nobody limits the heads
    assert cover.solved.bound is not None
    assert cover.solved.bound <= cover.solved.cost + 1e-6
    assert cover.solved.cost <= 1.1 * cover.solved.bound  # the relaxation has the concave envelope of a steep curve
    phone = heads_planned(problem, cover.planned)
    assert cover.cost_wages + sum(shortfall(phone, problem).values()) == pytest.approx(cover.solved.cost)


@pytest.mark.slow
def test_a_step_that_costs_more_than_it_is_worth_is_not_taken():
    bare = centre(0, STEPS)
    (d,) = bare.demands
    assert d.gain is not None
    most = max(float(d.gain[d.periods[0], heads[d.periods[0]]].sum()) for _, heads in every_plan(bare))
    cheap, dear = (centre(0, PeriodPrice((0.0,), (money,), (0.0,)), margin=most - 1.0) for money in (30.0, 3000.0))
    hours = []
    for problem in (cheap, dear):
        plan = solve_named(problem, watch=Watch(), time_limit_s=60.0, gap=0.0)
        hours.append(sum(p.shift.paid_min for mine in plan.assigned.values() for p in mine))
        assert plan.solved.cost == pytest.approx(least(problem), abs=1e-6)
    assert hours[0] == 0
    assert hours[1] > 0


@pytest.mark.parametrize("kind", LADDERS)
def test_the_price_of_an_open_head_is_never_above_the_true_cost(kind):
    problem = centre(3, LADDERS[kind])
    cover = solve_cover(replace(problem, staff=()), watch=Watch(), time_limit_s=20.0, gap=0.01)
    absence, whole = Absence.of(problem, cover.planned), shortfall(heads_planned(problem, cover.planned), problem)
    for size in (1, 2):
        for gone in itertools.combinations(range(len(cover.planned)), size):
            rest = [p for i, p in enumerate(cover.planned) if i not in gone]
            more = sum(shortfall(heads_planned(problem, rest), problem).values()) - sum(whole.values())
            assert sum(absence.price(cover.planned[i]) for i in gone) <= more + 1e-6

"""What a person's week costs: the plain definition against sums written out anew, the models and compiled searches."""

import dataclasses
import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.queueing.goal.targets import ServiceGoal
from busyhour.schedule.exchange.cells import pool_of
from busyhour.schedule.exchange.day_assignment import DayAssignment
from busyhour.schedule.exchange.model import make_model
from busyhour.schedule.exchange.plan import plan_of
from busyhour.schedule.people.best_week import ChosenWeek, WeekFinder
from busyhour.schedule.people.compile import CompiledStaff
from busyhour.schedule.price.week import missing_day_price, price_week, start_spread_h, wish_lost
from busyhour.schedule.problem.costs import Costs, Overtime, Premium
from busyhour.schedule.problem.horizon import Horizon
from busyhour.schedule.problem.problem import Demand, ScheduleProblem
from busyhour.schedule.problem.shift_families import ShiftFamily
from busyhour.schedule.problem.shifts import PlannedShift
from busyhour.schedule.problem.staff import Agent, Contract, Wish
from busyhour.schedule.rules.rules import Rules

DAYS = 4


def made(seed):
    """Return a problem of three people with wishes and prices by chance, and per person a shift or None a day."""
    rng = np.random.default_rng(seed)
    grid = Grid(dt.date(2026, 10, 23), DAYS, 60)
    always = np.ones(len(grid), bool)
    demand = Demand("x", ServiceGoal(0.8, 20), always, always * 1.0, always.astype(int), always * 1.0)
    families = {
        "long": ShiftFamily("long", 480, "06:00", "14:00", 120),
        "short": ShiftFamily("short", 300, "08:00", "16:00", 60),
    }
    contract = Contract("any", ("long", "short"), 60, float(rng.choice([0, 13, 24])), DAYS)
    what = ["early", "late", "off", "", "short", "long@0800"]
    staff = tuple(
        Agent(
            f"p{i}", "any", {"x": 1.0}, float(rng.integers(15, 30)), leave_h=float(rng.choice([0, 8])),
            wishes=tuple(Wish(int(rng.integers(DAYS)), str(rng.choice(what)), float(rng.choice([-2, 1, 3])))
                         for _ in range(3)),
        )
        for i in range(3)
    )  # fmt: skip
    costs = Costs(
        wish=float(rng.choice([0, 2])), steady_h=float(rng.choice([0, 1, 6])),
        below_contract_h=float(rng.choice([0, 9])), under_h=0.0, premium=(Premium(0.5, start="14:00", end="24:00"),),
        overtime=(Overtime(after_h=5, share=0.5),),
    )  # fmt: skip
    rules = Rules(rest_min=0, max_run_days=14, days_off_together=0)
    problem = ScheduleProblem(Horizon(grid), (demand,), families, {"any": contract}, staff, rules, costs)
    chosen = []
    for _ in staff:
        by_day = [[None, *(s for s in problem.shifts if s.day == d)] for d in range(DAYS)]
        chosen.append([options[int(rng.integers(len(options)))] for options in by_day])
    return problem, chosen


def written_out(problem, agent, week):
    """Return wage, hours below contract, wish weight and spread of a week, shift by shift."""
    hours = [s.paid_min / 60 for s in week if s]
    wage = agent.cost_h * sum(hours)
    wage += (
        agent.cost_h
        * 0.5
        * sum(s.paid_min / 60 * sum((s.start + h) % 24 >= 14 for h in range(s.length)) / s.length for s in week if s)
    )
    wage += agent.cost_h * 0.5 * sum(max(0.0, h - 5) for h in hours)
    below = max(0.0, max(0.0, problem.contracts["any"].min_h_week - agent.leave_h) - sum(hours))
    wish = 0.0
    for w in agent.wishes:
        shift = week[w.day]
        named = {"off": shift is None, "": shift is not None}.get(w.what)
        if named is None:
            late = shift is not None and shift.start % 24 >= 12
            early = shift is not None and not late
            named = {"late": late, "early": early}.get(
                w.what, shift is not None and w.what in (shift.family, shift.pattern)
            )
        wish += abs(w.weight) * (named == (w.weight < 0))
    starts = [s.start % 24 for s in week if s]
    return wage, below, wish, float(max(starts) - min(starts)) if starts else 0.0


def planned_of(weeks):
    return [PlannedShift(s, (), "x") for week in weeks for s in week if s]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_the_price_of_a_week_is_the_sum_written_out(seed):
    problem, weeks = made(seed)
    pool, costs = pool_of(problem, planned_of(weeks)), problem.costs
    place = {c.shift.key: c for c in pool.cells}
    for agent, week in zip(problem.staff, weeks, strict=True):
        told = price_week(problem, agent, [place[s.key] for s in week if s])
        wage, below, wish, spread = written_out(problem, agent, week)
        assert (told.wage, told.below_h, told.wish, told.spread_h) == pytest.approx((wage, below, wish, spread))
        total = wage + costs.below_contract_h * below + costs.wish * wish + costs.steady_h * spread
        assert told.total == pytest.approx(total)
        assert start_spread_h(60 * (s.start % 24) for s in week if s) == spread
        assert sum(wish_lost(problem, w, week[w.day]) for w in agent.wishes) <= wish + 1e-9


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_the_compiled_search_of_people_pays_the_same_for_a_week(seed):
    problem, weeks = made(seed)
    place = {c.shift.key: c for c in pool_of(problem, planned_of(weeks)).cells}
    staff = CompiledStaff.of(problem)
    finder = WeekFinder(staff)
    for person, week in zip(staff.people, weeks, strict=True):
        number = {s.key: o for o, s in enumerate(person.options.shifts)}
        options = np.array([number[s.key] if s else -1 for s in week])
        breaks = np.zeros((len(options), person.options.break_slots.shape[1]), dtype=np.int64)
        told = price_week(problem, person.agent, [place[s.key] for s in week if s])
        assert finder.own_cost(person, ChosenWeek(options, breaks)) == pytest.approx(told.total)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_the_model_and_the_day_by_day_search_of_an_exchange_pay_the_same(seed):
    problem, weeks = made(seed)
    pool = pool_of(problem, planned_of(weeks))
    place = {c.shift.key: i for i, c in enumerate(pool.cells)}
    taken = tuple(tuple(sorted(place[s.key] for s in week if s)) for week in weeks)
    plan = plan_of(pool, taken)
    model = make_model(pool, range(3), pool.counts)
    values = model.start(dict(enumerate(taken)), pool.counts)
    told = sum(price * values.get(v.name, 0.0) for v, price in model.problem.objective.items())
    assert told + model.constant == pytest.approx(plan.cost)
    days = DayAssignment(pool)
    for day in range(DAYS):
        prices = days.prices(taken, day)
        off = plan_of(pool, [tuple(c for c in w if pool.cells[c].day != day) for w in taken])
        for a, week in enumerate(taken):
            for at, c in enumerate(days.of_day[day].tolist()):
                if c in week:
                    assert prices[a, at] == pytest.approx(plan.agent_costs[a] - off.agent_costs[a])


def test_a_missing_day_costs_more_than_any_week_saves():
    problem, weeks = made(5)
    dear = dataclasses.replace(problem, costs=dataclasses.replace(problem.costs, wish=50.0, steady_h=30.0))
    pool = pool_of(dear, planned_of(weeks))
    price = missing_day_price(dear, max(c.wage_h for c in pool.cells), max(c.left_price for c in pool.cells))
    assert price == pool.missing_day_price
    for agent in dear.staff:
        for cell in pool.cells:
            saved = price_week(dear, agent, [cell]).total - price_week(dear, agent, []).total
            assert abs(saved) + cell.left_price < price

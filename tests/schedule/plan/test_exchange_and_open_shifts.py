"""What follows a plan of people: shifts exchanged, shifts to offer outside, goals that ask for more."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from cover_cases import FULL, PART, by_need, day, pooled

from busyhour.forecast.progress import Watch
from busyhour.schedule.exchange.exchange import exchanged
from busyhour.schedule.exchange.result import roster_of
from busyhour.schedule.people.solve import solve_named
from busyhour.schedule.plan.open_shifts import open_shifts
from busyhour.schedule.price.shortfall import shortfall
from busyhour.schedule.problem.costs import Costs
from busyhour.schedule.problem.demand import asking_more
from busyhour.schedule.problem.heads import heads_planned
from busyhour.schedule.problem.staff import Agent, Contract, Wish
from busyhour.schedule.rules.rules import Rules


def _centre(people: int, **costs: float):
    contract = Contract("any", ("full", "part"), max_h_week=40)
    staff = [Agent(f"p{i}", "any", {"calls": 1.0}, 1.0) for i in range(people)]
    prices = Costs(**({"cost_h": 1.0, "under_h": 20.0, "open_shift_h": 3.0, "below_contract_h": 0.0} | costs))
    rules = Rules(days_off_together=0)
    return by_need(day(2), 1, [FULL, PART], contracts={"any": contract}, staff=staff, costs=prices, rules=rules)


def _solved(problem):
    return solve_named(problem, watch=Watch(), time_limit_s=60.0, steps=200)


def test_what_few_people_leave_short_is_offered_outside():
    problem = _centre(2)
    plan = _solved(problem)
    mine = [p for shifts in plan.assigned.values() for p in shifts]
    offered = open_shifts(problem, mine, watch=Watch(), time_limit_s=20.0)
    before = sum(shortfall(heads_planned(problem, mine), problem).values())
    after = sum(shortfall(heads_planned(problem, [*mine, *offered]), problem).values())
    price = 3.0 * sum(p.shift.paid_min for p in offered) / 60
    assert offered
    assert after + price < before


@pytest.mark.parametrize(("people", "price"), [(8, 3.0), (2, 1000.0)])
def test_nothing_is_offered_that_is_not_worth_its_price(people, price):
    problem = _centre(people, open_shift_h=price)
    mine = [p for shifts in _solved(problem).assigned.values() for p in shifts]
    assert open_shifts(problem, mine, watch=Watch(), time_limit_s=20.0) == ()


def test_an_exchange_never_makes_a_plan_dearer_and_is_priced_as_it_stands():
    problem = _centre(5)
    wish = tuple(
        dataclasses.replace(a, wishes=(Wish(0, ("early", "late")[i % 2], 1.0 + i % 3),))
        for i, a in enumerate(problem.staff)
    )
    problem = dataclasses.replace(problem, staff=wish, costs=dataclasses.replace(problem.costs, wish=1.0))
    first = solve_named(problem, watch=Watch(), time_limit_s=60.0, steps=1)
    after = exchanged(problem, first, watch=Watch(), time_limit_s=20.0, seed=1, threads=1)
    assert after.solved.cost <= first.solved.cost
    roster = roster_of(problem, after.assigned, after.solved)
    assert roster.solved.cost == pytest.approx(after.solved.cost)
    assert roster.cost_wages + sum(roster.prices.values()) == pytest.approx(after.solved.cost)
    assert after.solved.bound <= after.solved.cost


def test_a_goal_that_asks_for_more_gets_more_calls():
    problem = pooled(4, 1)
    staff = tuple(Agent(f"p{i}", "any", {"calls": 1.0}, 1.0) for i in range(14))
    contract = Contract("any", tuple(problem.families), max_h_week=40)
    rules = Rules(days_off_together=0)
    problem = dataclasses.replace(problem, staff=staff, contracts={"any": contract}, rules=rules)
    demand = problem.demands[0]
    assert asking_more(problem, {("calls", 0): 3.0}).demands[0].margin == (demand.margin[0] + 3.0,)

    def gained(plan):
        heads = heads_planned(problem, [p for shifts in plan.assigned.values() for p in shifts])["calls"]
        at = demand.periods[0]
        return float(demand.gain[at, np.minimum(heads[at], demand.gain.shape[1] - 1)].sum())

    first = _solved(problem)
    lacking = gained(first) - demand.margin[0] + 3.0
    asked = asking_more(problem, {("calls", 0): lacking})
    assert asked.demands[0].margin[0] == pytest.approx(gained(first) + 3.0)
    more = solve_named(asked, watch=Watch(), time_limit_s=60.0, steps=200, start=first)
    assert gained(more) >= gained(first) + 3.0 - 1e-6
    assert more.solved.cost >= first.solved.bound

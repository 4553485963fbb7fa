"""The cover, and a day of people, against complete enumeration on days so small that every plan can be tried."""

import dataclasses
import datetime as dt
import itertools
import random

import numpy as np
import pytest

from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.progress import Watch
from busyhour.forecast.queueing.goal.targets import ServiceGoal
from busyhour.schedule.cover.solve import solve_cover
from busyhour.schedule.exchange.result import roster_of
from busyhour.schedule.people.solve import solve_named
from busyhour.schedule.problem.costs import Costs
from busyhour.schedule.problem.horizon import Horizon
from busyhour.schedule.problem.problem import Demand, ScheduleProblem
from busyhour.schedule.problem.shift_families import Break, ShiftFamily
from busyhour.schedule.problem.staff import Agent, Contract
from busyhour.schedule.rules.rules import Rules

MONDAY = dt.date(2026, 11, 30)
SLOTS = 7
OPENS = 8
MOST = 3


def centre(seed):
    """One day of seven open hours, two families with one break each, a curve or a need; odd seeds have people."""
    rng = random.Random(seed)
    grid = Grid(MONDAY, 1, 60)
    is_open = np.zeros(24, dtype=bool)
    is_open[OPENS : OPENS + SLOTS] = True
    families = {
        "long": ShiftFamily("long", 300, "08:00", "09:00", 60, breaks=(Break(60, 120, 180, "lunch", paid=False),)),
        "short": ShiftFamily("short", 180, "08:00", "11:00", 180, breaks=(Break(60, 60, 60),)),
    }
    need, lower, calls = np.zeros(24), np.zeros(24, dtype=int), np.zeros(24)
    gain = np.zeros((24, 20))
    for s in range(OPENS, OPENS + SLOTS):
        calls[s] = rng.randint(5, 30)
        lower[s] = rng.randint(0, 1)
        rate = rng.uniform(0.4, 1.2)
        gain[s] = calls[s] * (1 - np.exp(-rate * np.arange(20)) - 0.7)
        need[s] = rng.choice([0, 0.4, 1, 1.7, 2])
    by_interval = seed % 3 == 0
    if by_interval:
        demand = Demand("calls", ServiceGoal(0.7, 20, basis="interval"), is_open, need, np.zeros(24, dtype=int), calls)
    else:
        periods = (np.flatnonzero(is_open),)
        demand = Demand(
            "calls", ServiceGoal(0.7, 20), is_open, need, lower, calls, gain, periods, (rng.uniform(-2, 3),)
        )
    costs = Costs(
        cost_h=10, lost_call=rng.choice([2.0, 8.0, 40.0]), under_h=rng.choice([15.0, 60.0]), below_contract_h=6
    )
    staff, contracts = (), {}
    if seed % 2:
        contracts = {
            "full": Contract("full", ("long", "short"), max_h_week=8, min_h_week=4),
            "part": Contract("part", ("short",), max_h_week=4, cost_h=9.0),
        }
        staff = tuple(
            Agent(f"a{i}", c, {"calls": 1.0}, contracts[c].cost_h or 10.0, away=rng.choice([(), ((0, OPENS + 3),)]))
            for i, c in enumerate(["full", "full", "part"])
        )
    return ScheduleProblem(Horizon(grid), (demand,), families, contracts, staff, Rules(days_off_together=0), costs)


def explicit(problem):
    """Every (slots on the phone, paid hours, family, start): one per shift and place of its breaks."""
    out = []
    for family in problem.families.values():
        for start in family.starts_min:
            for places in itertools.product(*(range(a, b + 1, 60) for a, b in family.windows)):
                pauses = {
                    start + p + i * 60
                    for p, b in zip(places, family.breaks, strict=True)
                    for i in range(b.duration_min // 60)
                }
                phone = np.zeros(24)
                phone[[m // 60 for m in range(start, start + family.length_min, 60) if m not in pauses]] = 1
                out.append((phone, family.paid_min / 60, family.name, start // 60))
    return out


def cost_of(problem, phone, wages, below_h=0.0):
    """Wages and prices of heads on the phone, written down anew."""
    (d,), costs = problem.demands, problem.costs
    total = wages + costs.below_contract_h * below_h
    at = np.flatnonzero(d.open)
    if d.by_interval:
        total += costs.under_h * np.maximum(0, d.need[at] - phone[at]).sum()
    else:
        total += costs.under_h * np.maximum(0, d.lower[at] - phone[at]).sum()
        total += costs.lost_call * max(0.0, d.margin[0] - sum(d.gain[s, int(phone[s])] for s in at))
    return total


def best(problem):
    """The least cost over all plans of at most MOST heads per explicit pattern."""
    patterns = explicit(problem)
    least = np.inf
    for counts in itertools.product(range(MOST + 1), repeat=len(patterns)):
        phone, wages = np.zeros(24), 0.0
        for n, (on, paid, _, _) in zip(counts, patterns, strict=True):
            phone += n * on
            wages += n * paid * problem.costs.cost_h
        least = min(least, cost_of(problem, phone, wages))
    return least


def days_of(problem, agent):
    """Every (slots on the phone, wage, hours below contract) of a legal day of `agent`, a day off first."""
    contract = problem.contracts[agent.contract]
    out = [(np.zeros(24), 0.0, contract.min_h_week)]
    for on, paid, family, start in explicit(problem):
        free = any(agent.free(s) for s in problem.shifts if s.family == family and s.start == start)
        if family in contract.shifts and free and paid <= contract.max_h_week:
            out.append((on, paid * agent.cost_h, max(0.0, contract.min_h_week - paid)))
    return out


def best_of_people(problem):
    """The least cost over all days of all people."""
    return min(
        cost_of(problem, *map(sum, zip(*days, strict=True)))
        for days in itertools.product(*(days_of(problem, a) for a in problem.staff))
    )


@pytest.mark.parametrize("seed", range(18))
def test_the_cover_is_the_best_of_all_plans(seed):
    problem = dataclasses.replace(centre(seed), staff=())
    cover = solve_cover(problem, watch=Watch(), time_limit_s=30, gap=0.0)
    least = best(problem)
    assert cover.solved.cost == pytest.approx(least, abs=1e-6)
    assert cover.solved.bound <= least + 1e-6
    assert cover.cost_wages + cover.cost_prices == pytest.approx(cover.solved.cost)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 18, 2))
def test_the_plan_of_people_is_the_best_of_all_their_days(seed):
    problem = centre(seed)
    named = solve_named(problem, watch=Watch(), time_limit_s=30, gap=0.0, steps=300)
    least = best_of_people(problem)
    assert named.solved.cost == pytest.approx(least, abs=1e-6)
    assert named.solved.bound <= least + 1e-6
    roster = roster_of(problem, named.assigned, named.solved)
    assert roster.cost_wages + sum(roster.prices.values()) == pytest.approx(least, abs=1e-6)


@pytest.mark.slow
def test_the_days_tried_are_not_trivial():
    problems = [dataclasses.replace(centre(seed), staff=()) for seed in range(18)]
    plans = [solve_cover(p, watch=Watch(), time_limit_s=30, gap=0.0) for p in problems]
    assert sum(len(p.planned) > 1 for p in plans) > 9
    assert {s.shift.family for p in plans for s in p.planned} == {"long", "short"}
    assert any(p.cost_prices > 0 for p in plans)
    assert len({s.breaks for p in plans for s in p.planned if s.shift.family == "long"}) > 1
    assert any(best_of_people(centre(seed)) > 1.05 * best(problems[seed]) for seed in range(1, 18, 2))

"""People take the shifts of a plan within what they and their contracts allow."""

import dataclasses

import pytest
from cover_cases import CONTRACTS, people, pooled

from busyhour.forecast.progress import Watch
from busyhour.schedule.exchange.result import roster_of
from busyhour.schedule.people.solve import solve_named
from busyhour.schedule.problem.costs import Costs
from busyhour.schedule.problem.heads import heads_planned


def plan(problem, gap=0.001):
    """Return the plan of the problem's people as a roster: who works what, with every price."""
    named = solve_named(problem, watch=Watch(), time_limit_s=30.0, gap=gap, steps=300)
    return roster_of(problem, named.assigned, named.solved)


def below_contract_h(roster):
    return sum(told["below_contract_h"] for told in roster.unmet.values())


def test_nobody_works_more_than_people_and_their_weeks_allow():
    staff = people(14, CONTRACTS)
    staff[0] = dataclasses.replace(staff[0], away=((0, 96),), leave_h=8.0, leave_days=1)
    problem = pooled(7, 5, contracts=CONTRACTS, staff=staff)
    roster = plan(problem, gap=0.05)
    for agent in staff:
        mine, contract = roster.assigned[agent.id], CONTRACTS[agent.contract]
        assert all(agent.free(p.shift) and p.shift.family in contract.shifts for p in mine)
        assert sum(p.shift.paid_min for p in mine) / 60 <= contract.max_h_week - agent.leave_h + 1e-9
        assert len(mine) <= contract.max_days - agent.leave_days
        assert len({p.shift.date for p in mine}) == len(mine)
    for name in CONTRACTS:
        there = [a for a in staff if a.contract == name]
        for date in problem.grid.dates:
            free = sum(any(a.free(s) for s in problem.shifts if s.date == date and s.family == name) for a in there)
            assert sum(p.shift.date == date for a in there for p in roster.assigned[a.id]) <= free
    assert roster.solved.gap < 0.06


def test_people_are_kept_at_their_contract_s_minimum_when_that_is_cheaper():
    dear = Costs(cost_h=20.0, lost_call=15.0, under_h=100.0, below_contract_h=50.0)
    lazy = dataclasses.replace(dear, below_contract_h=1.0)
    staff = people(30, CONTRACTS)
    busy = plan(pooled(3, 1, contracts=CONTRACTS, staff=staff, costs=dear))
    idle = plan(pooled(3, 1, contracts=CONTRACTS, staff=staff, costs=lazy))
    assert below_contract_h(busy) < below_contract_h(idle)
    for roster in (busy, idle):
        assert roster.solved.cost == pytest.approx(roster.cost_wages + sum(roster.prices.values()))


def test_heads_go_only_to_queues_that_their_people_know():
    contracts = {"full": CONTRACTS["full"], "part": dataclasses.replace(CONTRACTS["part"], max_h_week=20)}
    staff = [dataclasses.replace(a, skills={"calls": 1.0} if a.contract == "full" else {"calls": 1.0, "mail": 1.1})
             for a in people(24, contracts)]  # fmt: skip
    problem = pooled(3, 2, queues=("calls", "mail"), contracts=contracts, staff=staff)
    roster = plan(problem)
    worked = {name: {queue for a in staff if a.contract == name for p in roster.assigned[a.id] for queue in p.queues}
              for name in contracts}  # fmt: skip
    assert worked["full"] <= {"calls"}
    assert worked["part"] == {"calls", "mail"}
    heads = heads_planned(problem, [p for mine in roster.assigned.values() for p in mine])
    assert all(heads[d.queue][d.open].sum() > 0 for d in problem.demands)

"""The cover within what people and their contracts allow."""

import dataclasses

import pytest
from cover_cases import CONTRACTS, check, people, pooled, run

from busyhour.schedule.problem.costs import Costs


def test_nobody_works_more_than_people_and_their_weeks_allow():
    staff = people(14, CONTRACTS)
    staff[0] = dataclasses.replace(staff[0], away=((0, 96),), leave_h=8.0, leave_days=1)
    problem = pooled(7, 5, contracts=CONTRACTS, staff=staff)
    cover = run(problem, limit=30)
    check(problem, cover)
    for name, contract in CONTRACTS.items():
        mine = [p for p in cover.planned if p.contract == name]
        there = [a for a in staff if a.contract == name]
        for date in problem.grid.dates:
            free = sum(
                1 for a in there if any(a.free(s) for s in problem.shifts if s.date == date and s.family == name)
            )
            assert sum(p.shift.date == date for p in mine) <= free
        hours = sum(p.shift.paid_min for p in mine) / 60
        assert hours <= sum(contract.max_h_week - a.leave_h for a in there) + 1e-9
        assert len(mine) <= sum(contract.max_days - a.leave_days for a in there)
    assert cover.solved.gap < 0.06


def test_people_are_kept_at_their_contract_s_minimum_when_that_is_cheaper():
    dear = Costs(cost_h=20.0, lost_call=15.0, under_h=100.0, below_contract_h=50.0)
    lazy = dataclasses.replace(dear, below_contract_h=1.0)
    staff = people(30, CONTRACTS)
    busy = run(pooled(3, 1, contracts=CONTRACTS, staff=staff, costs=dear))
    idle = run(pooled(3, 1, contracts=CONTRACTS, staff=staff, costs=lazy))
    assert busy.below_contract_hours < idle.below_contract_hours
    assert idle.solved.cost == pytest.approx(idle.cost_wages + idle.cost_prices)


def test_heads_go_only_to_queues_that_their_people_know():
    contracts = {"full": CONTRACTS["full"], "part": dataclasses.replace(CONTRACTS["part"], max_h_week=20)}
    staff = [dataclasses.replace(a, skills={"calls": 1.0} if a.contract == "full" else {"calls": 1.0, "mail": 1.1})
             for a in people(24, contracts)]  # fmt: skip
    problem = pooled(3, 2, queues=("calls", "mail"), contracts=contracts, staff=staff)
    cover = run(problem)
    check(problem, cover)
    assert {p.queue for p in cover.planned if p.contract == "full"} <= {"calls"}
    assert {p.queue for p in cover.planned if p.contract == "part"} == {"calls", "mail"}

"""What could be mended for nothing is mended: on random tiny desks, by interval and by day, and on the small bank."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from cover_cases import FULL, PART, by_need, day, pooled
from small_bank import COPY

from busyhour.app.inputs import Inputs, RunOptions
from busyhour.app.run import plan
from busyhour.forecast.progress import Watch
from busyhour.schedule.cover.result import Cover
from busyhour.schedule.diagnose.explain import explain
from busyhour.schedule.optimise.status import Solved, Status
from busyhour.schedule.plan.activity import activity
from busyhour.schedule.plan.coverage import coverage
from busyhour.schedule.plan.decide import decide
from busyhour.schedule.plan.free_moves import freely_moved, with_free_moves
from busyhour.schedule.plan.measure import Measure, ServiceData
from busyhour.schedule.plan.settings import SolveSettings
from busyhour.schedule.plan.simulated_plan import Candidate
from busyhour.schedule.price.shortfall import calls_gained, shortfall
from busyhour.schedule.problem.heads import heads_planned
from busyhour.schedule.problem.problem import ScheduleProblem
from busyhour.schedule.problem.shifts import PlannedShift
from busyhour.schedule.problem.staff import Agent, Contract
from busyhour.schedule.rules.rules import Rules

Assigned = dict[str, tuple[PlannedShift, ...]]
CONTRACT = Contract("any", ("full", "part"), max_h_week=40)


def staffed(problem: ScheduleProblem, people: int) -> ScheduleProblem:
    staff = tuple(Agent(f"p{i}", "any", {"calls": 1.0}, 20.0) for i in range(people))
    return replace(problem, staff=staff, contracts={"any": CONTRACT}, rules=Rules(days_off_together=0))


def drawn(problem: ScheduleProblem, rng: np.random.Generator) -> Assigned:
    """Anybody on any shift, breaks anywhere in their windows."""
    out: Assigned = {}
    for agent in problem.staff:
        shift = problem.shifts[int(rng.integers(len(problem.shifts)))]
        breaks = tuple(int(rng.integers(low, high + 1)) for low, high, _, _ in shift.breaks)
        out[agent.id] = (PlannedShift(shift, breaks, "calls", "any"),)
    return out


def free_offers(problem: ScheduleProblem, assigned: Assigned) -> list[str]:
    rows = activity(assigned, problem.grid, problem.staff)
    table = explain(problem, assigned, coverage(rows, problem, None, np.zeros(len(problem.grid))))
    return [text for text in table["detail"] if "for no money" in text]


def facts(problem: ScheduleProblem, assigned: Assigned) -> tuple[float, float, float]:
    """Agent-slots below the requirement, price of the shortfall, least change of calls gained: each counted anew."""
    (demand,) = problem.demands
    heads = heads_planned(problem, [p for mine in assigned.values() for p in mine])
    required = np.where(demand.open, demand.need, 0.0)
    short = float(np.maximum(required - heads["calls"], 0.0)[demand.open].sum())
    gained = calls_gained(demand, heads["calls"])
    return short, sum(shortfall(heads, problem).values()), float(gained.sum())


def moved_once(problem: ScheduleProblem, assigned: Assigned) -> list[Assigned]:
    """Every plan that differs by one break."""
    out = []
    for agent, (p,) in assigned.items():
        for k, (low, high, _, _) in enumerate(p.shift.breaks):
            for at in range(low, high + 1):
                breaks = (*p.breaks[:k], at, *p.breaks[k + 1 :])
                out.append({**assigned, agent: (replace(p, breaks=breaks),)})
    return out


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("by_day", [False, True])
def test_no_free_move_is_left_and_none_made_things_worse(seed: int, by_day: bool) -> None:
    rng = np.random.default_rng(seed)
    given = pooled(3, 1) if by_day else by_need(day(3), 1, [FULL, PART])
    problem = staffed(given, int(rng.integers(2, 6)))
    before = drawn(problem, rng)
    rows = activity(before, problem.grid, problem.staff)
    covered = coverage(rows, problem, None, np.zeros(len(problem.grid)))
    after = freely_moved(problem, before, covered, Watch())
    (short, price, gained), was = facts(problem, after), facts(problem, before)
    assert short <= was[0]
    assert price <= was[1] + 1e-9
    assert gained >= was[2] - 1e-9
    for agent, (p,) in after.items():
        assert p.shift == before[agent][0].shift
        assert all(low <= at <= high for at, (low, high, _, _) in zip(p.breaks, p.shift.breaks, strict=True))
    assert free_offers(problem, after) == []
    for other in moved_once(problem, after):  # by arithmetic of its own
        less = facts(problem, other)
        assert less[0] >= short - 1e-9 or less[1] > price + 1e-9 or less[2] < gained - 1e-9


def test_random_plans_leave_something_to_move() -> None:
    problem = staffed(by_need(day(3), 1, [FULL, PART]), 5)
    assert any(free_offers(problem, drawn(problem, np.random.default_rng(seed))) for seed in range(6))


def test_a_move_that_takes_calls_of_the_day_s_goal_is_not_offered_as_free() -> None:
    problem = staffed(pooled(3, 1), 1)
    shift = next(s for s in problem.shifts if s.family == "part")
    low, high, _, _ = shift.breaks[0]
    assigned = {"p0": (PlannedShift(shift, (low,), "calls", "any"),)}
    (demand,) = problem.demands
    need, gain = np.zeros_like(demand.need), np.zeros_like(demand.gain)
    need[shift.start + low] = 1.0  # short, and hardly a call there
    gain[:, 1:] = 5.0
    gain[shift.start + low, 1:] = 1.0
    dear = replace(demand, need=need, lower=need * 0, gain=gain)
    cheap = replace(dear, gain=np.where(np.arange(len(gain))[:, None] == shift.start + high, 0.0, gain))
    for asked, offered in ((dear, 0), (cheap, 1)):
        desk = replace(problem, demands=(asked,))
        assert len(free_offers(desk, assigned)) == offered


@pytest.mark.parametrize("people", [0, 4])
def test_a_decision_offers_nothing_for_no_money(people: int) -> None:
    problem = by_need(day(3), 1, [FULL, PART])
    problem = staffed(problem, people) if people else problem
    data = ServiceData(None, np.zeros(len(problem.grid)))
    found = decide(problem, data, SolveSettings(time_limit_s=5.0, gap=0.5), Watch())
    table = explain(problem, found.assigned, found.coverage)
    assert not table["detail"].str.contains("for no money").any()


@pytest.mark.parametrize("people", [0, 3])
def test_a_moved_plan_is_priced_as_it_stands(people: int) -> None:
    problem = by_need(day(2), 1, [PART])
    problem = staffed(problem, people) if people else problem
    measure = Measure(problem, ServiceData(None, np.zeros(len(problem.grid))), 1, Watch(), {})
    shift = problem.shifts[2]
    assigned: Assigned = {f"p{i}": (PlannedShift(shift, (shift.breaks[0][0],), "calls", "any"),) for i in range(3)}
    wages = 3 * 20.0 * problem.paid_weight(shift)
    price = sum(shortfall(heads_planned(problem, [p for mine in assigned.values() for p in mine]), problem).values())
    found = Candidate(Cover((), Solved(Status.FEASIBLE, wages + price)), assigned, wages, {})
    moved, _ = with_free_moves(found, measure)
    assert moved.assigned != found.assigned
    heads = heads_planned(problem, [p for mine in moved.assigned.values() for p in mine])
    assert moved.cost(problem) == pytest.approx(wages + sum(shortfall(heads, problem).values()))
    assert moved.cost(problem) < found.cost(problem)


@pytest.mark.slow
def test_the_small_bank_offers_nothing_for_no_money(tmp_path: Path) -> None:
    folder = tmp_path / "bank"
    shutil.copytree(COPY, folder)
    outcome = plan(Inputs.from_folder(folder, RunOptions(gap=0.05, time_limit_s=20.0)))
    table = explain(outcome.decision.problem, outcome.decision.assigned, outcome.decision.coverage)
    assert len(table)
    assert not table["detail"].str.contains("for no money").any()

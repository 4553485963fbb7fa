"""Planner and judge agree, rule by rule, on every shift that could be added to a roster; they share no code."""

import datetime as dt
import random

import numpy as np
import pandas as pd
import pytest

from busyhour.forecast.calendar.grid import WEEKDAYS, Grid
from busyhour.forecast.queueing.goal.targets import ServiceGoal
from busyhour.schedule.diagnose.what_holds_back import RULES, Rostered
from busyhour.schedule.judge.check import check
from busyhour.schedule.plan.activity import activity
from busyhour.schedule.problem.costs import Costs
from busyhour.schedule.problem.horizon import Horizon
from busyhour.schedule.problem.problem import Demand, ScheduleProblem
from busyhour.schedule.problem.shift_families import ShiftFamily
from busyhour.schedule.problem.shifts import PlannedShift
from busyhour.schedule.problem.staff import Agent, Contract
from busyhour.schedule.rules.rules import Rules

ZONE = "Europe/Berlin"
GRID = Grid(dt.date(2026, 10, 19), 7, 30, ZONE)  # its Sunday has 25 hours
FAMILIES = {
    "day": ShiftFamily("day", 480, "06:00", "14:00", 120),
    "night": ShiftFamily("night", 480, "20:00", "24:30", 90),
    "short": ShiftFamily("short", 240, "08:00", "18:00", 300, days=WEEKDAYS[:6]),
}
CONTRACTS = {
    "full": Contract("full", ("day", "night"), max_h_week=40, min_h_week=30, max_days=5),
    "part": Contract("part", ("short", "day"), max_h_week=22, min_h_week=8, max_days=4),
}
RULES_ASKED = Rules(rest_min=660, max_run_days=4, days_off_together=2, max_start_spread_min=600)


def slot(day: int, hour: int) -> int:
    found = GRID.slot(GRID.first_date + dt.timedelta(days=day), hour * 60)
    assert found is not None
    return found


def staff() -> tuple[Agent, ...]:
    both = {"calls": 1.0, "mail": 1.0}
    return (
        Agent("ann", "full", both, 20.0),
        Agent("ben", "full", {"calls": 1.0}, 20.0, away=((0, slot(0, 12)), (slot(3, 0), slot(4, 0))),
              leave=((slot(3, 0), slot(4, 0), "vacation"),), leave_h=6.0, leave_days=1),
        Agent("cat", "part", {"mail": 1.0}, 20.0, away=((slot(2, 0), slot(2, 9)), (slot(2, 17), slot(3, 0)))),
        Agent("dan", "full", both, 20.0, earliest=slot(0, 9), run_before=3),
    )  # fmt: skip


def raw() -> dict:
    """What the files say of the same people and rules."""
    keys = ("paid_min", "start_from", "start_to", "step_min", "days")
    shift = {f.name: {k: getattr(f, k) for k in keys} for f in FAMILIES.values()}
    keys = ("shifts", "max_h_week", "min_h_week", "max_days")
    contract = {c.name: {k: getattr(c, k) for k in keys} for c in CONTRACTS.values()}
    rules = {"rest_min": 660, "max_run_days": 4, "days_off_together": 2, "max_start_spread_min": 600}
    plan = {
        "site": {"zone": ZONE, "grid_min": 30},
        "queue": {"calls": {}, "mail": {}},
        "shift": shift,
        "contract": contract,
        "rules": rules,
    }
    people = [("ann", "full", ""), ("ben", "full", "calls"), ("cat", "part", "mail:1.1"), ("dan", "full", "")]
    windows = [
        ("ben", "2026-10-18T20:00", "2026-10-19T12:00", "unavailable"),
        ("cat", "2026-10-21T09:00", "2026-10-21T17:00", ""),
    ]
    last_week = [("dan", f"2026-10-{d}T14:00", f"2026-10-{d}T22:00", "phone", "calls") for d in (16, 17, 18)]
    leave = [("ben", "2026-10-22", "2026-10-23T00:00", "vacation")]
    return {
        "plan": plan, "week": GRID.first_date,
        "staff": pd.DataFrame(people, columns=["agent", "contract", "skills"]),
        "availability": pd.DataFrame(windows, columns=["agent", "start", "end", "kind"]),
        "leave": pd.DataFrame(leave, columns=["agent", "start", "end", "kind"]),
        "previous_activity": pd.DataFrame(last_week, columns=["agent", "start", "end", "activity", "queue"]),
    }  # fmt: skip


def week() -> ScheduleProblem:
    always, nothing = np.ones(len(GRID), dtype=bool), np.zeros(len(GRID))
    goal = ServiceGoal(0.8, 20)
    demands = tuple(Demand(q, goal, always, nothing, nothing.astype(int), nothing) for q in ("calls", "mail"))
    return ScheduleProblem(Horizon(GRID), demands, FAMILIES, CONTRACTS, staff(), RULES_ASKED, Costs())


def legal_roster(problem: ScheduleProblem, rng: random.Random, tries: int) -> dict[str, list[PlannedShift]]:
    """Add shifts that nothing holds back, in random order."""
    assigned: dict[str, list[PlannedShift]] = {a.id: [] for a in problem.staff}
    for _ in range(tries):
        shift, queue = rng.choice(problem.shifts), rng.choice(("calls", "mail"))
        count = Rostered(problem, assigned).barriers(shift.day, [shift], queue).count
        free = [a.id for a, n in zip(problem.staff, count[:, 0], strict=True) if n == 0]
        if free:
            assigned[rng.choice(free)].append(PlannedShift(shift, (), queue))
    return assigned


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "tries"), [(1, 0), (2, 4), (3, 10), (4, 30), (5, 80)])
def test_the_planner_holds_back_exactly_what_the_judge_forbids(seed: int, tries: int) -> None:
    rng, problem, inputs = random.Random(seed), week(), raw()
    assigned = legal_roster(problem, rng, tries)
    assert check(activity(assigned, GRID, problem.staff), inputs).violations == ()
    compared = set()
    for shift in rng.sample(problem.shifts, 25):
        queue = rng.choice(("calls", "mail"))
        held = Rostered(problem, assigned).barriers(shift.day, [shift], queue).by_rule
        for a, agent in enumerate(problem.staff):
            if held["one_shift_a_day"][a, 0]:
                continue
            added = assigned | {agent.id: [*assigned[agent.id], PlannedShift(shift, (), queue)]}
            found = {v.rule for v in check(activity(added, GRID), inputs).violations}
            told = {rule for rule, by in held.items() if by[a, 0]}
            if "contract" in told or found - set(RULES):  # no family, or shifts that touch: the judge cannot tell more
                assert found, f"{agent.id} on {shift}"
                assert told, f"{agent.id} on {shift}"
            else:
                assert found == told, f"{agent.id} on {shift} for {queue}"
                compared |= told
    assert len(compared) >= (6 if tries >= 10 else 3), "the sample breaks a good part of the rules"

"""Why stretches are short: every answer is recomputed on the plan."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.queueing.goal.targets import ServiceGoal
from busyhour.schedule.diagnose.explain import explain, explain_open
from busyhour.schedule.diagnose.short_stretches import ShortPlan
from busyhour.schedule.diagnose.what_holds_back import RULES, Rostered
from busyhour.schedule.plan.activity import activity
from busyhour.schedule.plan.coverage import coverage
from busyhour.schedule.problem.costs import Costs, Premium
from busyhour.schedule.problem.horizon import Horizon
from busyhour.schedule.problem.problem import Demand, ScheduleProblem
from busyhour.schedule.problem.shift_families import Break, ShiftFamily
from busyhour.schedule.problem.shifts import PlannedShift
from busyhour.schedule.problem.staff import Agent, Contract
from busyhour.schedule.rules.rules import Rules

GRID = Grid(dt.date(2026, 3, 2), 7, 15)  # a Monday, no clock change
DAY = 96
FAMILIES = {
    "half": ShiftFamily("half", 240, "08:00", "14:00", 60, breaks=(Break(15, 60, 180),)),
    "full": ShiftFamily("full", 480, "08:00", "10:00", 60, breaks=(Break(30, 180, 300, "lunch", paid=False),)),
}
CONTRACTS = {
    "part": Contract("part", ("half",), max_h_week=20, max_days=5, cost_h=16.0),
    "whole": Contract("whole", ("full", "half"), max_h_week=40, max_days=5),
}


def demand(need: np.ndarray, queue: str = "calls") -> Demand:
    minute = GRID.minute_of_day
    is_open = (minute >= 480) & (minute < 1140)
    return Demand(queue, ServiceGoal(0.8, 20), is_open, need * is_open, np.ceil(need * is_open), np.zeros(len(GRID)))


def short_at(*stretches: tuple[int, int, float]) -> np.ndarray:
    """Need in slots [start, end) of quarter hours."""
    need = np.zeros(len(GRID))
    for start, end, agents in stretches:
        need[start:end] = agents
    return need


def problem(
    need: np.ndarray, *agents: Agent, rules: Rules | None = None, costs: Costs | None = None
) -> ScheduleProblem:
    return ScheduleProblem(
        Horizon(GRID), (demand(need),), FAMILIES, CONTRACTS, agents, rules or Rules(), costs or Costs()
    )


def person(id_: str, contract: str = "part", wage: float = 20.0, **more: object) -> Agent:
    return Agent(id_, contract, more.pop("skills", {"calls": 1.0}), wage, **more)  # type: ignore[arg-type]


def planned(
    p: ScheduleProblem, pattern: str, day: int = 0, breaks: tuple[int, ...] = (4,), queue: str = "calls"
) -> PlannedShift:
    shift = next(s for s in p.shifts if s.pattern == pattern and s.day == day)
    return PlannedShift(shift, breaks, queue)


def explained(p: ScheduleProblem, assigned: dict[str, tuple[PlannedShift, ...]]) -> pd.DataFrame:
    rows = activity(assigned, p.grid, p.staff)
    return explain(p, assigned, coverage(rows, p, None, np.zeros(len(p.grid))))


NOON = 48


def test_a_full_plan_has_nothing_to_explain() -> None:
    p = problem(short_at(), person("ann"))
    assert explained(p, {"ann": (planned(p, "half@0800"),)}).empty


def test_a_break_that_can_move_costs_nothing() -> None:
    p = problem(short_at((32, 40, 1)), person("ann"), person("ben"))
    (row,) = explained(p, {"ann": (planned(p, "half@0800", breaks=(5,)),)}).to_dict("records")
    assert (row["binding_rule"], row["cost_one_more"], row["who"], row["under"]) == ("break_window", 0.0, "ann", 1.0)
    assert row["detail"] == "ann could take the break of 09:15 at 10:00: 0.25 agent-hours less short, for no money."
    assert (row["start"], row["end"]) == (pd.Timestamp("2026-03-02 09:15"), pd.Timestamp("2026-03-02 09:30"))


def test_a_break_does_not_move_where_it_would_hurt_as_much() -> None:
    p = problem(short_at((36, 48, 1)), person("ann", "part", 20.0))
    (row,) = explained(p, {"ann": (planned(p, "half@0800", breaks=(5,)),)}).to_dict("records")
    assert row["binding_rule"] != "break_window"


def test_the_cheapest_free_person_is_named_with_the_price() -> None:
    p = problem(
        short_at((NOON, NOON + 8, 1)),
        person("dear", wage=30.0),
        person("cheap", wage=18.0),
        person("ill", wage=1.0, away=((0, DAY),)),
    )
    (row,) = explained(p, {}).to_dict("records")
    assert (row["binding_rule"], row["who"], row["cost_one_more"]) == ("cost", "cheap", 18.0 * 4)
    assert row["detail"].endswith("at 72.00; 1 more could come.")
    assert row["under_agent_hours"] == 2.0


@pytest.mark.parametrize(
    ("each", "told"),
    [
        (0.0, "By the service curve the day's goal holds as it is."),
        (-0.5, "By the service curve the day's goal lacks 4.0 calls."),
    ],
)
def test_a_pooled_goal_that_holds_or_not_is_told(each: float, told: str) -> None:
    p = problem(short_at((NOON, NOON + 8, 1)), person("ann"))
    gain = np.zeros((len(GRID), 2))
    gain[NOON : NOON + 8, 0] = each
    p = replace(p, demands=(replace(p.demands[0], gain=gain, periods=(np.arange(32, 76),), margin=(0.0,)),))
    assert explained(p, {})["detail"].iloc[0].endswith(told)


def test_premiums_are_in_the_price() -> None:
    costs = Costs(premium=(Premium(0.5, ("monday",), "12:00", "24:00"),))
    p = problem(short_at((NOON, NOON + 16, 1)), person("ann", wage=20.0), costs=costs)
    (row,) = explained(p, {}).to_dict("records")
    prices = []  # (per slot there, in all) of each half that is there for two hours, its break tried everywhere
    for s in (s for s in p.shifts if s.family == "half" and s.day == 0):
        there = max(sum(NOON <= x < NOON + 16 for x in PlannedShift(s, (b,), "calls").phone) for b in range(4, 13))
        if there >= 8:
            prices.append((20 * p.paid_weight(s) / there, 20 * p.paid_weight(s)))
    best = min(prices)
    assert best[1] > 80
    assert row["cost_one_more"] == pytest.approx(best[1])


BINDING = {
    "skills": ({"skills": {"mail": 1.0}}, {}, None),
    "leave": ({"away": ((0, DAY),), "leave": ((0, DAY, "vacation"),)}, {}, None),
    "availability": ({"away": ((0, DAY),)}, {}, None),
    "rest_min": ({"earliest": 2 * DAY}, {}, None),
    "max_h_week": ({"leave_h": 17.0}, {}, None),
    "max_days": ({"leave_days": 5}, {}, None),
    "max_run_days": ({"run_before": 6}, {}, None),
    "days_off_together": ({}, {}, (2, 4)),
    "max_start_spread_min": ({}, {"max_start_spread_min": 0}, (2,)),
}


@pytest.mark.parametrize("rule", BINDING)
def test_the_rule_that_alone_holds_everybody_back_is_named(rule: str) -> None:
    agent, rules, days = BINDING[rule]
    asked = Rules(**({"days_off_together": 0} | rules)) if rule != "days_off_together" else Rules(days_off_together=4)
    p = problem(short_at((NOON, NOON + 4, 1)), person("ann", **agent), rules=asked)
    assigned = {"ann": tuple(planned(p, "half@0800", d) for d in days)} if days else {}
    if rule == "max_start_spread_min":  # starts at 08:00 only, too early for a stretch from 13:00
        p = replace(p, demands=(demand(short_at((NOON + 4, NOON + 8, 1))),))
    (row,) = [r for r in explained(p, assigned).to_dict("records") if r["start"].day == 2]
    assert row["binding_rule"] == rule
    assert f"Without {RULES[rule]}, 1 could come." in row["detail"]
    assert (row["who"], row["cost_one_more"]) == ("new hire", 16.0 * 4)


def test_the_contract_binds_where_its_shifts_are_elsewhere() -> None:
    need = short_at((70, 72, 1))  # 17:30 to 18:00, where only half@1400 and full@0900 and later reach
    early = replace(FAMILIES["half"], start_to="12:00")
    p = replace(problem(need, person("ann")), families={**FAMILIES, "half": early})
    (row,) = explained(p, {}).to_dict("records")
    assert row["binding_rule"] == "contract"
    assert row["cost_one_more"] == 20.0 * 8


def test_several_rules_at_once_are_told_as_such() -> None:
    p = problem(
        short_at((NOON, NOON + 4, 1)), person("ann", run_before=6, leave_days=5), person("ben", away=((0, DAY),))
    )
    p = replace(p, staff=(p.staff[0],))
    (row,) = explained(p, {}).to_dict("records")
    assert row["binding_rule"] == "several"
    assert row["detail"].startswith(
        "Nobody is free: 0 of 1 work that day; of the other 1, held back by days a week 1, days in a row 1."
    )


def test_when_everybody_works_only_a_hire_helps() -> None:
    p = problem(short_at((NOON + 4, NOON + 8, 1)), person("ann"))
    (row,) = explained(p, {"ann": (planned(p, "half@0800"),)}).to_dict("records")
    assert row["binding_rule"] == "one_shift_a_day"
    assert row["detail"].startswith("Nobody is free: 1 of 1 work that day.")


def test_where_no_shift_reaches_nothing_can_be_bought() -> None:
    p = problem(
        short_at((72, 76, 1)), person("ann")
    )  # 18:00 to 19:00, after the last shift of any family but full@1000
    p = replace(p, families={"half": FAMILIES["half"]})
    (row,) = explained(p, {}).to_dict("records")
    assert row["binding_rule"] == "shifts"
    assert np.isnan(row["cost_one_more"])


def test_an_anonymous_plan_asks_for_one_more_shift() -> None:
    p = replace(problem(short_at((NOON, NOON + 4, 1))), contracts={})
    (row,) = explained(p, {}).to_dict("records")
    assert (row["binding_rule"], row["cost_one_more"], row["who"]) == ("cost", 80.0, "one more shift")


def test_stretches_come_by_size_and_stay_within_a_day() -> None:
    p = problem(short_at((NOON, NOON + 4, 1), (DAY + NOON, DAY + NOON + 4, 3)), person("ann"))
    table = explained(p, {})
    assert table["under_agent_hours"].tolist() == [3.0, 1.0]
    assert table["under"].tolist() == [3.0, 1.0]
    assert [t.day for t in table["start"]] == [3, 2]


def test_presence_places_breaks_out_of_the_way() -> None:
    """Compare with every placement of the breaks, tried one by one."""
    p = problem(short_at())
    plan = ShortPlan(p, {}, pd.DataFrame(columns=["queue", "start", "on_phone", "required"]))
    for start, end in ((36, 40), (44, 60), (30, 76), (50, 51)):
        there = plan.there(start, end)
        for i, s in enumerate(p.shifts[:12]):
            (low, high, _, _) = s.breaks[0]
            tried = [
                sum(start <= slot < end for slot in PlannedShift(s, (b,), "calls").phone) for b in range(low, high + 1)
            ]
            assert there[i] == max(tried)


def test_barriers_agree_with_the_week_worked_out_by_hand() -> None:
    p = problem(short_at(), person("ann", run_before=4), rules=Rules(rest_min=720, max_run_days=5, days_off_together=2))
    assigned = {"ann": (planned(p, "half@1400", 0), planned(p, "half@0800", 2))}
    shifts = [s for s in p.shifts if s.day == 1 and s.family == "half"]
    held = Rostered(p, assigned).barriers(1, shifts, "calls").by_rule
    assert held["max_run_days"].all()  # four, then Monday to Wednesday
    starts = [s.pattern[-4:] for s in shifts]
    assert [
        t for t, h in zip(starts, held["rest_min"][0], strict=True) if h
    ] == []  # 18:00 to 08:00 are 14 h, 18:00 to 08:00 again
    strict = Rostered(replace(p, rules=Rules(rest_min=15 * 60)), assigned).barriers(1, shifts, "calls").by_rule
    assert [t for t, h in zip(starts, strict["rest_min"][0], strict=True) if not h] == [
        "0900",
        "1000",
        "1100",
        "1200",
        "1300",
    ]


def test_open_shifts_tell_why_nobody_takes_them() -> None:
    p = problem(short_at(), person("ann", away=((0, DAY),)), person("ben", skills={"mail": 1.0}), person("cat"))
    left = (planned(p, "half@0800", 0), planned(p, "half@1000", 0), planned(p, "full@0800", 1, breaks=(12,)))
    table = explain_open(p, {"cat": (planned(p, "half@1200", 0),)}, left)
    assert table["pattern"].tolist() == ["half@0800", "half@1000", "full@0800"]
    assert table["binding_rule"].tolist() == ["skills", "skills", "contract"]
    counts = "Nobody is free: 1 of 3 work that day; of the other 2, held back by skills 1, availability 1."
    assert table["reason"].iloc[0] == f"{counts} Without skills, 1 could come."
    assert table["cost_one_more"].tolist() == [64.0, 64.0, 160.0]


def test_an_open_shift_that_somebody_could_take_says_so() -> None:
    p = problem(short_at(), person("ann", name="Ann Lee"))
    (row,) = explain_open(p, {}, (planned(p, "half@0800"),)).to_dict("records")
    assert row["binding_rule"] == "cost"
    assert row["reason"].startswith("No rule forbids it: 1 could take it (Ann Lee (ann) first)")

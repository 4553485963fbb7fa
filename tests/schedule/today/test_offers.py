"""Other shifts of today: every offer is a shift that the rules of the person's week allow."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.queueing.goal.targets import ServiceGoal
from busyhour.schedule.plan.activity import activity
from busyhour.schedule.problem.costs import Costs
from busyhour.schedule.problem.horizon import Horizon
from busyhour.schedule.problem.problem import Demand, ScheduleProblem
from busyhour.schedule.problem.shift_families import Break, ShiftFamily
from busyhour.schedule.problem.shifts import PlannedShift
from busyhour.schedule.problem.staff import Agent, Contract
from busyhour.schedule.rules.rules import Rules
from busyhour.schedule.today.actions import ActionParams
from busyhour.schedule.today.desk import ACTIVITIES, BREAK, RunningDesk
from busyhour.schedule.today.offers import Offers
from busyhour.schedule.today.variation import State, Variation

GRID = Grid(dt.date(2026, 3, 2), 7, 15)
FIRST, LAST, NOW = 8 * 4, 20 * 4, 12 * 4
FAMILIES = {
    "six": ShiftFamily("six", 360, "08:00", "14:00", 60, breaks=(Break(15, 120, 180),)),
    "eight": ShiftFamily(
        "eight", 480, "08:00", "12:00", 60, breaks=(Break(15, 120, 210), Break(30, 270, 360, "lunch"))
    ),
    "four": ShiftFamily("four", 240, "08:00", "16:00", 60, breaks=(Break(15, 120, 150),)),
}
CONTRACTS = {
    "any": Contract("any", ("six", "eight", "four"), 40),
    "little": Contract("little", ("six", "eight", "four"), 6),
}


def problem(*agents: Agent, rules: Rules | None = None) -> ScheduleProblem:
    """Return a week open from 08:00 to 20:00."""
    minute = GRID.minute_of_day
    is_open = (minute >= 480) & (minute < 1200)
    flat = np.where(is_open, 2.0, 0.0)
    demand = Demand("calls", ServiceGoal(0.8, 20), is_open, flat, flat.astype(int), flat)
    return ScheduleProblem(Horizon(GRID), (demand,), FAMILIES, CONTRACTS, agents, rules or Rules(days_off_together=0),
                           Costs(cost_h=20.0))  # fmt: skip


def person(name: str, contract: str = "any", **more: object) -> Agent:
    """Return somebody who can serve the queue."""
    return Agent(name, contract, {"calls": 1.0}, 20.0, **more)  # type: ignore[arg-type]


def planned(p: ScheduleProblem, pattern: str, *breaks: int, day: int = 0) -> PlannedShift:
    """Return a shift of the week."""
    return PlannedShift(next(s for s in p.shifts if s.pattern == pattern and s.day == day), breaks, "calls", "any")


def offers(
    p: ScheduleProblem, assigned: Mapping[str, tuple[PlannedShift, ...]], slot_min: int = 15, **more: object
) -> Offers:
    """Return what may be offered on the first day at noon, with the most to gain from 15:00 to 16:00."""
    rows = activity(assigned, GRID, p.staff)
    today = rows[rows["start"].dt.date == GRID.dates[0]]
    parts = 15 // slot_min
    names = tuple(dict.fromkeys(today["agent"]))
    size = (LAST - FIRST) * parts
    doing, on = np.zeros((len(names), size), dtype=int), np.full((len(names), size), -1)
    for r in today.itertuples():
        part = slice(*((GRID.position(t) - FIRST) * parts for t in (r.start, r.end)))
        doing[names.index(r.agent), part] = ACTIVITIES.index(r.activity)
        on[names.index(r.agent), part] = 0 if r.activity == "phone" else -1
    starts = pd.date_range(GRID.time(FIRST), periods=size, freq=f"{slot_min}min")
    desk = RunningDesk(GRID.dates[0], starts, slot_min, (NOW - FIRST) * parts, names, ("calls",), doing, on, (), today,
                       np.ones((len(names), 1), dtype=bool), np.full(len(names), 20.0))  # fmt: skip
    worth = np.ones((1, size))
    worth[0, (15 * 4 - FIRST) * parts : (16 * 4 - FIRST) * parts] = 5.0
    return Offers(p, assigned, desk, worth, ActionParams(**more))  # type: ignore[arg-type]


def by_kind(found: list[Variation], kind: str) -> list[Variation]:
    """Return the offers of a kind."""
    return [v for v in found if v.kind == kind]


def test_overtime_is_a_longer_shift_that_keeps_the_pauses_of_the_past() -> None:
    """Six hours from 08:00 with a break at 10:15 become eight; the lunch is laid where least is lost."""
    p = problem(person("ann"))
    o = offers(p, {"ann": (planned(p, "six@0800", 9),)})
    (longer,) = by_kind(o.variations(), "overtime")
    doing, _ = State(o.desk).after("ann", longer.edits)
    day = "".join("_.bl"[int(x)] for x in doing)
    assert day.count(".") == 32 - 1 - 2
    assert day[9] == "b"
    assert day.index("l") >= 18
    assert longer.cost == pytest.approx(2 * 20.0 * 1.5)


def test_a_pause_in_the_past_that_the_other_shift_does_not_know_forbids_it() -> None:
    """A break at 11:30 of eight hours lies outside the window of six: no shorter shift then."""
    p = problem(person("ann"))
    assert by_kind(offers(p, {"ann": (planned(p, "eight@0800", 14, 18),)}).variations(), "time_off") == []
    assert by_kind(offers(p, {"ann": (planned(p, "eight@0800", 12, 18),)}).variations(), "time_off") != []


def test_time_off_needs_a_shorter_shift_that_has_not_ended() -> None:
    """Eight hours from 10:00 become six or four; nobody works longer, and money is saved."""
    p = problem(person("ann"))
    o = offers(p, {"ann": (planned(p, "eight@1000", 8, 18),)})
    shorter = by_kind(o.variations(), "time_off")
    assert sorted(-v.cost for v in shorter) == pytest.approx([40.0, 80.0])
    for v in shorter:
        _, on = State(o.desk).after("ann", v.edits)
        assert (on >= 0).sum() < (State(o.desk).of("ann")[1] >= 0).sum()


def test_who_is_off_is_called_in_with_notice_and_within_all_rules() -> None:
    """Nobody without enough hours, on leave, or with a shift too early tomorrow is called in; none begins at once."""
    rules = Rules(days_off_together=0, rest_min=900)
    p = problem(person("ann"), person("bob", "little"), person("cid", away=((0, 96),)), person("dee"), rules=rules)
    tomorrow = planned(p, "six@0800", 9, day=1)
    o = offers(p, {"ann": (), "bob": (planned(p, "six@0800", 9, day=2),), "cid": (), "dee": (tomorrow,)})
    called = by_kind(o.variations(), "call_in")
    assert {v.people[0] for v in called} == {"ann", "dee"}
    first = min(e.begin for v in called for e in v.edits)
    assert first >= NOW - FIRST + 4
    last = {name: max(e.end for v in called if v.people == (name,) for e in v.edits) for name in ("ann", "dee")}
    assert last["dee"] == 17 * 4 - FIRST  # fifteen hours of rest before 08:00
    assert last["ann"] == LAST - FIRST
    assert all(v.cost >= 20.0 * 4 * 1.25 for v in called)


def test_a_pause_of_who_is_called_in_avoids_the_hour_in_which_people_are_worth_most() -> None:
    """The break of four hours from 13:00 may lie from 15:00 to 15:30: all are dear; from 14:00 on, 16:00 is cheap."""
    p = problem(person("ann"))
    o = offers(p, {"ann": ()})
    for v in by_kind(o.variations(), "call_in"):
        doing, _ = State(o.desk).after("ann", v.edits)
        begin = int(np.flatnonzero(doing)[0])
        pause = int(np.flatnonzero(doing == ACTIVITIES.index("break"))[0])
        if begin == 14 * 4 - FIRST and (doing > 0).sum() == 16:
            assert pause == 16 * 4 - FIRST


def test_slots_finer_than_the_grid_make_the_same_offers() -> None:
    """On slots of five minutes every offer is the same time of day."""
    p = problem(person("ann"), person("bob"))
    assigned = {"ann": (planned(p, "six@0800", 9),), "bob": ()}
    coarse, fine = (offers(p, assigned, minutes).variations() for minutes in (15, 5))
    assert [(v.kind, v.what, v.cost) for v in coarse] == [(v.kind, v.what, v.cost) for v in fine]
    assert [[(3 * e.begin, 3 * e.end) for e in v.edits] for v in coarse] == [
        [(e.begin, e.end) for e in v.edits] for v in fine
    ]


def test_a_plan_without_people_offers_nothing() -> None:
    """Shifts without names cannot be prolonged by anybody."""
    p = problem()
    assert offers(p, {"shift-0001": (planned(p, "six@0800", 9),)}).variations() == []


def test_only_the_kinds_that_are_asked_for_are_offered() -> None:
    """Without call-in nobody is called in."""
    p = problem(person("ann"), person("bob"))
    found = offers(p, {"ann": (planned(p, "six@0800", 9),), "bob": ()}, kinds=("overtime",)).variations()
    assert {v.kind for v in found} == {"overtime"}


LONGER = {
    "six+60": ShiftFamily("six+60", 420, "08:00", "14:00", 60, breaks=(Break(15, 120, 180),)),
    "60+six": ShiftFamily("60+six", 420, "08:00", "13:00", 60, breaks=(Break(15, 180, 240),)),
}


def test_overtime_of_the_own_shift() -> None:
    """Somebody stays longer, or comes earlier where the shift is still ahead; nobody is called in for such a shift."""
    contracts = {"any": Contract("any", ("six", *LONGER), 40), "full": Contract("full", ("six", *LONGER), max_h_week=6)}
    p = replace(problem(person("a"), person("b"), person("c", "full"), person("off")),
                families=FAMILIES | LONGER, contracts=contracts)  # fmt: skip
    assigned = {"a": (planned(p, "six@0800", 8),), "b": (planned(p, "six@1400", 8),), "c": (planned(p, "six@0800", 8),)}
    given = replace(offers(p, assigned), overtime={"six+60": ("six", 0), "60+six": ("six", 60)})
    found = by_kind(given.variations(), "overtime")
    assert [v.what for v in found] == [
        "a: 08:00-15:00 instead of 08:00-14:00, 1 h longer",
        "b: 13:00-20:00 instead of 14:00-20:00, 1 h longer",
    ]
    assert [v.cost for v in found] == [20.0 * 1.5] * 2
    kept = [[e.begin for e in v.edits if e.activity == BREAK] for v in found]
    assert kept == [[], [(16 - 8) * 4]]  # of the first it is past
    called = by_kind(given.variations(), "call_in")
    assert {v.people for v in called} == {("off",)}
    assert all(int(v.what[-5:-3]) - int(v.what[-11:-9]) == 6 for v in called)

"""Classes that are held whatever is decided: rooms, trainers and companions of people in training, closed days."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from hiring_cases import FIRST, LEARNING, RULES, group, kind, tiny

from busyhour.forecast.errors import InputError
from busyhour.schedule.hiring.check import checked
from busyhour.schedule.hiring.days import Days
from busyhour.schedule.hiring.held import classes_of
from busyhour.schedule.hiring.limits import rooms_left
from busyhour.schedule.hiring.problem import Head, HiringProblem
from busyhour.schedule.hiring.result import decisions_of
from busyhour.schedule.hiring.solve import plan_hires
from busyhour.schedule.hiring.supply import Supply, starts
from busyhour.schedule.hiring.tenure import staying

HOURS = 160 * 0.8
SINCE = dt.date(2026, 12, 28)
"""Ten days of training are left on the first of January."""


def with_newcomers(*since: dt.date, **rules: object) -> HiringProblem:
    """Return eight experienced people and newcomers."""
    people = (*([Head(None)] * 8), *(Head(day) for day in since))
    return tiny(kinds=(kind(staff=people),), rules=replace(RULES, **rules))  # type: ignore[arg-type]


def test_people_in_training_take_a_room_until_its_end():
    supply = Supply.of(with_newcomers(SINCE, SINCE, SINCE))
    left = [rooms_left(supply, dt.date(2027, 1, day)) for day in (1, 10, 11)]
    assert left == [0, 0, 1]


def test_people_in_training_take_a_trainer_off_the_phone():
    with_, without = (Supply.of(with_newcomers(SINCE, SINCE, SINCE, trainers=t)) for t in (0.5, 0.0))
    assert without.fixed[0] - with_.fixed[0] == pytest.approx([0.5 * 10 / 31 * HOURS, 0.0, 0.0, 0.0])


def test_people_who_nest_are_accompanied():
    nests = {"trainers": 0.0, "nesting_weeks": 2.0}
    with_, without = (Supply.of(with_newcomers(SINCE, SINCE, nesting_heads=h, **nests)) for h in (0.3, 0.0))
    ages = np.arange(14, 28)  # all in January
    there = staying(LEARNING, ages) / staying(LEARNING, np.array([4]))
    assert without.fixed[0, 0] - with_.fixed[0, 0] == pytest.approx(0.3 * 2 * there.sum() / 31 * HOURS)


def test_classes_on_their_way_take_rooms_and_trainers_as_before():
    given = tiny(given=(("main/full", dt.date(2027, 2, 1), 4),))
    supply = Supply.of(given)
    bare = Supply.of(replace(given, rules=replace(RULES, trainers=0.0)))
    assert [rooms_left(supply, dt.date(2027, 2, day)) for day in (1, 14, 15)] == [0, 0, 1]
    assert bare.fixed[0] - supply.fixed[0] == pytest.approx([0.0, 0.5 * 14 / 28 * HOURS, 0.0, 0.0])


def test_fewer_than_a_class_learn_together():
    days = [SINCE, dt.date(2026, 12, 29), dt.date(2026, 12, 30)]
    supply = Supply.of(with_newcomers(*days, rooms=3))
    assert rooms_left(supply, FIRST) == 2
    alone = Supply.of(with_newcomers(*days, rooms=3, least=1))
    assert rooms_left(alone, FIRST) == 0


def test_a_class_may_be_larger_than_planned_by_its_offers():
    rules = replace(RULES, least=8, most=20, drop_out=0.1)
    assert [classes_of(rules, n) for n in (8, 20, 23, 24, 46, 47)] == [1, 1, 1, 2, 2, 3]


def test_a_class_on_its_way_fits_the_seats_of_its_room():
    given = (("main/full", dt.date(2027, 2, 1), 5),)
    with pytest.raises(InputError, match="larger than its room"):
        checked(tiny(given=given))
    large = tiny(given=given, rules=replace(RULES, seats=5))
    assert checked(large) is large
    assert rooms_left(Supply.of(large), dt.date(2027, 2, 1)) == 0


def test_classes_start_on_working_days_and_are_decided_on_them():
    shut = (dt.date(2027, 1, 1), dt.date(2027, 1, 15), dt.date(2027, 2, 1), dt.date(2027, 2, 2))
    problem = tiny(rules=replace(RULES, closed=shut))
    assert starts(problem, Days.of(problem.months)) == [dt.date(2027, 2, 3), dt.date(2027, 3, 1), dt.date(2027, 4, 1)]
    rules = problem.rules
    assert rules.decide_by(dt.date(2027, 2, 15), FIRST) == dt.date(2027, 1, 29)  # 1 February is closed
    assert rules.decide_by(dt.date(2027, 1, 29), FIRST) == dt.date(2027, 1, 14)
    assert rules.decide_by(dt.date(2027, 1, 15), FIRST) == FIRST  # not before the day of planning
    odd = replace(rules, lead_weeks=2.5)  # 17.5 days, rounded to 18
    assert odd.decide_by(dt.date(2027, 2, 4), FIRST) == dt.date(2027, 1, 14)  # from Sunday past a closed Friday


def test_planned_classes_keep_closed_days():
    shut = (dt.date(2027, 2, 1), dt.date(2027, 1, 20))
    plan = plan_hires(tiny(groups=(group(hours=1900.0),), rules=replace(RULES, closed=shut)), gap=0.01)
    assert plan.classes
    for one in plan.classes:
        assert one.start not in shut
        assert one.decide_by not in shut
    assert {c.decide_by for c in plan.classes if c.start == dt.date(2027, 2, 2)} <= {dt.date(2027, 1, 19)}


SLOW = replace(LEARNING, training_weeks=4.0)
"""Training takes nearly a whole month, so classes of one month give no work in it."""


@pytest.mark.parametrize("part", [0, 1])
def test_no_more_people_train_than_there_are(part):
    kinds = [kind(heads=2, months=6, learning=SLOW)]
    if part:
        kinds.append(kind("main/part", heads=1, months=6, learning=SLOW))
    rules = replace(RULES, trainers=1.5, rooms=4, recruits=16)
    problem = tiny(6, groups=(group(months=6, hours=2500.0),), kinds=tuple(kinds), rules=rules)
    plan = plan_hires(problem, gap=0.01)
    supply = Supply.of(problem)
    assert plan.classes
    assert supply.presence(decisions_of(supply, plan)).min() >= -1e-5
    assert plan.pays  # the rule holds as many classes as there are trainers
    months = plan.groups["main"]
    assert min(months.overtime.min(), months.time_off.min(), months.supply.min()) >= 0.0


def test_a_group_smaller_than_its_trainers_gets_the_rest_from_elsewhere():
    problem = tiny(groups=(group(hours=900.0),), kinds=(kind(heads=1),), rules=replace(RULES, trainers=2.0))
    supply = Supply.of(problem)
    assert (supply.by_class >= -supply.fixed[None]).all()
    assert plan_hires(problem, gap=0.01).classes

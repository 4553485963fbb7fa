"""Shifts of two families may look the same: the judge reads them so that a legal plan passes."""

from __future__ import annotations

import pandas as pd
import pytest

from busyhour.app.judging import judged
from busyhour.schedule.judge.check import check, read_plan
from busyhour.schedule.judge.counts import wages_between

LUNCH = {"kind": "lunch", "duration_min": 60, "earliest_min": 180, "latest_min": 300}
DAY = {"start_from": "08:00", "start_to": "10:00", "step_min": 60}
TWINS = {
    "unpaid": {"paid_min": 420, **DAY, "break": [{**LUNCH, "paid": False}]},
    "paid": {"paid_min": 480, **DAY, "break": [{**LUNCH, "paid": True}]},
}
NIGHT = {
    "late": {"paid_min": 240, "start_from": "20:00", "start_to": "26:00", "step_min": 60},
    "early": {"paid_min": 240, "start_from": "00:00", "start_to": "06:00", "step_min": 60},
}
WEEK = "2026-11-16"


def _inputs(families: dict, order: tuple[str, ...], staff: bool = True, **rules: object) -> dict:
    """Return the inputs of one person of 20 an hour who may work all `families`, listed in `order`."""
    plan = {
        "queue": {"calls": {}},
        "site": {"grid_min": 60},
        "shift": {name: families[name] for name in order},
        "contract": {"any": {"shifts": list(order), "max_h_week": 40.0, "max_days": 7}},
        "rules": {"rest_min": 0, "max_run_days": 7, "days_off_together": 0, **rules},
    }
    people = pd.DataFrame([{"agent": "a", "contract": "any"}])
    return {"plan": plan, "week": WEEK, "staff": people if staff else None}


def _activity(*shifts: tuple[str, int, int]) -> pd.DataFrame:
    """Return work of so many hours from an hour of a date on, with the lunch of the twins where it lasts eight."""
    rows = []
    for date, hour, hours in shifts:
        start = pd.Timestamp(date) + pd.Timedelta(hours=hour)
        edges = [(0, 3, "phone"), (3, 4, "lunch"), (4, 8, "phone")] if hours == 8 else [(0, hours, "phone")]
        for low, high, what in edges:
            span = (str(start + pd.Timedelta(hours=h)) for h in (low, high))
            rows.append(("a", *span, what, "calls" if what == "phone" else ""))
    return pd.DataFrame(rows, columns=["agent", "start", "end", "activity", "queue"])


@pytest.mark.parametrize("order", [("unpaid", "paid"), ("paid", "unpaid")])
def test_wages_of_families_that_look_the_same_lie_between_both(order):
    inputs = _inputs(TWINS, order)
    activity = _activity((WEEK, 8, 8), ("2026-11-17", 9, 8))
    assert wages_between(read_plan(activity, inputs)) == pytest.approx((280.0, 320.0))
    texts = {"staff": inputs["staff"]}
    for wages, right in ((280.0, True), (300.0, True), (320.0, True), (279.0, False), (321.0, False)):
        verdict = judged(activity, inputs["plan"], texts, pd.Timestamp(WEEK).date(), wages=wages)
        assert verdict.passed == right
    assert "recounted 280.00 to 320.00" in str(verdict.violations[0])


@pytest.mark.parametrize("order", [("unpaid", "paid"), ("paid", "unpaid")])
def test_hours_are_within_the_contract_where_some_reading_is(order):
    inputs = _inputs(TWINS, order)
    inputs["plan"]["contract"]["any"]["max_h_week"] = 15.0
    two = _activity((WEEK, 8, 8), ("2026-11-17", 9, 8))
    assert check(two, inputs).passed
    inputs["plan"]["contract"]["any"]["max_h_week"] = 13.0
    assert {v.rule for v in check(two, inputs).violations} == {"max_h_week"}


@pytest.mark.parametrize("order", [("late", "early"), ("early", "late")])
@pytest.mark.parametrize("staff", [True, False])
def test_a_shift_after_midnight_counts_on_the_day_on_which_it_is_legal(order, staff):
    inputs = _inputs(NIGHT, order, staff)
    assert check(_activity((WEEK, 1, 4)), inputs).passed  # the day before is not planned
    if staff:
        both = _activity(("2026-11-17", 1, 4), ("2026-11-17", 20, 4))  # as an early one a second shift of its day
        assert check(both, inputs).passed
        three = _activity(("2026-11-17", 1, 4), ("2026-11-17", 6, 4), ("2026-11-17", 20, 4))
        assert "one_shift_a_day" in {v.rule for v in check(three, inputs).violations}

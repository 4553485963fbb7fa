"""The judge passes a legal plan, reads times right, and shares no code with the planner."""

import ast
import inspect
import sys
from pathlib import Path

import pandas as pd
import pytest

from busyhour.forecast.errors import InputError
from busyhour.schedule.judge import check as judge
from busyhour.schedule.judge.check import check


def test_unknown_activities_are_found(centre) -> None:
    activity, inputs = centre.legal()
    verdict = check(centre.frame([*activity, ("ben", "2026-10-24T10:00", "2026-10-24T11:00", "nap", "")]), inputs)
    assert [v.text for v in verdict.violations] == ["unknown activity 'nap'"]


def test_leave_may_lie_on_leave_but_not_on_work(centre) -> None:
    activity, inputs = centre.legal()
    off = [
        ("ben", "2026-10-24T06:00", "2026-10-24T20:00", "leave", ""),
        ("ben", "2026-10-24T08:00", "2026-10-24T09:00", "leave", ""),
    ]
    assert check(centre.frame(activity + off), inputs).passed
    off.append(("ben", "2026-10-20T09:00", "2026-10-20T10:15", "leave", ""))
    assert [v.rule for v in check(centre.frame(activity + off), inputs).violations] == ["overlap"]


def test_a_legal_plan_passes(centre) -> None:
    activity, inputs = centre.legal()
    verdict = check(centre.frame(activity), inputs)
    assert verdict.violations == ()
    assert verdict.passed
    assert verdict.shifts == 12
    assert verdict.paid_hours == 5 * 7.5 + 4 * 4 + 3 * 7.5
    assert verdict.notes == ("cat: 22.5 h paid, contract asks 28",)


def test_text_and_typed_times_are_judged_alike(centre) -> None:
    activity, inputs = centre.legal()
    text = centre.frame(activity)
    typed = text.assign(**{c: pd.to_datetime(text[c]).dt.tz_localize("Europe/Berlin") for c in ("start", "end")})
    assert check(typed, inputs) == check(text, inputs)


def test_a_violation_names_rule_person_and_shift(centre) -> None:
    activity, inputs = centre.legal()
    inputs["plan"]["rules"]["max_start_spread_min"] = None
    activity = centre.replaced(activity, "ben", 20, centre.rows("ben", 20, "18:00", family="part4"))
    activity = centre.replaced(activity, "ben", 21, centre.rows("ben", 21, "08:00", family="part4"))
    (violation,) = check(centre.frame(activity), inputs).violations
    assert str(violation) == "rest_min: ben at 2026-10-21T08:00:00+02:00: 600 min rest before this shift, least 660"


def test_an_anonymous_plan_is_judged_by_its_shifts_alone(centre) -> None:
    _, inputs = centre.legal()
    inputs |= {"staff": None, "availability": None, "leave": None}
    good = centre.rows("shift 1", 19, "08:00") + centre.rows("shift 2", 19, "08:00")
    assert check(centre.frame(good), inputs).passed
    assert {
        v.rule for v in check(centre.frame(centre.edited(good, "shift 1", 19, (4, 2, "17:00"))), inputs).violations
    } == {"shift_length"}


def test_rest_is_elapsed_time_when_the_clock_goes_back(centre) -> None:
    _, inputs = centre.legal()
    inputs["staff"].loc[1, ["hire_date", "leave_date"]] = ""
    inputs["plan"]["rules"] |= {"rest_min": 720, "max_start_spread_min": None}
    night = centre.rows("ben", 24, "17:00", family="part4")
    for start, legal_rest in (("09:00", True), ("08:00", True), ("07:00", False)):  # 13, 12 and 11 hours
        verdict = check(centre.frame(night + centre.rows("ben", 25, start, family="part4")), inputs)
        assert ("rest_min" not in {v.rule for v in verdict.violations}) == legal_rest


def test_a_night_shift_on_the_long_sunday_keeps_its_elapsed_length(centre) -> None:
    plan = {
        "site": {"zone": "Europe/Berlin"},
        "shift": {"night": {"paid_min": 480, "start_from": "22:00", "start_to": "22:00"}},
    }
    activity = centre.frame([("n", "2026-10-24T22:00+02:00", "2026-10-25T05:00+01:00", "phone", "")])
    assert check(activity, {"plan": plan, "week": centre.WEEK}).passed
    wall = centre.frame([("n", "2026-10-24T22:00", "2026-10-25T06:00", "phone", "")])
    assert [v.rule for v in check(wall, {"plan": plan, "week": centre.WEEK}).violations] == ["shift_length"]


def test_a_start_after_midnight_counts_on_the_day_whose_window_it_is(centre) -> None:
    plan = {"shift": {"late": {"paid_min": 60, "start_from": "23:00", "start_to": "24:30", "days": ["saturday"]}}}
    activity = centre.frame([("n", "2026-10-25T00:30", "2026-10-25T01:30", "phone", "")])
    assert check(activity, {"plan": plan, "week": centre.WEEK}).passed


def test_leave_credits_open_days_only_and_lowers_hours_and_days(centre) -> None:
    activity, inputs = centre.legal()
    inputs["plan"]["opening"] |= {"saturday": "closed", "sunday": "closed"}
    inputs["leave"].loc[0] = ["cat", "2026-10-22T06:00", "2026-10-26T00:00", "vacation"]
    assert check(centre.frame(activity), inputs).notes == ()  # 35 h less 2 of 5 days leaves 21 h
    inputs["plan"]["contract"]["full"]["max_h_week"] = 36
    inputs["plan"]["contract"]["full"]["min_h_week"] = 36
    assert {(v.rule, v.agent) for v in check(centre.frame(activity), inputs).violations} == {
        ("max_h_week", "ann"),
        ("max_h_week", "cat"),
    }


def test_last_week_counts_for_rest(centre) -> None:
    activity, inputs = centre.legal()
    inputs["previous_activity"] = centre.frame([("ann", "2026-10-18T18:00", "2026-10-18T22:00", "phone", "calls")])
    assert {v.rule for v in check(centre.frame(activity), inputs).violations} == {"rest_min", "max_run_days"}


def test_a_closed_special_day_is_closed_for_its_queue(centre) -> None:
    activity, inputs = centre.legal()
    days = [("2026-10-20", "Holiday", "mail", "1"), ("2026-10-21", "Peak", "", "0")]
    inputs["special_days"] = pd.DataFrame(days, columns=["date", "name", "queue", "closed"])
    assert {(v.rule, v.agent) for v in check(centre.frame(activity), inputs).violations} == {("opening", "cat")}


def test_hours_of_a_date_replace_those_of_its_weekday(centre) -> None:
    """Of the hours for all queues and those of one queue the latter count."""
    activity, inputs = centre.legal()
    days = [("2026-10-20", "Eve", "", "06:00-06:30"), ("2026-10-20", "Eve", "calls", "00:00-24:00")]
    inputs["special_days"] = pd.DataFrame(days, columns=["date", "name", "queue", "hours"])
    assert {(v.rule, v.agent) for v in check(centre.frame(activity), inputs).violations} == {("opening", "cat")}


def test_opening_windows_that_touch_are_one(centre) -> None:
    plan = {
        "opening": {"monday": "06:00-12:00,12:00-24:00", "tuesday": "00:00-03:00"},
        "queue": {"calls": {}},
        "shift": {"long": {"paid_min": 600, "start_from": "16:00", "start_to": "17:30"}},
    }
    fits, late = (
        centre.frame([("n", f"2026-10-19T{a}", f"2026-10-20T{b}", "phone", "")])
        for a, b in (("17:00", "03:00"), ("17:30", "03:30"))
    )
    assert check(fits, {"plan": plan, "week": centre.WEEK}).passed
    assert [v.rule for v in check(late, {"plan": plan, "week": centre.WEEK}).violations] == ["opening"]


def test_in_a_cyclic_week_the_last_shift_may_not_run_into_the_first(centre) -> None:
    plan = {"cyclic": True, "shift": {"long": {"paid_min": 600, "start_from": "00:00", "start_to": "23:00"}}}
    last = ("n", "2026-10-25T23:00", "2026-10-26T09:00", "phone", "")
    ends_before, overlaps = (
        centre.frame([("n", f"2026-10-19T{s}", f"2026-10-19T{e}", "phone", ""), last])
        for s, e in (("09:00", "19:00"), ("08:30", "18:30"))
    )
    assert check(ends_before, {"plan": plan, "week": centre.WEEK}).passed
    assert "overlap" in {v.rule for v in check(overlaps, {"plan": plan, "week": centre.WEEK}).violations}


def test_unreadable_input_raises(centre) -> None:
    activity, inputs = centre.legal()
    inputs["staff"].loc[0, "contract"] = "fulll"
    with pytest.raises(InputError, match="unknown contract"):
        check(centre.frame(activity), inputs)
    activity, inputs = centre.legal()
    with pytest.raises(InputError, match="ISO 8601"):
        check(centre.frame(centre.edited(activity, "ann", 19, (0, 1, "morning"))), inputs)


def test_the_judge_shares_no_code_with_the_planner() -> None:
    folder = Path(inspect.getfile(judge)).parent
    files = sorted(folder.glob("*.py"))
    assert len(files) >= 5
    own = {f.stem for f in files}
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                named, level = [a.name.split(".")[0] for a in node.names], 0
            elif isinstance(node, ast.ImportFrom):
                named, level = [node.module or ""], node.level
            else:
                continue
            libraries = {"numpy", "pandas", "holidays", *sys.stdlib_module_names}
            allowed = {0: libraries, 1: own, 3: {"forecast.errors"}}[level]
            names = {n.split(".")[0] if level == 0 else n for n in named}
            assert names <= allowed, f"{file.name} imports {names - allowed}"


def test_many_equal_rows_are_each_told_and_the_message_stays_short(centre) -> None:
    """A table copied onto itself thousands of times is judged in time that grows with its rows."""
    activity, inputs = centre.legal()
    rows = centre.frame(activity)
    again = pd.concat([rows, *[rows[rows["activity"] == "lunch"].iloc[:1]] * 5000], ignore_index=True)
    found = check(again, inputs).violations
    assert sum(v.rule == "overlap" for v in found) == 5000
    assert max(len(v.text) for v in found) < 300


def test_an_activity_that_lasts_for_years_is_refused(centre) -> None:
    activity, inputs = centre.legal()
    wrong = centre.frame([*activity, ("ben", "2026-10-24T10:00", "2062-10-24T11:00", "phone", "calls")])
    with pytest.raises(InputError, match="longer than a year, from 2026-10-24T10:00"):
        check(wrong, inputs)


def test_leave_until_further_notice_is_leave(centre) -> None:
    activity, inputs = centre.legal()
    inputs["leave"].loc[0] = ["cat", "2026-10-20T06:00", "9999-12-31T23:59", "vacation"]
    found = {(v.rule, v.agent) for v in check(centre.frame(activity), inputs).violations}
    assert ("leave", "cat") in found
    assert {agent for _, agent in found} == {"cat"}

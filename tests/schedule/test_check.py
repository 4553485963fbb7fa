"""The judge passes a legal plan and objects to every rule that is broken on purpose."""

import ast
import copy
import datetime as dt
import inspect
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from busyhour.forecast.errors import InputError
from busyhour.forecast.grid import WEEKDAYS
from busyhour.schedule import check as judge
from busyhour.schedule.check import RULES, check
from busyhour.schedule.check_counts import check_coverage, cost_wages, recount

WEEK = dt.date(2026, 10, 19)  # its Sunday has 25 hours in Berlin

PLAN = {
    "site": {"zone": "Europe/Berlin", "grid_min": 15},
    "opening": dict.fromkeys(WEEKDAYS, "06:00-22:00"),
    "queue": {"calls": {}, "mail": {"opening": {"monday": "08:00-18:00"}}},
    "shift": {
        "full8": {
            "paid_min": 450,
            "start_from": "07:00",
            "start_to": "12:00",
            "step_min": 30,
            "days": ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday"],
            "break": [
                {"kind": "break", "duration_min": 15, "earliest_min": 60, "latest_min": 150},
                {
                    "kind": "lunch",
                    "duration_min": 30,
                    "earliest_min": 210,
                    "latest_min": 300,
                    "paid": False,
                    "min_before_min": 75,
                    "min_after_min": 90,
                },
            ],
        },
        "part4": {"paid_min": 240, "start_from": "07:00", "start_to": "18:00", "step_min": 60, "break": []},
    },
    "contract": {
        "full": {"shifts": ["full8"], "min_h_week": 35, "max_h_week": 38, "max_days": 5, "min_days": 3, "cost_h": 30.0},
        "part": {"shifts": ["part4"], "min_h_week": 8, "max_h_week": 20, "max_days": 5},
    },
    "rules": {"rest_min": 660, "max_run_days": 5, "days_off_together": 2, "max_start_spread_min": 180},
    "costs": {"cost_h": 20.0, "premium": [{"share": 0.5, "days": ["monday"], "start": "12:00", "end": "24:00"}]},
}


def rows(
    agent: str, day: int, start: str, queue: str = "calls", family: str = "full8"
) -> list[tuple[str, str, str, str, str]]:
    """Rows of one shift in October 2026 with its breaks at +120 and +240."""
    begin = dt.datetime.fromisoformat(f"2026-10-{day}T{start}")
    cuts = (
        [("phone", 0, 240)]
        if family == "part4"
        else [
            ("phone", 0, 120),
            ("break", 120, 135),
            ("phone", 135, 240),
            ("lunch", 240, 270),
            ("phone", 270, 480),
        ]
    )
    stamp = lambda m: (begin + dt.timedelta(minutes=m)).isoformat()  # noqa: E731
    return [(agent, stamp(a), stamp(b), what, queue if what == "phone" else "") for what, a, b in cuts]


def frame(records: list) -> pd.DataFrame:
    return pd.DataFrame(records, columns=["agent", "start", "end", "activity", "queue"])


def windows(*records: tuple[str, str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(list(records), columns=["agent", "start", "end", "kind"])


def legal() -> tuple[list, dict]:
    """Ann works Monday to Friday, Ben four short days, Cat only mail on three days."""
    activity = [r for day in range(19, 24) for r in rows("ann", day, "08:00")]
    activity += [r for day in range(19, 23) for r in rows("ben", day, "10:00", family="part4")]
    activity += [r for day in (19, 20, 21) for r in rows("cat", day, "09:00", queue="mail")]
    staff = pd.DataFrame(
        [
            ("ann", "full", "", "", "2026-10-19", ""),
            ("ben", "part", "", "calls|mail:1.2", "", "2026-10-22"),
            ("cat", "full", "40", "mail", "", ""),
        ],
        columns=["agent", "contract", "cost_h", "skills", "hire_date", "leave_date"],
    )
    inputs = {
        "plan": copy.deepcopy(PLAN),
        "week": WEEK,
        "days": 7,
        "staff": staff,
        "special_days": None,
        "previous_activity": None,
        "availability": windows(
            ("ann", "2026-10-19T08:00", "2026-10-19T16:00", ""),
            ("ben", "2026-10-19T14:00", "2026-10-19T20:00", "unavailable"),
        ),
        "leave": windows(("cat", "2026-10-22T00:00", "2026-10-23T00:00", "vacation")),
    }
    return activity, inputs


def replaced(activity: list, agent: str, day: int, by: list) -> list:
    return [r for r in activity if not (r[0] == agent and r[1].startswith(f"2026-10-{day}"))] + by


def edited(activity: list, agent: str, day: int, *edits: tuple[int, int, str]) -> list:
    """Change cells (row of that shift, column, value) of one shift; a value HH:MM keeps the day."""
    mine = [list(r) for r in activity if r[0] == agent and r[1].startswith(f"2026-10-{day}")]
    for row, column, value in edits:
        mine[row][column] = f"2026-10-{day}T{value}:00" if column in (1, 2) else value
    return replaced(activity, agent, day, [tuple(r) for r in mine])


MUTATIONS = {}


def mutation(rule: str):
    def keep(change):
        MUTATIONS[rule] = change
        return change

    return keep


@mutation("agents")
def _stranger(a, i):
    return a + rows("eve", 19, "08:00"), i


@mutation("words")
def _unknown_queue(a, i):
    return edited(a, "ann", 19, (2, 4, "fax")), i


@mutation("grid")
def _off_the_grid(a, i):
    return edited(a, "ann", 19, (0, 2, "10:05"), (1, 1, "10:05"), (1, 2, "10:20"), (2, 1, "10:20")), i


@mutation("overlap")
def _two_things_at_once(a, i):
    return edited(a, "ann", 19, (0, 2, "10:15")), i


@mutation("inside")
def _before_the_week(a, i):
    return a + rows("ben", 18, "10:00", family="part4"), i


@mutation("opening")
def _while_closed(a, i):
    i["plan"]["queue"]["mail"]["opening"]["monday"] = "08:00-16:30"
    return a, i


@mutation("families")
def _no_family(a, i):
    i["plan"]["contract"]["part"]["shifts"] = []
    return a, i


@mutation("shift_length")
def _too_long(a, i):
    return edited(a, "ben", 20, (0, 2, "14:15")), i


@mutation("shift_start")
def _off_step(a, i):
    return replaced(a, "ben", 20, rows("ben", 20, "10:30", family="part4")), i


@mutation("breaks")
def _break_too_long(a, i):
    return edited(a, "ann", 20, (1, 2, "10:30"), (2, 1, "10:30")), i


@mutation("break_window")
def _break_too_early(a, i):
    return edited(a, "ann", 20, (0, 2, "08:45"), (1, 1, "08:45"), (1, 2, "09:00"), (2, 1, "09:00")), i


@mutation("break_work")
def _lunch_right_after_break(a, i):
    return edited(
        a,
        "ann",
        20,
        (2, 2, "11:30"),
        (3, 1, "11:30"),
        (3, 2, "12:00"),
        (4, 1, "12:00"),
        (0, 2, "10:30"),
        (1, 1, "10:30"),
        (1, 2, "10:45"),
        (2, 1, "10:45"),
    ), i


@mutation("one_shift_a_day")
def _twice_a_day(a, i):
    i["plan"]["rules"] |= {"rest_min": 0, "max_start_spread_min": None}
    return a + rows("ben", 20, "18:00", family="part4"), i


@mutation("rest")
def _short_night(a, i):
    i["plan"]["rules"]["max_start_spread_min"] = None
    a = replaced(a, "ben", 20, rows("ben", 20, "18:00", family="part4"))
    return replaced(a, "ben", 21, rows("ben", 21, "08:00", family="part4")), i


@mutation("max_hours")
def _too_many_hours(a, i):
    i["plan"]["contract"]["full"] |= {"max_h_week": 37, "min_h_week": 37}
    return a, i


@mutation("max_days")
def _too_many_days(a, i):
    i["plan"]["contract"]["full"] |= {"max_days": 4}
    return a, i


@mutation("min_days")
def _too_few_days(a, i):
    i["plan"]["contract"]["full"] |= {"min_days": 5}
    return a, i


@mutation("run_days")
def _six_in_a_row(a, i):
    i["previous_activity"] = frame(rows("ann", 18, "08:00"))
    return a, i


@mutation("days_off")
def _no_two_days_off(a, i):
    return replaced(a, "ann", 22, []) + rows("ann", 24, "08:00"), i


@mutation("start_spread")
def _starts_far_apart(a, i):
    return replaced(a, "ann", 20, rows("ann", 20, "11:30")), i


@mutation("availability")
def _unavailable(a, i):
    i["availability"].loc[0, "end"] = "2026-10-19T15:59"
    return a, i


@mutation("leave")
def _on_leave(a, i):
    i["leave"].loc[0] = ["ben", "2026-10-19T13:59", "2026-10-19T16:00", "sick"]
    return a, i


@mutation("employment")
def _before_hiring(a, i):
    i["staff"].loc[0, "hire_date"] = "2026-10-20"
    return a, i


@mutation("skills")
def _without_skill(a, i):
    i["staff"].loc[1, "skills"] = "mail"
    return a, i


@pytest.mark.parametrize("rule", RULES)
def test_the_judge_objects_to_each_broken_rule(rule: str) -> None:
    activity, inputs = MUTATIONS[rule](*legal())
    broken = {v.rule for v in check(frame(activity), inputs).violations}
    assert broken == {rule}


def test_every_rule_has_a_mutation() -> None:
    assert set(MUTATIONS) == set(RULES)


def test_unknown_activities_are_found() -> None:
    activity, inputs = legal()
    verdict = check(frame([*activity, ("ben", "2026-10-24T10:00", "2026-10-24T11:00", "nap", "")]), inputs)
    assert [v.text for v in verdict.violations] == ["unknown activity 'nap'"]


def test_leave_may_lie_on_leave_but_not_on_work() -> None:
    activity, inputs = legal()
    off = [
        ("ben", "2026-10-24T06:00", "2026-10-24T20:00", "leave", ""),
        ("ben", "2026-10-24T08:00", "2026-10-24T09:00", "leave", ""),
    ]
    assert check(frame(activity + off), inputs).passed
    off.append(("ben", "2026-10-20T09:00", "2026-10-20T10:15", "leave", ""))
    assert [v.rule for v in check(frame(activity + off), inputs).violations] == ["overlap"]


def test_a_legal_plan_passes() -> None:
    activity, inputs = legal()
    verdict = check(frame(activity), inputs)
    assert verdict.violations == ()
    assert verdict.passed
    assert verdict.shifts == 12
    assert verdict.paid_hours == 5 * 7.5 + 4 * 4 + 3 * 7.5
    assert verdict.notes == ("cat: 22.5 h paid, contract asks 28",)


def test_text_and_typed_times_are_judged_alike() -> None:
    activity, inputs = legal()
    text = frame(activity)
    typed = text.assign(**{c: pd.to_datetime(text[c]).dt.tz_localize("Europe/Berlin") for c in ("start", "end")})
    assert check(typed, inputs) == check(text, inputs)


def test_a_violation_names_rule_person_and_shift() -> None:
    activity, inputs = MUTATIONS["rest"](*legal())
    (violation,) = check(frame(activity), inputs).violations
    assert str(violation) == "rest: ben at 2026-10-21T08:00:00+02:00: 600 min rest before this shift, least 660"


def test_an_anonymous_plan_is_judged_by_its_shifts_alone() -> None:
    _, inputs = legal()
    inputs |= {"staff": None, "availability": None, "leave": None}
    good = rows("shift 1", 19, "08:00") + rows("shift 2", 19, "08:00")
    assert check(frame(good), inputs).passed
    assert {v.rule for v in check(frame(edited(good, "shift 1", 19, (4, 2, "17:00"))), inputs).violations} == {
        "shift_length"
    }


def test_rest_is_elapsed_time_when_the_clock_goes_back() -> None:
    _, inputs = legal()
    inputs["staff"].loc[1, ["hire_date", "leave_date"]] = ""
    inputs["plan"]["rules"] |= {"rest_min": 720, "max_start_spread_min": None}
    night = rows("ben", 24, "17:00", family="part4")
    for start, legal_rest in (("09:00", True), ("08:00", True), ("07:00", False)):  # 13, 12 and 11 hours
        verdict = check(frame(night + rows("ben", 25, start, family="part4")), inputs)
        assert ("rest" not in {v.rule for v in verdict.violations}) == legal_rest


def test_a_night_shift_on_the_long_sunday_keeps_its_elapsed_length() -> None:
    plan = {
        "site": {"zone": "Europe/Berlin"},
        "shift": {"night": {"paid_min": 480, "start_from": "22:00", "start_to": "22:00"}},
    }
    activity = frame([("n", "2026-10-24T22:00+02:00", "2026-10-25T05:00+01:00", "phone", "")])
    assert check(activity, {"plan": plan, "week": WEEK}).passed
    wall = frame([("n", "2026-10-24T22:00", "2026-10-25T06:00", "phone", "")])
    assert [v.rule for v in check(wall, {"plan": plan, "week": WEEK}).violations] == ["shift_length"]


def test_a_start_after_midnight_counts_on_the_day_whose_window_it_is() -> None:
    plan = {"shift": {"late": {"paid_min": 60, "start_from": "23:00", "start_to": "24:30", "days": ["sunday"]}}}
    activity = frame([("n", "2026-10-26T00:30", "2026-10-26T01:30", "phone", "")])
    assert check(activity, {"plan": plan, "week": WEEK}).passed


def test_leave_credits_open_days_only_and_lowers_hours_and_days() -> None:
    activity, inputs = legal()
    inputs["plan"]["opening"] |= {"saturday": "closed", "sunday": "closed"}
    inputs["leave"].loc[0] = ["cat", "2026-10-22T06:00", "2026-10-26T00:00", "vacation"]
    assert check(frame(activity), inputs).notes == ()  # 35 h less 2 of 5 days leaves 21 h
    inputs["plan"]["contract"]["full"]["max_h_week"] = 36
    inputs["plan"]["contract"]["full"]["min_h_week"] = 36
    assert {(v.rule, v.agent) for v in check(frame(activity), inputs).violations} == {
        ("max_hours", "ann"),
        ("max_hours", "cat"),
    }


def test_last_week_counts_for_rest() -> None:
    activity, inputs = legal()
    inputs["previous_activity"] = frame([("ann", "2026-10-18T18:00", "2026-10-18T22:00", "phone", "calls")])
    assert {v.rule for v in check(frame(activity), inputs).violations} == {"rest", "run_days"}


def test_a_closed_special_day_is_closed_for_its_queue() -> None:
    activity, inputs = legal()
    days = [("2026-10-20", "Holiday", "mail", "1"), ("2026-10-21", "Peak", "", "0")]
    inputs["special_days"] = pd.DataFrame(days, columns=["date", "name", "queue", "closed"])
    assert {(v.rule, v.agent) for v in check(frame(activity), inputs).violations} == {("opening", "cat")}


def test_opening_windows_that_touch_are_one() -> None:
    plan = {
        "opening": {"monday": "06:00-12:00,12:00-24:00", "tuesday": "00:00-03:00"},
        "queue": {"calls": {}},
        "shift": {"long": {"paid_min": 600, "start_from": "16:00", "start_to": "17:30"}},
    }
    fits, late = (
        frame([("n", f"2026-10-19T{a}", f"2026-10-20T{b}", "phone", "")])
        for a, b in (("17:00", "03:00"), ("17:30", "03:30"))
    )
    assert check(fits, {"plan": plan, "week": WEEK}).passed
    assert [v.rule for v in check(late, {"plan": plan, "week": WEEK}).violations] == ["opening"]


def test_in_a_cyclic_week_the_last_shift_may_not_run_into_the_first() -> None:
    plan = {"cyclic": True, "shift": {"long": {"paid_min": 600, "start_from": "00:00", "start_to": "23:00"}}}
    last = ("n", "2026-10-25T23:00", "2026-10-26T09:00", "phone", "")
    ends_before, overlaps = (
        frame([("n", f"2026-10-19T{s}", f"2026-10-19T{e}", "phone", ""), last])
        for s, e in (("09:00", "19:00"), ("08:30", "18:30"))
    )
    assert check(ends_before, {"plan": plan, "week": WEEK}).passed
    assert "overlap" in {v.rule for v in check(overlaps, {"plan": plan, "week": WEEK}).violations}


def test_unreadable_input_raises() -> None:
    activity, inputs = legal()
    inputs["staff"].loc[0, "contract"] = "fulll"
    with pytest.raises(InputError, match="unknown contract"):
        check(frame(activity), inputs)
    activity, inputs = legal()
    with pytest.raises(InputError, match="ISO 8601"):
        check(frame(edited(activity, "ann", 19, (0, 1, "morning"))), inputs)


def test_wages_follow_person_contract_and_premium() -> None:
    activity, inputs = legal()
    monday = 0.5 * np.array([16 / 32, 8 / 16, 20 / 32])  # share of quarter hours from 12:00: ann, ben, cat
    want = 30 * 7.5 * (5 + monday[0]) + 20 * 4 * (4 + monday[1]) + 40 * 7.5 * (3 + monday[2])
    assert cost_wages(frame(activity), inputs) == pytest.approx(want, rel=1e-12)


def coverage_of(activity: pd.DataFrame) -> pd.DataFrame:
    starts = pd.date_range("2026-10-19T06:00", "2026-10-25T21:45", freq="15min", tz="Europe/Berlin")
    counts = recount(activity, starts, zone="Europe/Berlin")
    required = 1.5
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "queue": q,
                    "start": starts,
                    "required": required,
                    "on_phone": n,
                    "over": np.maximum(n - required, 0),
                    "under": np.maximum(required - n, 0),
                }
            )
            for q, n in counts.items()
        ],
        ignore_index=True,
    )


def test_recount_counts_heads_by_hand() -> None:
    activity = frame(legal()[0])
    stamps = [
        "2026-10-19T07:45",
        "2026-10-19T08:00",
        "2026-10-19T10:00",
        "2026-10-19T10:15",
        "2026-10-19T13:45",
        "2026-10-19T14:00",
        "2026-10-25T10:00",
    ]
    heads = recount(activity, stamps, zone="Europe/Berlin")
    assert heads["calls"].tolist() == [0, 1, 1, 2, 2, 1, 0]
    assert heads["mail"].tolist() == [0, 0, 1, 1, 1, 1, 0]


def test_recount_wraps_a_cyclic_week() -> None:
    activity = frame([("n", "2026-10-25T23:00", "2026-10-26T01:00", "phone", "q")])
    stamps = ["2026-10-19T00:45", "2026-10-19T01:00", "2026-10-25T23:00"]
    assert recount(activity, stamps, week_min=7 * 1440)["q"].tolist() == [1, 0, 1]


def test_coverage_that_follows_from_the_activity_passes() -> None:
    activity = frame(legal()[0])
    assert check_coverage(activity, coverage_of(activity), zone="Europe/Berlin") == []


@pytest.mark.parametrize("column", ["on_phone", "over", "under"])
def test_a_wrong_count_is_found(column: str) -> None:
    activity = frame(legal()[0])
    coverage = coverage_of(activity)
    coverage.loc[20, column] += 1
    assert any(v.text.startswith(column) for v in check_coverage(activity, coverage, zone="Europe/Berlin"))


def test_phone_work_without_a_row_is_found() -> None:
    activity = frame(legal()[0])
    coverage = coverage_of(activity)
    gone = coverage[(coverage["queue"] != "mail") | (coverage["on_phone"] == 0) | (coverage.index % 7 > 0)]
    found = check_coverage(activity, gone, zone="Europe/Berlin")
    assert {v.text for v in found} == {"mail has heads on the phone and no row"}
    assert len(found) == len(coverage) - len(gone)


def test_the_judge_shares_no_code_with_the_planner() -> None:
    folder = Path(inspect.getfile(judge)).parent
    files = sorted(folder.glob("check*.py"))
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
            allowed = {0: {"numpy", "pandas", *sys.stdlib_module_names}, 1: own, 2: {"forecast.errors"}}[level]
            names = {n.split(".")[0] if level == 0 else n for n in named}
            assert names <= allowed, f"{file.name} imports {names - allowed}"

"""Memory of the weeks before: chains of runs, absences all week, files that contradict each other."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pandas as pd
import pytest

from busyhour.app.inputs import Inputs, RunOptions
from busyhour.app.inputs.week_before import known_rows, last_week
from busyhour.app.judging import judged
from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.errors import InputError
from busyhour.schedule.problem.shift_families import Break, ShiftFamily
from busyhour.schedule.rules.rules import Rules

MONDAY = dt.date(2026, 10, 19)
GRID = Grid(MONDAY, 7, 30, None)
DAY = ShiftFamily("day", 480, "08:00", "10:00")
HEAD = "agent,start,end,activity,queue\n"


def worked(agent: str, *days: int) -> str:
    return "".join(f"{agent},2026-10-{d:02d}T08:00,2026-10-{d:02d}T16:00,phone,calls\n" for d in days)


def run_of(folder: Path, rows: str, week: str = "", earlier: str = "") -> Path:
    """Write a run folder; `earlier` are the rows that it kept of the weeks before its `week`."""
    folder.mkdir()
    (folder / "activity.csv").write_text(HEAD + rows, encoding="utf-8")
    if earlier:
        (folder / "inputs").mkdir()
        (folder / "inputs" / "previous_activity.csv").write_text(HEAD + earlier, encoding="utf-8")
        (folder / "inputs" / "arguments.json").write_text(json.dumps({"week": week}), encoding="utf-8")
    return folder


def left(folder: Path, agent: str = "a", families: tuple[ShiftFamily, ...] = (DAY,)):
    return last_week(folder, GRID, None, Rules(), ("calls",)).of(agent, families)


def test_a_run_of_days_is_counted_over_two_weeks(tmp_path: Path) -> None:
    run = run_of(tmp_path / "run", worked("a", *range(12, 19)), "2026-10-12", worked("a", *range(7, 12)))
    assert left(run).run == 12


def test_memory_ends_where_no_rule_looks_any_more(tmp_path: Path) -> None:
    september = "a,2026-09-01T08:00,2026-09-01T16:00,phone,calls\n"
    run = run_of(tmp_path / "run", worked("a", 12), "2026-10-12", september + worked("a", 9))
    assert known_rows(run)["start"].str[5:10].tolist() == ["10-12", "10-09"]


def test_what_the_run_planned_counts_not_what_an_earlier_plan_of_that_week_did(tmp_path: Path) -> None:
    run = run_of(tmp_path / "run", worked("a", 13), "2026-10-12", worked("a", 10, 12, 18))
    assert sorted(known_rows(run)["start"].str[5:10]) == ["10-10", "10-13"]


def test_absence_all_week_is_known(tmp_path: Path) -> None:
    away = "b,2026-10-12T00:00,2026-10-19T00:00,leave,\n"
    for rows in (away, worked("a", 14) + away, worked("a", 14)):
        run = run_of(tmp_path / str(len(rows)), rows)
        assert (left(run, "b").run, left(run, "b").off) == (0, 7)
    assert left(run_of(tmp_path / "none", worked("a", 19))).off is None, "the planned week tells nothing"


def test_files_that_contradict_each_other_are_told(tmp_path: Path) -> None:
    run = run_of(tmp_path / "run", worked("a", 16, 17))
    roster = "agent,date,pattern,start,end,paid_min\na,2026-10-16,day@0800,2026-10-16T08:00,2026-10-16T16:00,480\n"
    (run / "roster.csv").write_text(roster, encoding="utf-8")
    (note,) = last_week(run, GRID, None, Rules(), ("calls",)).notes
    assert "differ in 1 shifts: the first, of a at 2026-10-17 08:00, is not in roster.csv" in note
    (run / "activity.csv").write_text(HEAD + worked("a", 16), encoding="utf-8")
    assert last_week(run, GRID, None, Rules(), ("calls",)).notes == ()


def test_a_week_before_that_is_long_ago_is_told(tmp_path: Path) -> None:
    (note,) = last_week(run_of(tmp_path / "run", worked("a", 5)), GRID, None, Rules(), ("calls",)).notes
    assert "the last before 2026-10-19 is of 2026-10-05; all count as off" in note


def test_an_unknown_activity_is_refused(tmp_path: Path) -> None:
    run = run_of(tmp_path / "run", worked("a", 16).replace("phone", "tel"))
    with pytest.raises(InputError, match=r"activity.csv, row 2, column activity: unknown activity \(got 'tel'\)"):
        last_week(run, GRID, None, Rules(), ("calls",))


def test_yesterdays_shift_counts_on_the_day_of_the_nearest_family(tmp_path: Path) -> None:
    """The judge reads the same: breaks that fit no family leave the family that they come nearest to."""
    early = ShiftFamily("early", 240, "00:30", "00:30", breaks=(Break(15, 60, 90), Break(15, 150, 180)))
    late = ShiftFamily("late", 240, "24:30", "24:30", breaks=(Break(15, 60, 90),))
    rows = "a,2026-10-18T00:30,2026-10-18T01:00,phone,calls\na,2026-10-18T01:00,2026-10-18T01:15,break,\n"
    rows += "a,2026-10-18T01:15,2026-10-18T04:30,phone,calls\n"
    found = left(run_of(tmp_path / "run", rows), families=(early, late))
    assert (found.run, found.off, found.families) == (0, 1, ())


def test_a_run_keeps_what_it_knew_of_all_weeks_before(tmp_path: Path) -> None:
    """The next run, and the judge, read them from one file."""
    run = run_of(tmp_path / "run", worked("a", *range(12, 19)), "2026-10-12", worked("a", *range(7, 12)))
    table = {
        "queue": {"calls": {"handle_s": 300, "goal": {"level": 0.8, "within_s": 20, "basis": "interval"}}},
        "shift": {"day": {"paid_min": 480, "start_from": "08:00", "start_to": "10:00"}},
        "contract": {"full": {"shifts": ["day"], "max_h_week": 40}},
        "rules": {"max_run_days": 12},
    }
    need = pd.DataFrame({"start": [f"2026-10-19T{h:02d}:00" for h in range(8, 18)], "agents_phone": 1})
    staff = pd.DataFrame({"agent": ["a"], "contract": "full"})
    inputs = Inputs.from_tables(table, RunOptions(week=MONDAY, previous=run), requirement=need, staff=staff)
    assert (inputs.people[0].run_before, len(inputs.texts["previous_activity"])) == (12, 12)
    assert inputs.files["previous_activity.csv"].content.decode().count("phone") == 12
    day = pd.DataFrame(
        [("a", "2026-10-19T08:00", "2026-10-19T16:00", "phone", "calls")], columns=HEAD.strip().split(",")
    )
    told = judged(day, inputs.plan, inputs.texts, MONDAY).violations
    assert [(v.rule, v.text) for v in told] == [("max_run_days", "more than 12 days in a row, on 2026-10-19")]

"""What last week leaves behind, as read from its run."""

from __future__ import annotations

from pathlib import Path

import pytest
from people_files import FAMILIES, GRID, STAFF, people, run_folder

from busyhour.app.inputs.week_before import last_week
from busyhour.forecast.errors import InputError
from busyhour.schedule.problem.shift_families import Break, ShiftFamily
from busyhour.schedule.rules.rules import Rules

LATE = ShiftFamily("late", 240, "20:00", "24:30", breaks=(Break(30, 60, 120),))
NIGHTS = (FAMILIES["night8"], LATE)


def test_last_week_leaves_rest_and_days_in_a_row(tmp_path: Path) -> None:
    rows = "".join(
        f"a,2026-10-{d}T14:00+02:00,2026-10-{d}T18:00+02:00,phone,calls\na,2026-10-{d}T18:00+02:00,2026-10-{d}T18:30+02:00,lunch,\n"
        f"a,2026-10-{d}T18:30+02:00,2026-10-{d}T22:30+02:00,phone,calls\n"
        for d in (14, 16, 17, 18)
    )
    rows += "b,2026-10-18T22:00+02:00,2026-10-19T06:00+02:00,phone,calls\n"
    rows += "b,2026-10-17T00:00+02:00,2026-10-18T00:00+02:00,leave,\n"
    rows += "gone,2026-10-18T08:00+02:00,2026-10-18T16:00+02:00,phone,calls\n"
    found = people(tmp_path, staff=STAFF, previous=run_folder(tmp_path / "run", rows))
    assert (found["a"].run_before, found["a"].earliest) == (3, 38), "22:30 and 11 hours is 09:30"
    assert (found["b"].run_before, found["b"].earliest) == (1, 68), "the night counts on the day it starts"


def test_last_week_hands_over_the_shifts_that_run_on(tmp_path: Path) -> None:
    rows = "a,2026-10-18T22:00+02:00,2026-10-19T00:00+02:00,phone,calls\n"
    rows += "a,2026-10-19T00:00+02:00,2026-10-19T00:15+02:00,break,\n"
    rows += "a,2026-10-19T00:15+02:00,2026-10-19T06:00+02:00,phone,calls\n"
    rows += "b,2026-10-18T14:00+02:00,2026-10-18T22:00+02:00,phone,calls\n"
    rows += "b,2026-10-19T08:00+02:00,2026-10-19T16:00+02:00,phone,calls\n"
    run = run_folder(tmp_path / "run", rows)
    running = last_week(run, GRID, "Europe/Berlin", Rules(), ("calls",)).running
    assert running[["agent", "activity"]].to_numpy().tolist() == [["a", "break"], ["a", "phone"]]


def test_a_previous_run_must_be_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"run: no run folder"):
        people(tmp_path, staff=STAFF, previous=tmp_path / "run")


@pytest.mark.parametrize(
    ("rows", "roster", "family", "run"),
    [
        ("a,2026-10-18T22:00,2026-10-19T06:00,phone,calls\n", "", "night8", 1),
        ("a,2026-10-18T22:00,2026-10-19T06:00,phone,calls\n", "late", "night8", 1),  # it can only be the night
        ("a,2026-10-18T22:00,2026-10-19T05:45,phone,calls\n", "late", "", 1),  # of no family, as the judge says
        ("a,2026-10-18T22:00,2026-10-19T05:45,phone,calls\n", "", "", 1),
        ("a,2026-10-18T20:00,2026-10-18T24:00,phone,calls\n".replace("18T24", "19T00"), "", "", 1),  # without its break
        ("a,2026-10-18T20:00,2026-10-18T21:00,phone,calls\na,2026-10-18T21:00,2026-10-18T21:30,break,\n"
         "a,2026-10-18T21:30,2026-10-19T00:00,phone,calls\n", "", "late", 1),
        ("a,2026-10-19T00:30,2026-10-19T02:00,phone,calls\na,2026-10-19T02:00,2026-10-19T02:30,break,\n"
         "a,2026-10-19T02:30,2026-10-19T04:30,phone,calls\n", "", "late", 1),  # it counts on Sunday
        ("a,2026-10-19T00:30,2026-10-19T05:00,phone,calls\n", "", "", 0),  # this one begins in the planned week
    ],
)  # fmt: skip
def test_yesterdays_family_is_read_from_what_was_worked(
    tmp_path: Path, rows: str, roster: str, family: str, run: int
) -> None:
    folder = run_folder(tmp_path / "run", rows)
    if roster:
        head = "agent,date,pattern,start,end,paid_min\n"
        line = f"a,2026-10-18,{roster}@2200,2026-10-18T22:00,2026-10-19T06:00,480\n"
        (folder / "roster.csv").write_text(head + line, encoding="utf-8")
    left = last_week(folder, GRID, "Europe/Berlin", Rules(), ("calls",)).of("a", NIGHTS)
    assert (left.families, left.run) == ((family,) if family else (), run)

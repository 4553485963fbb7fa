"""fixed.csv: what it fixes, and rows that cannot be; and what last week's run says of days and families."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from busyhour.app.inputs.people import read_people
from busyhour.app.inputs.week_before import last_week
from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.errors import InputError
from busyhour.schedule.problem.costs import Costs
from busyhour.schedule.problem.shift_families import ShiftFamily
from busyhour.schedule.problem.staff import Agent, Contract, Fixed
from busyhour.schedule.rules.rules import Rules

GRID = Grid(dt.date(2026, 10, 19), 7, 15, "Europe/Berlin")
FAMILIES = {
    "full8": ShiftFamily("full8", 480, "08:00", "12:00", days=("monday", "tuesday", "wednesday")),
    "night8": ShiftFamily("night8", 480, "22:00", "22:00"),
}
CONTRACTS = {"full": Contract("full", ("full8",), max_h_week=40)}
STAFF = "agent,contract,leave_date\nann,full,\nben,full,2026-10-18\n"
HEAD = "agent,date,pattern\n"


def people(folder: Path, fixed: str, leave: str = "agent,start,end,kind\n") -> dict[str, Agent]:
    for name, text in (("staff", STAFF), ("leave", leave), ("fixed", fixed)):
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    agents = read_people(
        folder, grid=GRID, zone="Europe/Berlin", contracts=CONTRACTS, queues=("calls",), costs=Costs(),
        families=FAMILIES,
    )  # fmt: skip
    return {a.id: a for a in agents}


def test_rows_of_the_week_fix_days_and_others_are_left_aside(tmp_path: Path) -> None:
    rows = "ann,2026-10-19,full8@0830\nann,2026-10-20,off\nann,2026-10-28,full8\nben,2026-10-19,full8\n"
    agents = people(tmp_path, HEAD + rows)
    assert agents["ann"].fixed == (Fixed(0, "full8@0830"), Fixed(1, "off"))
    assert "ben" not in agents


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("eve,2026-10-19,off\n", r"fixed.csv, row 2, column agent: unknown agent \(got 'eve'\)"),
        ("ann,2026-10-19,ful8\n", r"row 2, column pattern: unknown pattern \(got 'ful8'\). Did you mean 'full8'"),
        ("ann,2026-10-19,off\nann,2026-10-19,full8\n", "row 3: two fixed rows for one day.*row 2.*Keep one"),
        ("ann,2026-10-19,night8\n", "row 2, column pattern: contract full of ann does not allow family night8"),
        ("ann,2026-10-19,full8@1300\n", r"no such shift on 2026-10-19 .*It has full8@0800 to full8@1200 that day"),
        ("ann,2026-10-22,full8\n", "no such shift on 2026-10-22 .*full8 has no shift that day"),
        ("ann,2026-10-20,full8\n", "ann cannot work it on 2026-10-20: leave, availability"),
    ],
)
def test_rows_that_cannot_be_are_told_with_a_mend(tmp_path: Path, rows: str, message: str) -> None:
    leave = "agent,start,end,kind\nann,2026-10-20T00:00,2026-10-21T00:00,vacation\n"
    with pytest.raises(InputError, match=message):
        people(tmp_path, HEAD + rows, leave)


def test_last_week_tells_runs_weekends_and_yesterdays_family(tmp_path: Path) -> None:
    days = {"ann": (17, 18), "ben": (15, 16)}
    lines = [f"{a},2026-10-{d}T08:00,2026-10-{d}T16:00,phone,calls\n" for a, own in days.items() for d in own]
    (tmp_path / "activity.csv").write_text("agent,start,end,activity,queue\n" + "".join(lines), encoding="utf-8")
    shifts = "ann,2026-10-18,full8@0800,2026-10-18T08:00,2026-10-18T16:00,480\n"
    (tmp_path / "roster.csv").write_text("agent,date,pattern,start,end,paid_min\n" + shifts, encoding="utf-8")
    before = last_week(tmp_path, GRID, "Europe/Berlin", Rules(), ("calls",))
    ann, ben, cat = (before.of(agent, list(FAMILIES.values())) for agent in ("ann", "ben", "cat"))
    assert (ann.run, ann.off, ann.weekends) == (2, 0, 1)
    assert ann.families == (), "no full8 begins on a Sunday, whatever roster.csv says"
    assert (ben.run, ben.off, ben.weekends, ben.families) == (0, 2, 0, ())
    assert (cat.run, cat.off, cat.weekends, cat.families) == (0, 7, 0, ()), "absent all week is known, and off"


@pytest.mark.parametrize(("start", "told"), [("0200", "the clock skips 02:00"), ("0217", "no such shift")])
def test_a_fixed_start_that_the_clock_skips_is_told_as_that(tmp_path: Path, start: str, told: str) -> None:
    early = {"early": ShiftFamily("early", 180, "02:00", "04:00")}
    for name, text in (("staff", "agent,contract\nann,c\n"), ("fixed", f"{HEAD}ann,2027-03-28,early@{start}\n")):
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=f"{told} on 2027-03-28.*It has early@0300 to early@0400 that day"):
        read_people(
            tmp_path, grid=Grid(dt.date(2027, 3, 22), 7, 15, "Europe/Berlin"), zone="Europe/Berlin",
            contracts={"c": Contract("c", ("early",), max_h_week=40)}, queues=("calls",), costs=Costs(), families=early,
        )  # fmt: skip

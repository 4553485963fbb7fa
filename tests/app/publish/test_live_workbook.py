"""The workbook follows what a planner changes: heads over the activity, paid hours from times, leave and contracts."""

from __future__ import annotations

import datetime as dt
import io
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from programs import libreoffice
from python_calamine import CalamineWorkbook

from busyhour.app.publish.excel import workbook
from busyhour.app.publish.live import is_countable, live_coverage
from busyhour.app.report.run import Run, read_run

AT = {"start": "B", "required": "D", "on_phone": "E"}
OF = {"activity": "F", "queue": "G", "start": "C", "end": "D"}


@pytest.fixture(scope="module")
def read(shared_run: Path) -> Run:
    return read_run(shared_run)


@pytest.fixture(scope="module")
def content(read: Run) -> bytes:
    return workbook(read, wages=True)


def table(content: bytes, name: str, *, values: bool = True) -> pd.DataFrame:
    """Return a sheet's table, its formulas by their values or as text."""
    sheet = openpyxl.load_workbook(io.BytesIO(content), data_only=values)[name]
    rows = [[c.value for c in row] for row in sheet.iter_rows(min_row=3)]
    return pd.DataFrame(rows[1:], columns=rows[0])


def test_heads_are_counted_over_the_activity_and_carry_their_number(content: bytes, read: Run) -> None:
    texts, values = (table(content, "Coverage", values=v) for v in (False, True))
    assert texts["On the phone"].str.startswith("=COUNTIFS(Activity!$F$4:").all()
    assert texts["Over"].iloc[0] == "=MAX(E4-D4,0)" and texts["Under"].iloc[0] == "=MAX(D4-E4,0)"
    for title, column in (("On the phone", "on_phone"), ("Over", "over"), ("Under", "under")):
        assert values[title].astype(float).tolist() == read.tables["coverage"][column].tolist()


def counted(rows: list[tuple[str, str, str]], slot: str, heads: float, queue: str = "calls") -> str:
    """Return the formula of one slot with people on the phone from, to, on a queue."""
    stamp = "datetime64[us, Europe/Berlin]"
    activity = pd.DataFrame(rows, columns=["start", "end", "queue"]).assign(activity="phone")
    activity = activity.astype({"start": stamp, "end": stamp})
    coverage = pd.DataFrame(
        {"queue": [queue], "start": [slot], "required": 2.0, "on_phone": heads, "over": 0.0, "under": 0.0}
    )
    made = live_coverage(coverage.astype({"start": stamp}), activity, AT, OF)
    return str(made["on_phone"].iloc[0].text)


def test_heads_from_before_the_week_are_added_as_a_number() -> None:
    rows = [("2026-10-19T09:00+02:00", "2026-10-19T10:00+02:00", "calls")]
    assert counted(rows, "2026-10-19T09:45+02:00", 1).endswith('">"&(B4+1/2880))')
    assert counted(rows, "2026-10-19T09:45+02:00", 3).endswith('">"&(B4+1/2880))+2')
    assert counted(rows, "2026-10-19T10:00+02:00", 0).endswith('">"&(B4+1/2880))')


def test_an_hour_that_the_clock_repeats_keeps_its_number() -> None:
    rows = [("2026-10-25T02:00+02:00", "2026-10-25T02:30+02:00", "calls")]
    assert counted(rows, "2026-10-25T02:15+02:00", 1).endswith("))")
    assert counted(rows, "2026-10-25T02:15+01:00", 0).endswith("))-1")


def test_names_that_spreadsheets_read_as_patterns_are_counted_as_they_are() -> None:
    odd = 'a*b?~"c'
    rows = [("2026-10-19T09:00+02:00", "2026-10-19T10:00+02:00", odd)]
    assert '"=a~*b~?~~""c"' in counted(rows, "2026-10-19T09:00+02:00", 1, odd)


def test_queues_that_differ_by_capitals_alone_are_not_counted_by_a_spreadsheet() -> None:
    both = pd.DataFrame({"queue": ["Sales", "sales"]})
    assert not is_countable(both, both)
    assert is_countable(both.iloc[:1], both)


def test_paid_hours_follow_from_start_end_and_unpaid_breaks(content: bytes) -> None:
    texts, values = (table(content, "Shifts", values=v) for v in (False, True))
    assert texts["Paid h"].iloc[0] == "=ROUND((E4-D4)*24-H4,4)"
    assert (values["Unpaid break h"] == 0.5).all()
    spans = (pd.to_datetime(values["End"]) - pd.to_datetime(values["Start"])) / pd.Timedelta(hours=1)
    assert (spans - values["Unpaid break h"] == values["Paid h"]).all()


@pytest.mark.slow
def test_hours_over_a_clock_change_are_those_that_pass(make_run: Callable[..., Path]) -> None:
    run = make_run(week="2026-10-19", days=7, hours=(0, 24), agents=2)
    night = ("a/b:c", "2026-10-25T01:00+02:00", "2026-10-25T04:00+01:00", "phone", "calls")
    pd.DataFrame([night], columns=["agent", "start", "end", "activity", "queue"]).to_csv(
        run / "activity.csv", index=False
    )
    content = workbook(read_run(run), wages=False)
    assert table(content, "Activity", values=False)["Hours"].tolist() == ["=(D4-C4)*24+1"]
    assert table(content, "Activity")["Hours"].tolist() == [4]


def test_the_roster_shows_leave_and_what_contracts_ask(make_run: Callable[..., Path]) -> None:
    run = make_run()
    rows = pd.read_csv(run / "activity.csv", dtype=str, keep_default_na=False)
    mine = (rows["agent"] == "A005") & rows["start"].str.startswith("2026-11-03")
    away = {
        "agent": "A005",
        "start": "2026-11-03T00:00+01:00",
        "end": "2026-11-04T00:00+01:00",
        "activity": "leave",
        "queue": "",
    }
    pd.concat([rows[~mine], pd.DataFrame([away])]).to_csv(run / "activity.csv", index=False)
    roster = pd.read_csv(run / "roster.csv", dtype=str)
    roster[~((roster["agent"] == "A005") & (roster["date"] == "2026-11-03"))].to_csv(run / "roster.csv", index=False)
    content = workbook(read_run(run), wages=False)
    row = table(content, "Roster").set_index("Agent").loc["A005"]
    assert (row["Tue 3 Nov"], row["Paid h"], row["Contract least h"], row["Contract most h"]) == ("leave", 16, 36, 40)
    sheet = openpyxl.load_workbook(io.BytesIO(content))["Roster"]
    assert len(list(sheet.conditional_formatting)) == 2
    heads = [c.value for c in openpyxl.load_workbook(io.BytesIO(content), data_only=True)["Roster"][2]]
    assert heads[4] == 11  # leave is nobody at work


def test_headline_figures_are_numbers_and_pages_are_numbered(content: bytes) -> None:
    book = openpyxl.load_workbook(io.BytesIO(content))
    summary = {row[0].value: row[1].value for row in book["Summary"].iter_rows(max_col=2)}
    assert (summary["Service level, calls"], summary["Proven gap"], summary["Open shifts"]) == (0.802, 0.001, 2)
    assert {sheet.oddFooter.right.text for sheet in book} == {"Page &P of &N"}


def test_quantiles_are_called_by_their_band(content: bytes) -> None:
    assert {"95 % from", "80 % from", "80 % to", "95 % to"} <= set(table(content, "Forecast").columns)


def test_people_with_few_hours_have_a_sheet(read: Run) -> None:
    few = {"agent": "A003", "shifts": 0, "paid_h": 0.0, "asked_h": 36.0, "rule": "leave", "reason": "leave on Mon"}
    run = Run(read.folder, {**read.summary, "few_hours": [few]}, read.plan, read.tables, read.staff)
    (row,) = table(workbook(run, wages=False), "Few hours").to_dict("records")
    assert (row["Name"], row["Asked h"], row["What is in the way of one more shift"]) == ("Name 3", 36, "leave on Mon")


@pytest.mark.slow
def test_totals_follow_a_change_in_libreoffice(content: bytes, tmp_path: Path) -> None:
    """A shift that ends an hour later is paid an hour more; a row taken off the phone is missing in the coverage."""
    office = libreoffice()
    before = recalculated(office, content, tmp_path / "before", lambda _: None)

    def change(book: Any) -> None:
        end = book["Shifts"].cell(4, 5)
        end.value = end.value + dt.timedelta(hours=1)
        row = next(r for r in book["Activity"].iter_rows(min_row=4) if r[5].value == "phone" and r[6].value == "calls")
        row[5].value = "meeting"

    after = recalculated(office, content, tmp_path / "after", change)
    for label in ("Paid hours", "Over-staffed agent-hours", "Under-staffed agent-hours", "Schedule fit"):
        stored = value_of(content, label)
        assert before[label] == pytest.approx(stored, abs=1e-6), label
    assert after["Paid hours"] == pytest.approx(before["Paid hours"] + 1)
    change_of_net = (after["Over-staffed agent-hours"] - before["Over-staffed agent-hours"]) - (
        after["Under-staffed agent-hours"] - before["Under-staffed agent-hours"]
    )
    assert change_of_net == pytest.approx(-2.0)  # the first stretch on the phone lasts two hours
    assert after["Cost of the week (EUR)"] > before["Cost of the week (EUR)"]


def value_of(content: bytes, label: str) -> float:
    """Return the value beside a label of the first sheet."""
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("Summary").to_python()
    return float(next(row[1] for row in rows if row[0] == label))


def recalculated(office: str, content: bytes, folder: Path, change: Callable[[Any], None]) -> dict[str, float]:
    """Return the first sheet's figures after a change, as LibreOffice counts them; the upper of two of one name."""
    folder.mkdir()
    book = openpyxl.load_workbook(io.BytesIO(content))
    change(book)
    (folder / "in").mkdir()
    book.save(folder / "in" / "schedule.xlsx")
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [
        office,
        profile,
        "--headless",
        "--convert-to",
        "xlsx",
        "--outdir",
        str(folder),
        str(folder / "in" / "schedule.xlsx"),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    rows = CalamineWorkbook.from_path(folder / "schedule.xlsx").get_sheet_by_name("Summary").to_python()
    return {str(row[0]): float(row[1]) for row in reversed(rows) if isinstance(row[1], int | float)}

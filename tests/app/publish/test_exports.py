"""Workbook, calendars and printable sheets of a run."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from icalendar import Calendar

from busyhour.app.files import write_atomic
from busyhour.app.publish import book, calendar
from busyhour.app.publish.book import Book, Field
from busyhour.app.publish.calendar import file_names, uid, write_calendars
from busyhour.app.publish.excel import write_workbook
from busyhour.app.publish.sheets import write_sheets
from busyhour.app.publish.wages import factor, wage
from busyhour.app.report.run import read_run
from busyhour.forecast.progress import Stopped

pytestmark = pytest.mark.slow  # each plans and writes calendars


@pytest.fixture(scope="module")
def workbook(shared_run: Path) -> Path:
    return write_workbook(shared_run)


@pytest.fixture(scope="module")
def formulas(workbook: Path) -> Any:
    return openpyxl.load_workbook(workbook)


@pytest.fixture(scope="module")
def cached(workbook: Path) -> Any:
    return openpyxl.load_workbook(workbook, data_only=True)


def column(sheet: Any, title: str) -> list[Any]:
    """Values under a heading (row 3)."""
    place = [c.value for c in sheet[3]].index(title) + 1
    return [sheet.cell(row, place).value for row in range(4, sheet.max_row + 1)]


def value_of(sheet: Any, label: str, *, right: int = 1) -> Any:
    """The cell beside the first one that holds `label`."""
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value == label:
                return sheet.cell(cell.row, cell.column + right).value
    raise AssertionError(label)


def change_shift(run: Path, agent: str, date: str, later_min: int) -> None:
    """Move one shift in activity.csv and roster.csv."""
    for name in ("activity", "roster"):
        frame = pd.read_csv(run / f"{name}.csv", dtype=str, keep_default_na=False)
        mine = (frame["agent"] == agent) & frame["start"].str.startswith(date)
        for stamp in ("start", "end"):
            moved = pd.to_datetime(frame.loc[mine, stamp]) + pd.Timedelta(minutes=later_min)
            frame.loc[mine, stamp] = [t.isoformat() for t in moved]
        frame.to_csv(run / f"{name}.csv", index=False)


def events(file: Path) -> dict[str, Any]:
    return {str(e["uid"]): e for e in Calendar.from_ical(file.read_bytes()).walk("VEVENT")}


def test_workbook_has_every_sheet_frozen_and_filterable(formulas: Any) -> None:
    names = ["Summary", "Roster", "Shifts", "Activity", "Coverage", "Requirement", "Forecast", "Service", "Open shifts"]
    assert formulas.sheetnames == [*names, "Explanations", "Cost"]
    for name in formulas.sheetnames[1:]:
        sheet = formulas[name]
        assert sheet.freeze_panes is not None
        assert len(sheet.tables) == 1
        assert next(iter(sheet.tables.values())).autoFilter is not None


def test_text_that_looks_like_a_formula_stays_text(formulas: Any) -> None:
    for name in ("Roster", "Shifts", "Activity", "Cost"):
        cell = next(c for row in formulas[name].iter_rows() for c in row if c.value == "=1+2")
        assert cell.data_type == "s", name
    assert "@Ada" in column(formulas["Roster"], "Name")
    binding = next(c for row in formulas["Explanations"].iter_rows() for c in row if c.value == "=max_days")
    assert binding.data_type == "s"


def test_totals_are_live_and_carry_their_value(formulas: Any, cached: Any, shared_run: Path) -> None:
    run = read_run(shared_run)
    coverage, roster = run.tables["coverage"], run.tables["roster"]
    expected = {
        "Paid hours": roster["paid_min"].sum() / 60,
        "Over-staffed agent-hours": coverage["over"].sum() / 4,
        "Under-staffed agent-hours": coverage["under"].sum() / 4,
        "Schedule fit": 1 - (coverage["over"].sum() + coverage["under"].sum()) / coverage["required"].sum(),
        "Paid hours of open shifts": 16.0,
    }
    for label, value in expected.items():
        assert str(value_of(formulas["Summary"], label)).startswith("="), label
        assert value_of(cached["Summary"], label) == pytest.approx(value), label


def test_formulas_point_at_the_columns_they_name(formulas: Any) -> None:
    for label, sheet, heading in (
        ("Paid hours", "Shifts", "Paid h"),
        ("Over-staffed agent-hours", "Coverage", "Over"),
        ("Paid hours of open shifts", "Open shifts", "Paid h"),
    ):
        found = re.search(r"\$([A-Z])\$4:\$[A-Z]\$(\d+)", str(value_of(formulas["Summary"], label)))
        assert found is not None
        assert formulas[sheet][f"{found[1]}3"].value == heading
        assert int(found[2]) == formulas[sheet].max_row


def test_times_are_real_and_local(formulas: Any) -> None:
    starts = column(formulas["Coverage"], "Start")
    assert starts[0] == dt.datetime(2026, 11, 2, 7, 0)
    assert set(column(formulas["Coverage"], "UTC offset")) == {"+01:00"}


def test_repeated_hour_is_told_apart_by_its_offset(make_run: Callable[..., Path]) -> None:
    run = make_run(week="2026-10-25", days=1, hours=(0, 24), agents=2)
    sheet = openpyxl.load_workbook(write_workbook(run))["Coverage"]
    rows = list(zip(column(sheet, "Queue"), column(sheet, "Start"), column(sheet, "UTC offset"), strict=True))
    assert len(rows) == len(set(rows)) == 200
    assert [o for q, t, o in rows if q == "calls" and t == dt.datetime(2026, 10, 25, 2, 30)] == ["+02:00", "+01:00"]


def test_cost_sheet_recomputes_wages_with_premiums(cached: Any, shared_run: Path) -> None:
    run = read_run(shared_run)
    total = 0.0
    for shift in run.tables["roster"].to_dict("records"):
        minutes = pd.date_range(shift["start"], shift["end"], freq="15min", inclusive="left")
        late = sum(18 <= t.hour < 21 for t in minutes)
        total += 8 * (1 + 0.25 * late / len(minutes)) * float(run.staff.loc[shift["agent"], "cost_h"])  # type: ignore[union-attr]
    assert value_of(cached["Cost"], "Wages") == pytest.approx(total)
    assert value_of(cached["Cost"], "Cost") == pytest.approx(total + 122.25)
    assert value_of(cached["Cost"], "Difference") == pytest.approx(total + 122.25 - 9876.5)
    assert value_of(cached["Summary"], "Cost of the week (EUR)") == pytest.approx(total + 122.25)


def test_wage_falls_back_to_contract_then_centre(small_run: Path) -> None:
    staff = small_run / "inputs" / "staff.csv"
    frame = pd.read_csv(staff, dtype=str)
    frame.loc[2, "cost_h"] = ""
    frame.loc[3, ["cost_h", "contract"]] = ["", "other"]
    frame.to_csv(staff, index=False)
    run = read_run(small_run)
    assert [wage(run, a) for a in ("=1+2", "A002", "A003", "unknown")] == [31.37, 27.77, 29.99, 29.99]


def test_premium_counts_only_its_hours(shared_run: Path) -> None:
    run = read_run(shared_run)
    start = pd.Timestamp("2026-11-02T17:00+01:00").tz_convert("Europe/Berlin")
    assert factor(run, start, start + pd.Timedelta(hours=2), 2.0) == pytest.approx(1.125)


def test_overtime_is_spread_over_the_paid_hours(shared_run: Path) -> None:
    run = read_run(shared_run)
    start = pd.Timestamp("2026-11-02T07:00+01:00").tz_convert("Europe/Berlin")
    run.plan["costs"] = {"overtime": [{"after_h": 8, "share": 0.5}]}
    assert factor(run, start, start + pd.Timedelta(hours=10), 10.0) * 10.0 == pytest.approx(11.0)


def test_no_wages_leaves_no_money_in_the_workbook(small_run: Path) -> None:
    book = openpyxl.load_workbook(write_workbook(small_run, wages=False), data_only=True)
    assert "Cost" not in book.sheetnames
    cells = [c.value for sheet in book for row in sheet.iter_rows() for c in row if c.value is not None]
    money = (31.37, 27.77, 29.99, 9876.5, 9754.25, 9866.62, 122.25, 87.654, 45.678)
    assert not [v for v in cells if isinstance(v, float) and any(abs(v - m) < 1e-6 for m in money)]
    assert not [v for v in cells if isinstance(v, str) and ("€" in v or "EUR" in v or "Wage" in v)]


def test_workbook_needs_no_optional_file(small_run: Path) -> None:
    for file in small_run.glob("*.csv"):
        file.unlink()
    book = openpyxl.load_workbook(write_workbook(small_run))
    assert book.sheetnames == ["Summary", "Cost"]


def test_calendar_per_person_with_zone_and_breaks(small_run: Path) -> None:
    assert write_calendars(small_run) == 12
    files = sorted(p.name for p in (small_run / "calendars").iterdir())
    assert len(files) == 12
    assert "A005.ics" in files
    calendar = Calendar.from_ical((small_run / "calendars" / "A002.ics").read_bytes())
    assert [str(z["tzid"]) for z in calendar.walk("VTIMEZONE")] == ["Europe/Berlin"]
    found = calendar.walk("VEVENT")
    assert len(found) == 3
    roster = read_run(small_run).tables["roster"]
    mine = roster[roster["agent"] == "A002"]
    assert [e["dtstart"].dt for e in found] == [t.to_pydatetime() for t in mine["start"]]
    assert "lunch 12:00–12:30" in str(found[0]["description"])
    assert str(found[0]["description"]).count("break ") == 2


@pytest.mark.slow
def test_a_changed_shift_replaces_its_event(small_run: Path) -> None:
    write_calendars(small_run)
    file = small_run / "calendars" / "A002.ics"
    text, before = file.read_bytes(), events(file)
    write_calendars(small_run)
    assert file.read_bytes() == text
    change_shift(small_run, "A002", "2026-11-03", 60)
    write_calendars(small_run)
    after = events(file)
    assert set(after) == set(before)
    moved = uid("Test <centre> & sons", "A002", dt.date(2026, 11, 3), 0)
    assert {u: int(e["sequence"]) for u, e in after.items()} == {u: int(u == moved) for u in before}
    assert after[moved]["dtstart"].dt - before[moved]["dtstart"].dt == dt.timedelta(hours=1)


@pytest.mark.slow
def test_a_withdrawn_shift_is_cancelled_once(small_run: Path, tmp_path: Path) -> None:
    write_calendars(small_run)
    for name in ("activity", "roster"):
        frame = pd.read_csv(small_run / f"{name}.csv", dtype=str, keep_default_na=False)
        gone = ((frame["agent"] == "A002") & frame["start"].str.startswith("2026-11-03")) | (frame["agent"] == "A004")
        frame[~gone].to_csv(small_run / f"{name}.csv", index=False)
    for _ in range(2):
        write_calendars(small_run)
        found = events(small_run / "calendars" / "A002.ics")
        gone = found[uid("Test <centre> & sons", "A002", dt.date(2026, 11, 3), 0)]
        assert (str(gone["status"]), int(gone["sequence"])) == ("CANCELLED", 1)
        assert [e.get("status") for e in found.values()].count("CANCELLED") == 1
    assert {str(e["status"]) for e in events(small_run / "calendars" / "A004.ics").values()} == {"CANCELLED"}


def test_shift_over_the_repeated_hour_keeps_its_moment(make_run: Callable[..., Path]) -> None:
    run = make_run(week="2026-10-19", days=7, hours=(0, 24), agents=2)
    night = ("=1+2", "2026-10-24T22:00+02:00", "2026-10-25T02:30+01:00", "phone", "calls")
    columns = ["agent", "start", "end", "activity", "queue"]
    pd.DataFrame([night], columns=columns).to_csv(run / "activity.csv", index=False)
    write_calendars(run)
    (event,) = events(run / "calendars" / file_names(["=1+2"])["=1+2"]).values()
    start, end = (event[n].dt.astimezone(dt.UTC) for n in ("dtstart", "dtend"))
    assert (start, end) == (
        dt.datetime(2026, 10, 24, 20, tzinfo=dt.UTC),
        dt.datetime(2026, 10, 25, 1, 30, tzinfo=dt.UTC),
    )


def test_file_names_are_safe_and_unique() -> None:
    odd = ["A1", "a1", "../x", "CON", "naïve", "a b", "a/b", "", ".hidden", "x" * 300]
    names = file_names(odd)
    assert len({n.casefold() for n in names.values()}) == len(odd)
    for name in names.values():
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,80}\.ics", name)
        assert name.casefold() not in ("con.ics", "a1.ics")
    assert file_names(["A001"]) == {"A001": "A001.ics"}


def test_a_printable_page_per_person_without_wages(small_run: Path) -> None:
    text = write_sheets(small_run).read_text(encoding="utf-8")
    assert text.count("<article>") == 12
    assert "break-after: page" in text
    assert "=1+2" in text
    assert "Test &lt;centre&gt;" in text
    assert text.count("day off") == 12 * 4
    assert "24:00 h" in text
    for money in ("31.37", "27.77", "€", "EUR"):
        assert money not in text
    assert "<script" not in text


@pytest.mark.slow
def test_zoneless_run_keeps_its_wall_clock(small_run: Path) -> None:
    summary = json.loads((small_run / "summary.json").read_text(encoding="utf-8"))
    (small_run / "summary.json").write_text(json.dumps(summary | {"zone": None}), encoding="utf-8")
    plan = small_run / "inputs" / "plan.toml"
    plan.write_text(plan.read_text(encoding="utf-8").replace('zone = "Europe/Berlin"\n', ""), encoding="utf-8")
    write_calendars(small_run)
    event = next(iter(events(small_run / "calendars" / "A002.ics").values()))
    assert event["dtstart"].dt.tzinfo is None
    book = openpyxl.load_workbook(write_workbook(small_run))
    assert column(book["Coverage"], "Start")[0] == dt.datetime(2026, 11, 2, 7, 0)


def test_a_text_longer_than_a_cell_is_cut_and_says_so() -> None:
    with Book("book", dt.date(2026, 11, 2)) as book:
        book.table("Sheet", "t" * 40_000, [Field("Name", ["x" * 40_000, "y"])])
    sheet = openpyxl.load_workbook(io.BytesIO(book.content))["Sheet"]
    assert [len(str(sheet[cell].value)) for cell in ("A1", "A4", "A5")] == [32_767, 32_767, 1]
    assert str(sheet["A4"].value).endswith("x…")


@pytest.mark.parametrize("asked", [0, 4, 9])
@pytest.mark.parametrize("write", [write_workbook, write_sheets, write_calendars])
def test_a_paper_is_given_up_whole_when_time_is_up(
    small_run: Path, write: Callable[..., object], asked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each paper asks again and again while it is made; the workbook also while it is packed."""
    monkeypatch.setattr(book, "ROWS_BETWEEN", 20)
    before = {p.name for p in small_run.iterdir() if p.is_file()}
    left = iter([True] * asked)
    with pytest.raises(Stopped):
        write(small_run, goes_on=lambda: next(left, False))
    assert {p.name for p in small_run.iterdir() if p.is_file()} == before


def test_a_finished_book_is_given_up_while_its_rows_are_packed(monkeypatch: pytest.MonkeyPatch) -> None:
    left, rows = [True], [str(i) for i in range(5)]
    monkeypatch.setattr(book, "ROWS_BETWEEN", 1)
    with pytest.raises(Stopped), Book("Book", dt.date(2026, 11, 2), lambda: left[0]) as made:
        made.table("Rows", "Rows", [Field("Row", rows)])
        left[0] = False


def test_a_calendar_that_cannot_be_written_is_an_error(small_run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are written beside each other: what one of them raises is not lost."""

    def full_disk(path: Path, content: bytes) -> Path:
        if path.name == "A004.ics":
            raise OSError(28, "No space left on device")
        return write_atomic(path, content)

    monkeypatch.setattr(calendar, "write_atomic", full_disk)
    with pytest.raises(OSError, match="No space left"):
        write_calendars(small_run)

"""Workbooks: typed cells, sheets, bombs, damage, formulas without values."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from xlsxwriter import Workbook

from busyhour.app.intake import excel
from busyhour.app.intake.excel import read_sheet, refuse_bomb
from busyhour.app.intake.guess import guess
from busyhour.app.intake.mapping import Intake
from busyhour.app.intake.read import read_calls
from busyhour.forecast.errors import InputError


def book(path: Path, rows: list[list[object]], sheet: str = "Calls", first: str | None = None) -> Path:
    out = openpyxl.Workbook()
    page = out.active
    assert page is not None
    page.title = first or sheet
    if first is not None:
        page = out.create_sheet(sheet)
    for row in rows:
        page.append(row)
    out.save(path)
    return path


def test_typed_cells_become_the_text_that_csv_would_hold(tmp_path: Path) -> None:
    path = book(
        tmp_path / "c.xlsx",
        [
            ["start", "day", "clock", "offered", "share", "length", "note"],
            [
                dt.datetime(2026, 6, 1, 8, 30),
                dt.date(2026, 6, 1),
                dt.time(8, 30),
                12,
                0.1,
                dt.timedelta(minutes=3),
                None,
            ],
        ],
    )
    assert read_sheet(path).iloc[0].tolist() == [
        "2026-06-01 08:30:00",
        "2026-06-01",
        "08:30:00",
        "12",
        "0.1",
        "0:03:00",
        "",
    ]


def test_a_sheet_is_read_like_a_file(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["start", "offered", "handle_s"],
        *([dt.datetime(2026, 6, 1, 8) + dt.timedelta(minutes=30 * i), i, 180] for i in range(3)),
    ]
    book(tmp_path / "c.xlsx", rows, "June", first="Cover")
    calls, _ = read_calls(
        tmp_path, Intake(files=("c.xlsx",), sheet="June"), zone="Europe/Berlin", interval_min=30, queues=("desk",)
    )
    assert calls["offered"].tolist() == [0, 1, 2]
    assert calls["start"].iloc[2] == pd.Timestamp("2026-06-01 09:00", tz="Europe/Berlin")


def test_dates_in_cells_are_understood_beside_a_text_format(tmp_path: Path) -> None:
    book(tmp_path / "c.xlsx", [["start", "offered"], [dt.datetime(2026, 6, 1, 8), 1], ["01.06.2026 08:30", 2]])
    calls, _ = read_calls(
        tmp_path, Intake(files=("c.xlsx",), date_format="%d.%m.%Y %H:%M"), zone=None, interval_min=30, queues=()
    )
    assert calls["start"].dt.minute.tolist() == [0, 30]


def test_rows_are_counted_as_the_spreadsheet_does(tmp_path: Path) -> None:
    book(
        tmp_path / "c.xlsx",
        [["Report"], [], ["start", "offered"], [dt.datetime(2026, 6, 1, 8), 1], [], [dt.datetime(2026, 6, 1, 9), "x"]],
    )
    with pytest.raises(InputError, match=r"c.xlsx, row 6, column offered: not a number"):
        read_calls(tmp_path, Intake(files=("c.xlsx",), header_row=3), zone=None, interval_min=30, queues=())


def test_an_unknown_sheet_is_refused_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no such sheet \(got 'Call'\). Did you mean 'Calls'\?"):
        read_sheet(book(tmp_path / "c.xlsx", [["a"], [1]]), sheet="Call")


def test_an_empty_sheet_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"sheet has no data"):
        read_sheet(book(tmp_path / "c.xlsx", [["a", "b"]]))


def bomb(path: Path, size: int) -> Path:
    """A workbook with one sheet of `size` bytes that packs to almost nothing."""
    with zipfile.ZipFile(book(path, [["start", "offered"], ["x", 1]])) as old:
        members = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in members.items():
            if name.endswith("sheet1.xml"):
                with new.open(name, "w") as file:
                    file.write(data.replace(b"</sheetData></worksheet>", b""))
                    for _ in range(size // 1_000_000):
                        file.write(b"<row/>" * 166_667)
            else:
                new.writestr(name, data)
    return path


def test_a_bomb_is_refused_before_it_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = bomb(tmp_path / "c.xlsx", 20_000_000)
    assert path.stat().st_size < 100_000
    monkeypatch.setattr(excel, "CalamineWorkbook", None)  # opening it would fail the test
    with pytest.raises(InputError, match=r"c.xlsx: workbook unpacks to 20 MB, \d{3} times its size"):
        read_sheet(path)


def test_a_workbook_that_is_too_big_is_refused_whatever_its_ratio(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(excel, "MOST_BYTES", 1000)
    with pytest.raises(InputError, match=r"workbook unpacks to"):
        refuse_bomb(book(tmp_path / "c.xlsx", [["a"], [1]]))


def test_a_false_size_shows_as_damage(tmp_path: Path) -> None:
    path = bomb(tmp_path / "c.xlsx", 20_000_000)
    raw = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        member = archive.getinfo("xl/worksheets/sheet1.xml")
    size = member.file_size.to_bytes(4, "little")
    at = raw.find(size)
    while at >= 0:
        raw[at : at + 4] = (1000).to_bytes(4, "little")
        at = raw.find(size)
    path.write_bytes(raw)
    with pytest.raises(InputError, match=r"workbook is damaged|not a workbook"):
        read_sheet(path)


def test_cells_far_apart_are_refused_before_they_fill_the_memory(tmp_path: Path) -> None:
    out = openpyxl.Workbook()
    page = out.active
    assert page is not None
    page["A1"], page["XFD1048576"] = "start", 1
    out.save(tmp_path / "c.xlsx")
    with pytest.raises(InputError, match=r"c.xlsx: cells reach to column 16384, row 1048576 \(got 'Sheet'\)"):
        read_sheet(tmp_path / "c.xlsx")


def test_text_with_the_name_of_a_workbook_is_refused(tmp_path: Path) -> None:
    (tmp_path / "c.xlsx").write_text("start,offered\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"not a workbook"):
        read_sheet(tmp_path / "c.xlsx")
    (tmp_path / "c.xls").write_text("start,offered\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"not a workbook"):
        read_sheet(tmp_path / "c.xls")


def test_a_missing_workbook_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"c.xlsx: file not found"):
        read_sheet(tmp_path / "c.xlsx")


def test_a_formula_without_a_value_is_refused_with_its_cell(tmp_path: Path) -> None:
    path = book(tmp_path / "c.xlsx", [["start", "offered"], [dt.datetime(2026, 6, 1, 8), "=1+2"]])
    with pytest.raises(InputError, match=r"c.xlsx, row 2, column B: formula without a value"):
        read_sheet(path)


def test_errors_of_cells_are_seen(tmp_path: Path) -> None:
    """A cell that shows an error is not blank: the figure is unknown, and counted."""
    with Workbook(tmp_path / "e.xlsx") as made:
        sheet = made.add_worksheet("S")
        sheet.write_row(0, 0, ["start", "handle_s"])
        sheet.write_row(1, 0, ["2026-01-05 08:00", 200])
        sheet.write_string(2, 0, "2026-01-05 08:30")
        sheet.write_formula(2, 1, "=1/0", None, "#DIV/0!")
    assert read_sheet(tmp_path / "e.xlsx")["handle_s"].tolist() == ["200", "#DIV/0!"]


def test_formulas_on_another_sheet_do_no_harm(tmp_path: Path) -> None:
    path = book(tmp_path / "c.xlsx", [["start", "offered"], ["2026-06-01 08:00", 1]], "Data", first="Sums")
    loaded = openpyxl.load_workbook(path)
    loaded["Sums"]["A1"] = "=1+2"
    loaded.save(path)
    assert len(read_sheet(path, sheet="Data")) == 1


def test_an_archive_is_tested_once_and_the_heads_of_its_sheets_read_in_one_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = book(tmp_path / "c.xlsx", [["start", "offered"], ["2026-06-01 08:00", 1]], "June", first="May")
    tested, opened = [], []
    test = zipfile.ZipFile.testzip
    monkeypatch.setattr(zipfile.ZipFile, "testzip", lambda self: tested.append(1) or test(self))
    whole = excel.CalamineWorkbook.from_path

    class Counted:
        @staticmethod
        def from_path(path: Path) -> object:
            opened.append(1)
            return whole(path)

    monkeypatch.setattr(excel, "CalamineWorkbook", Counted)
    assert excel.sheet_names(path) == ["May", "June"]
    heads = excel.sheet_heads(path, ["May", "June"], 1)
    assert heads["May"].empty
    assert heads["June"].to_numpy().tolist() == [["start", "offered"]]
    assert (len(tested), len(opened)) == (1, 2)
    assert guess(path).intake.sheet == "June", "the first sheet is empty"

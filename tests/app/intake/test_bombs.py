"""Files made to fill the memory, and names that stand twice, are refused before they do harm."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from busyhour.app.intake import sheets
from busyhour.app.intake.excel import read_sheet
from busyhour.app.intake.mapping import Intake
from busyhour.app.intake.read import read_calls
from busyhour.app.intake.text import read_text
from busyhour.forecast.errors import InputError


def changed(path: Path, member: str, old: bytes, new: bytes) -> Path:
    """Make a small workbook and replace bytes of one of its members."""
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        for number, row in enumerate((["start", "offered"], ["a text that is shown again and again", 1])):
            page.write_row(number, 0, row)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    assert old in members[member]
    members[member] = members[member].replace(old, new)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_cells_without_a_place_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_CELLS", 1000)
    rows = b"<row>" + b"<c><v>1</v></c>" * 1100 + b"</row></sheetData>"
    path = changed(tmp_path / "c.xlsx", "xl/worksheets/sheet1.xml", b"</sheetData>", rows)
    with pytest.raises(InputError, match=r"^c\.xlsx: more than 1,000 cells"):
        read_sheet(path)


def test_a_long_text_in_many_cells_is_counted_for_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_TEXT", 1_000_000)
    rows = b"<row>" + b'<c t="s"><v>2</v></c>' * 40_000 + b"</row></sheetData>"
    path = changed(tmp_path / "c.xlsx", "xl/worksheets/sheet1.xml", b"</sheetData>", rows)
    with pytest.raises(InputError, match=r"^c\.xlsx: its cells show more than 1 MB of text"):
        read_sheet(path)


def test_a_workbook_without_a_sheet_is_refused(tmp_path: Path) -> None:
    path = changed(tmp_path / "c.xlsx", "xl/workbook.xml", b"<sheet ", b"<other ")
    with pytest.raises(InputError, match=r"^c\.xlsx: (workbook has no sheet|not a workbook)"):
        read_sheet(path)


def test_columns_of_one_name_are_told_apart_by_their_place(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_text("start,offered,offered\n2026-06-01 08:00,1,2\n", encoding="utf-8")
    assert list(read_text(path).columns) == ["start", "offered (column 2)", "offered (column 3)"]
    with pytest.raises(InputError, match=r"^calls\.csv: column 'offered' is missing"):
        read_calls(tmp_path, Intake(), zone=None, interval_min=60, queues=())
    chosen = Intake(columns={"offered": "offered (column 3)"})
    calls, _ = read_calls(tmp_path, chosen, zone=None, interval_min=60, queues=())
    assert calls["offered"].tolist() == [2.0]


@pytest.mark.parametrize(
    ("raw", "told"),
    [(b"start,offered\r2026-06-01 08:00,7\r", ""),
     (b"start,offered\n2026-06-01 08:00,\0\n", "row 2: a cell holds a NUL"),
     (b"x" * 140_000 + b",offered\n1,2\n", "131,072 characters"),
     (b",".join([b"a"] * 20_000), "more than 16384 columns"),
     (b'start,offered\n2026-06-01 08:00,"7\n', "row 2: .*a quote is never closed"),
     (b"start,offered\n0001-01-01 08:00,7\n", "row 2, column start: year outside 1970 to 2200"),
     (b"start,offered\ntoday,7\n", "row 2, column start: not an ISO 8601 time"),
     (b"start,offered\n2026-06-01 08:00,1e308\n", "row 2, column offered: above 10000000"),
     (b"start,offered\n2026-06-01 08:00,1e400\n", "row 2, column offered")],
)  # fmt: skip
def test_an_odd_file_of_calls_is_read_or_one_clear_error(raw: bytes, told: str, tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_bytes(raw)
    if not told:
        calls, _ = read_calls(tmp_path, Intake(), zone=None, interval_min=60, queues=())
        assert calls["offered"].tolist() == [7.0]
        return
    with pytest.raises(InputError, match=rf"^calls\.csv.*{told}"):
        read_calls(tmp_path, Intake(), zone=None, interval_min=60, queues=())


@pytest.mark.parametrize("name", ["", "x" * 5000, "[a", "nowhere/*.csv"])
def test_a_name_that_is_none_is_one_clear_error(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        read_calls(tmp_path, Intake(files=(name,)), zone=None, interval_min=60, queues=())


@pytest.mark.parametrize("seconds", ["-1", "1e17", "32503680000"])
def test_seconds_since_1970_lie_in_the_years_that_are_known(seconds: str, tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_text(f"start,offered\n{seconds},7\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"^calls\.csv, row 2, column start: year outside 1970 to 2200"):
        read_calls(tmp_path, Intake(date_format="epoch_s"), zone="UTC", interval_min=60, queues=())

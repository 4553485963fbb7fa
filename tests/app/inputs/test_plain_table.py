"""Files about people as they come: separators, decimals, encodings, dates, sheets, capitals."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import xlsxwriter

from busyhour.app.inputs.people_files import place_of, places_of
from busyhour.app.inputs.plain_table import plain
from busyhour.forecast.errors import InputError

NAMES = ("staff.csv", "availability.csv", "leave.csv", "wishes.csv", "fixed.csv")


def read(folder: Path, name: str, raw: str | bytes, encoding: str = "utf-8") -> str:
    """Return the plain text of a file with that content."""
    path = folder / name
    path.write_bytes(raw if isinstance(raw, bytes) else raw.encode(encoding))
    return plain(path.stem, path)[0].content.decode()


PLAIN = "agent,contract,cost_h,hire_date\nMüller,full,18.5,2026-02-01\n"
AS_THEY_COME = {
    "semicolons and decimal comma": ("agent;contract;cost_h;hire_date\nMüller;full;18,50;01.02.2026\n", "utf-8"),
    "tabs": ("agent\tcontract\tcost_h\thire_date\nMüller\tfull\t18.5\t2026-02-01\n", "utf-8"),
    "byte-order mark": ("agent,contract,cost_h,hire_date\nMüller,full,\"18,5\",2026-02-01\n", "utf-8-sig"),
    "UTF-16": ("Agent;Contract;Cost_h;Hire date\nMüller;full;18,5;1.2.2026\n", "utf-16"),
    "cp1252": ("agent;contract;cost_h;hire_date\nMüller;full;18,5;01.02.2026\n", "cp1252"),
    "sep= and ends": ("sep=;\nagent;contract;cost_h;hire_date;\nMüller;full;18,5;01.02.2026;\n", "utf-8"),
    "title and blanks": ("People 2026\n\nagent;contract;cost_h;hire_date\n\nMüller;full;18,5;01.02.2026\n", "utf-8"),
}  # fmt: skip


@pytest.mark.parametrize("case", AS_THEY_COME)
def test_any_spelling_reads_as_the_plain_file(tmp_path: Path, case: str) -> None:
    assert read(tmp_path, "staff.csv", *AS_THEY_COME[case]) == PLAIN


def test_a_plain_file_stays_byte_by_byte(tmp_path: Path) -> None:
    path = tmp_path / "staff.csv"
    path.write_bytes(raw := b"agent,contract\r\n'=1,full\r\n")
    file, told = plain("staff", path)
    assert (file.content, told, file.rows) == (raw, [], ())


def test_rows_are_told_as_the_spreadsheet_counts_them(tmp_path: Path) -> None:
    path = tmp_path / "staff.csv"
    path.write_text("People\n\nagent;contract\na;full\n\nb;full\n", encoding="utf-8")
    assert plain("staff", path)[0].rows == (4, 6)


LEAVE = "agent,start,end,kind\n"
DATES = {
    "one reading": ("a,19.10.2026,20.10.2026 12:00,sick\n", "a,2026-10-19,2026-10-20T12:00,sick\n"),
    "the end shows the order": ("a,05/10/2026,26/10/2026,sick\n", "a,2026-10-05,2026-10-26,sick\n"),
    "the American order": ("a,10/05/2026,10/26/2026 3:30 PM,sick\n", "a,2026-10-05,2026-10-26T15:30,sick\n"),
    "ISO stays": ("a,2026-10-05T08:00+02:00,2026-10-06,sick\n", "a,2026-10-05T08:00+02:00,2026-10-06,sick\n"),
}


@pytest.mark.parametrize("case", DATES)
def test_dates_are_read_in_the_one_format_that_fits(tmp_path: Path, case: str) -> None:
    written, iso = DATES[case]
    assert read(tmp_path, "leave.csv", LEAVE + written) == LEAVE + iso


DOUBTS = {
    "day and month": ("leave.csv", LEAVE + "a,05/10/2026,06/10/2026,sick\n", "row 2.*day and month may be swapped"),
    "two kinds": ("leave.csv", LEAVE + "a,2026-10-05,26.10.2026,sick\n", "dates of two kinds"),
    "comma": ("wishes.csv", 'agent,date,pattern,weight\na,2026-10-05,off,"1,143"\n', "decimals or for thousands"),
    "cut off": ("staff.csv", "agent;contract;cost_h\na;full;20\nb;fu", "row 3: file breaks off"),
    "too wide": ("staff.csv", "agent;contract\na;full;20\n", "row 2: row has more cells"),
    "no day": ("leave.csv", "agent,days,start,end\na,payday,08:00,12:00\n", "row 2, column days: no day of the week"),
}


@pytest.mark.parametrize("case", DOUBTS)
def test_what_may_mean_two_things_is_refused(tmp_path: Path, case: str) -> None:
    name, text, told = DOUBTS[case]
    with pytest.raises(InputError, match=told):
        read(tmp_path, name, text)


def test_two_encodings_in_one_file_are_left_to_the_reader_who_refuses_them(tmp_path: Path) -> None:
    raw = "agent,contract\nZoë,full\n".encode() + "Jörg,full\n".encode("cp1252")
    path = tmp_path / "staff.csv"
    path.write_bytes(raw)
    assert plain("staff", path)[0].content == raw


def workbook(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    """Write a workbook; dates are real dates."""
    with xlsxwriter.Workbook(str(path)) as book:
        day, moment = (book.add_format({"num_format": f}) for f in ("dd.mm.yyyy", "dd.mm.yyyy hh:mm"))
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for i, row in enumerate(rows):
                for j, cell in enumerate(row):
                    if isinstance(cell, dt.date):
                        sheet.write_datetime(i, j, cell, moment if isinstance(cell, dt.datetime) else day)
                    else:
                        sheet.write(i, j, cell)
    return path


def test_sheets_of_a_workbook_are_tables(tmp_path: Path) -> None:
    workbook(tmp_path / "Staff.xlsx", {
        "Staff": [["Agent", "Contract", "Cost h"], ["a", "full", 18.5]],
        "Leave": [["agent", "start", "end"], ["a", dt.date(2026, 10, 19), dt.date(2026, 10, 20)]],
        "Notes": [["hello"]],
    })  # fmt: skip
    places, told = places_of(tmp_path, NAMES)
    found = {name: plain(name[:-4], p.path, p.sheet)[0].content.decode() for name, p in places.items()}
    assert found == {
        "staff.csv": "agent,contract,cost_h\na,full,18.5\n",
        "leave.csv": "agent,start,end\na,2026-10-19,2026-10-20\n",
    }
    assert told == ["sheet 'Notes' of Staff.xlsx is not read"]
    assert place_of(tmp_path / "Staff.xlsx", "staff").sheet == "Staff"


def test_a_date_of_a_workbook_that_may_be_a_midnight_is_refused(tmp_path: Path) -> None:
    rows = [["agent", "start", "end"], ["a", dt.datetime(2026, 10, 19, 22), dt.date(2026, 10, 20)]]
    path = workbook(tmp_path / "leave.xlsx", {"x": rows})
    with pytest.raises(InputError, match="row 2, column end: may mean the whole day"):
        plain("leave", path, "x")


def test_files_are_found_whatever_their_capitals(tmp_path: Path) -> None:
    (tmp_path / "STAFF.CSV").write_text("agent,contract\n", encoding="utf-8")
    (tmp_path / "vacation.csv").write_text("x\n", encoding="utf-8")
    places, told = places_of(tmp_path, NAMES)
    assert places["staff.csv"].path.name == "STAFF.CSV"
    assert told == ["vacation.csv is not read: is it leave.csv?"]


def test_two_files_that_differ_by_capitals_alone_are_refused(tmp_path: Path) -> None:
    (tmp_path / "STAFF.CSV").write_text("agent,contract\n", encoding="utf-8")
    (tmp_path / "staff.csv").write_text("agent,contract\n", encoding="utf-8")
    if len(list(tmp_path.iterdir())) == 2:  # not on a disk that takes them for one
        with pytest.raises(InputError, match=r"capitals alone: STAFF\.CSV and staff\.csv"):
            places_of(tmp_path, NAMES)

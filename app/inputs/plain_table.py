"""Files about people as they come, made plain: UTF-8, commas, points for decimals, ISO dates, one header row.

Whatever reads them later (planner, judge, report) reads the plain text; a file that is plain already stays as it is.
"""

from __future__ import annotations

import contextlib
import csv
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from ...forecast.errors import InputError
from ...forecast.reading import file_bytes
from ...forecast.tables import TABLES as FORECAST_TABLES
from ...forecast.tables import Table, refuse_columns_twice
from ...schedule.tables import TABLES as SCHEDULE_TABLES
from ..files import csv_text
from ..intake.excel import read_sheet
from ..intake.names import folded
from ..intake.text import likely_encoding, sniff_separator
from .people_files import place_of
from .plain_cells import iso_times, pointed, pointed_skills
from .snapshot import InputFile, laid_out
from .weekdays import DAYS, named_days

TITLE_ROWS = 10
"""Rows in which the header is looked for, at least 1: reports have a title of some lines."""
OTHER_NAMES = {"weekday": "days", "weekdays": "days", "day": "days"}
"""Names of columns that stand for ours, folded."""
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
_MARKS_WITHIN = ("\u00ff\u00fe", "\u00fe\u00ff", "\u00ef\u00bb\u00bf")
"""Byte-order marks read as cp1252: nobody writes them, so the text has another encoding."""
_TWICE_ENCODED = re.compile("[\u00c2-\u00c5][\u0080-\u00bf\u20ac\u2039\u203a\u2013\u2014\u0161\u017e\u0153]")
"""Letters that UTF-8 makes when it is read as cp1252."""


def plain(name: str, path: Path, sheet: str | None = None) -> tuple[InputFile, list[str]]:
    """Return the file `path` as the plain table `name`, and what was done to make it so, in words.

    Parameters
    ----------
    name
        A declared table, such as ``staff``.
    sheet
        Sheet of a workbook; None = `path` is a text file.

    Raises
    ------
    InputError
        On a file that cannot be read, and on dates or numbers that may mean two things.
    """
    table = (FORECAST_TABLES | SCHEDULE_TABLES).get(name, {})
    if sheet is not None:
        cells = read_sheet(path, sheet=sheet, header=False)
        rows = [list(map(str, row)) for row in cells.itertuples(index=False)]
        whole, told = (list(map(int, cells.index)), rows), [f"sheet {sheet!r}"]
    else:
        raw = file_bytes(path)
        text, told = _text(raw, path)
        if text is None:
            return InputFile.of(path, raw, path.stat().st_mode), []
        separator = _separator(text)
        told += [] if separator == "," else [f"separator {separator!r}"]
        split = _split(text.removeprefix(_order(text)), separator, path)
        if split is None:  # not to be read: who reads the table says what is wrong
            return InputFile.of(path, raw, path.stat().st_mode), []
        whole = split
    numbers, rows = _filled(*whole)
    at = _header_at(rows, table)
    header = _header(rows[at] if rows else [], table)
    body = _rectangle(rows[at + 1 :], numbers[at + 1 :], len(header), path)
    frame = pd.DataFrame(body, columns=header, dtype="str")
    frame.index = pd.Index(numbers[at + 1 :], name="row")
    refuse_columns_twice(header, path)
    before = frame.copy()
    for column, declared in table.items():
        if declared.kind in ("number", "flag") and column in frame:
            frame[column] = pointed(frame[column], path)
    if "skills" in frame and "skills" in table:
        frame["skills"] = pointed_skills(frame["skills"])
    times = [c for c, declared in table.items() if declared.kind in ("time", "date") and c in frame]
    frame, form = iso_times(frame, times, path, workbook=sheet is not None)
    if DAYS in table:
        frame = named_days(frame, path)
    told += [f"dates as {form}"] * (form is not None)
    told += [f"header in row {numbers[at]}"] * (bool(rows) and numbers[at] > 1)
    if not told and frame.equals(before) and rows and list(rows[at]) == header and numbers == _plain_rows(numbers):
        return InputFile.of(path, raw, path.stat().st_mode), []
    lines = tuple(numbers[at + 1 :])
    return InputFile.of(path, csv_text(frame).encode(), path.stat().st_mode, lines), told


def plain_file(name: str, path: Path) -> tuple[InputFile, list[str]]:
    """Return a file that somebody named as the plain table `name`, and what was done; packed files stay as they are.

    Raises
    ------
    InputError
        As `plain`, and if the file is missing.
    """
    if path.suffix.lower() == ".gz" or not path.is_file():
        return InputFile.table(path), []
    place = place_of(path, name)
    return plain(name, place.path, place.sheet)


@contextlib.contextmanager
def plainly(name: str, path: Path) -> Iterator[tuple[Path, list[str]]]:
    """Give a path at which the file `path` stands as the plain table `name`, and what was done to make it so.

    The path is the file's own where it is plain already.

    An `InputError` within names the file and the row as they came.

    Raises
    ------
    InputError
        As `plain_file`.
    """
    file, told = plain_file(name, path)
    if not told and not file.rows:
        yield path, []
        return
    with laid_out({f"{name}.csv": file}, path.parent) as place:
        yield place / f"{name}.csv", told


def _plain_rows(numbers: Sequence[int]) -> list[int]:
    """Return the numbers of rows without a blank one between them."""
    return list(range(1, len(numbers) + 1))


def _text(raw: bytes, path: Path) -> tuple[str | None, list[str]]:
    """Return the text of a file, and how it was read where that is not UTF-8; None where its bytes are no text.

    Raises
    ------
    InputError
        If the bytes are of two encodings.
    """
    encoding = likely_encoding(raw)
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        return None, []
    if "\0" in text:
        return None, []
    if encoding == "cp1252" and (any(m in text for m in _MARKS_WITHIN) or _TWICE_ENCODED.search(text)):
        return None, []
    return text.removeprefix("\ufeff"), [] if encoding == "utf-8-sig" else [f"encoding {encoding}"]


def _order(text: str) -> str:
    """Return the line ``sep=;`` with which a file may tell spreadsheets its separator; "" without one."""
    found = _SEPARATOR_LINE.match(text)
    return found[0] if found else ""


def _separator(text: str) -> str:
    """Return the separator that the file tells, or that parts its first rows into most columns."""
    if found := _SEPARATOR_LINE.match(text):
        return found[1]
    first = [line for line in text.splitlines() if line.strip()][:TITLE_ROWS]
    return sniff_separator(max(first, key=lambda line: max(map(line.count, ",;\t|")), default=""))


def _split(text: str, separator: str, path: Path) -> tuple[list[int], list[list[str]]] | None:
    """Return the rows of a text and their numbers as a spreadsheet counts; None where quotes do not close."""
    broken = not text.endswith(("\n", "\r"))
    try:
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True, strict=True)
        rows = [[cell.strip() for cell in row] for row in lines]
    except csv.Error:
        return None
    widest = max(map(len, rows[:TITLE_ROWS]), default=0)
    if broken and len(rows) > 1 and 0 < len(rows[-1]) < widest:
        raise InputError("file breaks off in its last row", file=path, row=len(rows), mend="Copy it again")
    return list(range(1, len(rows) + 1)), rows


def _filled(numbers: Sequence[int], rows: Sequence[list[str]]) -> tuple[list[int], list[list[str]]]:
    """Return the rows that hold anything."""
    kept = [(n, row) for n, row in zip(numbers, rows, strict=True) if any(row)]
    return [n for n, _ in kept], [row for _, row in kept]


def _header_at(rows: Sequence[Sequence[str]], table: Table) -> int:
    """Return the place of the first row that names every required column; 0 where there is none."""
    asked = {folded(name) for name, column in table.items() if column.required}
    for at, row in enumerate(rows[:TITLE_ROWS]):
        if asked and asked <= {folded(OTHER_NAMES.get(folded(cell), cell)) for cell in row}:
            return at
    return 0


def _header(row: Sequence[str], table: Table) -> list[str]:
    """Return the names of the columns, those of ours as we write them."""
    ours = {folded(name): name for name in table}
    ours |= {other: name for other, name in OTHER_NAMES.items() if name in table and other not in ours}
    trimmed = list(row)
    while trimmed and not trimmed[-1]:  # separators at the ends of rows
        trimmed.pop()
    return [name if name in table else ours.get(folded(name), name) for name in trimmed]


def _rectangle(rows: Sequence[list[str]], numbers: Sequence[int], width: int, path: Path) -> list[list[str]]:
    """Return rows of one width: cells that are missing at their ends are blank.

    Raises
    ------
    InputError
        If a row has more cells than the header.
    """
    for number, row in zip(numbers, rows, strict=True):
        if any(row[width:]):
            mend = "Give each row one cell per column, and put quotes round a cell that holds the separator"
            raise InputError("row has more cells than the header", file=path, row=number, mend=mend)
    return [[*row[:width], *[""] * (width - len(row))] for row in rows]

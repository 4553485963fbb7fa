"""An export opened for a guess: its encoding, separator, sheets and header row, each with its reason."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pandas as pd

from .excel import WORKBOOKS, read_sheet, sheet_heads, sheet_names
from .mapping import DEFAULT_ENCODING, Intake
from .text import decoded, likely_encoding, read_bytes, read_text, sniff_separator
from .wide import spread_over
from .words import recognised

LOOK = 20
"""First rows among which the header is sought: reports print titles above."""
HEAD_ROWS = 200
"""Rows of each sheet that are read to find its header: blank rows among them do not count as looked at."""
QUEUE_LOG = "asterisk_queue_log"
"""Ready layout of a log of events, which has no header to know it by."""
_EVENT = re.compile(r"\d{10}(?:\.\d+)?\|[^|]*\|[^|]*\|[^|]*\|[A-Z]+(?:\||$)")


def opened(path: Path, sheet: str | None) -> tuple[Intake, list[str]]:
    """Return what opens a file: encoding, separator, sheet and header row, or the preset of a log, and the reasons.

    Raises
    ------
    InputError
        If the file cannot be read at all.
    """
    if path.suffix.lower() in WORKBOOKS:
        return _workbook(path, sheet)
    encoding = likely_encoding(read_bytes(path))
    own = None if encoding == DEFAULT_ENCODING else encoding
    lines = decoded(path, encoding).splitlines()[:LOOK]
    if any(lines) and all(_EVENT.match(line) for line in lines if line):
        return Intake(files=(path.name,), encoding=own, preset=QUEUE_LOG), ["a queue_log of Asterisk, an event a row"]
    widest = max(lines, key=lambda line: len(line.split(sniff_separator(line))), default="")
    separator = sniff_separator(widest)
    rows = list(csv.reader(io.StringIO("\n".join(lines)), delimiter=separator))
    row = header_row(rows, list(range(1, len(lines) + 1)))
    intake = Intake(files=(path.name,), encoding=own, separator=None if separator == "," else separator, header_row=row)
    return intake, [f"encoding {encoding}, separator {separator!r}, header in row {row}"]


def text_cells(path: Path, intake: Intake) -> pd.DataFrame:
    """Return the cells of an opened file (of a workbook's first sheet that is read) as text."""
    if path.suffix.lower() in WORKBOOKS:
        return read_sheet(path, sheet=None if intake.sheet == "*" else intake.sheet, header_row=intake.header_row)
    return read_text(
        path, encoding=intake.encoding or DEFAULT_ENCODING, separator=intake.separator, header_row=intake.header_row
    )


def header_row(rows: list[list[str]], numbers: list[int]) -> int:
    """Return the number of the first row as wide as the widest that holds no number, unless it heads a matrix."""
    widest = max((sum(bool(str(c).strip()) for c in r) for r in rows), default=0)
    for row, number in zip(rows, numbers, strict=False):
        full = [str(c).strip() for c in row if str(c).strip()]
        plain = not any(c.replace(".", "").replace(",", "").isdigit() for c in full)
        if len(full) >= max(2, widest - 1) and (plain or spread_over(full) is not None):
            return _below_groups(rows, numbers, number)
    return 1


def _below_groups(rows: list[list[str]], numbers: list[int], number: int) -> int:
    """Return the row of a header, or of the next row where the first names groups over the names of that."""
    at = numbers.index(number)
    first, following = ([str(c).strip() for c in row] for row in (*rows, [])[at : at + 2])
    grouped = len({*first} - {""}) < len([c for c in first if c])
    named = all(c and not any(map(str.isdigit, c)) for c in following)
    return numbers[at + 1] if grouped and following and named else number


def _workbook(path: Path, sheet: str | None) -> tuple[Intake, list[str]]:
    """Open a workbook: all its sheets where they share the header of the first."""
    names = sheet_names(path)
    if not names or (sheet is not None and sheet not in names):
        read_sheet(path, sheet=sheet)  # raises what is missing
    heads = {name: _head(cells) for name, cells in sheet_heads(path, [sheet] if sheet else names, HEAD_ROWS).items()}
    if sheet is None and len(names) > 1 and not _recognised(heads[names[0]][1]):
        sheet = max(names, key=lambda name: _recognised(heads[name][1]))
    row, head = heads[sheet or names[0]]
    told = [f"a workbook, header in row {row}"]
    if sheet is not None and len(names) > 1:
        told.append(f"only its sheet {sheet!r} is read, not {', '.join(n for n in names[:LOOK] if n != sheet)}")
    if sheet is None and len(names) > 1:
        others = ", ".join(names[1:LOOK])
        if all(heads[name] == (row, head) for name in names[1:]):
            sheet = "*"
            told.append(f"its sheets {names[0]}, {others} have the same columns; all are read")
        else:
            told.append(f"only its first sheet {names[0]!r} is read, not {others}; sheet names another")
    return Intake(files=(path.name,), sheet=sheet, header_row=row), told


def _recognised(head: list[str]) -> int:
    """Return how many columns of a header are known."""
    found = recognised(head)
    return len(found.columns) + sum(name is not None for name in (found.start, found.date, found.time))


def _head(cells: pd.DataFrame) -> tuple[int, list[str]]:
    """Return the number of a sheet's header row, and its cells."""
    row = header_row([list(r) for r in cells.head(LOOK).itertuples(index=False)], list(cells.index[:LOOK]))
    return row, list(map(str, cells.loc[row])) if row in cells.index else []

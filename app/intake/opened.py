"""An export opened for a guess: its encoding, separator, sheets and header row, each with its reason."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from .cells import text_cells as laid_out
from .dates import HOLDS_DATE
from .excel import WORKBOOKS, read_sheet, sheet_heads, sheet_names
from .mapping import DEFAULT_ENCODING, Intake
from .text import decoded, likely_encoding, read_bytes, sniff_separator
from .wide import spread_over
from .words import recognised

LEAST = 2
"""Names that are known, at least, by which a row shows itself as the header."""
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
    head = header_of(rows, list(range(1, len(lines) + 1)))
    intake = Intake(files=(path.name,), encoding=own, separator=None if separator == "," else separator, **head.keys)
    return intake, [f"encoding {encoding}, separator {separator!r}, {head}"]


def text_cells(path: Path, intake: Intake) -> pd.DataFrame:
    """Return the cells of an opened file (of a workbook's first sheet that is read) as text."""
    return laid_out(path, intake.resolved())


@dataclass(frozen=True)
class Head:
    """Where the header of a table stands.

    Attributes
    ----------
    row, rows
        Its first row, and how many there are; none where the file begins with data.
    names
        The cells of its last row.
    """

    row: int
    rows: int = 1
    names: tuple[str, ...] = ()

    @property
    def keys(self) -> dict[str, Any]:
        """The keys of `Intake` that say so."""
        rows = {"header_rows": self.rows} if self.rows > 1 else {"header": False} if not self.rows else {}
        return {"header_row": self.row, **rows}

    def __str__(self) -> str:
        if not self.rows:
            return f"no header, data from row {self.row} on"
        return f"header in row {self.row}" + (f" and {self.row + 1}, groups of columns above" if self.rows > 1 else "")


def header_of(rows: list[list[str]], numbers: list[int]) -> Head:
    """Return where the header stands: the row with the most names that are known, or that heads a matrix.

    Where hardly any name is known, the header is the first row as wide as the widest that holds no number and no date;
    without such a row the file has no header.
    """
    cells = [[str(c).strip() for c in row] for row in rows]
    full = [[c for c in row if c] for row in cells]
    known = [0 if any(map(_is_figure, row)) else len(recognised(row)) for row in full]
    widest = max(map(len, full), default=0)
    best = max(range(len(full)), key=lambda k: (known[k], -k), default=0)
    matrix = next((k for k, row in enumerate(full) if len(row) >= max(2, widest - 1) and spread_over(row)), None)
    if matrix is not None and (not full or known[best] <= max(known[matrix], 2)):
        return Head(numbers[matrix], 1, tuple(cells[matrix]))
    if not full or known[best] < LEAST:
        wide = [k for k, row in enumerate(full) if len(row) >= max(2, widest - 1)]
        plain = [k for k in wide if not any(map(_is_figure, full[k]))]
        if not plain:
            dated = bool(wide) and any(HOLDS_DATE.search(c) for c in full[wide[0]])
            return Head(numbers[wide[0]], 0) if dated else Head(1)
        best = plain[0]
    row = full[best]
    twice = len({*row}) < len(row)
    above = full[best - 1] if best else []
    below = full[best + 1] if best + 1 < len(full) else []
    if twice and len(above) >= 2 and not any(map(_is_figure, above)):
        return Head(numbers[best - 1], 2, tuple(cells[best]))
    grouped = len(row) < len(below) and len(below) >= widest - 1
    if (twice or grouped) and len(below) >= 2 and all(not any(map(str.isdigit, c)) for c in below):
        return Head(numbers[best], 2, tuple(cells[best + 1]))
    return Head(numbers[best], 1, tuple(cells[best]))


def _is_figure(cell: str) -> bool:
    """Whether a cell is a number or holds a date: no header does."""
    return cell.replace(".", "").replace(",", "").isdigit() or HOLDS_DATE.search(cell) is not None


def _workbook(path: Path, sheet: str | None) -> tuple[Intake, list[str]]:
    """Open a workbook: all its sheets that have the header of the one whose names are known best."""
    names = sheet_names(path)
    if not names or (sheet is not None and sheet not in names):
        read_sheet(path, sheet=sheet)  # raises what is missing
    heads = {name: _head(cells) for name, cells in sheet_heads(path, [sheet] if sheet else names, HEAD_ROWS).items()}
    main = max(heads, key=lambda name: (len(recognised(heads[name].names)), -names.index(name)))
    head = heads[main]
    alike = [name for name in heads if _alike(heads[name], head)]
    told = [f"a workbook, {head}"]
    others = [name for name in names if name not in alike]
    key: str | tuple[str, ...] | None = main
    if len(names) == 1:
        key = None
    elif len(alike) == len(names):
        key = "*"
        told.append(f"its sheets {', '.join(names[:LOOK])} have the same columns; all are read")
    elif len(alike) > 1:
        key = tuple(alike)
        told.append(f"its sheets {', '.join(alike[:LOOK])} have the same columns and are read, not {_few(others)}")
    else:
        told.append(f"only its sheet {main!r} is read, not {_few(others)}; sheet names another")
    return Intake(files=(path.name,), sheet=key, **head.keys), told


def _few(names: list[str]) -> str:
    return ", ".join(names[:LOOK]) + (" …" if len(names) > LOOK else "")


def _alike(one: Head, other: Head) -> bool:
    """Whether two sheets can be read as one: the same names in the same rows, in any order."""
    return (one.row, one.rows, sorted(one.names)) == (other.row, other.rows, sorted(other.names))


def _head(cells: pd.DataFrame) -> Head:
    """Return the header of a sheet."""
    return header_of([list(r) for r in cells.head(LOOK).itertuples(index=False)], list(cells.index[:LOOK]))

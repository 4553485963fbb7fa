"""One calls file, or one sheet of a workbook, as text cells under the file's own column names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from ...forecast.errors import InputError
from .excel import WORKBOOKS, read_sheet
from .mapping import Layout
from .names import find_column
from .text import numbered, read_text

FILE, SHEET = "=file", "=sheet"
"""How keys of `Intake` name the name of the file (without its suffix) or of the sheet."""
JOINT = " + "
"""What parts the columns that together hold a date, or a time of day."""


def text_cells(path: Path, layout: Layout) -> pd.DataFrame:
    """Return a file's text cells, index "row"; headers of several rows are joined, names and parts of dates added.

    Errors: those of `read_text` and `read_sheet`.
    """
    header = layout.header and layout.header_rows == 1
    if path.suffix.lower() in WORKBOOKS:
        first: str | None = layout.sheet[0] if isinstance(layout.sheet, tuple) else layout.sheet
        sheet = None if first == "*" else first
        cells = read_sheet(path, sheet=sheet, header=header, header_row=layout.header_row)
    else:
        cells = read_text(
            path, encoding=layout.encoding, separator=layout.separator, header=header, header_row=layout.header_row
        )
    if layout.header and not header:
        cells = _headed(cells, layout.header_rows, path)
    used = (layout.columns.get("queue"), layout.date_column, *layout.parts)
    for name, value in ((FILE, path.stem), (SHEET, layout.sheet if isinstance(layout.sheet, str) else "")):
        if name in used:
            cells = cells.assign(**{name: value})
    for whole, mark in ((layout.date_column, "-"), (layout.time_column, ":")):
        if whole is not None and JOINT in whole and find_column(whole, list(cells.columns)) is None:
            cells = _joined(cells, whole, mark)
    return cells


def _headed(cells: pd.DataFrame, rows: int, path: Path) -> pd.DataFrame:
    """Return cells whose first rows are the header: a name of a group stands over its columns, and goes before them."""
    if len(cells) <= rows:
        raise InputError("no data below the header", file=path, mend="Check header_row and header_rows in [intake]")
    head = cells.iloc[:rows].copy()
    for at in range(rows - 1):  # the last column of a group is the last before the next name
        head.iloc[at] = pd.Series(head.iloc[at].to_numpy()).replace("", None).ffill().fillna("").to_numpy()
    ungrouped = [bool((cells[column].iloc[: rows - 1] == "").all()) for column in cells.columns]
    names = []
    for column, alone in zip(head.columns, _before_groups(ungrouped), strict=True):
        own = [str(name) for name in head[column]]
        names.append(own[-1] if alone else " ".join(filter(None, own)))
    body = cells.iloc[rows:].copy()
    body.columns = pd.Index(names)
    return numbered(body, first=0, header=True).set_axis(body.index) if body.columns.has_duplicates else body


def _before_groups(ungrouped: Sequence[bool]) -> list[bool]:
    """Return which columns stand before the first group: nothing is written above their names."""
    out, before = [], True
    for blank in ungrouped:
        before = before and blank
        out.append(before)
    return out


def _joined(cells: pd.DataFrame, name: str, mark: str) -> pd.DataFrame:
    """Return cells with a column more that joins those named; numbers of one digit get a zero, as in 8:05."""
    columns = [find_column(part.strip(), list(cells.columns)) for part in name.split(JOINT)]
    if None in columns:
        return cells  # the column is missed where it is needed
    parts = [cells[str(column)].str.replace(r"^(\d)$", r"0\1", regex=True) for column in columns]
    whole = parts[0]
    for part in parts[1:]:
        whole = whole + mark + part
    return cells.assign(**{name: whole.where((cells[list(map(str, columns))] != "").all(axis=1), "")})

"""Sheets of workbooks as text cells; a workbook is measured before it is opened."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import pandas as pd
from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from ...forecast.errors import InputError
from ...forecast.reading import Wrong, file_bytes, reading
from .names import nearest
from .sheets import error_cells, refuse_bad_sheet
from .text import MISSING, numbered

WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
MOST_BYTES = 300_000_000
"""Bytes of a workbook, unpacked, at most: more would fill the memory when read."""
MOST_RATIO = 200
"""Unpacked size over packed size, at most: honest workbooks stay far below, archives made to harm lie far above."""
_MEND = "Save it again as xlsx or CSV"
BAD_WORKBOOK: tuple[Wrong, ...] = (
    (PasswordError, "workbook is protected by a password", "Save it without one"),
    (CalamineError, "not a workbook that can be read ({})", _MEND),
    (zipfile.BadZipFile, "not a workbook ({})", _MEND),
    (EOFError, "not a workbook ({})", _MEND),
    (OSError, "not a workbook ({})", _MEND),
    (ValueError, "not a workbook ({})", _MEND),
)
"""What the libraries raise on damaged workbooks; the file itself could be read just before."""


def refuse_bomb(path: Path) -> None:
    """Raise `InputError` when a zipped workbook would unpack to over 300 MB or 200 times its size, or is damaged.

    The sizes are the archive's own claims, read without unpacking anything; the check of the contents that follows
    stops at those sizes, so a false claim shows as damage.
    """
    if path.suffix.lower() == ".xls":
        return
    with reading(path, also=BAD_WORKBOOK):
        known = path.stat()
        _refuse_bomb(path, known.st_mtime_ns, known.st_size)


@lru_cache(maxsize=64)
def _refuse_bomb(path: Path, _changed_ns: int, size: int) -> None:
    """Test an archive; one that stays as it is only once."""
    with reading(path, also=BAD_WORKBOOK), zipfile.ZipFile(path) as archive:
        total = sum(member.file_size for member in archive.infolist())
        ratio = total / max(1, size)
        if total > MOST_BYTES or ratio > MOST_RATIO:
            raise InputError(
                f"workbook unpacks to {total / 1e6:.0f} MB, {ratio:.0f} times its size",
                file=path,
                mend=f"At most {MOST_BYTES // 1_000_000} MB and {MOST_RATIO} times are opened; export it as CSV",
            )
        damaged = archive.testzip()
    if damaged is not None:
        raise InputError(f"workbook is damaged (in {damaged})", file=path, mend="Save it again as xlsx or CSV")


def sheet_names(path: Path) -> list[str]:
    """Return the names of a workbook's sheets; errors are those of `read_sheet`."""
    file_bytes(path, unpack=False, mend=MISSING.format(path.name, path.parent.name or "the folder"))
    refuse_bomb(path)
    with reading(path, also=BAD_WORKBOOK), CalamineWorkbook.from_path(path) as book:
        return list(book.sheet_names)


def sheet_heads(path: Path, names: Sequence[str], rows: int) -> dict[str, pd.DataFrame]:
    """Return the first rows of sheets as `read_sheet` does without a header; errors are its own, but for empty sheets.

    The workbook is opened once.
    """
    file_bytes(path, unpack=False, mend=MISSING.format(path.name, path.parent.name or "the folder"))
    refuse_bomb(path)
    heads = {}
    with reading(path, also=BAD_WORKBOOK), CalamineWorkbook.from_path(path) as book:
        for name in names:
            refuse_bad_sheet(path, name)
            cells = book.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=rows)
            frame = pd.DataFrame([[_text(cell) for cell in row] for row in cells], dtype="str")
            heads[name] = numbered(frame, first=1, header=False)
    return heads


def read_sheet(path: Path, *, sheet: str | None = None, header: bool = True, header_row: int = 1) -> pd.DataFrame:
    """Read a sheet with every cell as text: dates as ISO 8601, durations as H:MM:SS, blanks as "".

    Parameters
    ----------
    sheet
        Name of the sheet; None = the first.
    header, header_row
        As for text files; the index "row" counts as the spreadsheet does.

    Raises
    ------
    InputError
        If the file is missing, no workbook, damaged, protected, a bomb, holds no such sheet, no data, or formulas that
        were saved without their values.
    """
    file_bytes(path, unpack=False, mend=MISSING.format(path.name, path.parent.name or "the folder"))
    refuse_bomb(path)
    with reading(path, also=BAD_WORKBOOK), CalamineWorkbook.from_path(path) as book:
        if not book.sheet_names:
            raise InputError("workbook has no sheet", file=path, mend="Save it again as xlsx or CSV")
        if sheet is not None and sheet not in book.sheet_names:
            raise InputError(
                "no such sheet",
                file=path,
                column="intake.sheet",
                value=sheet,
                mend=nearest(sheet, book.sheet_names),
            )
        name = sheet or book.sheet_names[0]
        refuse_bad_sheet(path, name)
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for (row, column), error in error_cells(path, name).items():
            if row < len(rows) and column < len(rows[row]):
                rows[row][column] = error
    body = [[_text(cell) for cell in row] for row in rows[header_row - 1 :]]
    if len(body) <= bool(header):
        raise InputError(
            "sheet has no data",
            file=path,
            value=name,
            mend="It needs a header row and data; name another in intake.sheet",
        )
    frame = pd.DataFrame(body[bool(header) :], columns=body[0] if header else None, dtype="str")
    return numbered(frame, first=header_row + bool(header), header=header)


def _text(cell: object) -> str:
    if isinstance(cell, float):
        return f"{cell:.15g}"
    if isinstance(cell, dt.datetime):
        return (cell + dt.timedelta(microseconds=500_000)).replace(microsecond=0).isoformat(sep=" ")
    if isinstance(cell, dt.timedelta):
        total = round(cell.total_seconds())
        return f"{total // 3600}:{total // 60 % 60:02d}:{total % 60:02d}"
    if isinstance(cell, dt.time):
        total = round(cell.hour * 3600 + cell.minute * 60 + cell.second + cell.microsecond / 1e6)
        return f"{total // 3600:02d}:{total // 60 % 60:02d}:{total % 60:02d}"
    return str(cell)

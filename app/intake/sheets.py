"""Checks of an xlsx sheet before reading: how far its cells reach, and formulas never computed."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

from ...forecast.errors import InputError

_NAMES = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_EMPTY = re.compile(rb"<c\b([^>]*)>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>")
_CELL = re.compile(rb'<c\b[^>]*?\br="([A-Z]{1,3})(\d{1,7})"')
_PIECE, _OVERLAP = 1 << 22, 1 << 16
"""Bytes of a sheet looked at together, and those carried over, so that no cell is cut in two."""
MOST_CELLS = 20_000_000
"""Cells of the rectangle that a sheet spans, at most: more would fill the memory."""


def refuse_bad_sheet(path: Path, sheet: str) -> None:
    """Raise `InputError` on a formula cell without a value, and on cells so far apart that they would fill the memory.

    Readers hold the whole rectangle from the first to the last cell. Numbers that a writing program stored as
    placeholders (0) cannot be told from results.
    """
    if path.suffix.lower() not in (".xlsx", ".xlsm"):
        return
    with zipfile.ZipFile(path) as archive:
        member = _member(archive, sheet)
        if member is None:
            return
        with archive.open(member) as file:
            tail, wide, high = b"", 0, 0
            while piece := file.read(_PIECE):
                text = tail + piece
                found = _EMPTY.search(text)
                if found:
                    raise _formula(path, found[1])
                cells = _CELL.findall(text)
                wide = max([wide, *map(_column, {letters for letters, _ in cells})])
                high = max([high, *(int(row) for _, row in cells[-1:])])
                if wide * high > MOST_CELLS:
                    what = f"cells reach to column {wide}, row {high}"
                    raise InputError(
                        what, file=path, value=sheet, mend="Delete what lies outside the table, or export CSV"
                    )
                tail = text[-_OVERLAP:]


def _formula(path: Path, attributes: bytes) -> InputError:
    cell = re.search(rb'\br="([A-Z]+)(\d+)"', attributes)
    row, column = (int(cell[2]), cell[1].decode()) if cell else (None, None)
    mend = "Open it in a spreadsheet program and save it, or export the values"
    return InputError("formula without a value", file=path, row=row, column=column, mend=mend)


def _column(letters: bytes) -> int:
    """Return a column's number: A is 1."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _member(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """Return the archive's member that holds a sheet."""
    names = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return None
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    relation = next(
        (s.get(_RELATION) for s in book.iterfind("m:sheets/m:sheet", _NAMES) if s.get("name") == sheet), None
    )
    for link in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels")):
        if link.get("Id") == relation:
            target = (link.get("Target") or "").lstrip("/")
            return next((t for t in (target, f"xl/{target}") if t in names), None)
    return None

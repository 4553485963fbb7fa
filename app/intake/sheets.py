"""Checks of an xlsx sheet before reading: how far its cells reach, and formulas never computed."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from ...forecast.errors import InputError

_NAMES = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_EMPTY = re.compile(rb"<c\b([^>]*)>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>")
_CELL = re.compile(rb'<c\b[^>]*?\br="([A-Z]{1,3})(\d{1,7})"')
_ERROR = re.compile(
    rb'<c\b(?=[^>]*\bt="e")[^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>]*>(?:<f\b[^>]*/>|<f\b[^>]*>[^<]*</f>)?\s*<v>([^<]*)</v>'
)
_PIECE, _OVERLAP = 1 << 22, 1 << 16
"""Bytes of a sheet looked at together, and those carried over, so that no cell is cut in two."""
MOST_CELLS = 5_000_000
"""Cells of the rectangle that a sheet spans, at most: twenty years of half-hours in ten columns are a third of that,
and each takes some hundred bytes when read."""
_SHARED = re.compile(rb'<c\b[^>]*\bt="s"[^>]*>\s*<v>(\d{1,9})</v>')
_TEXT = re.compile(rb"<si\b[^>]*>(.*?)</si>|<si\b[^>]*/>", re.DOTALL)
MOST_TEXT = 500_000_000
"""Bytes of the texts of all cells, at most: a workbook holds a text once, however many cells show it."""


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
            tail, wide, high, cells, told = b"", 0, 0, 0, 0
            sizes = _text_sizes(archive)
            while piece := file.read(_PIECE):
                text = tail + piece
                cells += piece.count(b"<c ") + piece.count(b"<c>")
                if len(sizes):
                    shown = np.array(_SHARED.findall(piece), dtype=np.int64)
                    told += int(sizes[shown[shown < len(sizes)]].sum())
                found = _EMPTY.search(text)
                if found:
                    raise _formula(path, found[1])
                named = _CELL.findall(text)
                wide = max([wide, *map(_column, {letters for letters, _ in named})])
                high = max([high, *(int(row) for _, row in named[-1:])])
                for beyond, what in (
                    (wide * high > MOST_CELLS, f"cells reach to column {wide}, row {high}"),
                    (cells > MOST_CELLS, f"more than {MOST_CELLS:,} cells"),
                    (told > MOST_TEXT, f"its cells show more than {MOST_TEXT // 1_000_000} MB of text"),
                ):
                    if beyond:
                        mend = "Delete what lies outside the table, or export CSV"
                        raise InputError(what, file=path, value=sheet, mend=mend)
                tail = text[-_OVERLAP:]


def error_cells(path: Path, sheet: str) -> dict[tuple[int, int], str]:
    """Return the errors, such as #DIV/0!, that cells of an xlsx sheet show, by row and column from 0.

    The library that reads workbooks tells them as blanks. The sheet was measured before (`refuse_bad_sheet`).
    """
    if path.suffix.lower() not in (".xlsx", ".xlsm"):
        return {}
    with zipfile.ZipFile(path) as archive:
        member = _member(archive, sheet)
        text = archive.read(member) if member is not None else b""
    found = _ERROR.findall(text) if b't="e"' in text else []
    return {(int(row) - 1, _column(letters) - 1): shown.decode("utf-8", "replace") for letters, row, shown in found}


def _text_sizes(archive: zipfile.ZipFile) -> np.ndarray:
    """Return the bytes of each text that cells may show by its number; none where all of them are short."""
    if "xl/sharedStrings.xml" not in archive.namelist():
        return np.zeros(0, dtype=np.int64)
    sizes = np.array([len(text) for text in _TEXT.findall(archive.read("xl/sharedStrings.xml"))], dtype=np.int64)
    return sizes if sizes.max(initial=0) * MOST_CELLS > MOST_TEXT else sizes[:0]


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

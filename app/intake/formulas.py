"""Formulas that a workbook was saved with but never computed: their cells would read as blank or zero."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

from ...forecast.errors import InputError

_NAMES = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_EMPTY = re.compile(rb"<c\b([^>]*)>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>")
_PIECE, _OVERLAP = 1 << 22, 1 << 16


def refuse_empty_formulas(path: Path, sheet: str) -> None:
    """Raise `InputError` naming the first formula cell without a value on a sheet of an xlsx file.

    Numbers that a writing program stored as placeholders (0) cannot be told from results.
    """
    if path.suffix.lower() not in (".xlsx", ".xlsm"):
        return
    with zipfile.ZipFile(path) as archive:
        member = _member(archive, sheet)
        if member is None:
            return
        with archive.open(member) as file:
            tail = b""
            while piece := file.read(_PIECE):
                found = _EMPTY.search(tail + piece)
                if found:
                    cell = re.search(rb'\br="([A-Z]+)(\d+)"', found[1])
                    raise InputError(
                        "formula without a value",
                        file=path,
                        row=int(cell[2]) if cell else None,
                        column=cell[1].decode() if cell else None,
                        mend="Open it in a spreadsheet program and save it, or export the values",
                    )
                tail = (tail + piece)[-_OVERLAP:]


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

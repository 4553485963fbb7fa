"""Where the tables about people lie in a planner's folder: files, whatever the case of their names, or sheets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...forecast.errors import InputError
from ...forecast.reading import reading
from ..intake.excel import WORKBOOKS, sheet_names
from ..intake.files import OPEN_ELSEWHERE
from ..intake.names import folded

BOOKS = ("staff", "people")
"""Names of workbooks whose sheets are looked through for all tables."""
OTHER_NAMES: Mapping[str, tuple[str, ...]] = {
    "staff.csv": ("agents", "employees", "people", "team", "mitarbeiter"),
    "leave.csv": ("time off", "timeoff", "absences", "absence", "vacation", "vacations", "pto", "urlaub"),
    "availability.csv": ("availabilities", "available", "unavailability", "verfuegbarkeit"),
    "wishes.csv": ("preferences", "preference", "requests", "wishlist", "wuensche"),
    "fixed.csv": ("fixed shifts", "locked", "locks", "pinned"),
    "special_days.csv": ("holidays", "closures"),
}
"""Names, folded, under which others keep these tables."""


@dataclass(frozen=True)
class Place:
    """Where a table lies; `sheet` None = in a text file."""

    path: Path
    sheet: str | None = None


def places_of(folder: Path, names: Sequence[str]) -> tuple[dict[str, Place], list[str]]:
    """Return where each table of `names` lies that is there, and notes on what is left aside.

    A file under the very name counts first, then one that differs by capitals alone, then a workbook of that name, then
    a sheet of that name in a workbook of `BOOKS`.

    Raises
    ------
    InputError
        If two files differ by capitals alone.
    """
    if not folder.is_dir():
        return {}, []
    with reading(folder):
        entries = sorted(p for p in folder.iterdir() if not p.name.startswith(OPEN_ELSEWHERE))
    found: dict[str, Place] = {}
    notes = []
    books = [p for p in entries if p.suffix.lower() in WORKBOOKS]
    for name in names:
        table = name.removesuffix(".csv")
        files = [p for p in entries if p.name.casefold() == name]
        if len(files) > 1:
            both = " and ".join(p.name for p in files)
            raise InputError(f"two files that differ by capitals alone: {both}", file=files[0], mend="Keep one of them")
        own = [p for p in books if folded(p.stem) == folded(table)]
        if len(own) > 1:
            both = " and ".join(p.name for p in own)
            raise InputError(f"two workbooks of one table: {both}", file=own[0], mend="Keep one of them")
        if files:
            found[name] = Place(files[0])
            notes += [f"{p.name} is not read: {files[0].name} is" for p in own]
        elif own:
            found[name] = Place(own[0], _own_sheet(own[0], table))
    _add_sheets(found, names, books, notes)
    return found, notes + _not_read(entries, names, found)


def place_of(path: Path, table: str) -> Place:
    """Return the place of a table in a file that somebody named: its sheet, in a workbook."""
    return Place(path, _own_sheet(path, table) if path.suffix.lower() in WORKBOOKS else None)


def _own_sheet(path: Path, table: str) -> str:
    """Return the sheet named after the table, else the first one."""
    sheets = sheet_names(path)
    return next((s for s in sheets if folded(s) == folded(table)), sheets[0] if sheets else table)


def _add_sheets(found: dict[str, Place], names: Sequence[str], books: Sequence[Path], notes: list[str]) -> None:
    """Add the sheets of workbooks of people that are named after tables, and note what is left aside."""
    wanted = {folded(name.removesuffix(".csv")): name for name in names}
    for book in (p for p in books if folded(p.stem) in BOOKS):
        if any(place.path.name.casefold() == f"{book.stem}.csv".casefold() for place in found.values()):
            continue  # a text file stands in its place, which is noted
        for sheet in sheet_names(book):
            name = wanted.get(folded(sheet))
            if name is not None and name not in found:
                found[name] = Place(book, sheet)
            elif Place(book, sheet) not in found.values():
                instead = f": {found[name].path.name} is" if name is not None else ""
                notes.append(f"sheet {sheet!r} of {book.name} is not read{instead}")


def _not_read(entries: Sequence[Path], names: Sequence[str], found: Mapping[str, Place]) -> list[str]:
    """Tell the files that others would call one of these tables, and that nobody reads."""
    taken = {place.path for place in found.values()}
    return [
        f"{p.name} is not read: is it {name}?"
        for p in entries
        if p not in taken and p.suffix.lower() in (".csv", ".txt", ".tsv", *WORKBOOKS)
        for name in names
        if name not in found and folded(p.stem) in OTHER_NAMES.get(name, ())
    ]

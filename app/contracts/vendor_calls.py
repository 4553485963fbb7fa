"""Calls of several vendors: a file or more for each in ``calls/``, or one ``calls.csv`` with a column of vendors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from ...forecast.errors import InputError
from ...forecast.tables import texts
from ...forecast.text import alike, spelled
from ..config.contract_toml import ContractFile
from ..inputs.snapshot import InputFile
from ..intake.cells import text_cells
from ..intake.excel import WORKBOOKS
from ..intake.files import OPEN_ELSEWHERE
from ..intake.mapping import Intake
from ..intake.names import find_column
from .calls import read_contract_calls

CALLS, TOGETHER, VENDOR = "calls", "calls.csv", "vendor"
ENDINGS = (".csv", ".tsv", ".txt", ".gz", *WORKBOOKS)
"""Endings of files of calls; others in the folder are no calls."""
_TIME = re.compile(r"[ _.-]+(?:19|20)\d\d(?:[ _.-]?(?:[wq]?\d+|[a-z]{3}))*$", re.IGNORECASE)
"""The time that a file's name may end with: ``north_2026-10``, ``north 2026-W41``, ``north_2026Q3``."""


@dataclass(frozen=True, eq=False)
class VendorCalls:
    """The calls of vendors.

    Attributes
    ----------
    calls
        Vendor → calls per interval, or single calls; times in the contract's zone.
    names
        Vendor → names of its files.
    files
        The files as they were read, by the name under which a run keeps them.
    notes
        What reading found and did, each a sentence without its point.
    """

    calls: Mapping[str, pd.DataFrame] = field(repr=False)
    names: Mapping[str, tuple[str, ...]]
    files: Mapping[str, InputFile] = field(repr=False)
    notes: tuple[str, ...]


def vendor_of(name: str) -> str:
    """Return the vendor that the name of a file tells: what stands before the ending, and before a time.

    Examples
    --------
    >>> vendor_of("north_2026-10.csv"), vendor_of("south.xlsx"), vendor_of("site_2.csv.gz")
    ('north', 'south', 'site_2')
    """
    stem = name
    while Path(stem).suffix.lower() in ENDINGS:
        stem = Path(stem).stem
    return spelled(_TIME.sub("", stem))


def read_vendor_calls(folder: Path, contract: ContractFile) -> VendorCalls:
    """Read the calls of all vendors of a folder; none where it has none.

    Raises
    ------
    InputError
        If calls lie in both places, a vendor is blank or two are alike, and on whatever reading calls refuses.
    """
    together, apart = folder / TOGETHER, folder / CALLS
    if together.exists() and apart.exists():
        mend = f"Keep {TOGETHER}, with its column {VENDOR}, or the folder {CALLS}"
        raise InputError(f"calls lie in {TOGETHER} and in the folder {CALLS}", file=together, mend=mend)
    if together.exists():
        return _together(together, contract)
    if not apart.is_dir():
        return VendorCalls({}, {}, {}, ("there are no calls: goals counted from calls have no figure",))
    by_vendor: dict[str, list[Path]] = {}
    for path in sorted(apart.iterdir()):
        if path.suffix.lower() in ENDINGS and not path.name.startswith((OPEN_ELSEWHERE, ".")):
            by_vendor.setdefault(vendor_of(path.name), []).append(path)
    if not by_vendor:
        mend = "Put a file of calls for each vendor there, named after the vendor: calls/north.csv"
        raise InputError("no file of calls", file=apart, mend=mend)
    _refuse_alike(list(by_vendor), apart)
    calls, notes = {}, []
    for vendor, paths in by_vendor.items():
        calls[vendor], found = _read(contract, paths)
        notes += [f"{vendor}: {text}" for text in found]
    files = {f"{CALLS}_{p.name}": InputFile.read(p) for paths in by_vendor.values() for p in paths}
    names = {vendor: tuple(p.name for p in paths) for vendor, paths in by_vendor.items()}
    return VendorCalls(calls, names, files, tuple(notes))


def _together(path: Path, contract: ContractFile) -> VendorCalls:
    """Read one file with a column of vendors."""
    layout = contract.intake or Intake()
    cells = text_cells(path, layout.resolved())
    column = find_column(VENDOR, list(cells.columns))
    if column is None:
        mend = f"Add the column {VENDOR}, or put a file for each vendor into the folder {CALLS}"
        raise InputError(f"column {VENDOR!r} is missing", file=path, value=", ".join(cells.columns), mend=mend)
    if (cells[column] == "").any():
        row = int(cells.index[int((cells[column] == "").to_numpy().argmax())])
        raise InputError("blank", file=path, row=row, column=column, mend="Write whose calls they are")
    own = texts(cells[column], column, path)
    found = {str(theirs): str(ours) for theirs, ours in zip(cells[column], own, strict=True)}
    _refuse_alike(list(dict.fromkeys(found.values())), path)
    calls, notes = {}, []
    for vendor in dict.fromkeys(found.values()):
        theirs = [cell for cell, ours in found.items() if ours == vendor]
        if len(theirs) > 1:
            raise InputError("a vendor written in two ways", file=path, column=column, value=", ".join(theirs),
                             mend="Write it alike in all rows")  # fmt: skip
        own_rows = replace(layout, filter={**layout.filter, column: theirs[0]})
        calls[vendor], told = _read(replace(contract, intake=own_rows), [path])
        notes += [f"{vendor}: {text}" for text in told]
    names = dict.fromkeys(calls, (path.name,))
    return VendorCalls(calls, names, {path.name: InputFile.read(path)}, tuple(notes))


def _read(contract: ContractFile, paths: list[Path]) -> tuple[pd.DataFrame, list[str]]:
    """Return the calls of one vendor and what reading found."""
    found = read_contract_calls(contract, paths)
    return found.calls, [note for note in found.notes if "intake.filter" not in note]


def _refuse_alike(vendors: list[str], path: Path) -> None:
    """Raise `InputError` where two vendors differ by case, width or invisible marks alone."""
    for one, other in alike(vendors):
        mend = "Give a vendor one name"
        raise InputError(f"vendors {one!r} and {other!r} look alike", file=path, column=VENDOR, mend=mend)

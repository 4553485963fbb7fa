"""The folder of an attainment: tables, summary, page and inputs, whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..files import write_atomic, write_csv
from ..folders.swap import put, work_folder
from ..folders.targets import followed
from ..publish.folder import beside_finished, finished, write_inputs
from .attain import Attained
from .attain_page import write_page
from .attain_summary import summarise
from .tables import tables_of


def publish(found: Attained, out: Path, log: Callable[[], list[str]] = list) -> tuple[Path, dict[str, Any]]:
    """Write the folder of an attainment in its place; returns the folder and the summary.

    Where the place holds what busyhour did not write, or a finished one while this one was stopped, the folder goes
    beside it; a note of the summary tells so.

    Raises
    ------
    InputError
        If nothing can have the name of the folder.
    OSError
        If a file cannot be written; nothing is published then.
    """
    place, tables, summary = followed(out), tables_of(found), summarise(found)
    notes = summary["notes"]
    asked = {"as_of": found.counts.until.isoformat(), "period": summary["period"]}
    with work_folder(place) as run:
        write_inputs(found.files, asked, run / "inputs")
        for name, table in tables.items():
            write_csv(run / f"{name}.csv", table)
        write_page(run, found, summary)

        def last(where: Path, why: str) -> None:
            """Tell in the folder what has become of it."""
            summary["notes"] = [*notes, *[f"{why}; this one is in {where}"] * bool(why)]
            write_atomic(run / "summary.json", json.dumps(summary, indent=2, allow_nan=False) + "\n")
            lines = [*log(), *(f"note: {note}" for note in summary["notes"])]
            write_atomic(run / "run.log", "".join(f"{line}\n" for line in lines).encode(errors="replace"))

        aside, keeps = ("stopped", finished) if found.stopped else ("", None)
        where = put(run, place, beside=aside, last=last, keeps=keeps)
    return where, summary


def place_of(found: Attained, out: Path) -> Path:
    """Return where an attainment goes: `out`, or beside it where a stopped one would replace a finished one."""
    place = followed(out)
    return beside_finished(place) if found.stopped else place


def usual_place(contract: Path, until: str) -> Path:
    """Return where the attainment of a contract goes: ``runs/attain-DATE`` beside the contract's file."""
    return contract.parent / "runs" / f"attain-{until}"

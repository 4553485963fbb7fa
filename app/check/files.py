"""The files of a run folder: those that busyhour wrote, unchanged, and the copies of the inputs by their hashes."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from ...schedule.judge.check import Violation
from ..config.plan_toml import PLAN
from ..folders.manifest import FILE as MANIFEST
from ..folders.manifest import Manifest
from ..inputs.arguments import ARGUMENTS, Arguments
from ..inputs.people import STAFF
from ..publish.content import MONEY

MOST_TOLD = 20
"""Files told one by one; a folder in which more are wrong is told by their number."""


def check_files(folder: Path) -> tuple[list[Violation], list[str]]:
    """Compare a run folder with its manifest: violations, and notes on files that others added.

    Raises
    ------
    InputError
        If there is a manifest that nobody can read.
    """
    manifest = Manifest.read(folder)
    if manifest is None:
        return [], [f"there is no {MANIFEST}: whether files were changed is not known"]
    wrong, added = [], []
    for name, what in manifest.differences(folder).items():
        if what == "added":
            added.append(f"{name} is not of busyhour")
        else:
            text = "is missing" if what == "missing" else "is not the file that busyhour wrote"
            wrong.append(Violation("files", "", "", f"{name} {text}"))
    more = len(wrong) - MOST_TOLD
    if more > 0:
        wrong[MOST_TOLD:] = [Violation("files", "", "", f"{more} more files are missing or changed")]
    return wrong, added


def check_inputs(
    folder: Path, summary: Mapping[str, Any], arguments: Arguments, contract: str | None = None
) -> list[Violation]:
    """Compare the copies of the inputs with the hashes that summary.json tells, and with what was asked for.

    Parameters
    ----------
    contract
        Name of the contract that the plan serves; None without one.
    """
    lack = (PLAN, STAFF, *([] if contract is None else [contract]))
    return [Violation("inputs", "", "", text) for text in _inputs(folder, summary, arguments, lack)]


def _inputs(folder: Path, summary: Mapping[str, Any], arguments: Arguments, may_lack: Collection[str]) -> Iterator[str]:
    yield from wrong_copies(folder, summary, may_lack)
    if arguments.week.isoformat() != summary.get("week"):
        yield f"inputs/{ARGUMENTS} asks for the week of {arguments.week}, the plan is of {summary.get('week')}"


def wrong_copies(folder: Path, summary: Mapping[str, Any], may_lack: Collection[str]) -> Iterator[str]:
    """Yield copies of inputs that are not the files which the plan was made from, and money where there is to be none.

    Parameters
    ----------
    may_lack
        Copies that differ from their source in a run without money.
    """
    hashes, redacted, shown = (summary.get(key) for key in ("input_hashes", "input_redacted", "wages_shown"))
    without = shown is False
    redacted = set(redacted or ()) & (set(may_lack) if without else set())  # no other copy differs from its source
    if not isinstance(hashes, dict) or not hashes:
        yield "summary.json tells no hashes of the inputs"
        return
    there = {p.name: p for p in (folder / "inputs").iterdir() if p.is_file() and p.name != ARGUMENTS}
    for name, digest in hashes.items():
        if name not in there:
            yield f"inputs/{name} is missing"
        elif name not in redacted and hashlib.sha256(there[name].read_bytes()).hexdigest() != digest:
            yield f"inputs/{name} is not the file that the plan was made from"
    for name in sorted(there.keys() - hashes.keys()):
        yield f"inputs/{name} was not there when the plan was made"
    if without and any(summary.get(key) is not None for key in MONEY):
        yield "summary.json tells amounts and says that the folder holds none"
    manifest = Manifest.read(folder)
    if manifest is not None and summary.get("wages_shown", manifest.wages) != manifest.wages:
        yield f"{MANIFEST} and summary.json do not agree on whether the folder holds wages"

"""The folder of a running day: tables, messages, summary and page, whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from ..files import write_atomic, write_csv
from ..folders.swap import foreign, put, work_folder
from ..folders.targets import followed
from .kept_actions import ACTIONS, CHANGES, changes_table
from .look import TodayLook
from .message import Message
from .notify import lines_of, read_lines
from .page import page_of
from .tables_of_day import actions_table, summary_of_look, today_table

MESSAGES = "messages.jsonl"


def usual_place(run: Path, date: str) -> Path:
    """Return where the folder of a day goes: ``today-DATE`` beside the run."""
    place = followed(run).resolve()
    return place.parent / f"today-{date}"


def said_before(out: Path, date: str, now: pd.Timestamp) -> tuple[Message, ...]:
    """Return the messages of a day that its folder holds from earlier looks; () where there is none of that day.

    A look that goes back in time knows nothing of what was said at later moments.

    Raises
    ------
    InputError
        If the folder's messages cannot be read.
    """
    if not (out / "manifest.json").is_file() or foreign(out):
        return ()
    mine = (m for m in read_lines(out / MESSAGES) if m.id.startswith(date) or m.at.startswith(date))
    return tuple(m for m in mine if pd.Timestamp(m.at) <= now)


def publish(
    look: TodayLook, out: Path, said: Sequence[Message], contract: Mapping[str, Any] | None, *, wages: bool
) -> tuple[Path, dict[str, Any]]:
    """Write the folder of a look in the place of the look before; returns the folder and the summary.

    Where the place holds what busyhour did not write the folder goes beside it, and the summary says so.

    Parameters
    ----------
    said
        All messages of the day so far.
    wages
        Whether costs are written.

    Raises
    ------
    InputError
        If nothing can have the name of the folder.
    OSError
        If a file cannot be written; nothing is published then.
    """
    place = followed(out)
    rows, actions, summary = today_table(look), actions_table(look), summary_of_look(look, contract)
    if not wages:
        actions = actions.drop(columns="cost")
        for point in summary["frontier"]:
            point.pop("cost")
    notes = summary["notes"]
    with work_folder(place) as work:
        write_csv(work / "today.csv", rows)
        write_csv(work / ACTIONS, actions)
        write_csv(work / CHANGES, changes_table(() if look.menu is None else look.menu.actions))
        write_atomic(work / MESSAGES, lines_of(said))
        write_atomic(work / "report.html", page_of(look, rows, said, contract, wages=wages))

        def last(where: Path, why: str) -> None:
            """Tell in the folder what has become of it."""
            summary["notes"] = [*notes, *[f"{why}; this day is in {where}"] * bool(why)]
            write_atomic(work / "summary.json", json.dumps(summary, indent=2, allow_nan=False) + "\n")

        return put(work, place, wages=wages, last=last), summary

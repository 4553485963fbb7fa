"""Logs with one row a call as a table of single calls, for what intervals cannot tell."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from ...forecast.errors import InputError
from .call_log import answered_of, without_copies
from .mapping import CALL_MARKS, Intake
from .merge import Notes
from .read import calls_files, sheets_of
from .rows import CALLS, read_rows

COLUMNS = ("queue", "start", "answered", "wait_s", "handle_s", *CALL_MARKS)
"""Columns of a single call, those that the files tell; start, answered and wait as in `schedule.contracts.outcomes`."""


def has_single_calls(intake: Intake) -> bool:
    """Whether the files of a layout have one row a call, or an event of a call."""
    return intake.resolved().one_row in CALLS


def read_single_calls(
    folder: Path, intake: Intake, *, zone: str | None, queues: tuple[str, ...] = ()
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read all calls files of a folder call by call; `zone` and `queues` as for `read.read_calls`.

    Returns
    -------
    calls : DataFrame
        `COLUMNS` that are known, one row a call, sorted by queue and start; the same call in two files that cover one
        time is kept once.
    quality : DataFrame
        What reading found and did (see `read.read_calls`).

    Raises
    ------
    InputError
        As `read.read_calls`.
    """
    layout, notes = intake.resolved(), Notes()
    files = calls_files(folder, intake)
    parts = [
        read_rows(path, replace(layout, sheet=sheet), zone, queues, notes).assign(file=i)
        for i, path in enumerate(files)
        for sheet in sheets_of(path, layout, notes)
    ]
    rows = pd.concat(parts, ignore_index=True)
    if rows.empty:
        mend = "Bring rows below the header, or check intake.filter and intake.queue_names"
        raise InputError("no row of calls", file=files[0], mend=mend)
    rows = without_copies(rows, notes)
    rows = rows.assign(answered=answered_of(rows))
    calls = rows[[c for c in COLUMNS if c in rows]].sort_values(["queue", "start"], ignore_index=True, kind="stable")
    return calls, notes.table(calls["start"], 0)

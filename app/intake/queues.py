"""Queues that are none of their own: the sum of the others, whose calls would count twice, or one in two spellings."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import pandas as pd

from ...forecast.errors import InputError
from .merge import Notes
from .names import folded
from .units import CONFIRM

LEAST_QUEUES, LEAST_ROWS = 3, 20
"""Queues, and intervals in which all three have a row, at least, before a sum can be no chance."""
EQUAL = 0.95
"""Share of the intervals, from 0 to 1, in which a queue is the sum of the others if it is their total."""


def refuse_alike(rows: pd.DataFrame, trust: Sequence[str], files: Sequence[Path]) -> None:
    """Raise `InputError` on two queues of the calls whose names differ by capitals or blanks alone.

    Parameters
    ----------
    rows
        Rows with queue (the planner's), theirs, file and row.
    """
    first: dict[str, str] = {}
    for name in map(str, rows["queue"].unique()):
        other = first.setdefault(folded(name), name)
        if other != name and "queue" not in trust:
            row = rows[rows["queue"] == name].iloc[0]
            raise InputError(
                f"two queues whose names differ by capitals or blanks alone: {other!r} and {name!r}",
                file=files[int(row["file"])],
                row=int(row["row"]),
                column="queue",
                value=name,
                mend=f'If they are one, write "{other}" = "{other}" and "{name}" = "{other}" in [intake.queue_names]; '
                + CONFIRM.format("queue"),
            )


def without_sum_queue(rows: pd.DataFrame, known: Collection[str], notes: Notes) -> pd.DataFrame:
    """Return the rows without the queue whose calls are, interval by interval, the sum of all others.

    Parameters
    ----------
    rows
        Rows with queue, theirs (the file's queue), start and offered.
    known
        Names of queues that the planner wrote: none of these is left out.
    """
    sums = rows.groupby("theirs", sort=False)["offered"].sum()
    if len(sums) < LEAST_QUEUES or (name := str(sums.idxmax())) in known:
        return rows
    own = rows["theirs"] == name
    others = rows[~own].groupby("start")["offered"].agg(["sum", "size"])
    calls = rows[own].groupby("start")["offered"].sum().rename("calls")
    both = others.join(calls, how="inner")
    both = both[(both["size"] >= LEAST_QUEUES - 1) & (both["sum"] > 0)]
    if len(both) < LEAST_ROWS or (both["calls"] == both["sum"]).mean() < EQUAL:
        return rows
    notes.add(
        "total",
        f"queue {name!r} is the sum of the others in {len(both)} intervals",
        f"left out, or its calls would count twice; [queue.{name}] or [intake.queue_names] keep it",
    )
    return pd.DataFrame(rows[~own])

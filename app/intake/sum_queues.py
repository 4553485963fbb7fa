"""A queue that is the sum of the others: its calls would count twice."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from .merge import Notes

LEAST_QUEUES, LEAST_ROWS = 3, 20
"""Queues, and intervals in which all three have a row, at least, before a sum can be no chance."""
EQUAL = 0.95
"""Share of the intervals, from 0 to 1, in which a queue is the sum of the others if it is their total."""


def without_sum_queue(rows: pd.DataFrame, known: Collection[str], notes: Notes) -> pd.DataFrame:
    """Return the rows without the queue whose calls are, interval by interval, the sum of all others.

    Parameters
    ----------
    rows
        Rows with queue, theirs (the file's queue), start and offered.
    known
        Names of queues that the planner wrote: none of these is left out.
    """
    names = list(rows["theirs"].unique())
    if len(names) < LEAST_QUEUES:
        return rows
    calls = rows.pivot_table(index="start", columns="theirs", values="offered", aggfunc="sum")
    total = calls.sum(axis=1)
    for name in names:
        others = total - calls[name].fillna(0.0)
        shared = calls[name].notna() & (calls.notna().sum(axis=1) >= LEAST_QUEUES) & (others > 0)
        if name in known or shared.sum() < LEAST_ROWS or (calls[name] == others)[shared].mean() < EQUAL:
            continue
        notes.add(
            "total",
            f"queue {name!r} is the sum of the others in {int(shared.sum())} intervals",
            f"left out, or its calls would count twice; [queue.{name}] or [intake.queue_names] keep it",
        )
        return pd.DataFrame(rows[rows["theirs"] != name])
    return rows

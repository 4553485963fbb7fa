"""Queues that back up beyond what the goal of the interval tolerates, on two levels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...forecast.errors import InputError
from ...forecast.queueing.goal.tolerated_queue import ToleratedQueue, tolerated_queue
from ...forecast.tables import read_csv, refuse_duplicates
from ...schedule.today.desk import Outlook, RunningDesk
from ...schedule.today.presence import present
from ..intake.names import nearest
from .planned_day import PlannedDay
from .tables import TABLES


@dataclass(frozen=True)
class Waiting:
    """Callers who wait at one queue at this moment.

    Attributes
    ----------
    waiting
        How many.
    longest_wait_s
        How long the first of them has waited; None = unknown.
    measured
        Whether a board tells so; else the model of the queue expects so many.
    """

    waiting: float
    longest_wait_s: float | None
    measured: bool


@dataclass(frozen=True)
class BackingUp:
    """A queue beside what its goal tolerates; `level` 0 = tolerated, 1 = callers will be late, 2 = goal is lost."""

    queue: str
    now: Waiting
    tolerated: ToleratedQueue
    level: int


def read_board(path: Path, day: PlannedDay) -> dict[str, Waiting]:
    """Read who waits now: a file with one row per queue, as a board shows.

    Raises
    ------
    InputError
        If the file cannot be read, names a queue twice, or one that the plan does not have.
    """
    rows = read_csv(path, TABLES["board"])
    queues = tuple(day.week.config.queue)
    if "queue" not in rows:
        if len(queues) > 1:
            raise InputError(
                "column 'queue' is missing", file=path, mend=f"Name one of {', '.join(queues)} in each row"
            )
        rows = rows.assign(queue=queues[0])
    refuse_duplicates(rows, ["queue"], file=path, what="queue twice")
    out = {}
    for i, row in enumerate(rows.to_dict("records")):
        if row["queue"] not in queues:
            raise InputError("unknown queue", file=path, row=i + 2, column="queue", value=row["queue"],
                             mend=nearest(row["queue"], queues))  # fmt: skip
        longest = float(row.get("longest_wait_s", np.nan))
        known = longest if np.isfinite(longest) else None
        out[str(row["queue"])] = Waiting(float(row["waiting"]), known, True)
    return out


def backing_up(desk: RunningDesk, outlook: Outlook, board: Mapping[str, Waiting]) -> tuple[BackingUp, ...]:
    """Return each queue that is open now beside what its goal tolerates in the present interval.

    What no board tells is as the model of the queue expects after what came.
    """
    now, slots, out = outlook.now, outlook.interval_min // desk.slot_min, []
    if now >= len(outlook.starts):
        return ()
    for one in outlook.queues:
        if not one.is_open[now]:
            continue
        heads = present(desk.heads(one.queue), one.absent)[now * slots : (now + 1) * slots]
        tolerated = tolerated_queue(
            one.goal, agents=float(heads.mean()), calls=float(one.calls[now]),
            interval_s=outlook.interval_min * 60.0, handle_s=float(one.handle_s[now]),
            patience_s=float(one.patience_s[now]),
        )  # fmt: skip
        there = board.get(one.queue) or Waiting(float(one.law.queue.mean()), None, False)
        out.append(BackingUp(one.queue, there, tolerated, tolerated.level(there.waiting, there.longest_wait_s)))
    return tuple(out)

"""The log of known events: days that no alarm is calibrated on, and what explains an alarm."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ...forecast.errors import InputError
from ...forecast.tables import read_csv
from ..intake.names import nearest
from .tables import TABLES


@dataclass(frozen=True)
class DeskEvent:
    """Something known to have moved the calls: an outage, a mailing, a storm.

    Attributes
    ----------
    start, end
        From when to when; half-open.
    queue
        The only queue concerned; "" = all.
    kind, note
        What it was, in the planner's words.
    """

    start: pd.Timestamp
    end: pd.Timestamp
    queue: str
    kind: str
    note: str

    def concerns(self, queue: str) -> bool:
        """Whether the event concerns a queue."""
        return self.queue in ("", queue)

    @property
    def dates(self) -> tuple[dt.date, ...]:
        """The local days that it touches."""
        last = (self.end - pd.Timedelta(microseconds=1)).date()
        return tuple(d.date() for d in pd.date_range(self.start.date(), max(last, self.start.date())))


def read_events(path: Path, zone: str | None, queues: Collection[str]) -> tuple[DeskEvent, ...]:
    """Read a log of events, in order of their start.

    Raises
    ------
    InputError
        If the file cannot be read, an event ends before it starts, or concerns a queue that there is not.
    """
    rows = read_csv(path, TABLES["events"], zone=zone)
    out = []
    for i, row in enumerate(rows.to_dict("records")):
        queue = str(row.get("queue") or "")
        if queue and queue not in queues:
            raise InputError("unknown queue", file=path, row=i + 2, column="queue", value=queue,
                             mend=nearest(queue, queues))  # fmt: skip
        if not row["end"] > row["start"]:
            raise InputError("event ends before it starts", file=path, row=i + 2, column="end", value=str(row["end"]),
                             mend="The end is the first moment after the event")  # fmt: skip
        out.append(DeskEvent(row["start"], row["end"], queue, str(row.get("kind") or ""), str(row.get("note") or "")))
    return tuple(sorted(out, key=lambda e: (e.start, e.end, e.queue, e.kind)))


def noisy_days(events: Collection[DeskEvent], queue: str) -> frozenset[dt.date]:
    """Return the days on which something is known to have moved the calls of a queue."""
    return frozenset(date for event in events if event.concerns(queue) for date in event.dates)

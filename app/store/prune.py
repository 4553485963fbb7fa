"""Old interval forecasts removed; their scores stay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, exists, select

from ...forecast.errors import InputError
from .connection import Store, now_s
from .entries import tell
from .schema import forecast, queue, snapshot

DAY_S = 86_400
LEAST_DAYS = 35
"""Days that forecasts are kept at least: corrected calls are scored again, and last weeks are shown."""


@dataclass(frozen=True)
class Pruned:
    """Rows that were removed.

    Parameters
    ----------
    forecasts, snapshots
        Rows of interval forecasts, and snapshots that were left without any.
    """

    forecasts: int
    snapshots: int


def prune(store: Store, keep_days: int) -> Pruned:
    """Remove the interval forecasts of intervals that began more than `keep_days` days ago, one queue at a time.

    Calls, scores, outcomes, runs, publications and events stay. Stopped in between, the rest is removed next time.

    Raises
    ------
    InputError
        If `keep_days` is below `LEAST_DAYS`.
    """
    if keep_days < LEAST_DAYS:
        raise InputError("too short", column="record.keep_days", value=keep_days, mend=f"Keep at least {LEAST_DAYS}")
    before = now_s() - keep_days * DAY_S
    with store.read() as c:
        queues = c.execute(select(queue.c.id).order_by(queue.c.id)).scalars().all()
    forecasts = 0
    for number in queues:
        with store.write() as c:
            forecasts += _removed(c, delete(forecast).where(forecast.c.queue == number, forecast.c.start_s < before))
    with store.write() as c:
        empty = ~exists().where(forecast.c.snapshot == snapshot.c.id)
        snapshots = _removed(c, delete(snapshot).where(snapshot.c.origin_s < before, empty))
        tell(c, "pruned", keep_days=keep_days, forecasts=forecasts, snapshots=snapshots)
    return Pruned(forecasts, snapshots)


def _removed(c: Connection, statement: Any) -> int:
    return int(c.execute(statement).rowcount)

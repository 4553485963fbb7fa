"""Old interval forecasts removed; their scores stay."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, exists, select

from ...forecast.calendar.grid import known_zone
from ...forecast.errors import InputError
from .connection import Store, now_s
from .entries import tell
from .schema import forecast, queue, site, snapshot
from .times import midnight_s

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
    """Remove the interval forecasts of days at the site more than `keep_days` days ago, one queue at a time.

    Whole days go, so that no day is ever scored again by a part of its forecasts. Calls, scores, outcomes, runs,
    publications and events stay. Stopped in between, the rest is removed next time.

    Raises
    ------
    InputError
        If `keep_days` is below `LEAST_DAYS`.
    """
    if keep_days < LEAST_DAYS:
        raise InputError("too short", column="record.keep_days", value=keep_days, mend=f"Keep at least {LEAST_DAYS}")
    now = dt.datetime.fromtimestamp(now_s(), dt.UTC)
    with store.read() as c:
        of_site = select(queue.c.id, site.c.zone).join(site, queue.c.site == site.c.id).order_by(queue.c.id)
        queues = c.execute(of_site).all()
    forecasts = 0
    for number, zone in queues:
        today = now.astimezone(None if zone is None else known_zone(zone)).date()
        before = midnight_s(today - dt.timedelta(days=keep_days), zone)
        with store.write() as c:
            forecasts += _removed(c, delete(forecast).where(forecast.c.queue == number, forecast.c.start_s < before))
    oldest = int((now - dt.timedelta(days=keep_days)).timestamp())
    with store.write() as c:
        empty = ~exists().where(forecast.c.snapshot == snapshot.c.id)
        snapshots = _removed(c, delete(snapshot).where(snapshot.c.origin_s < oldest, empty))
        tell(c, "pruned", keep_days=keep_days, forecasts=forecasts, snapshots=snapshots)
    return Pruned(forecasts, snapshots)


def _removed(c: Connection, statement: Any) -> int:
    return int(c.execute(statement).rowcount)

"""Forecasts as they were known: kept by lead, so that what came can be held against them later."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from sqlalchemy import Connection, delete, insert, select, update

from .bulk import add_rows, put_rows
from .connection import now_s
from .schema import NIGHTLY, forecast, queue, snapshot
from .schema import run as runs
from .times import days_of, midnight_s, moment_s, seconds_of

LEADS = (1, 7, 28)
"""Days ahead at which forecasts are kept: tomorrow's staff, next week's plan, leave and hiring."""
AS_PUBLISHED = 0
"""Lead of the forecast that a published plan was made for, however long before."""
COLUMNS = ("queue", "lead", "start_s", "snapshot", "calls", "model_calls", "q0.1", "q0.9", "handle_s", "model")
NUMBERS = COLUMNS[4:9]


def write_snapshot(
    c: Connection,
    site: int,
    origin_s: int,
    kind: str,
    volume: pd.DataFrame,
    leads: Iterable[int] = LEADS,
    run: int | None = None,
    *,
    at_s: int | None = None,
) -> int:
    """Keep a forecast: of a nightly one the days that lie `leads` days ahead, of a published one every day.

    What is kept of a day that is over stays, whoever writes later: a forecast made with hindsight is none. The same
    snapshot written again on the same day takes the place of the first. Of the days that are not over, what an earlier
    snapshot tells and this one no longer has is removed: it is closed now.

    Each parameter is a fact of its own about the forecast, and the callers give them by name.

    Parameters
    ----------
    origin_s
        Moment until which calls were known. The local day that begins then lies one day ahead: lead 1.
    kind
        `NIGHTLY` or `PUBLISHED`.
    volume
        Rows of the table ``volume``; queues that the store does not know are left out.
    leads
        Of a nightly snapshot; a published one has the lead `AS_PUBLISHED`.
    run
        The run that was planned for it.
    at_s
        When it was known; None = now.

    Returns
    -------
    int
        The snapshot's id.
    """
    now = now_s() if at_s is None else at_s
    number = _snapshot(c, site, origin_s, kind, run, now)
    ids = {name: int(i) for i, name in c.execute(select(queue.c.id, queue.c.name).where(queue.c.site == site))}
    rows = volume[volume["queue"].isin(ids)].reset_index(drop=True)
    if rows.empty:
        return number
    zone = None if rows["start"].dt.tz is None else str(rows["start"].dt.tz)
    starts = seconds_of(rows["start"])
    days, origin = days_of(starts, zone), days_of(np.array([origin_s]), zone)[0]
    leads = tuple(leads) if kind == NIGHTLY else (AS_PUBLISHED,)
    covered = _covered(c, days, origin, leads, run)
    lead = np.full(len(rows), AS_PUBLISHED)
    if kind == NIGHTLY:
        lead = (days - origin).astype(int) + 1
        keep = np.isin(lead, leads)
        rows, starts, lead = rows[keep], starts[keep], lead[keep]
    numbers = rows.reindex(columns=list(NUMBERS)).astype(object)
    cells = [
        rows["queue"].map(ids).tolist(),
        lead.tolist(),
        starts.tolist(),
        [number] * len(rows),
        *(numbers[name].where(numbers[name].notna(), None).tolist() for name in NUMBERS),
        rows["model"].tolist() if "model" in rows else [None] * len(rows),
    ]
    today = midnight_s(days_of(np.array([moment_s(now, zone)]), zone)[0].astype(object), zone)
    _remove(c, ids.values(), covered, today, zone)
    table = list(zip(*cells, strict=True))
    put_rows(c, forecast, COLUMNS, [row for row in table if row[2] >= today])
    over = [row for row in table if row[2] < today]
    add_rows(c, forecast, COLUMNS, _new(c, over))
    return number


def _snapshot(c: Connection, site: int, origin_s: int, kind: str, run: int | None, now: int) -> int:
    """Return the id of the snapshot, made where it is missing."""
    same_run = snapshot.c.run.is_(None) if run is None else snapshot.c.run == run
    mine = (snapshot.c.site == site) & (snapshot.c.origin_s == origin_s) & (snapshot.c.kind == kind) & same_run
    found = c.execute(select(snapshot.c.id).where(mine)).scalar()
    if found is not None:
        c.execute(update(snapshot).where(snapshot.c.id == found).values(at_s=now))
        return int(found)
    row = {"site": site, "origin_s": origin_s, "kind": kind, "run": run, "at_s": now}
    return int(c.execute(insert(snapshot).values(row).returning(snapshot.c.id)).scalar_one())


def _covered(
    c: Connection, days: np.ndarray, origin: np.datetime64, leads: Sequence[int], run: int | None
) -> dict[int, tuple[dt.date, dt.date]]:
    """Return first and last day that a snapshot tells of, by lead; of a run it is the whole week, closed days too."""
    first, last, begin = (day.astype(object) for day in (days.min(), days.max(), origin))
    if AS_PUBLISHED not in leads:
        ahead = {lead: begin + dt.timedelta(days=lead - 1) for lead in leads}
        return {lead: (day, day) for lead, day in ahead.items() if day <= last}
    if run is not None:
        week = dt.date.fromisoformat(c.execute(select(runs.c.week).where(runs.c.id == run)).scalar_one())
        first, last = min(first, week), max(last, week + dt.timedelta(days=6))
    return {AS_PUBLISHED: (first, last)}


def _remove(
    c: Connection,
    queues: Collection[int],
    covered: Mapping[int, tuple[dt.date, dt.date]],
    today_s: int,
    zone: str | None,
) -> None:
    """Remove the forecasts of the days that a new snapshot tells of and that are not over."""
    f = forecast.c
    for lead, (first, last) in covered.items():
        begin, end = max(today_s, midnight_s(first, zone)), midnight_s(last + dt.timedelta(days=1), zone)
        mine = f.queue.in_(queues) & (f.lead == lead) & (f.start_s >= begin) & (f.start_s < end)
        c.execute(delete(forecast).where(mine))


def _new(c: Connection, rows: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """Return those rows whose key the store does not hold."""
    if not rows:
        return []
    queues, leads, starts = ({row[i] for row in rows} for i in range(3))
    f = forecast.c
    span = f.start_s.between(min(starts), max(starts))  # type: ignore[type-var]
    held = select(f.queue, f.lead, f.start_s).where(f.queue.in_(queues), f.lead.in_(leads), span)
    known = {tuple(key) for key in c.execute(held)}
    return [row for row in rows if row[:3] not in known]

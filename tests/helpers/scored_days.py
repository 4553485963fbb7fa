"""Calls and forecasts of whole days in a store, and the scores made of the two."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import sqlalchemy as sa

from busyhour.app.store.calls import take
from busyhour.app.store.entries import site_id
from busyhour.app.store.open import Store
from busyhour.app.store.schema import NIGHTLY
from busyhour.app.store.schema import score as table
from busyhour.app.store.scores import score
from busyhour.app.store.snapshots import write_snapshot
from busyhour.app.store.times import midnight_s
from busyhour.forecast.calendar.grid import Grid

ZONE = "Europe/Berlin"


DAY = dt.timedelta(days=1)


def grid(first: str, days: int, zone: str | None = ZONE) -> pd.DatetimeIndex:
    """Return half-hours of local days."""
    return Grid(dt.date.fromisoformat(first), days, 30, zone).starts


def calls_of(starts: pd.DatetimeIndex, seed: int = 1, queue: str = "sales") -> pd.DataFrame:
    """Return calls that vary from interval to interval."""
    rng = np.random.default_rng(seed)
    offered = rng.poisson(20, len(starts)).astype(float)
    frame = {"queue": queue, "start": starts, "offered": offered, "answered": offered - 2.0}
    return pd.DataFrame({**frame, "handle_s": rng.normal(200, 20, len(starts)).round()})


def volume_of(starts: pd.DatetimeIndex, calls: float = 21.0, queue: str = "sales") -> pd.DataFrame:
    """Return a forecast whose overrides took a tenth off every second interval."""
    model = np.full(len(starts), calls)
    own = np.where(np.arange(len(starts)) % 2, model, 0.9 * model)
    bands = {"q0.1": 0.75 * own, "q0.9": 1.25 * own}
    return pd.DataFrame(
        {
            "queue": queue,
            "start": starts,
            "calls": own,
            **bands,
            "handle_s": 190.0,
            "model": "mean",
            "model_calls": model,
        }
    )


def filled(store: Store, first: str, days: int, zone: str | None = ZONE, name: str = "lisbon") -> int:
    """Take calls of `days` days, and keep forecasts of the last of them 1 and 7 days ahead; return the site."""
    starts = grid(first, days, zone)
    with store.write() as c:
        site = site_id(c, name, zone)
        take(c, site, f"{name}.csv", name, calls_of(starts))
        last = dt.date.fromisoformat(first) + (days - 1) * DAY
        for lead in (1, 7):
            origin = last - (lead - 1) * DAY
            write_snapshot(c, site, midnight_s(origin, zone), NIGHTLY, volume_of(grid(str(origin), 8, zone)), (lead,))
    return site


def scored(
    store: Store, site: int, before: dt.date, days: tuple[dt.date, ...] = (), zone: str | None = ZONE
) -> list[dt.date]:
    """Score what is due."""
    with store.write() as c:
        return score(c, site, days, zone, before=before)


def rows(store: Store) -> pd.DataFrame:
    """Return all scores."""
    with store.read() as c:
        return pd.read_sql(sa.select(table).order_by(table.c.queue, table.c.lead, table.c.day), c)

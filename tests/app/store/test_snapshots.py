"""Forecasts that are kept for scoring: each written once for its day, and never of what is over."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import sqlalchemy as sa
from scored_days import DAY, ZONE, calls_of, grid, rows, volume_of

from busyhour.app.store.calls import take
from busyhour.app.store.entries import queue_ids, site_id
from busyhour.app.store.open import Store
from busyhour.app.store.schema import NIGHTLY, PUBLISHED, forecast, run
from busyhour.app.store.scores import score
from busyhour.app.store.snapshots import write_snapshot
from busyhour.app.store.times import days_of, midnight_s


def test_what_is_over_is_not_forecast_again(store: Store) -> None:
    """A snapshot may be written again on its day; later it stays as it was."""
    day = dt.date(2026, 3, 10)
    origin, starts = midnight_s(day, ZONE), grid("2026-03-10", 8)

    def write(calls: float, at_s: int) -> set[float]:
        with store.write() as c:
            site = site_id(c, "lisbon", ZONE)
            queue_ids(c, site, ["sales"])
            write_snapshot(c, site, origin, NIGHTLY, volume_of(starts, calls), (1, 7), at_s=at_s)
            return set(c.scalars(sa.select(forecast.c.model_calls).where(forecast.c.lead == 1)))

    assert write(10.0, origin + 3600) == {10.0}
    assert write(11.0, origin + 7200) == {11.0}
    assert write(12.0, origin + 86_400) == {11.0}
    with store.read() as c:
        assert set(c.scalars(sa.select(forecast.c.model_calls).where(forecast.c.lead == 7))) == {12.0}


def test_what_a_new_plan_no_longer_opens_is_not_forecast_any_more(store: Store) -> None:
    """Published on Monday and again on Wednesday, with Thursday closed: Monday stays as it was worked."""
    monday = dt.date(2026, 3, 9)
    with store.write() as c:
        site = site_id(c, "lisbon", ZONE)
        queue_ids(c, site, ["sales"])
        whole = volume_of(grid(str(monday), 7))
        for number, (day, closed) in enumerate(((monday, ()), (monday + 2 * DAY, (0, 3, 6))), start=1):
            told = {"site": site, "week": str(monday), "scenario": "", "input_hash": str(number), "folder": "f"}
            c.execute(sa.insert(run).values(id=number, status="optimal", at_s=0, **told))
            open_ = whole[[(t.date() - monday).days not in closed for t in whole["start"]]]
            write_snapshot(c, site, midnight_s(day, ZONE), PUBLISHED, open_, run=number, at_s=midnight_s(day, ZONE))
        kept = c.scalars(sa.select(forecast.c.start_s)).all()
    days = days_of(np.array(kept), ZONE).astype(object)
    assert sorted(set(days)) == [monday + i * DAY for i in (0, 1, 2, 4, 5)]


def test_a_nightly_forecast_leaves_the_days_of_others_alone(store: Store) -> None:
    monday = dt.date(2026, 3, 9)
    with store.write() as c:
        site = site_id(c, "lisbon", ZONE)
        queue_ids(c, site, ["sales"])
        for day, closed in ((monday, None), (monday + DAY, None), (monday + DAY, monday + 7 * DAY)):
            whole = volume_of(grid(str(day), 8))
            open_ = whole[[t.date() != closed for t in whole["start"]]]
            write_snapshot(c, site, midnight_s(day, ZONE), NIGHTLY, open_, (1, 7), at_s=midnight_s(day, ZONE))
        kept = c.execute(sa.select(forecast.c.lead, forecast.c.start_s)).all()
    days = {(lead, days_of(np.array([s]), ZONE)[0].astype(object)) for lead, s in kept}
    assert days == {(1, monday), (1, monday + DAY), (7, monday + 6 * DAY)}


def test_a_published_forecast_has_lead_0_and_tells_whose_queue_is_known(store: Store) -> None:
    with store.write() as c:
        site = site_id(c, "lisbon", ZONE)
        take(c, site, "a.csv", "a", calls_of(grid("2026-03-10", 1)))
        both = pd.concat([volume_of(grid("2026-03-09", 7)), volume_of(grid("2026-03-09", 7), queue="new")])
        write_snapshot(c, site, midnight_s(dt.date(2026, 3, 9), ZONE), PUBLISHED, both)
        assert score(c, site, (), ZONE, before=dt.date(2026, 3, 16)) == [
            dt.date(2026, 3, 9) + i * DAY for i in range(7)
        ]
    found = rows(store)
    assert (found["lead"] == 0).all()
    assert found["n"].tolist() == [0, 48, 0, 0, 0, 0, 0]

"""A store read through: whatever was changed behind its back is found."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable

import pandas as pd
import pytest
import sqlalchemy as sa

from busyhour.app.store.calls import take
from busyhour.app.store.entries import site_id
from busyhour.app.store.open import Store
from busyhour.app.store.schema import forecast, metadata, outcome, publication, queue, run, score, snapshot
from busyhour.app.store.scores import score as scored
from busyhour.app.store.verify import verify

DAY = "2026-03-02"


@pytest.fixture
def filled(store: Store) -> Store:
    """A store with two days of calls, forecasts and scores, a run, its publication and an outcome."""
    starts = pd.date_range(DAY, periods=96, freq="30min", tz="Europe/Berlin")
    frame = pd.DataFrame({"queue": "sales", "start": starts, "offered": 10.0, "handle_s": 200.0})
    with store.write() as c:
        number = site_id(c, "lisbon", "Europe/Berlin")
        take(c, number, "calls.csv", "a", frame)
        sales = c.execute(sa.select(queue.c.id)).scalar_one()
        c.execute(sa.insert(snapshot).values(id=1, site=number, origin_s=0, kind="nightly", at_s=0))
        rows = [
            {"queue": sales, "lead": 1, "start_s": int(s.timestamp()), "snapshot": 1, "calls": 11.0, "model": "mean"}
            for s in starts
        ]
        c.execute(sa.insert(forecast), rows)
        scored(
            c,
            number,
            [s.date() for s in starts[::48]],
            "Europe/Berlin",
            before=pd.Timestamp("2026-03-04").date(),
            leads=[1],
        )
        assert c.execute(sa.select(sa.func.count()).select_from(score)).scalar_one() == 2
        c.execute(
            sa.insert(run).values(
                id=1, site=number, week=DAY, scenario="", input_hash="h", folder="f", status="feasible", at_s=0
            )
        )
        c.execute(sa.insert(publication).values(site=number, week=DAY, run=1, at_s=0, by="anna", reason="auto"))
        c.execute(
            sa.insert(outcome).values(
                run=1, queue=sales, day=DAY, service_planned=0.8, service_actual=0.7,
                gap_volume=-0.08, gap_handle=-0.03, gap_other=0.01,
            )
        )  # fmt: skip
    return store


def test_a_whole_store_holds_together(filled: Store) -> None:
    assert verify(filled) == []


FAULTS: dict[str, tuple[Callable[[sa.Connection], object], str]] = {
    "score": (
        lambda c: c.execute(sa.update(score).values(abs_error=3.0)),
        "is not what its forecasts and calls sum to",
    ),
    "forecast": (
        lambda c: c.execute(sa.update(forecast).where(forecast.c.start_s % 7200 == 0).values(calls=1.0)),
        "is not what its forecasts and calls sum to",
    ),
    "version": (lambda c: c.execute(sa.update(queue).values(calls_version=None)), "version of the calls"),
    "outcome": (lambda c: c.execute(sa.update(outcome).values(gap_other=0.5)), "do not sum to the gap"),
    "week": (lambda c: c.execute(sa.update(run).values(week="2026-03-09")), "another site or week"),
    "column": (lambda c: c.exec_driver_sql("ALTER TABLE site ADD COLUMN colour TEXT"), "schema differs"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_found(filled: Store, fault: str) -> None:
    change, words = FAULTS[fault]
    with filled.write() as c:
        change(c)
    found = verify(filled)
    assert found
    assert all(words in line for line in found)


def test_rows_without_parents_are_found(kind: str, filled: Store) -> None:
    if kind == "postgresql":  # the server refuses them
        return
    assert filled.path is not None
    with contextlib.closing(sqlite3.connect(filled.path)) as c:  # no reference is checked here
        c.execute("DELETE FROM snapshot")
        c.commit()
    assert any("rows of forecast name a row of snapshot that is not there" in line for line in verify(filled))


def test_every_reference_is_looked_at() -> None:
    assert sum(len(table.foreign_keys) for table in metadata.sorted_tables) >= 20

"""Each site of a batch has its own day: the date there at the moment when the batch began."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from tiny_batch import Engines, drive, make

from busyhour.app.batch import ledger
from busyhour.app.batch.run_day import RunDay

LATE = int(dt.datetime(2026, 11, 30, 23, 30, tzinfo=dt.UTC).timestamp())
"""Half past midnight of 1 December in Berlin, still 30 November in Denver."""


def test_the_day_is_that_of_the_site_unless_one_is_asked_for() -> None:
    day = RunDay(LATE)
    assert [day.at(zone) for zone in ("Europe/Berlin", "America/Denver", "Asia/Manila")] == [
        dt.date(2026, 12, 1), dt.date(2026, 11, 30), dt.date(2026, 12, 1),
    ]  # fmt: skip
    assert day.here == dt.datetime.fromtimestamp(LATE).date()
    asked = RunDay(LATE, dt.date(2026, 11, 29))
    assert {asked.here, asked.at("Asia/Manila")} == {dt.date(2026, 11, 29)}


@pytest.mark.slow
def test_a_batch_over_zones_forecasts_each_site_from_its_own_day(
    tmp_path: Path, quick: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same again finds both sites unchanged."""
    monkeypatch.setattr(ledger, "now", lambda: LATE)
    path = make(tmp_path / "b", weeks=1)
    plan = path.parent / "sites" / "north" / "plan.toml"
    text = plan.read_text(encoding="utf-8")
    assert "Europe/Berlin" in text
    plan.write_text(text.replace("Europe/Berlin", "America/Denver"), encoding="utf-8")
    engine = quick()
    assert drive(path, as_of=None).status.counts["done"] == 2
    assert {t.site: t.week for t in engine.tasks if t.step == "forecast"} == {
        "north": "2026-11-30", "south": "2026-12-01",
    }  # fmt: skip
    assert {t.week for t in engine.tasks if t.step == "plan"} == {"2026-12-07"}
    assert drive(path, as_of=None).status.counts["unchanged"] == 2

"""All sites of a batch recorded, and their accuracy, without a plan."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from busyhour.app.batch import record_all
from busyhour.app.cli.main import app
from busyhour.app.record import Recorded
from busyhour.app.store.faults import StoreFault
from busyhour.app.store.open import Store, open_store
from busyhour.app.store.schema import NIGHTLY, queue, site
from busyhour.app.store.scores import score
from busyhour.app.store.snapshots import write_snapshot
from busyhour.app.store.times import midnight_s
from busyhour.forecast.calendar.grid import Grid


@pytest.fixture(autouse=True)
def _late(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every day of the tests be over, whatever the clock of the machine shows."""
    monkeypatch.setattr("busyhour.app.record.today_at", lambda zone: dt.date(2100, 1, 1))


def busyhour(*words: str, code: int = 0) -> str:
    """Run a command and return what it prints."""
    result = CliRunner().invoke(app, list(words))
    assert result.exit_code == code, result.output
    return result.stdout


def test_every_site_is_recorded_and_a_fault_costs_its_site_alone(tmp_path: Path) -> None:
    home = tmp_path / "demo"
    busyhour("init", "--batch", str(home))
    (home / "sites" / "south" / "calls.csv").write_text("start,offered\n2026-11-02T08:00,many\n", encoding="utf-8")
    output = busyhour("record", str(home / "batch.toml"), code=8)
    assert output.splitlines()[-1] == "busyhour record weekly: 1 recorded, 1 failed of 2 sites"
    found = json.loads(busyhour("record", str(home), "--json", code=8))
    assert [one["site"] for one in found] == ["north", "south"]
    assert found[0]["taken"] == []
    assert "many" in found[1]["error"]


def test_a_folder_that_cannot_be_read_costs_its_site_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "demo"
    busyhour("init", "--batch", str(home))
    text = (home / "batch.toml").read_text(encoding="utf-8")
    (home / "batch.toml").write_text(text.replace("# leads = [1, 7, 28]", "leads = [1, 7]"), encoding="utf-8")
    whole, store_is_gone = record_all.record_site, []

    def failing(store: Store, folder: Path, **asked: Any) -> Recorded:
        if store_is_gone:
            raise StoreFault("the store is gone")
        if folder.name == "north":
            raise PermissionError("calls.csv may not be read")
        return whole(store, folder, **asked)

    monkeypatch.setattr(record_all, "record_site", failing)
    found = json.loads(busyhour("record", str(home), "--json", code=8))
    assert found[0] == {"site": "north", "error": "calls.csv may not be read"}
    assert found[1]["leads"] == [1, 7]
    store_is_gone.append(True)
    busyhour("record", str(home), code=1)


@pytest.mark.slow
def test_accuracy_of_a_batch_is_told_by_site(tmp_path: Path) -> None:
    home = tmp_path / "demo"
    busyhour("init", "--batch", str(home))
    busyhour("record", str(home / "batch.toml"))
    busyhour("accuracy", str(home / "batch.toml"), code=3)
    found = json.loads(busyhour("record", str(home), "--json"))
    last = dt.date.fromisoformat(found[0]["known_until"])
    with open_store("sqlite:///busyhour.db", base=home) as store, store.write() as c:
        for number, zone in c.execute(sa.select(site.c.id, site.c.zone)).all():
            name = c.scalar(sa.select(queue.c.name).where(queue.c.site == number))
            starts = Grid(last, 1, 30, zone).starts
            volume = pd.DataFrame({"queue": name, "start": starts, "calls": 10.0, "model_calls": 9.0, "model": "mean"})
            write_snapshot(c, number, midnight_s(last, zone), NIGHTLY, volume)
            score(c, number, (), zone, before=last + dt.timedelta(days=1))
    rows = json.loads(busyhour("accuracy", str(home), "--by", "site", "--json", "--out", str(tmp_path / "all.csv")))
    assert [row["site"] for row in rows] == ["north", "south"]
    assert min(row["intervals"] for row in rows) > 0
    page = (tmp_path / "all.html").read_text(encoding="utf-8")
    assert 'data-queue="south"' in page

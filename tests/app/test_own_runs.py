"""Which folders below runs/ are plans that people worked."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from busyhour.app.folders.manifest import FILE as MANIFEST
from busyhour.app.folders.manifest import Manifest
from busyhour.app.own_runs import Found, enter, finished_runs, known_runs
from busyhour.app.store.entries import site_id
from busyhour.app.store.open import open_store
from busyhour.app.store.schema import event, publication, run

WEEK = "2026-10-19"


def lay(place: Path, plan: str = "a", *, scenario: str | None = None, stopped: str | None = None) -> None:
    """Write the least that a run consists of."""
    place.mkdir(parents=True)
    (place / "activity.csv").write_text(plan, encoding="utf-8")
    told = {"week": WEEK, "scenario": scenario, "status": "optimal", "stopped": stopped, "input_hashes": {}}
    (place / "summary.json").write_text(json.dumps(told), encoding="utf-8")
    (place / MANIFEST).write_text(Manifest.of(place).text, encoding="utf-8")


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with the plan of a week, a scenario, and what else may lie beside them."""
    runs = tmp_path / "desk" / "runs"
    lay(runs / WEEK)
    lay(runs / f"{WEEK}-stopped", "b", stopped="user")
    lay(runs / "draft", "c")
    lay(runs / f"{WEEK}-more", "d", scenario="more")
    shutil.copytree(runs / WEEK, runs / "copy")
    shutil.copytree(runs / f"{WEEK}-more", runs / "more again")
    return tmp_path / "desk"


def test_only_the_run_in_the_place_of_its_week_is_published(desk: Path) -> None:
    found = [one for one in finished_runs(desk, set()) if isinstance(one, Found)]
    assert [one.place for one in found] == [f"runs/{WEEK}", f"runs/{WEEK}-more"]
    with open_store("sqlite:///store.db", base=desk, by="anna") as store, store.write() as c:
        site = site_id(c, "lisbon", None)
        for one in found:
            enter(c, site, one, store.by)
        assert list(finished_runs(desk, known_runs(c, site))) == []
        table = pd.read_sql(sa.select(run.c.folder).join(publication, publication.c.run == run.c.id), c)
        (what, detail) = c.execute(sa.select(event.c.what, event.c.detail).where(event.c.site == site)).one()
    assert table["folder"].tolist() == [f"runs/{WEEK}"]
    assert what == "published"
    assert json.loads(detail)["input_hash"] == found[0].input_hash


def test_a_draft_that_is_moved_into_the_place_of_its_week_is_the_plan(desk: Path) -> None:
    known = {one.input_hash for one in finished_runs(desk, set()) if isinstance(one, Found)}
    shutil.move(desk / "runs" / WEEK, desk / "away")
    shutil.move(desk / "runs" / "draft", desk / "runs" / WEEK)
    (only,) = finished_runs(desk, known)
    assert isinstance(only, Found)
    assert only.place == f"runs/{WEEK}"


def test_a_stopped_plan_stands_where_there_is_no_finished_one(tmp_path: Path) -> None:
    lay(tmp_path / "runs" / WEEK, stopped="user")
    (only,) = finished_runs(tmp_path, set())
    assert isinstance(only, Found)

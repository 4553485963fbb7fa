"""Batches: what is planned, what is left alone, and what is published."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from tiny_batch import LATER, TODAY, WEEK, Engines, content, correct, drive, make, rows, states

from busyhour.app.batch import publication
from busyhour.app.batch.config import BatchFile
from busyhour.app.batch.drive import opened
from busyhour.app.batch.ledger import known_site
from busyhour.app.store import schema


def test_a_batch_plans_and_publishes_and_the_second_is_unchanged(tmp_path: Path, quick: Engines) -> None:
    """All weeks of all sites are planned once; nothing is done again, and the line says so."""
    path, engine = make(tmp_path / "b"), quick()
    ended = drive(path)
    assert ended.status.code == 0
    assert ended.status.line().startswith("busyhour batch weekly 1: 2 done of 2 sites, ")
    assert ended.page.is_file()
    assert [(t.site, t.step, t.week) for t in engine.tasks if t.site == "north"] == [
        ("north", "forecast", str(TODAY)), ("north", "plan", WEEK), ("north", "plan", LATER)
    ]  # fmt: skip
    assert len(rows(path, schema.publication)) == 4
    before, number = content(path.parent), len(engine.tasks)
    assert drive(path).status.counts["unchanged"] == 2
    assert len(engine.tasks) == number
    assert content(path.parent) == before
    assert not (path.parent / "batches" / "1" / "work").exists()


@pytest.mark.slow
def test_each_week_rests_on_the_week_before(tmp_path: Path, quick: Engines) -> None:
    """The first on the published one, if there is any, the next on the run just made; forecasts are made once."""
    path, engine = make(tmp_path / "b"), quick()
    drive(path)
    first, second = (t for t in engine.tasks if t.site == "north" and t.step == "plan")
    assert first.previous is None
    assert second.previous is not None
    assert second.previous.name.startswith(f"{WEEK}.")
    assert first.forecast == second.forecast != None  # noqa: E711
    engine.tasks.clear()
    drive(path, as_of=TODAY + dt.timedelta(days=14))
    assert engine.tasks == []  # late: no calls of two weeks
    assert states(path)["north", "take", ""] == "done" or states(path)["north", "forecast", ""] == "failed"


def test_a_corrected_export_plans_one_site_again(tmp_path: Path, quick: Engines) -> None:
    """A row of the south changes the weeks of the south, and calendars of the old run stay as they were."""
    path, engine = make(tmp_path / "b"), quick()
    drive(path)
    engine.tasks.clear()
    correct(path)
    ended = drive(path)
    assert {t.site for t in engine.tasks} == {"south"}
    assert {s.name: s.word for s in ended.status.sites} == {"north": "unchanged", "south": "done"}
    assert len(list((path.parent / "runs" / "south").iterdir())) == 4
    assert len(rows(path, schema.publication)) == 6
    place = publication.place_of(path.parent, "south", WEEK)
    newest = rows(path, schema.run)[-2]
    assert publication.summary_of(place)["input_hash"] == newest.input_hash


@pytest.mark.slow
def test_calls_after_the_day_of_the_run_are_not_used(tmp_path: Path, quick: Engines) -> None:
    """A batch of an earlier day plans from what was known then, and the day after plans anew."""
    path, engine = make(tmp_path / "b"), quick()
    drive(path, as_of=TODAY - dt.timedelta(days=7))
    task = engine.tasks[0]
    assert task.step == "forecast"
    with opened(BatchFile.read(path)) as store, store.read() as c:
        assert known_site(c, "north") == 1
    hashes = {r.week: r.input_hash for r in rows(path, schema.run) if r.site == 1}
    drive(path)
    later = {r.week: r.input_hash for r in rows(path, schema.run) if r.site == 1}
    assert later[WEEK] != hashes[WEEK]


@pytest.mark.slow
def test_always_plans_every_time(tmp_path: Path, quick: Engines) -> None:
    """when = "always" plans the same inputs anew in each batch, never twice in one."""
    engine = quick()
    path = make(tmp_path / "b", {"[plan]": '[plan]\nwhen = "always"'})
    drive(path)
    number = len(engine.tasks)
    drive(path)
    assert len(engine.tasks) == 2 * number


@pytest.mark.slow
def test_files_instead_of_the_store(tmp_path: Path, quick: Engines) -> None:
    """calls = "files" plans from what [intake] names; an edit of the file plans its site again."""
    path, engine = make(tmp_path / "b", {'# calls = "store"': 'calls = "files"'}), quick()
    assert drive(path).status.code == 0
    assert rows(path, schema.ingest) == []
    engine.tasks.clear()
    correct(path)
    drive(path)
    assert {t.site for t in engine.tasks} == {"south"}


def test_no_wages_anywhere_unless_asked(tmp_path: Path, quick: Engines) -> None:
    """Money of a run is in run_cost alone; pages and logs of the batch tell none."""
    quick()
    path = make(tmp_path / "b")
    drive(path)
    assert {row.cost for row in rows(path, schema.run_cost)} == {100.0}
    place = path.parent / "batches" / "1"
    told = json.loads((place / "summary.json").read_text(encoding="utf-8"))
    assert "cost" not in json.dumps(told).replace("cost_change", "")
    assert all(json.loads(line) for line in (place / "batch.log").read_text(encoding="utf-8").splitlines())

"""Unchanged sites are found without reading what their files say, and nothing that changed is taken for one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from tiny_batch import TODAY, WEEK, Quick, drive, make

from busyhour.app.batch import unchanged
from busyhour.app.batch.config import BatchFile
from busyhour.app.batch.drive import opened
from busyhour.app.batch.run_day import RunDay
from busyhour.app.batch.site_inputs import SiteInputs
from busyhour.app.batch.site_units import Chain
from busyhour.app.batch.sites import Site, sites_of
from busyhour.app.batch.task import Answer, Task
from busyhour.app.batch.unchanged import Unchanged
from busyhour.app.store import schema
from busyhour.forecast.progress import Watch

Engines = Callable[..., Quick]
DAY = RunDay(0, TODAY)


def found(path: Path, name: str = "south", **more: object) -> Chain | None:
    """Return what is found of a site."""
    file = BatchFile.read(path)
    (site,) = [site for site in sites_of(file) if site.name == name]
    if more:
        site = Site(site.name, site.folder, site.settings.model_copy(update=more))
    with opened(file) as store:
        return Unchanged.since(store, file.home, DAY).of(site)


def units(path: Path) -> list[tuple[object, ...]]:
    """Return the units of the last batch, without what tells the time."""
    table = schema.unit.c
    last = sa.select(sa.func.max(table.batch)).scalar_subquery()
    cells = (table.site, table.step, table.week, table.state, table.input_hash, table.run, table.code, table.message)
    with opened(BatchFile.read(path)) as store, store.read() as c:
        return [tuple(row) for row in c.execute(sa.select(*cells).where(table.batch == last).order_by(*cells[:3]))]


FILES = {'# calls = "store"': 'calls = "files"'}


@pytest.mark.parametrize(
    "edit",
    [{"freeze_weeks = 0 ": "freeze_weeks = 2 "}, *(pytest.param(e, marks=pytest.mark.slow) for e in ({}, FILES))],
)
def test_the_same_is_told_as_by_looking_step_by_step(
    tmp_path: Path, quick: Engines, monkeypatch: pytest.MonkeyPatch, edit: dict[str, str]
) -> None:
    """Near weeks and calls from files too; no file of a site is read for what it says."""
    path, engine = make(tmp_path / "b", edit), quick()
    drive(path)
    with monkeypatch.context() as patch:
        patch.setattr(Unchanged, "of", lambda self, site: None)
        drive(path)
    step_by_step, number = units(path), len(engine.tasks)

    def unread(folder: Path) -> SiteInputs:
        raise AssertionError(folder)

    monkeypatch.setattr(SiteInputs, "read", unread)
    ended = drive(path)
    assert ended.status.counts["unchanged"] == 2 and len(engine.tasks) == number
    assert units(path) == step_by_step


@pytest.mark.slow
def test_whatever_changes_is_looked_at(tmp_path: Path, quick: Engines) -> None:
    """Contents count, not sizes and times; what is put back as it was is unchanged again."""
    path, _ = make(tmp_path / "b"), quick()
    drive(path)
    home = path.parent
    site, run = home / "sites" / "south", next((home / "runs" / "south").glob(f"{WEEK}.*"))
    published = home / "published" / "south" / WEEK
    assert found(path) is not None
    same_size = [site / "plan.toml", site / "calls.csv", run / "roster.csv"]
    for file in same_size:
        content, told = file.read_bytes(), file.stat()
        file.write_bytes(content[:-2] + bytes([content[-2] ^ 1]) + content[-1:])
        os.utime(file, ns=(told.st_atime_ns, told.st_mtime_ns))
        assert found(path) is None, file
        file.write_bytes(content)
        assert found(path) is not None, file
    inbox = home / "inbox" / "south" / "late.csv"
    inbox.parent.mkdir(parents=True, exist_ok=True)
    for new in (site / "leave.csv", inbox, published.parent / f".x{unchanged.TEMPORARY}"):
        new.write_bytes(b"x")
        assert found(path) is None, new
        new.unlink()
        assert found(path) is not None, new
    for gone in (published, run, site / "calls.csv"):
        aside = tmp_path / "aside"
        shutil.move(gone, aside)
        assert found(path) is None, gone
        shutil.move(aside, gone)
        assert found(path) is not None, gone
    for key, value in {"weeks": 3, "when": "always", "wages": True, "papers": (), "late_days": 9}.items():
        assert found(path, **{key: value}) is None, key


def test_what_the_store_tells_counts(tmp_path: Path, quick: Engines) -> None:
    """Another day, other calls in the store, another run that stands published for a week or the week before."""
    path, _ = make(tmp_path / "b"), quick()
    drive(path)
    north, south = (sites_of(BatchFile.read(path))[i] for i in (0, 1))
    with opened(BatchFile.read(path)) as store:
        assert Unchanged.since(store, path.parent, RunDay(0, TODAY + unchanged.WEEK)).of(south) is None
        with store.write() as c:
            ingest = c.execute(sa.select(sa.func.max(schema.ingest.c.id))).scalar_one()
            first = sa.select(sa.func.min(schema.ingest.c.id)).scalar_subquery()
            before = {row.id: row.calls_version for row in c.execute(sa.select(schema.queue))}
            c.execute(schema.queue.update().where(schema.queue.c.calls_version == ingest).values(calls_version=first))
        assert [Unchanged.since(store, path.parent, DAY).of(s) is None for s in (north, south)] == [False, True]
        with store.write() as c:
            for number, version in before.items():
                c.execute(schema.queue.update().where(schema.queue.c.id == number).values(calls_version=version))
        assert Unchanged.since(store, path.parent, DAY).of(south) is not None
        for week in (WEEK, unchanged.week_before(WEEK)):
            with store.write() as c:
                other = c.execute(sa.select(sa.func.min(schema.run.c.id))).scalar_one()
                row = {"site": 2, "week": week, "run": other, "at_s": 0, "by": "me", "reason": "by hand"}
                c.execute(schema.publication.insert().values(row))
            assert Unchanged.since(store, path.parent, DAY).of(south) is None, week


@pytest.mark.slow
def test_plans_of_other_inputs_in_one_batch_are_never_unchanged(tmp_path: Path, quick: Engines) -> None:
    """A batch that goes on after an edit has weeks of two states: neither of them counts as planned."""
    path, watch = make(tmp_path / "b"), Watch()
    plan = path.parent / "sites" / "south" / "plan.toml"
    whole = plan.read_text(encoding="utf-8")

    def stop(task: Task) -> Answer | None:
        if (task.site, task.week) != ("south", "2026-12-14"):
            return None
        watch.stop.set()
        return Answer(task.unit, task.attempt, "lost", 130)

    quick(stop)
    assert drive(path, watch).status.code == 130
    plan.write_text(whole.replace("max_days = 5", "max_days = 4"), encoding="utf-8")
    assert plan.read_text(encoding="utf-8") != whole
    engine = quick()
    assert drive(path).status.code == 0
    assert [task.week for task in engine.tasks if task.site == "south"] == ["2026-12-14"]
    assert found(path) is None and found(path, "north") is not None
    plan.write_text(whole, encoding="utf-8")
    assert found(path) is None
    engine.tasks.clear()
    drive(path)
    assert "2026-12-14" in [task.week for task in engine.tasks if task.site == "south"]


@pytest.mark.slow
def test_a_stop_while_sites_are_looked_at_begins_nothing(tmp_path: Path, quick: Engines) -> None:
    """The batch is there, its sites wait, and the same line goes on."""
    path, engine, watch = make(tmp_path / "b", weeks=1), quick(), Watch()
    drive(path)
    watch.stop.set()
    engine.tasks.clear()
    assert drive(path, watch).status.code == 130 and engine.tasks == []
    assert drive(path).status.counts["unchanged"] == 2


@pytest.mark.slow
def test_files_written_while_they_are_read_leave_no_mark(
    tmp_path: Path, quick: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Content that comes and goes while a batch reads is not taken for what was planned."""
    path, _ = make(tmp_path / "b"), quick()
    read = SiteInputs.read.__func__  # type: ignore[attr-defined]

    def written(cls: type[SiteInputs], folder: Path) -> SiteInputs:
        taken: SiteInputs = read(cls, folder)
        (folder / "plan.toml").write_bytes((folder / "plan.toml").read_bytes())
        return taken

    monkeypatch.setattr(SiteInputs, "read", classmethod(written))
    drive(path)
    assert found(path) is None
    monkeypatch.undo()
    quick()
    assert drive(path).status.counts["unchanged"] == 2
    assert found(path) is not None

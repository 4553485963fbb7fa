"""A store that was put back from a backup never brings an older plan back; a full disk costs the page alone."""

from __future__ import annotations

import datetime as dt
import errno
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tiny_batch import TODAY, WEEK, Quick, content, correct, drive, make, rows

from busyhour.app.batch import drive as driving
from busyhour.app.batch.publication import place_of, summary_of
from busyhour.app.store import schema

NEXT = TODAY + dt.timedelta(days=1)


@pytest.fixture
def restored(tmp_path: Path, quick: Callable[..., Quick]) -> Path:
    """A batch whose store knows the first plan of a week, while the second one stands published."""
    quick()
    path = make(tmp_path / "b", {"freeze_weeks = ": "freeze_weeks = 1 #"}, weeks=1)
    drive(path)
    store = path.parent / "busyhour.db"
    shutil.copy(store, tmp_path / "backup.db")
    correct(path, more=40)
    drive(path)
    for left in path.parent.glob("busyhour.db-*"):
        left.unlink()
    shutil.copy(tmp_path / "backup.db", store)
    return path


@pytest.mark.slow
def test_the_newer_plan_stays_and_the_store_learns_of_it(restored: Path) -> None:
    before = content(restored.parent)
    known = [run.input_hash for run in rows(restored, schema.run)]
    ended = drive(restored, as_of=NEXT + dt.timedelta(days=1))  # the week is near: what stands is left alone
    assert {k: v for k, v in content(restored.parent).items() if k in before} == before
    told = f"south {WEEK}: the store had an older plan than the published one, which stays"
    assert ended.status.notes == [told]
    stands = summary_of(place_of(restored.parent, "south", WEEK))["input_hash"]
    assert stands not in known
    newest = max(rows(restored, schema.publication), key=lambda row: row.id)
    assert {run.id: run.input_hash for run in rows(restored, schema.run)}[newest.run] == stands
    assert [event.what for event in rows(restored, schema.event) if event.what == "adopted"] == ["adopted"]
    assert drive(restored, as_of=NEXT + dt.timedelta(days=1), new=True).status.notes == []


@pytest.mark.slow
def test_a_forgotten_plan_whose_run_is_gone_is_asked_about(restored: Path) -> None:
    hashed = summary_of(place_of(restored.parent, "south", WEEK))["input_hash"]
    shutil.rmtree(restored.parent / "runs" / "south" / f"{WEEK}.{hashed[:8]}")
    ended = drive(restored, as_of=NEXT + dt.timedelta(days=1))
    assert ended.status.code == 8
    assert "holds a published plan that the store does not know" in ended.status.sites[1].message
    assert summary_of(place_of(restored.parent, "south", WEEK))["input_hash"] == hashed


def test_a_full_disk_costs_the_page_alone(
    tmp_path: Path, quick: Callable[..., Quick], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    quick()
    path = make(tmp_path / "b", weeks=1)
    monkeypatch.setattr(driving, "write_page", full)
    ended = drive(path)
    assert (ended.status.code, ended.status.counts["done"]) == (0, 2)
    assert ended.status.notes == ["the page of the batch is not written: [Errno 28] No space left on device"]

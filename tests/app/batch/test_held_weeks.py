"""Weeks that are held, frozen or edited by hand: a published plan is replaced only where nobody has to look first."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest
from tiny_batch import LATER, WEEK, Engines, content, correct, drive, make, rows, states

from busyhour.app.batch import publication
from busyhour.app.batch.config import BatchFile
from busyhour.app.batch.drive import opened
from busyhour.app.batch.release import release
from busyhour.app.batch.task import Answer
from busyhour.app.store import schema
from busyhour.forecast.errors import InputError


@pytest.mark.slow
def test_near_weeks_that_are_published_are_left_alone(tmp_path: Path, quick: Engines) -> None:
    """A frozen week keeps its plan, and the next week rests on it."""
    path, engine = make(tmp_path / "b", {"freeze_weeks = 0": "freeze_weeks = 2"}), quick()
    drive(path)
    engine.tasks.clear()
    correct(path)
    ended = drive(path)
    assert ended.status.counts["done"] == 1
    assert [t.week for t in engine.tasks if t.step == "plan"] == [LATER]
    assert states(path)["south", "plan", WEEK] == "unchanged"


@pytest.mark.slow
def test_a_plan_that_changes_much_waits_for_a_person(tmp_path: Path, quick: Engines) -> None:
    """Held weeks hold the weeks after them; `publish` releases them with a reason; the next batch holds no more."""
    path = make(tmp_path / "b", {"max_changed = 1.0": "max_changed = 0.1"})
    quick()
    drive(path)
    for more in range(1, 9):  # until the tiny plan starts at another hour
        correct(path, more=more)
        ended = drive(path)
        if ended.status.code:
            break
    assert ended.status.code == 8
    assert "of 2 published agent-days would change" in ended.status.sites[1].message
    kept = content(path.parent)
    again = drive(path)
    assert again.status.counts["held"] == 1
    assert content(path.parent) == kept
    for week in (WEEK, LATER):
        where, _ = release(BatchFile.read(path), "south", dt.date.fromisoformat(week), None, "new opening")
        assert where == publication.place_of(path.parent, "south", week)
    assert rows(path, schema.publication)[-1].reason == "new opening"
    assert drive(path).status.code == 0
    with pytest.raises(InputError, match="no such run"):
        release(BatchFile.read(path), "south", dt.date.fromisoformat(WEEK), "nothing", "x")
    with pytest.raises(InputError, match="Known: north, south"):
        release(BatchFile.read(path), "nobody", dt.date.fromisoformat(WEEK), None, "x")


@pytest.mark.slow
def test_hold_and_codes_hold(tmp_path: Path, quick: Engines) -> None:
    """publish = "hold" holds every new plan."""
    quick()
    path = make(tmp_path / "b", {'# publish = "auto"': 'publish = "hold" # "auto"'})
    assert drive(path).status.counts["held"] == 2
    assert not (path.parent / "published").exists()


@pytest.mark.slow
def test_a_published_folder_that_was_edited_is_not_replaced(tmp_path: Path, quick: Engines) -> None:
    """What a person changed in a published plan stays, and the site says so."""
    quick()
    path = make(tmp_path / "b")
    drive(path)
    note = publication.place_of(path.parent, "south", WEEK) / "note.txt"
    note.write_text("mine", encoding="utf-8")
    correct(path)
    ended = drive(path)
    assert ended.status.code == 8
    assert "note.txt" in ended.status.sites[1].message
    assert note.is_file()
    note.unlink()
    assert drive(path).status.code == 0


@pytest.mark.slow
def test_what_cannot_be_compared_is_held(tmp_path: Path, quick: Engines) -> None:
    """Runs and published plans of a site were removed: the new plan waits for a person."""
    quick()
    path = make(tmp_path / "b", weeks=1)
    drive(path)
    for top in ("runs", "published"):
        shutil.rmtree(path.parent / top / "south")
    correct(path)
    ended = drive(path)
    assert "to be compared with" in ended.status.sites[1].message
    release(BatchFile.read(path), "south", dt.date.fromisoformat(WEEK), None, "looked at")
    assert drive(path).status.code == 0


@pytest.mark.slow
def test_frozen_weeks_stand_and_their_site_is_forecast(tmp_path: Path, quick: Engines) -> None:
    """New calls are forecast though no week is planned, once; a published folder that is gone comes back."""
    path, engine = make(tmp_path / "b", {"freeze_weeks = 0": "freeze_weeks = 3"}), quick()
    drive(path)
    engine.tasks.clear()
    correct(path)
    shutil.rmtree(publication.place_of(path.parent, "south", WEEK))
    with opened(BatchFile.read(path)) as store, store.write() as c:
        c.execute(schema.forecast.delete())
        c.execute(schema.snapshot.delete().where(schema.snapshot.c.kind == "nightly"))
    assert drive(path).status.code == 0
    assert [(t.site, t.step) for t in engine.tasks] == [("north", "forecast"), ("south", "forecast")]
    assert publication.place_of(path.parent, "south", WEEK).is_dir()
    drive(path)
    assert len(engine.tasks) == 2


@pytest.mark.slow
def test_a_batch_that_goes_on_later_leaves_near_weeks_alone(
    tmp_path: Path, quick: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A week that has begun meanwhile keeps its published plan, whatever the day of the batch was."""
    quick()
    path = make(tmp_path / "b")
    drive(path)
    correct(path)
    quick(lambda t: Answer(t.unit, t.attempt, "failed", 4, "no") if (t.step, t.week) == ("plan", WEEK) else None)
    assert drive(path).status.code == 8

    monkeypatch.setattr("busyhour.app.record.today_at", lambda zone: dt.date(2026, 12, 8))
    engine = quick()
    assert drive(path, resume=True, retry=True, as_of=None).status.code == 0
    assert [t.week for t in engine.tasks if t.step == "plan"] == [LATER]
    assert len([row for row in rows(path, schema.publication) if row.week == WEEK]) == 2

"""Weeks in a row: none is published that the week after it, which stays, cannot follow."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from tiny_batch import LATER, WEEK, Engines, content, correct, drive, make, rows, states

from busyhour.app.batch import weeks
from busyhour.app.batch.config import BatchFile
from busyhour.app.batch.drive import opened
from busyhour.app.batch.ledger import Ledger
from busyhour.app.batch.release import release
from busyhour.app.batch.task import Answer, Task
from busyhour.app.store import schema
from busyhour.forecast.progress import Watch


def published_files(path: Path) -> dict[str, str]:
    """Return the hash of every published file."""
    return {name: digest for name, digest in content(path.parent).items() if name.startswith("published")}


def failing_later(task: Task) -> Answer | None:
    """Let the plans of the second week fail."""
    bad = (task.step, task.week) == ("plan", LATER)
    return Answer(task.unit, task.attempt, "failed", 4, "no") if bad else None


@pytest.mark.slow
def test_no_week_is_published_that_the_plan_after_it_cannot_follow(
    tmp_path: Path, quick: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second week fails, and rules would break between the new first and the published second: the first is held.

    Once the second week is planned both are published, the first one first.
    """
    quick()
    path = make(tmp_path / "b")
    drive(path)
    correct(path, more=3)
    monkeypatch.setattr(weeks, "broken_between", lambda before, after: "rules break between them (rest_min)")
    quick(failing_later)
    before = published_files(path)
    ended = drive(path)
    assert states(path)["south", "plan", WEEK] == "held"
    assert ended.status.sites[1].message == f"{LATER}: no"
    assert published_files(path) == before != {}
    with opened(BatchFile.read(path)) as store:
        held_unit = next(u for u in Ledger(store, 2).by_site()["south"] if u.week == WEEK)
    told = f"the plan published for {LATER}, which stays, cannot follow it: rules break between them (rest_min)"
    assert held_unit.message == told
    quick()
    assert drive(path).status.code == 0
    south = [row.week for row in rows(path, schema.publication) if row.site == 2]
    assert south == [WEEK, LATER, WEEK, LATER]


@pytest.mark.slow
def test_a_week_that_the_plan_after_it_can_follow_is_published(tmp_path: Path, quick: Engines) -> None:
    """The second week fails, and no rule breaks between the new first and the published second."""
    quick()
    path = make(tmp_path / "b")
    drive(path)
    correct(path, more=3)
    quick(failing_later)
    ended = drive(path)
    assert states(path)["south", "plan", WEEK] == "done"
    assert ended.status.sites[1].message == f"{LATER}: no"


@pytest.mark.slow
def test_a_week_whose_week_before_was_published_by_hand_is_told(
    tmp_path: Path, quick: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person publishes the held first week, the second fails: its message says which rules break between the two."""
    quick()
    path = make(tmp_path / "b")
    drive(path)
    correct(path, more=3)
    monkeypatch.setattr(weeks, "broken_between", lambda before, after: "rules break between them (rest_min)")
    quick(failing_later)
    drive(path)
    monkeypatch.setattr("busyhour.app.batch.release.broken_between", lambda before, after: "rules break")
    _, notes = release(BatchFile.read(path), "south", dt.date.fromisoformat(WEEK), None, "agreed")
    assert notes == (f"of the plans published for {WEEK} and {LATER}: rules break",)
    told = f"{LATER}: no; the plan published for {LATER} follows an earlier plan of the week before: rules break"
    assert drive(path).status.sites[1].message.startswith(told)


@pytest.mark.slow
def test_a_stop_between_two_weeks_publishes_none_of_them(
    tmp_path: Path, quick: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first week waits for the second when the stop comes; the same line publishes both."""
    quick()
    path = make(tmp_path / "b")
    drive(path)
    correct(path, more=3)
    watch = Watch()
    monkeypatch.setattr(weeks, "broken_between", lambda before, after: "rules break between them (rest_min)")

    def stop(task: Task) -> Answer | None:
        if (task.step, task.week) != ("plan", LATER):
            return None
        watch.stop.set()
        return Answer(task.unit, task.attempt, "lost", 130, "Stopped.")

    quick(stop)
    before = published_files(path)
    assert drive(path, watch).status.code == 130
    assert states(path)["south", "plan", WEEK] == "waiting"
    assert published_files(path) == before != {}
    quick()
    assert drive(path).status.code == 0
    assert len(rows(path, schema.publication)) == 6

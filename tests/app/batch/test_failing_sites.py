"""Sites that fail: a site's fault costs that site only, is told in one sentence, and is tried again."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest
from tiny_batch import LATER, TODAY, WEEK, Engines, Quick, drive, make, states

from busyhour.app.batch import chain
from busyhour.app.batch.config import BatchFile
from busyhour.app.batch.drive import opened
from busyhour.app.batch.ledger import last
from busyhour.app.batch.sites import Site
from busyhour.app.batch.task import Answer, EngineFault, Task


def of_north(state: Literal["failed", "lost"], code: int) -> Callable[[Task], Answer | None]:
    """Let the plans of the north end badly."""

    def answer(task: Task) -> Answer | None:
        bad = (task.site, task.step) == ("north", "plan")
        return Answer(task.unit, task.attempt, state, code, "no") if bad else None

    return answer


@pytest.mark.parametrize("code", [3, *(pytest.param(code, marks=pytest.mark.slow) for code in (4, 6, 7))])
def test_a_site_that_fails_costs_itself_only(tmp_path: Path, quick: Engines, code: int) -> None:
    """Its later weeks are blocked; the rest stands; the code is 8; `retry` plans what failed."""
    path = make(tmp_path / "b")
    engine = quick(of_north("failed", code))
    ended = drive(path)
    assert ended.status.code == 8
    assert ended.status.line().startswith("busyhour batch weekly 1: 1 done, 1 failed of 2 sites, ")
    assert f"worst {code}: north" in ended.status.line()
    found = states(path)
    assert (found["north", "plan", WEEK], found["north", "plan", LATER]) == ("failed", "blocked")
    assert len([t for t in engine.tasks if (t.site, t.step) == ("north", "plan")]) == 1
    engine = quick()
    ended = drive(path, resume=True, retry=True)
    assert (ended.status.code, ended.status.batch.id) == (0, 1)
    assert [t.step for t in engine.tasks] == ["forecast", "plan", "plan"]
    assert engine.tasks[1].forecast is not None


@pytest.mark.slow
def test_a_lost_worker_is_tried_again_until_attempts_are_used_up(tmp_path: Path, quick: Engines) -> None:
    """Three attempts, then the unit is dead; a stop does not count."""
    path = make(tmp_path / "b")
    engine = quick(of_north("lost", 1))
    assert drive(path).status.code == 8
    assert [t.attempt for t in engine.tasks if (t.site, t.step) == ("north", "plan")] == [1, 2, 3]
    assert states(path)["north", "plan", WEEK] == "dead"


def test_bad_sites_are_told_one_sentence_each(tmp_path: Path, quick: Engines) -> None:
    """No plan.toml, a broken one, an unreadable export: the fourth site is planned."""
    quick()
    path = make(tmp_path / "b")
    sites = path.parent / "sites"
    (sites / "empty").mkdir()
    shutil.copytree(sites / "north", sites / "broken")
    (sites / "broken" / "plan.toml").write_text("[site]\nnam = 1\n", encoding="utf-8")
    (path.parent / "inbox" / "south" / "x.csv").write_text("start,offered\n2026-11-27T08:00,many\n", encoding="utf-8")
    ended = drive(path)
    told = {s.name: s.message for s in ended.status.sites}
    assert "plan.toml: file not found" in told["empty"]
    assert "Did you mean 'name'" in told["broken"]
    assert "x.csv" in told["south"]
    assert told["north"] == ""
    assert ended.status.code == 8


@pytest.mark.slow
def test_calls_of_days_to_come_and_late_calls_cost_the_site(tmp_path: Path, quick: Engines) -> None:
    """Calls end two weeks before the day of the run: nothing is planned from them, unless only a warning is asked."""
    engine = quick()
    path = make(tmp_path / "b")
    ended = drive(path, as_of=TODAY + dt.timedelta(days=21))
    assert ended.status.code == 8
    assert "late_days allows 7" in ended.status.sites[0].message
    path.write_text(
        path.read_text(encoding="utf-8").replace('# on_late = "fail" ', 'on_late = "warn" #'), encoding="utf-8"
    )
    assert drive(path, as_of=TODAY + dt.timedelta(days=21)).status.code == 0
    assert engine.tasks


def test_any_fault_of_one_site_costs_that_site(tmp_path: Path, quick: Engines, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of our own in taking calls is told of its site; the other one is planned."""
    quick()
    taking = chain.take_calls

    def take(shared: chain.Shared, site: Site, *more: Any) -> Any:
        if site.name == "north":
            raise ZeroDivisionError("oh")
        return taking(shared, site, *more)

    monkeypatch.setattr(chain, "take_calls", take)
    ended = drive(make(tmp_path / "b", weeks=1))
    north, south = ended.status.sites
    assert (north.word, north.code, south.word) == ("failed", 1, "done")
    assert "ZeroDivisionError: oh" in north.message


def test_workers_that_are_not_there_leave_nothing_running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fault is raised once page and program are told, and no unit stays at work."""

    def nobody(run: object, tell: object) -> Quick:
        raise EngineFault("nobody is there.")

    monkeypatch.setattr("busyhour.app.batch.drive.engine_of", nobody)
    path = make(tmp_path / "b", weeks=1)
    with pytest.raises(EngineFault, match="nobody"):
        drive(path)
    assert "running" not in states(path).values()
    assert (path.parent / "batches" / "1" / "index.html").is_file()
    with opened(BatchFile.read(path)) as store:
        row = last(store, "weekly")
    assert row is not None and row.state == "stopped"


@pytest.mark.slow
def test_a_mended_plan_is_planned_by_retry(tmp_path: Path, quick: Engines) -> None:
    """The weeks of a site that nobody could read are added to its batch."""
    quick()
    path = make(tmp_path / "b")
    plan = path.parent / "sites" / "north" / "plan.toml"
    text = plan.read_text(encoding="utf-8")
    plan.write_text("[site", encoding="utf-8")
    assert drive(path).status.code == 8
    plan.write_text(text, encoding="utf-8")
    ended = drive(path, resume=True, retry=True)
    assert (ended.status.code, ended.status.batch.id) == (0, 1)
    assert len([key for key in states(path) if key[:2] == ("north", "plan")]) == 2


@pytest.mark.slow
def test_files_that_end_early_are_late(tmp_path: Path, quick: Engines) -> None:
    """late_days holds for calls that are read from files, too."""
    quick()
    path = make(tmp_path / "b", {'# calls = "store"': 'calls = "files"'}, weeks=1)
    ended = drive(path, as_of=TODAY + dt.timedelta(days=21))
    assert "late_days allows 7" in ended.status.sites[0].message

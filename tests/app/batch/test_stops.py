"""Batches that are stopped, go on, wait for another or begin anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tiny_batch import Engines, drive, make, states

from busyhour.app.batch import chain, ledger
from busyhour.app.batch.config import BatchFile
from busyhour.app.batch.drive import opened
from busyhour.app.batch.driven import ask_to_stop, is_driven
from busyhour.app.batch.task import Answer, Task
from busyhour.app.batch.unchanged import Unchanged
from busyhour.app.store.faults import Held
from busyhour.app.store.locks import held
from busyhour.forecast.errors import InputError
from busyhour.forecast.progress import Watch


@pytest.mark.slow
def test_two_drivers_at_once(tmp_path: Path, quick: Engines) -> None:
    """Who holds a site is named; nothing is begun meanwhile; a batch of other sites runs."""
    quick()
    path = make(tmp_path / "b")
    drive(path)
    with opened(BatchFile.read(path)) as store, held(store, ["site north"], "batch nightly"):
        with pytest.raises(Held, match=r"site north is held by .* \(batch nightly\)"):
            drive(path)
        other = path.with_name("other.toml")
        text = path.read_text(encoding="utf-8").replace('name = "weekly"', 'name = "other"')
        other.write_text(text.replace('["sites/*"]', '["sites/south"]'), encoding="utf-8")
        assert drive(other).status.code == 0


def test_a_stop_gives_back_and_the_same_line_goes_on(tmp_path: Path, quick: Engines) -> None:
    """After a stop nothing runs; the same line continues the same batch; another day begins a new one."""
    path, watch = make(tmp_path / "b"), Watch()

    def stop(task: Task) -> Answer | None:
        if task.step == "plan":
            watch.stop.set()
            return Answer(task.unit, task.attempt, "lost", 130, "Stopped before the end.")
        return None

    quick(stop)
    ended = drive(path, watch)
    assert ended.status.code == 130
    assert ended.status.batch.state == "stopped"
    assert "running" not in states(path).values()
    quick()
    ended = drive(path)
    assert (ended.status.batch.id, ended.status.code) == (1, 0)
    assert drive(path).status.batch.id == 2


@pytest.mark.slow
def test_a_stop_from_elsewhere_is_heard(tmp_path: Path, quick: Engines, monkeypatch: pytest.MonkeyPatch) -> None:
    """`busyhour batch stop` reaches the driver through the store."""
    path = make(tmp_path / "b")
    monkeypatch.setattr("busyhour.app.batch.drive.LOOK_S", -1.0)

    def ask(task: Task) -> Answer | None:
        with opened(BatchFile.read(path)) as store:
            assert is_driven(store, "weekly") and not is_driven(store, "nightly")
            assert ask_to_stop(store, "weekly") == 1
        return None

    quick(ask)
    assert drive(path).status.code == 130
    quick()
    assert drive(path).status.batch.id == 1
    with opened(BatchFile.read(path)) as store:
        assert ask_to_stop(store, "weekly") is None


@pytest.mark.slow
def test_other_settings_begin_another_batch(tmp_path: Path, quick: Engines) -> None:
    """A stopped batch goes on with the settings it began with; a changed batch.toml begins another."""
    path, watch = make(tmp_path / "b"), Watch()
    watch.stop.set()
    quick()
    assert drive(path, watch).status.code == 130
    path.write_text(path.read_text(encoding="utf-8").replace("weeks = 2 ", "weeks = 1 "), encoding="utf-8")
    ended = drive(path)
    assert ended.status.batch.id == 2
    assert drive(path, resume=True, batch=1).status.code == 0
    assert len([1 for key in states(path) if key[1] == "plan"]) == 2
    with pytest.raises(InputError, match="is done"):
        drive(path, resume=True)
    with pytest.raises(InputError, match="there is no batch"):
        drive(path, resume=True, batch=9)


def test_the_next_night_begins_another_batch(tmp_path: Path, quick: Engines, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unfinished batch goes on within hours, if it is the last of its name; a later night begins a new one."""
    quick()
    path, watch = make(tmp_path / "b", weeks=1), Watch()
    watch.stop.set()
    numbers = [drive(path, watch, as_of=None).status.batch.id for _ in range(2)]
    real = ledger.now
    monkeypatch.setattr(ledger, "now", lambda: real() + 13 * 3600)
    numbers.append(drive(path, watch, as_of=None).status.batch.id)
    assert numbers == [1, 1, 2]
    assert drive(path, watch, only="north").status.batch.id == 3
    assert drive(path, watch).status.batch.id == 4


@pytest.mark.slow
def test_a_stop_is_heard_while_no_site_needs_a_worker(
    tmp_path: Path, quick: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first of two unchanged sites asks to stop: the second is not begun."""
    quick()
    path = make(tmp_path / "b", weeks=1)
    drive(path)
    taking = chain.take_calls

    def take(shared: chain.Shared, *more: Any) -> Any:
        assert ask_to_stop(shared.ledger.store, "weekly") == 2
        return taking(shared, *more)

    monkeypatch.setattr(chain, "take_calls", take)
    monkeypatch.setattr(Unchanged, "of", lambda self, site: None)
    monkeypatch.setattr("busyhour.app.batch.drive.LOOK_S", -1.0)
    ended = drive(path)
    assert ended.status.code == 130
    assert [site.word for site in ended.status.sites] == ["unchanged", "waiting"]

"""The engine without workers: answers, progress, a stop, a task that takes too long."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from batch_faults import faulty

from busyhour.app.batch import in_process
from busyhour.app.batch.in_process import InProcess
from busyhour.app.batch.task import Answer, Engine, Task, Told


@pytest.fixture(autouse=True)
def _plans_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_process, "run_task", faulty)


def task(place: Path, site: str, unit: int = 1, timeout_s: float = 60.0) -> Task:
    """Return a task whose inputs are there."""
    inputs = place / f"inputs-{site}"
    inputs.mkdir(exist_ok=True)
    (inputs / "plan.toml").write_text(f"# {site}", encoding="utf-8")
    return Task(unit, 1, site, "plan", "2026-10-19", inputs, place / f"staging-{unit}", timeout_s=timeout_s)


def one(engine: Engine) -> Answer:
    (answer,) = engine.answers(20.0)
    return answer


def test_tasks_are_done_one_after_the_other(tmp_path: Path) -> None:
    """Each is answered, with its folder, and tells its progress."""
    told: list[Told] = []
    with InProcess(told.append) as engine:
        assert engine.places == 1 and engine.answers(0.0) == []
        for unit in (1, 2):
            engine.submit(task(tmp_path, f"site{unit}", unit))
            answer = one(engine)
            assert (answer.unit, answer.state, answer.worker) == (unit, "done", "this process")
            assert answer.folder == tmp_path / f"staging-{unit}"
            assert (tmp_path / f"staging-{unit}" / "read").read_text(encoding="utf-8") == f"# site{unit}"
    assert [(t.unit, t.event.stage) for t in told] == [(1, "people"), (2, "people")]


def test_a_stop_is_heard_by_the_task(tmp_path: Path) -> None:
    """What runs is lost with code 130, whose attempt does not count; nothing more is begun."""
    begun = threading.Event()
    with InProcess(lambda _: begun.set()) as engine:
        engine.submit(task(tmp_path, "slow"))
        assert begun.wait(20.0)
        engine.stop()
        assert (one(engine).code, engine.places) == (130, 0)
        engine.submit(task(tmp_path, "site", 2))
        assert one(engine).code == 130
    assert not (tmp_path / "staging-2").exists()


def test_a_task_that_takes_too_long_is_lost(tmp_path: Path) -> None:
    """It is told to stop, and its attempt counts."""
    with InProcess() as engine:
        engine.submit(task(tmp_path, "slow", timeout_s=0.2))
        answer = one(engine)
    assert (answer.state, answer.code) == ("lost", 1)
    assert "not done within 0.2 s" in answer.message and "timeout_s" in answer.message


def test_closing_waits_only_a_little(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A task that hears nothing does not keep the process: its thread is a daemon."""
    monkeypatch.setattr(in_process, "CLOSE_S", 0.1)
    began = threading.active_count()
    engine = InProcess()
    over = threading.Event()
    monkeypatch.setattr(in_process, "run_task", lambda *_: over.wait() and Answer(1, 1, "done"))
    engine.submit(task(tmp_path, "deaf"))
    engine.close()
    assert all(t.daemon for t in threading.enumerate() if t.name.startswith("unit"))
    assert threading.active_count() > began
    over.set()

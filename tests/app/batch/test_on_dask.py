"""The engine on Dask with worker processes of this machine."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import batch_faults
import psutil
import pytest
from dask_tasks import WAIT_S, drive, said, starts, task
from distributed import LocalCluster

from busyhour.app.batch import on_dask
from busyhour.app.batch.on_dask import OnDask
from busyhour.app.batch.starting import Starting
from busyhour.app.batch.task import EngineFault, Told

pytestmark = pytest.mark.slow
FAULTS = Path(batch_faults.__file__)


@pytest.fixture
def faults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let workers of this machine do as the sites say; returns the file that counts starts."""
    local = LocalCluster

    def with_faults(**options: object) -> LocalCluster:
        return local(**{**options, "preload": [str(FAULTS), *options["preload"]]})  # type: ignore[misc]

    file = tmp_path / "starts"
    monkeypatch.setenv(batch_faults.STARTS, str(file))
    monkeypatch.setattr(on_dask, "LocalCluster", with_faults)
    return file


def test_poison_hits_only_itself(faults: Path, tmp_path: Path, told: list[Told]) -> None:
    """A unit that kills its worker is tried thrice; innocents run once, and another worker comes instead."""
    with OnDask(2, tell=told.append) as engine:
        assert engine.places == 2
        tasks = [task(tmp_path, "poison", 0), *(task(tmp_path, f"site{i}", i) for i in range(1, 7))]
        poison, *rest = drive(engine, tasks)
    assert (poison.state, poison.code, poison.attempt) == ("lost", 1, 3)
    assert "was killed, crashed, or was out of memory" in poison.message
    assert [(a.state, a.attempt) for a in rest] == [("done", 1)] * 6
    assert {a.worker for a in rest} <= {"worker 0", "worker 1"}
    assert starts(faults) == Counter({"poison": 3, **{f"site{i}": 1 for i in range(1, 7)}})
    assert {t.unit for t in told if t.event.stage == "people"} >= {1, 2, 3, 4, 5, 6}


def test_hog_and_hang_are_ended(faults: Path, tmp_path: Path, told: list[Told]) -> None:
    """Too much memory, and too much time on a task that hears nothing; the others go on."""
    begun = 0

    def time_passes() -> None:
        nonlocal begun
        if faults.exists() and (seen := starts(faults)["hang"]) > begun:
            begun = seen
            for flight in engine._flights.values():
                flight.began -= 700.0 * (flight.task.site == "hang")

    with OnDask(2, memory_gb=0.8, tell=told.append) as engine:
        tasks = [task(tmp_path, "hog", 0), task(tmp_path, "hang", 1),
                 *(task(tmp_path, f"site{i}", i) for i in range(2, 6))]  # fmt: skip
        hog, hang, *rest = drive(engine, tasks, attempts=2, meanwhile=time_passes)
    assert (hog.state, hog.attempt) == ("lost", 2) and "out of memory" in hog.message
    assert (hang.state, hang.attempt) == ("lost", 2) and "not done within 600 s" in hang.message
    assert [(a.state, a.attempt) for a in rest] == [("done", 1)] * 4
    assert starts(faults) == Counter({"hog": 2, "hang": 2, **{f"site{i}": 1 for i in range(2, 6)}})


def test_a_killed_worker_costs_one_attempt(faults: Path, tmp_path: Path, told: list[Told]) -> None:
    """SIGKILL from outside while a unit runs: the unit is begun again elsewhere, and a new worker joins."""
    killed: list[int] = []

    def kill() -> None:
        if not killed and faults.exists() and "slow" in starts(faults):
            worker = next(p for p in psutil.Process().children(recursive=True) if _is_worker(p))
            killed.append(worker.pid)
            worker.kill()

    with OnDask(1, tell=told.append) as engine:
        slow = task(tmp_path, "slow", 0)
        (answer,) = drive(engine, [slow], attempts=1, meanwhile=kill)
        assert killed and (answer.state, answer.code) == ("lost", 1)
        (after,) = drive(engine, [task(tmp_path, "site", 1)])
        assert after.state == "done"
    assert said(told).count("worker 0 is ready") == 2


def test_a_stop_ends_within_seconds_and_leaves_nobody(faults: Path, tmp_path: Path, told: list[Told]) -> None:
    """Units that hear and units that hear nothing; no process is left, nothing listens beyond this machine."""
    before = {p.pid for p in psutil.Process().children(recursive=True)}
    with OnDask(2, tell=told.append) as engine:
        mine = [p for p in psutil.Process().children(recursive=True) if p.pid not in before]
        for process in (*mine, psutil.Process()):
            ports = [c.laddr.ip for c in process.net_connections("inet") if c.status == "LISTEN"]
            assert set(ports) <= {"127.0.0.1"}, (process, ports)
        engine.submit(task(tmp_path, "slow", 0))
        engine.submit(task(tmp_path, "hang", 1))
        while not (faults.exists() and len(starts(faults)) == 2):
            engine.answers(0.1)
        engine.stop()
        assert {(a.unit, a.state, a.code) for a in engine.answers(1.0)} == {(0, "lost", 130), (1, "lost", 130)}
        assert engine.places == 0
    _, alive = psutil.wait_procs(mine, timeout=WAIT_S)
    assert not [p for p in alive if _is_worker(p)]


def test_a_broken_task_is_lost_with_its_error(faults: Path, tmp_path: Path, told: list[Told]) -> None:
    """A fault of the engine's own code in a worker is told, not swallowed."""
    with OnDask(1, tell=told.append) as engine:
        (answer,) = drive(engine, [task(tmp_path, "broken")], attempts=1)
    assert (answer.state, answer.code) == ("lost", 1) and "a fault of the engine itself" in answer.message


DRIVER = """
import sys, time
from pathlib import Path
if __name__ == "__main__":
    sys.path.insert(0, {helpers!r})
    from busyhour.app.batch import on_dask
    from busyhour.app.batch.task import Task
    local = on_dask.LocalCluster
    on_dask.LocalCluster = lambda **o: local(**{{**o, "preload": [{faults!r}, *o["preload"]]}})
    with on_dask.OnDask(2, tell=lambda told: None) as engine:
        for i in range(2):
            engine.submit(Task(i, 1, "hang", "plan", "2026-10-19", Path({place!r}), Path({place!r}) / str(i)))
        print("up", flush=True)
        while True:
            engine.answers(1.0)
"""


def test_workers_never_outlive_their_driver(tmp_path: Path) -> None:
    """SIGKILL of the driver in the middle of units that hear nothing."""
    script = tmp_path / "driver.py"
    text = DRIVER.format(helpers=str(FAULTS.parent), faults=str(FAULTS), place=str(tmp_path))
    script.write_text(text, encoding="utf-8")
    driver = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)
    assert driver.stdout is not None and driver.stdout.readline() == "up\n"
    workers = psutil.Process(driver.pid).children(recursive=True)
    assert len([p for p in workers if _is_worker(p)]) == 2
    driver.kill()
    driver.communicate()
    _, alive = psutil.wait_procs(workers, timeout=WAIT_S)
    assert not alive


def _is_worker(process: psutil.Process) -> bool:
    try:
        return "spawn_main" in " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return False


def test_a_loop_that_does_not_begin_is_one_sentence(told: list[Told], monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine that is far too busy Dask fails with an assertion of its own."""

    def busy(**options: object) -> LocalCluster:
        raise AssertionError

    monkeypatch.setattr(on_dask, "LocalCluster", busy)
    with pytest.raises(EngineFault, match=r"^this machine cannot be reached: Dask has not started .*\.$"):
        OnDask(1, tell=told.append).__enter__()


def test_a_stop_ends_workers_that_are_still_starting(told: list[Told]) -> None:
    """At any moment of their start; nobody is left, and who is told to start workers by hand is not told so here."""
    before = {p.pid for p in psutil.Process().children(recursive=True)}
    for wait_s in (0.0, 0.4, 0.8):
        with Starting(lambda: OnDask(2, tell=told.append)) as starting:
            starting.answers(wait_s)
        assert starting._decided.wait(WAIT_S)
        assert starting._fault is None or "dask worker" not in str(starting._fault)
    mine = [p for p in psutil.Process().children(recursive=True) if p.pid not in before and _is_worker(p)]
    assert not psutil.wait_procs(mine, timeout=WAIT_S)[1]


def test_healthy_workers_are_never_forgotten(faults: Path, told: list[Told]) -> None:
    """Dask's client overwrites what it knows of the workers every other second: the scheduler itself is asked."""
    with OnDask(1, tell=told.append) as engine:
        engine._client._scheduler_identity.clear()
        for _ in range(3):
            engine._crew._looked = 0.0
            engine._client.sync(engine._client._update_scheduler_info)
            assert len(engine._crew.look() or ()) == 1
    assert "is gone" not in said(told)

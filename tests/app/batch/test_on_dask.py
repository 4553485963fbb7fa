"""The engine on Dask, with real worker processes: of this machine, and of a scheduler that was started by hand."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import batch_faults
import dask
import psutil
import pytest
from distributed import LocalCluster

from busyhour.app.batch import crew, on_dask
from busyhour.app.batch.on_dask import OnDask
from busyhour.app.batch.task import Answer, EngineFault, Task, Told

pytestmark = pytest.mark.slow
FAULTS = Path(batch_faults.__file__)
WAIT_S = 120.0


def task(place: Path, site: str, unit: int = 1, timeout_s: float = 600.0) -> Task:
    """Return a task whose inputs are there."""
    inputs = place / f"inputs-{site}"
    inputs.mkdir(exist_ok=True)
    (inputs / "plan.toml").write_text(f"# {site}", encoding="utf-8")
    return Task(unit, 1, site, "plan", "2026-10-19", inputs, place / f"staging-{unit}", timeout_s=timeout_s)


def drive(
    engine: OnDask, tasks: list[Task], attempts: int = 3, meanwhile: Callable[[], None] = lambda: None
) -> list[Answer]:
    """Do tasks as a driver does: one in flight a worker, lost ones again; return the last answer of each."""
    waiting, last, flying = list(tasks), dict[int, Answer](), dict[int, Task]()
    until = time.monotonic() + WAIT_S
    while waiting or flying:
        assert time.monotonic() < until, (waiting, flying)
        while waiting and len(flying) < engine.places:
            one = waiting.pop(0)
            engine.submit(one)
            flying[one.unit] = one
        meanwhile()
        for answer in engine.answers(0.5):
            done, last[answer.unit] = flying.pop(answer.unit), answer
            if answer.state == "lost" and answer.code == 1 and answer.attempt < attempts:
                n = answer.attempt + 1
                waiting.append(replace(done, attempt=n, staging=done.staging.with_name(f"{done.staging.name}-{n}")))
    return [last[t.unit] for t in tasks]


def starts(file: Path) -> Counter[str]:
    """Return how often the task of each site was begun."""
    return Counter(line.split()[0] for line in file.read_text(encoding="utf-8").splitlines())


@pytest.fixture
def faults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let workers of this machine do as the sites say; returns the file that counts starts."""
    local = LocalCluster

    def with_faults(**options: object) -> LocalCluster:
        return local(**{**options, "preload": [*options["preload"], str(FAULTS)]})  # type: ignore[misc]

    file = tmp_path / "starts"
    monkeypatch.setenv(batch_faults.STARTS, str(file))
    monkeypatch.setattr(on_dask, "LocalCluster", with_faults)
    return file


@pytest.fixture
def told() -> list[Told]:
    """What an engine tells."""
    return []


def said(told: list[Told]) -> str:
    return "\n".join(t.event.text for t in told if t.unit is None)


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
    with OnDask(2, memory_gb=0.8, tell=told.append) as engine:
        tasks = [task(tmp_path, "hog", 0), task(tmp_path, "hang", 1, timeout_s=2.0),
                 *(task(tmp_path, f"site{i}", i) for i in range(2, 6))]  # fmt: skip
        hog, hang, *rest = drive(engine, tasks, attempts=2)
    assert (hog.state, hog.attempt) == ("lost", 2) and "out of memory" in hog.message
    assert (hang.state, hang.attempt) == ("lost", 2) and "not done within 2 s" in hang.message
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
        slow = task(tmp_path, "slow", 0, timeout_s=20.0)
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
    _, alive = psutil.wait_procs(mine, timeout=5)
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
    on_dask.LocalCluster = lambda **o: local(**{{**o, "preload": [*o["preload"], {faults!r}]}})
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
    _, alive = psutil.wait_procs(workers, timeout=10)
    assert not alive


def _is_worker(process: psutil.Process) -> bool:
    try:
        return "spawn_main" in " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return False


class Yard:
    """A scheduler and workers that were started by hand, as on machines of one's own.

    Parameters
    ----------
    tls
        Settings of encryption in their environment; {} = none.
    """

    def __init__(self, place: Path, tls: Mapping[str, str] = MappingProxyType({})) -> None:
        self.place, self.processes, self.tls = place, list[subprocess.Popen[bytes]](), tls
        protocol = "tls" if tls else "tcp"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"{protocol}://127.0.0.1:{port}"
        where = ("--host", "127.0.0.1", "--port", str(port), "--protocol", protocol)
        self._start("scheduler", *where, "--no-dashboard")

    def worker(self, name: str, *options: str, path: Path | None = None) -> subprocess.Popen[bytes]:
        """Start a worker; `path` comes first where it looks for packages."""
        more = ("--name", name, "--preload", str(FAULTS), "--local-directory", str(self.place / "dask"))
        threads = () if "--nthreads" in options else ("--nthreads", "1")
        return self._start("worker", self.address, "--no-dashboard", *threads, *more, *options, path=path)

    def _start(self, command: str, *options: str, path: Path | None = None) -> subprocess.Popen[bytes]:
        paths = [str(p) for p in (path, FAULTS.parent) if p is not None]
        env = {**os.environ, **self.tls, "PYTHONPATH": os.pathsep.join(paths)}
        started = subprocess.Popen(
            [sys.executable, "-m", "distributed.cli.dask_" + command, *options], env=env, cwd=self.place,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.processes.append(started)
        return started

    def close(self) -> None:
        for process in reversed(self.processes):
            for child in [*psutil.Process(process.pid).children(recursive=True)] if process.poll() is None else []:
                child.kill()
            process.kill()
            process.wait()


@pytest.fixture
def yard(tmp_path: Path) -> Iterator[Yard]:
    """A scheduler without workers yet."""
    made = Yard(tmp_path)
    try:
        yield made
    finally:
        made.close()


def test_files_travel_to_somebody_elses_cluster(yard: Yard, tmp_path: Path, told: list[Told]) -> None:
    """Two workers, a third that joins late, a poison unit, a big result; all that was shipped comes back whole."""
    yard.worker("one")
    yard.worker("two")
    late: list[object] = []

    def join() -> None:
        if not late:
            late.append(yard.worker("three"))

    tasks = [task(tmp_path, name, i) for i, name in enumerate(["poison", "big", "a", "b", "c", "d"])]
    with OnDask(0, address=yard.address, ships=True, tell=told.append) as engine:
        poison, *rest = drive(engine, tasks, attempts=2, meanwhile=join)
        until = time.monotonic() + WAIT_S
        while engine.places < 3 and time.monotonic() < until:
            engine.answers(0.5)
        assert engine.places == 3
    assert poison.state == "lost"
    assert [a.state for a in rest] == ["done"] * 5, [a.message for a in rest]
    for one, answer in zip(tasks[1:], rest, strict=True):
        assert answer.folder == one.staging and answer.worker in ("one", "two", "three")
        assert (one.staging / "read").read_text(encoding="utf-8") == f"# {one.site}"
    assert (tmp_path / "staging-1" / "content").stat().st_size == 12_000_000
    assert not list((tmp_path / "dask").rglob("busyhour-*"))
    assert "three is ready" in said(told)


def test_shared_paths_need_no_shipping(yard: Yard, tmp_path: Path, told: list[Told]) -> None:
    """The worker writes where the driver said; paths that are not there are told as what they are."""
    yard.worker("one")
    with OnDask(0, address=yard.address, ships=False, tell=told.append) as engine:
        here, gone = task(tmp_path, "a", 0), replace(task(tmp_path, "b", 1), inputs=tmp_path / "elsewhere")
        (first,) = drive(engine, [here])
        (second,) = drive(engine, [gone], attempts=1)
    assert first.state == "done" and first.folder is not None, first.message
    assert first.folder.parent == tmp_path and (first.folder / "read").read_text(encoding="utf-8") == "# a"
    assert second.state == "lost" and 'files = "shipped"' in second.message


def other_version(place: Path) -> Path:
    """Return a folder of packages in which busyhour has another version."""
    told = place / "other" / "busyhour-9.9.dist-info"
    told.mkdir(parents=True)
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: busyhour\nVersion: 9.9\n", encoding="utf-8")
    return told.parent


def test_workers_that_do_not_fit_are_left_out_by_name(
    yard: Yard, tmp_path: Path, told: list[Told], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another version, no nanny, two threads: none of them is given a unit; the one that fits does all."""
    monkeypatch.setattr(crew, "JOIN_S", WAIT_S)
    monkeypatch.setattr(crew, "SETTLE_S", WAIT_S)
    yard.worker("old", path=other_version(tmp_path))
    yard.worker("bare", "--no-nanny")
    yard.worker("wide", "--nthreads", "2")
    yard.worker("good")
    with OnDask(0, address=yard.address, ships=True, tell=told.append) as engine:
        answers = drive(engine, [task(tmp_path, f"s{i}", i) for i in range(3)])
        until = time.monotonic() + WAIT_S
        while said(told).count("is not used") < 3 and time.monotonic() < until:
            engine.answers(0.2)
        assert engine.places == 1
    assert {a.worker for a in answers} == {"good"} and {a.state for a in answers} == {"done"}
    text = said(told)
    assert "old is not used: busyhour 9.9 instead of" in text
    assert "bare is not used: it has no nanny" in text
    assert "wide is not used: it has 2 threads" in text


def test_no_worker_that_fits_is_an_error(yard: Yard, tmp_path: Path, told: list[Told]) -> None:
    """One sentence says who does not fit and why."""
    yard.worker("old", path=other_version(tmp_path))
    with pytest.raises(EngineFault, match=r"no worker that may be used\. old: busyhour 9\.9 instead of"):
        OnDask(0, address=yard.address, ships=True, tell=told.append).__enter__()


def test_nobody_at_all_is_an_error(yard: Yard, told: list[Told], monkeypatch: pytest.MonkeyPatch) -> None:
    """A scheduler without workers, an address at which nobody answers, an address that is none."""
    monkeypatch.setattr(crew, "JOIN_S", 1.0)
    with pytest.raises(EngineFault, match="has no worker: start some with: dask worker"):
        OnDask(0, address=yard.address, tell=told.append).__enter__()
    monkeypatch.setattr(on_dask, "CONNECT_S", 1.0)
    for address in ("tcp://127.0.0.1:9", "nonsense://x:1"):
        with pytest.raises(EngineFault, match=f"the scheduler at {address} cannot be reached"):
            OnDask(0, address=address, tell=told.append).__enter__()


def test_a_scheduler_that_goes_ends_the_work(yard: Yard, tmp_path: Path, told: list[Told]) -> None:
    """One sentence, and the engine closes."""
    yard.worker("one")
    with OnDask(0, address=yard.address, ships=True, tell=told.append) as engine:
        engine.submit(task(tmp_path, "slow"))
        engine.answers(1.0)
        yard.processes[0].send_signal(signal.SIGKILL)
        with pytest.raises(EngineFault, match="is gone"):
            for _ in range(60):
                engine.answers(1.0)


def test_workers_stop_when_their_driver_does(yard: Yard, tmp_path: Path, told: list[Told]) -> None:
    """A worker of somebody else's cluster hears that nobody wants its result any more, and is free for the next."""
    yard.worker("one")
    for unit in range(2):
        with OnDask(0, address=yard.address, ships=True, tell=told.append) as engine:
            engine.submit(task(tmp_path, "slow", unit))
            while sum(t.unit == unit for t in told) == 0:
                engine.answers(0.1)
            engine.stop()
            assert [a.code for a in engine.answers(1.0)] == [130]
    with OnDask(0, address=yard.address, ships=True, tell=told.append) as engine:
        (answer,) = drive(engine, [task(tmp_path, "after", 9)])
        assert answer.state == "done"


GUIDE = Path(__file__).parents[3] / "docs" / "guides" / "cluster.md"


def certificates(place: Path, name: str) -> dict[str, str]:
    """Make certificates as the guide does, and return the settings that the guide lists, with their files."""
    text = GUIDE.read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("openssl req "))
    folder = place / name
    folder.mkdir()
    subprocess.run(shlex.split(line), cwd=folder, check=True, capture_output=True)
    settings = re.findall(r"^(DASK_DISTRIBUTED__COMM__\w+)=(.*)$", text, re.MULTILINE)
    return {key: value.replace("/etc/busyhour", str(folder)) for key, value in settings}


def flat(tree: Mapping[str, Any], top: str = "") -> dict[str, Any]:
    """Return Dask's settings by their dotted names."""
    out: dict[str, Any] = {}
    for key, value in tree.items():
        name = top + key.replace("_", "-")
        out |= flat(value, f"{name}.") if isinstance(value, Mapping) else {name: value}
    return out


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed: no certificates can be made")
def test_an_encrypted_cluster_takes_whoever_has_its_certificate(
    tmp_path: Path, told: list[Told], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the guide says; without certificates, with others, and unencrypted nobody gets in, each in one sentence."""
    own, other = (certificates(tmp_path, name) for name in ("own", "other"))
    assert len(own) == 8
    yard = Yard(tmp_path, own)
    refused = f"the scheduler at {yard.address} cannot be reached: .*TLS__CA_FILE"
    try:
        yard.worker("one")
        settings, address = flat(dask.config.collect_env(env=own)), yard.address
        with dask.config.set(settings), OnDask(0, address=address, ships=True, tell=told.append) as engine:
            (answer,) = drive(engine, [task(tmp_path, "a", 0)])
        monkeypatch.setattr(on_dask, "CONNECT_S", 2.0)
        assert answer.state == "done" and answer.folder is not None, answer.message
        assert "neither tls" not in said(told)
        with pytest.raises(EngineFault, match=refused):
            OnDask(0, address=yard.address, tell=told.append).__enter__()
        with dask.config.set(flat(dask.config.collect_env(env=other))), pytest.raises(EngineFault, match=refused):
            OnDask(0, address=yard.address, tell=told.append).__enter__()
        bare = yard.address.replace("tls", "tcp")
        with pytest.raises(EngineFault, match=f"the scheduler at {bare} cannot be reached"):
            OnDask(0, address=bare, tell=told.append).__enter__()
    finally:
        yard.close()

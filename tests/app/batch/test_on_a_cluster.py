"""The engine on Dask with a scheduler and workers that were started by hand."""

from __future__ import annotations

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import batch_faults
import dask
import psutil
import pytest
from dask_tasks import WAIT_S, drive, said, task
from programs import program

from busyhour.app.batch import crew, on_dask
from busyhour.app.batch.on_dask import OnDask
from busyhour.app.batch.task import EngineFault, Told

pytestmark = pytest.mark.slow
FAULTS = Path(batch_faults.__file__)


def answers(port: int) -> bool:
    """Whether somebody listens at a port of this machine."""
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


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
        until = time.monotonic() + WAIT_S
        while not answers(port):
            assert time.monotonic() < until, "no scheduler"
            time.sleep(0.05)

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


def test_no_worker_that_fits_is_an_error(
    yard: Yard, tmp_path: Path, told: list[Told], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sentence says who does not fit and why."""
    monkeypatch.setattr(crew, "JOIN_S", WAIT_S)
    monkeypatch.setattr(crew, "SETTLE_S", 0.1)
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


def test_an_encrypted_cluster_takes_whoever_has_its_certificate(
    tmp_path: Path, told: list[Told], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the guide says; without certificates, with others, and unencrypted nobody gets in, each in one sentence."""
    program("OpenSSL", "openssl")
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

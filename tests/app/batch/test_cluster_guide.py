"""What the guide on clusters tells the reader to type, typed: a real scheduler, two workers, one batch."""

from __future__ import annotations

import json
import re
import shlex
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from busyhour.app.starter_batch import write_batch_starter

GUIDE = Path(__file__).parents[3] / "docs" / "guides" / "cluster.md"
PROGRAMS = {"dask": ("-m", "dask"), "busyhour": ("-m", "busyhour.app.cli")}


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def await_listener(port: int, server: subprocess.Popen[bytes]) -> None:
    """Return once somebody listens on a port; fail where the server has ended."""
    while server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the scheduler has ended")


def typed(port: int) -> list[list[str]]:
    """Return the commands of the guide as argument lists, with another port."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    lines = [line.replace("8786", str(port)) for block in blocks for line in block.splitlines()]
    out = []
    for line in lines:
        program, *words = shlex.split(line)
        out.append([sys.executable, *PROGRAMS[program], *words])
    return out


@pytest.fixture
def started() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Processes that end with the test, and all that they have started."""
    processes: list[subprocess.Popen[bytes]] = []
    yield processes
    for process in reversed(processes):
        if process.poll() is None:
            for child in psutil.Process(process.pid).children(recursive=True):
                child.kill()
        process.kill()
        process.wait()


@pytest.mark.slow
def test_the_commands_of_the_guide_plan_a_batch(tmp_path: Path, started: list[subprocess.Popen[bytes]]) -> None:
    """Both workers are used, the plans come back and are published; a second run finds nothing to do."""
    port = free_port()
    *servers, batch = typed(port)
    assert [words[3] for words in servers] == ["scheduler", "worker", "worker"] and "--cluster" in batch
    place = tmp_path / "demo"
    write_batch_starter(place)
    for words in servers:
        quiet = subprocess.DEVNULL
        started.append(subprocess.Popen(words, cwd=tmp_path, stdout=quiet, stderr=quiet))
        await_listener(port, started[0])
    done = subprocess.run([*batch, "--json"], cwd=place, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert (summary["done"], summary["failed"]) == (2, 0)
    with closing(sqlite3.connect(place / "busyhour.db")) as store:
        workers = {w for (w,) in store.execute("SELECT worker FROM unit WHERE worker IS NOT NULL")}
    assert workers <= {"one", "two"} and workers
    assert len(list((place / "published").glob("*/*/report.html"))) == 2
    again = subprocess.run([*batch, "--json"], cwd=place, capture_output=True, text=True, timeout=600, check=False)
    assert again.returncode == 0 and json.loads(again.stdout)["unchanged"] == 2

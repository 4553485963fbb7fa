"""Ctrl-C and its sisters: the best plan so far is kept, what is said of it is true, and nothing ends in a traceback."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from busyhour.app import files as store
from busyhour.app.cli.progress_board import Board
from busyhour.app.cli.stop_signals import SIGNALS, handled
from busyhour.forecast.progress import Watch

RUN = Path("runs") / "2026-10-19"
WHOLE = {"summary.json", "activity.csv", "roster.csv", "manifest.json"}

INTERRUPTED = """
import os, signal, sys
from busyhour.app.cli.start import main
from busyhour.forecast.progress import Watch

_, asked, folder, name = sys.argv
sys.argv = ["busyhour", "plan", folder]
tell, sent = Watch.tell, []

def tell_and_interrupt(watch, stage, text="", **figures):
    tell(watch, stage, text, **figures)
    if asked in (stage, *text.split()) and not sent:
        sent.append(asked)
        os.kill(os.getpid(), getattr(signal, name))

Watch.tell = tell_and_interrupt
main()
"""  # a run that gets a signal the moment a stage is told first


def fingerprint(folder: Path) -> dict[str, bytes]:
    """Return every file below `folder` with its bytes."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def heard() -> None:
    """Hear signals in a process even where the one that starts it ignores them."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_DFL)


def interrupted(folder: Path, stage: str, name: str) -> subprocess.CompletedProcess[str]:
    """Plan a folder and send a signal when a stage is told first."""
    command = [sys.executable, "-c", INTERRUPTED, stage, str(folder), name]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, preexec_fn=heard)


@pytest.fixture
def ears() -> Iterator[None]:
    """Handlers of the test's own, put back afterwards."""
    before = {number: signal.signal(number, signal.default_int_handler) for number in SIGNALS}
    yield
    for number, was in before.items():
        signal.signal(number, was)


posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")


@posix
@pytest.mark.parametrize(
    ("stage", "name"),
    [
        ("start", "SIGTERM"),
        pytest.param("start", "SIGINT", marks=pytest.mark.slow),
        pytest.param("forecast", "SIGHUP", marks=pytest.mark.slow),
        pytest.param("people", "SIGTERM", marks=pytest.mark.slow),
        pytest.param("annealing", "SIGHUP", marks=pytest.mark.slow),
        pytest.param("simulate", "SIGINT", marks=pytest.mark.slow),
    ],
)
def test_a_signal_in_each_stage(planned: Path, tmp_path: Path, stage: str, name: str) -> None:
    """Stops soon with code 130; what is published is whole: the earlier run, or the best plan so far."""
    folder = tmp_path / "small"
    shutil.copytree(planned, folder)
    before = fingerprint(folder / RUN)
    done = interrupted(folder, stage, name)
    assert done.returncode == 130, done.stderr
    assert " stopping " in done.stderr
    assert name in done.stderr
    assert "Traceback" not in done.stderr
    kept = fingerprint(folder / f"{RUN}-stopped")
    assert fingerprint(folder / RUN) == before
    assert set(kept) >= WHOLE or ("Earlier results are untouched" in done.stderr and not kept)
    assert not [p for p in folder.rglob("*") if store.TEMPORARY in p.name]


@posix
@pytest.mark.slow
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_a_signal_while_publishing(planned: Path, tmp_path: Path, name: str) -> None:
    """The plan was done: publishing ends, the code is that of the plan, and that is said."""
    folder = tmp_path / "small"
    shutil.copytree(planned, folder)
    shutil.rmtree(folder / RUN)
    done = interrupted(folder, "publish", name)
    assert done.returncode == 0, done.stderr
    assert "it is published whole" in done.stderr
    assert "untouched" not in done.stderr
    assert set(fingerprint(folder / RUN)) >= WHOLE


@posix
@pytest.mark.parametrize("number", SIGNALS)
def test_work_that_keeps_is_asked_first_and_ended_by_a_second_signal(ears: None, number: signal.Signals) -> None:
    with Board(Console(file=None), quiet=True).watching() as watch:
        watch.keeps.set()
        os.kill(os.getpid(), number)
        assert watch.stopped
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), number)


@posix
@pytest.mark.parametrize("number", SIGNALS)
def test_work_that_keeps_nothing_is_ended_at_once(ears: None, number: signal.Signals) -> None:
    board = Board(Console(file=None), quiet=True)

    def work() -> Watch:
        with board.watching():
            os.kill(os.getpid(), number)
            raise AssertionError("still at work")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert any(f"asked by {number.name}" in line for line in board.log)


@posix
def test_an_ignored_signal_stays_ignored(ears: None) -> None:
    """`nohup` ignores SIGHUP."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with Board(Console(file=None), quiet=True).watching() as watch:
        os.kill(os.getpid(), signal.SIGHUP)
        assert not watch.stopped
    assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN


@posix
def test_handlers_are_put_back(ears: None) -> None:
    before = {number: signal.getsignal(number) for number in SIGNALS}
    with handled(lambda *_: None):
        assert {number: signal.getsignal(number) for number in SIGNALS} != before
    assert {number: signal.getsignal(number) for number in SIGNALS} == before

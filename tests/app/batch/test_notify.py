"""A program is told of the end of a batch; what goes wrong there is one line of the log."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from busyhour.app.batch import notify as notifying
from busyhour.app.batch.journal import Journal
from busyhour.app.batch.notify import notify
from busyhour.app.batch.schema import Notify

SUMMARY: dict[str, Any] = {"line": "busyhour batch x 1: 1 failed; rm -rf $HOME `id`", "state": "done", "failed": 1}
SAVE = "import sys; open(sys.argv[1], 'w').write(sys.argv[2] + '|' + sys.stdin.read())"


def logged(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_the_program_gets_line_and_summary(tmp_path: Path) -> None:
    """No shell stands between: quotes and dollars of a site's name are letters."""
    log, out = tmp_path / "batch.log", tmp_path / "told"
    asked = Notify(command=(sys.executable, "-c", SAVE, str(out), "<{line}>"))
    assert notify(asked, SUMMARY, Journal(log))
    line, _, summary = out.read_text(encoding="utf-8").partition("|")
    assert line == f"<{SUMMARY['line']}>" and json.loads(summary) == SUMMARY
    assert [entry["what"] for entry in logged(log)] == ["notify"]


@pytest.mark.parametrize(
    ("on", "state", "told"),
    [
        (("failed",), "done", True),
        (("held",), "done", False),
        (("stopped",), "stopped", True),
        (("done",), "done", False),
    ],
)
def test_only_what_was_asked_for_is_told(tmp_path: Path, on: Any, state: str, told: bool) -> None:
    """Counts of sites and the state of the batch decide."""
    out = tmp_path / "told"
    asked = Notify(on=on, command=(sys.executable, "-c", SAVE, str(out), "{line}"))
    assert notify(asked, {**SUMMARY, "state": state, "done": 0, "held": 0}, Journal(tmp_path / "batch.log"))
    assert out.exists() == told


def test_a_batch_that_cannot_go_on_is_told(tmp_path: Path) -> None:
    """Whoever wants to know of failed sites hears of a store or workers that are gone."""
    out = tmp_path / "told"
    asked = Notify(on=("failed",), command=(sys.executable, "-c", SAVE, str(out), "{line}"))
    assert notify(asked, {**SUMMARY, "failed": 0, "error": "all workers are gone"}, Journal(tmp_path / "batch.log"))
    assert out.exists()


def test_nobody_is_told_where_nobody_is_named(tmp_path: Path) -> None:
    """Without a command nothing happens."""
    assert notify(Notify(), SUMMARY, Journal(tmp_path / "batch.log"))
    assert not (tmp_path / "batch.log").exists()


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (("no-such-program-anywhere",), "No such file"),
        ((sys.executable, "-c", "import sys; sys.exit('smtp is down')"), "exit code 1"),
        ((sys.executable, "-c", "import time; time.sleep(60)"), "not done within"),
        ((sys.executable, "-c", "pass", "a\0b"), "null byte"),
    ],
)
def test_a_program_that_fails_costs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], says: str
) -> None:
    """It is not there, ends badly, hangs, or cannot be called so."""
    monkeypatch.setattr(notifying, "WAIT_S", 0.5 if "sleep" in command[-1] else 30.0)
    log = tmp_path / "batch.log"
    assert not notify(Notify(command=command), SUMMARY, Journal(log))
    (entry,) = logged(log)
    assert says in entry["failed"]
    assert entry.get("told") == ("smtp is down" if "exit code" in says else None)

"""The commands `batch …`: the last line, codes, what is refused in one sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tiny_batch import TODAY, WEEK, Quick, make
from typer.testing import CliRunner

from busyhour.app.batch.config import BatchFile
from busyhour.app.batch.drive import opened
from busyhour.app.batch.task import Answer, EngineFault
from busyhour.app.cli.main import app
from busyhour.app.store import schema
from busyhour.app.store.locks import held

AS_OF = ["--as-of", str(TODAY), "--quiet"]


def call(*words: str) -> tuple[int, str, str]:
    """Run a command; return its code, its standard output and its standard error."""
    done = CliRunner().invoke(app, list(words))
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout, done.stderr


@pytest.mark.slow
def test_a_night_on_the_command_line(
    tmp_path: Path, quick: Callable[..., Quick], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every command ends with its one-line result and its code."""
    monkeypatch.chdir(tmp_path)
    quick(lambda t: Answer(t.unit, t.attempt, "failed", 4, "no") if t.step == "plan" and t.site == "south" else None)
    make(tmp_path / "demo", weeks=1)
    assert call("batch", "status", "demo")[0] == 3
    code, out, _ = call("batch", "check", "demo", *AS_OF)
    assert (code, out) == (0, "busyhour batch weekly: 0 of 2 sites have faults\n")
    code, out, _ = call("batch", "run", "demo", "--dry-run", *AS_OF)
    assert (code, out.splitlines()[0]) == (0, f"north {WEEK}: planned")
    assert not (tmp_path / "demo" / "batches").exists()
    code, out, err = call("batch", "run", "demo", *AS_OF)
    assert code == 8
    first, line = out.splitlines()
    assert first == f"south: failed 4: {WEEK}: no"
    assert line.startswith("busyhour batch weekly 1: 1 done, 1 failed of 2 sites, ")
    assert line.endswith("; worst 4: south; demo/batches/1/index.html")
    assert err == ""
    code, out, _ = call("batch", "status", "demo", "--json")
    told = json.loads(out)
    assert (code, told["code"], told["failed"], told["state"]) == (8, 8, 1, "done")
    quick()
    code, out, _ = call("batch", "retry", "demo", "--json", "--quiet")
    assert (code, json.loads(out)["done"]) == (0, 2)
    code, out, _ = call("batch", "stop", "demo")
    assert (code, out) == (0, "busyhour batch weekly: none is running\n")
    code, out, err = call("batch", "resume", "demo")
    assert (code, out) == (3, "")
    assert "batch weekly 1 is done" in err
    code, out, _ = call("batch", "publish", "demo", "north", WEEK, "--reason", "again")
    assert (code, out) == (0, f"busyhour batch: published north {WEEK}; demo/published/north/{WEEK}\n")
    assert call("batch", "publish", "demo", "north", WEEK, "--reason", " ")[0] == 3
    with opened(BatchFile.read(tmp_path / "demo")) as store, held(store, ["site south"], "record"):
        code, out, err = call("batch", "run", "demo", *AS_OF)
    assert code == 9
    assert out.startswith("busyhour batch weekly: nothing is begun: site south is held by")
    assert "site south is held by" in err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["run", "nowhere"], "busyhour init --batch"),
        (["run", "demo", "--as-of", "tomorrow"], "not a date"),
        (["run", "demo", "--as-of", "9999-12-31"], "year outside"),
        (["run", "demo", "--only", "x*"], "no site has such a name"),
        (["publish", "demo", "x", WEEK, "--reason", "y"], "no such site"),
        (["publish", "demo", "north", WEEK, "--reason", "y"], "has no run of the week"),
    ],
)
def test_what_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], told: str) -> None:
    """One sentence on standard error, code 3, nothing on standard output."""
    monkeypatch.chdir(tmp_path)
    make(tmp_path / "demo", weeks=1)
    code, out, err = call("batch", *words)
    assert (code, out) == (3, "")
    assert told in err
    assert len(err.splitlines()) == 1


def test_init_writes_a_batch_that_can_be_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`init --batch` makes a folder that runs at once, and refuses one that is not empty."""
    monkeypatch.chdir(tmp_path)
    code, out, _ = call("init", "--batch", "demo")
    assert (code, out.splitlines()[-1]) == (0, "Next: busyhour batch run demo/batch.toml")
    assert call("batch", "check", "demo/batch.toml", "--quiet")[0] == 0
    assert call("init", "--batch", "demo")[0] == 3
    assert call("init", "--batch", "other", "--calls", "x.csv")[0] == 3


def test_check_shows_all_faults_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each site with a fault has its line; nothing is written."""
    monkeypatch.chdir(tmp_path)
    sites = make(tmp_path / "demo").parent / "sites"
    (sites / "north" / "plan.toml").write_text("[site", encoding="utf-8")
    (sites / "south" / "staff.csv").write_text("agent,contract\na1,unknown\n", encoding="utf-8")
    code, out, _ = call("batch", "check", "demo", *AS_OF)
    north, south, line = out.splitlines()
    assert (code, line) == (8, "busyhour batch weekly: 2 of 2 sites have faults")
    assert north.startswith("north: plan.toml, row 1: not TOML")
    assert south.startswith("south: staff.csv, row 2")
    assert call("batch", "run", "demo", "--dry-run", *AS_OF)[0] == 0
    assert not (tmp_path / "demo" / "busyhour.db").exists()


@pytest.mark.slow
def test_a_killed_driver_is_not_waited_for(
    tmp_path: Path, quick: Callable[..., Quick], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody holds a batch that says it runs: it is told as stopped, by `status --watch` at once."""
    monkeypatch.chdir(tmp_path)
    quick()
    make(tmp_path / "demo", weeks=1)
    assert call("batch", "run", "demo", *AS_OF)[0] == 0
    with opened(BatchFile.read(tmp_path / "demo")) as store, store.write() as c:
        c.execute(schema.batch.update().values(state="running", ended_s=None))
        c.execute(schema.unit.update().where(schema.unit.c.step == "plan").values(state="running"))
    code, out, _ = call("batch", "status", "demo", "--watch", "--json")
    assert (code, json.loads(out)["state"]) == (130, "stopped")
    assert (json.loads(out)["running"], json.loads(out)["waiting"]) == (0, 2)
    code, out, _ = call("batch", "stop", "demo", "--json")
    assert (code, json.loads(out)["batch"]) == (0, None)


@pytest.mark.slow
def test_check_takes_calls_that_the_store_has(
    tmp_path: Path, quick: Callable[..., Quick], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exports may be moved away once they are taken; a site that never had any is told."""
    monkeypatch.chdir(tmp_path)
    quick()
    make(tmp_path / "demo", weeks=1)
    (tmp_path / "demo" / "sites" / "south" / "calls.csv").rename(tmp_path / "south.csv")
    assert call("batch", "run", "demo", *AS_OF)[0] == 8
    (tmp_path / "demo" / "sites" / "north" / "calls.csv").unlink()
    code, out, _ = call("batch", "check", "demo", *AS_OF)
    assert code == 8
    assert out.startswith("south: ") and "1 of 2 sites have faults" in out


def test_a_batch_without_workers_has_its_last_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Code 1, the fault on standard error, and how the batch stands with its page on standard output."""
    monkeypatch.chdir(tmp_path)

    def nobody(run: object, tell: object) -> Quick:
        raise EngineFault("nobody is there.")

    monkeypatch.setattr("busyhour.app.batch.drive.engine_of", nobody)
    make(tmp_path / "demo", weeks=1)
    code, out, err = call("batch", "run", "demo", "--json", *AS_OF)
    told = json.loads(out)
    assert (code, told["code"], told["state"], told["error"]) == (1, 1, "stopped", "nobody is there.")
    assert told["line"].startswith("busyhour batch weekly 1: stopped, 2 waiting of 2 sites, ")
    assert told["page"] == "demo/batches/1/index.html"
    assert "nobody is there" in err

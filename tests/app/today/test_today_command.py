"""The command `today`: what it prints, writes, and refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tiny_day import live, tiny_week
from typer.testing import CliRunner

from busyhour.app.cli.main import app
from busyhour.app.today.planned_day import PlannedWeek


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run folder that is read as the tiny week."""
    monkeypatch.setattr(PlannedWeek, "read", lambda run, **more: tiny_week(tmp_path))
    place = tmp_path / "runs" / "2026-10-19"
    place.mkdir(parents=True)
    return place


@pytest.mark.slow
def test_json_is_the_summary(run: Path, tmp_path: Path) -> None:
    """Standard output holds the summary, the folder the rest."""
    path = live(tmp_path / "live.csv", "10:00")
    out = tmp_path / "out"
    asked = ["today", str(run), "--actuals", str(path), "--out", str(out), "--json", "--quiet"]
    found = CliRunner().invoke(app, asked)
    assert found.exit_code == 0, found.output
    summary = json.loads(found.stdout)
    assert summary["date"] == "2026-10-20"
    assert (out / "report.html").is_file()
    assert any("the service so far is the model's" in note for note in summary["notes"])


def test_bad_input_is_one_message_and_code_3(run: Path, tmp_path: Path) -> None:
    """A missing file, a moment that is none, and two options that exclude each other."""
    path = live(tmp_path / "live.csv", "10:00")
    for more, told in (
        (["--actuals", str(tmp_path / "none.csv")], "file not found"),
        (["--actuals", str(path), "--now", "noon"], "not a time"),
        (["--actuals", str(path), "--apply", "1", "--watch"], "--apply goes with a single look"),
    ):
        found = CliRunner().invoke(app, ["today", str(run), *more, "--quiet"])
        assert found.exit_code == 3
        assert told in found.output
        assert "Traceback" not in found.output

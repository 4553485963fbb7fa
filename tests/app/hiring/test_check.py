"""`busyhour check` of a hiring run: everything that can be counted again, and faults that are planted."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hire_desk import QUICK, hire
from typer.testing import CliRunner

from busyhour.app.cli.main import app
from busyhour.app.finished import verdict_of
from busyhour.app.hiring import run as hiring_run

MORE = QUICK.replace("most = 4", "most = 4\nlead_weeks = 3\nrooms = 3\nstart_days = [10, 20]") + (
    "[people]\ntraining_weeks = 1\nspeed = [0.8, 1.0]\n[prices]\nhire = 1234\n"
)
ON_THE_WAY = ["2026-11-16"] + ["2026-10-14"] * 2 + ["2019-01-01"] * 5 + ["", ""]
"""Somebody on the way, two in training, five who are there for long, two of whom nobody knows."""


@pytest.fixture
def ran(known: Path) -> Path:
    """A finished hiring run with people on their way, in training and with notice given."""
    staff = pd.read_csv(known / "staff.csv").assign(hire_date=ON_THE_WAY, leave_date="", cost_h=21.0)
    staff.loc[4, "leave_date"] = "2026-12-10"
    staff.to_csv(known / "staff.csv", index=False)
    (known / "hiring.toml").write_text(MORE, encoding="utf-8")
    hire(known, "--out", known / "out", "--quiet")
    assert len(pd.read_csv(known / "out" / "classes.csv")) > 0
    return known / "out"


def test_a_run_as_it_was_written_has_no_fault(ran: Path) -> None:
    result = CliRunner().invoke(app, ["check", str(ran)])
    assert result.exit_code == 0, result.output
    assert "classes, " in result.output
    assert "0 violations" in result.output


def cell(table: str, column: str, change: Callable[[Any], Any], row: int = 0) -> Callable[[Path], None]:
    """Return what changes one cell of a table."""

    def plant(run: Path) -> None:
        frame = pd.read_csv(run / f"{table}.csv")
        frame[column] = frame[column].astype(object)
        frame.loc[row, column] = change(frame.loc[row, column])
        frame.to_csv(run / f"{table}.csv", index=False)

    return plant


def figure(change: Callable[[dict[str, Any]], None]) -> Callable[[Path], None]:
    """Return what changes summary.json."""

    def plant(run: Path) -> None:
        path = run / "summary.json"
        summary = json.loads(path.read_text(encoding="utf-8"))
        change(summary)
        path.write_text(json.dumps(summary), encoding="utf-8")

    return plant


def crowd(run: Path) -> None:
    """Hold the first class five times."""
    frame = pd.read_csv(run / "classes.csv")
    pd.concat([frame.iloc[:1]] * 5).to_csv(run / "classes.csv", index=False)


def settings(run: Path) -> None:
    """Let the settings tell another training."""
    path = run / "hiring.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("training_weeks = 1.0", "training_weeks = 2.0"), encoding="utf-8")


def bound(summary: dict[str, Any]) -> None:
    """Let the bound lie above the cost."""
    summary["bound_decidable"] = summary["cost_decidable"] + 1000.0


FAULTS: dict[str, tuple[Callable[[Path], None], str]] = {
    "opening": (cell("headcount", "opening", lambda v: v + 1), "headcount: "),
    "leavers": (cell("headcount", "leavers", lambda v: v + 0.5, 2), "headcount: "),
    "in training": (cell("headcount", "in_training", lambda v: v + 1), "in_training tells"),
    "need": (cell("headcount", "required_h", lambda v: v + 900), "by all means"),
    "overtime": (cell("headcount", "overtime_h", lambda v: v + 900), "more than 0.08"),
    "bands": (cell("headcount", "required_fte_q0.1", lambda v: v + 50), "do not rise"),
    "wages": (cell("headcount", "cost_wages", lambda v: v + 10), "cost_wages is"),
    "recourse": (cell("headcount", "cost_recourse", lambda v: v - 5e4), "cost_recourse is"),
    "size": (cell("classes", "size", lambda _: 9), "classes have 1 to 4"),
    "offers": (cell("classes", "offers", lambda v: v + 1), "people turn up"),
    "lead": (cell("classes", "start", lambda _: "2026-11-02"), "within the lead"),
    "deadline": (cell("classes", "lead_decision_date", lambda _: "2026-12-30"), "weeks of lead"),
    "firm": (cell("classes", "firm", lambda v: 1 - int(v)), "told as firm"),
    "class cost": (cell("classes", "cost", lambda v: v + 10), "counted"),
    "rooms": (crowd, "classes train on"),
    "hires": (figure(lambda s: s.update(hires=s["hires"] + 1)), "hires is"),
    "cost": (figure(lambda s: s.update(cost=s["cost"] + 100)), "cost: "),
    "bound": (figure(bound), "lies above"),
    "gap": (figure(lambda s: s.update(gap_decidable=0.0)), "gap_decidable is"),
    "attrition": (figure(lambda s: s["people"].update(leave=[0.5])), "headcount: "),
    "missing key": (figure(lambda s: s.pop("kinds")), "kinds is missing"),
    "settings": (settings, "tells other people"),
    "inputs": (lambda run: (run / "inputs" / "staff.csv").write_text("agent\n"), "staff.csv is not the file"),
}


@pytest.mark.slow
def test_planted_faults_are_found(ran: Path, tmp_path: Path) -> None:
    missed = {}
    for name, (plant, says) in FAULTS.items():
        run = tmp_path / name
        shutil.copytree(ran, run)
        plant(run)
        told = [str(v) for v in verdict_of(run).violations]
        if not any(says in text for text in told):
            missed[name] = told
    assert not missed


def test_a_table_that_cannot_be_read_is_one_error(ran: Path) -> None:
    (ran / "classes.csv").unlink()
    result = CliRunner().invoke(app, ["check", str(ran)])
    assert result.exit_code == 3
    assert "classes.csv" in result.output
    assert hiring_run.STATE not in result.output

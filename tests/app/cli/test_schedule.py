"""A requirement made elsewhere on the command line: weeks, grids, opening hours, last week's shifts."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from busyhour.app.cli.main import app


def busyhour(*args: str | Path, code: int = 0) -> Result:
    """Run the command line in this process and expect its exit code."""
    result = CliRunner().invoke(app, [str(a) for a in args])
    assert result.exit_code == code, result.output
    return result


def requirement_file(path: Path, start: str, periods: int, freq: str, agents: int) -> Path:
    """Write a requirement that asks for `agents` throughout."""
    starts = pd.date_range(start, periods=periods, freq=freq).strftime("%Y-%m-%dT%H:%M")
    pd.DataFrame({"start": starts, "agents_phone": agents}).to_csv(path, index=False)
    return path


def test_schedule_takes_the_smallest_requirement_without_people(planned: Path, tmp_path: Path) -> None:
    """start and agents_phone are enough; without staff.csv each shift has an id of its own."""
    shutil.copy(planned / "plan.toml", tmp_path / "plan.toml")
    starts = pd.date_range("2026-10-19T09:00", periods=16, freq="30min")
    pd.DataFrame({"start": starts.strftime("%Y-%m-%dT%H:%M"), "agents_phone": [2] * 8 + [3] * 8}).to_csv(
        tmp_path / "r.csv", index=False
    )
    busyhour(
        "schedule",
        "--requirement",
        tmp_path / "r.csv",
        "--rules",
        tmp_path / "plan.toml",
        "--out",
        tmp_path / "run",
        "--quiet",
    )
    activity = pd.read_csv(tmp_path / "run" / "activity.csv")
    assert activity["agent"].nunique() >= 3
    coverage = pd.read_csv(tmp_path / "run" / "coverage.csv")
    assert coverage["under"].max() < 0.2  # the 5 % who stay away, never a whole agent
    assert not (tmp_path / "run" / "roster.csv").exists()


def test_the_judge_reads_the_rules_that_were_used(planned: Path, tmp_path: Path) -> None:
    """Rules under another name, a finer grid than theirs, and a requirement that is longer than the week."""
    rules = tmp_path / "summer.toml"
    shutil.copy(planned / "plan.toml", rules)
    starts = pd.date_range("2026-10-23T09:00", periods=4 * 24 * 4, freq="15min")
    agents = ((starts.day_of_week < 5) & (starts.hour >= 9) & (starts.hour < 17)).astype(int)
    needed = tmp_path / "r.csv"
    pd.DataFrame({"start": starts.strftime("%Y-%m-%dT%H:%M"), "agents_phone": agents}).to_csv(needed, index=False)
    run = tmp_path / "run"
    busyhour("schedule", "--requirement", needed, "--rules", rules, "--week", "2026-10-19", "--out", run, "--quiet")
    assert (run / "inputs" / "plan.toml").read_text(encoding="utf-8") == rules.read_text(encoding="utf-8")
    assert json.loads((run / "inputs" / "arguments.json").read_text())["overrides"]["site"]["grid_min"] == 15
    assert "0 violations" in busyhour("check", run).output
    notes = json.loads((run / "summary.json").read_text(encoding="utf-8"))["notes"]
    assert notes[0].startswith("there is no staff.csv")
    assert notes[1].startswith("132 rows of the requirement lie outside")  # Monday, and Tuesday till nine
    assert pd.read_csv(run / "requirement.csv")["start"].max() < "2026-10-26"


def test_agents_asked_for_while_closed_are_refused(planned: Path, tmp_path: Path) -> None:
    """A requirement that contradicts the opening hours names the row, before anything is planned."""
    needed = requirement_file(tmp_path / "r.csv", "2026-10-19T16:00", 4, "30min", 1)
    result = busyhour(
        "schedule", "--requirement", needed, "--rules", planned / "plan.toml", "--out", tmp_path / "run", code=3
    )
    assert "row 4" in result.output
    assert "closed" in result.output
    assert not (tmp_path / "run").exists()


@pytest.mark.slow
def test_last_weeks_night_shift_is_on_the_phone_on_monday(planned: Path, tmp_path: Path) -> None:
    """With --previous a shift that runs on past Monday's midnight is counted, by the plan and by the judge."""
    text = (planned / "plan.toml").read_text(encoding="utf-8")
    for day in ("monday", "tuesday"):
        text = text.replace(f'{day} = "09:00-17:00"', f'{day} = "00:00-24:00"')
    (tmp_path / "plan.toml").write_text(text, encoding="utf-8")
    last = tmp_path / "last"
    last.mkdir()
    night = "n,2026-10-18T22:00,2026-10-19T00:30,phone,calls\nn,2026-10-19T00:30,2026-10-19T01:00,lunch,\n"
    night += "n,2026-10-19T01:00,2026-10-19T06:00,phone,calls\n"
    (last / "activity.csv").write_text("agent,start,end,activity,queue\n" + night, encoding="utf-8")
    needed = requirement_file(tmp_path / "r.csv", "2026-10-19T00:00", 26, "30min", 1)
    rules, run = tmp_path / "plan.toml", tmp_path / "run"
    busyhour(
        "schedule", "--requirement", needed, "--rules", rules, "--previous", last, "--out", run, "--quiet"
    )  # fmt: skip
    coverage = pd.read_csv(run / "coverage.csv")
    assert coverage["on_phone"].head(12).tolist() == [1, 0, *[1] * 10]
    assert coverage["on_phone"].iloc[12] == 0, "the night ended at six"
    assert "0 violations" in busyhour("check", run).output
    coverage.assign(on_phone=0).to_csv(run / "coverage.csv", index=False)
    assert "coverage" in busyhour("check", run, code=7).output


def test_a_requirement_that_asks_for_nobody_is_planned(planned: Path, tmp_path: Path) -> None:
    """Zeros are an empty plan; a file of another week, or off the grid, is an error that says so."""
    rules, run = planned / "plan.toml", tmp_path / "run"
    needed = requirement_file(tmp_path / "r.csv", "2026-10-19T09:00", 8, "30min", 0)
    shutil.copy(rules, tmp_path / "plan.toml")
    call = ("schedule", "--rules", tmp_path / "plan.toml", "--out", run, "--quiet", "--requirement")
    busyhour(*call, needed)
    assert json.loads((run / "summary.json").read_text(encoding="utf-8"))["paid_hours"] == 0
    other = requirement_file(tmp_path / "o.csv", "2026-11-02T09:00", 8, "30min", 1)
    assert "no row lies in the planned week" in busyhour(*call, other, code=3).output
    text = "start,agents_phone\n2026-10-19T09:00,1\n2026-10-19T09:30,1\n2026-10-19T10:10,1\n"
    (tmp_path / "off.csv").write_text(text, encoding="utf-8")
    assert "grid" in busyhour(*call, tmp_path / "off.csv", code=3).output


def test_cover_and_roster_price_a_shortage_alike(planned: Path, tmp_path: Path) -> None:
    """Where every planned shift is taken the two stages cost the same, whole needs or not."""
    text = (planned / "plan.toml").read_text(encoding="utf-8").replace("unplanned = 0.05", "unplanned = 0.15")
    (tmp_path / "plan.toml").write_text(text.replace("cost_h = 20", "cost_h = 20\nunder_h = 15"), encoding="utf-8")
    shutil.copy(planned / "staff.csv", tmp_path / "staff.csv")
    needed = requirement_file(tmp_path / "r.csv", "2026-10-19T09:00", 16, "30min", 1)
    call = ("--requirement", needed, "--rules", tmp_path / "plan.toml", "--out", tmp_path / "run", "--quiet")
    busyhour("schedule", *call)
    summary = json.loads((tmp_path / "run" / "summary.json").read_text(encoding="utf-8"))
    assert summary["open_shifts"] == 0
    short = summary["cost_prices_parts"]["under"]
    assert short > 0
    assert short == pytest.approx(summary["under_agent_hours"] * 15.0)
    assert short <= summary["cover"]["cost_prices"] + 1e-6


@pytest.mark.slow
def test_last_weeks_heads_of_a_queue_that_is_gone_are_left_aside(planned: Path, tmp_path: Path) -> None:
    """A renamed queue in the run before stops nothing."""
    last = tmp_path / "last"
    last.mkdir()
    night = "n,2026-10-18T22:00,2026-10-19T10:00,phone,oldqueue\n"
    (last / "activity.csv").write_text("agent,start,end,activity,queue\n" + night, encoding="utf-8")
    needed = requirement_file(tmp_path / "r.csv", "2026-10-19T09:00", 4, "30min", 1)
    shutil.copy(planned / "plan.toml", tmp_path / "plan.toml")
    call = ("--requirement", needed, "--rules", tmp_path / "plan.toml", "--out", tmp_path / "run", "--quiet")
    busyhour("schedule", *call, "--previous", last)
    assert "0 violations" in busyhour("check", tmp_path / "run").output


@pytest.mark.slow
def test_a_plan_counts_and_simulates_last_weeks_shift_that_runs_on(planned: Path, tmp_path: Path) -> None:
    """The whole chain with --previous: an agent of last week is on the phone till ten on Monday."""
    last, run = tmp_path / "last", tmp_path / "run"
    last.mkdir()
    night = "a9,2026-10-18T22:00,2026-10-19T10:00,phone,calls\n"
    (last / "activity.csv").write_text("agent,start,end,activity,queue\n" + night, encoding="utf-8")
    busyhour("plan", planned, "--previous", last, "--out", run, "--quiet")
    coverage, activity = pd.read_csv(run / "coverage.csv"), pd.read_csv(run / "activity.csv")
    own = activity[(activity["activity"] == "phone") & (activity["start"] <= "2026-10-19T09:00:00+02:00")]
    at_nine = coverage[coverage["start"].str.startswith("2026-10-19T09:00")]
    assert at_nine["on_phone"].item() == len(own) + 1
    assert "a9" not in set(activity.loc[activity["start"] < "2026-10-19T21:00", "agent"]), "still at rest"
    service = pd.read_csv(run / "service.csv")
    assert service.loc[service["period"] == "day", "simulated"].notna().all()
    assert "0 violations" in busyhour("check", run).output

"""The chain on the command line: a whole plan, every stage alone, and commands on finished runs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from busyhour.app.cli.main import app
from busyhour.app.faults import code_of
from busyhour.app.inputs import RunOptions

RUN = Path("runs") / "2026-10-19"


def busyhour(*args: str | Path, code: int = 0) -> Result:
    """Run the command line in this process and expect its exit code."""
    result = CliRunner().invoke(app, [str(a) for a in args])
    assert result.exit_code == code, result.output
    return result


def test_plan_leaves_the_whole_run_folder(planned: Path) -> None:
    """Every file of the run folder is there and the summary has what others read."""
    run = planned / RUN
    names = {p.name for p in run.iterdir()}
    assert {
        "volume.csv",
        "requirement.csv",
        "curve.csv",
        "cover.csv",
        "roster.csv",
        "open_shifts.csv",
        "activity.csv",
        "coverage.csv",
        "service.csv",
        "summary.json",
        "report.html",
        "schedule.xlsx",
        "calendars",
        "inputs",
        "explain.csv",
        "backtest.csv",
        "handle_backtest.csv",
        "past_weeks.csv",
        "volume_parts.csv",
        "run.log",
    } <= names
    volume, parts = pd.read_csv(run / "volume.csv"), pd.read_csv(run / "volume_parts.csv")
    assert parts.drop(columns=["queue", "start"]).sum(axis=1).to_numpy() == pytest.approx(volume["calls"].to_numpy())
    summary = json.loads((run / "summary.json").read_text(encoding="utf-8"))
    assert summary["status"] in ("optimal", "feasible")
    assert summary["cost"] == pytest.approx(summary["cost_wages"] + summary["cost_prices"])
    assert summary["bound"] <= summary["cost"]
    assert summary["gap"] == pytest.approx((summary["cost"] - summary["bound"]) / summary["bound"])
    assert summary["violations"] == 0
    low, high = summary["service_level_ci"]
    assert low <= summary["service_level_simulated"] <= high
    assert set(summary["input_hashes"]) == {"plan.toml", "staff.csv", "calls.csv"}
    assert {"busyhour", "pulp", "highspy"} <= set(summary["versions"])
    assert summary["cover"]["bound"] <= summary["cover"]["cost"]


def test_tables_agree_with_each_other(planned: Path) -> None:
    """Roster, activity, cover and open shifts tell one story."""
    run = planned / RUN
    roster, cover, left = (pd.read_csv(run / f"{n}.csv") for n in ("roster", "cover", "open_shifts"))
    activity = pd.read_csv(run / "activity.csv")
    assert len(roster) + len(left) == cover["agents"].sum()
    first = activity[activity.activity != "leave"].groupby(["agent", activity.start.str[:10]]).start.min()
    assert sorted(first) == sorted(roster["start"])
    assert json.loads((run / "summary.json").read_text(encoding="utf-8"))["paid_hours"] == pytest.approx(
        roster["paid_min"].sum() / 60
    )


@pytest.mark.slow
def test_same_input_same_plan(planned: Path, tmp_path: Path) -> None:
    """A run that ends by its gap repeats itself to the byte."""
    busyhour("plan", planned, "--out", tmp_path / "again", "--quiet")
    for name in ("volume", "requirement", "roster", "activity", "service"):
        assert (tmp_path / "again" / f"{name}.csv").read_bytes() == (planned / RUN / f"{name}.csv").read_bytes(), name


@pytest.mark.slow
def test_every_stage_alone(planned: Path, tmp_path: Path) -> None:
    """Forecast, require, schedule, simulate and check on bare files."""
    volume, requirement, run = tmp_path / "volume.csv", tmp_path / "requirement.csv", tmp_path / "run"
    busyhour(
        "forecast",
        planned / "calls.csv",
        "--days",
        "7",
        "--handle-s",
        "300",
        "--patience-s",
        "120",
        "--model",
        "weekday_mean",
        "--out",
        volume,
        "--quiet",
    )
    table = pd.read_csv(volume)
    assert table["start"].iloc[0].startswith("2026-10-17") or table["start"].iloc[0].startswith("2026-10-19")
    assert (table["q0.1"] <= table["calls"]).all()
    busyhour("require", volume, "--goal", "80/20", "--out", requirement, "--quiet")
    needed = pd.read_csv(requirement)
    assert (needed.loc[needed.open == 1, "service_level"] >= 0.8).all()
    assert (tmp_path / "curve.csv").exists()
    busyhour("require", volume, "--goal", "80/20", "--moving", "--out", tmp_path / "moving.csv", "--quiet")
    moves = pd.read_csv(tmp_path / "moving.csv")
    assert (moves.loc[moves.open == 1, "service_level"] >= 0.8).all()
    assert moves["agents_phone"].tolist() != needed["agents_phone"].tolist()
    week = needed[needed.start >= "2026-10-19"]
    week.to_csv(requirement, index=False)
    busyhour("schedule", "--requirement", requirement, "--rules", planned / "plan.toml", "--out", run, "--quiet")
    summary = json.loads((run / "summary.json").read_text(encoding="utf-8"))
    assert summary["goal_basis"] == "interval"
    assert summary["service_level_simulated"] is None
    shown = busyhour("simulate", run / "activity.csv", volume, "--zone", "Europe/Berlin", "--json")
    assert json.loads(shown.stdout)[-1]["simulated"] > 0.5
    assert "0 violations" in busyhour("check", run).output


@pytest.mark.slow
def test_commands_on_finished_runs(planned: Path, tmp_path: Path) -> None:
    """check, explain, report, diff and compare read a run folder."""
    run = tmp_path / "run"
    shutil.copytree(planned / RUN, run)
    assert "0 violations" in busyhour("check", run).output
    busyhour("explain", run)
    (run / "report.html").unlink()
    busyhour("report", run, "--no-wages")
    assert (run / "report.html").exists()
    busyhour("plan", planned, "--out", tmp_path / "other", "--seed", "2", "--quiet")
    busyhour("diff", run, tmp_path / "other")
    assert "cost_wages" in busyhour("compare", run, tmp_path / "other").output


def test_check_finds_a_changed_activity(planned: Path, tmp_path: Path) -> None:
    """A hand-made change that breaks a rule is told with exit code 7."""
    run = tmp_path / "run"
    shutil.copytree(planned / RUN, run)
    activity = pd.read_csv(run / "activity.csv")
    earlier = pd.Timestamp(activity.loc[0, "start"]) - pd.Timedelta(minutes=30)
    activity.loc[0, "start"] = earlier.isoformat()
    activity.to_csv(run / "activity.csv", index=False)
    assert "violations" in busyhour("check", run, code=7).output


@pytest.mark.slow
def test_check_prints_a_hundred_violations_of_a_rule_and_counts_the_rest(planned: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(planned / RUN, run)
    activity = pd.read_csv(run / "activity.csv")
    pd.concat([activity, *[activity.iloc[:1]] * 150]).to_csv(run / "activity.csv", index=False)
    told = busyhour("check", run, code=7).output
    assert told.count("overlap: ") == 101
    assert "overlap: 50 more\n" in told
    listed = json.loads(busyhour("check", run, "--json", code=7).stdout)["violations"]
    assert sum(row["rule"] == "overlap" for row in listed) == 150


@pytest.mark.slow
def test_json_is_the_summary(planned: Path, tmp_path: Path) -> None:
    """--json prints summary.json and nothing else."""
    result = CliRunner().invoke(app, ["plan", str(planned), "--out", str(tmp_path / "run"), "--json", "--quiet"])
    assert json.loads(result.stdout) == json.loads((tmp_path / "run" / "summary.json").read_text(encoding="utf-8"))


@pytest.mark.slow
def test_init_makes_a_folder_that_plans(tmp_path: Path) -> None:
    """The starter folder needs no edit."""
    busyhour("init", tmp_path / "desk")
    busyhour("plan", tmp_path / "desk", "--time-limit", "20", "--gap", "0.9", "--quiet")
    assert busyhour("init", tmp_path / "desk", code=3).output.startswith("busyhour:")


def test_init_guesses_an_export(tmp_path: Path) -> None:
    """The layout of an export is guessed, told, and written to [intake]."""
    export = tmp_path / "hsplit.csv"
    export.write_text(
        "row_date;starttime;intrvl;acd;split;callsoffered;acdcalls;abncalls;acdtime;holdtime;acwtime\n"
        "2026-08-31;930;30;1;12;40;38;2;5700;200;900\n",
        encoding="utf-8",
    )
    assert "avaya_cms" in busyhour("init", tmp_path / "desk", "--calls", export).output
    assert 'preset = "avaya_cms"' in (tmp_path / "desk" / "plan.toml").read_text(encoding="utf-8")


def test_diff_tells_a_changed_queue(planned: Path, tmp_path: Path) -> None:
    """Same hours on another queue are another shift."""
    for name in ("a", "b"):
        shutil.copytree(planned / RUN, tmp_path / name)
    path = tmp_path / "b" / "activity.csv"
    activity = pd.read_csv(path)
    one = activity["agent"] == activity["agent"].iloc[0]
    activity.loc[one & (activity["activity"] == "phone"), "queue"] = "mail"
    activity.to_csv(path, index=False)
    shown = json.loads(busyhour("diff", tmp_path / "a", tmp_path / "b", "--json").stdout)
    assert {row["agent"] for row in shown} == {activity["agent"].iloc[0]}
    assert all(" calls" in row["before"] and " mail" in row["after"] for row in shown)


def test_a_gap_that_is_asked_for_holds_for_shifts_and_names() -> None:
    assert RunOptions(gap=0.02).overrides == {"solve": {"gap": 0.02}}
    assert RunOptions(seed=3, time_limit_s=5.0).overrides == {"solve": {"seed": 3, "time_limit_s": 5.0}}
    assert RunOptions().overrides == {}


@pytest.mark.parametrize(
    ("stopped", "gap", "code"),
    [("gap", 0.004, 0), ("time", 0.004, 0), ("time", 0.02, 5), ("time", None, 5), (None, 0.02, 5), ("gap", 0.0051, 5),
     ("user", 0.02, 130)],
)  # fmt: skip
def test_the_exit_code_tells_a_gap_that_is_left_open(stopped: str | None, gap: float | None, code: int) -> None:
    """Whatever ended the search."""
    assert code_of({"status": "feasible", "stopped": stopped, "gap": gap, "asked_gap": 0.005}) == code


def test_a_plan_that_is_proven_the_best_is_done_whatever_was_asked() -> None:
    assert code_of({"status": "optimal", "stopped": None, "gap": 5e-7, "asked_gap": 0.0}) == 0
    assert code_of({"status": "optimal", "stopped": None, "gap": None, "asked_gap": 0.0}) == 0  # a bound of 0


def test_a_stopped_run_never_replaces_a_finished_one(planned: Path, tmp_path: Path) -> None:
    """It goes beside it; where nothing finished stands it takes the place."""
    from busyhour.app.publish.folder import beside_finished

    run = tmp_path / "week"
    assert beside_finished(run) == run
    shutil.copytree(planned / RUN, run)
    assert beside_finished(run) == tmp_path / "week-stopped"
    summary = json.loads((run / "summary.json").read_text(encoding="utf-8"))
    (run / "summary.json").write_text(json.dumps({**summary, "stopped": "user"}), encoding="utf-8")
    assert beside_finished(run) == run


@pytest.mark.slow
def test_a_filter_of_the_intake_is_noted_and_planned(planned: Path, tmp_path: Path) -> None:
    """Findings without a time of their own stand in the data quality; nothing else changes."""
    folder = tmp_path / "small"
    shutil.copytree(planned, folder, ignore=shutil.ignore_patterns("runs"))
    plan = folder / "plan.toml"
    text = plan.read_text(encoding="utf-8") + '\n[intake]\nfilter = { offered = "!99" }\n'
    plan.write_text(text, encoding="utf-8")
    calls = (folder / "calls.csv").read_text(encoding="utf-8")
    (folder / "calls.csv").write_text(calls + "2026-10-18T09:00,99\n", encoding="utf-8")
    busyhour("plan", folder, "--out", tmp_path / "run", "--quiet")
    quality = pd.read_csv(tmp_path / "run" / "quality.csv")
    assert quality["start"].isna().any()
    notes = json.loads((tmp_path / "run" / "summary.json").read_text(encoding="utf-8"))["notes"]
    assert any("findings" in note for note in notes)

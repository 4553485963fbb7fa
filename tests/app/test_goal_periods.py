"""Goals over a month or a contract from files to run folder: what is banked, what is told, what the judge counts."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from forger import Forger
from published_desk import write_desk
from typer.testing import CliRunner

from busyhour.app.cli.main import app
from busyhour.app.finished import verdict_of
from busyhour.app.goal_periods import counted_by, goal_periods
from busyhour.app.inputs import Inputs
from busyhour.app.run import decisive, predict, requirement_of
from busyhour.forecast.errors import InputError
from busyhour.forecast.progress import Watch
from busyhour.forecast.queueing.goal.targets import ServiceGoal

MONTH = 'floor = 0.4\nbasis = "month"\n[queue.sales.period]\n'
CONTRACT = 'floor = 0.4\nbasis = "contract"\n[queue.sales.period]\nfirst = 2026-10-01\nlast = 2026-10-20\n'
BANKED = "banked_in = 760\nbanked_counted = 1000\n"
LADDER = "ladder = [[0, -900], [0.7, -400], [0.75, 0], [0.9, 500]]\n"


def desk(folder: Path, period: str, *, named: bool = False, limit_s: float = 4.0) -> Path:
    """Write the tiny desk with another goal of its queue sales, and calls of which 75 % are in time."""
    out = write_desk(folder / "desk", named=named, limit_s=limit_s)
    plan = (out / "plan.toml").read_text(encoding="utf-8")
    (out / "plan.toml").write_text(plan.replace("floor = 0.4\n", period, 1), encoding="utf-8")
    calls = pd.read_csv(out / "calls.csv")
    calls["answered_in"] = (0.75 * calls["offered"]).round(2)
    calls["within_s"] = calls["queue"].map({"sales": 20, "help": 60})
    calls.to_csv(out / "calls.csv", index=False)
    return out


def periods_of(folder: Path) -> Any:
    inputs = Inputs.from_folder(folder)
    needed = requirement_of(inputs, predict(inputs, Watch()).volume)
    return goal_periods(inputs, decisive(inputs.config, needed.curves)), needed


ROWS = pd.DataFrame({
    "offered": [10.0, 8.0, 0.0], "answered": [9.0, 6.0, float("nan")], "answered_in": [7.0, 5.0, float("nan")],
    "abandoned_in": [1.0, 0.0, float("nan")], "short_abandoned": [1.0, 1.0, float("nan")],
    "within_s": [20.0, 20.0, float("nan")],
})  # fmt: skip


@pytest.mark.parametrize(
    ("definition", "counted"),
    [("offered", (12, 18)), ("answered", (12, 15)), ("total", (13, 18)), ("excl_short", (12, 16))],
)
def test_what_is_banked_is_counted_by_the_definition(definition: str, counted: tuple[float, float]) -> None:
    assert counted_by(ROWS, ServiceGoal(0.8, 20, definition), "q") == counted


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (ROWS.drop(columns="answered_in"), "answered_in is unknown in 2 intervals"),
        (ROWS.assign(answered_in=[7.0, float("nan"), float("nan")]), "answered_in is unknown in 1 intervals"),
        (ROWS.assign(within_s=30.0), "counted with 30 s, the goal asks for 20 s"),
        (ROWS.drop(columns="within_s"), "an unknown threshold"),
        (ROWS.assign(offered=[10.0, 8.0, float("nan")]), "calls are unknown in 1 intervals"),
    ],
)
def test_calls_that_cannot_be_counted_are_refused_with_the_mend(rows: pd.DataFrame, said: str) -> None:
    with pytest.raises(InputError, match=rf"{said}.*banked_in and banked_counted"):
        counted_by(rows, ServiceGoal(0.8, 20), "q")


def test_a_month_is_counted_from_its_first_day_and_goes_on_as_the_week(tmp_path: Path) -> None:
    folder = desk(tmp_path, MONTH)
    found, needed = periods_of(folder)
    (period,) = found["sales"]
    calls = pd.read_csv(folder / "calls.csv", parse_dates=["start"])
    so_far = calls[(calls["queue"] == "sales") & (calls["start"] >= "2026-10-01")]
    assert (period.first, period.last) == (dt.date(2026, 10, 1), dt.date(2026, 10, 31))
    assert period.banked_counted == so_far["offered"].sum()
    assert period.banked_in == pytest.approx(so_far["answered_in"].sum())
    assert period.banked_until == dt.date(2026, 10, 14)  # the last day that was open
    curve = needed.curves["sales"]
    by_day = pd.Series(curve.calls).groupby(np.asarray(curve.starts.day_of_week)).sum()
    assert period.rest_calls == pytest.approx(by_day[[0, 1, 2]].sum())  # 26 to 28 October


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("", "basis"),
        ('rest = "often"\n', "unknown rest"),
        ("first = 2026-10-01\n", "a month knows its own days"),
        ("ladder = [[0, 5], [0.7, 0]]\n", "pays less for better service"),
        ("banked = 3\n", "banked"),
    ],
)
def test_keys_that_cannot_be_meant_are_one_clear_error(tmp_path: Path, keys: str, said: str) -> None:
    folder = desk(tmp_path, MONTH + keys if keys else "floor = 0.4\n[queue.sales.period]\n" + BANKED)
    result = CliRunner().invoke(app, ["plan", str(folder), "--quiet"])
    assert result.exit_code == 3
    assert said in result.output
    assert "plan.toml" in result.output
    assert "Traceback" not in result.output


@pytest.mark.slow
@pytest.mark.parametrize(
    ("period", "state", "named"),
    [
        (MONTH, "open", True),
        (MONTH + 'rest = "same"\n' + BANKED, "open", False),
        (MONTH + "banked_in = 2000\nbanked_counted = 2000\n", "safe", True),
        (MONTH + "banked_in = 0\nbanked_counted = 5000\n", "lost", False),
        (MONTH + "banked_in = 500\nbanked_counted = 1000\nrest_calls = 2000\n", "behind", False),
        (CONTRACT + BANKED, "open", True),
        (MONTH + BANKED + LADDER, "open", True),
        (MONTH + BANKED + LADDER, "open", False),
        (CONTRACT + BANKED + LADDER + 'between = "linear"\n', "open", False),
    ],
)
def test_a_run_tells_its_periods_and_the_judge_counts_the_same(
    tmp_path: Path, period: str, state: str, *, named: bool
) -> None:
    folder, run = desk(tmp_path, period, named=named), tmp_path / "run"
    result = CliRunner().invoke(app, ["plan", str(folder), "--out", str(run), "--quiet"])
    assert result.exit_code in (0, 5), result.output
    summary = json.loads((run / "summary.json").read_text(encoding="utf-8"))
    first = summary["goal_periods"][0]
    assert first["state"] == state
    assert len(summary["goal_periods"]) == (2 if period.startswith(CONTRACT[:40]) else 1)
    assert any("sales" in note and "in time so far" in note for note in summary["notes"])
    assert ("ladder" in summary["cost_prices_parts"]) == (named and "ladder" in period)
    assert ("money_expected" in first) == ("ladder" in period)
    service = pd.read_csv(run / "service.csv")
    row = service[(service["queue"] == "sales") & (service["period"] == first["period"])].iloc[0]
    assert row["goal"] == pytest.approx(first["needed"], abs=1e-6)
    verdict = verdict_of(run)
    assert [str(v) for v in verdict.violations] == []


@pytest.mark.slow
def test_forged_periods_and_ladders_are_found(tmp_path: Path) -> None:
    folder, run = desk(tmp_path, MONTH + BANKED + LADDER, named=True), tmp_path / "run"
    assert CliRunner().invoke(app, ["plan", str(folder), "--out", str(run), "--quiet"]).exit_code in (0, 5)
    whole = (run / "summary.json").read_text(encoding="utf-8")
    for key, new in (("needed", 0.123), ("banked_in", 1.0), ("state", "safe"), ("rest_calls", 1.0)):
        summary = json.loads(whole)
        summary["goal_periods"][0][key] = new
        (run / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
        Forger(run).sign()
        assert any(key in str(v) for v in verdict_of(run).violations), key
    summary = json.loads(whole)
    del summary["goal_periods"]
    (run / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
    Forger(run).sign()
    assert any("goal_periods" in str(v) for v in verdict_of(run).violations)


@pytest.mark.slow
def test_without_wages_no_ladder_is_told(tmp_path: Path) -> None:
    folder, run = desk(tmp_path, MONTH + BANKED + LADDER), tmp_path / "run"
    result = CliRunner().invoke(app, ["plan", str(folder), "--out", str(run), "--quiet", "--no-wages"])
    assert result.exit_code in (0, 5)
    summary = json.loads((run / "summary.json").read_text(encoding="utf-8"))
    assert "money_expected" not in summary["goal_periods"][0]
    assert "ladder" not in (run / "inputs" / "plan.toml").read_text(encoding="utf-8")
    assert [str(v) for v in verdict_of(run).violations] == []

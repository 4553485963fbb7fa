"""Plans that keep an earlier one: nothing changes by itself, one leave changes few days, and all is counted again."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from busyhour.app.cli.main import app

PLAN = """
[site]
zone = "Europe/Berlin"
interval_min = 60
grid_min = 60
week = 2026-11-16
[queue.calls]
handle_s = 300
[queue.calls.goal]
level = 0.8
within_s = 20
basis = "interval"
[opening]
{opening}
[shift.early]
paid_min = 240
start_from = "08:00"
start_to = "09:00"
step_min = 60
[shift.late]
paid_min = 240
start_from = "12:00"
start_to = "12:00"
[contract.part]
shifts = ["early", "late"]
max_h_week = 20
[rules]
days_off_together = 0
[costs]
steady_h = 0
change = 12
[solve]
time_limit_s = 20
gap = 0.001
"""
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")


def busyhour(*args: str | Path, code: int = 0) -> Result:
    """Run the command line in this process and expect its exit code."""
    result = CliRunner().invoke(app, [str(a) for a in args])
    assert result.exit_code == code, result.output
    return result


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a desk of four people with the run r1 of its week."""
    folder = tmp_path_factory.mktemp("keep")
    opening = "\n".join(
        f'{day} = "{"08:00-16:00" if day in DAYS else "closed"}"' for day in (*DAYS, "saturday", "sunday")
    )
    (folder / "plan.toml").write_text(PLAN.format(opening=opening), encoding="utf-8")
    (folder / "staff.csv").write_text("agent,contract\na,part\nb,part\nc,part\nd,part\n", encoding="utf-8")
    starts = [f"2026-11-{16 + day}T{hour:02d}:00" for day in range(5) for hour in range(8, 16)]
    pd.DataFrame({"start": starts, "agents_phone": 1}).to_csv(folder / "need.csv", index=False)
    run(folder, folder / "r1")
    return folder


def run(folder: Path, out: Path, *more: str | Path, code: int = 0) -> Result:
    """Plan the week."""
    args = ("--requirement", folder / "need.csv", "--rules", folder / "plan.toml", "--out", out, "--quiet")
    return busyhour("schedule", *args, *more, code=code)


def kept_of(out: Path) -> dict[str, float]:
    """Return what the summary tells of the plan that is kept."""
    found: dict[str, float] = json.loads((out / "summary.json").read_text(encoding="utf-8"))["kept"]
    return found


def test_without_any_change_of_the_inputs_the_plan_is_the_earlier_one(desk: Path, tmp_path: Path) -> None:
    run(desk, tmp_path / "r2", "--keep", desk / "r1", "--seed", "7")
    assert (kept_of(tmp_path / "r2")["changed_days"], kept_of(tmp_path / "r2")["price_of_changes"]) == (0, 0)
    assert kept_of(tmp_path / "r2")["keeping_costs_at_most"] == pytest.approx(0.0, abs=1e-3)
    one, other = ((out / "activity.csv").read_text(encoding="utf-8") for out in (desk / "r1", tmp_path / "r2"))
    assert one == other
    busyhour("check", tmp_path / "r2")


def test_one_leave_changes_few_days_which_are_told_priced_and_judged(desk: Path, tmp_path: Path) -> None:
    folder, out = tmp_path / "desk", tmp_path / "desk" / "r2"
    shutil.copytree(desk, folder)
    first = pd.read_csv(folder / "r1" / "roster.csv").iloc[0]
    (folder / "leave.csv").write_text(f"agent,start,end\n{first.agent},{first.date},{first.date}\n", encoding="utf-8")
    run(folder, out, "--keep", folder / "r1")
    changed, kept = pd.read_csv(out / "changed_days.csv"), kept_of(out)
    assert tuple(changed[["agent", "date"]].iloc[0]) == (first.agent, first.date)
    assert 1 <= len(changed) <= 3, "the day off, and whoever takes the shift"
    forced = changed[changed["forced"] == 1]
    assert forced["agent"].tolist() == [first.agent]
    assert forced["start"].isna().all()
    assert forced["was_start"].tolist() == [first.start]
    assert kept["price_of_changes"] == 12.0 * len(changed) == 12.0 * kept["changed_days"]
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert summary["cost"] == pytest.approx(summary["cost_wages"] + summary["cost_prices"])
    assert summary["bound"] <= summary["cost"] + 1e-6
    assert kept["free_bound"] <= kept["cost_without_changes"] + 1e-6
    busyhour("check", out)
    rows = (out / "changed_days.csv").read_text(encoding="utf-8").splitlines()
    (out / "changed_days.csv").write_text("\n".join(rows[:-1]) + "\n", encoding="utf-8")
    assert "changed_days.csv lacks" in busyhour("check", out, code=7).output


def test_amounts_are_left_out_with_the_wages(desk: Path, tmp_path: Path) -> None:
    run(desk, tmp_path / "r2", "--keep", desk / "r1", "--no-wages")
    kept = kept_of(tmp_path / "r2")
    assert kept["changed_days"] == 0
    assert kept["change_price"] is None
    assert kept["cost_without_changes"] is None


def test_what_is_no_earlier_plan_of_the_week_is_told(desk: Path, tmp_path: Path) -> None:
    assert "no plan of people" in run(desk, tmp_path / "r2", "--keep", tmp_path, code=3).output
    later = tmp_path / "later"
    shutil.copytree(desk, later)
    need = pd.read_csv(desk / "need.csv")
    week = pd.to_datetime(need["start"]) + pd.Timedelta(days=7)
    need.assign(start=week.dt.strftime("%Y-%m-%dT%H:%M")).to_csv(later / "need.csv", index=False)
    told = run(later, tmp_path / "r2", "--keep", desk / "r1", "--week", "2026-11-23", code=3).output
    assert "the earlier run has no shift in the week of 2026-11-23" in " ".join(told.split())
    nameless = tmp_path / "nameless"
    shutil.copytree(desk, nameless)
    (nameless / "staff.csv").unlink()
    assert "nobody is named" in run(nameless, tmp_path / "r2", "--keep", desk / "r1", code=3).output

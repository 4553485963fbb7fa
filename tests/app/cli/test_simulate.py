"""`busyhour simulate` on bare files: every form of staffing, goals per queue, observed times, faults told."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from busyhour.app.cli.main import app
from busyhour.app.inputs.read_staffing import goals_of, read_staffing
from busyhour.forecast.errors import InputError

STARTS = pd.date_range("2026-11-16 08:00", periods=8, freq="30min")


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One staffing in three forms for two queues, their volume, and observed times; the current folder."""
    monkeypatch.chdir(tmp_path)
    stamps = STARTS.strftime("%Y-%m-%dT%H:%M")
    calls = pd.DataFrame({"queue": "calls", "start": stamps, "calls": 30.0, "handle_s": 200.0, "patience_s": 90.0})
    vip = calls.assign(queue="vip", calls=9.0)
    pd.concat([calls, vip]).to_csv("volume.csv", index=False)
    heads = {"calls": np.array([3, 3, 4, 5, 5, 4, 4, 3]), "vip": np.full(8, 2)}
    slots = [(q, t, n) for q, row in heads.items() for t, n in zip(stamps, row, strict=True)]
    rest = {"required": 1, "over": 0, "under": 0, "service_level": 0.8, "asa_s": 3.0, "abandon_rate": 0.01}
    coverage = pd.DataFrame(slots, columns=["queue", "start", "on_phone"]).assign(**rest)
    coverage.to_csv("coverage.csv", index=False)
    ends = (pd.to_datetime(coverage["start"]) + pd.Timedelta(minutes=30)).dt.strftime("%Y-%m-%dT%H:%M")
    steps = coverage[["queue", "start"]].assign(end=ends, agents=coverage["on_phone"])
    steps.to_csv("steps.csv", index=False)
    each = steps.loc[steps.index.repeat(steps["agents"])].reset_index(drop=True)
    each = each.assign(activity="phone", agent=[f"a{i}" for i in each.groupby(["queue", "start"]).cumcount()])
    each["agent"] = each["queue"] + each["agent"]
    each.drop(columns="agents").to_csv("activity.csv", index=False)
    pd.DataFrame({"seconds": [5.0, 40.0, 80.0, 300.0]}).to_csv("patience.csv", index=False)
    pd.DataFrame({"quantile": [0.5, 0.9], "seconds": [120.0, 500.0]}).to_csv("handle.csv", index=False)
    return tmp_path


def busyhour(*args: str) -> Result:
    """Run `busyhour simulate`."""
    return CliRunner().invoke(app, ["simulate", *args])


def test_every_form_of_staffing_tells_the_same(files: Path) -> None:
    """Steps, coverage and activity of one plan give one service."""
    shown = [busyhour(f"{name}.csv", "volume.csv", "--json", "--quiet") for name in ("steps", "coverage", "activity")]
    assert [r.exit_code for r in shown] == [0, 0, 0], shown[0].output
    assert json.loads(shown[0].stdout) == json.loads(shown[1].stdout) == json.loads(shown[2].stdout)
    days = [r for r in json.loads(shown[0].stdout) if r["period"] == "day"]
    assert [r["queue"] for r in days] == ["calls", "vip"]
    assert all(r["ci_lo"] <= r["simulated"] <= r["ci_hi"] for r in days)


@pytest.mark.slow
def test_the_absence_of_a_run_is_known(files: Path) -> None:
    """A staffing that lies in a run is simulated with the absence of its plan, unless the option says otherwise."""
    plain = busyhour("activity.csv", "volume.csv", "--json")
    Path("summary.json").write_text("{}", encoding="utf-8")
    Path("inputs").mkdir()
    plan = "[shrinkage]\nunplanned = 0.3\n[queue.calls.goal]\nlevel = 0.8\nwithin_s = 20\n"
    shift = '[shift.day]\npaid_min = 480\nstart_from = "08:00"\nstart_to = "09:00"\n'
    Path("inputs/plan.toml").write_text(plan + shift, encoding="utf-8")
    absent = busyhour("activity.csv", "volume.csv", "--json")
    assert "absence 0.3, as in the plan of the run" in absent.output
    assert absent.stdout != plain.stdout
    option = busyhour("activity.csv", "volume.csv", "--unplanned", "0.3", "--json")
    assert json.loads(option.stdout) == json.loads(absent.stdout)
    none = busyhour("activity.csv", "volume.csv", "--unplanned", "0", "--json")
    assert json.loads(none.stdout) == json.loads(plain.stdout)
    steps = busyhour("steps.csv", "volume.csv", "--json")
    assert json.loads(steps.stdout) == json.loads(plain.stdout)


def test_each_queue_has_its_goal_and_the_table_fits_80_columns(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a planner sees."""
    monkeypatch.setenv("COLUMNS", "80")
    result = busyhour("steps.csv", "volume.csv", "--goal", "80/20", "--goal", "vip=90/10", "--definition", "total")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert any(line.strip() == "calls: 80/20 of total" for line in lines)
    assert any(line.strip() == "vip: 90/10 of total" for line in lines)
    assert sum("Mon 2026-11-16" in line and " ±" in line and "…" not in line for line in lines) == 2


def test_observed_times_and_a_coarser_report(files: Path) -> None:
    """Laws from files change the service; the rows are the hours asked for."""
    plain, laws = Path("plain.csv"), Path("laws.csv")
    assert busyhour("steps.csv", "volume.csv", "--out", str(plain), "--quiet").exit_code == 0
    more = ["--handle", "handle.csv", "--patience", "patience.csv", "--report", "60"]
    assert busyhour("steps.csv", "volume.csv", "--out", str(laws), "--quiet", *more).exit_code == 0
    first, second = pd.read_csv(plain), pd.read_csv(laws)
    assert (first["period"] == "interval").sum() == 16
    assert (second["period"] == "interval").sum() == 8
    columns = ["queue", "period", "start", "goal", "simulated", "ci_lo", "ci_hi", "p_goal", "p_goal_lo", "p_goal_hi"]
    assert list(second.columns[:10]) == columns
    level = [table.loc[table["period"] == "day", "simulated"].iloc[0] for table in (first, second)]
    assert abs(level[0] - level[1]) > 0.005


@pytest.mark.slow
@pytest.mark.parametrize(("file", "old", "new", "args", "says"), [
    ("steps.csv", "T08:30,2\n", "T07:30,2\n", [], ("steps.csv", "row 10", "end", "before it starts")),
    ("coverage.csv", "calls,2026-11-16T08:30,3", "calls,2026-11-16T08:30,2.5", [], ("coverage.csv", "row 3", "whole")),
    ("coverage.csv", "calls,2026-11-16T08:30", "calls,2026-11-16T08:00", [], ("coverage.csv", "duplicate slot")),
    ("steps.csv", "vip,2026-11-16T08:00", "wip,2026-11-16T08:00", [], ("steps.csv", "row 10", "wip", "calls, vip")),
    ("steps.csv", "queue,", "kind,", [], ("steps.csv", "'queue' is missing", "several queues")),
    ("steps.csv", "", "", ["--goal", "vip=90/10"], ("no goal", "calls=80/20")),
    ("steps.csv", "", "", ["--goal", "other=90/10"], ("unknown queue", "other")),
    ("steps.csv", "", "", ["--goal", "80/20", "--goal", "70/20"], ("two goals", "70/20")),
    ("steps.csv", "", "", ["--goal", "80"], ("not a goal",)),
    ("steps.csv", "", "", ["--report", "45"], ("report_min", "multiple of 30")),
    ("patience.csv", "40.0", "soon", ["--patience", "patience.csv"], ("patience.csv", "row 3", "seconds", "soon")),
    ("handle.csv", "0.5,", "0.95,", ["--handle", "handle.csv"], ("handle.csv", "rise")),
    ("handle.csv", "quantile,", "queue,", ["--handle", "handle.csv"], ("handle.csv", "no times", "calls")),
])  # fmt: skip
def test_faults_are_told(files: Path, file: str, old: str, new: str, args: list[str], says: tuple[str, ...]) -> None:
    """Exit code 3 and the place."""
    path = Path(file)
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    staffing = file if file in ("steps.csv", "coverage.csv") else "steps.csv"
    result = busyhour(staffing, "volume.csv", "--quiet", *args)
    assert result.exit_code == 3, result.output
    for words in says:
        assert words in result.output, result.output


def test_a_coverage_slot_lasts_as_its_grid_says(tmp_path: Path) -> None:
    """Quarters of an hour with a hole; one slot alone lasts an interval; a clock change shifts nothing."""
    path = tmp_path / "coverage.csv"
    path.write_text("start,on_phone\n2026-10-25T02:30+02:00,2\n2026-10-25T02:45+02:00,3\n2026-10-25T02:15+01:00,4\n")
    steps = read_staffing(path, ["calls"], 30, "Europe/Berlin")
    assert ((steps["end"] - steps["start"]) == pd.Timedelta(minutes=15)).all()
    assert steps["start"].iloc[2] - steps["start"].iloc[1] == pd.Timedelta(minutes=30)
    path.write_text("start,on_phone\n2026-10-26T08:00,2\n")
    steps = read_staffing(path, ["calls"], 30, None)
    assert steps["end"].iloc[0] == pd.Timestamp("2026-10-26 08:30")


def test_a_queue_may_have_any_name() -> None:
    """Only the last = parts name and goal."""
    goals = goals_of(["80/20", "a=b=70/30"], ["a=b", "c"], definition="offered")
    assert (str(goals["a=b"]), str(goals["c"])) == ("70/30", "80/20")
    with pytest.raises(InputError, match="no goal"):
        goals_of([], ["c"])

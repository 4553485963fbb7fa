"""`busyhour attain`: files in, a folder out; what cannot be counted is one clear error."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from forty_calls import per_interval, single_calls
from typer.testing import CliRunner, Result

from busyhour.app.cli.main import app
from busyhour.app.config.contract_toml import ContractFile
from busyhour.app.contracts.attain import AttainOptions
from busyhour.app.contracts.attain import attain as counted_from
from busyhour.app.contracts.attain_summary import summarise
from busyhour.forecast.progress import Watch

CONTRACT = """
name = "Desk"
queues = ["desk"]
[goal.service]
metric = "service_level"
level = 0.70
within_s = 20
definition = "offered"
weight = 1.0
[goal.service.ladder]
rungs = [[0.70, 0.0], [0.50, -0.5]]
otherwise = -1.0
[goal.patient]
metric = "service_level"
level = 0.60
within_s = 30
definition = "answered"
[goal.quality]
metric = "quality"
level = 0.80
[[exclusion]]
clause = "9.2"
reason = "outage"
start = 2026-03-02T09:45:00
end = 2026-03-02T10:00:00
[money]
fee = 1000
at_risk = 0.1
currency = "EUR"
[[money.gates]]
goal = "quality"
[termination]
missed = 2
of = 3
"""
LOG = CONTRACT + '[intake]\none_row = "call"\n'


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the contract, the forty calls, and the same counted per interval; the current folder."""
    monkeypatch.chdir(tmp_path)
    Path("contract.toml").write_text(LOG, encoding="utf-8")
    calls = single_calls()
    calls.assign(answered=calls["answered"].astype(int)).to_csv("calls.csv", index=False)
    per_interval().to_csv("intervals.csv", index=False)
    return tmp_path


def attain(*args: str) -> Result:
    """Run `busyhour attain` on the contract."""
    return CliRunner().invoke(app, ["attain", "contract.toml", *args])


def summary(*args: str) -> dict[str, Any]:
    """Return the summary of a run that ends well."""
    found = attain(*args, "--quiet", "--json", "--out", "out")
    assert found.exit_code == 0, found.output
    told: dict[str, Any] = json.loads(found.stdout)
    return told


def counted(*calls: str, **options: Any) -> dict[str, Any]:
    """Return the summary without publishing."""
    paths = [Path(path) for path in calls]
    return summarise(counted_from(ContractFile.read(Path("contract.toml")), paths, AttainOptions(**options), Watch()))


def test_a_log_is_counted_for_each_goal_by_its_own_seconds(here: Path) -> None:
    """Without the excluded half-hour 16 of 32 within 20 s, and 20 of 24 answered within 30 s."""
    told = counted("calls.csv")
    goals = {goal["goal"]: goal for goal in told["goals"]}
    assert (goals["service"]["numerator"], goals["service"]["denominator"]) == (16, 32)
    assert (goals["patient"]["numerator"], goals["patient"]["denominator"]) == (20, 24)
    assert (goals["quality"]["figure"], goals["quality"]["why"]) == (None, "nothing to divide by")
    assert told["counted_from"] == "calls"
    assert told["money"]["malus"] == pytest.approx(-50)
    assert told["money"]["withheld"] == ["quality"]
    assert told["termination"] == {"missed": 0, "of": 3, "more": 2, "if_this_is_missed": 1}
    assert any("no file tells quality" in note for note in told["notes"])


def test_the_folder_holds_tables_page_and_inputs(here: Path) -> None:
    """Each figure stands with numerator and denominator, the excluded interval with its clause; the page is offline."""
    summary("calls.csv")
    names = {path.name for path in Path("out").iterdir()}
    assert {"attainment.csv", "excluded.csv", "unknown.csv", "money.csv", "manifest.json", "inputs"} <= names
    table = pd.read_csv("out/attainment.csv")
    assert table.loc[0, ["numerator", "denominator", "met"]].tolist() == [16, 32, 0]
    excluded = pd.read_csv("out/excluded.csv")
    assert set(excluded["clause"]) == {"9.2, outage"}
    page = Path("out/report.html").read_text(encoding="utf-8")
    assert "16 / 32" in page
    assert not re.search(r"""(?:src|href)=["']?https?:""", page)
    assert page.index("goals missed") < page.index("Excluded intervals")


def test_the_screen_shows_figures_with_both_numbers(here: Path) -> None:
    """One line a goal."""
    shown = attain("calls.csv", "--quiet", "--out", "out")
    assert shown.output == ""
    shown = attain("calls.csv", "--out", "out")
    assert "16 / 32" in " ".join(shown.stdout.split())


def test_counts_within_other_seconds_are_refused(here: Path) -> None:
    """The file counts within 20 s; the second goal asks for 30 s."""
    Path("contract.toml").write_text(CONTRACT, encoding="utf-8")
    found = attain("intervals.csv", "--out", "out")
    assert found.exit_code == 3
    assert "goal patient asks for 30 s and cannot be counted" in found.output
    assert not Path("out").exists()


def test_scores_and_measured_figures_join_the_goals(here: Path) -> None:
    """Scores of 20 calls open the gate; a goal in both files is refused."""
    rows = [f",2026-03-0{2 + i % 2},quality,{0.7 + 0.01 * i:.2f},,Ann" for i in range(20)]
    Path("quality.csv").write_text("\n".join(["vendor,date,item,score,weight,scorer", *rows]) + "\n", encoding="utf-8")
    Path("contract.toml").write_text('vendor = "North"\n' + LOG, encoding="utf-8")
    Path("quality.csv").write_text(Path("quality.csv").read_text().replace("\n,", "\nNorth,"), encoding="utf-8")
    told = counted("calls.csv", quality=Path("quality.csv"))
    quality = told["goals"][2]
    assert (quality["numerator"], quality["denominator"], quality["met"]) == (pytest.approx(15.9), 20, False)
    Path("measured.csv").write_text("date,goal,numerator,denominator\n2026-03-02,quality,17,20\n", encoding="utf-8")
    assert counted("calls.csv", measured=Path("measured.csv"))["goals"][2]["figure"] == pytest.approx(0.85)
    both = attain("calls.csv", "--quality", "quality.csv", "--measured", "measured.csv", "--out", "out")
    assert (both.exit_code, "goal quality stands in quality.csv too" in both.output) == (3, True)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("2026-03-02,service,1,2", "counted from the calls"),
        ("2026-03-02,qualty,1,2", "unknown goal"),
        ("2026-03-02,quality,1,0", "a numerator without denominator"),
        ("2026-03-02,quality,1,2\n2026-03-02,quality,1,2", "same date and goal"),
        ("2026-03-02,quality,,2", "blank"),
    ],
)
def test_measured_figures_amiss(here: Path, content: str, what: str) -> None:
    """Each is told with file and row."""
    Path("measured.csv").write_text(f"date,goal,numerator,denominator\n{content}\n", encoding="utf-8")
    found = attain("calls.csv", "--measured", "measured.csv", "--out", "out")
    assert (found.exit_code, what in found.output, "measured.csv" in found.output) == (3, True, True), found.output


def test_a_queue_that_the_contract_does_not_know(here: Path) -> None:
    """It is told by file and row, with the way to mend it."""
    calls = pd.read_csv("calls.csv")
    calls.loc[3, "queue"] = "other"
    calls.to_csv("calls.csv", index=False)
    found = attain("calls.csv", "--out", "out")
    assert found.exit_code == 3
    assert "calls.csv, row 5, column queue: the contract does not know this queue (got 'other')" in found.output
    Path("contract.toml").write_text('other_queues = ["other"]\n' + LOG, encoding="utf-8")
    assert counted("calls.csv")["goals"][0]["denominator"] == 31


def test_the_same_calls_in_two_files_count_once(here: Path) -> None:
    """Two exports that cover the same time hold the same calls; other figures for an interval are refused."""
    Path("again.csv").write_text(Path("calls.csv").read_text(encoding="utf-8"), encoding="utf-8")
    told = counted("calls.csv", "again.csv")
    assert told["goals"][0]["denominator"] == 32
    assert any("counted once" in note for note in told["notes"])
    text = CONTRACT.replace("within_s = 30", "within_s = 20")
    Path("contract.toml").write_text(text, encoding="utf-8")
    other = per_interval()
    other.loc[0, "answered_in"] = 4.0
    other.to_csv("other.csv", index=False)
    found = attain("intervals.csv", "other.csv", "--out", "out")
    assert (found.exit_code, "duplicate interval" in found.output) == (3, True)


def test_parts_of_a_queue_that_were_counted_otherwise_are_refused(here: Path) -> None:
    """Two lines of one queue, one counted within 20 s and one within 60 s, are in time by no threshold."""
    text = CONTRACT.replace("within_s = 30", "within_s = 20")
    Path("contract.toml").write_text(text + '[intake]\nparts = ["line"]\n', encoding="utf-8")
    table = per_interval()
    pd.concat([table.assign(line=1), table.assign(line=2)]).to_csv("both.csv", index=False)
    assert counted("both.csv")["goals"][0]["denominator"] == 64
    pd.concat([table.assign(line=1), table.assign(line=2, within_s=60)]).to_csv("both.csv", index=False)
    found = attain("both.csv", "--out", "out")
    assert (found.exit_code, "nothing tells within how many seconds" in found.output) == (3, True)


def test_a_locked_forecast_is_read_and_told(here: Path) -> None:
    """Monday's surplus leaves the day out; days before the lock binds give no relief."""
    lock = (
        '[lock]\nclause = "6.1"\nband = 0.1\nconsequence = "exclude"\nlead_days = 14\n'
        '[[lock.forecast]]\nfile = "locked.csv"\non = 2026-02-01\n'
    )
    Path("contract.toml").write_text(LOG + lock, encoding="utf-8")
    starts = per_interval()["start"].dt.strftime("%Y-%m-%dT%H:%M")
    pd.DataFrame({"queue": "desk", "start": starts, "calls": [6, 6, 6, 8, 8]}).to_csv("locked.csv", index=False)
    assert summary("calls.csv")["goals"][0]["denominator"] == 16
    assert pd.read_csv("out/lock.csv")["relief"].tolist() == [True, False]
    late = LOG + lock.replace("2026-02-01", "2026-02-17")
    Path("contract.toml").write_text(late, encoding="utf-8")
    told = counted("calls.csv")
    assert told["goals"][0]["denominator"] == 32
    assert any("its days before 2026-03-03 give no relief" in note for note in told["notes"])


def test_a_day_that_still_runs_is_left_to_the_projection(here: Path) -> None:
    """With --as-of none of its calls count."""
    told = counted("calls.csv", as_of=dt.date(2026, 3, 3))
    assert (told["until"], told["goals"][0]["denominator"]) == ("2026-03-03", 16)
    assert attain("calls.csv", "--as-of", "2026-03-02", "--out", "out").exit_code == 3


def test_the_folder_of_a_plan_brings_its_layout(here: Path, small_run: Path) -> None:
    """Calls of a planner's folder are read as its plan.toml says; a folder without a plan is refused."""
    Path("empty").mkdir()
    found = attain("empty", "--out", "out")
    assert (found.exit_code, "no plan.toml in this folder" in found.output) == (3, True)
    found = attain("calls.csv", "--plan", "empty", "--out", "out")
    assert (found.exit_code, "not a run folder" in found.output) == (3, True)


def november(days: int = 1) -> pd.DataFrame:
    """Return counts of the first days of November 2026: of each half-hour 7 of 10 calls in time."""
    starts = [
        pd.Timestamp(2026, 11, day) + pd.Timedelta(minutes=420 + 30 * i)
        for day in range(1, days + 1)
        for i in range(28)
    ]
    stamps = pd.Series(starts).dt.strftime("%Y-%m-%dT%H:%M")
    return pd.DataFrame({"start": stamps, "offered": 10, "answered": 9, "answered_in": 7, "within_s": 20})


def test_planned_days_are_simulated_and_others_said(
    here: Path, small_run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The week's plan covers a week; the chance has its interval, and the days without a plan are named."""
    monkeypatch.setattr("busyhour.app.contracts.attain.LEAST_RUNS", 32)
    monkeypatch.setattr("busyhour.app.contracts.attain.MOST_RUNS", 32)
    arguments = json.dumps({"week": "2026-11-02", "scenario": None, "overrides": {}})
    (small_run / "inputs" / "arguments.json").write_text(arguments, encoding="utf-8")
    contract = CONTRACT.replace('"desk"', '"calls"').replace("within_s = 30", "within_s = 20")
    Path("contract.toml").write_text('zone = "Europe/Berlin"\n' + contract, encoding="utf-8")
    november().to_csv("known.csv", index=False)
    told = summary("known.csv", "--plan", str(small_run))
    rest = told["projection"]
    assert rest["runs"] == 32
    assert (rest["planned_days"][0], rest["planned_days"][-1], len(rest["days_left_out"])) == (
        "2026-11-02",
        "2026-11-08",
        22,
    )
    chances = {goal["goal"]: goal for goal in rest["goals"]}
    assert chances["service"]["ci"][0] <= chances["service"]["probability"] <= chances["service"]["ci"][1]
    assert chances["quality"]["held"]
    assert "NOT in the projection" in Path("out/report.html").read_text(encoding="utf-8")
    assert counted("known.csv", plans=(small_run,))["projection"] == rest
    other = counted("known.csv", plans=(small_run,), seed=5)
    assert other["projection"]["goals"][0]["figure"] != chances["service"]["figure"]


def test_a_stop_keeps_what_is_counted(here: Path, small_run: Path) -> None:
    """The first Ctrl-C leaves the projection out, and the figures stand."""
    arguments = json.dumps({"week": "2026-11-02", "scenario": None, "overrides": {}})
    (small_run / "inputs" / "arguments.json").write_text(arguments, encoding="utf-8")
    contract = CONTRACT.replace('"desk"', '"calls"').replace("within_s = 30", "within_s = 20")
    Path("contract.toml").write_text('zone = "Europe/Berlin"\n' + contract, encoding="utf-8")
    november().to_csv("known.csv", index=False)
    watch = Watch()
    watch.stop.set()
    file, options = ContractFile.read(Path("contract.toml")), AttainOptions(plans=(small_run,))
    found = counted_from(file, [Path("known.csv")], options, watch)
    assert (found.stopped, found.projection, watch.keeps.is_set()) == (True, None, True)
    assert found.now.figures[0].denominator == 280
    assert summarise(found)["stopped"] == "user"


@pytest.mark.slow
def test_days_without_a_plan_are_assumed_only_when_asked(here: Path) -> None:
    """Four weeks known: the rest is drawn from past days, and labelled as assumed."""
    contract = CONTRACT.replace('"desk"', '"calls"').replace("within_s = 30", "within_s = 20")
    Path("contract.toml").write_text('zone = "Europe/Berlin"\n' + contract, encoding="utf-8")
    november(28).to_csv("known.csv", index=False)
    assert counted("known.csv")["projection"] is None
    told = counted("known.csv", forecast_rest=True)
    rest = told["projection"]
    assert (rest["assumed_days"], rest["days_left_out"]) == (["2026-11-29", "2026-11-30"], [])
    assert {g["goal"]: g["figure"] for g in rest["goals"]}["service"] == pytest.approx(0.7)
    assert any(note.startswith("assumed, not planned: Sun 29 Nov") for note in told["notes"])


@pytest.mark.parametrize("command", ["check", "report", "compare"])
def test_an_attainment_is_no_plan(here: Path, command: str) -> None:
    """Commands on runs of plans say so in one sentence."""
    Path("out").mkdir()
    Path("out/summary.json").write_text(json.dumps(counted("calls.csv")), encoding="utf-8")
    found = CliRunner().invoke(app, [command, "out"])
    assert (found.exit_code, "this is no plan, but of the kind attainment" in found.output) == (3, True), found.output

"""The run folder of a hiring plan: tables that add up, a page that opens offline, a hiring.toml to go on with."""

from __future__ import annotations

import json
import shutil
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hiring_outcome import small_outcome
from rich.console import Console
from typer.testing import CliRunner

from busyhour.app import comparison
from busyhour.app.cli.hire_screen import hiring_screen
from busyhour.app.cli.main import app
from busyhour.app.finished import costs_of
from busyhour.app.hiring.charts import waterfall
from busyhour.app.hiring.config import HiringFile, parse
from busyhour.app.hiring.cost_lines import COST_LINES
from busyhour.app.hiring.outcome import HiringOutcome
from busyhour.app.hiring.publish import HiringFolder, publish
from busyhour.app.hiring.starter import commented
from busyhour.app.hiring.summary import gap_of
from busyhour.app.hiring.tables import OCCUPANCY, formula_fte, headcount
from busyhour.app.hiring.words import due_lines, headline, rule_lines
from busyhour.forecast.tables import read_csv
from busyhour.schedule.hiring.problem import Recourse
from busyhour.schedule.optimise.status import Solved
from busyhour.schedule.tables import TABLES


@pytest.fixture(scope="module")
def outcome() -> HiringOutcome:
    return small_outcome()


@pytest.fixture(scope="module")
def run(outcome: HiringOutcome, tmp_path_factory: pytest.TempPathFactory) -> Path:
    sink = HiringFolder(tmp_path_factory.mktemp("hire") / "run", {"base": {"hiring": 1.0}, "busy": {"hiring": 3.0}})
    return publish(outcome, sink)[0]


def test_every_file_is_there(run: Path) -> None:
    names = {p.name for p in run.iterdir()}
    assert names >= {
        "headcount.csv", "classes.csv", "loss.csv", "state.csv", "defaults.csv", "summary.json", "report.html",
        "hiring.xlsx", "hiring.toml", "manifest.json", "run.log", "inputs",
    }  # fmt: skip


def test_tables_are_as_declared(run: Path) -> None:
    for name in ("headcount", "classes", "state"):
        assert len(read_csv(run / f"{name}.csv", TABLES[name]))


def test_heads_and_money_add_up(run: Path, outcome: HiringOutcome) -> None:
    head, classes = pd.read_csv(run / "headcount.csv"), pd.read_csv(run / "classes.csv")
    summary = json.loads((run / "summary.json").read_text(encoding="utf-8"))
    after = head["opening"] + head["hires"] - head["leavers"] + head["transferred"]
    assert after.to_numpy()[:-1] == pytest.approx(head["opening"].to_numpy()[1:])
    assert head["hires"].sum() == pytest.approx(classes["size"].sum())
    assert summary["hires"] == pytest.approx(classes["size"].sum())
    assert sum(summary["cost_parts"].values()) == pytest.approx(summary["cost"])
    kept = ("wages_today", "given")
    assert summary["cost"] - sum(summary["cost_parts"][k] for k in kept) == pytest.approx(summary["cost_decidable"])
    assert head["cost_wages"].sum() == pytest.approx(
        sum(summary["cost_parts"][k] for k in ("wages_today", "wages_hired", "training")), rel=1e-6
    )
    assert summary["cost"] - summary["bound"] == pytest.approx(summary["cost_decidable"] - summary["bound_decidable"])
    assert summary["gap"] == pytest.approx((summary["cost"] - summary["bound"]) / summary["bound"])
    assert summary["gap"] < summary["gap_decidable"]
    assert head[list(COST_LINES)].to_numpy().sum() == pytest.approx(summary["cost"])
    quantiles = head[[f"required_fte_q0.{n}" for n in range(1, 10)]].to_numpy()
    assert (np.diff(quantiles, axis=1) >= 0).all()
    assert head["supply_h"].to_numpy() == pytest.approx(outcome.plan.groups["desk"].supply, abs=1e-6)


def test_the_page_asks_the_network_for_nothing(run: Path) -> None:
    text = (run / "report.html").read_text(encoding="utf-8")
    assert "default-src &#39;none&#39;" in text
    assert 'src="http' not in text
    for chart in ("fte", "heads", "probability", "classes", "defaults", "waterfall"):
        assert f'id="chart-{chart}"' in text
    assert "people.fails" in text


def test_the_workbook_opens(run: Path) -> None:
    book = openpyxl.load_workbook(run / "hiring.xlsx")
    assert {"Summary", "Months", "Classes", "Defaults", "State"} <= set(book.sheetnames)
    assert str(book["Summary"]["A3"].value).startswith("Hire ")


def test_sums_of_the_workbook_reach_the_cost(run: Path) -> None:
    cost = json.loads((run / "summary.json").read_text(encoding="utf-8"))["cost"]
    book = openpyxl.load_workbook(run / "hiring.xlsx", data_only=True)
    rows = {r[0]: r[1] for r in book["Summary"].iter_rows(min_row=3, max_col=2, values_only=True) if r[1] is not None}
    assert rows.pop("in all") == pytest.approx(cost)
    assert sum(rows.values()) == pytest.approx(cost)
    _, sums, names = book["Months"].iter_rows(max_row=3, values_only=True)
    lines = [total for name, total in zip(names, sums, strict=True) if str(name).replace(" ", "_") in COST_LINES]
    assert len(lines) == len(COST_LINES)
    assert sum(lines) == pytest.approx(cost)


def test_hours_of_the_vendor_are_no_own_people(outcome: HiringOutcome) -> None:
    months = outcome.plan.groups["desk"]
    bought = {"desk": replace(months, contract=np.full(6, 100.0))}
    plain, more = (headcount(o) for o in (outcome, replace(outcome, plan=replace(outcome.plan, groups=bought))))
    assert more["productive_fte"].to_numpy() == pytest.approx(plain["productive_fte"].to_numpy())
    hour = months.supply / plain["productive_fte"].to_numpy()
    assert more["contract_fte"].to_numpy() == pytest.approx(100.0 / hour)


def test_the_spreadsheet_formula_is_load_by_occupancy_and_shrinkage(outcome: HiringOutcome) -> None:
    group, full = outcome.problem.groups[0], outcome.problem.kinds[0]
    wanted = outcome.load_h["desk"] / OCCUPANCY / full.present / (1 - outcome.breaks["desk"]) / full.paid_h
    assert formula_fte(outcome, group) == pytest.approx(wanted)


def test_hiring_toml_makes_the_same_configuration(run: Path, outcome: HiringOutcome) -> None:
    text = (run / "hiring.toml").read_text(encoding="utf-8")
    assert parse(tomllib.loads(text), Path("hiring.toml")) == outcome.file.config
    assert "# training_weeks = 5.0" in text
    assert f"# overtime_h = {outcome.problem.groups[0].recourse.overtime_cost}" in text  # the price that was used


def test_hiring_toml_keeps_scenarios_and_what_the_caller_asked(outcome: HiringOutcome, tmp_path: Path) -> None:
    given = "growth = {calls = 0.1}\n[scenario.busy]\nfactors.volume = 1.2\n[scenario.late]\nclasses.least = 1\n"
    (tmp_path / "hiring.toml").write_text(given, encoding="utf-8")
    file = HiringFile.read(tmp_path, None, {"months": 6})
    (tmp_path / "again").mkdir()
    (tmp_path / "again" / "hiring.toml").write_text(commented(replace(outcome, file=file)), encoding="utf-8")
    again = HiringFile.read(tmp_path / "again")
    assert again.config == file.config
    assert again.scenarios == ("busy", "late")
    for name in again.scenarios:
        wanted = HiringFile.read(tmp_path, name, {"months": 6}).config
        assert HiringFile.read(tmp_path / "again", name).config == wanted


def test_hiring_toml_tells_the_prices_of_each_group(outcome: HiringOutcome) -> None:
    first = outcome.problem.groups[0]
    groups = (first, replace(first, name="other", recourse=Recourse(overtime_cost=50.25)))
    text = commented(replace(outcome, problem=replace(outcome.problem, groups=groups)))
    assert "# overtime_h = 46.5  # desk: 46.5; other: 50.25\n" in text
    assert "# vendor_h = 55.0\n" in text


def test_the_headline_says_how_many_and_when(run: Path) -> None:
    summary = json.loads((run / "summary.json").read_text(encoding="utf-8"))
    classes = pd.read_csv(run / "classes.csv")
    assert headline(summary, classes).startswith(f"Hire {classes['size'].sum():.0f} people in {len(classes)} class")
    first = classes.iloc[0]
    assert f"({classes['offers'].sum():.0f} offers)" in headline(summary, classes)
    assert f"{first['kind']} on {first['start']}" in headline(summary, classes)
    assert headline(summary, classes.iloc[:0]).startswith("Hire nobody")
    late = {**summary, "possible_starts": 0, "earliest_start": "2027-06-01"}
    assert "none starts before 2027-06-01" in headline(late, classes.iloc[:0])


def test_classes_of_one_kind_and_start_are_due_in_one_line(run: Path) -> None:
    one = pd.read_csv(run / "classes.csv").iloc[:1].assign(firm=1)
    (line,) = due_lines(pd.concat([one, one], ignore_index=True))
    first = one.iloc[0]
    assert f"{2 * first['size']:.0f} people for {first['kind']} in 2 classes, start {first['start']}" in line
    assert f"({2 * first['offers']:.0f} offers)" in line
    assert due_lines(one.assign(firm=0)) == ["no class has to be decided before the next planning"]


def test_the_rule_of_a_group_whose_name_holds_a_stroke(run: Path) -> None:
    summary = json.loads((run / "summary.json").read_text(encoding="utf-8"))
    levels = {"north/day/full": [1.0] * 6, "north/full": [2.0] * 6}
    lines = rule_lines({**summary, "hire_up_to": levels, "groups": {"north": {}, "north/day": {}}}, 4.0)
    assert [line.partition(":")[0] for line in lines] == ["north/day", "north"]


def test_the_rule_says_when_it_looks_and_whether_it_pays(run: Path) -> None:
    summary = json.loads((run / "summary.json").read_text(encoding="utf-8"))
    told = rule_lines({**summary, "look": 2, "pays": True}, 4.0)[0]
    assert "2 months after the first that a class decided now" in told
    assert "no level" in rule_lines({**summary, "look": 2, "pays": False}, 4.0)[0]


def test_the_screen_says_where_settings_go(run: Path) -> None:
    summary = json.loads((run / "summary.json").read_text(encoding="utf-8"))
    for hashes, told in (({}, "put it beside plan.toml"), ({"hiring.toml": "0"}, "your settings")):
        console = Console(width=200)
        with console.capture() as shown:
            console.print(hiring_screen({**summary, "input_hashes": hashes}, run))
        assert told in shown.get()


def test_the_waterfall_ends_where_the_scenario_does() -> None:
    spec = waterfall({"base": {"hiring": 10.0, "overtime": 5.0}, "busy": {"hiring": 14.0, "missing": 2.0}}, "EUR")
    rows = spec["datasets"]["rows"]
    assert [r["to"] for r in rows if r["what"] == "total"] == [15.0, 16.0]
    assert sum(r["change"] for r in rows if r["what"] != "total") == pytest.approx(1.0)


def test_compare_lays_hiring_runs_side_by_side(run: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["compare", str(run), str(run), "--out", str(tmp_path / "cmp"), "--json"])
    assert result.exit_code == 0, result.output
    assert (tmp_path / "cmp" / "compare.csv").exists()
    table = pd.read_csv(tmp_path / "cmp" / "compare.csv")
    assert {"hires", "cost_decidable", "probability_least"} <= set(table.columns)


@pytest.mark.slow
def test_a_run_that_is_named_twice_mixes_no_costs(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other, drawn = tmp_path / "other", list[dict[str, dict[str, float]]]()
    shutil.copytree(run, other)
    summary = json.loads((other / "summary.json").read_text(encoding="utf-8"))
    summary["cost_parts"] = {name: value + 7.0 for name, value in summary["cost_parts"].items()}
    (other / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
    monkeypatch.setattr(comparison, "waterfall", lambda costs, _: drawn.append(costs))
    comparison.write_comparison([run, run, other], tmp_path / "cmp")
    assert drawn[0][str(other)] == summary["cost_parts"]
    assert drawn[0][str(run)] == costs_of([run])[str(run)]


def test_commands_on_weeks_say_that_this_is_none(run: Path) -> None:
    result = CliRunner().invoke(app, ["report", str(run)])
    assert result.exit_code == 3
    assert "this is a hiring run" in result.output


def test_a_gap_of_nearly_nothing_is_a_share_of_all_money() -> None:
    near = Solved.of(10.0, -10.0, near=True, by_user=False, seconds=1.0)
    assert gap_of(near, 1000.0) == pytest.approx(0.02)
    assert gap_of(Solved.of(10.0, 0.0, near=True, by_user=False, seconds=1.0), 1000.0) == pytest.approx(0.01)
    assert gap_of(Solved.of(5000.0, 4000.0, near=True, by_user=False, seconds=1.0), 1000.0) == pytest.approx(0.25)
    assert gap_of(Solved.of(10.0, None, near=False, by_user=False, seconds=1.0), 1000.0) is None

"""The run folder of a hiring plan: tables that add up, a page that opens offline, a hiring.toml to go on with."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hiring_outcome import small_outcome
from typer.testing import CliRunner

from busyhour.app.cli.main import app
from busyhour.app.hiring.charts import waterfall
from busyhour.app.hiring.config import parse
from busyhour.app.hiring.outcome import HiringOutcome
from busyhour.app.hiring.publish import HiringFolder, publish
from busyhour.app.hiring.words import headline
from busyhour.forecast.tables import read_csv
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


def test_hiring_toml_makes_the_same_configuration(run: Path, outcome: HiringOutcome) -> None:
    text = (run / "hiring.toml").read_text(encoding="utf-8")
    assert parse(tomllib.loads(text), Path("hiring.toml")) == outcome.file.config
    assert "# training_weeks = 5.0" in text
    assert "# overtime_h = " in text  # a price that follows from the wage is told


def test_the_headline_says_how_many_and_when(run: Path) -> None:
    summary = json.loads((run / "summary.json").read_text(encoding="utf-8"))
    classes = pd.read_csv(run / "classes.csv")
    assert headline(summary, classes).startswith(f"Hire {classes['size'].sum():.0f} people in {len(classes)} class")
    assert headline(summary, classes.iloc[:0]).startswith("Hire nobody")


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


@pytest.mark.parametrize("command", ["check", "report"])
def test_commands_on_weeks_say_that_this_is_none(run: Path, command: str) -> None:
    result = CliRunner().invoke(app, [command, str(run)])
    assert result.exit_code == 3
    assert "this is a hiring run" in result.output

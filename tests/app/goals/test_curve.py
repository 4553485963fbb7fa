"""The cheapest staffing at several goals: what is asked, what a point costs, what is written."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from cover_cases import by_need, day, pooled
from published_desk import write_desk
from typer.testing import CliRunner

from busyhour.app.cli.main import app
from busyhour.app.goals.publish import TABLES
from busyhour.forecast.progress import Watch
from busyhour.schedule.cover.frame import CoverFrame
from busyhour.schedule.cover.model import build
from busyhour.schedule.cover.part import whole_week
from busyhour.schedule.optimise.solver import solve
from busyhour.schedule.plan.goal_price import point_prices
from busyhour.schedule.problem.shift_families import ShiftFamily


def desk(folder: Path) -> Path:
    """Write the tiny desk with prices at which a goal is not missed, so that a plan is ready soon."""
    out = write_desk(folder / "desk", limit_s=10.0, gap=0.5)
    plan = (out / "plan.toml").read_text(encoding="utf-8")
    for price in ("lost_call = 15", "under_h = 60"):
        assert price in plan
        plan = plan.replace(price, f"{price}0")
    (out / "plan.toml").write_text(plan, encoding="utf-8")
    return out


def test_the_price_of_a_point_is_what_the_relaxation_pays_for_the_next_one() -> None:
    """A tenth of a point more, half below the goal and half above."""
    base = pooled(8, 1)
    calls = float(base.demands[0].calls.sum())
    price = point_prices(base, Watch())["calls"]
    assert price > 0.0
    costs = []
    for margin in (-0.0005 * calls, 0.0005 * calls):
        frame = CoverFrame(pooled(8, 1, margin=margin))
        answer = solve(build(frame, whole_week(frame), for_bound=True).program, watch=Watch(), stage="", relax=True)
        assert answer.objective is not None
        costs.append(answer.objective)
    assert (costs[1] - costs[0]) / 0.1 == pytest.approx(price, rel=0.1)


def test_a_goal_per_interval_has_no_price_of_a_point() -> None:
    problem = by_need(day(3), 1, [ShiftFamily("four", 240, "08:00", "14:00", 60)])
    assert point_prices(problem, Watch()) == {}


@pytest.mark.parametrize(
    ("goals", "said"),
    [
        (["80/20"], "two different goals"),
        (["80/20", "80/20"], "two different goals"),
        (["80/20", "often"], "not a goal"),
        (["80/20", "mail=70/20"], "unknown queue"),
    ],
)
def test_what_cannot_be_compared_is_one_clear_error(tmp_path: Path, goals: list[str], said: str) -> None:
    asked = [part for goal in goals for part in ("--goal", goal)]
    result = CliRunner().invoke(app, ["goals", str(desk(tmp_path)), *asked, "--quiet"])
    assert result.exit_code == 3
    assert said in result.output
    assert "Traceback" not in result.output


@pytest.mark.slow
@pytest.mark.parametrize("people", [False, True])
def test_a_stricter_goal_costs_no_less_than_the_bound_of_a_milder_one(tmp_path: Path, *, people: bool) -> None:
    folder, out = desk(tmp_path), tmp_path / "curve"
    asked = ["--goal", "sales=90/20", "--goal", "sales=60/20", "--goal", "sales=75/20", "--goal", "sales=75/10"]
    result = CliRunner().invoke(
        app, ["goals", str(folder), *asked, "--out", str(out), "--quiet", *["--people"] * people]
    )
    assert result.exit_code in (0, 5), result.output
    table = pd.read_csv(out / "goals.csv")
    assert list(table) == list(TABLES["goals"])
    assert table["goal"].tolist() == ["sales=75/10", "sales=60/20", "sales=75/20", "sales=90/20"]
    assert not (table["bound"] > table["cost"] + 1e-6).any()  # a busy machine may leave no time for a bound
    twenty = table[table["within_s"] == 20]
    assert not (twenty["bound"].to_numpy()[:-1] > twenty["cost"].to_numpy()[1:] + 1e-6).any()
    known = table[table["point_from"].notna()]
    assert len(known) == 2
    assert not (known["point_least"] > known["point_from"].clip(lower=0.0) + 1e-6).any()
    assert not (known["point_from"] > known["point_most"] + 1e-6).any()
    assert table["point_price"].ge(0.0).all()
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert [row["goal"] for row in summary["curve"]] == table["goal"].tolist()
    assert summary["named"] == people
    assert {p.name for p in out.iterdir()} == {
        "goals.csv", "goals.png", "summary.json", "report.html", "manifest.json",
    }  # fmt: skip
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "sales=75/20" in page


@pytest.mark.slow
def test_without_wages_no_money_is_told(tmp_path: Path) -> None:
    """Nor is any left in a folder whose earlier curve told some."""
    folder, out = desk(tmp_path), tmp_path / "curve"
    for more in ((), ("--no-wages",)):
        asked = ("--goal", "sales=90/20", "--goal", "sales=60/20", *more)
        result = CliRunner().invoke(app, ["goals", str(folder), *asked, "--out", str(out), "--quiet"])
        assert result.exit_code in (0, 5), result.output
    assert not set(pd.read_csv(out / "goals.csv")) & {"cost", "bound", "wages", "point_price"}
    assert not np.any(["cost" in row for row in json.loads((out / "summary.json").read_text())["curve"]])

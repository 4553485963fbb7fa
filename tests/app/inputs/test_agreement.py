"""A contract drives the plan: goals, calls banked, money and clear errors, from `[sla]` to the run folder."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from forger import Forger
from published_desk import write_desk
from typer.testing import CliRunner

from busyhour.app.cli.main import app
from busyhour.app.finished import verdict_of
from busyhour.app.inputs import Inputs
from busyhour.forecast.errors import InputError

CONTRACT = """
name = "Desk"
queues = ["sales", "help"]
zone = "Europe/Berlin"
[goal.service]
metric = "service_level"
level = 0.70
within_s = 20
definition = "offered"
queues = ["sales"]
weight = 0.8
[goal.service.ladder]
rungs = [[0.80, 0.5], [0.70, 0.0], [0.60, -0.25]]
otherwise = -0.5
[goal.abandonment]
metric = "abandonment"
level = 0.05
definition = "offered"
weight = 0.2
[goal.quality]
metric = "quality"
level = 0.8
[[exclusion]]
clause = "9.2"
start = 2026-10-05T10:00:00
end = 2026-10-05T11:00:00
[money]
fee = 10000
at_risk = 0.1
cap = 0.09
[[money.critical]]
goal = "service"
level = 0.5
[[money.gates]]
goal = "quality"
"""
SLA = '[sla]\ncontract = "contract.toml"\ncalls = ["outcomes.csv"]\n'
GOAL = "level = 0.8\nwithin_s = 20\nfloor = 0.4\n"


def desk(folder: Path, *, contract: str = CONTRACT, goal: str = "floor = 0.4\n", sla: str = SLA) -> Path:
    """Write the tiny desk with a contract; 75 % of the calls of sales are in time."""
    out = write_desk(folder / "desk", named=False)
    plan = (out / "plan.toml").read_text(encoding="utf-8")
    plan = plan.replace(GOAL, goal, 1).replace("time_limit_s = 20", "time_limit_s = 3")
    (out / "plan.toml").write_text(f"{plan}\n{sla}", encoding="utf-8")
    (out / "contract.toml").write_text(contract, encoding="utf-8")
    calls = pd.read_csv(out / "calls.csv")
    calls["answered_in"] = (0.75 * calls["offered"]).round(2)
    calls["within_s"], calls["abandoned"] = 20, 0
    calls.to_csv(out / "outcomes.csv", index=False)
    return out


def test_the_goal_the_month_so_far_and_the_ladder_come_from_the_contract(tmp_path: Path) -> None:
    folder = desk(tmp_path)
    inputs = Inputs.from_folder(folder)
    goal, terms = inputs.config.queue["sales"].goal, inputs.config.queue["sales"].period
    assert (goal.level, goal.within_s, goal.definition, goal.basis, goal.floor) == (0.7, 20, "offered", "month", 0.4)
    calls = pd.read_csv(folder / "outcomes.csv", parse_dates=["start"])
    own = calls[(calls["queue"] == "sales") & (calls["start"] >= "2026-10-01") & (calls["start"] < "2026-10-19")]
    own = own[(own["start"] < "2026-10-05T10:00") | (own["start"] >= "2026-10-05T11:00")]
    assert terms is not None
    assert (terms.banked_in, terms.banked_counted) == (pytest.approx(own["answered_in"].sum()), own["offered"].sum())
    assert terms.banked_until == dt.date(2026, 10, 14)
    # 1,000 at risk, 800 of it here; below 50 % all 1,000 are lost, 900 by the cap; quality is unknown: no bonus
    assert terms.ladder == ((0.0, -900.0), (0.5, -400.0), (0.6, -200.0), (0.7, 0.0))
    assert inputs.config.queue["help"].goal.basis == "interval"
    told = " ".join(inputs.notes)
    assert "sales is held to goal service of the contract Desk" in told
    assert "bonus: a gate is unknown" in told
    for name in ("abandonment", "quality"):
        assert f"{name}: " in told
    assert not any(mark in told for mark in ("900", "10000", "10,000"))


def test_scores_that_meet_the_gate_bring_the_bonus_into_the_ladder(tmp_path: Path) -> None:
    folder = desk(tmp_path, sla=SLA + 'quality = "quality.csv"\n')
    rows = [f"Us,2026-10-0{d},quality,0.9,1,Ann" for d in (1, 2, 5)]
    (folder / "quality.csv").write_text("\n".join(["vendor,date,item,score,weight,scorer", *rows]), encoding="utf-8")
    terms = Inputs.from_folder(folder).config.queue["sales"].period
    assert terms is not None
    assert terms.ladder[-1] == (0.8, 400.0)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"goal": GOAL}, 'queue.sales.goal.level: this goal contradicts the contract.*Leave the key out, or write 0.7'),
        ({"goal": 'floor = 0.4\nbasis = "day"\n'}, "goal.basis: this goal contradicts the contract.*month"),
        ({"goal": "floor = 0.4\n[queue.sales.period]\nbanked_in = 1\nbanked_counted = 2\n"}, "says this itself"),
        ({"contract": CONTRACT.replace("Berlin", "Paris")}, "site and contract have other zones"),
        ({"contract": CONTRACT.replace('["sales", "help"]', '["x"]').replace('["sales"]', '["x"]')}, "no queue of the"),
        ({"sla": SLA.replace("contract.toml", "../contract.toml")}, "not the name of a file beside plan.toml"),
        ({"sla": SLA.replace("contract.toml", "deal.toml")}, "deal.toml"),
        ({"sla": SLA.replace("outcomes.csv", "none*.csv")}, "file not found"),
        ({"sla": SLA + "week = 3\n"}, "unknown key"),
        ({"sla": '[sla]\ncontract = "contract.toml"\n'}, "no column answered_in"),
    ],
)  # fmt: skip
def test_what_contradicts_or_is_missing_is_one_clear_error(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    folder = desk(tmp_path, **change)
    with pytest.raises(InputError, match=said):
        Inputs.from_folder(folder)


def _call_more_and_a_clause_left_out(run: Path, place: Path) -> None:
    """Whoever alters what is banked, or the clauses that it was counted by, is found out by the calls."""
    forger = Forger(shutil.copytree(run, place / "banked"))
    forger.text("inputs/arguments.json", '"banked_in": 792.75', '"banked_in": 793.75')
    forger.figure("goal_periods", lambda told: [{**told[0], "banked_in": told[0]["banked_in"] + 1}])
    forger.sign()
    wanted = "banked_in of sales from 2026-10-01 is 793.75 in summary.json, the calls tell 792.75"
    assert any(wanted in str(v) for v in verdict_of(forger.run, simulate=False).violations)
    forger = Forger(shutil.copytree(run, place / "clause"))
    forger.text("inputs/contract.toml", "2026-10-05T10:00:00", "2027-10-05T10:00:00")
    forger.text("inputs/contract.toml", "2026-10-05T11:00:00", "2027-10-05T11:00:00")
    forger.sign()
    assert any("banked_in of sales" in str(v) for v in verdict_of(forger.run, simulate=False).violations)


@pytest.mark.slow
def test_a_plan_by_contract_is_judged_from_its_copies_and_hides_its_money(tmp_path: Path) -> None:
    folder, run = desk(tmp_path), tmp_path / "run"
    plain = ["plan", str(folder), "--out", str(run), "--quiet", "--time-limit", "6"]
    result = CliRunner().invoke(app, [*plain, "--no-wages"])
    assert result.exit_code in (0, 5), result.output
    assert [str(v) for v in verdict_of(run).violations] == []
    for name in ("contract.toml", "arguments.json", "plan.toml"):
        text = (run / "inputs" / name).read_text(encoding="utf-8")
        assert "10000" not in text
        assert "-900" not in text
    _call_more_and_a_clause_left_out(run, tmp_path / "altered")
    shutil.rmtree(run)
    result = CliRunner().invoke(app, plain)
    assert result.exit_code in (0, 5), result.output
    assert [str(v) for v in verdict_of(run).violations] == []
    (period,) = json.loads((run / "summary.json").read_text(encoding="utf-8"))["goal_periods"]
    assert period["period"] == "month"
    assert period["money_expected"] <= 0.0

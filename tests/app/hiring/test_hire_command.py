"""`busyhour hire` on the command line: a whole run, exit codes, bad input."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from hire_desk import QUICK, hire
from typer.testing import CliRunner

from busyhour.app import side_by_side
from busyhour.app.cli.exit_codes import REFUSED
from busyhour.app.cli.main import app
from busyhour.app.hiring import run as hiring_run
from busyhour.app.hiring.publish import HiringFolder, publish
from busyhour.app.hiring.questions import answers_of
from busyhour.app.hiring.run import HiringInputs
from busyhour.forecast.progress import Event, Stopped, Watch
from busyhour.schedule.hiring.problem import Months
from busyhour.schedule.optimise.status import Refused


@pytest.mark.slow
def test_a_run_leaves_its_folder(desk: Path) -> None:
    summary = json.loads(hire(desk, "--json").stdout)
    assert summary["months"] == ["2026-11", "2026-12", "2027-01"]
    assert summary["bound_decidable"] <= summary["cost_decidable"]
    run = desk / "runs" / "hire-2026-10-19"
    names = {p.name for p in run.iterdir()}
    assert {"headcount.csv", "classes.csv", "answers.csv", "defaults.csv", "mixes.csv", "report.html"} <= names
    assert {"probability_simulated", "required_fte_q0.9"} <= set(pd.read_csv(run / "headcount.csv").columns)
    assert set(summary["input_hashes"]) == {"plan.toml", "calls.csv", "staff.csv", "hiring.toml"}
    changes = pd.read_csv(run / "answers.csv").set_index("change")["saves"]
    assert (changes.filter(like="without") >= 0).all()


@pytest.mark.slow
def test_scenarios_are_planned_side_by_side(desk: Path) -> None:
    text = QUICK + "[scenario.loyal]\nfactors.attrition = 0.5\n"
    (desk / "hiring.toml").write_text(text, encoding="utf-8")
    result = hire(desk, "--scenario", "busy", "--scenario", "loyal", "--out", desk / "both")
    assert {p.name for p in (desk / "both").iterdir()} == {"base", "busy", "loyal", "compared"}
    told = {n: json.loads((desk / "both" / n / "summary.json").read_text(encoding="utf-8")) for n in ("base", "busy")}
    assert told["busy"]["groups"]["calls"]["required_fte_mean"] > told["base"]["groups"]["calls"]["required_fte_mean"]
    assert "chart-waterfall" in (desk / "both" / "busy" / "report.html").read_text(encoding="utf-8")
    assert "cost_decidable" in result.output


def in_turn(work: Callable[[HiringInputs, Watch], Any], given: Sequence[HiringInputs], watch: Watch) -> list[Any]:
    """Plan one scenario after the other; the last is refused."""
    return [*(work(one, watch) for one in given[:-1]), Refused(["a rule is broken"])]


@pytest.mark.slow
def test_an_error_of_one_scenario_costs_no_other(known: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = QUICK + "[scenario.loyal]\nfactors.attrition = 0.5\n"
    (known / "hiring.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(side_by_side, "each_alone", in_turn)
    args = ("--scenario", "busy", "--scenario", "loyal", "--out", known / "all", "--quiet")
    assert "busyhour: loyal: The judge refused the plan" in hire(known, *args, code=REFUSED).output
    assert {p.name for p in (known / "all").iterdir()} == {"base", "busy", "compared"}
    assert len(pd.read_csv(known / "all" / "compared" / "compare.csv")) == 2


@pytest.mark.parametrize("names", [("compared",), ("busy", "Compared"), ("busy", "Busy")])
def test_names_that_would_share_a_folder_are_refused(desk: Path, names: tuple[str, ...]) -> None:
    text = QUICK + "".join(f"[scenario.{name}]\nfactors.attrition = 0.5\n" for name in names if name != "busy")
    (desk / "hiring.toml").write_text(text, encoding="utf-8")
    args = [arg for name in names for arg in ("--scenario", name)]
    assert "unfit name" in hire(desk, *args, code=3).output


def test_a_taken_place_of_the_comparison_is_refused_before_planning(
    known: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (known / "hiring.toml").write_text(QUICK + "[scenario.loyal]\nfactors.attrition = 0.5\n", encoding="utf-8")
    monkeypatch.setattr(side_by_side, "each_alone", lambda *_: pytest.fail("planned"))
    taken = known / "all" / "compared" / "mine.txt"
    taken.parent.mkdir(parents=True)
    taken.write_text("mine", encoding="utf-8")
    result = hire(known, "--scenario", "busy", "--scenario", "loyal", "--out", known / "all", code=3)
    assert "mine.txt" in result.output


@pytest.mark.slow
def test_the_screen_answers_how_many_and_when(known: Path) -> None:
    result = hire(known, "--out", known / "out")
    assert "Answer" in result.output
    assert "Hire " in result.output
    again = hire(known, "--out", known / "out", "--quiet")
    assert again.stdout == ""


@pytest.mark.slow
def test_the_written_state_is_where_the_next_planning_begins(known: Path) -> None:
    hire(known, "--out", known / "out", "--quiet")
    hire(known, "--as-of", known / "out" / "state.csv", "--out", known / "next", "--quiet")
    first, second = (pd.read_csv(known / name / "headcount.csv") for name in ("out", "next"))
    assert second["opening"].to_numpy() == pytest.approx(first["opening"].to_numpy(), rel=1e-6)
    assert (known / "next" / "inputs" / "state.csv").exists()


def test_a_gap_that_is_not_reached_is_exit_code_5(known: Path) -> None:
    text = QUICK.replace("gap = 0.5", "gap = 0.0").replace("time_limit_s = 60", "time_limit_s = 1")
    (known / "hiring.toml").write_text(text, encoding="utf-8")
    result = CliRunner().invoke(app, ["hire", str(known), "--quiet"])
    summary = json.loads((known / "runs" / "hire-2026-10-19" / "summary.json").read_text(encoding="utf-8"))
    assert result.exit_code == (0 if summary["status"] == "optimal" else 5)


def test_a_stop_keeps_the_plan_so_far(known: Path) -> None:
    watch = Watch()

    def show(event: Event) -> None:
        if event.stage == "hiring":
            watch.stop.set()

    watch.show = show
    outcome = hiring_run.hire(hiring_run.HiringInputs.read(known, hiring_run.HiringOptions()), watch)
    assert outcome.stopped
    where, summary = publish(outcome, HiringFolder(known / "out", {}))
    assert summary["stopped"] == "user"
    assert (where / "classes.csv").exists()
    assert summary["simulation"] is None


def test_a_stop_after_the_plan_is_told(known: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object) -> None:
        raise Stopped

    monkeypatch.setattr(hiring_run, "answers_of", stopped)
    summary = json.loads(hire(known, "--json").stdout)
    assert summary["stopped"] != "user"
    assert "stopped when the plan was done" in summary["notes"][-1]


def test_a_stop_while_defaults_are_tried_is_told(known: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(every: object, config: object, problem: object, watch: Watch, each_s: float) -> tuple[()]:
        watch.stop.set()
        return ()

    monkeypatch.setattr(hiring_run, "trials", lambda *_: [None, None])
    monkeypatch.setattr(hiring_run, "matters_of", stopped)
    given = hiring_run.HiringInputs.read(known, hiring_run.HiringOptions())
    found = hiring_run.hire(given)
    assert found.notes[-1] == "left out: 2 of 2 defaults that are tried (the run was stopped when the plan was done)"
    assert found.simulated is not None


@pytest.mark.slow
def test_a_frozen_month_that_is_not_planned_is_told(known: Path) -> None:
    (known / "hiring.toml").write_text(QUICK.replace("most = 4", "most = 4\nfrozen = ['2030-01']"), encoding="utf-8")
    summary = json.loads(hire(known, "--json").stdout)
    assert any(n.startswith("classes.frozen: 2030-01 changes nothing") for n in summary["notes"])


def test_holidays_are_known_from_the_day_of_planning_on(known: Path) -> None:
    given = hiring_run.HiringInputs.read(known, hiring_run.HiringOptions())
    german = replace(given.inputs.calendar, country="DE")
    found = replace(
        given, inputs=replace(given.inputs, calendar=german), months=Months(dt.date(2026, 11, 1), 3)
    ).holidays()
    assert found == [dt.date(2026, 12, 25), dt.date(2026, 12, 26), dt.date(2027, 1, 1)]


def test_without_time_the_plan_stands_and_the_rest_is_told(known: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hiring_run, "questions_of", lambda *_: [SimpleNamespace(keeps_plan=False, eases="")])
    monkeypatch.setattr(hiring_run, "answers_of", answers_of)
    given = hiring_run.HiringInputs.read(known, hiring_run.HiringOptions())
    found = hiring_run.hire(replace(given, inputs=replace(given.inputs, seconds=1000.0)))
    assert found.plan.solved.cost is not None
    assert found.notes[-1] == "left out: 1 of 1 changes whose worth is told (time was up; more time_limit_s has them)"


@pytest.mark.parametrize(
    ("hiring", "code", "says"),
    [
        ("[people]\nattrition = [1.2]", 3, "A probability by month: 5 % is 0.05"),
        ("[classes]\nmost = 20\nseats = 12", 3, "a class is larger than its room"),
        ("[people]\nattrition = 'estimate'", 3, "nobody's leaving is on file"),
        ("[contract.ful]\nhired = false", 3, "Did you mean 'full'"),
        ("[[transfer]]\nsource = 'calls/full'\ntarget = 'calls/nobody'", 3, "transfer.0.target"),
        ("[prices]\nvendor_h = 500", 3, "a missing hour costs less than vendor_h"),
    ],
)
def test_bad_settings_end_with_one_clear_error(known: Path, hiring: str, code: int, says: str) -> None:
    (known / "hiring.toml").write_text(f"months = 3\n{hiring}\n", encoding="utf-8")
    result = hire(known, code=code)
    assert says in result.output
    assert "Traceback" not in result.output
    assert not (known / "runs").exists()


def test_a_frozen_month_with_a_class_on_its_way_is_infeasible(known: Path) -> None:
    staff = pd.read_csv(known / "staff.csv")
    staff["hire_date"] = ["2026-11-02"] * 3 + [""] * (len(staff) - 3)
    staff.to_csv(known / "staff.csv", index=False)
    (known / "hiring.toml").write_text("months = 3\n[classes]\nfrozen = ['2026-11']\n", encoding="utf-8")
    result = hire(known, code=4)
    assert "class of" in result.output
    assert "take 2026-11 out of classes.frozen" in result.output


def test_a_negative_tenure_is_refused(known: Path) -> None:
    (known / "state.csv").write_text("date,kind,tenure_months,heads\n2026-11-01,calls/full,-2,3\n", encoding="utf-8")
    assert "below 0 months" in hire(known, "--as-of", known / "state.csv", code=3).output


def test_months_that_cannot_be_forecast_are_refused(desk: Path) -> None:
    calls = pd.read_csv(desk / "calls.csv")
    calls[calls["start"] >= "2026-10-05"].to_csv(desk / "calls.csv", index=False)
    assert "calls" in hire(desk, code=3).output


def test_a_queue_without_calls_has_months_without_a_forecast(desk: Path) -> None:
    plan = (desk / "plan.toml").read_text(encoding="utf-8")
    (desk / "plan.toml").write_text(plan + "[queue.chat]\nhandle_s = 300\n", encoding="utf-8")
    calls = pd.read_csv(desk / "calls.csv").assign(queue="calls")
    calls.to_csv(desk / "calls.csv", index=False)
    output = hire(desk, code=3).output
    assert "chat" in output
    assert "Traceback" not in output


@pytest.mark.slow
def test_a_month_that_is_shut_has_no_work(desk: Path) -> None:
    days = pd.date_range("2026-12-01", "2026-12-31").strftime("%Y-%m-%d")
    pd.DataFrame({"date": days, "name": "winter", "kind": "shut", "closed": 1}).to_csv(
        desk / "special_days.csv", index=False
    )
    assert "group calls has no work in a planned month (got '2026-12')" in hire(desk, code=3).output


@pytest.mark.parametrize(
    ("classes", "conflict", "relief"),
    [
        ("least = 8\nrecruits = 5", "classes.recruits is 5 in the best month", "classes.least = 5, or 3 more recruits"),
        ("least = 2\nrooms = 1", "classes.rooms is 1", "1 more room on 2026-11-02, or let 1 of these classes"),
        ("least = 2\nmost = 2\ndrop_out = 0.4\nfrozen = ['2026-11']", "classes.frozen holds 2026-11",
         "take 2026-11 out of classes.frozen; or let the class start on 2026-12-01"),
    ],
)  # fmt: skip
def test_limits_that_contradict_name_the_cheapest_relief(known: Path, classes: str, conflict: str, relief: str) -> None:
    staff = pd.read_csv(known / "staff.csv")
    staff["hire_date"] = ["2026-11-02"] * 3 + ["2026-10-12"] * 3 + [""] * (len(staff) - 6)
    staff.to_csv(known / "staff.csv", index=False)
    (known / "hiring.toml").write_text(f"months = 3\n[classes]\n{classes}\n", encoding="utf-8")
    output = hire(known, code=4).output
    assert conflict in output
    assert relief in output
    assert not (known / "runs").exists()


def test_nobody_to_find_in_any_month_is_a_freeze_and_no_contradiction(known: Path) -> None:
    (known / "hiring.toml").write_text("months = 3\n[classes]\nrecruits = 0\n", encoding="utf-8")
    assert "Hire nobody" in hire(known, "--gap", "0.9").output


def test_without_staff_there_is_nothing_to_start_from(desk: Path) -> None:
    (desk / "staff.csv").unlink()
    assert "hiring starts from today's people" in hire(desk, code=3).output


def test_an_unknown_scenario_is_named(desk: Path) -> None:
    assert "Did you mean 'busy'" in hire(desk, "--scenario", "bussy", code=3).output

"""What summary.json, service.csv, run.log and the screen tell of goals, floors and the gap of a finished run."""

from __future__ import annotations

import dataclasses
import io
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from rich.console import Console

from busyhour.app.cli.main import finish
from busyhour.app.cli.screen import screen
from busyhour.app.outcome import Outcome
from busyhour.app.publish.folder import RunFolder, publish
from busyhour.app.publish.summary import summarise
from busyhour.schedule.optimise.status import Solved, Status, Stop


def at_level(outcome: Outcome, level: float, floor: float, basis: str = "day") -> Outcome:
    """Return an outcome whose goal asks for more than was planned."""
    found = outcome.decision
    demand = found.problem.demands[0]
    goal = dataclasses.replace(demand.goal, level=level, floor=floor, basis=basis)
    periods = demand.periods if basis != "interval" else ()
    problem = dataclasses.replace(found.problem, demands=(dataclasses.replace(demand, goal=goal, periods=periods),))
    return dataclasses.replace(outcome, decision=dataclasses.replace(found, problem=problem))


def test_goals_and_floors_missed_are_those_of_the_service_table(outcome: Outcome) -> None:
    asking = at_level(outcome, 0.97, 0.8)
    summary, service = summarise(asking), asking.service
    days = service[(service["period"] == "day") & (service["ci_hi"] < 0.97)]
    floors = service[(service["period"] == "interval") & (service["simulated"] < 0.8)]
    assert len(days)
    assert len(floors)
    want = {("day", t.isoformat(), 0.97, False) for t in days["start"]}
    want |= {("interval", t.isoformat(), 0.8, True) for t in floors["start"]}
    assert {(m["period"], m["start"], m["goal"], m["is_floor"]) for m in summary["goals_missed"]} == want
    assert summary["floor_missed_intervals"] == len(floors)
    assert summary["floor_missed_worst"]["simulated"] == floors["simulated"].min()
    for m in summary["goals_missed"]:
        row = service[(service["period"] == m["period"]) & (service["start"] == pd.Timestamp(m["start"]))]
        assert list(row[["simulated", "ci_lo", "ci_hi"]].iloc[0]) == [m["simulated"], m["ci_lo"], m["ci_hi"]]
    json.dumps(summary, allow_nan=False)


def test_only_intervals_have_a_floor_and_only_under_a_longer_goal(outcome: Outcome) -> None:
    service = at_level(outcome, 0.8, 0.4).service
    of_interval = service["period"] == "interval"
    assert (service.loc[of_interval, "floor"] == 0.4).all()
    assert service.loc[~of_interval, "floor"].isna().all()
    by_interval = at_level(outcome, 0.8, 0.4, "interval")
    assert by_interval.service["floor"].isna().all()
    assert not any(m["is_floor"] for m in summarise(by_interval)["goals_missed"])


def test_nothing_simulated_is_not_nothing_missed(outcome: Outcome) -> None:
    bare = dataclasses.replace(outcome, decision=dataclasses.replace(outcome.decision, simulation=None))
    summary = summarise(bare)
    assert (summary["goals_missed"], summary["floor_missed_intervals"], summary["simulation"]) == ([], None, None)
    assert "not simulated" in _screen(summary)
    assert "holds by simulation" not in _screen(summary)


def _screen(summary: dict[str, Any]) -> str:
    out = io.StringIO()
    Console(width=160, file=out).print(screen(summary, Path("run")))
    return out.getvalue()


def test_screen_and_log_name_what_is_missed(outcome: Outcome, tmp_path: Path, quick: None) -> None:
    asking = at_level(outcome, 0.97, 0.8)
    run, summary = publish(asking, RunFolder(tmp_path / "run"))
    shown, log = _screen(summary), (run / "run.log").read_text(encoding="utf-8")
    for line in ("Goal missed: ", "Floor missed in "):
        assert line in shown
        assert line in log
    assert "0 though goals are missed" in _screen(summary | {"open_shifts": 0})
    assert "every goal and floor holds by simulation" in _screen(summary | {"goals_missed": []})


@pytest.mark.parametrize("stopped", [None, Stop.GAP, Stop.TIME])
def test_an_open_gap_says_what_ended_the_search(outcome: Outcome, stopped: Stop | None) -> None:
    solved = Solved(Status.FEASIBLE, 1200.0, 1000.0, stopped)
    summary = summarise(dataclasses.replace(outcome, decision=dataclasses.replace(outcome.decision, solved=solved)))
    assert [summary[k]["stopped"] for k in ("cover", "roster")] == [summary["stopped"]] * 2 == ["time", "time"]
    price = outcome.decision.problem.costs.under_h * outcome.decision.problem.grid.hours
    assert summary["gap_in_slots"] == pytest.approx(200.0 / price)


@pytest.mark.parametrize(("quiet", "as_json"), [(True, False), (True, True), (False, True)])
def test_code_5_is_one_line_where_the_screen_is_not_shown(
    outcome: Outcome, capsys: pytest.CaptureFixture[str], quiet: bool, as_json: bool
) -> None:
    summary = summarise(outcome) | {"status": "feasible", "stopped": "time", "gap": 0.06, "asked_gap": 0.05}
    assert finish(Path("run"), summary, as_json=as_json, quiet=quiet) == 5
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert said[0].startswith("busyhour: the asked gap of 5 % is not reached: 6.00 % is proven")
    assert finish(Path("run"), summary | {"gap": 0.05}, as_json=as_json, quiet=quiet) == 0
    assert not capsys.readouterr().err

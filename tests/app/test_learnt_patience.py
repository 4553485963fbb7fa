"""Patience without a number in plan.toml: from the history to the requirement and the report."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from busyhour.app.inputs import Inputs
from busyhour.app.report.rules import rule_tables
from busyhour.app.report.run import read_run
from busyhour.app.run import predict, requirement_of
from busyhour.forecast.predict import Forecast
from busyhour.forecast.progress import Watch

Edit = Callable[[str, str], None]


def with_waits(folder: Path) -> None:
    """Give calls.csv waits and abandons: one in ten hangs up, the others wait half a minute."""
    calls = pd.read_csv(folder / "calls.csv")
    calls["abandoned"] = np.floor(calls["offered"].cumsum() / 10) - np.floor(calls["offered"].cumsum().shift() / 10)
    calls["abandoned"] = calls["abandoned"].fillna(0.0)
    calls["answered"] = calls["offered"] - calls["abandoned"]
    calls["wait_s"] = 30
    calls.to_csv(folder / "calls.csv", index=False)


def planned_with(folder: Path) -> tuple[Forecast, np.ndarray]:
    """Return the forecast of a folder and the agents it asks for."""
    inputs = Inputs.from_folder(folder)
    told = predict(inputs, Watch())
    return told, requirement_of(inputs, told.volume).requirement["agents_phone"].to_numpy()


@pytest.mark.slow
def test_patience_that_the_history_tells_reaches_the_requirement(centre: Path, edit: Edit) -> None:
    """Without patience_s Erlang A plans with the estimate; with inf, Erlang C as before."""
    with_waits(centre)
    given = planned_with(centre)
    edit("patience_s = 120", "")
    learnt = planned_with(centre)
    edit("handle_s = 300", "handle_s = 300\npatience_s = inf")
    endless = planned_with(centre)
    seconds = learnt[0].volume["patience_s"]
    assert seconds.between(250, 400).all()  # nine answered wait half a minute each for one who hangs up
    assert (given[0].volume["patience_s"] == 120).all() and endless[0].volume["patience_s"].isna().all()
    assert given[1].sum() < learnt[1].sum() < endless[1].sum()
    actions = [told.quality.set_index("kind").loc["patience", "action"] for told, _ in (given, learnt, endless)]
    assert "120 s, which is not" in actions[0] and "used, with Erlang A" in actions[1] and "for ever" in actions[2]


def test_without_waits_callers_wait_for_ever(centre: Path, edit: Edit) -> None:
    """A history of calls alone changes nothing and has nothing to say."""
    edit("patience_s = 120", "")
    told, agents = planned_with(centre)
    assert told.volume["patience_s"].isna().all() and "patience" not in set(told.quality["kind"])
    edit("handle_s = 300", 'handle_s = 300\nrequirement = "erlang_c"')
    assert (planned_with(centre)[1] == agents).all()


@pytest.mark.parametrize(
    ("line", "says"),
    [("patience_s = 120", "120 s"), ("", "120 s (from the history)"), ("patience_s = inf", "they wait for ever")],
)
def test_the_report_says_where_patience_comes_from(planned: Path, tmp_path: Path, line: str, says: str) -> None:
    """Given, learnt, or without limit."""
    run = tmp_path / "run"
    shutil.copytree(planned / "runs" / "2026-10-19", run)
    plan = run / "inputs" / "plan.toml"
    plan.write_text(plan.read_text(encoding="utf-8").replace("patience_s = 120", line), encoding="utf-8")
    goals = next(t for t in rule_tables(read_run(run), wages=False) if t.caption == "Service goals")
    assert goals.rows[0][-1] == says

"""Every fault planted into a finished run is found, and told in one sentence; the run itself is found right."""

from __future__ import annotations

import pickle
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from forger import Forger
from planting import Planted
from published_desk import write_desk
from published_faults import EVERY
from typer.testing import CliRunner

from busyhour.app.cli.main import app
from busyhour.app.finished import verdict_of
from busyhour.schedule.judge.published import expected, service


def remembered(work: Callable[..., Any]) -> Callable[..., Any]:
    """Return `work`, done once for the same arguments; each caller gets a copy of the result of its own."""
    known: dict[bytes, bytes] = {}

    def again(*args: Any, **named: Any) -> Any:
        key = pickle.dumps((args, named))
        if key not in known:
            known[key] = pickle.dumps(work(*args, **named))
        return pickle.loads(known[key])

    return again


@pytest.fixture(scope="module", autouse=True)
def _queueing_once() -> Iterator[None]:
    """Let verdicts on the same calls and people share their queueing: most faults leave these as they are."""
    with pytest.MonkeyPatch.context() as patch:
        for module, name in ((service, "simulate"), (expected, "require")):
            patch.setattr(module, name, remembered(getattr(module, name)))
        yield


def _planned(folder: Path, *, named: bool) -> Path:
    desk = write_desk(folder / "desk", named=named)
    result = CliRunner().invoke(app, ["plan", str(desk), "--out", str(folder / "run"), "--quiet"])
    assert result.exit_code in (0, 5), result.output
    return folder / "run"


@pytest.fixture(scope="module")
def named_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of people; do not change it, copy it."""
    return _planned(tmp_path_factory.mktemp("named"), named=True)


@pytest.fixture(scope="module")
def anonymous_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of shifts without names."""
    return _planned(tmp_path_factory.mktemp("anonymous"), named=False)


@pytest.mark.slow
def test_the_runs_themselves_are_right(named_run: Path, anonymous_run: Path) -> None:
    """Nothing is told of a run that nobody altered."""
    for run in (named_run, anonymous_run):
        verdict = verdict_of(run)
        assert verdict.passed, [str(v) for v in verdict.violations]


@pytest.mark.slow
def test_handle_times_of_the_history_come_before_those_of_the_plan(tmp_path: Path) -> None:
    """A queue with handle times in calls.csv is forecast from these; its handle_s in plan.toml is not used."""
    desk = write_desk(tmp_path / "desk", named=False, limit_s=15.0)
    calls = pd.read_csv(desk / "calls.csv")
    calls["handle_s"] = (250 + calls.index % 7).to_series().where(calls["queue"].eq("help").to_numpy()).to_numpy()
    calls.to_csv(desk / "calls.csv", index=False)
    result = CliRunner().invoke(app, ["plan", str(desk), "--out", str(tmp_path / "run"), "--quiet"])
    assert result.exit_code in (0, 5), result.output
    verdict = verdict_of(tmp_path / "run")
    assert verdict.passed, [str(v) for v in verdict.violations]
    forger = Forger(tmp_path / "run")
    forger.cell("volume", "handle_s", 200.0, lambda row: row["queue"] == "sales")
    forger.sign()
    assert any("handle_s of sales is 200" in str(v) for v in verdict_of(forger.run).violations)


@pytest.mark.slow
@pytest.mark.parametrize("planted", EVERY, ids=lambda planted: planted.name)
def test_a_planted_fault_is_told_in_one_sentence(
    planted: Planted, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """The forger's own hashes hide nothing: faults are found by content."""
    source: Path = request.getfixturevalue("named_run" if planted.named else "anonymous_run")
    forger = Forger(shutil.copytree(source, tmp_path / "run"))
    planted.edit(forger)
    if planted.signed:
        forger.sign(inputs=planted.inputs)
    told = verdict_of(forger.run).violations
    assert len(told) == 1, [str(v) for v in told]
    assert (told[0].rule, planted.words in str(told[0])) == (planted.rule, True), str(told[0])

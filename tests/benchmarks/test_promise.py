"""The benchmark of promises: made desks can be planned, and what a run does not tell is found."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from benchmarks import promise
from benchmarks.promise_desks import DESKS, write_desk
from busyhour.app.inputs import Inputs

NOON, ONE = (pd.Timestamp(f"2026-11-23 {t}", tz="UTC") for t in ("11:00", "11:30"))
FOUND = {("calls", "interval", NOON): True, ("calls", "interval", ONE): False}


def run(summary: dict[str, object]) -> promise.Promise:
    rows = pd.DataFrame(
        {"expected": [0.8, 0.9], "simulated": [0.8, 0.8], "ci_lo": 0.75, "ci_hi": 0.85, "calls": [30.0, 10.0]}
    )
    return promise.Promise(0, 1.0, summary, rows, under=dict(FOUND), missed={})


@pytest.mark.parametrize("name", DESKS)
def test_a_made_desk_is_a_folder_that_can_be_planned(tmp_path: Path, name: str) -> None:
    write_desk(name, tmp_path)
    inputs = Inputs.from_folder(tmp_path)
    assert len(inputs.people) == DESKS[name].people
    assert inputs.notes == ()


def test_a_made_desk_is_always_the_same(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        write_desk("made5", tmp_path / folder)
    for file in ("plan.toml", "calls.csv", "staff.csv"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_what_a_run_lists_is_told() -> None:
    told = {"queue": "calls", "period": "interval", "start": "2026-11-23T12:00:00+01:00"}
    found = run({"goals_missed": [told]})
    assert found.untold(found.under) == {("calls", "interval", ONE): False}
    assert run({"goals_missed": []}).untold(FOUND) == FOUND


def test_a_run_without_the_list_tells_a_number() -> None:
    found = run({"below_floor_slots": 1})
    assert len(found.untold(found.under)) == 1
    assert found.untold(found.missed) == {}


def test_shares_and_differences() -> None:
    found = run({})
    assert found.inside == 0.5
    assert found.off == pytest.approx(0.05)


@pytest.mark.slow
def test_the_tiniest_desk(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", ["promise", "--only", "made5", "--seconds", "2"])
    promise.main()
    row = capsys.readouterr().out.splitlines()[1].split()
    assert row[0] == "made5"
    assert row[3] == "80"  # half-hours with calls of five days
    assert float(row[1]) > 40.0


def test_a_desk_that_is_not_known_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["promise", "--only", "made6"])
    with pytest.raises(SystemExit):
        promise.main()

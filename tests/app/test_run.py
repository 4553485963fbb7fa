"""A run in three steps: inputs are taken whole, an outcome is decided without writing, and it is published."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from busyhour.app.cli.main import app
from busyhour.app.config.toml_text import toml_text
from busyhour.app.inputs import Inputs, RunOptions
from busyhour.app.publish.folder import RunFolder, publish
from busyhour.app.run import plan
from busyhour.forecast.errors import InputError
from busyhour.forecast.progress import Event, Watch
from busyhour.schedule.judge.check import Verdict, Violation
from busyhour.schedule.optimise.status import Refused
from busyhour.schedule.plan.settings import SolveSettings

RUN = Path("runs") / "2026-10-19"


def tables_of(folder: Path) -> dict[str, Any]:
    """Return plan and tables of a folder as a Python user may hold them."""
    stamps = pd.read_csv(folder / "calls.csv", parse_dates=["start"])
    calls = stamps.assign(start=stamps["start"].dt.tz_localize("Europe/Berlin"))
    return {
        "plan": tomllib.loads((folder / "plan.toml").read_text(encoding="utf-8")),
        "calls": calls,
        "staff": pd.read_csv(folder / "staff.csv"),
    }


@pytest.mark.slow
def test_an_edit_during_the_solve_changes_nothing(centre: Path, tmp_path: Path) -> None:
    """The run keeps the files that it was made from, by content and hash, and the judge reads those."""
    names = ("plan.toml", "staff.csv", "calls.csv")
    before = {name: (centre / name).read_bytes() for name in names}
    edited: list[str] = []

    def show(event: Event) -> None:
        if event.stage == "people" and not edited:
            edited.append(event.stage)
            for name in names:
                (centre / name).write_text("spoilt\n", encoding="utf-8")
            (centre / "leave.csv").write_text("agent,start,end,kind\na1,2026-10-19,2026-10-26,holiday\n")

    watch = Watch(show=show)
    run, summary = publish(plan(Inputs.from_folder(centre, watch=watch), watch), RunFolder(tmp_path / "run"))
    assert edited
    assert {p.name for p in (run / "inputs").iterdir()} == {*names, "arguments.json"}
    for name, content in before.items():
        assert (run / "inputs" / name).read_bytes() == content
        assert summary["input_hashes"][name] == hashlib.sha256(content).hexdigest()
    assert CliRunner().invoke(app, ["check", str(run)]).exit_code == 0


@pytest.mark.slow
def test_tables_plan_as_their_files_do(planned: Path, tmp_path: Path) -> None:
    """A Python user's tables give the very plan of the folder, and a run folder that can be planned again."""
    told = tables_of(planned)
    outcome = plan(Inputs.from_tables(told["plan"], calls=told["calls"], staff=told["staff"]))
    run, summary = publish(outcome, RunFolder(tmp_path / "run"))
    for name in ("volume", "requirement", "roster", "activity", "coverage", "service"):
        assert (run / f"{name}.csv").read_bytes() == (planned / RUN / f"{name}.csv").read_bytes(), name
    assert len(outcome.roster) == len(pd.read_csv(run / "roster.csv"))
    assert summary["cover"] | {"blocks": []} == summary["roster"] | {"blocks": []}
    again = plan(Inputs.from_folder(run / "inputs"))
    pd.testing.assert_frame_equal(again.activity, outcome.activity)


def test_a_requirement_as_a_table(planned: Path) -> None:
    """A requirement needs no calls; the plan is that of the command."""
    told = tables_of(planned)
    requirement = pd.read_csv(planned / RUN / "requirement.csv")
    outcome = plan(Inputs.from_tables(told["plan"], requirement=requirement[["queue", "start", "agents_phone"]]))
    assert (outcome.forecast, outcome.decision.simulation, outcome.verdict.passed) == (None, None, True)
    assert (outcome.coverage["under"] == 0).all()


def test_tables_are_named_like_their_files(planned: Path) -> None:
    """What is wrong with a table is told by file, row and column."""
    told = tables_of(planned)
    with pytest.raises(InputError, match=r"staff\.csv, row 4, column contract: unknown contract"):
        Inputs.from_tables(
            told["plan"],
            calls=told["calls"],
            staff=told["staff"].assign(contract=["full", "full", "ful", *["full"] * 7]),
        )
    with pytest.raises(InputError, match=r"unknown table \(got 'stuff'\)\. Did you mean 'staff'"):
        Inputs.from_tables(told["plan"], calls=told["calls"], stuff=told["staff"])
    with pytest.raises(InputError, match="neither calls nor a requirement"):
        Inputs.from_tables(told["plan"], staff=told["staff"])


def test_tables_may_hold_dates_and_blanks_of_pandas(planned: Path) -> None:
    """Days are days whether they are texts, dates or time stamps; what is missing is blank."""
    told = tables_of(planned)
    staff = told["staff"].assign(hire_date=pd.Timestamp("2020-01-01"), leave_date=pd.NaT, cost_h=[21.5, None] * 5)
    wishes = pd.DataFrame({"agent": ["a3"], "date": pd.to_datetime(["2026-10-21"]), "pattern": "off", "weight": 2})
    leave = pd.DataFrame(
        {"agent": ["a2"], "start": pd.to_datetime(["2026-10-20"]), "end": pd.to_datetime(["2026-10-22"])}
    )
    people = Inputs.from_tables(told["plan"], calls=told["calls"], staff=staff, wishes=wishes, leave=leave).people
    assert [a.cost_h for a in people[:2]] == [21.5, 20.0]
    assert (people[3].wishes[0].day, people[2].leave_days) == (2, 2)


def test_errors_name_the_users_own_files(centre: Path) -> None:
    """Files are read from a copy; errors name those of the user."""
    staff = centre / "staff.csv"
    staff.write_text(staff.read_text(encoding="utf-8").replace("part", "prat", 1), encoding="utf-8")
    with pytest.raises(InputError) as error:
        Inputs.from_folder(centre)
    assert error.value.file == staff
    with pytest.raises(InputError) as error:
        Inputs.from_folder(centre, RunOptions(previous=centre))
    assert error.value.file == centre


def test_calls_of_one_name_in_two_folders_are_both_read(centre: Path, edit: Callable[[str, str], None]) -> None:
    calls = pd.read_csv(centre / "calls.csv")
    for name, part in (("a", calls[:400]), ("b", calls[400:])):
        (centre / name).mkdir()
        part.to_csv(centre / name / "calls.csv", index=False)
    edit("[site]", '[intake]\nfiles = ["a/calls.csv", "b/calls.csv"]\n[site]')
    read = Inputs.from_folder(centre).calls
    assert read is not None
    assert len(read) == len(calls)


def test_a_refused_outcome_is_never_published(planned: Path, tmp_path: Path) -> None:
    told = tables_of(planned)
    requirement = pd.read_csv(planned / RUN / "requirement.csv")[["queue", "start", "agents_phone"]]
    outcome = plan(Inputs.from_tables(told["plan"], requirement=requirement))
    wrong = Verdict((Violation("rest_min", "a1", "", "too short"),), (), 0.0, 0)
    with pytest.raises(Refused, match="rest_min: a1"):
        publish(replace(outcome, verdict=wrong), RunFolder(tmp_path / "run"))
    assert not (tmp_path / "run").exists()


VALUES = st.one_of(st.booleans(), st.integers(-9, 9), st.floats(allow_nan=False), st.dates(), st.text(max_size=4))
KEYS = st.text(min_size=1, max_size=3)
TABLES = VALUES | st.lists(VALUES | st.dictionaries(KEYS, VALUES, max_size=2), max_size=2)


@given(st.dictionaries(KEYS, TABLES | st.dictionaries(KEYS, TABLES, max_size=2), max_size=3))
def test_a_plan_written_as_toml_reads_the_same(tables: dict[str, Any]) -> None:
    assert tomllib.loads(toml_text(tables)) == tables


@pytest.mark.parametrize(
    ("field", "value"),
    [("time_limit_s", 0.0), ("gap", 1.0), ("seed", -1), ("threads", 65), ("first_share", 0.0),
     ("exchange_share", -0.1), ("repair_share", 1.1), ("repairs", -1), ("open_s", 0.0)],
)  # fmt: skip
def test_settings_out_of_range_are_refused(field: str, value: float) -> None:
    with pytest.raises(InputError, match=f"{field}: Expected"):
        SolveSettings(**{field: value})  # type: ignore[arg-type]


@pytest.mark.parametrize("command", ["plan", "schedule"])
def test_a_goal_over_a_contract_without_its_days_is_refused(
    planned: Path, centre: Path, tmp_path: Path, edit: Callable[[str, str], None], command: str
) -> None:
    """One sentence names the file and the key."""
    edit("within_s = 20", 'within_s = 20\nbasis = "contract"')
    args = {
        "plan": [str(centre)],
        "schedule": ["--requirement", str(planned / RUN / "requirement.csv"), "--rules", str(centre / "plan.toml"),
                     "--out", str(tmp_path / "run")],
    }  # fmt: skip
    result = CliRunner().invoke(app, [command, *args[command]])
    assert result.exit_code == 3
    said = result.output
    assert "plan.toml, key queue.calls.period.first: the period of the contract is unknown" in said


def test_arguments_are_kept(centre: Path) -> None:
    options = RunOptions(seed=3, gap=0.5)
    kept = json.loads(json.dumps(Inputs.from_folder(centre, options).arguments))
    assert kept == {"week": "2026-10-19", "scenario": None, "overrides": {"solve": {"seed": 3, "gap": 0.5}}}

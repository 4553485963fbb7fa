"""Damaged inputs: each is refused with one clear error, or read as a naive reader reads it.

The files of a tiny desk and of a finished run; `python -m benchmarks.fuzz` does the same with the real commands.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.fuzz import odd_inputs
from benchmarks.fuzz_desk import BARE, TABLES, write_desk
from benchmarks.mutations import mutated
from busyhour.app.finished import verdict_of
from busyhour.app.inputs import Inputs, RunOptions
from busyhour.app.publish.folder import RunFolder, publish
from busyhour.app.run import plan
from busyhour.forecast.errors import InputError
from busyhour.forecast.tables import TABLES as FORECAST
from busyhour.forecast.tables import read_csv
from busyhour.schedule.tables import TABLES as SCHEDULE

SEEDS = st.integers(0, 10**9)
QUICK = settings(
    max_examples=25, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
LEFT = {"origins.csv", "closed.csv", "meetings.csv"}
"""Files whose tables are not declared, or that are copied, not read."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny desk; every test leaves it as it was."""
    return write_desk(tmp_path_factory.mktemp("fuzz") / "desk")


@pytest.fixture(scope="module")
def run(desk: Path) -> Path:
    """A finished run of the tiny desk."""
    outcome = plan(Inputs.from_folder(desk, RunOptions(time_limit_s=1.0)))
    return publish(outcome, RunFolder(desk.parent / "run"))[0]


def clear(error: InputError) -> bool:
    """Whether an error is one short line."""
    return 10 < len(str(error)) < 2000


@pytest.mark.slow
@pytest.mark.parametrize("name", ["plan.toml", "calls.csv", *(n for n in TABLES if n != "meetings.csv")])
def test_a_damaged_input_is_refused_or_read_right(name: str, desk: Path) -> None:
    path = desk / name
    raw = path.read_bytes()

    @settings(QUICK, max_examples=16 if name == "plan.toml" else 4)
    @given(SEEDS)
    def damaged(seed: int) -> None:
        path.write_bytes(mutated(seed, name, raw)[1])
        try:
            assert not odd_inputs(Inputs.from_folder(desk))
        except InputError as error:
            assert clear(error)
        finally:
            path.write_bytes(raw)

    damaged()


@pytest.mark.slow
@settings(QUICK, max_examples=10)
@given(SEEDS, st.sampled_from(["activity.csv", *(f"inputs/{n}" for n in ("arguments.json", "plan.toml", *TABLES))]))
def test_a_damaged_run_is_judged_or_refused(desk: Path, run: Path, seed: int, name: str) -> None:
    path = run / name
    raw = path.read_bytes()
    path.write_bytes(mutated(seed, path.name, raw)[1])
    try:
        verdict_of(run, simulate=False)
    except InputError as error:
        assert clear(error)
    finally:
        path.write_bytes(raw)


@QUICK
@given(SEEDS, st.sampled_from(sorted(n for n in {**TABLES, **BARE} if n not in LEFT)))
def test_a_damaged_table_is_refused_or_within_its_bounds(desk: Path, seed: int, name: str) -> None:
    path = desk / name
    raw = path.read_bytes()
    path.write_bytes(mutated(seed, name, raw)[1])
    table = (FORECAST | SCHEDULE)[name.removesuffix(".csv")]
    try:
        rows = read_csv(path, table, zone="Europe/Berlin")
        for column in rows.select_dtypes("float"):
            declared = table.get(str(column))
            assert declared is None or rows[column].dropna().between(declared.low or 0, declared.high or 1e300).all()
    except InputError as error:
        assert clear(error)
    finally:
        path.write_bytes(raw)

"""A small centre that plans in seconds: weekdays 09:00-17:00, one queue, ten people; everything made up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from busyhour.app import run
from busyhour.app.cli.main import app
from busyhour.app.inputs import Inputs
from busyhour.app.outcome import Outcome
from busyhour.forecast.progress import Watch

FIRST = (
    "brute/test_people_brute.py",
    "forecast",
    "brute",
    "schedule",
    "docs",
    "app/check/test_faults.py",
    "app/test_one_mind.py",
    "app/cli",
    "app/test_goal_periods.py",
    "app/test_side_by_side.py",
    "app/batch",
    "app/goals",
    "app/hiring",
)
"""Order of the tests, the rest behind. Whoever begins compiles kernels: people's in one worker beside the forecast's in
the other. The tests of `app` use every kernel, and come when most are compiled; long files before: none is last."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort the tests so that two workers seldom compile the same kernels, and none is left with a long file."""
    here = Path(__file__).parent

    def place(item: pytest.Item) -> int:
        path = item.path.relative_to(here).as_posix()
        return next((i for i, first in enumerate(FIRST) if path.startswith(first)), len(FIRST))

    items.sort(key=place)


PLAN = """
[site]
name = "Small"
zone = "Europe/Berlin"
week = 2026-10-19
interval_min = 30
grid_min = 30

[opening]
monday = "09:00-17:00"
tuesday = "09:00-17:00"
wednesday = "09:00-17:00"
thursday = "09:00-17:00"
friday = "09:00-17:00"
saturday = "closed"
sunday = "closed"

[queue.calls]
handle_s = 300
patience_s = 120
model = "weekday_mean"
[queue.calls.goal]
level = 0.8
within_s = 20

[shrinkage]
unplanned = 0.05

[shift.full]
paid_min = 420
start_from = "09:00"
start_to = "09:30"
[[shift.full.break]]
kind = "lunch"
paid = false
duration_min = 30
earliest_min = 180
latest_min = 240

[shift.part]
paid_min = 240
start_from = "09:00"
start_to = "13:00"

[contract.full]
shifts = ["full", "part"]
max_h_week = 40

[contract.part]
shifts = ["part"]
max_h_week = 20

[rules]
days_off_together = 2

[costs]
cost_h = 20

[solve]
time_limit_s = 600
gap = 0.05
"""


def write_centre(folder: Path) -> Path:
    """Write the small centre into `folder` and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(5)
    starts = pd.date_range("2026-08-24", "2026-10-19", freq="30min", inclusive="left")
    starts = starts[(starts.day_of_week < 5) & (starts.hour >= 9) & (starts.hour < 17)]
    offered = rng.poisson(10 + 6 * np.exp(-(((starts.hour.to_numpy() - 11) / 2.0) ** 2)))
    (folder / "plan.toml").write_text(PLAN, encoding="utf-8")
    pd.DataFrame({"start": starts.strftime("%Y-%m-%dT%H:%M"), "offered": offered}).to_csv(
        folder / "calls.csv", index=False
    )
    rows = [(f"a{i}", f"Agent {i}", "T1" if i % 2 else "T2", "full" if i < 6 else "part") for i in range(10)]
    pd.DataFrame(rows, columns=["agent", "name", "team", "contract"]).to_csv(folder / "staff.csv", index=False)
    return folder


@pytest.fixture(scope="session")
def planning(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Outcome]:
    """The small centre with one finished run, and what was published there."""
    folder = write_centre(tmp_path_factory.mktemp("planned") / "small")
    outcomes: list[Outcome] = []
    plan_of_inputs = run.plan

    def plan(inputs: Inputs, watch: Watch) -> Outcome:
        outcomes.append(plan_of_inputs(inputs, watch))
        return outcomes[0]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "plan", plan)
        result = CliRunner().invoke(app, ["plan", str(folder), "--quiet"])
    assert result.exit_code == 0, result.output
    return folder, outcomes[0]


@pytest.fixture(scope="session")
def planned(planning: tuple[Path, Outcome]) -> Path:
    """The small centre with one finished run; do not change it, copy it."""
    return planning[0]


@pytest.fixture(scope="session")
def outcome(planning: tuple[Path, Outcome]) -> Outcome:
    """What the run of the small centre was published from."""
    return planning[1]


@pytest.fixture
def centre(tmp_path: Path) -> Path:
    """A fresh folder of the small centre."""
    return write_centre(tmp_path / "small")


@pytest.fixture
def edit(centre: Path) -> Callable[[str, str], None]:
    """Replace one text of the small centre's plan.toml by another."""

    def replace(old: str, new: str) -> None:
        path = centre / "plan.toml"
        text = path.read_text(encoding="utf-8")
        assert text.count(old) >= 1
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return replace

"""A workshop for the manual's examples: the sample bank made small, and two files of calls; everything seeded."""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_bank import COPY
from typer.testing import CliRunner
from vendor_desk import write_vendors

from busyhour.app.cli.main import app


def quicken(plan: Path) -> None:
    """Make a plan.toml quick to plan: two open days, the simplest model, the first good plan."""
    text = plan.read_text(encoding="utf-8")
    if "gap = 0.5" in text:
        return
    text = re.sub(r'^(wednesday|thursday|friday|saturday) = ".*?"', r'\1 = "closed"', text, flags=re.MULTILINE)
    text = text.replace("[queue.calls]", '[queue.calls]\nmodel = "weekday_mean"', 1)
    text = re.sub(r"^gap = [0-9.]+", "gap = 0.5", text, flags=re.MULTILINE)
    plan.write_text(re.sub(r"^time_limit_s = [0-9]+", "time_limit_s = 15", text, flags=re.MULTILINE), encoding="utf-8")


def write_small_bank(folder: Path) -> None:
    """Write the tests' own copy of the sample bank, quick to plan; data/bank is the user's to change."""
    shutil.copytree(COPY, folder)
    quicken(folder / "plan.toml")


def write_calls(folder: Path) -> None:
    """Write `my_calls.csv` in our columns, and the same calls as `export.csv` the way an ACD might lay them out."""
    rng = np.random.default_rng(3)
    starts = pd.date_range("2026-09-07", periods=10 * 7 * 48, freq="30min")
    starts = starts[(starts.day_of_week < 5) & (starts.hour >= 8) & (starts.hour < 20)]
    hour = (starts.hour + starts.minute / 60).to_numpy()
    mean = 6 + 14 * np.exp(-(((hour - 10.5) / 2) ** 2)) + 9 * np.exp(-(((hour - 15) / 2.2) ** 2))
    offered = rng.poisson(mean * np.array([1.2, 1.05, 1.0, 0.97, 0.95])[starts.day_of_week])
    seconds = rng.normal(280, 10, len(starts)).round().astype(int)
    ours = pd.DataFrame({"start": starts.strftime("%Y-%m-%dT%H:%M"), "offered": offered, "handle_s": seconds})
    ours.to_csv(folder / "my_calls.csv", index=False)
    theirs = pd.DataFrame(
        {
            "Date": starts.strftime("%d.%m.%Y"),
            "Time": starts.strftime("%H:%M"),
            "Calls offered": offered,
            "Calls answered": (offered * 0.95).round().astype(int),
            "AHT": [f"0:{s // 60:02d}:{s % 60:02d}" for s in seconds],
        }
    )
    theirs.to_csv(folder / "export.csv", index=False, sep=";")


@pytest.fixture
def quick() -> Callable[[Path], None]:
    """What makes a plan.toml quick to plan."""
    return quicken


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The workshop, its bank planned once, and what that printed; do not change it, copy it."""
    folder = tmp_path_factory.mktemp("workshop")
    write_small_bank(folder / "data" / "bank")
    write_calls(folder)
    write_vendors(folder / "data" / "vendors")
    with contextlib.chdir(folder):
        result = CliRunner().invoke(app, ["plan", "data/bank"])
    assert result.exit_code == 0, result.output
    return folder, result.output

"""A workshop for the manual's examples: the sample bank made small, and two files of calls; everything seeded."""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from small_bank import COPY
from typer.testing import CliRunner
from vendor_desk import write_vendors

from busyhour.app.cli.main import app
from docs.pages import write_calls


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

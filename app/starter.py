"""`busyhour init`: a starter folder that can be planned at once, with example data that is plainly made up."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import numpy as np
import pandas as pd

from ..forecast.errors import InputError
from ..schedule.problem.horizon import WEEK_DAYS
from .config.plan_toml import PLAN
from .export_plan import plan_of_export, said
from .files import csv_text, write_atomic
from .intake.guess import guess

WEEKS, FIRST_DAY, SEED = 12, "2026-08-31", 1
"""Weeks of invented calls (enough to compare models), their first Monday, and a fixed seed: every folder is alike."""


def _calls() -> pd.DataFrame:
    """Return twelve weeks of invented half-hours of a desk that opens Monday to Saturday."""
    rng = np.random.default_rng(SEED)
    starts = pd.date_range(FIRST_DAY, periods=WEEKS * WEEK_DAYS * 48, freq="30min")
    hour = (starts.hour + starts.minute / 60).to_numpy()
    saturday = (starts.day_of_week == 5) & (hour >= 9) & (hour < 15)
    weekday = (starts.day_of_week < 5) & (hour >= 8) & (hour < 20)
    level = np.array([1.25, 1.05, 1.0, 0.97, 0.95, 0.6, 0.0])[starts.day_of_week]
    shape = 14 + 26 * np.exp(-(((hour - 10.5) / 1.8) ** 2)) + 20 * np.exp(-(((hour - 15.0) / 2.2) ** 2))
    day_factor = np.repeat(rng.gamma(200, 1 / 200, WEEKS * WEEK_DAYS), 48)
    table = pd.DataFrame(
        {
            "start": starts,
            "offered": rng.poisson(level * shape * day_factor),
            "handle_s": rng.normal(300, 12, len(starts)).round(0),
        }
    )
    return table[weekday | saturday].reset_index(drop=True)


def _staff() -> pd.DataFrame:
    rows = [(f"a{i:02d}", f"Agent {i:02d}", f"Team {1 + i % 2}", "full" if i < 14 else "part") for i in range(24)]
    return pd.DataFrame(rows, columns=["agent", "name", "team", "contract"])


def write_starter(folder: Path, export: Path | None = None) -> tuple[str, str]:
    """Write plan.toml, calls.csv, staff.csv and empty availability, leave and wishes tables into `folder`.

    With an `export` of an ACD the folder holds that file and a plan.toml made from it (see `plan_of_export`), and
    nothing of the example.

    Returns
    -------
    guesses, first
        What the export shows and what is asked, and what must be done before the folder can be planned; both ""
        without an export.

    Raises
    ------
    InputError
        If `folder` exists and is not empty, or the export cannot be read.
    """
    if export is not None and not export.is_file():
        raise InputError("file not found", file=export, mend="Name the export with its folder")
    found = guess(export) if export is not None else None
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder} is not empty", mend="Name a folder that does not exist yet")
    if export is not None and found is not None:
        made = plan_of_export(export, found)
        write_atomic(folder / export.name, export.read_bytes())
        write_atomic(folder / PLAN, made.text)
        return said(found, made), made.first
    files = {
        PLAN: (resources.files(__package__) / "starter_plan.toml").read_text(encoding="utf-8"),
        "calls.csv": csv_text(_calls()),
        "staff.csv": csv_text(_staff()),
        "availability.csv": "agent,start,end,kind\n",
        "leave.csv": "agent,start,end,kind\n",
        "wishes.csv": "agent,date,pattern,weight\n",
    }
    for name, text in files.items():
        write_atomic(folder / name, text)
    return "", ""

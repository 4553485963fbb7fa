"""`busyhour init`: a starter folder that can be planned at once, with example data that is plainly made up."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from pathlib import Path

import numpy as np
import pandas as pd

from ..forecast.errors import InputError
from ..schedule.problem.horizon import WEEK_DAYS
from .config.plan_toml import PLAN
from .export_plan import plan_of_export, said
from .files import csv_text, write_atomic
from .folders.targets import file_to_write, followed
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
        If `folder` exists and is not empty or cannot be written, or if the export cannot be read.
    """
    if export is not None and not export.is_file():
        raise InputError("file not found", file=export, mend="Name the export with its folder")
    place = empty_place(folder)
    found = guess(export) if export is not None else None
    files = {
        PLAN: (resources.files(__package__) / "starter_plan.toml").read_text(encoding="utf-8"),
        "calls.csv": csv_text(_calls()),
        "staff.csv": csv_text(_staff()),
        "availability.csv": "agent,start,end,kind\n",
        "leave.csv": "agent,start,end,kind\n",
        "wishes.csv": "agent,date,pattern,weight\n",
    }
    if export is not None and found is not None:
        if export.name.casefold() in files.keys() - {"calls.csv"}:
            mend = "Give it another name, such as calls.csv"
            raise InputError("another file of the folder has this name", file=export, mend=mend)
        made = plan_of_export(export, found)
        write_all(place, {export.name: export.read_bytes(), PLAN: made.text.encode()})
        (place / export.name).chmod(0o600 | export.stat().st_mode & 0o666)  # a copy is as private as its source
        return said(found, made), made.first
    write_all(place, {name: text.encode() for name, text in files.items()})
    return "", ""


def empty_place(folder: Path) -> Path:
    """Return `folder`, its link followed, where files can be written into it and none is there yet."""
    mend = "Name a folder that does not exist yet"
    try:
        place = followed(folder)
        if place.exists() and (not place.is_dir() or any(place.iterdir())):
            raise InputError(f"{folder} is not empty", mend=mend)
        file_to_write(place / PLAN)
        return place
    except InputError as error:
        raise InputError(error.what, value=error.value, mend=mend) from None


def write_all(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write files into an empty folder, folders within it made where they are missing: all, or none."""
    was_there = folder.exists()
    try:
        for name, content in contents.items():
            write_atomic(folder / name, content)
    except OSError:
        for name in contents:
            (folder / name).unlink(missing_ok=True)
        inner = {parent for name in contents for parent in (folder / name).parents if parent.is_relative_to(folder)}
        for parent in sorted(inner, reverse=True):
            if parent.exists() and (parent != folder or not was_there):
                parent.rmdir()
        raise

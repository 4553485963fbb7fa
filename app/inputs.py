"""A planner's folder, read whole: config, history, calendar, people; and which files were read."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..forecast.calendars import Calendar, parse_opening
from ..forecast.errors import InputError
from ..forecast.grid import WEEKDAYS, Grid
from ..schedule.staff import Agent
from .config import PLAN, Config, read_plan
from .intake.read import calls_files, read_calls
from .people import read_people
from .special_days import read_special_days
from .store import sha256, write_atomic

PEOPLE_FILES = ("staff.csv", "availability.csv", "leave.csv", "wishes.csv")
ARGUMENTS = "arguments.json"


@dataclass(frozen=True)
class Folder:
    """A planner's folder with its checked config.

    Attributes
    ----------
    plan
        The plain dict of plan.toml after the scenario, as the judge reads it.
    staff
        Read instead of staff.csv.
    """

    path: Path
    config: Config
    plan: Mapping[str, Any]
    scenario: str | None = None
    staff: Path | None = None

    @classmethod
    def read(cls, path: Path, scenario: str | None = None) -> Folder:
        """Read and check `path`/plan.toml, with a scenario's overrides when one is named."""
        config, plan = read_plan(path, scenario)
        return cls(path if path.is_dir() else path.parent, config, plan, scenario)

    def calendar(self) -> Calendar:
        """Return the opening hours, closures and special days."""
        site = self.config.site
        return Calendar(
            opening=parse_opening(self.config.opening, key="opening"),
            zone=site.zone,
            country=site.country,
            subdivision=site.subdivision,
            special=read_special_days(self.path),
            queue_opening={
                name: parse_opening({**self.config.opening, **queue.opening}, key=f"queue.{name}.opening")
                for name, queue in self.config.queue.items()
                if queue.opening is not None
            },
        )

    def calls(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the calls table and what reading it found."""
        site = self.config.site
        return read_calls(
            self.path,
            self.config.intake,
            zone=site.zone,
            interval_min=site.interval_min,
            queues=tuple(self.config.queue),
        )

    def people(self, grid: Grid, previous: Path | None = None) -> tuple[Agent, ...]:
        """Return the agents as they stand in the week of `grid`; empty where there is no staff.csv."""
        c, calendar = self.config, self.calendar()
        return read_people(
            self.path,
            grid=grid,
            zone=c.site.zone,
            contracts=c.contract,
            queues=tuple(c.queue),
            costs=c.costs,
            families=c.shift,
            rules=c.rules,
            previous=previous,
            open_slots=np.logical_or.reduce([calendar.open_mask(grid, q) for q in c.queue]),
            staff_file=self.staff,
        )

    def week(self, asked: dt.date | None, calls: pd.DataFrame | None = None) -> dt.date:
        """Return the first day of the week to plan: as asked, as configured, or the first after the history."""
        if asked is not None or self.config.site.week is not None:
            return asked or self.config.site.week  # type: ignore[return-value]
        if calls is None or calls.empty:
            raise InputError("no week to plan", file=PLAN, column="site.week", mend="Set site.week or use --week")
        last = calls["start"].max().date()
        ahead = (WEEKDAYS.index(self.config.site.week_start) - last.weekday() - 1) % 7 + 1
        return dt.date.fromordinal(last.toordinal() + ahead)

    def files(self) -> dict[str, Path]:
        """Return every input file that is there, by the name under which a run keeps it."""
        named = {n: self.path / n for n in (PLAN, *PEOPLE_FILES, "special_days.csv", "meetings.csv")}
        if self.staff is not None:
            named["staff.csv"] = self.staff
        return {n: f for n, f in named.items() if f.is_file()}

    def calls_files(self) -> dict[str, Path]:
        """Return the files of calls, by the name under which a run keeps them."""
        return {f.name: f for f in calls_files(self.path, self.config.intake)}


def copy_inputs(files: Mapping[str, Path], run: Path, arguments: Mapping[str, Any]) -> dict[str, str]:
    """Copy `files` and the run's `arguments` to `run`/inputs and return the SHA-256 of each file by name."""
    inputs = run / "inputs"
    inputs.mkdir(parents=True)
    hashes: dict[str, str] = {}
    for name, file in files.items():
        shutil.copyfile(file, inputs / name)
        hashes[name] = sha256(file)
    write_atomic(inputs / ARGUMENTS, json.dumps(arguments, indent=2) + "\n")
    return hashes

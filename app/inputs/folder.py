"""A planner's folder, read whole: config, history, calendar, people; and which files were read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ...forecast.calendar.calendars import Calendar
from ...forecast.calendar.grid import WEEKDAYS, Grid
from ...forecast.calendar.opening_hours import parse_opening
from ...forecast.errors import InputError, short
from ...forecast.overrides import Override, overrides_of
from ...forecast.tables import TABLES as FORECAST_TABLES
from ...forecast.tables import read_text_csv
from ...forecast.text import alike
from ...schedule.problem.horizon import WEEK_DAYS
from ...schedule.problem.staff import Agent
from ...schedule.tables import TABLES as SCHEDULE_TABLES
from ..config.agreed import read_plan
from ..config.plan_toml import PLAN, plan_file
from ..config.schema import Config
from ..intake.names import near_name
from ..intake.read import read_calls
from ..intake.units import refuse_odd_handle_time
from .absences import off_grid, unlisted_days
from .agreement_files import agreement_files
from .open_after import open_after
from .people import AVAILABILITY, LEAVE, STAFF, read_people
from .people_files import place_of, places_of
from .plain_table import plain
from .snapshot import InputFile
from .special_days import FILE as SPECIAL_DAYS
from .special_days import read_special_days
from .week_before import WeekBefore, last_week, weekend_at

CALLS = "calls.csv"
PEOPLE_FILES = ("staff.csv", "availability.csv", "leave.csv", "wishes.csv", "fixed.csv")
MEETINGS = "meetings.csv"
OVERRIDES = "overrides.csv"
BESIDE = (*PEOPLE_FILES, SPECIAL_DAYS, MEETINGS, OVERRIDES)
"""Tables beside the plan, by the names of their files."""
LEAVE_KINDS = ("vacation", "sick", "training", "other")


@dataclass(frozen=True)
class Folder:
    """A planner's folder with its checked config.

    Attributes
    ----------
    rules
        The file of the plan, usually `path`/plan.toml.
    plan
        Its plain dict after scenario and overrides, as the judge reads it.
    scenario, overrides
        What was laid over the file.
    staff
        Read instead of staff.csv.
    """

    path: Path
    rules: Path
    config: Config
    plan: Mapping[str, Any]
    scenario: str | None = None
    overrides: Mapping[str, Any] = field(default_factory=dict)
    staff: Path | None = None

    @classmethod
    def read(
        cls,
        path: Path,
        scenario: str | None = None,
        overrides: Mapping[str, Any] | None = None,
        staff: Path | None = None,
    ) -> Folder:
        """Read and check `path`/plan.toml (or the file `path`) with a scenario and overrides laid over it."""
        config, plan = read_plan(path, scenario, overrides)
        rules = plan_file(path)
        return cls(rules.parent, rules, config, plan, scenario, overrides or {}, staff)

    def arguments(self, week: dt.date) -> dict[str, Any]:
        """Return what a run was asked for beside its files, so that the judge reads the same plan."""
        return {"week": week.isoformat(), "scenario": self.scenario, "overrides": dict(self.overrides)}

    def calendar(self) -> Calendar:
        """Return the opening hours, closures and special days."""
        site = self.config.site
        return Calendar(
            opening=parse_opening(self.config.opening, key="opening"),
            zone=site.zone,
            country=site.country,
            subdivision=site.subdivision,
            special=read_special_days(self.path),
            paydays=site.paydays,
            queue_opening={
                name: parse_opening({**self.config.opening, **queue.opening}, key=f"queue.{name}.opening")
                for name, queue in self.config.queue.items()
                if queue.opening is not None
            },
        )

    def calls(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the calls table and what reading it found."""
        site, intake = self.config.site, self.config.intake
        for name, queue in self.config.queue.items():
            refuse_odd_handle_time(queue.handle_s, column=f"queue.{name}.handle_s", trust=intake.trust)
        return read_calls(
            self.path,
            self.config.intake,
            zone=site.zone,
            interval_min=site.interval_min,
            queues=tuple(self.config.queue),
        )

    def forecast_overrides(self) -> tuple[Override, ...]:
        """Return the planner's own numbers for the forecast; () where there is no overrides.csv."""
        path, site = self.path / OVERRIDES, self.config.site
        return read_overrides(path, zone=site.zone, interval_min=site.interval_min) if path.is_file() else ()

    def last_week(self, grid: Grid, run: Path | None) -> WeekBefore:
        """Return what the `run` of the week before leaves behind; nothing without one."""
        if run is None:
            return WeekBefore()
        c = self.config
        return last_week(run, grid, c.site.zone, c.rules, c.queue, weekend_at(self.calendar(), grid.first_date))

    def people(self, grid: Grid, before: WeekBefore) -> tuple[Agent, ...]:
        """Return the agents as they stand in the week of `grid`; empty where there is no staff.csv."""
        c, calendar = self.config, self.calendar()
        opened = {queue: calendar.open_mask(grid, queue) for queue in c.queue}
        return read_people(
            self.path,
            grid=grid,
            zone=c.site.zone,
            contracts=c.contract,
            queues=tuple(c.queue),
            costs=c.costs,
            families=c.shift,
            before=before,
            open_slots=np.concatenate([_any_open(opened), _any_open(open_after(c, calendar, grid))]),
            staff_file=self.staff,
        )

    def notes(self, people: tuple[Agent, ...], grid: Grid) -> list[str]:
        """Tell which data a plan does not have, does not use or rounds to the slots of `grid`."""
        out = []
        for name in (AVAILABILITY, LEAVE) if people else ():
            out += off_grid(self.path / name, grid, self.config.site.zone)
        if people:
            calendar = self.calendar()
            opened = _any_open({queue: calendar.open_mask(grid, queue) for queue in self.config.queue})
            out += unlisted_days(self.path / AVAILABILITY, grid, self.config.site.zone, opened)
        if not people:
            out.append(f"there is no {PEOPLE_FILES[0]}: nobody is named")
        if (self.path / MEETINGS).is_file():
            out.append(f"{MEETINGS} is not used: meetings are not planned")
        for what, names in {"agents": [a.id for a in people], **self._named()}.items():
            out += [f"two {what} have names that look alike: {a!r} and {b!r}" for a, b in alike(names)]
        factors = sum(any(factor != 1.0 for factor in a.skills.values()) for a in people)
        if factors:
            out.append(f"the handle-time factors of {factors} people in {PEOPLE_FILES[0]} are not used")
        for name in (*PEOPLE_FILES, SPECIAL_DAYS, OVERRIDES):
            path = self.staff if name == STAFF and self.staff is not None else self.path / name
            if path.is_file():
                out += unused(name, read_text_csv(path))
        return out

    def _named(self) -> dict[str, list[str]]:
        """Return the names of the plan by what they name."""
        c = self.config
        return {"queues": list(c.queue), "shift families": list(c.shift), "contracts": list(c.contract)}

    def week(self, asked: dt.date | None, calls: pd.DataFrame | None = None) -> dt.date:
        """Return the first day of the week to plan: as asked, as configured, or the first after the history."""
        if asked is not None or self.config.site.week is not None:
            return asked or self.config.site.week  # type: ignore[return-value]
        if calls is None or calls.empty:
            raise InputError("no week to plan", file=PLAN, column="site.week", mend="Set site.week or use --week")
        last = calls["start"].max().date()
        ahead = (WEEKDAYS.index(self.config.site.week_start) - last.weekday() - 1) % WEEK_DAYS + 1
        return dt.date.fromordinal(last.toordinal() + ahead)

    def taken(self) -> tuple[dict[str, InputFile], tuple[str, ...]]:
        """Return the files beside the plan as they are now, made plain, by the names under which a run keeps them.

        And what the reader should know of how they were read.

        Raises
        ------
        InputError
            As `places_of` and `plain`.
        """
        places, told = places_of(self.path, BESIDE)
        if self.staff is not None:
            places[STAFF] = place_of(self.staff, STAFF.removesuffix(".csv"))
        files = {}
        for name, place in places.items():
            files[name], how = plain(name.removesuffix(".csv"), place.path, place.sheet)
            told += [f"{place.path.name} is read as {name}: {', '.join(how)}"] * bool(how)
            if place.path.name != name and not how and self.staff is None:
                told.append(f"{place.path.name} is read as {name}")
        files |= {path.name: InputFile.read(path) for path in agreement_files(self.rules.parent, self.config.sla)}
        return files, tuple(told)


def unused(name: str, rows: pd.DataFrame) -> list[str]:
    """Tell the columns of a table that nobody reads, misspelt ones too, and the kinds of leave that nobody knows."""
    declared = (FORECAST_TABLES | SCHEDULE_TABLES)[name.removesuffix(".csv")]
    out = []
    for column in rows.columns:
        if column not in declared and not column.startswith("Unnamed: "):
            near = near_name(column, [c for c in declared if c not in rows])
            out.append(f"column {short(column)!r} of {name} is not used" + (f": is it {near!r}?" if near else ""))
    if name == LEAVE and "kind" in rows:
        strange = sorted({kind.strip().lower() for kind in rows["kind"]} - {"", *LEAVE_KINDS})
        if strange:
            out.append(f"kinds of leave beside {', '.join(LEAVE_KINDS)}: {short(', '.join(strange))}")
    return out


def _any_open(opened: Mapping[str, np.ndarray]) -> np.ndarray:
    return np.asarray(np.logical_or.reduce(list(opened.values())))


def read_overrides(path: Path, *, zone: str | None, interval_min: int) -> tuple[Override, ...]:
    """Read a file of overrides of the forecast."""
    return overrides_of(read_text_csv(path), zone=zone, minutes=interval_min, file=path)

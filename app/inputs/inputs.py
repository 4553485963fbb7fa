"""All that one run is made from: read, copied and hashed before anything is planned."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import pandas as pd

from ...forecast.calendar.calendars import Calendar
from ...forecast.calendar.grid import Grid
from ...forecast.errors import InputError
from ...forecast.overrides import Override
from ...forecast.progress import Watch
from ...forecast.queueing.curve.service_curve import ServiceCurve
from ...forecast.tables import read_text_csv
from ...forecast.text import visible
from ...schedule.problem.horizon import Horizon
from ...schedule.problem.staff import Agent
from ..config.agreed import SLA, plan_of, read_plan
from ..config.doubts import doubts_of
from ..config.plan_toml import PLAN, merged, plan_file, plan_texts
from ..config.schema import Config
from ..config.toml_text import toml_text
from ..files import csv_text
from ..intake.files import outside
from ..intake.names import nearest
from ..intake.read import calls_files, shape_files
from ..judging import TEXTS
from .agreement import agreed
from .day_grid import day_grid
from .folder import BESIDE, CALLS, Folder
from .kept_run import KEEP, keep_days, read_kept
from .options import RunOptions
from .other_runs import EARLIER_ROSTER, LAST_ACTIVITY, PREVIOUS, keep_files, kept_inputs, previous_files
from .plain_table import plain_file
from .requirement import open_only, read_curves, read_requirement, requirement_week
from .snapshot import InputFile, laid_out
from .week_before import WeekBefore, known_rows

REQUIREMENT, CURVE = "requirement.csv", "curve.csv"
PEOPLE_TABLES = BESIDE
TABLES = (CALLS, *PEOPLE_TABLES, REQUIREMENT, CURVE)
"""Files of a planner's folder beside plan.toml; a Python user may give each as a table."""


@dataclass(frozen=True, eq=False)
class Inputs:
    """All that one run is made from; `from_folder`, `from_requirement` and `from_tables` make it.

    A change of the user's files after that changes neither the plan nor the copies and hashes that a run keeps.

    Attributes
    ----------
    config, plan
        The checked plan.toml, and its plain dict after scenario and overrides, as the judge reads it.
    horizon
        Days and slots to plan.
    calendar
        Opening hours, closures and special days.
    people
        The agents as they stand in the planned week; empty for an anonymous plan.
    before
        What the week before leaves behind.
    files
        Content and hash of every file, by the name under which a run keeps it.
    texts
        Tables as plain text by name, for the judge.
    arguments
        What was asked for beside the files: week, scenario, overrides.
    notes
        What the reader of the plan should know of the inputs, a sentence each.
    calls, findings, overrides
        History, what reading it found, and the planner's own numbers for the forecast; None and () where a requirement
        is given.
    requirement, curves
        Made elsewhere; None where there are calls.
    seconds
        Seconds that reading took.
    """

    config: Config
    plan: Mapping[str, Any]
    horizon: Horizon
    calendar: Calendar
    people: tuple[Agent, ...]
    before: WeekBefore
    files: Mapping[str, InputFile] = field(repr=False)
    texts: Mapping[str, pd.DataFrame] = field(repr=False)
    arguments: Mapping[str, Any]
    notes: tuple[str, ...] = ()
    calls: pd.DataFrame | None = field(default=None, repr=False)
    findings: pd.DataFrame | None = field(default=None, repr=False)
    overrides: tuple[Override, ...] = ()
    requirement: pd.DataFrame | None = field(default=None, repr=False)
    curves: Mapping[str, ServiceCurve] | None = field(default=None, repr=False)
    seconds: float = 0.0

    @property
    def week(self) -> dt.date:
        """First day of the planned week."""
        return self.horizon.first

    @property
    def scenario(self) -> str | None:
        """Name of the scenario that is planned."""
        name: str | None = self.arguments["scenario"]
        return name

    @property
    def paths(self) -> tuple[Path, ...]:
        """Where the files were read from."""
        return tuple(file.path for file in self.files.values())

    @cached_property
    def grid(self) -> Grid:
        """Intervals of the forecast over the planned days."""
        return Grid(self.week, self.horizon.days, self.config.site.interval_min, self.config.site.zone)

    @classmethod
    def from_folder(cls, path: Path, options: RunOptions | None = None, watch: Watch | None = None) -> Self:
        """Read a planner's folder: plan.toml, the calls, and the files about people beside it.

        Raises
        ------
        InputError
            On anything that cannot be read without guessing.
        """
        began, asked = time.monotonic(), options or RunOptions()
        files, folder, told = _plan(path, asked)
        (watch or Watch()).tell("read", str(path))
        paths = calls_files(folder.path, folder.config.intake)
        shape = [InputFile.read(path) for path in shape_files(folder.path, folder.config.intake)]
        read = cls._of_calls(folder, files, [InputFile.read(path) for path in paths], asked, began, shape)
        beyond = [f"calls are read from outside the folder: {visible(str(p))}" for p in outside(folder.path, paths)]
        return replace(read, notes=(*told, *read.notes, *beyond))

    @classmethod
    def from_requirement(
        cls,
        requirement: Path,
        rules: Path,
        *,
        curve: Path | None = None,
        staff: Path | None = None,
        options: RunOptions | None = None,
    ) -> Self:
        """Read a requirement made elsewhere, its curves where known, and a plan.toml with the people files beside it.

        Parameters
        ----------
        staff
            Read instead of the staff.csv beside the rules.

        Raises
        ------
        InputError
            As in `from_folder`.
        """
        asked = options or RunOptions()
        files, folder, told = _plan(rules, asked, staff)
        given = {REQUIREMENT: requirement} | ({CURVE: curve} if curve is not None else {})
        for name, path in given.items():
            files[name], how = plain_file(name.removesuffix(".csv"), path)
            told = (*told, *([f"{path.name} is read as {name}: {', '.join(how)}"] if how else []))
        read = cls._of_requirement(folder, files, asked)
        return replace(read, notes=(*told, *read.notes))

    @classmethod
    def from_tables(
        cls, plan: Mapping[str, Any], options: RunOptions | None = None, **tables: pd.DataFrame | None
    ) -> Self:
        """Take a plan and tables instead of a folder.

        Parameters
        ----------
        plan
            What ``tomllib`` makes of a plan.toml; ``[intake]`` is left aside.
        tables
            By the names of the files without ``.csv``, in the columns of those files: `calls`, or `requirement` (and
            `curve`); `staff`, `availability`, `leave`, `wishes`, `fixed`, `special_days`, `overrides`.

        Raises
        ------
        InputError
            As in `from_folder`; the table is named like its file.
        """
        began, asked = time.monotonic(), options or RunOptions()
        given = {f"{name}.csv": table for name, table in tables.items() if table is not None}
        if unknown := [name for name in given if name not in TABLES]:
            told = unknown[0].removesuffix(".csv")
            raise InputError("unknown table", value=told, mend=nearest(told, [n.removesuffix(".csv") for n in TABLES]))
        if CALLS not in given and REQUIREMENT not in given:
            raise InputError("neither calls nor a requirement is given", mend="Give the table calls or requirement")
        if SLA in plan:
            mend = "Plan a folder, or give goals and periods in plan"
            raise InputError("a contract needs a planner's folder", file=PLAN, column=f"{SLA}.", mend=mend)
        own = plan_texts({key: value for key, value in plan.items() if key != "intake"}, Path(PLAN))
        text = toml_text(own).encode()
        config, merged = plan_of(text, Path(PLAN), asked.scenario, asked.overrides)
        folder = Folder(Path(), Path(PLAN), config, merged, asked.scenario, asked.overrides)
        files = {name: InputFile.of_table(name, given[name]) for name in PEOPLE_TABLES if name in given}
        files[PLAN] = InputFile.of(Path(PLAN), text)
        if REQUIREMENT in given:
            files |= {name: InputFile.of_table(name, given[name]) for name in (REQUIREMENT, CURVE) if name in given}
            return cls._of_requirement(folder, files, asked)
        return cls._of_calls(folder, files, [InputFile.of_table(CALLS, given[CALLS])], asked, began)

    @classmethod
    def _of_calls(
        cls,
        folder: Folder,
        files: Mapping[str, InputFile],
        calls: Sequence[InputFile],
        asked: RunOptions,
        began: float,
        shape: Sequence[InputFile] = (),
    ) -> Self:
        """Read the files of a run that begins with a history of calls, with the shape of a day where it has totals."""
        previous = previous_files(folder, asked) | keep_files(asked)
        keys = {f"calls/{i}/{file.path.name}": file for i, file in enumerate(calls)}  # two folders may hold one name
        shapes = {f"calls/{file.path.name}": file for file in shape}
        with _laid(folder, files, previous | keys | shapes) as laid:
            own = folder.config.intake
            intake = replace(own, files=tuple(keys), day_shape=next(iter(shapes), own.day_shape))
            reading = replace(laid, config=folder.config.model_copy(update={"intake": intake}))
            history, found = reading.calls()
            week = laid.week(asked.week, history)
            asks = agreed(replace(reading, plan=laid.plan), week)
            if asks.tables:
                laid = _planned_anew(laid, files[PLAN], merged(folder.overrides, asks.tables))
            rest = _common(laid, week, previous)
            rest["notes"] = (*rest["notes"], *asks.notes)
            if not folder.config.shift:
                raise InputError("no shift family", file=PLAN, column="shift.", mend="Add a [shift.NAME]")
            return cls(
                **rest,
                files=kept_inputs(
                    {**files, **{file.path.name: file for file in (*calls, *shape)}}, previous, rest["texts"]
                ),
                calls=history,
                findings=found,
                overrides=laid.forecast_overrides(),
                seconds=time.monotonic() - began,
            )

    @classmethod
    def _of_requirement(cls, folder: Folder, files: Mapping[str, InputFile], asked: RunOptions) -> Self:
        """Read the files of a run that begins with a requirement; its intervals are those of the plan."""
        names, zone, previous = list(folder.config.queue), folder.config.site.zone, previous_files(folder, asked)
        previous = previous | keep_files(asked)
        with _laid(folder, files, previous) as laid:
            path = laid.path / _key(REQUIREMENT, files[REQUIREMENT])
            table = read_requirement(path, names, zone)
            curves = read_curves(laid.path / _key(CURVE, files[CURVE]), names, zone) if CURVE in files else None
            minutes = day_grid(table, zone, path).minutes
            if minutes != folder.config.site.interval_min:
                steps = {"interval_min": minutes, "grid_min": math.gcd(minutes, folder.config.site.grid_min)}
                laid = _planned_anew(laid, files[PLAN], {**folder.overrides, "site": steps})
            week = requirement_week(table, laid.config.site, asked.week)
            asks = agreed(laid, week)
            if asks.tables:
                laid = _planned_anew(laid, files[PLAN], merged(laid.overrides, asks.tables))
            table = open_only(table, laid, week, path)
            rest = _common(laid, week, previous)
            rest["notes"] = (*rest["notes"], *asks.notes)
            return cls(**rest, files=kept_inputs(files, previous, rest["texts"]), requirement=table, curves=curves)


def _plan(
    path: Path, asked: RunOptions, staff: Path | None = None
) -> tuple[dict[str, InputFile], Folder, tuple[str, ...]]:
    """Take the plan and every file of people beside it.

    Returns the files, the folder with its checked plan, and notes on how the files were read.
    """
    rules = plan_file(path)
    if not rules.is_file():
        read_plan(path)  # says what is wrong
    file = InputFile.read(rules)
    config, plan = plan_of(file.content, rules, asked.scenario, asked.overrides)
    folder = Folder(rules.parent, rules, config, plan, asked.scenario, asked.overrides, staff)
    files, told = folder.taken()
    return {**files, PLAN: file}, folder, told


def _planned_anew(folder: Folder, plan: InputFile, overrides: Mapping[str, Any]) -> Folder:
    """Return `folder` with its plan under other overrides."""
    config, merged = plan_of(plan.content, folder.rules, folder.scenario, overrides)
    return replace(folder, config=config, plan=merged, overrides=overrides)


@contextlib.contextmanager
def _laid(folder: Folder, files: Mapping[str, InputFile], others: Mapping[str, InputFile]) -> Iterator[Folder]:
    """Give `folder` over the files as they were taken instead of those on disk; `others` by where they are laid out."""
    with laid_out({_key(name, file): file for name, file in files.items()} | dict(others), folder.path) as place:
        yield replace(folder, path=place, staff=None)


def _key(name: str, file: InputFile) -> str:
    """Return where a file is laid out: tables of people, which are plain, under ours; others under their own name."""
    own = file.path.name
    return name if own == name or name in PEOPLE_TABLES else f"{name.removesuffix('.csv')}/{own}"


def _common(laid: Folder, week: dt.date, previous: Mapping[str, InputFile]) -> dict[str, Any]:
    """Read what every run needs: time, calendar, people, what last week leaves behind, and the judge's texts."""
    horizon = laid.config.horizon(week)
    known = LAST_ACTIVITY in previous
    before = laid.last_week(horizon.grid, laid.path / PREVIOUS if known else None)
    people = laid.people(horizon.grid, before)
    paths = {name: laid.path / f"{name}.csv" for name in TEXTS}
    texts = {name: read_text_csv(path) for name, path in paths.items() if path.is_file()}
    if known:
        texts["previous_activity"] = known_rows(laid.path / PREVIOUS)
    if EARLIER_ROSTER in previous:
        run, zone = laid.path / KEEP, laid.config.site.zone
        kept = read_kept(run, horizon.grid, zone)
        people = keep_days(people, kept, run, horizon.grid, zone)
        texts["kept"] = pd.read_csv(io.StringIO(csv_text(kept)), dtype=str, keep_default_na=False)
    return {
        "config": laid.config,
        "plan": laid.plan,
        "horizon": horizon,
        "calendar": laid.calendar(),
        "people": people,
        "before": before,
        "texts": texts,
        "arguments": laid.arguments(week),
        "notes": (*doubts_of(laid.config), *laid.notes(people, horizon.grid), *before.notes),
    }

"""A run folder read for the second opinion: every table with its columns typed, the summary, and the raw inputs."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from ...forecast.calendar.grid import FIRST_YEAR, LAST_YEAR
from ...forecast.calendar.local_times import parse_times
from ...forecast.errors import InputError
from ...forecast.tables import TABLES as FORECAST
from ...forecast.tables import Column, Table, read_text_csv
from ...forecast.tables import check as typed
from ...schedule.judge.check import Violation
from ...schedule.judge.published.run import Published
from ...schedule.tables import TABLES as SCHEDULE
from ..inputs.arguments import Arguments
from ..inputs.folder import Folder
from ..inputs.inputs import CURVE, REQUIREMENT
from ..inputs.requirement import read_requirement
from ..report.run import OWN

DECLARED: Mapping[str, Table] = {**FORECAST, **SCHEDULE, **OWN}

ALWAYS = ("requirement", "cover", "activity", "coverage", "service", "explain")
NAMED = ("roster", "open_shifts", "open_reasons")
FROM_CALLS = ("volume", "curve", "volume_parts", "backtest", "handle_backtest", "past_weeks", "history", "quality")
"""Tables of every run, of one that names people, and of one that begins with calls."""

NUMBERS = {"service": ("calls",), "explain": ("under_agent_hours",), "open_reasons": ("cost_one_more",)}
"""Columns of numbers that are not declared."""

MOST = 1e12
"""Largest number of a table: beyond it sums lose their meaning."""

MAKERS = ("busyhour", "numpy", "numba")
"""Programs that a simulation's random numbers and sums hang on."""


@dataclass(frozen=True, eq=False)
class Found:
    """A run as it was read, or what could not be read of it."""

    run: Published | None
    wrong: tuple[Violation, ...] = ()


def published(
    folder: Path, planned: Folder, arguments: Arguments, inputs: Mapping[str, Any], summary: Mapping[str, Any]
) -> Found:
    """Read a run folder.

    Parameters
    ----------
    planned
        Its inputs/.
    arguments
        What the run was asked for beside its files.
    inputs
        Their plain texts, as the judge reads them.
    summary
        What summary.json holds.

    Raises
    ------
    InputError
        If activity.csv or an input cannot be read.
    """
    zone, raw = planned.config.site.zone, folder / "inputs"
    given = (raw / REQUIREMENT).is_file()
    names = [*ALWAYS, *(NAMED if inputs.get("staff") is not None else ()), *(() if given else FROM_CALLS)]
    names += ["changed_days"] * (inputs.get("kept") is not None)
    if given and (raw / CURVE).is_file():
        names.append("curve")
    tables: dict[str, pd.DataFrame] = {}
    wrong = []
    for name in names:
        try:
            tables[name] = _table(folder / f"{name}.csv", name, zone)
        except InputError as error:
            if name == "activity":
                raise
            bare = InputError(error.what, row=error.row, column=error.column, value=error.value)
            wrong.append(Violation(name, "", "", f"{name}.csv cannot be read: {bare}"))
    if wrong:
        return Found(None, tuple(wrong))
    told = summary.get("versions")
    versions = told if isinstance(told, dict) else {}
    run = Published(
        summary,
        tables,
        {**inputs, "scenario": arguments.scenario},
        requirement=read_requirement(raw / REQUIREMENT, list(planned.config.queue), zone) if given else None,
        curve=_table(raw / CURVE, "curve", zone) if given and (raw / CURVE).is_file() else None,
        wages=summary.get("wages_shown") is not False,
        same_versions=all(versions.get(name) == importlib.metadata.version(name) for name in MAKERS),
    )
    return Found(run)


def _table(path: Path, name: str, zone: str | None) -> pd.DataFrame:
    numbers = {c: Column(c, "number", "", None, None, True, False, "") for c in NUMBERS.get(name, ())}
    table = typed(read_text_csv(path), {**DECLARED[name], **numbers}, zone=zone, file=path, extra=True)
    for column in ("start", "end"):
        if column in table and not pd.api.types.is_datetime64_any_dtype(table[column]):
            table[column] = parse_times(table[column], zone, column=column, file=path, blank=False)
    for column in map(str, table):
        if pd.api.types.is_datetime64_any_dtype(table[column]):
            wrong = ~table[column].dt.year.between(FIRST_YEAR, LAST_YEAR) & table[column].notna()
        elif pd.api.types.is_float_dtype(table[column]):
            wrong = table[column].abs() > MOST
        else:
            continue
        if wrong.any():
            row = int(wrong.to_numpy().argmax())
            raise InputError("out of any range", file=path, row=row + 2, column=column, value=str(table[column][row]))
    return table

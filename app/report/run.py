"""A run folder, read for people: what is not there is None, and the page says so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from ...forecast import tables as forecast_tables
from ...forecast.errors import InputError
from ...forecast.tables import Table, load, read_csv
from ...schedule import __name__ as _schedule
from ...schedule.problem.horizon import WEEK_DAYS
from ..config.agreed import read_plan
from ..config.plan_toml import PLAN
from .summary import read_summary

SCHEDULE = load(_schedule)
OWN = load(__package__)
FILES: dict[str, Table] = {
    **{name: forecast_tables.TABLES[name] for name in ("volume", "requirement", "service")},
    **{name: SCHEDULE[name] for name in ("cover", "roster", "open_shifts", "changed_days", "activity", "coverage")},
    **OWN,
}


@dataclass(frozen=True)
class Run:
    """What a run folder holds.

    Attributes
    ----------
    summary
        The parsed ``summary.json``.
    plan
        The plain ``inputs/plan.toml`` after the run's scenario; empty without one.
    tables
        Per file (its name without ``.csv``) the checked table; absent files have no key.
    staff
        ``inputs/staff.csv`` indexed by agent; None for an anonymous plan.
    """

    folder: Path
    summary: Mapping[str, Any]
    plan: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame] = field(repr=False)
    staff: pd.DataFrame | None = field(repr=False)

    def table(self, name: str) -> pd.DataFrame | None:
        """Return the table `name`, or None where the run has none or it is empty."""
        frame = self.tables.get(name)
        return None if frame is None or frame.empty else frame

    @property
    def wages_shown(self) -> bool:
        """Whether the folder tells wages and costs; where it was made without, what it lacks is not zero or usual."""
        return bool(self.summary.get("wages_shown", True))

    @property
    def site(self) -> str:
        """Name of the centre."""
        return str(self.summary.get("site") or self.plan.get("site", {}).get("name") or "Centre")

    @property
    def note(self) -> str:
        """The centre's own label, such as what is made up; "" without one."""
        return str(self.summary.get("note") or self.plan.get("site", {}).get("note") or "")

    @property
    def zone(self) -> str | None:
        """Time zone of the run; None for wall-clock times."""
        zone = self.summary.get("zone") or self.plan.get("site", {}).get("zone")
        return str(zone) if zone else None

    @property
    def currency(self) -> str:
        """Currency of its money."""
        return str(self.summary.get("currency") or self.plan.get("costs", {}).get("currency") or "EUR")

    @cached_property
    def week(self) -> dt.date:
        """First day of the planned week."""
        if self.summary.get("week"):
            return dt.date.fromisoformat(str(self.summary["week"]))
        for name in ("coverage", "requirement", "activity", "volume"):
            frame = self.table(name)
            if frame is not None:
                first: dt.date = frame["start"].min().date()
                return first
        raise InputError(
            "no planned times",
            file=self.folder / "summary.json",
            mend="Name the first day as week, or run the plan again",
        )

    @cached_property
    def dates(self) -> tuple[dt.date, ...]:
        """Planned days."""
        return tuple(self.week + dt.timedelta(days=i) for i in range(WEEK_DAYS))

    @cached_property
    def queues(self) -> tuple[str, ...]:
        """Queues in the order in which the run's files name them."""
        names: dict[str, None] = {}
        for name in ("requirement", "coverage", "volume", "service"):
            frame = self.table(name)
            if frame is not None and "queue" in frame:
                names |= dict.fromkeys(frame["queue"])
        return tuple(names)

    @cached_property
    def slot_min(self) -> int:
        """Minutes of the schedule's slots."""
        step = self.plan.get("site", {}).get("grid_min")
        return int(step) if step else self.step("coverage", 15)

    @cached_property
    def interval_min(self) -> int:
        """Minutes of the forecast's intervals."""
        step = self.plan.get("site", {}).get("interval_min")
        return int(step) if step else self.step("volume", self.step("requirement", 30))

    def step(self, name: str, other: int) -> int:
        """Return the smallest distance in minutes between two starts of a table; `other` where it has no two."""
        frame = self.table(name)
        gaps = (
            pd.Series(dtype="timedelta64[us]")
            if frame is None
            else frame["start"].drop_duplicates().sort_values().diff().dropna()
        )
        return other if gaps.empty else int(gaps.min() / pd.Timedelta(minutes=1))

    def name(self, agent: str) -> str:
        """Return the name of an agent; the id where none is known."""
        return self._names.get(agent) or agent

    def team(self, agent: str) -> str:
        """Return the team of an agent, "" where none is known."""
        return self._teams.get(agent, "")

    @cached_property
    def _names(self) -> dict[str, str]:
        return self._of_staff("name")

    @cached_property
    def _teams(self) -> dict[str, str]:
        return self._of_staff("team")

    def _of_staff(self, column: str) -> dict[str, str]:
        return (
            {}
            if self.staff is None or column not in self.staff
            else {str(a): str(v) for a, v in self.staff[column].items()}
        )


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a table's rows as dicts."""
    return [{str(k): v for k, v in row.items()} for row in frame.astype(object).to_dict("records")]


def read_run(folder: Path) -> Run:
    """Read the run in `folder`.

    Raises
    ------
    InputError
        If it has no ``summary.json``, or a file in it breaks its declaration.
    """
    path = folder / "summary.json"
    if not path.exists():
        raise InputError(
            "file not found", file=path, mend=f"{folder} is not a run folder; make one with: busyhour plan FOLDER"
        )
    summary = read_summary(path)
    inputs = folder / "inputs"
    plan = read_plan(inputs, summary.get("scenario"))[1] if (inputs / PLAN).exists() else {}
    zone = summary.get("zone") or plan.get("site", {}).get("zone")
    found = {name: folder / f"{name}.csv" for name in FILES}
    tables = {name: read_csv(file, FILES[name], zone=zone) for name, file in found.items() if file.exists()}
    people = inputs / "staff.csv"
    staff = read_csv(people, SCHEDULE["staff"]).set_index("agent") if people.exists() else None
    if "requirement" in tables and "queue" not in tables["requirement"]:
        names = list(plan.get("queue", {})) or ["calls"]
        tables["requirement"] = tables["requirement"].assign(queue=names[0])
    return Run(folder, summary, plan, tables, staff)

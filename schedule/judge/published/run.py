"""A published run as the second opinion reads it: tables, summary, raw inputs, and the judge's view of the activity."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from ....forecast.calendar.grid import Grid
from ....forecast.queueing.goal.targets import ServiceGoal
from ..check import Plan, read_plan
from ..counts import recount
from ..inputs import DAYS, Asked

ROUNDING = 1e-5
"""Files hold six decimals: a figure that follows from others of a file is known to a few of its last digits."""

INTERVAL_MIN = 30
"""Minutes of an interval where plan.toml is silent."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with one table or figure: the moment it is about (None = no single one), and a sentence."""

    start: float | None
    text: str


Found = Iterator[Fault]
Find = Callable[["Published"], Found]


@dataclass(frozen=True, eq=False)
class Published:
    """A published run.

    Attributes
    ----------
    summary
        What summary.json holds.
    tables
        Name → table of the run folder; declared columns are typed, all others text.
    inputs
        As in `check`, with the rows of ``wishes``.
    requirement, curve
        The tables that the run was given; None where it began with calls.
    wages
        Whether the folder holds wages and costs.
    same_versions
        Whether the programs that made the run are those that run now: the same seed then gives the same simulation.
    """

    summary: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame] = field(repr=False)
    inputs: Mapping[str, Any] = field(repr=False)
    requirement: pd.DataFrame | None = None
    curve: pd.DataFrame | None = None
    wages: bool = True
    same_versions: bool = True

    @cached_property
    def plan(self) -> Plan:
        """The judge's reading of activity.csv."""
        return read_plan(self.tables["activity"], self.inputs)

    @property
    def asked(self) -> Asked:
        """What the plan had to obey."""
        return self.plan.asked

    @property
    def raw(self) -> Mapping[str, Any]:
        """The dict of plan.toml."""
        raw: Mapping[str, Any] = self.inputs["plan"]
        return raw

    @property
    def named(self) -> bool:
        """Whether the plan is one of people."""
        return bool(self.asked.people)

    @property
    def queues(self) -> tuple[str, ...]:
        """Every queue, in the order of plan.toml."""
        return tuple(self.raw["queue"])

    @cached_property
    def goals(self) -> Mapping[str, ServiceGoal]:
        """The goal of each queue."""
        return {name: goal_of(table["goal"]) for name, table in self.raw["queue"].items()}

    @property
    def interval_min(self) -> int:
        """Minutes of an interval of the forecast."""
        return int(self.raw.get("site", {}).get("interval_min", INTERVAL_MIN))

    @cached_property
    def intervals(self) -> Grid:
        """The intervals of the planned days."""
        return Grid(self.asked.first, self.asked.days, self.interval_min, self.asked.clock.zone)

    @cached_property
    def grid(self) -> Grid:
        """The slots of the planned days."""
        return Grid(self.asked.first, self.asked.days, self.asked.grid_min, self.asked.clock.zone)

    @cached_property
    def slots(self) -> np.ndarray:
        """Real minutes at which the slots start."""
        return minutes(self.grid.starts)

    @cached_property
    def heads(self) -> Mapping[str, np.ndarray]:
        """Queue → heads on the phone per slot, counted from the activity."""
        found = recount(self.plan, self.slots)
        nobody = np.zeros(len(self.slots))
        return {queue: found.get(queue, nobody) for queue in self.queues}

    def absent(self, starts: pd.DatetimeIndex | pd.Series) -> np.ndarray:
        """Return the unplanned share of the weekday of each of `starts`."""
        share = self.raw.get("shrinkage", {}).get("unplanned", 0.0)
        days = pd.DatetimeIndex(starts).day_of_week
        if not isinstance(share, Mapping):
            return np.full(len(days), float(share))
        by_day = [float(share.get(day, share.get("default", 0.0))) for day in DAYS]
        return np.array(by_day)[days]

    def told(self, minute: float) -> str:
        """Return a real minute as local time."""
        return f"{self.asked.clock.wall(minute):%Y-%m-%d %H:%M}"

    def day(self, minute: float) -> dt.date:
        """Return the local day of a real minute."""
        return self.asked.clock.wall(minute).date()


def goal_of(table: Mapping[str, Any]) -> ServiceGoal:
    """Return a ``[queue.NAME.goal]``."""
    kinds = {"definition": str, "basis": str, "min_agents": int}
    return ServiceGoal(**{key: kinds.get(key, float)(value) for key, value in table.items()})


def minutes(times: pd.DatetimeIndex | pd.Series | list[pd.Timestamp]) -> np.ndarray:
    """Return the real minutes of time stamps, since 1970 in UTC or on the wall clock."""
    stamps = pd.DatetimeIndex(times)
    if stamps.tz is not None:
        stamps = stamps.tz_convert("UTC").tz_localize(None)
    return np.asarray((stamps - pd.Timestamp(1970, 1, 1)) / pd.Timedelta(minutes=1), dtype=float)


def keys(table: pd.DataFrame, names: Iterable[str]) -> list[tuple[Any, ...]]:
    """Return the values of columns row by row; times as real minutes."""
    columns = [minutes(table[n]) if pd.api.types.is_datetime64_any_dtype(table[n]) else table[n] for n in names]
    return list(zip(*(list(c) for c in columns), strict=True))

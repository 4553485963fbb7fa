"""What last week's run leaves behind for this one: rest still owed, days in a row, shifts that run on."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from ...forecast.calendar.grid import Grid
from ...forecast.errors import InputError
from ...forecast.tables import read_csv
from ...schedule.plan.activity import ACTIVITY
from ...schedule.problem.horizon import WEEK_DAYS
from ...schedule.rules.rules import Rules
from ...schedule.tables import TABLES


@dataclass(frozen=True)
class WeekBefore:
    """What a week leaves behind for the next.

    Attributes
    ----------
    earliest, run, off
        Per agent the first slot at which rest allows a start, and the days worked and off in a row up to the week;
        whoever did no work before has no entry.
    weekends
        Per agent the weekends with work on one of the seven days before.
    family
        Per agent the shift family of the day before, as roster.csv has it.
    running
        Rows of activity of the shifts that run on into the week.
    """

    earliest: Mapping[str, int] = field(default_factory=dict)
    run: Mapping[str, int] = field(default_factory=dict)
    off: Mapping[str, int] = field(default_factory=dict)
    weekends: Mapping[str, int] = field(default_factory=dict)
    family: Mapping[str, str] = field(default_factory=dict)
    running: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(ACTIVITY)))


def last_week(folder: Path, grid: Grid, zone: str | None, rules: Rules, queues: Collection[str]) -> WeekBefore:
    """Read the activity.csv of a run folder of the week before; who works none of `queues` now is on no phone.

    Shifts that start inside the week of `grid` or later are ignored, so naming a run of the same week does no harm.

    Raises
    ------
    InputError
        If the folder has no such file.
    """
    rows = _rows(folder, zone)
    shifts = rows.groupby("shift").agg(agent=("agent", "first"), start=("start", "first"), end=("end", "max"))
    shifts = shifts[shifts["start"] < grid.first]
    earliest: dict[str, int] = {}
    run: dict[str, int] = {}
    off: dict[str, int] = {}
    weekends: dict[str, int] = {}
    yesterday = grid.first_date - dt.timedelta(days=1)
    for agent, own in shifts.groupby("agent", sort=False):
        free = own["end"].max() + pd.Timedelta(minutes=rules.rest_min)
        slot = math.ceil((free - grid.first) / pd.Timedelta(minutes=grid.minutes))
        if slot > 0:
            earliest[str(agent)] = slot
        worked = {t.date() for t in own["start"]}
        days = 0
        while yesterday - dt.timedelta(days=days) in worked:
            days += 1
        if days:
            run[str(agent)] = days
        off[str(agent)] = (yesterday - max(worked)).days
        late = {d for d in worked if (grid.first_date - d).days <= WEEK_DAYS and d.weekday() >= 5}
        weekends[str(agent)] = len({d - dt.timedelta(days=d.weekday() - 5) for d in late})
    running = rows[rows["shift"].isin(shifts.index[shifts["end"] > grid.first]) & (rows["end"] > grid.first)]
    running = running[(running["activity"] != "phone") | running["queue"].isin(queues)]
    running = running.reindex(columns=list(ACTIVITY)).reset_index(drop=True)
    return WeekBefore(earliest, run, off, weekends, _families(folder, yesterday), running)


def activity_of(folder: Path) -> Path:
    """Return the activity.csv of a run folder.

    Raises
    ------
    InputError
        If there is none.
    """
    path = folder / "activity.csv"
    if not path.is_file():
        raise InputError(
            "no run folder: activity.csv is not there",
            file=folder,
            mend="Name the folder of last week's run with --previous",
        )
    return path


def _families(folder: Path, date: dt.date) -> dict[str, str]:
    """Return agent → the shift family worked on `date`; nothing where the run has no roster.csv."""
    path = folder / "roster.csv"
    if not path.is_file():
        return {}
    rows = read_csv(path, TABLES["roster"])
    rows = rows[rows["date"] == date]
    return {a: p.partition("@")[0] for a, p in zip(rows["agent"], rows["pattern"], strict=True)}


def _rows(folder: Path, zone: str | None) -> pd.DataFrame:
    """Return the rows of work with the number of their shift; activities that touch are one shift, leave is none."""
    rows = read_csv(activity_of(folder), TABLES["activity"], zone=zone)
    rows = rows[rows["activity"] != "leave"].sort_values(["agent", "start"])
    begins = (rows["agent"] != rows["agent"].shift()) | (rows["start"] > rows.groupby("agent")["end"].shift())
    return rows.assign(shift=begins.cumsum())

"""A requirement made elsewhere: requirement.csv, perhaps with the service curves of curve.csv."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd

from ...forecast.calendar.grid import WEEKDAYS
from ...forecast.errors import InputError
from ...forecast.queueing.curve.curve import Curve
from ...forecast.tables import TABLES, read_csv, refuse_duplicates
from ...schedule.problem.horizon import WEEK_DAYS, Horizon
from ..config.schema import Site
from .folder import Folder

PARTS_OF_CALLS = ("answered_in", "abandoned", "abandoned_in", "abandoned_short", "waited")
ROUNDED = 1e-4
"""Calls by which a part of the calls may exceed them, since files hold six decimals."""


def read_requirement(path: Path, names: list[str], zone: str | None) -> pd.DataFrame:
    """Read requirement.csv for the queues `names`; a column `queue` may be left out where there is one queue."""
    table = read_csv(path, TABLES["requirement"], zone=zone)
    if "queue" not in table.columns:
        if len(names) != 1:
            raise InputError("column 'queue' is missing", file=path, mend="plan.toml has several queues")
        table = table.assign(queue=names[0])
    _known(table, names, path)
    refuse_duplicates(table, ["queue", "start"], file=path, what="duplicate interval")
    return table


def read_curves(path: Path, names: list[str], zone: str | None) -> dict[str, Curve]:
    """Read curve.csv: queue → service curve in agents on the phone."""
    rows = read_csv(path, TABLES["curve"], zone=zone)
    rows = rows if "queue" in rows.columns else rows.assign(queue=names[0])
    _known(rows, names, path)
    for column in PARTS_OF_CALLS:
        if column in rows and (beyond := (rows[column] > rows["calls"] + ROUNDED).to_numpy()).any():
            i = int(beyond.argmax())
            raise InputError(
                f"more than the {rows['calls'].iloc[i]:g} calls of its row", file=path, row=i + 2, column=column,
                value=float(rows[column].iloc[i]), mend="Correct it: only calls that come can be counted there",
            )  # fmt: skip
    return {str(n): Curve.from_frame(part, str(n)) for n, part in rows.groupby("queue")}


def requirement_week(requirement: pd.DataFrame, site: Site, asked: dt.date | None) -> dt.date:
    """Return the first day of the week to schedule: as asked, as configured, or the requirement's first whole week.

    Without a whole week it is the week in which the requirement begins.
    """
    if given := asked or site.week:
        return given
    begin: dt.date = requirement["start"].min().date()
    end: dt.date = requirement["start"].max().date()
    first = begin + dt.timedelta(days=(WEEKDAYS.index(site.week_start) - begin.weekday()) % WEEK_DAYS)
    return first if first <= end else first - dt.timedelta(days=WEEK_DAYS)


def open_only(table: pd.DataFrame, folder: Folder, week: dt.date, path: Path) -> pd.DataFrame:
    """Return a requirement with the closed intervals of `week` marked; nobody may be asked for there."""
    site, calendar = folder.config.site, folder.calendar()
    grid = Horizon.of_weeks(week, 1, site.interval_min, site.zone).grid
    is_open = pd.Series(True, index=table.index)
    inside = (table["start"] >= grid.first) & (table["start"] < grid.end)
    if not inside.any():
        raise InputError(
            f"no row lies in the planned week of {week}", file=path, column="start", value=str(table["start"].min()),
            mend="Name another week with --week",
        )  # fmt: skip
    for queue, rows in table[inside].groupby("queue"):
        place = grid.starts.get_indexer(pd.DatetimeIndex(rows["start"]))
        if (place < 0).any():
            wrong = rows.index[int((place < 0).argmax())]
            raise InputError(
                f"time is not on the {grid.minutes}-minute grid", file=path, row=int(wrong) + 2, column="start",
                value=str(table["start"][wrong]),
            )  # fmt: skip
        is_open[rows.index] = calendar.open_mask(grid, str(queue))[place]
    wrong_rows = (~is_open & (table["agents_phone"] > 0)).to_numpy()
    if wrong_rows.any():
        i = int(wrong_rows.argmax())
        raise InputError(
            f"agents are asked for at {table['start'].iloc[i]}, when the queue is closed", file=path, row=i + 2,
            column="agents_phone", value=float(table["agents_phone"].iloc[i]),
            mend=f"Set it to 0, or change [opening] in {folder.rules.name}",
        )  # fmt: skip
    return table.assign(open=(is_open & table.get("open", pd.Series(1, index=table.index)).astype(bool)).astype(int))


def _known(table: pd.DataFrame, names: list[str], path: Path) -> None:
    strange = ~table["queue"].isin(names)
    if strange.any():
        i = int(strange.to_numpy().argmax())
        raise InputError(
            "unknown queue",
            file=path,
            row=i + 2,
            column="queue",
            value=table["queue"].iloc[i],
            mend=f"plan.toml has {', '.join(names)}",
        )

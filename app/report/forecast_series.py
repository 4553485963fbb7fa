"""The rows behind the charts that hold a forecast against what came, and take it apart."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from .axis import TimeAxis
from .figures import day
from .run import Run, records
from .series import Rows, placed, plain

BANDS = ("q0.025", "q0.1", "q0.9", "q0.975")
PARTS = {
    "trend": "recent trend",
    "weekday": "weekday",
    "year": "season",
    "calendar": "calendar days",
    "override": "your overrides",
}
"""Parts that are added to the level, in the planner's words."""

LEAST_DAYS = 4
"""Days a cell needs before it is judged, above 1: the scatter of fewer days is too uncertain."""

LEAST_CALLS = 64
"""Calls a cell needs before it is judged: chance alone then misses by at most a quarter (two standard errors)."""

WIDTHS_MIN = (30, 60, 120, 240)
"""Widths of a cell in minutes, rising: small queues need wider cells to reach `LEAST_CALLS`."""

MOST = 0.8
"""Share of a queue's calls in judged cells that makes a width good enough, 0 to 1: a few thin cells may stay blank."""

SMALL = 0.005
"""Share of the level below which a part is not drawn, 0 to 1: it would be thinner than a line."""

SURE_SE = 3.0
"""Standard errors beyond which a miss is marked, above 0: among hundreds of cells two would mark many by chance."""

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def newest_week(run: Run) -> pd.DataFrame | None:
    """Return the rows of past_weeks.csv from each queue's newest origin; None where no calls are known."""
    past = run.table("past_weeks")
    if past is None or past["actual"].isna().all():
        return None
    return past[past["origin"] == past.groupby("queue")["origin"].transform("max")]


def past_axis(run: Run) -> TimeAxis:
    """Return the time axis of the newest past week; empty where there is none."""
    week = newest_week(run)
    return TimeAxis(pd.DatetimeIndex([]), run.interval_min) if week is None else TimeAxis.over(week["start"])


def views_beside(past: TimeAxis, planned: TimeAxis) -> list[dict[str, Any]]:
    """Return a view of the past for each of the planned axis: its whole, then the last day of the same weekday.

    A weekday that the past lacks is shown by its whole. On the axis of a day its date stands for its first hour, since
    the page names the planned day.
    """
    whole, *single = past.views()
    by_weekday = {}
    for (date, _, _), view in zip(past.days, single, strict=True):
        dated = dict.fromkeys(list(view["labels"])[:1], view["label"])
        by_weekday[date.weekday()] = view | {"labels": view["labels"] | dated}
    return [whole, *(by_weekday.get(date.weekday(), whole) for date, _, _ in planned.days)]


def past_rows(run: Run, axis: TimeAxis) -> Rows:
    """Return, per queue and interval of the newest past week, the calls that came and what was expected of them."""
    week = newest_week(run)
    if week is None:
        return []
    columns = ["queue", "start", "actual", "calls", *(c for c in BANDS if c in week)]
    return plain(placed(week[columns], axis, run.interval_min).drop(columns=["start"]), 1)


def miss_rows(run: Run) -> Rows:
    r"""Return, per queue, weekday and time of day, how far the forecast was off over all past weeks.

    ``share`` is Σ(forecast − calls) / Σ calls; it is blank where fewer than `LEAST_DAYS` days or `LEAST_CALLS` calls
    are known. A queue's intervals are taken together, up to the longest of `WIDTHS_MIN`, until the cells that can be
    judged hold most of its calls. ``sure`` is 1 where the sum of the misses exceeds `SURE_SE` of its standard errors,
    by the scatter of the days or by Poisson noise, whichever is larger.
    """
    past = run.table("past_weeks")
    if past is None:
        return []
    out = []
    for _, known in past[past["actual"].notna()].groupby("queue", sort=False):
        for width in (w for w in WIDTHS_MIN if w >= min(run.interval_min, WIDTHS_MIN[-1])):
            cells = _cells(known, width)
            judged = cells["actual"].where(cells["share"].notna(), 0.0).sum()
            if judged >= MOST * cells["actual"].sum():
                break
        out.append(cells)
    found = pd.concat(out) if out else pd.DataFrame({"share": []})
    return plain(found, 3) if found["share"].notna().any() else []


def _cells(known: pd.DataFrame, width_min: int) -> pd.DataFrame:
    """Return the cells of one queue, `width_min` long."""
    start = known["start"]
    minute = (start.dt.hour * 60 + start.dt.minute) // width_min * width_min
    known = known.assign(
        weekday=[WEEKDAYS[w] for w in start.dt.day_of_week],
        column=[f"{m // 60:02d}:{m % 60:02d}" for m in minute],
        date=start.dt.date,
    )
    cell = ["queue", "weekday", "column"]
    days = known.groupby([*cell, "origin", "date"], as_index=False, sort=False)[["actual", "calls"]].sum()
    days["miss"] = days["calls"] - days["actual"]
    found = days.groupby(cell, as_index=False, sort=False).agg(
        weeks=("miss", "size"), actual=("actual", "sum"), calls=("calls", "sum"), spread=("miss", "var")
    )
    miss = found["calls"] - found["actual"]
    enough = (found["weeks"] >= LEAST_DAYS) & (found["actual"] >= LEAST_CALLS)
    noise = np.sqrt(np.maximum(found["weeks"] * found["spread"], found["actual"]))
    found["share"] = (miss / found["actual"]).where(enough)
    found["sure"] = (enough & (miss.abs() > SURE_SE * noise)).astype(int)
    return found.drop(columns="spread")


def part_rows(run: Run) -> Rows:
    """Return, per queue, day and part, the calls it adds (or takes), stacked on the level: from ``y`` to ``y2``.

    Parts that on no day reach a share `SMALL` of the level are left out.
    """
    parts = run.table("volume_parts")
    if parts is None:
        return []
    sums = _day_sums(parts)
    names = [n for n in PARTS if n in sums and (sums[n].abs() > SMALL * sums["level"]).any()]
    out = []
    for row in records(sums):
        top = {True: row["level"], False: row["level"]}
        for name in names:
            up = row[name] >= 0
            before, top[up] = top[up], top[up] + row[name]
            out.append((row["queue"], day(row["date"]), PARTS[name], row[name], before, top[up]))
    return plain(pd.DataFrame(out, columns=["queue", "day", "part", "adds", "y", "y2"]), 1)


def total_rows(run: Run) -> Rows:
    """Return, per queue and day, the level and the total of all parts."""
    parts = run.table("volume_parts")
    if parts is None:
        return []
    sums = _day_sums(parts)
    total = sums[["level", *(n for n in PARTS if n in sums)]].sum(axis=1)
    sums = sums.assign(total=total, day=[day(d) for d in sums["date"]])
    return plain(sums[["queue", "day", "level", "total"]], 1)


def _day_sums(parts: pd.DataFrame) -> pd.DataFrame:
    """Return the parts of whole days, per ``queue`` and ``date``."""
    names = ["level", *(n for n in PARTS if n in parts)]
    parts = parts.assign(date=parts["start"].dt.date)
    return parts.groupby(["queue", "date"], as_index=False, sort=False)[names].sum()

"""The rows behind the charts, plain and rounded."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ...schedule.problem.horizon import WEEK_DAYS
from .axis import TimeAxis
from .figures import clock, day, known, offset
from .run import Run, records

Rows = list[dict[str, Any]]
HISTORY_WEEKS = 6
"""Newest past weeks behind the forecast chart, above 0: more grey lines hide each other."""


def plain(frame: pd.DataFrame, decimals: int = 4) -> Rows:
    """Return records with rounded numbers and None for what is unknown."""
    out = frame.copy()
    for name in out.columns:
        if pd.api.types.is_float_dtype(out[name]):
            out[name] = out[name].round(decimals)
    return [{k: v if known(v) or v == "" else None for k, v in row.items()} for row in records(out)]


def placed(frame: pd.DataFrame, axis: TimeAxis, minutes: int) -> pd.DataFrame:
    """Add ``left``, ``x`` (the middle), ``x2``, ``day`` and ``time``; rows off the axis are dropped."""
    width = max(1, minutes // axis.minutes)
    left = axis.position(frame["start"])
    out = frame.assign(left=left, x=left + width / 2, x2=left + width)[left >= 0]
    starts = list(out["start"])
    return out.assign(day=[day(t.date()) for t in starts], time=[f"{day(t.date())} {clock(t)}" for t in starts])


def forecast_rows(run: Run, axis: TimeAxis) -> Rows:
    """Return, per queue and interval, expected calls and the quantiles of the two bands."""
    volume = run.tables["volume"]
    bands = [c for c in ("q0.025", "q0.1", "q0.9", "q0.975") if c in volume]
    rows = placed(volume[["queue", "start", "calls", *bands]], axis, run.interval_min)
    return plain(rows.drop(columns=["start"]), 1)


def history_rows(run: Run, axis: TimeAxis) -> Rows:
    """Return past weeks' calls, each at the position of the same weekday and wall-clock time in the planned week."""
    history = run.table("history")
    if history is None:
        return []
    past = history[history["start"] < pd.Timestamp(axis.starts[0])]
    age = [-(-(run.week - t.date()).days // WEEK_DAYS) for t in past["start"]]
    past = past.assign(week=age, key=_wall(past["start"]))
    past = past[past["week"].isin(sorted(set(age))[:HISTORY_WEEKS])]
    planned = pd.DataFrame(
        {"left": range(len(axis)), "key": _wall(pd.Series(axis.starts)), "day": [day(d) for d in axis.starts.date]}
    )
    width = max(1, run.interval_min // axis.minutes)
    rows = past.merge(planned, on="key").assign(x=lambda f: f["left"] + width / 2).sort_values(["queue", "week", "x"])
    return plain(rows[["queue", "week", "day", "x", "calls"]], 1)


def _wall(times: pd.Series) -> list[int]:
    """Return minutes of the week by the wall clock."""
    return [t.weekday() * 1440 + t.hour * 60 + t.minute for t in times]


def staffing_rows(run: Run, axis: TimeAxis) -> Rows:
    """Return, per queue and slot, agents required and on the phone, over and under apart, and the expected service."""
    coverage = run.tables["coverage"]
    optional = [c for c in ("service_level", "asa_s", "abandon_rate") if c in coverage]
    rows = placed(coverage[["queue", "start", "required", "on_phone", "over", "under", *optional]], axis, axis.minutes)
    rows = rows.assign(
        column=[_column(t) for t in rows["start"]], used=((rows["required"] > 0) | (rows["on_phone"] > 0)).astype(int)
    )
    return plain(rows.drop(columns=["start"]))


def heat_columns(axis: TimeAxis) -> list[str]:
    """Return the heat map's columns in order: wall-clock times, a repeated hour after its first passage."""
    keys = {(t.hour * 60 + t.minute, t.fold): _column(t) for t in axis.starts}
    last = max((minute for minute, fold in keys if fold), default=0)
    order = sorted(keys, key=lambda k: (last, k[0] + 1) if k[1] else (k[0], 0))
    return [keys[k] for k in order]


def _column(time: pd.Timestamp) -> str:
    return f"{time:%H:%M}{offset(time) if time.fold else ''}"


def day_rows(axis: TimeAxis) -> Rows:
    """Return the position at which each day begins."""
    return [{"x": a} for _, a, _ in axis.days]


def simulated_rows(run: Run, axis: TimeAxis) -> Rows:
    """Return each interval's simulated service with its 95 % band, its floor, and whether it lies below its promise."""
    service = run.table("service")
    if service is None:
        return []
    found = service[(service["period"] == "interval") & service["simulated"].notna()]
    found = found.assign(floor=found.get("floor", pd.Series(float("nan"), index=found.index)))
    below = (found["simulated"] < found["floor"]) | (found["floor"].isna() & (found["ci_hi"] < found["goal"]))
    rows = placed(found.assign(below=below.astype(int)), axis, run.interval_min)
    return plain(rows[[*_SIMULATED, "left", "x", "x2", "day", "time", "below"]])


_SIMULATED = ["queue", "goal", "floor", "expected", "simulated", "ci_lo", "ci_hi"]


def service_rows(run: Run, axis: TimeAxis) -> Rows:
    """Return the service table's days and week, in order.

    `x` is where a day begins on the axis, blank for the week; `must` the level that counts there: the goal, or where
    that is one of a month or contract what this part of the week must reach; blank for a week of two such parts.
    """
    service = run.table("service")
    if service is None:
        return []
    rows = service[service["period"].isin(["day", "week"])]
    rows = rows.sort_values(["period", "start"], kind="stable")
    names = [day(t.date()) if p == "day" else "Week" for p, t in zip(rows["period"], rows["start"], strict=True)]
    begins = {date: first for date, first, _ in axis.days}
    x = [begins.get(t.date()) if p == "day" else None for p, t in zip(rows["period"], rows["start"], strict=True)]
    told = zip(rows["queue"], rows["start"], rows["period"], rows["goal"], strict=True)
    rows = rows.assign(must=pd.Series([_must(run, *row) for row in told], index=rows.index, dtype=object))
    return plain(rows.drop(columns=["start"]).assign(period=names, x=pd.Series(x, index=rows.index, dtype=object)))


def _must(run: Run, queue: str, start: pd.Timestamp, period: str, goal: float) -> float | None:
    """Return the level that counts on a day, or in the week, of a queue."""
    parts = [p for p in run.summary.get("goal_periods") or () if p["queue"] == queue]
    if period == "week" and len(parts) > 1:
        return None
    begun = [p for p in parts if p["start"][:10] <= f"{start:%Y-%m-%d}"]
    return float(begun[-1]["needed"]) if begun else goal

"""Forecasts of other programs from the same evenings, each in its own process, scored by the same figures."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from busyhour.forecast.backtesting.rolling import SPARE_DAYS
from busyhour.forecast.backtesting.score import score
from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.tables import QUANTILE_COLUMNS

from .forecast_sets import Set

PEERS = ("mstl_calls", "prophet_calls")
LIMIT_S = 3600


def bands(horizon: int) -> list[tuple[int, int]]:
    """Return first and last day of each band: the first day, both halves of the horizon, the whole."""
    half = horizon // 2
    return [(1, 1), (1, half), (half + 1, horizon), (1, horizon)]


def _wall(times: pd.Series) -> pd.Series:
    """Return local wall-clock times without their zone."""
    return times.dt.tz_localize(None) if times.dt.tz is not None else times


def task(of: Set) -> dict[str, Any]:
    """Return what a peer is given: a series over the weekly opening hours, and per origin where to cut it.

    Holidays and closures stay in the series as unknown calls, so that each week has equally many intervals.
    """
    first = _wall(of.calls["start"]).min().date()
    ends = [_last_day(row.origin.date(), int(row.horizon_days), of.daytype) for row in of.origins.itertuples()]
    grid = Grid(first, (max(ends) - first).days + 1, of.interval_min, None)
    weekly = replace(of.calendar, zone=None, special=())
    starts = pd.DatetimeIndex(grid.starts[weekly.open_mask(grid)])
    known = of.calls.set_index(_wall(of.calls["start"]))["offered"].astype(float).reindex(starts)
    week = weekly.open_mask(Grid(first, 7, of.interval_min, None)).reshape(7, -1).sum(axis=1)
    cuts = []
    for origin, end in zip(of.origins["origin"], ends, strict=True):
        cut = int(starts.searchsorted(origin + pd.Timedelta(days=1)))
        cuts.append((cut, int(starts.searchsorted(pd.Timestamp(end) + pd.Timedelta(days=1))) - cut))
    return {
        "starts": [t.isoformat() for t in starts],
        "calls": [None if np.isnan(v) else v for v in known],
        "origins": cuts,
        "seasons": [int(week.max()), int(week.sum())],
        "country": of.calendar.country,
    }


def _last_day(origin: dt.date, horizon: int, daytype: str) -> dt.date:
    """Return the last day to forecast: of business days a few more, since missing days move the count."""
    if daytype == "calendar":
        return origin + dt.timedelta(days=horizon)
    return (pd.Timestamp(origin) + pd.offsets.BDay(horizon + SPARE_DAYS)).date()


def scored(of: Set, rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the errors per band of rows ``origin, timestamp, mean, q…`` on the wall clock."""
    actual = of.calls.set_index(_wall(of.calls["start"]))["offered"].astype(float)
    day, origin = rows["timestamp"].dt.normalize(), rows["origin"]
    if of.daytype == "business":
        came = actual.index.normalize().unique().sort_values()
        came = came[came.day_of_week < 5]
        position = came.searchsorted(day, side="right") - came.searchsorted(origin, side="right")
    else:
        position = (day - origin).dt.days.to_numpy()
    calls = actual.reindex(rows["timestamp"]).to_numpy()
    label = (origin.astype(str) + day.astype(str)).to_numpy(dtype=str)
    out = []
    for low, high in bands(int(of.origins["horizon_days"].max())):
        part = (position >= low) & (position <= high)
        quantiles = rows.loc[part, list(QUANTILE_COLUMNS)].to_numpy()
        errors = score(calls[part], rows["mean"].to_numpy()[part], quantiles, label[part])
        days = len(np.unique(label[part & np.isfinite(calls)]))
        out.append({"band": f"D{low}" if low == high else f"D{low}-{high}", "days": days, **asdict(errors)})
    return out


def peer(python: Path, script: str, of: Set, given: dict[str, Any]) -> list[dict[str, Any]] | str:
    """Return a peer's rows of the table, or why there are none."""
    command, text = [str(python), str(Path(__file__).parent / "peers" / f"{script}.py")], json.dumps(given)
    try:
        done = subprocess.run(
            command, input=text, capture_output=True, text=True, encoding="utf-8", check=False, timeout=LIMIT_S
        )
    except subprocess.TimeoutExpired:
        return f"not done in {LIMIT_S} s"
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["no answer"])[-1]
    answer = json.loads(done.stdout)
    starts = pd.to_datetime(given["starts"])
    parts = []
    for origin, (cut, ahead), told in zip(of.origins["origin"], given["origins"], answer["told"], strict=True):
        frame = pd.DataFrame(told, columns=["mean", *QUANTILE_COLUMNS])
        parts.append(frame.assign(origin=origin, timestamp=starts[cut : cut + ahead]))
    first, *warm = answer["seconds"]
    spent = {"model": answer["name"], "first_s": first, "warm_s": float(np.mean(warm)) if warm else first}
    return [{"set": of.name, **spent, **row} for row in scored(of, pd.concat(parts, ignore_index=True))]

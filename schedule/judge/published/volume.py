"""volume.csv in itself, and against what it is made of."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .expected import open_at
from .rows import compare_keys, differ
from .run import Fault, Found, Published, keys, minutes

PARTS = ("level", "trend", "weekday", "year", "calendar", "override")


def volume(run: Published) -> Found:
    """Ensures a row for every open interval, calls that are the sum of their parts, and quantiles in order."""
    if "volume" not in run.tables:
        return
    table = run.tables["volume"]
    have = keys(table, ("queue", "start"))
    opened = {(q, t) for q in run.queues for t in minutes(run.intervals.starts) if open_at(run, q, t)}
    rows = list(compare_keys(have, set(have), lambda k: f"{k[0]} {run.told(k[1])}", "volume.csv"))
    yield from rows
    for queue, start in have:
        if (queue, start) not in opened:
            yield Fault(start, f"volume.csv has calls of {queue} while the queue is closed")
    if not rows and "volume_parts" in run.tables:
        yield from _parts(run, have)
    yield from quantiles(run, table, "volume.csv")
    yield from _given(run, table)


def _parts(run: Published, have: list[tuple[str, float]]) -> Found:
    """Ensures that the parts of volume_parts.csv add up, row by row."""
    parts, table = run.tables["volume_parts"], run.tables["volume"]
    told = keys(parts, ("queue", "start"))
    rows = list(compare_keys(told, have, lambda k: f"{k[0]} {run.told(k[1])}", "volume_parts.csv"))
    yield from rows
    if rows:
        return
    total = sum(parts[name].to_numpy(dtype=float) for name in PARTS if name in parts)
    sums = dict(zip(told, np.broadcast_to(total, len(told)), strict=True))
    want = np.array([sums[key] for key in have])
    calls = table["calls"].to_numpy(dtype=float)
    for i in np.flatnonzero(differ(calls, want)):
        yield Fault(have[i][1], f"calls of {have[i][0]} are {calls[i]:g}, their parts add up to {want[i]:g}")


def quantiles(run: Published, table: pd.DataFrame, file: str) -> Found:
    """Ensures that the quantiles of each row rise."""
    names = sorted((c for c in map(str, table) if c.startswith("q") and c[1:2].isdigit()), key=lambda c: float(c[1:]))
    values = table[names].to_numpy(dtype=float)
    at = minutes(table["start"])
    falls = np.diff(values, axis=1) < -1e-6
    for i, k in zip(*np.nonzero(falls), strict=True):
        yield Fault(at[i], f"{names[k + 1]} of {table['queue'].iloc[i]} in {file} lies below {names[k]}")
    for i, k in zip(*np.nonzero(~np.isfinite(values)), strict=True):
        yield Fault(at[i], f"{names[k]} of {table['queue'].iloc[i]} in {file} is no number")


def _given(run: Published, table: pd.DataFrame) -> Found:
    """Ensures the patience that plan.toml sets, and its handle time for a queue whose history has none."""
    for name in run.queues:
        rows = table[table["queue"] == name]
        for column in ("handle_s", "patience_s"):
            told = run.raw["queue"][name].get(column)
            if told is None or (column == "handle_s" and _has_handle_times(run, name)):
                continue
            wrong = differ(rows[column].to_numpy(dtype=float), np.full(len(rows), float(told)))
            for i in np.flatnonzero(wrong):
                at, have = minutes(rows["start"])[i], rows[column].iloc[i]
                yield Fault(at, f"{column} of {name} is {have:g} in volume.csv, {float(told):g} in plan.toml")


def _has_handle_times(run: Published, queue: str) -> bool:
    """Whether the history of a queue tells handle times: those are forecast, whatever plan.toml says."""
    history = run.tables.get("history")
    if history is None or "handle_s" not in history:
        return False
    return bool(pd.to_numeric(history.loc[history["queue"] == queue, "handle_s"]).notna().any())


def past(run: Published) -> Found:
    """Ensures that what came in past_weeks.csv is what history.csv tells, and the chosen model's error follows."""
    if "past_weeks" not in run.tables:
        return
    weeks, models = run.tables["past_weeks"], run.tables["backtest"]
    history = run.tables["history"]
    known = keys(history, ("queue", "start"))
    yield from compare_keys(known, set(known), lambda k: f"{k[0]} {run.told(k[1])}", "history.csv")
    came = dict(zip(known, history["calls"].astype(float), strict=True))
    actual, calls = weeks["actual"].to_numpy(dtype=float), weeks["calls"].to_numpy(dtype=float)
    for i, key in enumerate(keys(weeks, ("queue", "start"))):
        calls_then = came.get(key, np.nan)
        if abs(actual[i] - calls_then) > 1e-5 * (1 + calls_then):  # unknown where a day was set aside
            yield Fault(key[1], f"{key[0]} had {actual[i]:g} calls in past_weeks.csv, {calls_then:g} in history.csv")
    yield from quantiles(run, weeks, "past_weeks.csv")
    for name in ("past_weeks", "backtest", "history", "quality", "handle_backtest"):
        for queue in set(run.tables[name]["queue"]) - {*run.queues, ""}:
            yield Fault(None, f"{name}.csv names the unknown queue {queue!r}")
    made = run.tables["volume"].groupby("queue")["model"].agg(set)
    for name, rows in ((str(queue), part) for queue, part in models.groupby("queue")):
        chosen = rows[rows["chosen"] == 1]
        mine = (weeks["queue"] == name).to_numpy() & np.isfinite(actual)
        total = float(actual[mine].sum())
        if len(chosen) != 1:
            yield Fault(None, f"backtest.csv chooses {len(chosen)} models for {name}")
        elif {chosen["model"].iloc[0]} != made.get(name):
            yield Fault(None, f"the calls of {name} in volume.csv are not of the model that backtest.csv chooses")
        elif total > 0 and np.isfinite(told := float(chosen["wape"].iloc[0])):
            wape = float(np.abs(actual - calls)[mine].sum()) / total
            if abs(wape - told) > 1e-5:
                yield Fault(None, f"the error of {name}'s model is {told:.4f} in backtest.csv, recomputed {wape:.4f}")

"""One desk with equal calls, staffed in steps, and what the formulas say of it."""

import math

import numpy as np
import pandas as pd

from busyhour.forecast.queueing import ServiceGoal, performance

GOAL = {"desk": ServiceGoal(0.8, 20)}


def volume_of(days=1, calls=100.0, handle_s=180.0, patience_s=math.nan, first="2026-03-02", hours=(0, 24), **more):
    """Return half-hours of equal calls; the first day is a Monday."""
    per_day = (hours[1] - hours[0]) * 2
    starts = [
        pd.Timestamp(first) + pd.Timedelta(days=d, minutes=30 * i + 60 * hours[0])
        for d in range(days)
        for i in range(per_day)
    ]
    columns = {"queue": "desk", "start": starts, "calls": calls, "handle_s": handle_s, "patience_s": patience_s}
    return pd.DataFrame(columns | more)


def steps(*rows, **more):
    return pd.DataFrame(rows, columns=["start", "end", "agents"]).assign(**more)


def whole(volume, agents):
    return steps((volume["start"].min(), volume["start"].max() + pd.Timedelta(minutes=30), agents))


def of(found, period="week", start=None):
    rows = found.service[found.service["period"] == period]
    return rows.iloc[0] if start is None else rows[rows["start"] == pd.Timestamp(start)].iloc[0]


def exact(agents, calls=100.0, handle_s=180.0, patience_s=120.0, **more):
    """Return what the formulas say about `calls` a half-hour."""
    load = np.asarray(calls) * handle_s / 1800.0
    return performance("erlang_a", agents, load_erl=load, aht_s=handle_s, patience_s=patience_s, **more)


def close_to(row, truth, slack=1.5):
    half = (row["ci_hi"] - row["ci_lo"]) / 2
    return abs(row["simulated"] - truth) <= slack * half

"""A day by interval: what was planned, what came, and the service of both."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...forecast.queueing.attribution.day import FIT, Day
from ...forecast.queueing.goal.targets import ServiceGoal
from .actuals import Actuals
from .planned_day import PlannedDay

INTERVALS = (
    "queue", "start", "calls", "low", "high", "came", "rate", "handle_s", "handle_came_s", "heads_planned",
    "heads_came", "service_planned", "service_expected", "service_came",
)  # fmt: skip
"""Columns of a day by interval: calls as forecast with their 80 % band, as they came, and without the chance in them;
handle times; heads on the phone by the roster less the absence reckoned with, and as they came; service."""


def seen_of(day: PlannedDay, queue: str, came: Actuals) -> pd.DataFrame:
    """Return what came, by row of the forecast: ``offered, handle_n, handle_s``."""
    rows = day.rows[day.rows["queue"] == queue]
    place = day.starts.get_indexer(pd.DatetimeIndex(rows["start"]))
    told = came.queues[queue]
    answered = np.where(np.isfinite(told.answered), told.answered, told.offered)
    columns = {"offered": told.offered, "handle_n": answered, "handle_s": told.handle_s}
    return pd.DataFrame({name: values[place] for name, values in columns.items()}, index=rows.index)


def _service(came: Actuals, queue: str) -> tuple[np.ndarray, np.ndarray]:
    """Return calls in time and those that count, by interval; an interval without calls has none of either."""
    told = came.queues[queue]
    quiet = told.offered == 0
    return np.where(quiet, 0.0, told.in_time), np.where(quiet, 0.0, told.counted)


def measured_of(came: Actuals, queue: str) -> float:
    """Return the service of the day; NaN where it is unknown of an interval, or contradicts itself."""
    in_time, counted = _service(came, queue)
    known = np.isfinite(came.queues[queue].offered)
    above, below = in_time[known].sum(), counted[known].sum()
    return float(above / below) if 0.0 <= above <= below and below > 0.0 else float("nan")


def intervals_of(
    day: PlannedDay, queue: str, laid: Day, seen: pd.DataFrame, came: Actuals, goal: ServiceGoal
) -> pd.DataFrame:
    """Return the day by interval, columns `INTERVALS`."""
    rows = day.rows[day.rows["queue"] == queue].sort_values("start")
    place = day.starts.get_indexer(pd.DatetimeIndex(rows["start"]))
    mine = laid.bins.counts
    each = laid.bins.row[mine]
    _, group = np.unique(each, return_inverse=True)

    def by_interval(values: np.ndarray, *, mean: bool) -> np.ndarray:
        total = np.bincount(group, values[mine], minlength=len(rows))
        return np.asarray(total / np.bincount(group, minlength=len(rows)) if mean else total)

    def share(above: np.ndarray, below: np.ndarray) -> np.ndarray:
        return np.asarray(np.divide(above, below, out=np.full(len(above), np.nan), where=below > 0.0))

    planned, expected = (
        share(*(by_interval(x, mean=False) for x in laid.conditions(some).counted(goal)))
        for some in ({FIT}, laid.players)
    )
    nothing = np.full(len(rows), np.nan)
    rate = nothing if laid.calls_came is None else by_interval(laid.calls_came, mean=False)
    heads = nothing if laid.heads_came is None else by_interval(laid.heads_came, mean=True)
    in_time, counted = (values[place] for values in _service(came, queue))
    told = seen.loc[rows.index]
    return pd.DataFrame(
        {
            "queue": queue, "start": rows["start"].to_numpy(), "calls": rows["calls"].to_numpy(),
            "low": rows["q0.1"].to_numpy() if "q0.1" in rows else nothing,
            "high": rows["q0.9"].to_numpy() if "q0.9" in rows else nothing,
            "came": told["offered"].to_numpy(), "rate": rate, "handle_s": rows["handle_s"].to_numpy(),
            "handle_came_s": told["handle_s"].to_numpy(),
            "heads_planned": by_interval(laid.scheduled * (1.0 - laid.absent), mean=True), "heads_came": heads,
            "service_planned": planned, "service_expected": expected, "service_came": share(in_time, counted),
        }
    ).assign(start=rows["start"].reset_index(drop=True))  # fmt: skip

"""The week that a queue usually has, interval by interval, and any week ahead in its likeness."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

from ..calendar.calendars import Calendar
from ..calendar.grid import Grid
from ..calls.history import cells
from ..errors import InputError
from ..predict import Forecast, forecast
from ..progress import Watch
from ..queueing.formulas.uncertain_rate import rate_cv
from ..tables import QUANTILE_COLUMNS
from .day_model import DayModel

LOOK_WEEKS = 12
"""Weeks after the history among which a week without holidays is looked for."""
_Z = np.array([norm.ppf(float(c[1:])) for c in QUANTILE_COLUMNS])


@dataclass(frozen=True)
class TypicalWeek:
    """A week without holidays as the weekly forecast tells it, by weekday and wall-clock interval (7 × P).

    Attributes
    ----------
    queue, minutes
        Of which queue, in intervals of how many minutes.
    share
        Part of the day's calls; each open weekday adds up to 1.
    handle_s, cv
        Mean handle time, and how uncertain the rate of calls is a week ahead (coefficient of variation).
    patience_s
        Mean patience; NaN = callers wait for ever.
    """

    queue: str
    minutes: int
    share: np.ndarray
    handle_s: np.ndarray
    cv: np.ndarray
    patience_s: float

    def volume(
        self, grid: Grid, weekday: np.ndarray, calls: np.ndarray, is_open: np.ndarray, handle_time: float = 1.0
    ) -> pd.DataFrame:
        """Return rows of the table ``volume`` for the days of `grid`.

        Parameters
        ----------
        weekday
            Weekday that each day behaves like, shape (days,).
        calls
            Calls of each day, shape (days,).
        is_open
            Whether each wall-clock interval is open, shape (days, P).
        handle_time
            Factor on handle times.
        """
        day, wall = cells(grid)
        part = self.share[weekday] * is_open
        part = part / np.maximum(part.sum(axis=1, keepdims=True), 1e-12)
        keep = is_open[day, wall]
        day, wall = day[keep], wall[keep]
        mean, kind = (part * np.asarray(calls)[:, None])[day, wall], weekday[day]
        spread = np.sqrt((self.cv[kind, wall] * mean) ** 2 + mean)
        low = np.maximum(mean[:, None] + _Z * spread[:, None], 0.0)
        half = len(_Z) // 2
        for i in range(half):  # the distance of a pair tells the spread, also where the lower one ends at 0
            low[:, -1 - i] = low[:, i] + 2.0 * _Z[-1 - i] * spread
        out = pd.DataFrame({"queue": self.queue, "start": grid.starts[keep], "calls": mean})
        out[list(QUANTILE_COLUMNS)] = low
        out["handle_s"] = self.handle_s[kind, wall] * handle_time
        out["patience_s"] = self.patience_s
        out["model"] = "typical_week"
        return out


def typical_weeks(
    calls: pd.DataFrame,
    calendar: Calendar,
    models: Mapping[str, DayModel],
    *,
    minutes: int,
    handle_s: Mapping[str, float | None],
    patience_s: Mapping[str, float | None],
    watch: Watch | None = None,
) -> dict[str, TypicalWeek]:
    """Return the typical week of each queue, from the weekly forecast of the first week without holidays.

    The model is ``factor``, without the race of all models: only the week's shape and its uncertainty count.

    Raises
    ------
    InputError
        If a handle time is known nowhere, or the weekly forecast cannot be made.
    """
    queues = list(models)
    end = max(m.history.last_date for m in models.values())
    first = _regular_week(calendar, queues, end + dt.timedelta(days=1))
    grid = Grid(first, 7, minutes, calendar.zone)
    found = forecast(
        calls, grid, calendar, models="factor", handle_s=handle_s, patience_s=patience_s, watch=watch, origins=1
    )
    for error in found.failed.values():
        raise error
    return {queue: _typical(queue, found, grid) for queue in queues}


def _regular_week(calendar: Calendar, queues: Sequence[str], after: dt.date) -> dt.date:
    """Return the first day of the first seven days from `after` on that no holiday touches."""
    for k in range(LOOK_WEEKS):
        days = [after + dt.timedelta(days=7 * k + i) for i in range(-2, 9)]
        special = any(s.kind != "payday" for d in days for q in queues for s in calendar.specials(d, q))
        if not special and not any(calendar.holiday(d) for d in days):
            return days[2]
    return after


def _typical(queue: str, found: Forecast, grid: Grid) -> TypicalWeek:
    rows = found.volume[found.volume["queue"] == queue]
    if rows["handle_s"].isna().any():
        raise InputError(
            "the handle time is unknown",
            file="plan.toml",
            column=f"queue.{queue}.handle_s",
            mend="Set it, in seconds, or bring handle_s in the calls",
        )
    at = grid.starts.get_indexer(pd.DatetimeIndex(rows["start"]))
    day, wall = cells(grid)
    kind = np.array([d.weekday() for d in grid.dates])[day[at]]
    shape = (7, 1440 // grid.minutes)
    share, handle, cv = np.zeros(shape), np.full(shape, np.nan), np.zeros(shape)
    share[kind, wall[at]] = rows["calls"].to_numpy()
    handle[kind, wall[at]] = rows["handle_s"].to_numpy()
    cv[kind, wall[at]] = rate_cv(rows)
    seen = share > 0.0
    usual_cv = float(cv[seen].mean()) if seen.any() else 0.0
    usual_handle = (
        float(np.average(handle[seen], weights=share[seen])) if seen.any() else float(rows["handle_s"].mean())
    )
    share = share / np.maximum(share.sum(axis=1, keepdims=True), 1e-12)
    mean = share.mean(axis=0) / max(float(share.mean(axis=0).sum()), 1e-12)
    share = np.where(share.sum(axis=1, keepdims=True) > 0.0, share, mean)  # a weekday that is shut as a rule
    return TypicalWeek(
        queue,
        grid.minutes,
        share,
        np.where(np.isfinite(handle), handle, usual_handle),
        np.where(seen, cv, usual_cv),
        float(rows["patience_s"].mean()),
    )

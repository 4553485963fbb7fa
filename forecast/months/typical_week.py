"""The week that a queue usually has, interval by interval, and any week ahead in its likeness."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.stats import norm

from ..calendar.calendars import Calendar
from ..calendar.grid import Grid
from ..calls.history import cells
from ..errors import InputError
from ..models import JOIN
from ..predict import Forecast, forecast
from ..progress import Watch
from ..queueing.formulas.uncertain_rate import rate_cv
from ..tables import QUANTILE_COLUMNS
from .day_model import DayModel

MODEL = f"factor{JOIN}two_stage"
"""Weekly model where the folder leaves the choice to a race: the two that win most races, averaged."""
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
    holiday_cv
        The same on a public holiday with an open desk: the weekly forecast has seen few or none like it.
    patience_s
        Mean patience; NaN = callers wait for ever.
    """

    queue: str
    minutes: int
    share: np.ndarray
    handle_s: np.ndarray
    cv: np.ndarray
    holiday_cv: float
    patience_s: float

    def volume(
        self,
        grid: Grid,
        weekday: np.ndarray,
        calls: np.ndarray,
        is_open: np.ndarray,
        holiday: np.ndarray,
        handle_time: float = 1.0,
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
        holiday
            Whether each day is a public holiday with an open desk, shape (days,).
        handle_time
            Factor on handle times.
        """
        day, wall = cells(grid)
        part = self.share[weekday] * is_open
        part = part / np.maximum(part.sum(axis=1, keepdims=True), 1e-12)
        keep = is_open[day, wall]
        day, wall = day[keep], wall[keep]
        mean, kind = (part * np.asarray(calls)[:, None])[day, wall], weekday[day]
        cv = np.where(holiday[day], np.maximum(self.cv[kind, wall], self.holiday_cv), self.cv[kind, wall])
        spread = np.sqrt((cv * mean) ** 2 + mean)
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
    named: Mapping[str, str],
    handle_s: Mapping[str, float | None],
    patience_s: Mapping[str, float | None],
    watch: Watch | None = None,
) -> dict[str, TypicalWeek]:
    """Return the typical week of each queue, from the weekly forecast of the first week without holidays.

    Parameters
    ----------
    models
        By queue; they know the history's end.
    named
        Queue → its weekly model; ``auto`` means `MODEL`, without a race: only the week's shape and its uncertainty
        count.
    handle_s, patience_s
        As for `forecast`.

    Raises
    ------
    InputError
        If a handle time is known nowhere, or the weekly forecast cannot be made.
    """
    queues = list(models)
    end = max(m.history.last_date for m in models.values())
    after = end + dt.timedelta(days=1)
    names = {q: MODEL if named.get(q, "auto") == "auto" else named[q] for q in queues}

    def weekly(first: dt.date) -> tuple[Grid, Forecast]:
        grid = Grid(first, 7, minutes, calendar.zone)
        found = forecast(
            calls, grid, calendar, models=names, handle_s=handle_s, patience_s=patience_s, watch=watch, origins=1
        )
        for error in found.failed.values():
            raise error
        return grid, found

    grid, found = weekly(_regular_week(calendar, queues, after))
    out = {queue: _typical(queue, found, grid) for queue in queues}
    ahead = [after + dt.timedelta(days=i) for i in range(7 * LOOK_WEEKS)]
    known = {q: models[q].history.features(ahead)["holiday"].to_numpy() > 0.0 for q in queues}
    for at in {int(np.argmax(mask)) for mask in known.values() if mask.any()}:
        date = ahead[at]
        grid, found = weekly(date)
        for queue in (q for q in queues if known[q][at]):
            rows = found.volume[(found.volume["queue"] == queue) & (found.volume["start"].dt.date == date)]
            out[queue] = replace(out[queue], holiday_cv=float(rate_cv(rows).mean()))
    return out


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
        usual_cv,
        float(rows["patience_s"].mean()),
    )

"""Forecasts from past origins, and how they compare with the actual calls."""

from __future__ import annotations

import datetime as dt
import itertools
import time
import warnings
from collections.abc import Callable
from dataclasses import asdict

import numpy as np
import pandas as pd

from ..calendar.calendars import Calendar
from ..calendar.grid import WEEKDAYS, Grid
from ..calendar.local_times import parse_times
from ..calls.arrange import arranged, by_queue
from ..calls.earlier_hours import with_earlier_hours
from ..calls.history import History, cells
from ..calls.quality import cleaned
from ..errors import InputError
from ..models import MODELS, Prediction, model_named
from ..progress import Watch
from ..tables import QUANTILE_COLUMNS
from .choice import able, choose
from .origin_table import dated_origins, refuse_outside
from .score import METRICS, score

DAYTYPES = ("business", "calendar")
SPARE_DAYS = 5
"""Workdays forecast beyond the horizon: a day that turns out missing moves the count by one."""
SHORT_DAY = 0.6
"""Open minutes as a share of a weekend day's, below 1, under which that day is worked in a weekday's place."""
SCORE_COLUMNS = ("queue", "model", "band", "days", *METRICS, "seconds")


def backtest(
    calls: pd.DataFrame,
    calendar: Calendar | Callable[[pd.DataFrame], Calendar],
    *,
    interval_min: int,
    origins: pd.DataFrame,
    model: str = "factor",
    daytype: str = "business",
    watch: Watch | None = None,
) -> pd.DataFrame:
    """Forecast from each origin with nothing but what was known on its evening.

    Parameters
    ----------
    calls
        Table ``calls``, as for `predict.forecast`.
    calendar
        Opening hours, holidays, special days, all of which count as known in advance; or what makes them of the calls
        up to an origin.
    interval_min
        Length of a forecast interval.
    origins
        ``origin`` (the last day whose calls may be used) and ``horizon_days``.
    model
        A model's name, ``auto`` (chosen anew at each origin) or ``all``.
    daytype
        ``business``: the horizon counts the `workdays`, Mondays to Fridays as a rule, and five more days are
        forecast, since a day that turns out missing moves the count; ``calendar``: it counts all days.
    watch
        Progress and stop.

    Returns
    -------
    pandas.DataFrame
        ``origin, timestamp, mean, q…, queue, model``, open intervals, and with 0 those that have rows but never a call
        (`Calendar.listed`); ``asked`` (the model's name, ``auto``);
        ``actual``, the actual calls (NaN = unknown); ``position``, the day of the horizon (0 = not scored); and
        the ``seconds`` that the origin's forecast took.

    Raises
    ------
    InputError
        If an origin lies outside the history, the horizon is no positive whole number, or the model is unknown.
    Stopped
        If the user stopped the run.
    """
    if daytype not in DAYTYPES:
        raise InputError("unknown daytype", column="daytype", value=daytype, mend=f"One of {', '.join(DAYTYPES)}")
    if model not in ("auto", "all"):
        model_named(model)
    watch = watch or Watch()
    zone = None if callable(calendar) else calendar.zone
    calls = calls.assign(start=parse_times(calls["start"], zone, column="start"))
    dated = dated_origins(origins)
    refuse_outside(calls, dated)
    known = _Known(calls, calendar, interval_min)
    names = tuple(MODELS) if model == "all" else (model,)
    tables = []
    for done, (name, queue) in enumerate(itertools.product(names, known.queues)):
        for i, (origin, horizon) in enumerate(dated):
            watch.raise_if_stopped()
            share = (done + i / len(dated)) / (len(names) * len(known.queues))
            watch.tell("backtest", f"{queue}: {name} from {origin}", share=share)
            try:
                whole = known.at(origin, queue)
                first = origin + dt.timedelta(days=1)
                days = _span(origin, horizon, daytype, workdays(whole.calendar, queue, origin))
                grid = Grid(first, days, interval_min, whole.calendar.zone)
                began = time.perf_counter()
                used, prediction, past = _from_origin(whole, origin, name, grid, watch)
            except InputError as error:
                if len(known.queues) * len(names) == 1:
                    raise
                warnings.warn(f"{queue}, {name} from {origin} is left out: {error}", stacklevel=2)
                continue
            seconds = time.perf_counter() - began
            rows = _rows(past, prediction, grid, origin, horizon, daytype, whole)
            tables.append(rows.assign(queue=queue, model=used, asked=name, seconds=seconds))
    if not tables:
        raise InputError("no queue could be forecast from any origin", mend="Use later origins, or longer histories")
    return pd.concat(tables, ignore_index=True)


class _Known:
    """Histories of all queues on the calendar that each origin knew; they are arranged again only where it changes."""

    def __init__(
        self, calls: pd.DataFrame, calendar: Calendar | Callable[[pd.DataFrame], Calendar], minutes: int
    ) -> None:
        self._calls, self._minutes = calls, minutes
        self._calendar = calendar if callable(calendar) else lambda _: calendar
        self._day = calls["start"].dt.tz_localize(None).dt.normalize()
        self._of: dict[dt.date, Calendar] = {}
        self._arranged: list[tuple[Calendar, dict[str, History | InputError]]] = []
        self.queues = tuple(by_queue(calls, self._calendar(calls)))

    def at(self, origin: dt.date, queue: str) -> History:
        """Return the whole history of a queue, on the calendar known at `origin`.

        Raises
        ------
        InputError
            If its calls cannot be used.
        """
        if origin not in self._of:
            rows = self._calls[self._day <= pd.Timestamp(origin)]
            known = self._calendar(rows)
            for name, part in by_queue(rows, known).items():
                known, _ = with_earlier_hours(known, name, part, self._minutes)
            self._of[origin] = known
        found = self._on(self._of[origin])[queue]
        if isinstance(found, InputError):
            raise found
        return found

    def _on(self, calendar: Calendar) -> dict[str, History | InputError]:
        for known, found in self._arranged:
            if known == calendar:
                return found
        parts = by_queue(self._calls, calendar)
        self._arranged.append((calendar, {queue: self._one(queue, rows, calendar) for queue, rows in parts.items()}))
        return self._arranged[-1][1]

    def _one(self, queue: str, rows: pd.DataFrame, calendar: Calendar) -> History | InputError:
        try:
            return arranged(queue, rows, calendar, self._minutes)
        except InputError as error:
            return error


def workdays(calendar: Calendar, queue: str, date: dt.date) -> frozenset[int]:
    """Return the days of the week (0 = Monday) that a queue works in the week of `date`: all but the weekend's.

    A weekend day takes the place of the weekday that is open the shortest where that is closed or has less than
    `SHORT_DAY` of the weekend day's hours, as at a shop that opens from Tuesday to Saturday.
    """
    hours, weekend = calendar.hours(queue), calendar.weekend(date, queue)
    minutes = [sum(end - begin for begin, end in hours.get(day, ())) for day in WEEKDAYS]
    worked = set(range(7)) - weekend
    for day in sorted(weekend, reverse=True):
        shortest = min(worked, key=lambda other: (minutes[other], -other))
        if minutes[shortest] < SHORT_DAY * minutes[day]:
            worked = worked - {shortest} | {day}
    return frozenset(worked)


def _span(origin: dt.date, horizon: int, daytype: str, worked: frozenset[int]) -> int:
    """Return the calendar days to forecast: the horizon, or the workdays of it and `SPARE_DAYS` more."""
    if daytype == "calendar":
        return horizon
    last, left = origin, horizon + SPARE_DAYS
    while left:
        last += dt.timedelta(days=1)
        left -= last.weekday() in worked
    return (last - origin).days


def _from_origin(
    history: History, origin: dt.date, name: str, grid: Grid, watch: Watch
) -> tuple[str, Prediction, History]:
    """Return the model used, its prediction, and the history that it knew."""
    past = history.until(origin)
    used = choose(past, name, grid, watch=watch).model if name == "auto" else able(past, name)
    return used, model_named(used).fit(cleaned(past)).predict(grid), past


def _rows(
    past: History, prediction: Prediction, grid: Grid, origin: dt.date, horizon: int, daytype: str, history: History
) -> pd.DataFrame:
    """Return the open intervals of one forecast, their actual calls and positions in the horizon (0 = not scored)."""
    day, wall = cells(grid)
    row = (grid.first_date - history.first_date).days + day
    inside = row < len(history.calls)
    actual = np.where(inside, history.calls[np.minimum(row, len(history.calls) - 1), wall], np.nan)
    known = np.array([np.isfinite(actual[part]).any() for part in grid.day_slices])
    if daytype == "business":
        worked = workdays(past.known, past.queue, origin)
        counted = known & np.array([d.weekday() in worked for d in grid.dates])
        position = np.where(counted, np.cumsum(counted), 0)
    else:
        position = np.arange(1, grid.days + 1)
    position = np.where(position <= horizon, position, 0)
    keep = past.known.listed_mask(grid, past.queue)
    frame = pd.DataFrame({"origin": pd.Timestamp(origin), "timestamp": grid.starts[keep]})
    frame["mean"] = prediction.mean[keep]
    for i, column in enumerate(QUANTILE_COLUMNS):
        frame[column] = prediction.quantiles[keep, i]
    return frame.assign(actual=actual[keep], position=position[day][keep])


def scores(predictions: pd.DataFrame) -> pd.DataFrame:
    """Score what `backtest` returned.

    Parameters
    ----------
    predictions
        With the columns ``actual`` and ``position``; ``seconds`` where known.

    Returns
    -------
    pandas.DataFrame
        Per queue, model and band of the horizon (its first day, its halves, the whole) the days scored, the errors of
        `score.Score`, and the mean seconds of an origin's forecast.
        A queue without any call after its origins has no row. Calls outside the hours that the origin
        knew as open are not scored.
    """
    rows: list[dict[str, object]] = []
    for (queue, name), part in predictions.groupby(["queue", "asked"], sort=False):
        seconds = part.groupby("origin")["seconds"].first().mean() if "seconds" in part else np.nan
        found = _bands(part)
        rows += [{"queue": queue, "model": name, **band, "seconds": seconds} for band in found]
    return pd.DataFrame(rows, columns=list(SCORE_COLUMNS))


def _bands(part: pd.DataFrame) -> list[dict[str, object]]:
    """Return the errors of one model at one queue per band of the horizon."""
    horizon = int(part["position"].max())
    half = max(horizon // 2, 1)
    rows: list[dict[str, object]] = []
    for low, high in dict.fromkeys(((1, 1), (1, half), (half + 1, horizon), (1, horizon))):
        band = part[part["position"].between(low, high) & part["actual"].notna()]
        if low > high or not band["actual"].sum() > 0:
            continue
        label = band["origin"].astype(str) + band["timestamp"].dt.date.astype(str)
        errors = score(
            band["actual"].to_numpy(),
            band["mean"].to_numpy(),
            band[list(QUANTILE_COLUMNS)].to_numpy(),
            label.to_numpy(dtype=str),
        )
        rows.append({"band": f"D{low}" if low == high else f"D{low}-{high}", "days": label.nunique(), **asdict(errors)})
    return rows

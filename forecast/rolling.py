"""Forecasts from past origins, compared with what came."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import asdict

import numpy as np
import pandas as pd

from .arrange import histories
from .calendars import Calendar
from .errors import InputError
from .grid import Grid
from .history import History, cells
from .models import MODELS, Prediction, model_named
from .progress import Watch
from .quality import cleaned
from .race import choose
from .score import METRICS, score
from .tables import QUANTILE_COLUMNS

DAYTYPES = ("business", "calendar")
SPARE_DAYS = 5
SCORE_COLUMNS = ("queue", "model", "band", "days", *METRICS, "seconds")


def backtest(
    calls: pd.DataFrame,
    calendar: Calendar,
    *,
    interval_min: int,
    origins: pd.DataFrame,
    model: str = "auto",
    daytype: str = "business",
    watch: Watch | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Forecast from each origin with nothing but what was known on its evening, and score it.

    Parameters
    ----------
    calls
        Table ``calls``, as for `predict.forecast`.
    calendar
        Opening hours, holidays, special days; all of them count as known in advance.
    interval_min
        Length of a forecast interval.
    origins
        ``origin`` (the last day whose calls may be used) and ``horizon_days``.
    model
        A model's name, ``auto`` (chosen anew at each origin) or ``all``.
    daytype
        ``business``: the horizon counts Mondays to Fridays, and five more are forecast, since a day that turns out
        missing moves the count; ``calendar``: it counts all days.
    watch
        Progress and stop.

    Returns
    -------
    predictions : pandas.DataFrame
        ``origin, timestamp, mean, q…, queue, model``, open intervals only.
    scores : pandas.DataFrame
        Per queue, model and band of the horizon (``1``, its halves, the whole) the errors of `score.Score`, the days
        scored, and the seconds that the forecasts took.

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
    dated = _origins(origins)
    tables, scores = [], []
    for queue, history in histories(calls, calendar, minutes=interval_min).items():
        names = tuple(MODELS) if model == "all" else (model,)
        for done, name in enumerate(names):
            parts, seconds = [], 0.0
            for i, (origin, horizon) in enumerate(dated):
                watch.raise_if_stopped()
                watch.tell("backtest", f"{queue}: {name} from {origin}", share=(done + i / len(dated)) / len(names))
                grid = Grid(origin + dt.timedelta(days=1), _span(origin, horizon, daytype), interval_min, calendar.zone)
                began = time.perf_counter()
                used, told, past = _from_origin(history, origin, name, grid, watch)
                seconds += time.perf_counter() - began
                parts.append(_rows(past, told, grid, origin, horizon, daytype, history).assign(queue=queue, model=used))
            found = pd.concat(parts, ignore_index=True)
            scores += _scores(found, queue, name, max(h for _, h in dated), seconds)
            tables.append(found.drop(columns=["actual", "position"]))
    return pd.concat(tables, ignore_index=True), pd.DataFrame(scores, columns=list(SCORE_COLUMNS))


def _origins(origins: pd.DataFrame) -> list[tuple[dt.date, int]]:
    """Return origins and horizons, checked."""
    if origins.empty:
        raise InputError("no origins", column="origin", mend="Give at least one day from which to forecast")
    out = []
    for row, (origin, horizon) in enumerate(
        zip(pd.to_datetime(origins["origin"]), origins["horizon_days"], strict=True), start=2
    ):
        if pd.isna(origin) or not (horizon >= 1 and int(horizon) == horizon):
            raise InputError(
                "Expected a date and a horizon of at least one day", row=row, column="horizon_days", value=horizon
            )
        out.append((origin.date(), int(horizon)))
    return out


def _span(origin: dt.date, horizon: int, daytype: str) -> int:
    """Return the calendar days to forecast: the horizon, or the weekdays of it and `SPARE_DAYS` more."""
    if daytype == "calendar":
        return horizon
    last, left = origin, horizon + SPARE_DAYS
    while left:
        last += dt.timedelta(days=1)
        left -= last.weekday() < 5
    return (last - origin).days


def _from_origin(
    history: History, origin: dt.date, name: str, grid: Grid, watch: Watch
) -> tuple[str, Prediction, History]:
    """Return the model used, its prediction, and the history that it knew."""
    if not history.first_date <= origin <= history.last_date:
        raise InputError(
            f"origin lies outside the history of queue {history.queue!r}",
            column="origin",
            value=str(origin),
            mend=f"Use a day from {history.first_date} to {history.last_date}",
        )
    past = history.until(origin)
    used = choose(past, name, grid, watch=watch).model if name == "auto" else name
    return used, model_named(used).fit(cleaned(past)).predict(grid), past


def _rows(
    past: History, told: Prediction, grid: Grid, origin: dt.date, horizon: int, daytype: str, history: History
) -> pd.DataFrame:
    """Return the open intervals of one forecast, what came, and the day's position in the horizon (0 = not scored)."""
    day, wall = cells(grid)
    row = (grid.first_date - history.first_date).days + day
    inside = row < len(history.calls)
    actual = np.where(inside, history.calls[np.minimum(row, len(history.calls) - 1), wall], np.nan)
    came = np.array([np.isfinite(actual[part]).any() for part in grid.day_slices])
    if daytype == "business":
        counted = came & (np.array([d.weekday() for d in grid.dates]) < 5)
        position = np.where(counted, np.cumsum(counted), 0)
    else:
        position = np.arange(1, grid.days + 1)
    position = np.where(position <= horizon, position, 0)
    keep = past.known.open_mask(grid, past.queue)
    frame = pd.DataFrame({"origin": pd.Timestamp(origin), "timestamp": grid.starts[keep], "mean": told.mean[keep]})
    for i, column in enumerate(QUANTILE_COLUMNS):
        frame[column] = told.quantiles[keep, i]
    return frame.assign(actual=actual[keep], position=position[day][keep])


def _scores(found: pd.DataFrame, queue: str, name: str, horizon: int, seconds: float) -> list[dict[str, object]]:
    """Return one row per band of the horizon: its first day, its halves, the whole."""
    half = max(horizon // 2, 1)
    rows: list[dict[str, object]] = []
    for low, high in dict.fromkeys(((1, 1), (1, half), (half + 1, horizon), (1, horizon))):
        part = found[found["position"].between(low, high) & found["actual"].notna()]
        if low > high or not part["actual"].sum() > 0:
            continue
        label = part["origin"].astype(str) + part["timestamp"].dt.date.astype(str)
        told = score(
            part["actual"].to_numpy(),
            part["mean"].to_numpy(),
            part[list(QUANTILE_COLUMNS)].to_numpy(),
            label.to_numpy(dtype=str),
        )
        band = f"D{low}" if low == high else f"D{low}-{high}"
        rows.append(
            {"queue": queue, "model": name, "band": band, "days": label.nunique(), **asdict(told), "seconds": seconds}
        )
    return rows

"""The forecast of one queue, with the tables that the forecast rests on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

import numpy as np
import pandas as pd

from .backtesting.choice import Choice, choose
from .backtesting.score import METRICS
from .calendar.calendars import Calendar
from .calendar.country import HALF_DAY
from .calendar.grid import WEEKDAYS, Grid
from .calls.arrange import arranged
from .calls.findings import report
from .calls.history import History, Note, cells
from .calls.holidays_ahead import holidays_ahead
from .calls.quality import inspect, mended
from .handle_time.race import handle_forecast
from .models import JOIN, PARTS, Prediction, model_named
from .patience.planned import planned_patience
from .progress import Watch
from .tables import QUANTILE_COLUMNS
from .text import many

BACKTEST_COLUMNS = ("queue", "model", "origins", *METRICS, "seconds", "chosen")
PARTS_COLUMNS = ("queue", "start", *PARTS)
PAST_COLUMNS = ("queue", "origin", "start", "actual", "calls", *QUANTILE_COLUMNS)


@dataclass(frozen=True)
class QueueOptions:
    """What is to be forecast for one queue.

    Attributes
    ----------
    grid, calendar
        The days to forecast; opening hours, holidays, special days.
    model
        A model's name, or ``auto``.
    handle_s, patience_s
        The planner's numbers, None where there are none.
    origins
        Past origins to try models on.
    running
        Whether the grid's first day has begun: its calls among the rows are those of the day so far.
    """

    grid: Grid
    calendar: Calendar
    model: str
    handle_s: float | None
    patience_s: float | None
    origins: int
    running: bool = False


@dataclass(frozen=True)
class QueueForecast:
    """Tables of one queue, as in `predict.Forecast`, its notes, and until when the calls of a running day are known."""

    volume: pd.DataFrame
    parts: pd.DataFrame
    days: pd.DataFrame
    backtest: pd.DataFrame
    past: pd.DataFrame
    handle_backtest: pd.DataFrame
    history: pd.DataFrame
    notes: tuple[Note, ...]
    seen_until: pd.Timestamp | None = None


def forecast_queue(queue: str, rows: pd.DataFrame, options: QueueOptions, watch: Watch) -> QueueForecast:
    """Forecast one queue from its rows of the table ``calls``, all before the end of the day that is forecast first.

    Raises
    ------
    InputError
        If the rows cannot be used, or make no sense to the model.
    Stopped
        If the user stopped the run.
    """
    grid = options.grid
    history, today = _today(arranged(queue, rows, options.calendar, grid.minutes), options)
    shut = holidays_ahead(history, grid.dates).shut
    history = replace(history, closures=(*history.closures, *shut))
    inspection = inspect(history)
    choice = choose(history, options.model, grid, origins=options.origins, watch=watch)
    model = model_named(choice.model).fit(mended(history, inspection))
    prediction = model.predict(grid, today=today)
    parts = model.explain(grid, today)
    handled = handle_forecast(history, grid, options.handle_s, origins=options.origins)
    patience, patience_notes = planned_patience(history, options.patience_s, options.handle_s)
    day, wall = cells(grid)
    known = np.zeros(len(grid), dtype=bool) if today is None else (day == 0) & np.isfinite(today[wall])
    keep = history.known.open_mask(grid, queue)
    volume = pd.DataFrame({"queue": queue, "start": grid.starts[keep], "calls": prediction.mean[keep]})
    volume[list(QUANTILE_COLUMNS)] = prediction.quantiles[keep]
    volume["handle_s"] = handled.seconds[day, wall][keep]
    volume["patience_s"] = patience if np.isfinite(patience) else np.nan
    volume["model"] = choice.model
    ignored = _note_running_day_ignored(choice.model, grid, queue) if known.any() else ()
    notes = (
        *report(history, inspection),
        *ignored,
        *choice.notes,
        *_shut_notes(history, grid, shut),
        *_plan_notes(history, grid, past_shut=len(history.closures) - len(shut)),
        *handled.notes,
        *patience_notes,
    )
    return QueueForecast(
        volume,
        parts[keep].rename_axis("start").reset_index().assign(queue=queue)[list(PARTS_COLUMNS)],
        _day_rows(queue, model.predict_days(grid), grid),
        _backtest_rows(queue, choice),
        _past_rows(queue, choice),
        handled.backtest,
        history.table(),
        notes,
        None if today is None or not known.any() else grid.starts[known].max() + pd.Timedelta(minutes=grid.minutes),
    )


def _day_rows(queue: str, prediction: Prediction, grid: Grid) -> pd.DataFrame:
    """Return the totals of open days."""
    frame = pd.DataFrame({"queue": queue, "date": grid.dates, "calls": prediction.mean})
    frame[list(QUANTILE_COLUMNS)] = prediction.quantiles
    return frame[prediction.mean > 0]


def _today(history: History, options: QueueOptions) -> tuple[History, np.ndarray | None]:
    """Return the history before the grid's first day, and that day's calls so far where it is running."""
    first = options.grid.first_date
    if not options.running or history.last_date < first:
        return history, None
    return history.until(first - dt.timedelta(days=1)), history.calls[-1]


def _note_running_day_ignored(name: str, grid: Grid, queue: str) -> tuple[Note, ...]:
    """Note a model that learns nothing from the calls of a running day."""
    if "factor" in name.split(JOIN):
        return ()
    what = f"the model {name} learns nothing from the calls of a running day"
    return (Note(queue, grid.first, grid.time(grid.day_slices[0].stop), "running_day", what, "the rest as before"),)


def _past_rows(queue: str, choice: Choice) -> pd.DataFrame:
    """Return what the model would have forecast from past origins, open intervals only."""
    over, predictions = choice.race.over, choice.race.predictions.get(choice.model, ())
    if over is None:
        return pd.DataFrame(columns=list(PAST_COLUMNS))
    tables = []
    for past, grid, actual, one in zip(over.pasts, over.grids, over.actual, predictions, strict=False):
        keep = past.known.open_mask(grid, queue)
        frame = pd.DataFrame({"queue": queue, "origin": pd.Timestamp(past.last_date), "start": grid.starts[keep]})
        frame["actual"], frame["calls"] = actual[keep], one.mean[keep]
        frame[list(QUANTILE_COLUMNS)] = one.quantiles[keep]
        tables.append(frame)
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(PAST_COLUMNS))


def _backtest_rows(queue: str, choice: Choice) -> pd.DataFrame:
    rows = [
        {
            "queue": queue,
            "model": e.model,
            "origins": e.origins,
            **asdict(e.score),
            "seconds": e.seconds,
            "chosen": int(e.model == choice.model),
        }
        for e in choice.race.entries
    ]
    return pd.DataFrame(rows, columns=list(BACKTEST_COLUMNS))


def _shut_notes(history: History, grid: Grid, shut: Mapping[dt.date, int]) -> list[Note]:
    """Note public holidays that are planned as shut, as the desk was on the same holiday before."""
    notes = []
    for date, part in zip(grid.dates, grid.day_slices, strict=True):
        if date in shut:
            before = "the time before" if shut[date] == 1 else f"all {shut[date]} times before"
            what = f"{history.known.holiday(date)}: no calls {before}"
            action = "planned as shut; to open it, write the day with closed = 0 in special_days.csv"
            notes.append(Note(history.queue, grid.time(part.start), grid.time(part.stop), "holiday", what, action))
    return notes


def _plan_notes(history: History, grid: Grid, *, past_shut: int) -> list[Note]:
    """Note planned days of which the history shows nothing: holidays planned as open, weekdays never seen.

    Parameters
    ----------
    past_shut
        Public holidays of the past without any call.
    """
    notes = []
    calendar, queue = history.known, history.queue
    for date, part in zip(grid.dates, grid.day_slices, strict=True):
        where = (queue, grid.time(part.start), grid.time(part.stop))
        name = calendar.holiday(date)
        if name is not None and calendar.open_wall([date], grid.minutes, queue).any():
            past = f"; {many(past_shut, 'past holiday')} had no calls" if past_shut else ""
            notes.append(
                Note(
                    *where,
                    "holiday",
                    f"{name}{past}",
                    "planned as open; to shut it, write closed = 1 in special_days.csv",
                )
            )
        half = calendar.nation.half_day(date) if calendar.nation is not None and name is None else None
        if half is not None and calendar.open_wall([date], grid.minutes, queue).any():
            learnt = "learnt from past half days" if HALF_DAY in history.kinds else "as an ordinary day"
            action = f"planned as open in all its hours, {learnt}; other hours go into special_days.csv"
            notes.append(Note(*where, "holiday", f"half day: {half}", action))
    opens = calendar.open_wall(grid.dates, grid.minutes, queue)
    ever = {d.weekday() for d, row in zip(history.dates, history.seen, strict=True) if row.any()}
    for i, date in enumerate(grid.dates):
        if opens[i].any() and date.weekday() not in ever:
            part = grid.day_slices[i]
            notes.append(
                Note(
                    queue,
                    grid.time(part.start),
                    grid.time(part.stop),
                    "unseen",
                    f"no {WEEKDAYS[date.weekday()]} in the history",
                    "forecast from the other weekdays",
                )
            )
    return notes

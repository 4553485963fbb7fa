"""The forecast of all queues on given days: from calls and a calendar to the volume table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from .backtesting.race import ORIGINS
from .calendar.calendars import Calendar
from .calendar.grid import Grid
from .calls.arrange import by_queue
from .calls.findings import table
from .calls.history import Note
from .errors import InputError
from .overrides import Override, overridden, overrides_of
from .predict_queue import QueueForecast, QueueOptions
from .processes import forecast_queues
from .progress import Watch


@dataclass(frozen=True)
class Forecast:
    """A forecast, and the tables that the forecast rests on.

    Attributes
    ----------
    volume
        Table ``volume``: one row per queue and open interval with mean, quantiles, handle time, patience, model, and
        ``model_calls``, the mean before overrides.
    backtest
        Per queue and model how many past origins it ran over, the errors there (see `score.Score`), seconds, and
        ``chosen`` 1 or 0; an average of two models is named after both (``factor+two_stage``).
    history
        ``queue, start, calls, handle_s`` on the forecast's intervals; NaN = missing, closed intervals absent.
    quality
        ``queue, start, end, kind, what, action``: what was odd in the history and what was done.
    handle_backtest
        Per queue and model of handle time its errors over past origins, weighted by calls: ``wape, bias, rmse_s,
        day_wape, origins``, and ``chosen`` 1 or 0; no rows where the history has no handle times.
    parts
        ``queue, start`` and the parts `models.PARTS` that add up to the calls of `volume`.
    days
        ``queue, date, calls, q…``: the models' totals of open days, before overrides and before a running day's calls.
    past
        ``queue, origin, start, actual, calls, q…``: what the chosen model would have forecast from past origins.
    failed
        Queues that could not be forecast and are in no table, with the reason.
    """

    volume: pd.DataFrame
    backtest: pd.DataFrame
    history: pd.DataFrame
    quality: pd.DataFrame
    handle_backtest: pd.DataFrame
    parts: pd.DataFrame
    days: pd.DataFrame
    past: pd.DataFrame
    failed: Mapping[str, InputError] = field(default_factory=dict)


def forecast(
    calls: pd.DataFrame,
    grid: Grid,
    calendar: Calendar,
    *,
    models: Mapping[str, str] | str = "auto",
    handle_s: Mapping[str, float | None] | None = None,
    patience_s: Mapping[str, float | None] | None = None,
    overrides: pd.DataFrame | Sequence[Override] | None = None,
    watch: Watch | None = None,
    origins: int = ORIGINS,
    running: bool = False,
    processes: int = 1,
) -> Forecast:
    """Forecast the calls and handle times of every queue on `grid`.

    Each option is a parameter of its own, since it may differ from queue to queue.

    Only calls before the grid's first day are used. With the model ``auto`` a queue takes the model of the
    least weighted quantile loss over past origins with the same lead, or the average of the two best (`race.race`).

    Parameters
    ----------
    calls
        Table ``calls``; ``start`` may be finer than the grid's interval.
    grid
        The days to forecast.
    calendar
        Opening hours, holidays, special days; its zone must be the grid's.
    models
        Model for all queues, or by queue (``auto`` where a queue is not named).
    handle_s
        Per queue the handle time used where the history has none.
    patience_s
        Per queue the mean patience, infinite = callers wait for ever; None = as the history tells, and for ever
        where it cannot tell. `quality` says which number is used and how it compares with the history.
    overrides
        The planner's own numbers, rows of the table ``overrides`` (see `overrides.overrides_of`).
    watch
        Progress and stop.
    origins
        Past origins of the race.
    running
        Whether the grid's first day has begun: its calls are taken as those of the day so far, and the rest of the day
        is forecast given them, as far as past days show that this helps.
    processes
        Queues are forecast in so many processes beside each other; each imports the main module anew, so a script
        needs ``if __name__ == "__main__"``.

    Raises
    ------
    InputError
        If the history is absent, too short or all zero, a count is negative, a model or country is unknown,
        a handle time is known nowhere, or an override is wrong (see `overrides.overridden`).
    Stopped
        If the user stopped the run.
    """
    if grid.zone != calendar.zone:
        raise ValueError(f"grid in {grid.zone}, calendar in {calendar.zone}")
    watch = watch or Watch()
    before = grid.first_date + dt.timedelta(days=running)
    parts = by_queue(calls, calendar, before=before)
    wanted = models if isinstance(models, Mapping) else dict.fromkeys(parts, models)
    for queue in wanted:
        if queue not in parts:
            raise InputError(
                f"queue {queue!r} has no calls before {before}",
                column=f"queue.{queue}",
                mend=f"The calls hold {', '.join(parts)}",
            )
    options = {
        queue: QueueOptions(
            grid,
            calendar,
            wanted.get(queue, "auto"),
            (handle_s or {}).get(queue),
            (patience_s or {}).get(queue),
            origins,
            running,
        )
        for queue in parts
    }
    found = forecast_queues(parts, options, watch, processes)
    return _put_together(found, grid, overrides)


def _put_together(
    found: Mapping[str, QueueForecast | InputError],
    grid: Grid,
    overrides: pd.DataFrame | Sequence[Override] | None,
) -> Forecast:
    """Return the tables of all queues, with the overrides laid over the volume.

    Raises
    ------
    InputError
        If no queue could be forecast, or an override is wrong.
    """
    failed = {queue: one for queue, one in found.items() if isinstance(one, InputError)}
    forecasts = [one for one in found.values() if isinstance(one, QueueForecast)]
    if not forecasts:
        raise next(iter(failed.values()))
    seen_until = max((one.seen_until for one in forecasts if one.seen_until is not None), default=None)
    volume = _joined(forecasts, "volume")
    volume["model_calls"] = volume["calls"]
    notes = [note for one in forecasts for note in one.notes]
    pieces = _joined(forecasts, "parts")
    if overrides is not None:
        if isinstance(overrides, pd.DataFrame):
            overrides = overrides_of(overrides, zone=grid.zone, minutes=grid.minutes)
        mine = [one for one in overrides if one.queue not in failed]
        volume, changes = overridden(volume, mine, grid, now=seen_until)
        notes += changes
        pieces["override"] += (volume["calls"] - volume["model_calls"]).to_numpy()
    notes += [Note(queue, grid.first, grid.end, "failed", str(e), "left out") for queue, e in failed.items()]
    return Forecast(
        volume,
        _joined(forecasts, "backtest"),
        _joined(forecasts, "history"),
        table(notes),
        _joined(forecasts, "handle_backtest"),
        pieces,
        _joined(forecasts, "days"),
        _joined(forecasts, "past"),
        failed,
    )


def _joined(forecasts: Sequence[QueueForecast], name: str) -> pd.DataFrame:
    """Return one table of all queues."""
    tables: list[pd.DataFrame] = [getattr(one, name) for one in forecasts]
    return pd.concat([t for t in tables if len(t)] or tables[:1], ignore_index=True)

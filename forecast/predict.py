"""From calls and a calendar to the volume table of a planned week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

import numpy as np
import pandas as pd

from .arrange import histories
from .calendars import Calendar
from .errors import InputError
from .findings import report, table
from .grid import WEEKDAYS, Grid
from .handle_race import handle_forecast
from .history import History, Note, cells
from .models import model_named
from .models.contract import PARTS
from .overrides import Override, overridden, overrides_of
from .patience import settled
from .progress import Watch
from .quality import inspect, mended
from .race import ORIGINS, Choice, choose
from .score import METRICS
from .tables import QUANTILE_COLUMNS

PARTS_COLUMNS = ("queue", "start", *PARTS)
PAST_COLUMNS = ("queue", "origin", "start", "actual", "calls", *QUANTILE_COLUMNS)
BACKTEST_COLUMNS = ("queue", "model", "origins", *METRICS, "seconds", "chosen")


@dataclass(frozen=True)
class Forecast:
    """A forecast and all that it rests on.

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
    past
        ``queue, origin, start, actual, calls, q…``: what the chosen model would have forecast from past origins.
    """

    volume: pd.DataFrame
    backtest: pd.DataFrame
    history: pd.DataFrame
    quality: pd.DataFrame
    handle_backtest: pd.DataFrame
    parts: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(PARTS_COLUMNS)))
    past: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(PAST_COLUMNS)))


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
) -> Forecast:
    """Forecast the calls and handle times of every queue on `grid`.

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
        where it cannot tell. What is used and how it stands against the history goes into `quality`.
    overrides
        The planner's own numbers, rows of the table ``overrides`` (see `overrides.overrides_of`).
    watch
        Progress and stop.
    origins
        Past origins of the race.

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
    wanted = models if isinstance(models, Mapping) else {}
    default = models if isinstance(models, str) else "auto"
    volumes, tests, handle_tests, pasts, notes = [], [], [], [], []
    found = histories(calls, calendar, minutes=grid.minutes, before=grid.first_date)
    for queue in wanted:
        if queue not in found:
            raise InputError(
                f"queue {queue!r} has no calls before {grid.first_date}",
                column=f"queue.{queue}",
                mend=f"The calls hold {', '.join(found)}",
            )
    for queue, history in found.items():
        watch.raise_if_stopped()
        inspection = inspect(history)
        notes += report(history, inspection)
        result = choose(history, wanted.get(queue, default), grid, origins=origins, watch=watch)
        notes += [*result.notes, *_plan_notes(history, grid)]
        handled = handle_forecast(history, grid, (handle_s or {}).get(queue), origins=origins)
        notes += handled.notes
        patience, told = settled(history, (patience_s or {}).get(queue), (handle_s or {}).get(queue))
        notes += told
        volumes.append(_volume(mended(history, inspection), result.model, grid, handled.seconds, patience))
        tests.append(_backtest_rows(queue, result))
        handle_tests.append(handled.backtest)
        pasts.append(history.table())
    volume = pd.concat(volumes, ignore_index=True)
    volume["model_calls"] = volume["calls"]
    if overrides is not None:
        if isinstance(overrides, pd.DataFrame):
            overrides = overrides_of(overrides, zone=grid.zone, minutes=grid.minutes)
        volume, told = overridden(volume, overrides, grid)
        notes += told
    return Forecast(
        volume,
        pd.concat(tests, ignore_index=True),
        pd.concat(pasts, ignore_index=True),
        table(notes),
        pd.concat(handle_tests, ignore_index=True),
    )


def _volume(history: History, name: str, grid: Grid, seconds: np.ndarray, patience: float) -> pd.DataFrame:
    """Return the rows of the volume table of one queue, open intervals only."""
    told = model_named(name).fit(history).predict(grid)
    day, wall = cells(grid)
    keep = history.known.open_mask(grid, history.queue)
    frame = pd.DataFrame({"queue": history.queue, "start": grid.starts[keep], "calls": told.mean[keep]})
    for i, column in enumerate(QUANTILE_COLUMNS):
        frame[column] = told.quantiles[keep, i]
    frame["handle_s"] = seconds[day, wall][keep]
    frame["patience_s"] = patience if np.isfinite(patience) else np.nan
    frame["model"] = name
    return frame


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


def _plan_notes(history: History, grid: Grid) -> list[Note]:
    """Note what the planned days ask that the history cannot tell."""
    notes = []
    calendar, queue = history.known, history.queue
    shut = len(history.closures)
    for date, part in zip(grid.dates, grid.day_slices, strict=True):
        where = (queue, grid.time(part.start), grid.time(part.stop))
        name = calendar.holiday(date)
        if name is not None and calendar.open_wall([date], grid.minutes, queue).any():
            past = f"; {shut} past holidays had no calls" if shut else ""
            notes.append(
                Note(
                    *where,
                    "holiday",
                    f"{name}{past}",
                    "planned as open; to shut it, write closed = 1 in special_days.csv",
                )
            )
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

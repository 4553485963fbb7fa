"""The two questions most asked of a table of calls, in one call each: what comes, and how far off would that be."""

from __future__ import annotations

import datetime as dt
import os
import warnings
from collections.abc import Iterable, Sequence

import pandas as pd

from .backtesting.race import ORIGINS
from .backtesting.rolling import backtest as rolled
from .calendar.calendars import Calendar
from .calls.tidy import calendar_of, cut, dates_of, minutes_of, origins_of, tidy
from .models import MODELS
from .overrides import Override
from .predict import Forecast
from .predict import forecast as predicted
from .progress import Watch

WARNED = ("short", "gap", "zero_run", "running", "closed_calls", "mixed_steps", "level_shift", "clock_slip", "model",
          "running_day")  # fmt: skip
"""Kinds of findings that a forecast on a data frame warns about; the others are usual."""
MOST_SAID = 5
QUEUES_A_PROCESS = 4
"""A process costs about as much to start as so many queues to forecast."""
DEFAULT_MODEL = next(iter(MODELS))


def forecast(
    calls: pd.DataFrame,
    days: int = 14,
    *,
    interval: int | str = "30min",
    open: str | None = None,  # noqa: A002  # the word of the command line
    closed: Iterable[dt.date | str] | pd.DataFrame = (),
    country: str | None = None,
    subdivision: str | None = None,
    min_intervals: int = 0,
    queue: str | None = None,
    zone: str | None = None,
    model: str = DEFAULT_MODEL,
    handle_s: float | None = None,
    patience_s: float | None = None,
    overrides: pd.DataFrame | None = None,
    now: str | pd.Timestamp | None = None,
    processes: int = 1,
    watch: Watch | None = None,
) -> pd.DataFrame:
    """Forecast the days after the last day of a table of calls.

    Parameters
    ----------
    calls
        ``start`` (or ``time``) and ``offered`` (or ``calls``), optionally ``queue`` (or ``centre``) and the other
        columns of the table ``calls``. Steps may be finer than `interval`.
    days
        How many calendar days.
    interval
        Minutes of an interval, or text such as ``30min``, ``1h``.
    open
        Opening hours of every day, ``07:00-21:00``; None = as the calls show. Weekdays without calls stay closed.
    closed
        Days known to be shut, past and to come.
    country, subdivision
        Whose public holidays (codes of the package *holidays*), whose effect is learnt from the past ones.
    min_intervals
        A day with fewer intervals than this counts as missing.
    queue
        Only this one; None = all.
    zone
        IANA time zone of stamps without an offset; None = wall clock, clock changes are not checked.
    model
        A model's name, or ``auto``.
    handle_s, patience_s
        Used where the history has none; `patience_s` wins over it.
    overrides
        The planner's own numbers, rows of the table ``overrides``; ``model_calls`` keeps the model's.
    now
        A moment of a running day: calls from then on are not used, and the rest of that day is forecast too, given
        what has come of it.
    processes
        Queues forecast beside each other; a script that sets it needs ``if __name__ == "__main__"``.
    watch
        Progress and stop.

    Returns
    -------
    pandas.DataFrame
        Table ``volume``: ``queue, start, calls, q0.025 … q0.975, handle_s, patience_s, model, model_calls``, open
        intervals only. A queue that cannot be forecast is left out, with a warning.

    Raises
    ------
    InputError
        If the calls cannot be used, or an option makes no sense.

    Examples
    --------
    >>> import numpy as np
    >>> starts = pd.date_range("2026-01-05 08:00", periods=24 * 40, freq="h")
    >>> calls = pd.DataFrame({"start": starts, "offered": 20.0 + 5.0 * (starts.hour == 10)})
    >>> calls = calls[starts.hour.isin([9, 10, 11])]
    >>> forecast(calls, 1, interval="1h")["calls"].round().tolist()
    [20.0, 25.0, 20.0]
    """
    found = answered(
        calls, days, minutes_of(interval), queue=queue, zone=zone, min_intervals=min_intervals, now=now, hours=open,
        closed=closed, country=country, subdivision=subdivision, model=model, handle_s=handle_s, patience_s=patience_s,
        overrides=overrides, processes=processes, origins=ORIGINS if model == "auto" else 0, watch=watch,
    )  # fmt: skip
    for name, error in found.failed.items():
        warnings.warn(f"queue {name!r} is left out: {error}", stacklevel=2)
    asked = {"closed_calls"} if open is not None else set()
    asked |= {"gap"} if min_intervals else set()
    said = found.quality[found.quality["kind"].isin(set(WARNED) - asked)]
    if len(said):
        first = said.head(MOST_SAID).itertuples()
        lines = [f"{row.queue} from {row.start} to {row.end}: {row.what}; {row.action}" for row in first]
        more = f"; and {len(said) - MOST_SAID} more" if len(said) > MOST_SAID else ""
        warnings.warn("; ".join(lines) + more, stacklevel=2)
    return found.volume


def answered(
    calls: pd.DataFrame,
    days: int,
    minutes: int,
    *,
    queue: str | None,
    zone: str | None,
    min_intervals: int,
    now: str | pd.Timestamp | None,
    hours: str | None,
    closed: Iterable[dt.date | str] | pd.DataFrame,
    country: str | None,
    subdivision: str | None,
    model: str,
    handle_s: float | None,
    patience_s: float | None,
    overrides: pd.DataFrame | Sequence[Override] | None,
    processes: int | None,
    origins: int,
    watch: Watch | None,
) -> Forecast:
    """Forecast as `forecast` and return all that it rests on; `processes` None = as many as pay.

    Raises
    ------
    InputError
        As `forecast`.
    """
    frame = tidy(calls, minutes, queue=queue, zone=zone, min_intervals=min_intervals)
    frame, grid = cut(frame, days, minutes, zone, now)
    names = list(frame["queue"].unique())
    if processes is None:
        processes = min(os.cpu_count() or 1, len(names) // QUEUES_A_PROCESS + 1)
    return predicted(
        frame,
        grid,
        calendar_of(frame, minutes, hours, closed, country, subdivision, zone),
        models=model,
        handle_s=dict.fromkeys(names, handle_s),
        patience_s=dict.fromkeys(names, patience_s),
        overrides=overrides,
        running=now is not None,
        processes=processes,
        origins=origins,
        watch=watch,
    )


def backtest(
    calls: pd.DataFrame,
    origins: pd.DataFrame,
    *,
    model: str = DEFAULT_MODEL,
    daytype: str = "business",
    interval: int | str = "30min",
    open: str | None = None,  # noqa: A002
    closed: Iterable[dt.date | str] | pd.DataFrame = (),
    country: str | None = None,
    subdivision: str | None = None,
    min_intervals: int = 0,
    queue: str | None = None,
    zone: str | None = None,
    watch: Watch | None = None,
) -> pd.DataFrame:
    """Forecast from past days with nothing but what was known on their evenings.

    The forecast of an origin equals what `forecast` gives on the calls cut there. `rolling.scores` turns the result
    into the table of errors.

    Parameters
    ----------
    calls
        As for `forecast`.
    origins
        ``origin`` (the last day whose calls may be used) and ``horizon_days``; other columns are ignored.
    model
        A model's name, ``auto`` (chosen anew at each origin) or ``all``.
    daytype
        ``business``: the horizon counts Mondays to Fridays, and five more are forecast; ``calendar``: all days.
    interval, open, closed, country, subdivision, min_intervals, queue, zone, watch
        As for `forecast`.

    Returns
    -------
    pandas.DataFrame
        ``origin, timestamp, mean, q0.025 … q0.975, queue, model`` and what `rolling.backtest` adds.

    Raises
    ------
    InputError
        If the calls or origins cannot be used, or an option makes no sense.
    """
    minutes = minutes_of(interval)
    frame = tidy(calls, minutes, queue=queue, zone=zone, min_intervals=min_intervals)
    shut = dates_of(closed)

    def known(past: pd.DataFrame) -> Calendar:
        return calendar_of(past, minutes, open, shut, country, subdivision, zone)

    return rolled(
        frame, known, interval_min=minutes, origins=origins_of(origins), model=model, daytype=daytype, watch=watch
    )

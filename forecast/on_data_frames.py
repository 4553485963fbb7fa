"""The public functions on a data frame of calls: what to expect (`forecast`), with which errors (`backtest`).

Both take their options one by one, since a user writes them in a notebook; inside, the options travel as one
`ForecastOptions` or `HistoryOptions`.
"""

from __future__ import annotations

import datetime as dt
import os
import warnings
from collections.abc import Iterable, Sequence

import pandas as pd

from .backtesting.origin_table import origins_of
from .backtesting.race import ORIGINS
from .backtesting.rolling import backtest as rolled
from .calls.history_options import HistoryOptions, dates_of, minutes_of
from .calls.tidy import calendar_of, tidy
from .options import DEFAULT_MODEL, ForecastOptions, usable_calls
from .overrides import Override
from .predict import Forecast
from .predict import forecast as predicted
from .progress import Watch

WARNED = ("short", "gap", "zero_run", "running", "closed_calls", "mixed_steps", "level_shift", "clock_slip", "model",
          "running_day", "hours")  # fmt: skip
"""Kinds of findings that a forecast on a data frame warns about; the others are usual."""
MOST_WARNED = 5
"""Findings named in the warning, at most: more would hide what matters."""
QUEUES_A_PROCESS = 4
"""Queues per process: to start a process costs about as much as to forecast so many queues."""


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

    Each option is a parameter of its own, since users call this function by hand.

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
        Whose public holidays (codes of the package *holidays*), whose effect is learnt from the past ones, and whose
        weekends.
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
        the calls that have come.
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
    options = ForecastOptions(
        HistoryOptions(minutes_of(interval), open, dates_of(closed), country, subdivision, min_intervals, queue, zone),
        days, model, handle_s, patience_s, now, ORIGINS if model == "auto" else 0, processes,
    )  # fmt: skip
    found = forecast_by_options(calls, options, overrides=overrides, watch=watch)
    for name, error in found.failed.items():
        warnings.warn(f"queue {name!r} is left out: {error}", stacklevel=2)
    expected = {"closed_calls"} if open is not None else set()
    expected |= {"gap"} if min_intervals else set()
    findings = found.quality[found.quality["kind"].isin(set(WARNED) - expected)]
    if len(findings):
        first = findings.head(MOST_WARNED).itertuples()
        lines = [f"{row.queue} from {row.start} to {row.end}: {row.what}; {row.action}" for row in first]
        more = f"; and {len(findings) - MOST_WARNED} more" if len(findings) > MOST_WARNED else ""
        warnings.warn("; ".join(lines) + more, stacklevel=2)
    return found.volume


def forecast_by_options(
    calls: pd.DataFrame,
    options: ForecastOptions,
    *,
    overrides: pd.DataFrame | Sequence[Override] | None = None,
    watch: Watch | None = None,
) -> Forecast:
    """Forecast as `forecast` and return all that the forecast rests on.

    Parameters
    ----------
    calls, overrides, watch
        As for `forecast`.
    options
        What is to be forecast, and how the calls are read.

    Raises
    ------
    InputError
        As `forecast`.
    """
    frame, grid = usable_calls(tidy(calls, options.history), options)
    names = list(frame["queue"].unique())
    processes = options.processes
    if processes is None:
        processes = min(os.cpu_count() or 1, len(names) // QUEUES_A_PROCESS + 1)
    return predicted(
        frame,
        grid,
        calendar_of(frame, options.history),
        models=options.model,
        handle_s=dict.fromkeys(names, options.handle_s),
        patience_s=dict.fromkeys(names, options.patience_s),
        overrides=overrides,
        running=options.now is not None,
        processes=processes,
        origins=options.origins,
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

    Each option is a parameter of its own, as for `forecast`. The forecast of an origin equals what `forecast` gives on
    the calls cut there. `scores` turns the result into the table of errors.

    Parameters
    ----------
    calls
        As for `forecast`.
    origins
        ``origin`` (the last day whose calls may be used) and ``horizon_days``; other columns are ignored.
    model
        A model's name, ``auto`` (chosen anew at each origin) or ``all``.
    daytype
        ``business``: the horizon counts the days worked, all but the weekend, and five more are forecast; ``calendar``:
        all days.
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
    options = HistoryOptions(
        minutes_of(interval), open, dates_of(closed), country, subdivision, min_intervals, queue, zone
    )
    return backtest_by_options(calls, origins, options, model=model, daytype=daytype, watch=watch)


def backtest_by_options(
    calls: pd.DataFrame,
    origins: pd.DataFrame,
    options: HistoryOptions,
    *,
    model: str = DEFAULT_MODEL,
    daytype: str = "business",
    watch: Watch | None = None,
) -> pd.DataFrame:
    """Forecast from past days as `backtest`; the calendar of each origin is made of the calls up to that origin.

    Parameters
    ----------
    calls, origins, model, daytype, watch
        As for `backtest`.
    options
        How the calls are read.

    Raises
    ------
    InputError
        As `backtest`.
    """
    return rolled(
        tidy(calls, options), lambda past: calendar_of(past, options), interval_min=options.interval_min,
        origins=origins_of(origins), model=model, daytype=daytype, watch=watch,
    )  # fmt: skip

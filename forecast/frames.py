"""The two questions most asked of a table of calls, in one call each: what comes, and how far off would that be."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Iterable

import pandas as pd

from .calendars import Calendar, SpecialDay, opening_of_history, parse_opening
from .errors import InputError
from .grid import WEEKDAYS, Grid
from .models import MODELS
from .predict import forecast as predicted
from .progress import Watch
from .rolling import backtest as rolled
from .tables import TABLES, check, parse_times

DEFAULT_MODEL = next(iter(MODELS))
MINUTES = (5, 10, 15, 20, 30, 60)


def forecast(
    calls: pd.DataFrame,
    days: int = 14,
    *,
    interval: int | str = "30min",
    open: str | None = None,  # noqa: A002  # the word of the command line
    closed: Iterable[dt.date | str] = (),
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
    minutes = minutes_of(interval)
    frame = tidy(calls, minutes, queue=queue, zone=zone, min_intervals=min_intervals)
    frame, grid = cut(frame, days, minutes, zone, now)
    names = list(frame["queue"].unique())
    found = predicted(
        frame,
        grid,
        calendar_of(frame, minutes, open, closed, country, subdivision, zone),
        models=model,
        handle_s=dict.fromkeys(names, handle_s),
        patience_s=dict.fromkeys(names, patience_s),
        overrides=overrides,
        running=now is not None,
        processes=processes,
        watch=watch,
    )
    for name, error in found.failed.items():
        warnings.warn(f"queue {name!r} is left out: {error}", stacklevel=2)
    return found.volume


def backtest(
    calls: pd.DataFrame,
    origins: pd.DataFrame,
    *,
    model: str = DEFAULT_MODEL,
    daytype: str = "business",
    interval: int | str = "30min",
    open: str | None = None,  # noqa: A002
    closed: Iterable[dt.date | str] = (),
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
    shut = tuple(closed)

    def known(past: pd.DataFrame) -> Calendar:
        return calendar_of(past, minutes, open, shut, country, subdivision, zone)

    return rolled(
        frame, known, interval_min=minutes, origins=_origins(origins), model=model, daytype=daytype, watch=watch
    )


def minutes_of(interval: int | str) -> int:
    """Return the minutes of an interval given as a number or as text such as ``30min``.

    Raises
    ------
    InputError
        If it is none, or does not divide an hour.
    """
    try:
        minutes = float(interval) if str(interval).strip().isdigit() else pd.Timedelta(interval) / pd.Timedelta("1min")
    except ValueError:
        minutes = 0.0
    if minutes not in MINUTES:
        raise InputError(
            "not an interval", column="interval", value=str(interval),
            mend=f"Use {', '.join(f'{m}min' for m in MINUTES)}",
        )  # fmt: skip
    return int(minutes)


def calendar_of(
    calls: pd.DataFrame,
    minutes: int,
    hours: str | None,
    closed: Iterable[dt.date | str],
    country: str | None,
    subdivision: str | None,
    zone: str | None,
) -> Calendar:
    """Return the calendar that options and the calls themselves make."""
    special = tuple(SpecialDay(d, "closed", "closed", closed=True) for d in _dates(closed))
    found = opening_of_history(calls, minutes)
    if hours is not None:
        asked = parse_opening(dict.fromkeys(WEEKDAYS, hours), key="--open")
        found = {day: asked[day] if spans else () for day, spans in found.items()}
    return Calendar(opening=found, zone=zone, country=country, subdivision=subdivision, special=special)


def _dates(days: Iterable[dt.date | str]) -> list[dt.date]:
    """Return dates of dates, stamps or text."""
    out = []
    for row, day in enumerate(days, start=2):
        stamp = pd.to_datetime(str(day), errors="coerce")
        if pd.isna(stamp):
            raise InputError("not a date", row=row, column="date", value=str(day), mend="Write it like 2026-12-25")
        out.append(stamp.date())
    return out


def cut(
    calls: pd.DataFrame, days: int, minutes: int, zone: str | None, now: str | pd.Timestamp | None
) -> tuple[pd.DataFrame, Grid]:
    """Return the calls that may be used, and the `days` days after the last one; with `now` its own day comes first.

    Raises
    ------
    InputError
        If `now` is no time, or no calls lie before it.
    """
    if now is None:
        return calls, Grid(calls["start"].max().date() + dt.timedelta(days=1), days, minutes, zone)
    moment = parse_times(pd.Series([now]).astype("string"), zone, column="--now").iloc[0]
    used = calls[calls["start"] < moment.floor(f"{minutes}min")]
    if used.empty:
        raise InputError(
            "no calls before it", column="--now", value=str(now), mend="Give a moment after the first call"
        )
    return used, Grid(moment.date(), days + 1, minutes, zone)


def tidy(
    calls: pd.DataFrame, minutes: int, *, queue: str | None = None, zone: str | None = None, min_intervals: int = 0
) -> pd.DataFrame:
    """Return calls as the table ``calls``: columns named and typed, one queue or all, without thin days.

    Parameters
    ----------
    calls, queue, zone, min_intervals
        As for `forecast`.
    minutes
        Interval that `min_intervals` counts.

    Raises
    ------
    InputError
        If a cell cannot be read, or no row is left.
    """
    other = {"centre": "queue", "time": "start", "calls": "offered"}
    frame = calls.rename(columns={a: b for a, b in other.items() if a in calls and b not in calls})
    if frame.index.name != "row":
        frame = frame.set_axis(pd.RangeIndex(2, len(frame) + 2, name="row"))  # as a spreadsheet counts them
    frame = check(frame, TABLES["calls"], zone=zone)
    if "queue" not in frame:
        frame = frame.assign(queue=queue or "calls")
    elif queue is not None:
        names = ", ".join(map(str, frame["queue"].unique()))
        frame = frame[frame["queue"] == queue]
        if frame.empty:
            raise InputError("no such queue", column="queue", value=queue, mend=f"The calls hold {names}")
    if frame.empty:
        raise InputError("no calls at all", mend="Bring rows of start and offered")
    if min_intervals > 0:
        day = frame["start"].dt.normalize()
        slot = frame["start"].dt.floor(f"{minutes}min", ambiguous=True)
        count = slot.groupby([frame["queue"], day]).transform("nunique")
        frame = frame[(count >= min_intervals).to_numpy()]
        if frame.empty:
            raise InputError("no day has so many intervals", column="min_intervals", value=min_intervals)
    return frame


def _origins(origins: pd.DataFrame) -> pd.DataFrame:
    """Return the two columns that matter, typed."""
    for column in ("origin", "horizon_days"):
        if column not in origins:
            raise InputError(
                f"column {column!r} is missing", column=column, value=", ".join(map(str, origins.columns)),
                mend="Origins need origin and horizon_days",
            )  # fmt: skip
    out = pd.DataFrame(
        {
            "origin": pd.to_datetime(origins["origin"], errors="coerce"),
            "horizon_days": pd.to_numeric(origins["horizon_days"], errors="coerce"),
        }
    )
    for column in ("origin", "horizon_days"):
        if out[column].isna().any():
            i = int(out[column].isna().to_numpy().argmax())
            raise InputError("unreadable", row=i + 2, column=column, value=str(origins[column].iloc[i]))
    return out

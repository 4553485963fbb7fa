"""The two questions most asked of a table of calls, in one call each: what comes, and how far off would that be."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Iterable

import pandas as pd

from .calendars import Calendar, Spans, SpecialDay, opening_of_history, parse_opening
from .errors import InputError
from .grid import WEEKDAYS, Grid, known_zone
from .models import MODELS
from .predict import forecast as predicted
from .progress import Watch
from .race import ORIGINS
from .rolling import MOST_DAYS
from .rolling import backtest as rolled
from .tables import TABLES, check

WARNED = ("short", "gap", "zero_run", "running", "closed_calls", "mixed_steps", "level_shift", "clock_slip", "model",
          "running_day")  # fmt: skip
"""Kinds of findings that a forecast on a data frame warns about; the others are usual."""
MOST_SAID = 5
DEFAULT_MODEL = next(iter(MODELS))
MINUTES = (5, 10, 15, 20, 30, 60)
MOST_SILENT_DAYS = 14


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
        origins=ORIGINS if model == "auto" else 0,
        watch=watch,
    )
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
    shut = _dates(closed)

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
    closed: Iterable[dt.date | str] | pd.DataFrame,
    country: str | None,
    subdivision: str | None,
    zone: str | None,
) -> Calendar:
    """Return the calendar that options and the calls themselves make."""
    special = tuple(SpecialDay(d, "closed", "closed", closed=True) for d in _dates(closed))
    asked = None if hours is None else parse_opening(dict.fromkeys(WEEKDAYS, hours), key="--open")

    def opening(rows: pd.DataFrame) -> dict[str, Spans]:
        found = opening_of_history(rows, minutes)
        return found if asked is None else {day: asked[day] if spans else () for day, spans in found.items()}

    queues = {str(queue): opening(rows) for queue, rows in calls.groupby("queue", sort=False)}
    return Calendar(
        opening=next(iter(queues.values())), zone=zone, country=country, subdivision=subdivision, special=special,
        queue_opening=queues if len(queues) > 1 else {},
    )  # fmt: skip


def _dates(days: Iterable[dt.date | str] | pd.DataFrame) -> list[dt.date]:
    """Return dates of dates, stamps or text; of a table its column ``date``."""
    if isinstance(days, pd.DataFrame):
        if "date" not in days:
            raise InputError("column 'date' is missing", column="date", mend="Closed days need a column date")
        days = days["date"]
    if isinstance(days, str):
        days = [days]
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
    if isinstance(days, bool) or int(days) != days or not 1 <= days <= MOST_DAYS:
        raise InputError(f"Expected 1 to {MOST_DAYS} whole days", column="--days", value=days)
    if now is None:
        return calls, Grid(calls["start"].max().date() + dt.timedelta(days=1), int(days), minutes, zone)
    moment = _moment(now, zone)
    grid = Grid(moment.date(), int(days) + 1, minutes, zone)
    step = pd.Timedelta(minutes=minutes)
    used = calls[calls["start"] < grid.first + step * ((moment - grid.first) // step)]
    if used.empty:
        raise InputError(
            "no calls before it", column="--now", value=str(now), mend="Give a moment after the first call"
        )
    last = used["start"].max().date()
    if (grid.first_date - last).days > MOST_SILENT_DAYS:
        raise InputError(
            f"the calls end on {last}", column="--now", value=str(now), mend="Bring the calls up to that moment"
        )
    return used, grid


def _moment(now: str | pd.Timestamp, zone: str | None) -> pd.Timestamp:
    """Return a moment of the zone's clock; of a repeated hour the first passage unless the offset says otherwise."""
    try:
        moment = pd.Timestamp(now)
        if zone is None:
            return moment.tz_localize(None)
        known = known_zone(zone)
        return moment.tz_localize(known, ambiguous=True) if moment.tzinfo is None else moment.tz_convert(known)
    except InputError:
        raise
    except ValueError:
        raise InputError(
            "no moment of the clock", column="--now", value=str(now), mend="Write it like 2026-10-25T11:30"
        ) from None


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
    if min_intervals < 0:
        raise InputError("Expected a whole number of at least 0", column="min_intervals", value=min_intervals)
    other = {"centre": "queue", "time": "start", "calls": "offered"}
    frame = calls.rename(columns={a: b for a, b in other.items() if a in calls and b not in calls})
    if frame.index.name != "row":
        frame = frame.set_axis(pd.RangeIndex(2, len(frame) + 2, name="row"))  # as a spreadsheet counts them
    if zone is None and isinstance(frame.get("start", pd.Series()).dtype, pd.DatetimeTZDtype):
        raise InputError(
            "times with a zone, but none is named", column="start", mend='Give it, like zone="Europe/Paris"'
        )
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

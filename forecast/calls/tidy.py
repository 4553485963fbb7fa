"""From options and a table of calls to what a forecast needs: minutes, calendar, typed rows, days to forecast."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import pandas as pd

from ..backtesting.rolling import MOST_DAYS
from ..calendar.calendars import Calendar
from ..calendar.grid import WEEKDAYS, Grid, known_zone
from ..calendar.opening_hours import Spans, opening_of_history, parse_opening
from ..calendar.special_days import SpecialDay
from ..errors import InputError
from ..tables import TABLES, check

MINUTES = (5, 10, 15, 20, 30, 60)
MOST_SILENT_DAYS = 14


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
    special = tuple(SpecialDay(d, "closed", "closed", closed=True) for d in dates_of(closed))
    asked = None if hours is None else parse_opening(dict.fromkeys(WEEKDAYS, hours), key="--open")

    def opening(rows: pd.DataFrame) -> dict[str, Spans]:
        found = opening_of_history(rows, minutes)
        return found if asked is None else {day: asked[day] if spans else () for day, spans in found.items()}

    queues = {str(queue): opening(rows) for queue, rows in calls.groupby("queue", sort=False)}
    return Calendar(
        opening=next(iter(queues.values())), zone=zone, country=country, subdivision=subdivision, special=special,
        queue_opening=queues if len(queues) > 1 else {},
    )  # fmt: skip


def dates_of(days: Iterable[dt.date | str] | pd.DataFrame) -> list[dt.date]:
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


def origins_of(origins: pd.DataFrame) -> pd.DataFrame:
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

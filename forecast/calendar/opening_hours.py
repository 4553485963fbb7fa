"""Opening hours: spans of a day in minutes after midnight, read from text or found in the calls."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from itertools import pairwise

import pandas as pd

from ..errors import InputError
from .grid import WEEKDAYS

Spans = tuple[tuple[int, int], ...]
"""Open spans of one day in minutes after midnight, half-open, sorted, without overlap; () = closed."""

ALWAYS: dict[str, Spans] = dict.fromkeys(WEEKDAYS, ((0, 1440),))
"""Open around the clock on every day of the week."""

RECENT_DAYS = 91
"""Days of calls that show today's opening hours: 13 weeks give each weekday enough days for a majority."""


def _minute(text: str, column: str) -> int:
    hour, colon, minute = text.strip().partition(":")
    if colon and hour.isdigit() and minute.isdigit() and len(minute) == 2:
        value = int(hour) * 60 + int(minute)
        if int(minute) < 60 and value <= 1440:
            return value
    raise InputError(
        "not a time of day", column=column, value=text.strip(), mend="Write it like 07:00; 24:00 is the day's end"
    )


def parse_hours(text: str, *, column: str = "hours") -> Spans:
    """Read spans ``HH:MM-HH:MM`` separated by commas, or ``closed``.

    Returns
    -------
    tuple
        Open spans in minutes after midnight, sorted; () = closed.

    Raises
    ------
    InputError
        On a malformed time, or spans that overlap or end before they begin.

    Examples
    --------
    >>> parse_hours("08:00-12:00, 13:00-17:30")
    ((480, 720), (780, 1050))
    """
    if text.strip().lower() in ("closed", ""):
        return ()
    spans = []
    for part in text.split(","):
        start, dash, end = part.partition("-")
        if not dash:
            raise InputError(
                "not opening hours", column=column, value=text, mend='Write them like "07:00-21:00" or "closed"'
            )
        low, high = _minute(start, column), _minute(end, column)
        if low >= high:
            raise InputError(
                "opening hours end before they begin",
                column=column,
                value=part.strip(),
                mend='Split them at midnight: "22:00-24:00" on one day, "00:00-06:00" on the next',
            )
        spans.append((low, high))
    spans.sort()
    for (_, end_before), (begin, _) in pairwise(spans):
        if begin < end_before:
            raise InputError("opening hours overlap", column=column, value=text, mend="Merge the two spans")
    return tuple(spans)


def parse_opening(hours: Mapping[str, str], *, key: str = "opening") -> dict[str, Spans]:
    """Read opening hours such as ``{"monday": "07:00-12:00, 13:00-21:00", "sunday": "closed"}``.

    A weekday that is left out is closed.

    Parameters
    ----------
    hours
        Weekday name to text: spans ``HH:MM-HH:MM`` separated by commas, or ``closed``.
    key
        Config key that errors name.

    Returns
    -------
    dict
        Per weekday name the open spans in minutes after midnight, sorted.

    Raises
    ------
    InputError
        On an unknown weekday, a malformed time, overlapping spans, or when no day is open.

    Examples
    --------
    >>> parse_opening({"monday": "07:00-21:00"})["monday"]
    ((420, 1260),)
    """
    out: dict[str, Spans] = dict.fromkeys(WEEKDAYS, ())
    for day, text in hours.items():
        if day not in out:
            near = difflib.get_close_matches(day.lower(), WEEKDAYS, 1)
            raise InputError(
                "unknown weekday",
                column=f"{key}.{day}",
                value=day,
                mend=f"Did you mean {near[0]!r}?" if near else f"One of {', '.join(WEEKDAYS)}",
            )
        out[day] = parse_hours(text, column=f"{key}.{day}")
    if not any(out.values()):
        raise InputError(
            "no day is open", column=f"{key}.monday", mend='Give at least one day hours such as "07:00-21:00"'
        )
    return out


def opening_of_history(calls: pd.DataFrame, minutes: int) -> dict[str, Spans]:
    """Return opening hours as the last `RECENT_DAYS` days show them: per weekday from the first usual interval on.

    An interval is usual when at least half of the weekday's days have all its rows (a source finer than `minutes` has
    several); a weekday with calls in no more than a third of the weeks that have any is closed.

    Parameters
    ----------
    calls
        Calls table of one queue with typed ``start``.
    minutes
        Interval of the forecast.
    """
    start = calls["start"].drop_duplicates().sort_values(ignore_index=True)
    start = start[start >= start.max().normalize() - pd.Timedelta(days=RECENT_DAYS)]
    day = start.dt.normalize()
    step = start.diff().dt.total_seconds().div(60.0).where(day == day.shift()).groupby(day).transform("min")
    minute = (start.dt.hour * 60 + start.dt.minute) // minutes * minutes
    due = (minutes / step.fillna(minutes)).clip(lower=1.0)
    rows = pd.DataFrame({"weekday": start.dt.day_of_week, "date": day, "minute": minute, "due": due})
    parts = rows.groupby(["weekday", "date", "minute"])["due"].agg(["size", "max"])
    seen = parts[parts["size"] >= parts["max"]].reset_index()
    out: dict[str, Spans] = dict.fromkeys(WEEKDAYS, ())
    weeks = (day - pd.to_timedelta(start.dt.day_of_week, unit="D")).nunique()
    for weekday, part in seen.groupby("weekday"):
        days = part["date"].nunique()
        usual = part.groupby("minute").size()
        usual = usual[usual >= 0.5 * days]
        if 3 * days > weeks and len(usual):
            out[WEEKDAYS[int(str(weekday))]] = ((int(usual.index.min()), int(usual.index.max()) + minutes),)
    return out

"""Opening hours: spans of a day in minutes after midnight, read from text."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from itertools import pairwise

import numpy as np

from ..errors import InputError
from .grid import WEEKDAYS
from .stretches import stretches

Spans = tuple[tuple[int, int], ...]
"""Open spans of one day in minutes after midnight, half-open, sorted, without overlap; () = closed."""

ALWAYS: dict[str, Spans] = dict.fromkeys(WEEKDAYS, ((0, 1440),))
"""Open around the clock on every day of the week."""


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
    """Read spans ``HH:MM-HH:MM`` separated by commas, or ``closed``; an end at 23:59 is the day's end.

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
        high += high == 1439  # whoever writes 23:59 means the day's end
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


def hours_text(spans: Iterable[tuple[int, int]]) -> str:
    """Return spans as `parse_hours` reads them.

    Examples
    --------
    >>> hours_text([(480, 720), (780, 1440)])
    '08:00-12:00, 13:00-24:00'
    """
    return ", ".join(f"{a // 60:02d}:{a % 60:02d}-{b // 60:02d}:{b % 60:02d}" for a, b in spans) or "closed"


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


def spans_of(is_open: np.ndarray, minutes: int) -> Spans:
    """Return the runs of intervals that are open, shape (P,), as spans of minutes after midnight."""
    return tuple((a * minutes, b * minutes) for a, b in stretches(is_open))


def open_intervals(hours: Mapping[str, Spans], minutes: int) -> np.ndarray:
    """Return whether each interval of each weekday is open when it starts, shape (7, P)."""
    start = np.arange(0, 1440, minutes)
    return np.array([[any(a <= m < b for a, b in hours.get(day, ())) for m in start] for day in WEEKDAYS])

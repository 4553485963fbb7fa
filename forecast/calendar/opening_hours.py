"""Opening hours: spans of a day in minutes after midnight, read from text or found in the calls."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Self

import numpy as np
import pandas as pd

from ..errors import InputError
from .grid import WEEKDAYS
from .stretches import stretches

Spans = tuple[tuple[int, int], ...]
"""Open spans of one day in minutes after midnight, half-open, sorted, without overlap; () = closed."""

ALWAYS: dict[str, Spans] = dict.fromkeys(WEEKDAYS, ((0, 1440),))
"""Open around the clock on every day of the week."""

RECENT_DAYS = 91
"""Days of calls that show today's opening hours: 13 weeks give each weekday enough days for a majority."""

CHANCE = 1e-3
"""Probability, above 0, below which chance does not explain that nothing came in a stretch of a day, on any weekday."""

RARE = 1e-5
"""The same for one weekday alone, above 0: smaller, since there are many stretches to be tried."""

QUIET = 0.02
"""Calls of a quiet open interval as a share of the usual one, above 0: nights of desks that never close have less."""

STRAY = 0.005
"""Calls that come though nobody is there (wrong numbers), as a share of the usual interval's, at least 0."""

SHORTEST_MIN = 60
"""Minutes that rows without calls must last to show a closed stretch, at least 1: shorter breaks are rare."""


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


def opening_of_history(calls: pd.DataFrame, minutes: int) -> dict[str, Spans]:
    """Return opening hours as the last `RECENT_DAYS` days show them: per weekday the usual intervals.

    An interval is usual when at least half of the weekday's days have all its rows (a source finer than `minutes` has
    several); a weekday with calls in no more than a third of the weeks that have any is closed. Between the first and
    the last usual interval the weekday is closed where chance does not explain that no row, or no call, ever came
    there (`CHANCE`): a lunch break, or the day between two halves of a night.

    Parameters
    ----------
    calls
        Calls table of one queue with typed ``start``.
    minutes
        Interval of the forecast.
    """
    return hours_of_history(calls, minutes)[0]


def hours_of_history(calls: pd.DataFrame, minutes: int) -> tuple[dict[str, Spans], dict[str, Spans]]:
    """Return opening hours (`opening_of_history`), and the hours that have rows, be there calls or not."""
    rows = calls.drop_duplicates("start").sort_values("start", ignore_index=True)
    start = rows["start"]
    recent = start >= start.max().normalize() - pd.Timedelta(days=RECENT_DAYS)
    start, offered = start[recent], pd.to_numeric(rows["offered"][recent], errors="coerce").astype(float)
    day = start.dt.normalize()
    step = start.diff().dt.total_seconds().div(60.0).where(day == day.shift()).groupby(day).transform("min")
    minute = (start.dt.hour * 60 + start.dt.minute) // minutes * minutes
    due = (minutes / step.fillna(minutes)).clip(lower=1.0)
    rows = pd.DataFrame(
        {"weekday": start.dt.day_of_week, "date": day, "minute": minute, "due": due, "calls": offered.fillna(np.inf)}
    )
    parts = rows.groupby(["weekday", "date", "minute"]).agg(
        size=("due", "size"), due=("due", "max"), calls=("calls", "sum")
    )
    seen = parts[parts["size"] >= parts["due"]].reset_index()
    opening: dict[str, Spans] = dict.fromkeys(WEEKDAYS, ())
    listed = dict(opening)
    weeks = (day - pd.to_timedelta(start.dt.day_of_week, unit="D")).nunique()
    shown = [
        _Shown.of(part, minutes) if 3 * part["date"].nunique() > weeks else None
        for part in (seen[seen["weekday"] == weekday] for weekday in range(len(WEEKDAYS)))
    ]
    open_days = [one for one in shown if one is not None]
    for name, one in zip(WEEKDAYS, shown, strict=True):
        if one is not None:
            opening[name], listed[name] = one.spans(open_days, minutes)
    return opening, listed


@dataclass(frozen=True)
class _Shown:
    """What the days of one weekday show, per interval of the day, shape (P,).

    Attributes
    ----------
    days
        Days that have any row.
    rows, calls
        Days that have the interval's rows; the calls that came there, infinite where a count is unknown.
    """

    days: int
    rows: np.ndarray
    calls: np.ndarray

    @classmethod
    def of(cls, part: pd.DataFrame, minutes: int) -> Self:
        """Return what the rows of a weekday show."""
        slot = part["minute"].to_numpy(dtype=int) // minutes
        size = 1440 // minutes
        return cls(
            part["date"].nunique(), np.bincount(slot, minlength=size), np.bincount(slot, part["calls"], minlength=size)
        )

    @cached_property
    def span(self) -> slice:
        """From the first to the last usual interval; empty without one."""
        usual = np.flatnonzero(self.rows >= 0.5 * self.days) if self.days else np.array([], dtype=int)
        return slice(int(usual[0]), int(usual[-1]) + 1) if len(usual) else slice(0, 0)

    @property
    def inside(self) -> np.ndarray:
        """Whether each interval lies in `span`."""
        out = np.zeros(len(self.rows), dtype=bool)
        out[self.span] = True
        return out

    def spans(self, week: Sequence[_Shown], minutes: int) -> tuple[Spans, Spans]:
        """Return the open spans and those that have rows, in minutes after midnight.

        Parameters
        ----------
        week
            What all weekdays show, this one included: one that was seen only once is believed as far as all agree.
        """
        shut = self.empty
        if self.days == 1 and (others := [one for one in week if one.days > 1]):
            shut = (self.rows == 0) & np.logical_and.reduce([one.empty | ~one.inside for one in others])
        listed = self.inside & ~shut
        return _spans(listed & ~self._silent(week), minutes), _spans(listed, minutes)

    @cached_property
    def empty(self) -> np.ndarray:
        """Intervals of runs that never had a row, where so few rows are missing elsewhere that this is no chance."""
        rows = self.rows[self.span]
        some = rows[rows > 0]
        absent = 1.0 - some.sum() / (self.days * max(len(some), 1))
        return self._runs(self.rows == 0, lambda run: absent ** (self.days * (run.stop - run.start)) < CHANCE)

    def _silent(self, week: Sequence[_Shown]) -> np.ndarray:
        """Return the intervals of runs whose rows have next to no call, where that is no chance.

        The calls to be expected are those of all weekdays at that time; where no weekday has any, a small share
        of the usual interval's.
        """
        calls, rows = (np.sum([getattr(one, name) for one in week], axis=0) for name in ("calls", "rows"))
        if not np.isfinite(calls).all() or not calls.any():
            return np.zeros(len(calls), dtype=bool)
        rate = calls / np.maximum(rows, 1)
        usual = float((rate**2).sum() / rate.sum())  # as the average caller sees
        dead = np.asarray(calls <= STRAY * usual * rows)
        never = self._runs(dead, lambda run: QUIET * usual * float(rows[run].sum()) > -math.log(CHANCE))
        due = rate * self.rows
        mine = np.asarray((self.calls == 0) | ((self.calls <= 1) & (due > -math.log(RARE))))
        found = never | self._runs(mine, lambda run: float(due[run].sum()) > -math.log(RARE))
        return self._runs(found, lambda run: (run.stop - run.start) * 1440 >= SHORTEST_MIN * len(found))

    def _runs(self, at: np.ndarray, believed: Callable[[slice], bool]) -> np.ndarray:
        """Return the runs of `at` within the span of the day that are believed to be no chance."""
        out = np.zeros(len(at), dtype=bool)
        for a, b in stretches(at & self.inside):
            out[a:b] = believed(slice(a, b))
        return out


def _spans(at: np.ndarray, minutes: int) -> Spans:
    """Return the runs of intervals in `at` as spans of minutes after midnight."""
    return tuple((a * minutes, b * minutes) for a, b in stretches(at))

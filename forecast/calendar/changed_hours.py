"""Opening hours of today as calls show them, and those before them where they changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from .grid import WEEKDAYS
from .opening_hours import Spans, hours_text, open_intervals, spans_of
from .shown_hours import SHORTEST_MIN, Past
from .stretches import stretches

RECENT_DAYS = 91
"""Days of calls that show today's opening hours: 13 weeks give each weekday enough days for a majority."""
LOOK_DAYS = 800
"""Days in which a change of the hours is looked for, at most: as far back as a model learns."""
LATELY_WEEKS = (*range(3, 14), 15, 18, 22, 27, 33, 40, 52)
"""Weeks at the end of the history that may have other hours than those before: at least 3, fewer may be holidays."""
BEFORE_WEEKS = 3
"""Weeks before a change that are needed to tell that the hours were others, at least 1."""
LEAST_DAYS = 4
"""Days on which a stretch that is open has a call, at least: three of one weekday may be chance."""
SURE = 1e-7
"""Probability, above 0, below which chance does not explain that a stretch had no call: many stretches are tried."""
STEADY = 0.5
"""Share of the days on which a stretch that is open has a call, at least: of one with hardly a call nothing is told."""
LIVE = 0.1
"""Calls of an interval of such a stretch while it is open as a share of the usual interval's, at least."""
CLOSED_SHARE = 0.05
"""Calls of a stretch while it is closed as a share of those while it is open, at most: callers who try all the same."""


@dataclass(frozen=True)
class Change:
    """A change of the weekly hours.

    Attributes
    ----------
    since
        First day of the new hours.
    opened, closed
        Intervals of each weekday that opened, and that closed, shape (7, P).
    """

    since: dt.date
    opened: np.ndarray
    closed: np.ndarray

    def told(self) -> str:
        """Return the change in words."""
        parts = []
        if self.opened.any():
            parts.append(f"calls come {hours_told(self.opened)}, none before")
        if self.closed.any():
            parts.append(f"no more calls come {hours_told(self.closed)}")
        return f"since {self.since} " + ", and ".join(parts)


@dataclass(frozen=True)
class ShownHours:
    """What calls show of the weekly hours.

    Attributes
    ----------
    opening
        Opening hours of today.
    listed
        The hours that have rows, be there calls or not.
    change
        The last change, None where they never changed.
    silent
        Intervals of each weekday, (7, P), that count as open though no call came: too few calls tell closed from quiet.
    """

    opening: dict[str, Spans]
    listed: dict[str, Spans]
    change: Change | None
    silent: np.ndarray


def hours_told(is_open: np.ndarray) -> str:
    """Return intervals of weekdays, shape (7, P), in one line, days with the same hours together.

    Examples
    --------
    >>> evenings = np.zeros((7, 24), dtype=bool)
    >>> evenings[:5, 18:21] = True
    >>> hours_told(evenings)
    'monday, tuesday, wednesday, thursday, friday 18:00-21:00'
    """
    same: dict[str, list[str]] = {}
    for day, row in zip(WEEKDAYS, is_open, strict=True):
        if row.any():
            same.setdefault(hours_text(spans_of(row, 1440 // len(row))), []).append(day)
    return "; ".join(f"{', '.join(days)} {text}" for text, days in same.items())


def opening_of_history(calls: pd.DataFrame, minutes: int) -> dict[str, Spans]:
    """Return opening hours as the last `RECENT_DAYS` days show them, or the last weeks where the hours changed.

    Parameters
    ----------
    calls
        Calls table of one queue with typed ``start``.
    minutes
        Interval of the forecast.
    """
    return hours_of_history(calls, minutes).opening


def hours_of_history(calls: pd.DataFrame, minutes: int) -> ShownHours:
    """Return opening hours (`opening_of_history`), the hours that have rows, and the last change."""
    past = Past.of(calls, minutes, LOOK_DAYS)
    recent = past.within(int(past.day[-1]) - RECENT_DAYS, int(past.day[-1]) + 1)
    opened, listed = recent.hours
    change = last_change(past, calls["start"].max().date())
    if change is not None:
        opened, listed = ((mask | change.opened) & ~change.closed for mask in (opened, listed | opened))

    def week(mask: np.ndarray) -> dict[str, Spans]:
        return {day: spans_of(row, minutes) for day, row in zip(WEEKDAYS, mask, strict=True)}

    return ShownHours(week(opened), week(listed), change, _silent(opened, recent))


def _silent(opened: np.ndarray, recent: Past) -> np.ndarray:
    """Return the open intervals of weekdays, and of times of day, that lasted long enough and never had a call."""
    calls = np.array([recent.calls[recent.weekday == w].sum(axis=0) for w in range(7)])
    out = opened & (calls.sum(axis=1, keepdims=True) == 0)
    for a, b in stretches(opened.any(axis=0) & (calls.sum(axis=0) == 0)):
        out[:, a:b] |= opened[:, a:b] & ((b - a) * 1440 >= SHORTEST_MIN * len(opened[0]))
    return np.asarray(out)


def last_change(past: Past, last: dt.date) -> Change | None:
    """Return the change of the weekly hours that the calls show most surely, None where they show none.

    For each number of `LATELY_WEEKS` the hours of these weeks are held against those until a week before them, since a
    change may fall within a week. A stretch has opened where hardly a call came before (`CLOSED_SHARE`) and chance does
    not explain that, given the calls since; the other way round it has closed. Each must hold in three weeks at least,
    and while it was open calls came on most days, and not just a few.

    Parameters
    ----------
    last
        The last day of the calls.
    """
    best: tuple[float, Change] | None = None
    end = int(past.day[-1]) + 1
    for weeks in LATELY_WEEKS:
        if end < 7 * (weeks + 1 + BEFORE_WEEKS):
            break
        before, lately = past.within(0, end - 7 * (weeks + 1)), past.within(end - 7 * weeks, end)
        old, new = before.hours[0], lately.hours[0]
        opened, sure = _believed(new & ~old, lately, before, end)
        closed, also = _believed(old & ~new, before, lately, end)
        if sure + also > (best[0] if best is not None else 0.0):
            since = last - dt.timedelta(days=end - 1 - _first_day(past, opened, closed, end - 7 * (weeks + 1)))
            best = sure + also, Change(since, opened, closed)
    return None if best is None else best[1]


def _believed(at: np.ndarray, open_: Past, shut: Past, end: int) -> tuple[np.ndarray, float]:
    """Return the stretches of `at`, (7, P), that were open in one part of the past and shut in the other, and how sure.

    Stretches of the same times are judged together over their weekdays. How sure is the number of calls that would have
    come in the shut part.
    """
    out, sure = np.zeros_like(at), 0.0
    weeks_open, weeks_shut = (len(np.unique((end - 1 - part.day) // 7)) for part in (open_, shut))
    if min(weeks_open, weeks_shut) < BEFORE_WEEKS:
        return out, sure
    usual = _usual(open_)
    for days, run in _alike(at, open_):
        on, off = (_calls_of_days(part, days, run) for part in (open_, shut))
        due = on.sum() / weeks_open * weeks_shut
        open_days, size = len(days) * weeks_open, run.stop - run.start
        steady = (
            size * 1440 >= SHORTEST_MIN * at.shape[1]
            and len(np.unique((end - 1 - open_.day[on > 0]) // 7)) >= BEFORE_WEEKS
            and (on > 0).sum() >= max(STEADY * open_days, LEAST_DAYS)
            and on.sum() >= LIVE * usual * open_days * size
        )
        if steady and off.sum() <= CLOSED_SHARE * due and stats.poisson.cdf(off.sum(), due) < SURE:
            out[np.ix_(days, range(run.start, run.stop))] = True
            sure += due - off.sum()
    return out, sure


def _alike(at: np.ndarray, open_: Past) -> Iterator[tuple[list[int], slice]]:
    """Yield the stretches of `at`, shape (7, P), with all weekdays that have just these, from first to last call."""
    same: dict[tuple[int, int], list[int]] = {}
    for weekday, row in enumerate(at):
        for run in stretches(row):
            same.setdefault(run, []).append(weekday)
    for (begin, stop), days in same.items():
        came = np.flatnonzero(open_.calls[np.isin(open_.weekday, days), begin:stop].any(axis=0))
        if len(came):
            yield days, slice(begin + int(came[0]), begin + int(came[-1]) + 1)


def _usual(past: Past) -> float:
    """Return the calls of the usual interval, as the average caller sees."""
    calls = np.where(np.isfinite(past.calls), past.calls, 0.0)
    return float((calls**2).sum() / max(calls.sum(), 1.0))


def _calls_of_days(past: Past, weekdays: list[int], run: slice) -> np.ndarray:
    """Return the calls of each day within `run`, 0 on other weekdays; an unknown count counts as one call."""
    calls = np.where(np.isfinite(past.calls[:, run]), past.calls[:, run], 1.0).sum(axis=1)
    return np.where(np.isin(past.weekday, weekdays), calls, 0.0)


def _first_day(past: Past, opened: np.ndarray, closed: np.ndarray, begin: int) -> int:
    """Return the first day of the new hours: of the first call in what opened, else after the last in what closed."""
    came = np.isfinite(past.calls) & (past.calls > 0)
    new = (came & opened[past.weekday]).any(axis=1) & (past.day >= begin)
    if new.any():
        return int(past.day[new][0])
    old = (came & closed[past.weekday]).any(axis=1) & (past.day < begin + 7)
    return int(past.day[old][-1]) + 1 if old.any() else begin


def hours_before(change: Change, hours: Mapping[str, Spans], minutes: int) -> dict[str, Spans]:
    """Return the weekly hours before a change, given today's."""
    mask = (open_intervals(hours, minutes) & ~change.opened) | change.closed
    return {day: spans_of(row, minutes) for day, row in zip(WEEKDAYS, mask, strict=True)}

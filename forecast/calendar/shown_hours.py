"""Opening hours that calls show: per weekday the usual intervals, less what chance does not explain as open."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from .stretches import stretches

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


@dataclass(frozen=True)
class Past:
    """The days of a queue that have any row (N of them), by interval of the day (P).

    Attributes
    ----------
    day
        Days from the first to the last day of the calls, ascending, shape (N,).
    weekday
        0 = Monday, shape (N,).
    rows
        Whether all rows of an interval are there (a source finer than the interval has several), shape (N, P).
    calls
        Calls that came there, infinite where a count is unknown, shape (N, P).
    """

    day: np.ndarray
    weekday: np.ndarray
    rows: np.ndarray
    calls: np.ndarray

    @classmethod
    def of(cls, calls: pd.DataFrame, minutes: int, days: int) -> Past:
        """Return the last `days` days of a calls table of one queue with typed ``start``.

        Parameters
        ----------
        minutes
            Interval of the forecast.
        """
        start = calls["start"]
        recent = calls[start >= start.max().normalize() - pd.Timedelta(days=days)]
        rows = recent.drop_duplicates("start").sort_values("start", ignore_index=True)
        start, offered = rows["start"], pd.to_numeric(rows["offered"], errors="coerce").astype(float).fillna(np.inf)
        date = start.dt.tz_localize(None).dt.normalize() if start.dt.tz is not None else start.dt.normalize()
        step = start.diff().dt.total_seconds().div(60.0).where(date == date.shift()).groupby(date).transform("min")
        due = (minutes / step.fillna(minutes)).clip(lower=1.0).to_numpy()
        number = (date - date.iloc[0]).dt.days.to_numpy()
        day, row = np.unique(number, return_inverse=True)
        size = 1440 // minutes
        cell = row * size + ((start.dt.hour * 60 + start.dt.minute) // minutes).to_numpy()
        shape = (len(day), size)
        count = np.bincount(cell, minlength=len(day) * size).reshape(shape)
        most = np.zeros(len(day) * size)
        np.maximum.at(most, cell, due)
        whole = (count > 0) & (count >= most.reshape(shape))
        came = np.bincount(cell, offered, minlength=len(day) * size).reshape(shape)
        weekday = (date.iloc[0].day_of_week + day) % 7
        return cls(day, weekday, whole, np.where(whole, came, 0.0))

    def within(self, low: int, high: int) -> Past:
        """Return the days from `low` to before `high`."""
        keep = (self.day >= low) & (self.day < high)
        return Past(self.day[keep], self.weekday[keep], self.rows[keep], self.calls[keep])

    @cached_property
    def hours(self) -> tuple[np.ndarray, np.ndarray]:
        """Which intervals of each weekday are open, and which have rows, be there calls or not, each of shape (7, P).

        An interval is usual when at least half of the weekday's days have all its rows; a weekday with calls in no more
        than a third of the weeks that have any is closed. Between the first and the last usual interval the weekday is
        closed where chance does not explain that no row, or no call, ever came there (`CHANCE`): a lunch break, or the
        day between two halves of a night.
        """
        weeks = len(np.unique(self.day - self.weekday))
        shown = [_Shown.of(self, weekday) for weekday in range(7)]
        week = [one if 3 * one.days > weeks else None for one in shown]
        open_days = [one for one in week if one is not None]
        none = np.zeros(self.rows.shape[1], dtype=bool)
        found = [(none, none) if one is None else one.hours(open_days) for one in week]
        return np.array([opened for opened, _ in found]), np.array([listed for _, listed in found])


@dataclass(frozen=True)
class _Shown:
    """What the days of one weekday show, per interval of the day, shape (P,).

    Attributes
    ----------
    days
        Days that have any whole interval.
    rows, calls
        Days that have the interval's rows; the calls that came there, infinite where a count is unknown.
    """

    days: int
    rows: np.ndarray
    calls: np.ndarray

    @classmethod
    def of(cls, past: Past, weekday: int) -> _Shown:
        """Return what the days of a weekday show."""
        mine = past.weekday == weekday
        rows = past.rows[mine]
        return cls(int(rows.any(axis=1).sum()), rows.sum(axis=0), past.calls[mine].sum(axis=0))

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

    def hours(self, week: Sequence[_Shown]) -> tuple[np.ndarray, np.ndarray]:
        """Return which intervals are open, and which have rows.

        Parameters
        ----------
        week
            What all weekdays show, this one included: one that was seen only once is believed as far as all agree.
        """
        shut = self.empty
        if self.days == 1 and (others := [one for one in week if one.days > 1]):
            shut = (self.rows == 0) & np.logical_and.reduce([one.empty | ~one.inside for one in others])
        listed = self.inside & ~shut
        return listed & ~self._silent(week), listed

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

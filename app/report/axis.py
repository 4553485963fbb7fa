"""The time axis of the charts: slots in their order, closed nights left out, local labels."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from .figures import WEEKDAYS, clock, day
from .run import Run


@dataclass(frozen=True)
class TimeAxis:
    """Positions 0, 1, 2, … of the slots in which the centre is open, day after day.

    A day of 25 hours simply has more positions: the repeated hour is drawn twice and labelled with its offset.

    Attributes
    ----------
    starts
        Start of each slot, in local time.
    minutes
        Length of a slot.
    """

    starts: pd.DatetimeIndex
    minutes: int

    @classmethod
    def of(cls, run: Run) -> TimeAxis:
        """Span, for each planned day, the time from its first open or staffed slot to its last."""
        step = run.slot_min
        parts: list[pd.DatetimeIndex] = []
        coverage, requirement, volume = run.table("coverage"), run.table("requirement"), run.table("volume")
        if coverage is not None:
            used = coverage.loc[(coverage["required"] > 0) | (coverage["on_phone"] > 0), "start"]
            parts.append(pd.DatetimeIndex(used))
        if requirement is not None:
            is_open = requirement["open"] > 0 if "open" in requirement else requirement["agents_phone"] > 0
            parts.append(_filled(requirement.loc[is_open, "start"], run.interval_min))
        if volume is not None:
            parts.append(_filled(volume["start"], run.interval_min))
        parts = [p for p in parts if len(p)]
        if not parts:
            return cls(pd.DatetimeIndex([]), step)
        return cls(_days(pd.DatetimeIndex(parts[0].append(parts[1:]).unique().sort_values()), step), step)

    @classmethod
    def over(cls, starts: pd.Series) -> TimeAxis:
        """Span, for each day, the time from the first of `starts` to the last, by their smallest distance."""
        index = pd.DatetimeIndex(starts.drop_duplicates().sort_values())
        steps = index[1:] - index[:-1]
        step = 30 if not len(steps) else int(steps.min() / pd.Timedelta(minutes=1))
        return cls(_days(index, step), step)

    def __len__(self) -> int:
        return len(self.starts)

    @cached_property
    def days(self) -> tuple[tuple[dt.date, int, int], ...]:
        """(day, first position, position after the last) of each day."""
        dates = np.asarray(self.starts.date)
        edges = [0, *(np.flatnonzero(dates[1:] != dates[:-1]) + 1), len(dates)]
        return tuple((dates[a], int(a), int(b)) for a, b in itertools.pairwise(edges)) if len(dates) else ()

    def position(self, times: pd.Series) -> np.ndarray:
        """Return the position of each time, −1 where the axis does not show it."""
        return np.asarray(self.starts.get_indexer(pd.DatetimeIndex(times)))

    def views(self) -> list[dict[str, Any]]:
        """Return what can be shown: the week, then each day, with the range, ticks, labels and weekday of each."""
        week = {"name": "week", "label": "Whole week", "lo": 0, "hi": len(self), "minutes": self.minutes, "weekday": ""}
        middle = {str((a + b) // 2): day(date) for date, a, b in self.days}
        views = [week | {"ticks": [int(p) for p in middle], "labels": middle}]
        for date, a, b in self.days:
            hourly = {str(p): clock(self.starts[p]) for p in range(a, b) if self.starts[p].minute == 0}
            step = 1 if len(hourly) <= 15 else 2
            shown = dict(list(hourly.items())[::step])
            views.append(
                week
                | {
                    "name": str(date),
                    "label": day(date),
                    "weekday": WEEKDAYS[date.weekday()],
                    "lo": a,
                    "hi": b,
                    "ticks": [int(p) for p in shown],
                    "labels": shown,
                }
            )
        return views


def _filled(starts: pd.Series, minutes: int) -> pd.DatetimeIndex:
    """Return starts and, for each, the last minute that its interval covers."""
    index = pd.DatetimeIndex(starts)
    return pd.DatetimeIndex(index.append(index + pd.Timedelta(minutes=minutes - 1)))


def _days(times: pd.DatetimeIndex, step: int) -> pd.DatetimeIndex:
    """Return all slot starts from the first to the last of `times` on each local day."""
    out: list[pd.DatetimeIndex] = []
    for _, group in times.to_series().groupby(times.date):
        low, high = group.iloc[0], group.iloc[-1]
        out.append(pd.date_range(low, high, freq=f"{step}min"))
    return pd.DatetimeIndex(out[0].append(out[1:]))

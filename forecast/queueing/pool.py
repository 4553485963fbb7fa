"""One queue with its calls and heads, ready to be simulated batch by batch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..progress import Stopped, Watch
from . import desk, draws
from .arrivals import Arrivals
from .attendance import Absent, Attendance
from .targets import ServiceGoal

BATCH = 32  # runs, and strata, of a batch


@dataclass(frozen=True)
class Pool:
    """Calls, heads and random streams of one queue."""

    arrivals: Arrivals
    attendance: Attendance
    desk: desk.Desk
    busyness: np.ndarray
    streams: np.ndarray

    @classmethod
    def build(
        cls,
        arrivals: Arrivals,
        staffing: pd.DataFrame,
        goal: ServiceGoal,
        days: Mapping[dt.date, float],
        *,
        absent: Absent,
        handle_cv: float,
        seed: int,
    ) -> Pool:
        """Cut the time into segments on which nobody comes or goes, and key the random streams.

        Parameters
        ----------
        staffing
            The queue's steps, with `begin` and `end` in seconds and the `date` of their attendance.
        days
            Every local day of the span and the seconds at which it begins.
        """
        a, steps = arrivals, staffing[["begin", "end"]].to_numpy(float)
        marks = np.concatenate([a.begin, a.end, steps.ravel(), np.array([*days.values()])])
        edges = np.append(np.unique(marks), np.inf)
        inside = np.searchsorted(a.begin, edges[:-1], side="right") - 1
        is_open = (inside >= 0) & (edges[:-1] < a.end[inside])
        place = np.where(is_open, inside, len(a.begin))
        law = (float(handle_cv), float(goal.within_s), float(goal.short_s))
        return cls(
            a,
            Attendance.read(a.queue, staffing, edges, days, absent=absent, seed=seed),
            desk.Desk(a.begin, a.end, a.close, a.day, a.handle_s, a.patience_s, edges, place, *law),
            draws.keys((seed, "busyness", a.queue, d) for d in a.dates),
            draws.keys((seed, "calls", a.queue, d) for d in a.dates),
        )

    def batch(self, number: int, watch: Watch) -> np.ndarray:
        """Simulate batch `number`; returns the sums per run, interval and measure, shape (BATCH, I, measures).

        Raises
        ------
        Stopped
            If stopped on the way.
        """
        busyness = draws.strata(self.busyness, number, BATCH)
        rates = self.arrivals.rates(busyness)
        heads = self.attendance.heads(number, dict(zip(self.arrivals.dates, busyness, strict=True)))
        run = np.arange(number * BATCH, (number + 1) * BATCH)
        seeds = draws.mixed(self.streams[None, :], run[:, None])
        out = np.empty((BATCH, len(self.arrivals.begin), len(desk.MEASURES)))
        for r in range(BATCH):
            if watch.stopped:
                raise Stopped
            out[r] = desk.run(self.desk, rates[r], heads[r], seeds[r])[:-1]
        return out

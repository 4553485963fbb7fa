"""One queue with its calls and heads, ready to be simulated batch by batch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...progress import Stopped, Watch
from ..formulas.time_laws import TimeLaw
from ..goal.targets import ServiceGoal
from . import desk, draws
from .arrivals import Arrivals
from .attendance import Absent, Attendance

BATCH = 32  # runs, and strata, of a batch


@dataclass(frozen=True)
class SimulatedQueue:
    """Calls, heads and random streams of one queue; `rows` tells which rows of the desk are its intervals."""

    arrivals: Arrivals
    attendance: Attendance
    desk: desk.Desk
    rows: np.ndarray
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
        handle: TimeLaw,
        patience: TimeLaw,
        seed: int,
    ) -> SimulatedQueue:
        """Cut the time into segments on which nobody comes or goes, and key the random streams.

        Parameters
        ----------
        staffing
            The queue's steps, with `begin` and `end` in seconds and the `date` of their attendance.
        days
            Every local day of the span and the seconds at which it begins.
        handle, patience
            Their laws, of which the shape counts; the arrivals tell the means.
        """
        a, steps = arrivals, staffing[["begin", "end"]].to_numpy(float)
        until = np.append(np.setdiff1d(np.union1d(a.begin, a.end), 0.0), np.inf)
        rows = np.searchsorted(until, a.end)
        edges = np.unique(np.concatenate([until, steps.ravel(), np.array([*days.values()])]))
        place = np.searchsorted(until, edges[:-1], side="right")
        like = np.maximum(np.searchsorted(rows, np.arange(len(until)), side="right") - 1, 0)  # a gap is like before it
        return cls(
            a,
            Attendance.read(a.queue, staffing, edges, days, absent=absent, seed=seed),
            desk.Desk(
                until,
                a.close[like],
                a.day[like],
                a.handle_s[like],
                a.patience_s[like],
                edges,
                place,
                handle.shape,
                patience.shape,
                float(goal.within_s),
                float(goal.short_s),
            ),
            rows,
            draws.keys((seed, "busyness", a.queue, d) for d in a.dates),
            draws.keys((seed, "calls", a.queue, d) for d in a.dates),
        )

    def batch(self, number: int, watch: Watch) -> np.ndarray:
        """Simulate batch `number`; returns the outcome per run, interval and measure, shape (BATCH, I, measures).

        What agents work late after closing counts in the interval before.

        Raises
        ------
        Stopped
            If stopped on the way.
        """
        busyness = draws.strata(self.busyness, number, BATCH)
        rates = np.zeros((BATCH, len(self.desk.until)))
        rates[:, self.rows] = self.arrivals.rates(busyness)
        heads = self.attendance.heads(number, dict(zip(self.arrivals.dates, busyness, strict=True)))
        run = np.arange(number * BATCH, (number + 1) * BATCH)
        seeds = draws.mixed(self.streams[None, :], run[:, None])
        out = np.empty((*rates.shape, len(desk.MEASURES)))
        for r in range(BATCH):
            if watch.stopped:
                raise Stopped
            out[r] = desk.run(self.desk, rates[r], heads[r], seeds[r])
        inside = out[:, self.rows]
        inside[..., desk.OVERTIME] = np.add.reduceat(out[..., desk.OVERTIME], self.rows, axis=1)
        return inside

"""One queue and the group of agents who serve it, ready to be simulated batch by batch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from ...processors import processors
from ...progress import Stopped, Watch
from ..goal.targets import ServiceGoal
from . import desk, draws
from .arrivals import Arrivals
from .assumptions import Assumptions
from .attendance import Attendance
from .memory import Memory
from .parts import Part, parts_of
from .routing import AgentGroup

BATCH = 32
"""Runs of a batch, which are also its strata; at least 2. More strata spread a day's busyness more evenly, more batches
tell the confidence interval better: 32 leaves 8 batches in the least runs."""

THREADS = min(BATCH, processors())
"""Threads that share the runs of a batch; they change no result."""


@dataclass(frozen=True)
class SimulatedQueue:
    """Calls, heads and random streams of one queue.

    Attributes
    ----------
    arrivals
        The queue's calls.
    attendance
        The heads of the group that serves the queue.
    desk
        What the kernel needs and what stays the same from run to run.
    rows
        Which rows of the desk are the queue's intervals, shape (I,).
    busyness
        Random keys of each local day's busyness, shape (D,).
    streams
        Random keys of the calls of each interval, by its date and its seconds since midnight, shape (I,).
    """

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
        group: AgentGroup,
        staffing: pd.DataFrame,
        goal: ServiceGoal,
        days: Mapping[dt.date, float],
        assumptions: Assumptions,
    ) -> SimulatedQueue:
        """Cut the time into segments on which nobody comes or goes, and key the random streams.

        Parameters
        ----------
        group, staffing
            The agents who serve the queue and their steps, with `begin` and `end` in seconds and the `date` of their
            attendance.
        days
            Every local day of the span and the seconds at which it begins.
        assumptions
            Absence, seed, and the laws of handle times and patience, of which the shape counts; the arrivals tell the
            means.
        """
        a, seed, steps = arrivals, assumptions.seed, staffing[["begin", "end"]].to_numpy(float)
        until = np.append(np.setdiff1d(np.union1d(a.begin, a.end), 0.0), np.inf)
        rows = np.searchsorted(until, a.end)
        edges = np.unique(np.concatenate([until, steps.ravel(), np.array([*days.values()])]))
        since = a.begin - np.array([days[d] for d in a.dates])[a.day]
        place = np.searchsorted(until, edges[:-1], side="right")
        like = np.maximum(np.searchsorted(rows, np.arange(len(until)), side="right") - 1, 0)  # a gap is like before it
        return cls(
            a,
            Attendance.read(group.name, staffing, edges, days, absent=assumptions.absent, seed=seed),
            desk.Desk(
                until,
                a.close[like],
                a.handle_s[like],
                a.patience_s[like],
                edges,
                place,
                assumptions.handle_law(a.queue).shape,
                assumptions.patience_law(a.queue).shape,
                float(goal.within_s),
                float(goal.short_s),
            ),
            rows,
            draws.keys((seed, "busyness", a.queue, d) for d in a.dates),
            draws.keys((seed, "calls", a.queue, a.dates[d], int(s)) for d, s in zip(a.day, since, strict=True)),
        )

    @cached_property
    def parts(self) -> list[Part]:
        """The parts of the desk between which nothing is carried over."""
        return parts_of(self.desk, self.rows, self.attendance.nobody)

    def batch(self, number: int, watch: Watch, memory: Memory | None = None) -> np.ndarray:
        """Simulate batch `number`; returns the outcome per run, interval and measure, shape (BATCH, I, measures).

        What agents work late after closing counts in the interval before. Parts whose outcome the `memory` holds are
        taken from there.

        Raises
        ------
        Stopped
            If stopped on the way.
        """
        busyness = draws.strata(self.busyness, number, BATCH)
        rates = np.zeros((BATCH, len(self.desk.until)))
        rates[:, self.rows] = self.arrivals.rates(busyness)
        heads = self.attendance.heads(number, dict(zip(self.arrivals.dates, busyness, strict=True)))
        seeds = np.zeros(len(self.desk.until), dtype=np.uint64)
        seeds[self.rows] = draws.mixed(self.streams, np.array([number]))
        drawn = [part.of(rates, heads, seeds) for part in self.parts]
        known: list[np.ndarray | None] = [None] * len(drawn)
        if memory is not None:
            keys = [part.key(mine) for part, mine in zip(self.parts, drawn, strict=True)]
            known = [memory.get(key) for key in keys]
        asked = [k for k, outcome in enumerate(known) if outcome is None]
        made = self._simulated([self.parts[k] for k in asked], [drawn[k] for k in asked], watch) if asked else []
        for k, outcome in zip(asked, made, strict=True):
            known[k] = outcome
            if memory is not None:
                memory.keep(keys[k], outcome)
        return np.concatenate([outcome for outcome in known if outcome is not None], axis=1)

    @staticmethod
    def _simulated(parts: list[Part], drawn: list[tuple[np.ndarray, ...]], watch: Watch) -> list[np.ndarray]:
        """Simulate some parts, with rates, heads and seeds of each; the runs are shared by the threads."""
        outs = [np.empty((BATCH, len(part.desk.until), len(desk.MEASURES))) for part in parts]

        def some(first: int) -> None:
            for r in range(first, BATCH, THREADS):
                for part, (rates, heads, seeds), out in zip(parts, drawn, outs, strict=True):
                    if watch.stopped:
                        raise Stopped
                    out[r] = desk.run(part.desk, rates[r], heads[r], seeds, draws.MULTIPLES[r])

        with ThreadPoolExecutor(THREADS) as pool:  # each run has its own random numbers, so that threads change nothing
            list(pool.map(some, range(THREADS)))
        found = []
        for part, out in zip(parts, outs, strict=True):
            inside = out[:, part.inside]
            inside[..., desk.OVERTIME] = np.add.reduceat(out[..., desk.OVERTIME], part.inside, axis=1)
            found.append(inside)
        return found

"""On track or not: the chance to meet the goal of the day, and how far chance alone moves the day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...forecast.progress import Watch
from ...forecast.queueing.formulas.time_laws import law_of_cv
from ...forecast.queueing.simulation.assumptions import Assumptions
from ...forecast.queueing.simulation.day_runs import DayRuns, day_runs
from ...schedule.plan.activity import staffing
from ...schedule.today.desk import Outlook, RunningDesk
from ...schedule.today.expected import Expected
from .outlook import QueueNow
from .planned_day import PlannedDay

RUNS = 320
"""Simulated days, above 0: a chance near a half is then known within 6 points, one near 0.9 within 3.5."""
BAND = (0.1, 0.9)
"""Quantiles between which the band of chance lies."""
ON_TRACK, OFF_TRACK = 0.8, 0.2
"""Chance to meet the goal from which a day is on track, and below which it is off track."""


@dataclass(frozen=True, eq=False)
class DayChance:
    """What the day of one queue may come to.

    Attributes
    ----------
    level
        Expected service level of the whole day; NaN without calls.
    low, high
        Band that holds 80 % of the simulated days.
    chance
        Chance that the day meets its goal.
    by_interval
        Lower and upper end of such a band of each interval, shape (2, I); NaN where it came or is closed.
    days
        Service level of each simulated day, shape (R,).
    """

    level: float
    low: float
    high: float
    chance: float
    by_interval: np.ndarray
    days: np.ndarray

    @property
    def state(self) -> str:
        """``on track``, ``at risk`` or ``off track``."""
        return "on track" if self.chance >= ON_TRACK else "off track" if self.chance < OFF_TRACK else "at risk"


def day_chance(
    day: PlannedDay,
    outlook: Outlook,
    queue: QueueNow,
    rest: Expected,
    desk: RunningDesk,
    *,
    seed: int,
    watch: Watch,
    runs: int = RUNS,
) -> DayChance:
    """Simulate the rest of a day and add what came.

    The simulated day begins in the morning with the calls that came, so that the queue stands at now as it may stand.
    The mean of the rest is that of the transient model: the simulation tells how far single days lie about it.

    The parameters are the parts of one look.

    Raises
    ------
    Stopped
        If stopped on the way.
    """
    one, now = queue.outlook, outlook.now
    counted, in_time = one.offered + float(rest.counted.sum()), one.in_time + float(rest.in_time.sum())
    level = in_time / counted if counted > 0.0 else float("nan")
    if now >= len(outlook.starts) or not one.is_open[now:].any():
        met = 1.0 if counted <= 0.0 or in_time >= one.goal.level * counted - 1e-9 else 0.0
        return DayChance(level, level, level, met, np.full((2, len(outlook.starts)), np.nan), np.array([level]))
    found = _runs(day, outlook, queue, desk, seed, watch, runs)
    late, all_ = found.in_time[:, now:].sum(axis=1), found.counted[:, now:].sum(axis=1)
    share = float(rest.counted.sum()) / max(float(all_.mean()), 1e-9)
    shift = float(rest.in_time.sum()) - share * float(late.mean())
    whole = one.offered + share * all_
    good = np.clip(one.in_time + share * late + shift, 0.0, whole)
    days = np.divide(good, whole, out=np.full(len(whole), np.nan), where=whole > 0.0)
    met = np.where(whole > 0.0, good >= one.goal.level * whole - 1e-9, True)
    levels = found.level()
    bands = np.full((2, len(outlook.starts)), np.nan)
    for i in range(now, len(outlook.starts)):
        if np.isfinite(levels[:, i]).any():
            bands[:, i] = np.nanquantile(levels[:, i], BAND)
    low, high = np.nanquantile(days, BAND) if np.isfinite(days).any() else (np.nan, np.nan)
    return DayChance(level, float(low), float(high), float(met.mean()), bands, days)


def _runs(
    day: PlannedDay, outlook: Outlook, queue: QueueNow, desk: RunningDesk, seed: int, watch: Watch, runs: int
) -> DayRuns:
    """Simulate the whole day; the seven parameters are those of `day_chance`."""
    one, config = queue.outlook, day.week.config
    came = np.arange(len(outlook.starts)) < outlook.now
    rows = staffing(desk.rows)
    rows = rows[(rows["queue"] == one.queue) & (rows["end"] > day.starts[0]) & (rows["start"] < day.end)]
    assumptions = Assumptions(
        day.interval_min, None, config.site.week_start, one.absent,
        {one.queue: law_of_cv(config.queue[one.queue].handle_cv)}, None, seed,
    )  # fmt: skip
    return day_runs(
        one.queue,
        outlook.starts,
        np.where(one.is_open, one.calls, np.nan),
        np.where(came, 0.0, one.cv),
        one.handle_s,
        one.patience_s,
        rows.reset_index(drop=True),
        one.goal,
        assumptions,
        runs,
        watch,
    )

"""On track or not: the chance to meet the goal of the day, and how far chance alone moves the day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

from ...forecast.progress import Watch
from ...forecast.queueing.formulas.time_laws import law_of_cv
from ...forecast.queueing.simulation.assumptions import Assumptions
from ...forecast.queueing.simulation.estimates import counted as counted_by
from ...forecast.queueing.simulation.paths import simulated_paths
from ...schedule.plan.activity import staffing
from ...schedule.today.desk import Outlook, RunningDesk
from ...schedule.today.expected import Expected
from .outlook import QueueNow
from .planned_day import PlannedDay

RUNS = 320
"""Simulated days, above 0: a chance near a half is then known within 6 points, one near 0.9 within 3.5."""
BAND = (0.1, 0.9)
"""Quantiles between which the band of chance lies."""
BAND_SD = float(norm.ppf(BAND[1]))
"""Standard deviations of a normal law from its mean to the end of that band."""
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
    total, good = one.offered + float(rest.counted.sum()), one.in_time + float(rest.in_time.sum())
    level = good / total if total > 0.0 else float("nan")
    if now >= len(outlook.starts) or not one.is_open[now:].any():
        sure = 1.0 if total <= 0.0 or good >= one.goal.level * total - 1e-9 else 0.0
        return DayChance(level, level, level, sure, np.full((2, len(outlook.starts)), np.nan), np.array([level]))
    counts, good_calls = _runs(day, outlook, queue, desk, seed, watch, runs)
    won, all_ = good_calls[:, now:].sum(axis=1), counts[:, now:].sum(axis=1)
    share = float(rest.counted.sum()) / max(float(all_.mean()), 1e-9)
    shift = float(rest.in_time.sum()) - share * float(won.mean())
    whole = one.offered + share * all_
    in_time = np.clip(one.in_time + share * won + shift, 0.0, whole)
    days = np.divide(in_time, whole, out=np.full(len(whole), np.nan), where=whole > 0.0)
    met = np.where(whole > 0.0, in_time >= one.goal.level * whole - 1e-9, True)
    levels = np.divide(good_calls, counts, out=np.full(counts.shape, np.nan), where=counts > 0.0)
    bands = np.full((2, len(outlook.starts)), np.nan)
    for i in range(now, len(outlook.starts)):
        if np.isfinite(levels[:, i]).any():
            bands[:, i] = np.nanquantile(levels[:, i], BAND)
    low, high = np.nanquantile(days, BAND) if np.isfinite(days).any() else (np.nan, np.nan)
    return DayChance(level, float(low), float(high), float(met.mean()), bands, days)


def _runs(
    day: PlannedDay, outlook: Outlook, queue: QueueNow, desk: RunningDesk, seed: int, watch: Watch, runs: int
) -> tuple[np.ndarray, np.ndarray]:
    """Simulate the whole day; return the calls counted and those in time per run and interval, shape (R, I) each.

    The seven parameters are those of `day_chance`.
    """
    one, config = queue.outlook, day.week.config
    came = np.arange(len(outlook.starts)) < outlook.now
    rows = staffing(desk.rows)
    rows = rows[(rows["queue"] == one.queue) & (rows["end"] > day.starts[0]) & (rows["start"] < day.end)]
    spread = BAND_SD * np.sqrt(one.calls + np.where(came, 0.0, one.cv * one.calls) ** 2)  # Poisson, and an unsure rate
    low = np.maximum(one.calls - spread, 0.0)
    volume = pd.DataFrame(
        {
            "queue": one.queue, "start": outlook.starts, "calls": one.calls, "q0.1": low,
            "q0.9": low + 2.0 * spread, "handle_s": one.handle_s,
            "patience_s": np.where(np.isfinite(one.patience_s), one.patience_s, np.nan),
        }
    )[one.is_open]  # fmt: skip
    assumptions = Assumptions(
        day.interval_min, None, config.site.week_start, one.absent,
        {one.queue: law_of_cv(config.queue[one.queue].handle_cv)}, None, seed,
    )  # fmt: skip
    goals = {one.queue: one.goal}
    _, sums = simulated_paths(rows.reset_index(drop=True), volume, goals, assumptions, runs, watch)[one.queue]
    in_time, counted = counted_by(sums, one.goal.definition)
    whole = np.zeros((2, len(sums), len(outlook.starts)))
    whole[0][:, one.is_open], whole[1][:, one.is_open] = counted, in_time
    return whole[0], whole[1]

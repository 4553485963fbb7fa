"""On track or not: the chance to meet the goal of the day, and how far chance alone moves the day."""

from __future__ import annotations

from collections.abc import Sequence
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
from ...schedule.today.actions import ActionParams
from ...schedule.today.desk import Outlook, QueueOutlook, RunningDesk
from ...schedule.today.expected import Expected, expected_rest
from ...schedule.today.rest_of_day import calls_by_length
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


@dataclass(frozen=True, eq=False)
class Course:
    """One way the rest of the day may go: how long a change of calls that stands still lasts cannot be known.

    Attributes
    ----------
    chance
        Its chance.
    calls
        Expected calls of all intervals, shape (I,).
    rest
        Expected service of the intervals to come.
    """

    chance: float
    calls: np.ndarray
    rest: Expected


def courses_of(desk: RunningDesk, outlook: Outlook, queue: QueueOutlook) -> tuple[Course, ...]:
    """Return how the rest of the day may go, by the lengths that actions are planned for; the last lasts longest."""
    if queue.step is None:
        return (Course(1.0, queue.calls, expected_rest(desk, outlook, queue)),)
    params = ActionParams()
    whole = sum(params.chances)
    by_length = calls_by_length(queue, outlook, params.lengths_h)
    return tuple(
        Course(chance / whole, calls, expected_rest(desk, outlook, queue, calls))
        for chance, calls in zip(params.chances, by_length, strict=True)
    )


def mean_rest(courses: Sequence[Course]) -> Expected:
    """Return the mean service of the rest over how it may go; the law is that of the last course."""
    counted, in_time, waiting, abandoned = (
        np.asarray(sum(c.chance * getattr(c.rest, name) for c in courses))
        for name in ("counted", "in_time", "waiting", "abandoned")
    )
    return Expected(counted, in_time, waiting, abandoned, courses[-1].rest.law)


def day_chance(
    day: PlannedDay,
    outlook: Outlook,
    queue: QueueNow,
    courses: Sequence[Course],
    desk: RunningDesk,
    *,
    seed: int,
    watch: Watch,
    runs: int = RUNS,
) -> DayChance:
    """Simulate the rest of a day, as often by each course as its chance says, and add what came.

    The simulated day begins in the morning with the calls that came, so that the queue stands at now as it may stand.
    The mean of the rest is that of the transient model: the simulation tells how far single days lie about it.

    The parameters are the parts of one look.

    Raises
    ------
    Stopped
        If stopped on the way.
    """
    one, now, size = queue.outlook, outlook.now, len(outlook.starts)
    if not courses or not one.is_open[now:].any():
        level = one.in_time / one.offered if one.offered > 0.0 else float("nan")
        sure = 1.0 if one.offered <= 0.0 or one.in_time >= one.goal.level * one.offered - 1e-9 else 0.0
        return DayChance(level, level, level, sure, np.full((2, size), np.nan), np.array([level]))
    days, met, levels, above, below = [], [], [], 0.0, 0.0
    for course in courses:
        rest = course.rest
        counts, good = (
            x[: round(runs * course.chance)] for x in _runs(day, outlook, queue, course, desk, seed, watch, runs)
        )
        won, all_ = good[:, now:].sum(axis=1), counts[:, now:].sum(axis=1)
        share = float(rest.counted.sum()) / max(float(all_.mean()), 1e-9)
        shift = float(rest.in_time.sum()) - share * float(won.mean())
        whole = one.offered + share * all_
        in_time = np.clip(one.in_time + share * won + shift, 0.0, whole)
        days.append(np.divide(in_time, whole, out=np.full(len(whole), np.nan), where=whole > 0.0))
        met.append(np.where(whole > 0.0, in_time >= one.goal.level * whole - 1e-9, True))
        levels.append(np.divide(good, counts, out=np.full(counts.shape, np.nan), where=counts > 0.0))
        above += course.chance * (one.in_time + float(rest.in_time.sum()))
        below += course.chance * (one.offered + float(rest.counted.sum()))
    found, by_interval = np.concatenate(days), np.concatenate(levels)
    bands = np.full((2, size), np.nan)
    for i in range(now, size):
        if np.isfinite(by_interval[:, i]).any():
            bands[:, i] = np.nanquantile(by_interval[:, i], BAND)
    low, high = np.nanquantile(found, BAND) if np.isfinite(found).any() else (np.nan, np.nan)
    level = above / below if below > 0.0 else float("nan")
    return DayChance(level, float(low), float(high), float(np.concatenate(met).mean()), bands, found)


def _runs(
    day: PlannedDay,
    outlook: Outlook,
    queue: QueueNow,
    course: Course,
    desk: RunningDesk,
    seed: int,
    watch: Watch,
    runs: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Simulate a course of the whole day; return the calls counted and those in time per run and interval: (R, I) each.

    The parameters are those of `day_chance`.
    """
    one, config, calls = queue.outlook, day.week.config, course.calls
    came = np.arange(len(outlook.starts)) < outlook.now
    rows = staffing(desk.rows)
    rows = rows[(rows["queue"] == one.queue) & (rows["end"] > day.starts[0]) & (rows["start"] < day.end)]
    spread = BAND_SD * np.sqrt(calls + np.where(came, 0.0, one.cv * calls) ** 2)  # Poisson, and an unsure rate
    low = np.maximum(calls - spread, 0.0)
    volume = pd.DataFrame(
        {
            "queue": one.queue, "start": outlook.starts, "calls": calls, "q0.1": low,
            "q0.9": low + 2.0 * spread, "handle_s": one.handle_s,
            "patience_s": np.where(np.isfinite(one.patience_s), one.patience_s, np.nan),
        }
    )[one.is_open]  # fmt: skip
    assumptions = Assumptions(
        day.interval_min, None, config.site.week_start, one.absent,
        {one.queue: law_of_cv(config.queue[one.queue].handle_cv)}, None, seed,
    )  # fmt: skip
    goals, wanted = {one.queue: one.goal}, round(runs * course.chance)
    _, sums = simulated_paths(rows.reset_index(drop=True), volume, goals, assumptions, wanted, watch)[one.queue]
    in_time, counted = counted_by(sums, one.goal.definition)
    whole = np.zeros((2, len(sums), len(outlook.starts)))
    whole[0][:, one.is_open], whole[1][:, one.is_open] = counted, in_time
    return whole[0], whole[1]

"""The days of a period that are not over, simulated from the plans that cover them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, zip_longest

import numpy as np
import pandas as pd

from ...forecast.errors import InputError
from ...forecast.progress import Watch
from ...forecast.queueing.goal.targets import ServiceGoal
from ...forecast.queueing.simulation import desk
from ...forecast.queueing.simulation.assumptions import Assumptions
from ...forecast.queueing.simulation.paths import simulated_paths
from .contract import Contract
from .goal import Goal
from .projection import Rest
from .units import floored

WEEK = dt.timedelta(days=7)
SUMS: Mapping[str, list[int]] = {
    "offered": [desk.OFFERED], "answered": [desk.ANSWERED], "abandoned": [desk.ABANDONED],
    "wait_answered_s": [desk.WAIT_ANSWERED], "work_s": [desk.BUSY, desk.OVERTIME],
}  # fmt: skip
"""Sums that hang on no threshold → measures of the simulation that add up to them."""


@dataclass(frozen=True, eq=False)
class PlannedWeek:
    """A week as it is planned.

    Attributes
    ----------
    name
        How errors name the plan.
    first
        First day of the week.
    staffing, volume
        Stretches on the phone, and the forecast that they were planned for.
    assumptions
        How the plan was simulated.
    """

    name: str
    first: dt.date
    staffing: pd.DataFrame = field(repr=False)
    volume: pd.DataFrame = field(repr=False)
    assumptions: Assumptions

    @property
    def dates(self) -> tuple[dt.date, ...]:
        """The days that the plan covers."""
        return tuple(self.first + dt.timedelta(days=d) for d in range(7))


def simulated_rest(
    contract: Contract, weeks: Sequence[PlannedWeek], first: dt.date, end: dt.date, runs: int, watch: Watch
) -> dict[str, Rest]:
    """Return the planned days from `first` to before `end`, simulated, for each goal that is counted from calls.

    Calls, people and days are the same in the same run for all goals; weeks are independent of each other.

    Parameters
    ----------
    runs
        Number of runs, rounded up to batches of the simulation.

    Raises
    ------
    InputError
        If two plans cover a day, or a plan lacks a queue, has another kind of times or longer intervals.
    Stopped
        If stopped on the way.
    """
    _refuse_overlap(weeks)
    goals = [goal for goal in contract.goals if goal.counted]
    pairs = _thresholds(goals)
    parts: list[tuple[np.ndarray, pd.Series, list[np.ndarray]]] = []
    for week in sorted(weeks, key=lambda w: w.first):
        volume, staffing = _cut(contract, week, first, end)
        if volume.empty:
            continue
        found = [
            simulated_paths(
                staffing, volume, dict.fromkeys(contract.queues, ServiceGoal(0.5, within, short_s=short)),
                week.assumptions, runs, watch,
            )
            for within, short in pairs
        ]  # fmt: skip
        for name in found[0]:
            starts, keep, first_of = _intervals(found[0][name][0], contract, first)
            sums = [np.add.reduceat(one[name][1][:, keep], first_of, axis=1) for one in found] if len(starts) else []
            if sums:
                parts.append((np.full(len(starts), name, dtype=object), starts, sums))
    if not parts:
        return {}
    queue = np.concatenate([part[0] for part in parts])
    start = pd.concat([part[1] for part in parts], ignore_index=True)
    whole = [np.concatenate([part[2][i] for part in parts], axis=1) for i in range(len(pairs))]
    return {goal.name: Rest(queue, start, _sums(goal, pairs, whole)) for goal in goals}


def _thresholds(goals: Sequence[Goal]) -> list[tuple[float, float]]:
    """Return pairs of thresholds, as few as hold all of the goals': each needs a simulation of its own."""
    within = sorted({float(g.within_s) for g in goals if g.within_s is not None}) or [20.0]
    short = sorted({float(g.short_s) for g in goals if g.short_s is not None}) or [5.0]
    return list(zip_longest(within, short, fillvalue=within[0] if len(within) < len(short) else short[0]))


def _sums(goal: Goal, pairs: Sequence[tuple[float, float]], whole: Sequence[np.ndarray]) -> dict[str, np.ndarray]:
    """Return the sums of a goal, those with thresholds from the simulations that had its own."""
    out = {name: whole[0][..., measures].sum(axis=-1) for name, measures in SUMS.items()}
    within = next((i for i, (w, _) in enumerate(pairs) if w == goal.within_s), 0)
    short = next((i for i, (_, s) in enumerate(pairs) if s == goal.short_s), 0)
    out |= {"answered_in": whole[within][..., desk.ANSWERED_IN], "abandoned_in": whole[within][..., desk.ABANDONED_IN]}
    return out | {"short_abandoned": whole[short][..., desk.ABANDONED_SHORT]}


def _cut(contract: Contract, week: PlannedWeek, first: dt.date, end: dt.date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return volume and staffing of a plan for the days from the one before `first`, whose callers may still wait."""
    volume = week.volume[week.volume["queue"].isin(contract.queues)]
    if lost := [q for q in contract.queues if q not in set(volume["queue"])]:
        mend = "Name the plan of the queues under the contract"
        raise InputError("the plan does not have a queue of the contract", file=week.name, value=lost[0], mend=mend)
    zone = volume["start"].dt.tz
    if (zone is None) != (contract.zone is None):
        mend = "Give the contract the zone of the plan's site, or both none"
        raise InputError("plan and contract must both have a zone or neither", column="zone", value=contract.zone,
                         mend=mend)  # fmt: skip
    if contract.interval_min % week.assumptions.interval_min:
        mend = f"Set interval_min = {week.assumptions.interval_min} in the contract, or a multiple of it"
        raise InputError("the plan's intervals do not divide the contract's", column="interval_min",
                         value=contract.interval_min, mend=mend)  # fmt: skip
    days = volume["start"].dt.date
    volume = volume[(days >= first - dt.timedelta(days=1)) & (days < end)]
    if not len(volume) or not (volume["start"].dt.date >= first).any():
        return volume.iloc[:0], week.staffing
    until = volume["start"].max() + pd.Timedelta(hours=12)
    steps = week.staffing[week.staffing["queue"].isin(contract.queues)]
    return volume, steps[(steps["end"] > volume["start"].min()) & (steps["start"] < until)]


def _intervals(
    starts: pd.DatetimeIndex, contract: Contract, first: dt.date
) -> tuple[pd.Series, np.ndarray, np.ndarray]:
    """Return the contract's intervals from `first` on, which simulated ones they hold, and the first of each."""
    wall = starts if contract.zone is None else starts.tz_convert(contract.zone)
    begin = floored(pd.Series(wall), contract.interval_min)
    keep = np.flatnonzero((begin.dt.date >= first).to_numpy())
    begin = begin.iloc[keep].reset_index(drop=True)
    new = np.flatnonzero((begin != begin.shift()).to_numpy())
    return begin.iloc[new].reset_index(drop=True), keep, new


def _refuse_overlap(weeks: Sequence[PlannedWeek]) -> None:
    ordered = sorted(weeks, key=lambda w: w.first)
    for one, other in pairwise(ordered):
        if other.first < one.first + WEEK:
            mend = "Name one plan per week"
            raise InputError(f"two plans cover {other.first}", file=other.name, value=one.name, mend=mend)

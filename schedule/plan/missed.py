"""Periods in which a plan's simulated service misses what was promised."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...forecast.queueing.goal.targets import BEYOND
from ...forecast.queueing.simulation.simulation import Simulation
from ..problem.problem import Demand, ScheduleProblem
from .part_levels import Key, part_levels


@dataclass(frozen=True)
class MissedGoal:
    """One period of one queue whose simulated service lies below its goal.

    Attributes
    ----------
    period
        ``interval``, ``day`` or ``week``, or ``month`` or ``contract``: the part of the week that lies in it.
    start
        Start of the period.
    goal
        The share that was promised: the goal's level, for an interval under a goal of a longer period its floor, for
        the part of a month or contract what it must reach for the whole to reach the goal.
    simulated, ci_lo, ci_hi
        The simulated share and its 95 % interval.
    is_floor
        Whether `goal` is the floor.
    """

    queue: str
    period: str
    start: pd.Timestamp
    goal: float
    simulated: float
    ci_lo: float
    ci_hi: float
    is_floor: bool


def goals_missed(
    problem: ScheduleProblem, simulation: Simulation | None, expected: pd.DataFrame | None = None
) -> tuple[MissedGoal, ...]:
    """Return what a simulated plan misses, by queue, period and start; nothing where nothing was simulated.

    Parameters
    ----------
    expected
        The service to expect (`service_expected`): asked where a goal reaches beyond the week.

    Notes
    -----
    A goal over its period is missed when its whole 95 % interval lies below the level: a plan made to meet a goal
    exactly lies a hair below in half of all simulations. A floor holds in every interval, with no hair to spare: an
    interval is below its floor when its simulated share is.
    """
    if simulation is None:
        return ()
    levels = {} if expected is None else {key: p.needed for key, p in part_levels(problem, expected).items()}
    return tuple(missed for d in problem.demands for missed in _of_queue(d, simulation.service, levels))


def _of_queue(demand: Demand, service: pd.DataFrame, levels: Mapping[Key, float]) -> Iterator[MissedGoal]:
    goal, basis = demand.goal, "interval" if demand.by_interval else demand.goal.basis
    if basis in BEYOND and not demand.beyond:
        basis = "week"  # nothing is known of the period: it is pooled over the week
    for row in service[service["queue"] == demand.queue].to_dict("records"):
        share = float(row["simulated"])
        if math.isnan(share):
            continue
        by_level = row["period"] == basis
        if not by_level and row["period"] != "interval":
            continue
        least = levels.get((demand.queue, row["start"]), goal.level) if by_level else goal.floor
        if (float(row["ci_hi"]) if by_level else share) < least - np.finfo(float).eps:
            yield MissedGoal(
                demand.queue, row["period"], row["start"], least, share, float(row["ci_lo"]), float(row["ci_hi"]),
                not by_level,
            )  # fmt: skip

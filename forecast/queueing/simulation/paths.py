"""Runs of a simulation one by one: what came of each interval, where a mean over the runs is not enough."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ...progress import Watch
from ..goal.targets import ServiceGoal
from .assumptions import Assumptions
from .simulated_queue import BATCH
from .simulation import queues_of


def simulated_paths(
    staffing: pd.DataFrame,
    volume: pd.DataFrame,
    goals: Mapping[str, ServiceGoal],
    assumptions: Assumptions,
    runs: int,
    watch: Watch,
) -> dict[str, tuple[pd.DatetimeIndex, np.ndarray]]:
    """Return the outcome of each run and interval.

    Parameters
    ----------
    staffing, volume, goals, assumptions
        As for `simulation.simulate`. With the same seed the calls of a run are the same, whatever the goals.
    runs
        Number of runs, rounded up to batches of 32.

    Returns
    -------
    dict
        Queue → starts of its intervals, and sums by run, interval and measure (see `desk.MEASURES`), shape (runs, I,
        measures).

    Raises
    ------
    Stopped
        If stopped before the last run.
    """
    out = {}
    batches = -(-runs // BATCH)
    found = list(queues_of(staffing, volume, goals, assumptions))
    for turn, (name, queue, periods) in enumerate(found):
        parts = []
        for number in range(batches):
            parts.append(queue.batch(number, watch))
            share = (turn + (number + 1) / batches) / len(found)
            watch.tell("simulate", f"{name}: {(number + 1) * BATCH} runs", share=share)
        starts, first = periods["interval"]
        sums = np.add.reduceat(np.concatenate(parts), first, axis=1)
        out[name] = (starts, sums)
    return out

"""Estimates from the runs: service per interval, day and week, with confidence intervals from independent batches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import special

from ..formulas import service_level
from ..formulas.service_level import DEFINITIONS
from ..goal.targets import ServiceGoal
from . import desk

CONFIDENCE = 0.96
"""Confidence of the interval at one look, a share between 0.95 and 1: the runs stop as soon as the interval is narrow,
which leaves the promised 95 %."""

NORMAL = float(special.ndtri(0.975))
"""The normal law's quantile of a 95 % interval, standard deviations."""

_TIE = 1e-9
"""Calls, seconds or agent-seconds by which a run may miss the goal and still count as meeting it: rounding of sums."""

MAXIMA = (desk.LONGEST_WAIT, desk.LONGEST_QUEUE)


def counted(sums: np.ndarray, definition: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the calls in time and the calls counted by a definition, from sums with measures last."""
    measures = (desk.OFFERED, desk.ANSWERED_IN, desk.ABANDONED, desk.ABANDONED_IN, desk.ABANDONED_SHORT)
    return service_level.counted(definition, *(sums[..., m] for m in measures))


def share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Return `part` / `whole`, NaN where the whole is 0."""
    return np.asarray(np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0))


def met(sums: np.ndarray, goal: ServiceGoal) -> np.ndarray:
    """Return where the goal's level and caps (without `max_wait_share`) are met, from sums with measures last."""
    in_time, total = counted(sums, goal.definition)
    out = in_time >= goal.level * total - _TIE
    for cap, part, whole in (
        (goal.max_abandon, desk.ABANDONED, desk.OFFERED),
        (goal.max_asa_s, desk.WAIT_ANSWERED, desk.ANSWERED),
        (goal.max_asa_all_s, desk.WAIT, desk.OFFERED),
        (goal.max_occupancy, desk.BUSY, desk.STAFFED),
    ):
        if cap is not None:
            out &= sums[..., part] <= cap * sums[..., whole] + _TIE
    return np.asarray(out)


def chance(hits: np.ndarray, runs: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the 95 % interval of a chance that `hits` of `runs` tell (Wilson 1927).

    Runs of a batch are stratified, which next to never widens what independent runs would give (Owen 1997).
    """
    p, z = hits / runs, NORMAL**2 / runs
    middle, half = p + z / 2, np.sqrt(p * (1 - p) * z + z * z / 4)
    return (middle - half) / (1 + z), (middle + half) / (1 + z)


@dataclass
class Estimate:
    """Running sums of one queue's simulation.

    Parameters
    ----------
    queue, goal
        What is simulated and how its service is counted.
    periods
        Per kind of period (interval, day, week) the starts of its periods and the position of the first interval
        of each.
    """

    queue: str
    goal: ServiceGoal
    periods: Mapping[str, tuple[pd.DatetimeIndex, np.ndarray]]
    runs: int = 0
    batches: list[np.ndarray] = field(default_factory=list)
    attained: float | np.ndarray = 0.0

    def add(self, batch: np.ndarray) -> None:
        """Take in the outcomes of a batch of runs, shape (runs, intervals, measures)."""
        sums = np.concatenate([np.add.reduceat(batch, first, axis=1) for _, first in self.periods.values()], axis=1)
        for m in MAXIMA:
            most = [np.maximum.reduceat(batch[..., m], first, axis=1) for _, first in self.periods.values()]
            sums[..., m] = np.concatenate(most, axis=1)
        self.attained = self.attained + met(sums, self.goal).sum(axis=0)
        self.batches.append(sums.sum(axis=0))
        self.runs += len(batch)

    def service(self, skip: int = 0) -> tuple[np.ndarray, np.ndarray]:
        """Return service level and half width of its 95 % interval, per period after the first `skip`.

        Both are NaN where no call was counted. The level is the ratio of the sums over all runs; its variance is
        the delta method's over the batches, which are independent and alike, with Student's quantile (Law 2015,
        chapter 9).
        """
        in_time, total = counted(np.stack([batch[skip:] for batch in self.batches]), self.goal.definition)
        level = share(in_time.sum(axis=0), total.sum(axis=0))
        count = len(self.batches)
        if count < 2:
            return level, np.where(np.isnan(level), np.nan, np.inf)
        spread = np.sqrt(((in_time - level * total) ** 2).sum(axis=0) / (count - 1) / count)
        quantile = special.stdtrit(count - 1, 0.5 + CONFIDENCE / 2)
        return level, quantile * share(spread, total.mean(axis=0))

    def widest(self) -> float:
        """Return the largest half width of the days and weeks (0 when no calls came at all)."""
        half = self.service(skip=len(self.periods["interval"][0]))[1]
        return float(np.nanmax(half, initial=0.0))

    def frame(self) -> pd.DataFrame:
        """Return one row per period, columns as in `simulation.Simulation.service`."""
        level, half = self.service()
        kinds = [(kind, start) for kind, (starts, _) in self.periods.items() for start in starts]
        sums = np.sum(self.batches, axis=0)
        p_lo, p_hi = chance(np.asarray(self.attained), self.runs)
        columns = {
            "queue": self.queue,
            "period": [kind for kind, _ in kinds],
            "start": [start for _, start in kinds],
            "goal": self.goal.level,
            "simulated": level,
            "ci_lo": np.clip(level - half, 0.0, 1.0),
            "ci_hi": np.clip(level + half, 0.0, 1.0),
            "p_goal": self.attained / self.runs,
            "p_goal_lo": p_lo,
            "p_goal_hi": p_hi,
            "offered": sums[:, desk.OFFERED] / self.runs,
            "abandon_rate": share(sums[:, desk.ABANDONED], sums[:, desk.OFFERED]),
            "asa_s": share(sums[:, desk.WAIT_ANSWERED], sums[:, desk.ANSWERED]),
            "asa_all_s": share(sums[:, desk.WAIT], sums[:, desk.OFFERED]),
            "longest_wait_s": sums[:, desk.LONGEST_WAIT] / self.runs,
            "queue_length": share(sums[:, desk.QUEUED], sums[:, desk.OPEN]),
            "longest_queue": sums[:, desk.LONGEST_QUEUE] / self.runs,
            "occupancy": share(sums[:, desk.BUSY], sums[:, desk.STAFFED]),
            "overtime_h": sums[:, desk.OVERTIME] / self.runs / 3600.0,
        }
        columns |= {f"sl_{name}": share(*counted(sums, name)) for name in DEFINITIONS}
        return pd.DataFrame(columns)

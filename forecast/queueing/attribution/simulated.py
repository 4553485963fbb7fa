"""Days simulated call by call under what came or was planned: the band of pure chance, and the check of the parts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...progress import Watch
from ..formulas.time_laws import TimeLaw
from ..goal.targets import ServiceGoal
from ..simulation import estimates
from ..simulation.arrivals import Arrivals
from ..simulation.assumptions import Assumptions
from ..simulation.routing import AgentGroup
from ..simulation.simulated_queue import BATCH, SimulatedQueue
from .conditions import whole
from .day import FIT, STAFF, VOLUME, Day, Parts
from .shapley import subsets

DAY = dt.date(2000, 1, 1)
"""Any date: a day is simulated alone."""


@dataclass(frozen=True)
class Chance:
    """What chance alone does to a day of which all is known: calls come at random, and so do their handle times.

    Attributes
    ----------
    mean
        Mean service level of such days.
    low, high
        Bounds that 95 of 100 such days lie within.
    deviation
        Standard deviation of one day.
    """

    mean: float
    low: float
    high: float
    deviation: float


@dataclass(frozen=True)
class Checked:
    """The parts of a gap by simulation.

    Attributes
    ----------
    parts
        As `day.parts`, each value the mean of simulated days.
    errors
        Standard error of each share.
    """

    parts: Parts
    errors: dict[str, float]


def simulated(
    day: Day,
    came: Collection[str],
    goal: ServiceGoal,
    handle: TimeLaw | None = None,
    *,
    runs: int = 2 * BATCH,
    seed: int = 0,
    watch: Watch | None = None,
) -> np.ndarray:
    """Return the calls in time and those that count, of simulated days, shape (2, runs).

    All subsets of the causes meet the same calls: each call has its place in the stream of its bin, its patience and
    the length of its handle time whatever its rate, so that differences of subsets are known better than either.

    Parameters
    ----------
    came
        Which causes are as they came.
    handle
        Law of the handle times, of which the shape counts; None = exponential.
    runs
        Days, rounded up to batches of 32.

    Raises
    ------
    Stopped
        If the user stopped the run.
    """
    queue = _queue(day, came, goal, handle, seed)
    mine = day.bins.counts[day.bins.row >= 0]
    watch, out = watch or Watch(), []
    for number in range(-(-runs // BATCH)):
        watch.raise_if_stopped()
        sums = queue.batch(number, watch)[:, mine].sum(axis=1)
        out.append(np.stack(estimates.counted(sums, goal.definition)))
    return np.concatenate(out, axis=1)


def _queue(
    day: Day, came: Collection[str], goal: ServiceGoal, handle: TimeLaw | None, seed: int
) -> SimulatedQueue:  # fmt: skip
    """Return the queue of a day; a part of a head is a head for part of the time."""
    under, edges = day.conditions(came), day.bins.edges_s
    is_open = day.bins.row >= 0
    certain = VOLUME in came and day.calls_came is not None
    arrivals = Arrivals(
        "calls",
        edges[:-1][is_open],
        edges[1:][is_open],
        (under.weights @ under.calls)[is_open],
        np.zeros(int(is_open.sum())) if certain else day.cv[is_open],
        under.handle_s[is_open],
        under.patience_s[is_open],
        (DAY,),
        np.zeros(int(is_open.sum()), dtype=np.int64),
    )
    sure = STAFF in came and day.heads_came is not None
    roster = day.scheduled if FIT in came or day.required is None else day.required
    heads = whole(under.heads[0] if sure else roster)
    steps = pd.DataFrame({"begin": edges[:-1], "end": edges[1:], "agents": heads, "agent": "", "date": DAY})
    steps = steps[steps["agents"] > 0].reset_index(drop=True)
    absent = 0.0 if sure else float(np.average(day.absent, weights=np.maximum(day.scheduled, 1e-9)))
    assumptions = Assumptions(day.bins.bin_min, None, "monday", absent, handle, None, seed)
    return SimulatedQueue.build(arrivals, AgentGroup("calls", ("calls",)), steps, goal, {DAY: 0.0}, assumptions)


def chance(
    day: Day, goal: ServiceGoal, handle: TimeLaw | None = None, *, runs: int = 2 * BATCH, seed: int = 0,
    watch: Watch | None = None,
) -> Chance:  # fmt: skip
    """Return the band of pure chance of a day of which all is as it came; parameters as for `simulated`.

    The bounds are those of a normal law with the mean and the standard deviation of the runs, within 0 and 1.
    """
    in_time, total = simulated(day, day.players, goal, handle, runs=runs, seed=seed, watch=watch)
    level = estimates.share(in_time, total)
    level = level[np.isfinite(level)]
    if not len(level):
        return Chance(*[float("nan")] * 4)
    mean, deviation = float(in_time.sum() / total.sum()), float(level.std(ddof=1))
    low, high = (min(max(mean + sign * estimates.NORMAL * deviation, 0.0), 1.0) for sign in (-1.0, 1.0))
    return Chance(mean, low, high, deviation)


def checked(
    day: Day, goal: ServiceGoal, handle: TimeLaw | None = None, *, runs: int = 8 * BATCH, seed: int = 0,
    watch: Watch | None = None,
) -> Checked:  # fmt: skip
    """Return the parts of a gap by simulation under common seeds, with their standard errors over batches."""
    players = day.players
    sums = {
        some: simulated(day, some, goal, handle, runs=runs, seed=seed, watch=watch).reshape(2, -1, BATCH).sum(axis=2)
        for some in subsets(players)
    }
    whole = Parts.of(players, {some: float(found[0].sum() / found[1].sum()) for some, found in sums.items()})
    count = next(iter(sums.values())).shape[1]
    each = [Parts.of(players, {s: float(f[0, b] / f[1, b]) for s, f in sums.items()}).shares for b in range(count)]
    spread = {name: float(np.std([one[name] for one in each], ddof=1)) if count > 1 else np.inf for name in players}
    return Checked(whole, {name: value / np.sqrt(count) for name, value in spread.items()})

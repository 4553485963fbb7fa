"""The curves corrected for the queue that moves: where a plan was simulated, they tell what its simulation tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.stats import binom

from ...forecast.queueing.curve.correction import as_agents, busy_with_before
from ...forecast.queueing.curve.service_curve import ServiceCurve
from ...forecast.queueing.simulation.simulation import Simulation
from ..problem.problem import ScheduleProblem
from .coverage import Expected


def corrected(
    curves: Mapping[str, ServiceCurve],
    problem: ScheduleProblem,
    heads: Mapping[str, np.ndarray],
    absent: np.ndarray,
    simulations: Sequence[Simulation],
) -> dict[str, ServiceCurve]:
    """Return `curves` corrected so that a plan's expected service is the simulated one, interval by interval.

    Parameters
    ----------
    curves
        Queue → service curve of intervals that last for ever, in agents on the phone.
    heads
        Queue → heads scheduled on the phone per slot, shape (S,).
    absent
        Share of the scheduled heads that are absent, per slot, shape (S,).
    simulations
        Of this plan, one or more of different seeds; each counts by its runs.
    """
    out = dict(curves)
    for d in problem.demands:
        if d.queue not in curves or not d.open.any():
            continue
        curve = curves[d.queue]
        present = _present(Expected.of(d, curve, problem.grid, heads[d.queue], absent), absent)
        seen = _simulated(d.queue, curve, simulations)
        busy, near = busy_with_before(curve, d.goal, present, seen, sum(s.runs for s in simulations))
        top = curve.top + int(np.ceil(max(0.0, busy.max(initial=0.0))))
        out[d.queue] = curve.served_as(as_agents(busy, near, top))
    return out


def spliced(simulation: Simulation, other: Simulation, changed: Mapping[str, pd.DatetimeIndex]) -> Simulation:
    """Return `simulation` with what `other` tells of the intervals `changed`, queue → starts."""

    def inside(rows: pd.DataFrame) -> np.ndarray:
        found = np.zeros(len(rows), dtype=bool)
        for queue, starts in changed.items():
            found |= ((rows["queue"] == queue) & rows["start"].isin(starts)).to_numpy()
        return found & (rows["period"] == "interval").to_numpy()

    parts = [simulation.service[~inside(simulation.service)], other.service[inside(other.service)]]
    return replace(simulation, service=pd.concat(parts, ignore_index=True))


def _present(e: Expected, absent: np.ndarray) -> np.ndarray:
    """Return the chance of n = 0…M heads present, a mean over the slots of each interval, shape (T, M + 1)."""
    n = np.arange(int(e.heads.max(initial=0)) + 1)
    law = binom.pmf(n, e.heads[:, None], 1.0 - absent[e.slots][:, None])
    out = np.zeros((len(e.curve.starts), len(n)))
    np.add.at(out, e.row, law * e.share[:, None])
    out[~np.isin(np.arange(len(out)), e.row), 0] = 1.0
    return out


def _simulated(queue: str, curve: ServiceCurve, simulations: Sequence[Simulation]) -> np.ndarray:
    """Return the simulated service level of the curve's intervals, shape (T,); nan where no call came."""
    above, below = np.zeros((2, len(curve.starts)))
    for s in simulations:
        rows = s.service[(s.service["queue"] == queue) & (s.service["period"] == "interval")].set_index("start")
        rows = rows.reindex(curve.starts)
        level, counted = (rows[c].to_numpy(dtype=float) for c in ("simulated", "offered"))
        weight = np.where(np.isfinite(level), counted * s.runs, 0.0)
        above += weight * np.nan_to_num(level)
        below += weight
    return np.asarray(np.divide(above, below, out=np.full(len(below), np.nan), where=below > 0.0))

"""The least extra staff that mends the intervals which the call-by-call simulation finds short."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...errors import InputError
from ...progress import Watch
from ..goal.targets import ServiceGoal
from .assumptions import Assumptions, Laws
from .attendance import Absent
from .checks import with_queue
from .memory import Memory
from .precision import Precision
from .simulation import Simulation, simulated

_ROUNDS = 100
"""Most agents added to one interval before the repair gives up, at least 1: so many more would mend any staffing that
more staff can mend."""

LEAST_RUNS = 256
"""Least runs of a simulation that the repair trusts, at least 64 (two batches): with fewer the 95 % intervals are so
wide that next to nothing counts as short."""

CAPS = {
    "max_abandon": "abandon_rate",
    "max_asa_s": "asa_s",
    "max_asa_all_s": "asa_all_s",
    "max_occupancy": "occupancy",
}
"""Caps of a goal and the columns of the simulation's service that tell them."""


@dataclass(frozen=True)
class Repaired:
    """The outcome of `repair`.

    Attributes
    ----------
    staffing
        The steps given, then one step `queue, start, end, agents` per interval that needed more.
    added
        Agents added per queue and interval: `queue, start, agents`, only where there are any.
    simulation
        What the simulation says of `staffing`.
    """

    staffing: pd.DataFrame
    added: pd.DataFrame
    simulation: Simulation


def repair(
    staffing: pd.DataFrame,
    volume: pd.DataFrame,
    goals: Mapping[str, ServiceGoal],
    *,
    interval_min: int = 30,
    report_min: int | None = None,
    week_start: str = "monday",
    absent: Absent = 0.0,
    handle: Laws | None = None,
    patience: Laws | None = None,
    seed: int = 0,
    tolerance: float | None = None,
    runs: int = 1024,
    watch: Watch | None = None,
) -> Repaired:
    """Add agents until the simulation finds no interval short of its goal, and none that could be spared.

    Every simulation draws the same calls (common random numbers), so that a change of service comes from the change of
    staff. Each short interval gets one agent more until none is short. Then needless added agents are removed, from the
    last interval to the first, because an early repair leaves a shorter queue to later intervals.

    Parameters
    ----------
    staffing, volume, goals, interval_min, report_min, week_start, absent, handle, patience, seed
        As in `simulate`; the goal must hold in each interval that it reports. Added heads are nameless.
    tolerance
        How far the simulated service level of an interval may lie below its goal, a share; None = as far as chance
        explains (the goal lies within the 95 % interval), so that chance alone mends nothing. Caps on abandonment,
        waits and occupancy hold for the mean; `max_wait_share` is not looked at.
    runs
        Runs of every simulation, at least `LEAST_RUNS`.
    watch
        Told the progress of every simulation; a stop ends the repair.

    Raises
    ------
    InputError
        As `simulate`, on too few runs, or where a hundred rounds of more staff do not mend the service.
    Stopped
        If stopped on the way.

    Notes
    -----
    The many parameters are those of `simulate`.

    Examples
    --------
    >>> times = pd.date_range("2026-03-02 08:00", "2026-03-02 09:30", freq="30min")
    >>> volume = pd.DataFrame({"queue": "desk", "start": times, "calls": 100.0, "handle_s": 180.0, "patience_s": 300.0})
    >>> staffing = pd.DataFrame({"start": [times[0]], "end": [times[-1] + pd.Timedelta(minutes=30)], "agents": [11]})
    >>> mended = repair(staffing, volume, {"desk": ServiceGoal(0.7, 20)}, runs=256)
    >>> mended.added["agents"].tolist()  # the first half-hour opens empty and needs nobody more
    [1, 1, 1]
    """
    if runs < LEAST_RUNS:
        raise InputError(
            f"Expected at least {LEAST_RUNS} runs", column="runs", value=runs, mend="Fewer tell too little"
        )
    assumptions = Assumptions(interval_min, report_min, week_start, absent, handle, patience, seed)
    precision = Precision(half_width=0.0, min_runs=runs, max_runs=runs)
    staffing = with_queue(staffing, sorted(volume["queue"].unique()))
    length, memory = pd.Timedelta(minutes=report_min or interval_min), Memory()

    def staffed(added: pd.Series | None) -> pd.DataFrame:
        if added is None or not added.any():
            return staffing
        more = added_rows(added)
        more = more.assign(end=more["start"] + length)
        return pd.concat([staffing, more.assign(agent="") if "agent" in staffing else more], ignore_index=True)

    def found(added: pd.Series | None) -> Simulation:
        return simulated(staffed(added), volume, goals, assumptions, precision, watch, memory)

    simulation = found(None)
    short = short_of(simulation, goals, tolerance)
    added = pd.Series(0, index=short.index)
    for _ in range(_ROUNDS):
        if not short.any():
            break
        added += short.astype(np.int64)
        simulation = found(added)
        short = short_of(simulation, goals, tolerance)
    else:
        raise InputError("more staff does not mend it", column="goal", mend="Ask for less")
    for at in added.index[added > 0][::-1]:
        while added[at] > 0:
            fewer = added.copy()
            fewer[at] -= 1
            trial = found(fewer)
            if short_of(trial, goals, tolerance).any():
                break
            added, simulation = fewer, trial
    return Repaired(staffed(added), added_rows(added), simulation)


def added_rows(added: pd.Series) -> pd.DataFrame:
    """Return the agents added as rows `queue, start, agents`."""
    return added[added > 0].rename("agents").reset_index()


def short_of(simulation: Simulation, goals: Mapping[str, ServiceGoal], tolerance: float | None) -> pd.Series:
    """Return by queue and start which intervals miss the level of their goal, or one of its caps."""
    rows = simulation.service[simulation.service["period"] == "interval"].set_index(["queue", "start"])
    out = rows["ci_hi"] < rows["goal"] if tolerance is None else rows["simulated"] < rows["goal"] - tolerance
    for cap, column in CAPS.items():
        most = pd.Series([getattr(goals[queue], cap) for queue, _ in rows.index], index=rows.index, dtype=float)
        out |= rows[column] > most  # without a cap, or without a call, nothing is missed
    return out

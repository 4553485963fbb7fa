"""One running day simulated many times: the calls in time of each run, so that chance can be told."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...calendar.grid import midnight
from ...progress import Watch
from ..goal.targets import ServiceGoal
from .arrivals import Arrivals
from .assumptions import Assumptions
from .attendance import attendance_days
from .estimates import counted
from .periods import days_of, seconds_since
from .routing import AgentGroup
from .simulated_queue import BATCH, SimulatedQueue


@dataclass(frozen=True, eq=False)
class DayRuns:
    """R runs of the I intervals of a day.

    Attributes
    ----------
    counted, in_time
        Calls that the goal's definition counts, and those of them in time, shape (R, I); those of an interval that is
        closed are 0.
    """

    counted: np.ndarray
    in_time: np.ndarray

    def level(self) -> np.ndarray:
        """Return the service level of each run and interval, shape (R, I); NaN where nothing is counted."""
        nothing = np.full(self.counted.shape, np.nan)
        return np.asarray(np.divide(self.in_time, self.counted, out=nothing, where=self.counted > 0.0))


def day_runs(
    queue: str,
    starts: pd.DatetimeIndex,
    calls: np.ndarray,
    cv: np.ndarray,
    handle_s: np.ndarray,
    patience_s: np.ndarray,
    staffing: pd.DataFrame,
    goal: ServiceGoal,
    assumptions: Assumptions,
    runs: int,
    watch: Watch,
) -> DayRuns:
    """Simulate a day `runs` times, rounded up to whole batches.

    The many parameters are independent facts about the day, each as `Arrivals` and `Assumptions` tell.

    Parameters
    ----------
    starts
        Starts of the intervals, shape (I,).
    calls, cv, handle_s, patience_s
        Mean calls, how unsure their rate is, mean handle time and mean patience (infinite: for ever) by interval, shape
        (I,); NaN calls = closed.
    staffing
        Rows ``agent, start, end, agents`` of the queue.

    Raises
    ------
    Stopped
        If stopped on the way.
    """
    is_open = np.isfinite(calls)
    zone = None if starts.tz is None else str(starts.tz)
    zero = midnight(starts[0].date(), zone)
    begin = seconds_since(zero, pd.Series(starts))[is_open]
    dates, day = np.unique(np.array([t.date() for t in starts[is_open]]), return_inverse=True)
    arrivals = Arrivals(
        queue, begin, begin + assumptions.interval_s, calls[is_open], cv[is_open], handle_s[is_open],
        patience_s[is_open], tuple(dates), day,
    )  # fmt: skip
    from_, to = seconds_since(zero, staffing["start"]), seconds_since(zero, staffing["end"])
    steps = staffing.assign(
        begin=np.maximum(from_, 0.0), end=np.maximum(to, 0.0), date=attendance_days(staffing, from_, to)
    )
    last = max([starts[-1], *staffing["end"]])
    days: dict[dt.date, float] = days_of(zero, last, zone)
    desk = SimulatedQueue.build(arrivals, AgentGroup(queue, (queue,)), steps, goal, days, assumptions)
    found = np.concatenate([desk.batch(number, watch) for number in range(-(-runs // BATCH))])
    in_time, total = counted(found, goal.definition)
    out = DayRuns(np.zeros((len(found), len(starts))), np.zeros((len(found), len(starts))))
    out.counted[:, is_open], out.in_time[:, is_open] = total, in_time
    return out

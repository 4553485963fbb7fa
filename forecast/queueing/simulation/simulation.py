"""Call-by-call simulation of any staffing: what service a plan gives when calls, people and days vary."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...calendar.grid import midnight
from ...progress import Watch
from ..goal.targets import ServiceGoal
from .arrivals import Arrivals
from .assumptions import Assumptions, Laws
from .attendance import Absent, attendance_days
from .checks import checked
from .estimates import Estimate
from .memory import Memory
from .periods import days_of, reported_periods, seconds_since, zone_of
from .precision import Precision, QueueProgress, SimulationEnd, run_until_precise
from .routing import Routing
from .simulated_queue import SimulatedQueue

Periods = dict[str, tuple[pd.DatetimeIndex, np.ndarray]]
"""Kind of period → starts of its periods, and position of the first interval of each."""


@dataclass(frozen=True)
class Simulation:
    """The outcome of `simulate`.

    Attributes
    ----------
    service
        One row per queue, period (``interval``, ``day``, ``week``, basis of the goal of a queue with parts) and start.
        `goal`; service level `simulated` with its 95 % interval `ci_lo`, `ci_hi`; the chance `p_goal` that the
        period meets the goal's level and caps (one without calls does) with its 95 % interval `p_goal_lo`,
        `p_goal_hi`; mean `offered` calls;
        `abandon_rate`; mean wait `asa_s` of answered and `asa_all_s` of all calls; callers waiting in the mean,
        `queue_length`; `occupancy`; hours in calls after their time that leaving agents work, `overtime_h`; the
        service level by each definition, `sl_…`. `longest_wait_s` and `longest_queue` are the period's longest,
        mean over the runs. Calls and their waits count where they arrive. NaN where nothing was counted.
    runs
        Runs of the queue that needed most; the unit is the whole span of the volume, usually a week.
    seconds
        Time taken.
    half_width
        Largest half width of a day's or week's interval that was reached.
    stopped
        None when the asked half width was reached, else why it ended: most runs, time or user.
    goals
        The goal of each queue.
    """

    service: pd.DataFrame
    runs: int
    seconds: float
    half_width: float
    stopped: SimulationEnd | None
    goals: Mapping[str, ServiceGoal]


def simulate(
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
    half_width: float = 0.005,
    min_runs: int = 256,
    max_runs: int = 4000,
    watch: Watch | None = None,
    memory: Memory | None = None,
    parts: Mapping[str, Sequence[dt.date]] | None = None,
) -> Simulation:
    """Simulate the queues of `volume` call by call until every day and week is known to ± `half_width`.

    Each queue is served by a group of agents of its own, first come, first served. Calls are Poisson with a constant
    rate within an interval; with quantile columns the rate is uncertain, all intervals of a local day together. Agents
    who leave finish the call in hand; with fewer heads the idle leave first. Waiting callers are carried over from
    interval to interval and past midnight while the queue is open; after closing they are served while anybody is
    there, and count as abandoned at the moment, at or after closing, when nobody is.

    Parameters
    ----------
    staffing
        Steps `queue, start, end, agents` on any minute, which add up; `queue` may be left out when there is one.
        With a column `agent` a named row (agents = 1) is one person's stretch on the phone.
    volume
        Forecast `queue, start, calls, q…, handle_s, patience_s`; closed intervals have no row. Its times decide
        what a local day is.
    goals
        Goal per queue.
    interval_min
        Length of the volume's intervals.
    report_min
        Length of the intervals that are reported, a multiple of `interval_min`, counted from local midnight; None =
        `interval_min`.
    week_start
        Weekday on which weeks begin.
    absent
        Share of heads that stay away unplanned: one number, or by date, weekday or ``default`` (a day without any
        has none). A named person is away for all of a day; of nameless heads the k-th of a local day is taken for
        one person.
    handle, patience
        Laws of handle times and of patience, one or per queue; None = exponential. They give the shape, the means of
        the volume the scale; where its `patience_s` is blank the law's own mean counts (None: they wait for ever).
    seed
        Same seed, same result. Calls do not depend on the staffing, so that plans compare run by run.
    half_width
        Half width of the 95 % interval at which to stop, as a share.
    min_runs, max_runs
        Bounds of the runs, rounded up to batches of 32.
    watch
        Told the progress; on its time limit the runs made so far count, `min_runs` at least.
    memory
        Outcomes of earlier simulations: days that hang on nothing changed since are taken from there. Changes nothing.
    parts
        Queue → first days of the parts of the span that are reported under the basis of its goal, each until the next
        one: a month that ends within a week parts it. The first part holds the days before it, too.

    Raises
    ------
    InputError
        On tables that break their declaration, a queue without goal, overlapping intervals, staff given in zoned
        time and calls in zoneless time or the reverse.
    Stopped
        If stopped before `min_runs`.

    Notes
    -----
    Runs come in batches of 32: within a batch the busyness of each day, the absence of each person, and the gaps,
    patience and handle times of the calls are stratified (Latin hypercube), between batches everything is independent,
    which is where the confidence interval comes from. A goal met by the mean is a statement about the mean: see
    `p_goal` for single days.

    The many parameters are independent choices of the caller, given by name; inside they travel as `Assumptions` and
    `Precision`.

    Examples
    --------
    >>> times = pd.date_range("2026-03-02 08:00", "2026-03-02 17:30", freq="30min")
    >>> volume = pd.DataFrame({"queue": "desk", "start": times, "calls": 100.0, "handle_s": 180.0, "patience_s": 300.0})
    >>> staffing = pd.DataFrame({"start": ["2026-03-02 08:00"], "end": ["2026-03-02 18:00"], "agents": [13]})
    >>> found = simulate(staffing, volume, {"desk": ServiceGoal(0.8, 20)})
    >>> 0.85 < found.service.query("period == 'day'")["simulated"].item() < 0.88
    True
    """
    assumptions = Assumptions(interval_min, report_min, week_start, absent, handle, patience, seed, parts or {})
    return simulated(staffing, volume, goals, assumptions, Precision(half_width, min_runs, max_runs), watch, memory)


def simulated(
    staffing: pd.DataFrame,
    volume: pd.DataFrame,
    goals: Mapping[str, ServiceGoal],
    assumptions: Assumptions,
    precision: Precision,
    watch: Watch | None,
    memory: Memory | None = None,
) -> Simulation:
    """Do the work of `simulate`, which tells what is simulated and which errors are raised."""
    began, watch = time.monotonic(), watch or Watch()
    estimates, endings = [], []
    found = list(queues_of(staffing, volume, goals, assumptions))
    for i, (name, queue, periods) in enumerate(found):
        estimates.append(Estimate(name, goals[name], periods))
        progress = QueueProgress(watch, i, len(found))
        endings.append(run_until_precise(queue, estimates[-1], precision, progress, memory))
    return Simulation(
        service=pd.concat([e.frame() for e in estimates], ignore_index=True),
        runs=max(e.runs for e in estimates),
        seconds=time.monotonic() - began,
        half_width=max(e.widest() for e in estimates),
        stopped=next((why for why in endings if why), None),
        goals={e.queue: goals[e.queue] for e in estimates},
    )


def queues_of(
    staffing: pd.DataFrame, volume: pd.DataFrame, goals: Mapping[str, ServiceGoal], assumptions: Assumptions
) -> Iterator[tuple[str, SimulatedQueue, Periods]]:
    """Yield each queue of `volume`, ready to be simulated, with the periods that are reported of it.

    Raises
    ------
    InputError
        As `simulate` tells.
    """
    volume, staffing = checked(volume, staffing, goals)
    zone, routing = zone_of(volume), Routing.one_group_per_queue(sorted(volume["queue"].unique()))
    zero = midnight(volume["start"].min().date(), zone)
    begin, end = seconds_since(zero, staffing["start"]), seconds_since(zero, staffing["end"])
    dates = attendance_days(staffing, begin, end)
    steps = staffing.assign(begin=np.maximum(begin, 0.0), end=np.maximum(end, 0.0), date=dates)
    days = days_of(zero, pd.concat([volume["start"], staffing["end"]]).max(), zone)
    for group in routing.groups:
        (name,) = group.queues
        rows = volume[volume["queue"] == name]
        mean_s = assumptions.patience_law(name).mean_s
        arrivals = Arrivals.read(name, rows, seconds_since(zero, rows["start"]), assumptions.interval_s, mean_s)
        queue = SimulatedQueue.build(arrivals, group, routing.rows_of(group, steps), goals[name], days, assumptions)
        parted = goals[name].basis, assumptions.parts.get(name, ())
        yield name, queue, reported_periods(arrivals, zero, days, assumptions.report_s, assumptions.week_start, parted)

"""Call-by-call simulation of any staffing: what service a plan gives when calls, people and days vary."""

from __future__ import annotations

import datetime as dt
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..errors import InputError
from ..grid import WEEKDAYS, midnight
from ..progress import Stopped, Watch
from ..tables import TABLES, check
from .arrivals import Arrivals
from .attendance import Absent, attendance_days
from .estimates import Estimate
from .pool import Pool
from .targets import ServiceGoal


@dataclass(frozen=True)
class Simulation:
    """The outcome of `simulate`.

    Attributes
    ----------
    service
        One row per queue, period (``interval``, ``day``, ``week``) and start: `goal`; service level `simulated`
        with its 95 % interval `ci_lo`, `ci_hi`; per run the mean `offered` calls; `abandon_rate`, `occupancy`,
        `asa_s` (mean wait of answered calls); `p_goal`, the share of runs in which the period met the goal (one
        without calls does); `longest_wait_s`, mean over the runs. Calls count where they
        arrive. NaN where nothing was counted.
    runs
        Runs of the queue that needed most; the unit is the whole span of the volume, usually a week.
    seconds
        Time taken.
    half_width
        Largest half width of a day's or week's interval that was reached.
    stopped
        None when the asked half width was reached, else ``runs``, ``time`` or ``user``.
    """

    service: pd.DataFrame
    runs: int
    seconds: float
    half_width: float
    stopped: str | None


def simulate(
    staffing: pd.DataFrame,
    volume: pd.DataFrame,
    goals: Mapping[str, ServiceGoal],
    *,
    interval_min: int = 30,
    week_start: str = "monday",
    absent: Absent = 0.0,
    handle_cv: Mapping[str, float] | float = 1.0,
    seed: int = 0,
    half_width: float = 0.005,
    min_runs: int = 160,
    max_runs: int = 4000,
    watch: Watch | None = None,
) -> Simulation:
    """Simulate the queues of `volume` call by call until every day and week is known to ± `half_width`.

    Each queue is a pool of its own, served first come, first served. Calls are Poisson with a constant rate within
    an interval; with quantile columns the rate is uncertain, all intervals of a local day together. Patience is
    exponential; handle times are exponential at a CV of 1 and lognormal at any other. Agents who leave finish the
    call in hand; with fewer heads the idle leave first. Waiting callers are carried over from interval to interval
    and past midnight while the queue is open; after closing they are served while anybody is there, and count as
    abandoned at the moment, at or after closing, when nobody is.

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
    week_start
        Weekday on which weeks begin.
    absent
        Share of heads that stay away unplanned: one number, or by date, weekday or ``default``. A named person is
        away for all of a day; of nameless heads the k-th of a local day is taken for one person.
    handle_cv
        Coefficient of variation of handle times, one number or per queue; 0 = constant.
    seed
        Same seed, same result. Calls do not depend on the staffing, so that plans compare run by run.
    half_width
        Half width of the 95 % interval at which to stop, as a share.
    min_runs, max_runs
        Bounds of the runs, rounded up to batches of 16.
    watch
        Told the progress; on its time limit the runs made so far count, `min_runs` at least.

    Raises
    ------
    InputError
        On tables that break their declaration, a queue without goal, overlapping intervals, staff given in zoned
        time and calls in zoneless time or the reverse.
    Stopped
        If stopped before `min_runs`.

    Notes
    -----
    Runs come in batches of 16: within a batch the busyness of each day and the absence of each person are
    stratified (Latin hypercube), between batches everything is independent, which is where the confidence
    interval comes from. A goal met by the mean is a statement about the mean: see `p_goal` for single days.

    Examples
    --------
    >>> day = pd.date_range("2026-03-02 08:00", periods=20, freq="30min")
    >>> volume = pd.DataFrame({"queue": "desk", "start": day, "calls": 100.0, "handle_s": 180.0, "patience_s": 300.0})
    >>> staffing = pd.DataFrame({"queue": "desk", "start": day[:1], "end": [pd.Timestamp("2026-03-02 18:00")], "agents": 13})
    >>> found = simulate(staffing, volume, {"desk": ServiceGoal(0.8, 20)})
    >>> 0.85 < found.service.query("period == 'day'")["simulated"].item() < 0.88
    True
    """
    began, watch = time.monotonic(), watch or Watch()
    volume, staffing = _checked(volume, staffing, goals)
    zone = _zone(volume)
    zero = midnight(volume["start"].min().date(), zone)
    begin, end = _seconds(staffing["start"], zero), _seconds(staffing["end"], zero)
    steps = staffing.assign(begin=np.maximum(begin, 0.0), end=np.maximum(end, 0.0), date=attendance_days(staffing, begin, end))
    last = max([volume["start"].max(), *steps["end"].map(lambda s: zero + pd.Timedelta(seconds=s))]).date()
    dates = [zero.date() + dt.timedelta(days=i) for i in range((last - zero.date()).days + 1)]
    days = {d: (midnight(d, zone) - zero).total_seconds() for d in dates}
    found: list[Estimate] = []
    names = sorted(volume["queue"].unique())
    stopped: str | None = None
    for i, name in enumerate(names):
        rows = volume[volume["queue"] == name]
        arrivals = Arrivals.read(name, rows, _seconds(rows["start"], zero), interval_min * 60.0)
        pool = Pool.build(arrivals, steps[steps["queue"] == name], goals[name], days, absent=absent, handle_cv=_cv(handle_cv, name), seed=seed)
        estimate = Estimate(name, goals[name], _periods(arrivals, zero, week_start))
        why = _run(pool, estimate, half_width, min_runs, max_runs, watch, (i, len(names)))
        stopped = stopped or why
        found.append(estimate)
    return Simulation(
        pd.concat([e.frame() for e in found], ignore_index=True), max(e.runs for e in found), time.monotonic() - began,
        max(e.widest() for e in found), stopped,
    )  # fmt: skip


def _run(pool: Pool, estimate: Estimate, half_width: float, min_runs: int, max_runs: int, watch: Watch, turn: tuple[int, int]) -> str | None:
    """Simulate batches until precise enough; returns why it ended earlier (``runs``, ``time``, ``user``) or None."""
    while True:
        try:
            estimate.add(pool.batch(len(estimate.batches), watch))
        except Stopped:
            if estimate.runs < min_runs:
                raise
            return "user"
        if estimate.runs < min_runs:
            continue
        widest = estimate.widest()
        done = 1.0 if widest <= half_width else (half_width / widest) ** 2
        watch.tell("simulate", f"{estimate.queue}: {estimate.runs} runs, ±{100 * widest:.2f} points", share=(turn[0] + done) / turn[1])
        if widest <= half_width:
            return None
        if estimate.runs >= max_runs:
            return "runs"
        if watch.time_is_up:
            return "time"


def _checked(volume: pd.DataFrame, staffing: pd.DataFrame, goals: Mapping[str, ServiceGoal]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return both tables checked, with every column that the simulation reads."""
    volume = check(volume, TABLES["volume"])
    if volume.empty:
        raise InputError("no open interval to simulate", column="start", mend="Give a volume row for every open interval")
    staffing = check(staffing, TABLES["staffing"], zone=_zone(volume))
    if (_zone(volume) is None) != (_zone(staffing) is None) and len(staffing):
        raise InputError("staffing and volume must both carry a zone or neither", column="start", value=str(staffing["start"].iloc[0]))
    names = sorted(volume["queue"].unique())
    if "queue" not in staffing:
        if len(names) > 1:
            raise InputError("staffing names no queue, but there are several", column="queue", value=", ".join(names), mend="Add the column")
        staffing = staffing.assign(queue=names[0])
    for name in names:
        if name not in goals:
            raise InputError("no goal for this queue", column="queue", value=name, mend="Give one per queue")
    agent = staffing["agent"] if "agent" in staffing else ""
    staffing = staffing.assign(agent=agent)
    _refuse(staffing, staffing["end"] < staffing["start"], "end", "a step ends before it starts")
    _refuse(staffing, staffing["agents"] % 1 != 0, "agents", "not a whole number of agents")
    _refuse(staffing, (staffing["agent"] != "") & (staffing["agents"] != 1), "agents", "a named person counts for 1 agent")
    _refuse(staffing, ~staffing["queue"].isin(names), "queue", "a queue without any volume")
    return volume, staffing.reset_index(drop=True)


def _refuse(staffing: pd.DataFrame, bad: pd.Series, column: str, what: str) -> None:
    if bad.any():
        i = int(bad.to_numpy().argmax())
        raise InputError(f"staffing: {what}", row=i + 2, column=column, value=str(staffing[column].iloc[i]))


def _zone(table: pd.DataFrame) -> str | None:
    zone = table["start"].dt.tz
    return None if zone is None else str(zone)


def _seconds(times: pd.Series, zero: pd.Timestamp) -> np.ndarray:
    return np.asarray(((times - zero) / pd.Timedelta(seconds=1)).to_numpy(float))


def _cv(handle_cv: Mapping[str, float] | float, queue: str) -> float:
    value = handle_cv.get(queue, math.nan) if isinstance(handle_cv, Mapping) else handle_cv
    if not 0 <= value < math.inf:
        raise InputError(f"Expected handle_cv >= 0 for queue {queue!r}", column="handle_cv", value=value, mend="1 = exponential, 0 = constant")
    return float(value)


def _periods(arrivals: Arrivals, zero: pd.Timestamp, week_start: str) -> dict[str, tuple[pd.DatetimeIndex, np.ndarray]]:
    """Return per kind of period the starts and the first interval of each."""
    if week_start not in WEEKDAYS:
        raise InputError("unknown weekday", column="week_start", value=week_start, mend=f"One of {', '.join(WEEKDAYS)}")
    lead = WEEKDAYS.index(week_start)
    weeks = np.array([d - dt.timedelta(days=(d.weekday() - lead) % 7) for d in arrivals.dates])
    zone = None if zero.tz is None else str(zero.tz)
    out = {"interval": (pd.DatetimeIndex(zero + pd.to_timedelta(arrivals.begin, unit="s")), np.arange(len(arrivals.begin)))}
    for kind, label in (("day", np.array(arrivals.dates)), ("week", weeks)):
        dates, first = np.unique(label[arrivals.day], return_index=True)
        out[kind] = (pd.DatetimeIndex([midnight(d, zone) for d in dates]), first)
    return {k: (starts.as_unit("us"), first) for k, (starts, first) in out.items()}

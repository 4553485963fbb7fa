"""Call-by-call simulation of any staffing: what service a plan gives when calls, people and days vary."""

from __future__ import annotations

import datetime as dt
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...calendar.grid import WEEKDAYS, midnight
from ...errors import InputError
from ...progress import Stopped, Watch
from ...tables import TABLES, check
from ..formulas.time_laws import Exponential, TimeLaw
from ..goal.targets import ServiceGoal
from .arrivals import Arrivals
from .attendance import Absent, attendance_days
from .estimates import Estimate
from .simulated_queue import SimulatedQueue

Laws = TimeLaw | Mapping[str, TimeLaw]


@dataclass(frozen=True)
class Simulation:
    """The outcome of `simulate`.

    Attributes
    ----------
    service
        One row per queue, period (``interval``, ``day``, ``week``) and start. `goal`; service level `simulated`
        with its 95 % interval `ci_lo`, `ci_hi`; the chance `p_goal` that the period meets the goal's level and caps
        (one without calls does) with its 95 % interval `p_goal_lo`, `p_goal_hi`; mean `offered` calls;
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
        None when the asked half width was reached, else ``runs``, ``time`` or ``user``.
    goals
        The goal of each queue.
    """

    service: pd.DataFrame
    runs: int
    seconds: float
    half_width: float
    stopped: str | None
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
) -> Simulation:
    """Simulate the queues of `volume` call by call until every day and week is known to ± `half_width`.

    Each queue is a pool of its own, served first come, first served. Calls are Poisson with a constant rate within
    an interval; with quantile columns the rate is uncertain, all intervals of a local day together. Agents who leave
    finish the call in hand; with fewer heads the idle leave first. Waiting callers are carried over from interval to
    interval and past midnight while the queue is open; after closing they are served while anybody is there, and
    count as abandoned at the moment, at or after closing, when nobody is.

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
        Length of the intervals that are told, a multiple of `interval_min`, counted from local midnight; None =
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

    Raises
    ------
    InputError
        On tables that break their declaration, a queue without goal, overlapping intervals, staff given in zoned
        time and calls in zoneless time or the reverse.
    Stopped
        If stopped before `min_runs`.

    Notes
    -----
    Runs come in batches of 32: within a batch the busyness of each day and the absence of each person are
    stratified (Latin hypercube), between batches everything is independent, which is where the confidence
    interval comes from. A goal met by the mean is a statement about the mean: see `p_goal` for single days.

    Examples
    --------
    >>> times = pd.date_range("2026-03-02 08:00", "2026-03-02 17:30", freq="30min")
    >>> volume = pd.DataFrame({"queue": "desk", "start": times, "calls": 100.0, "handle_s": 180.0, "patience_s": 300.0})
    >>> staffing = pd.DataFrame({"start": ["2026-03-02 08:00"], "end": ["2026-03-02 18:00"], "agents": [13]})
    >>> found = simulate(staffing, volume, {"desk": ServiceGoal(0.8, 20)})
    >>> 0.85 < found.service.query("period == 'day'")["simulated"].item() < 0.88
    True
    """
    began, watch = time.monotonic(), watch or Watch()
    volume, staffing = _checked(volume, staffing, goals)
    zone, names = _zone(volume), sorted(volume["queue"].unique())
    zero = midnight(volume["start"].min().date(), zone)
    begin, end = _seconds(staffing["start"], zero), _seconds(staffing["end"], zero)
    report_s = _report_s(report_min, interval_min)
    dates = attendance_days(staffing, begin, end)
    steps = staffing.assign(begin=np.maximum(begin, 0.0), end=np.maximum(end, 0.0), date=dates)
    days = _days(zero, pd.concat([volume["start"], staffing["end"]]).max(), zone)
    found, endings = [], []
    for i, name in enumerate(names):
        rows = volume[volume["queue"] == name]
        talk, waits = _law(handle, name, "handle"), _law(patience, name, "patience")
        arrivals = Arrivals.read(name, rows, _seconds(rows["start"], zero), interval_min * 60.0, waits.mean_s)
        mine = steps[steps["queue"] == name]
        pool = SimulatedQueue.build(
            arrivals, mine, goals[name], days, absent=absent, handle=talk, patience=waits, seed=seed
        )
        estimate = Estimate(name, goals[name], _periods(arrivals, zero, days, report_s, week_start))
        told = Stage(watch, i, len(names))
        endings.append(_run(pool, estimate, half_width, min_runs, max_runs, told))
        found.append(estimate)
    return Simulation(
        service=pd.concat([e.frame() for e in found], ignore_index=True),
        runs=max(e.runs for e in found),
        seconds=time.monotonic() - began,
        half_width=max(e.widest() for e in found),
        stopped=next((why for why in endings if why), None),
        goals={name: goals[name] for name in names},
    )


@dataclass(frozen=True)
class Stage:
    """The watch while queue `turn` of `turns` is simulated."""

    watch: Watch
    turn: int
    turns: int

    def tell(self, estimate: Estimate, widest: float, asked: float) -> None:
        """Report the precision reached; its share of the asked one grows with the runs."""
        done = 1.0 if widest <= asked else (asked / widest) ** 2
        text = f"{estimate.queue}: {estimate.runs} runs, ±{100 * widest:.2f} points"
        self.watch.tell("simulate", text, share=(self.turn + done) / self.turns)


def _run(
    pool: SimulatedQueue, estimate: Estimate, half_width: float, min_runs: int, max_runs: int, stage: Stage
) -> str | None:
    """Simulate batches until precise enough; returns why it ended earlier (``runs``, ``time``, ``user``) or None."""
    while True:
        try:
            estimate.add(pool.batch(len(estimate.batches), stage.watch))
        except Stopped:
            if estimate.runs < min_runs:
                raise
            return "user"
        if estimate.runs < min_runs:
            continue
        widest = estimate.widest()
        stage.tell(estimate, widest, half_width)
        if widest <= half_width:
            return None
        if estimate.runs >= max_runs:
            return "runs"
        if stage.watch.time_is_up:
            return "time"


def _checked(
    volume: pd.DataFrame, staffing: pd.DataFrame, goals: Mapping[str, ServiceGoal]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return both tables checked, the staffing with its columns `queue` and `agent`."""
    volume = check(volume, TABLES["volume"])
    if volume.empty:
        raise InputError("no open interval", column="start", mend="Give a volume row for every open interval")
    staffing = check(staffing, TABLES["staffing"], zone=_zone(volume)).reset_index(drop=True)
    if len(staffing) and (_zone(volume) is None) != (_zone(staffing) is None):
        value = str(staffing["start"].iloc[0])
        raise InputError("staffing and volume must both have a zone or neither", column="start", value=value)
    names = sorted(volume["queue"].unique())
    if "queue" not in staffing:
        if len(names) > 1:
            raise InputError("staffing does not say whose agents these are", column="queue", mend="Add the column")
        staffing = staffing.assign(queue=names[0])
    if lost := [name for name in names if name not in goals]:
        raise InputError("no goal for this queue", column="queue", value=lost[0])
    staffing = staffing.assign(agent=staffing.get("agent", ""))
    named = staffing["agent"] != ""
    _refuse(staffing, "end", staffing["end"] < staffing["start"], "the step ends before it starts")
    _refuse(staffing, "agents", staffing["agents"] % 1 != 0, "not a whole number of agents")
    _refuse(staffing, "agents", named & (staffing["agents"] != 1), "a named person counts as 1 agent")
    _refuse(staffing, "queue", ~staffing["queue"].isin(names), "a queue that the volume does not have")
    return volume, staffing


def _refuse(staffing: pd.DataFrame, column: str, bad: pd.Series, what: str) -> None:
    if bad.any():
        i = int(bad.to_numpy().argmax())
        raise InputError(f"staffing: {what}", row=i + 2, column=column, value=str(staffing[column].iloc[i]))


def _zone(table: pd.DataFrame) -> str | None:
    zone = table["start"].dt.tz
    return None if zone is None else str(zone)


def _seconds(times: pd.Series, zero: pd.Timestamp) -> np.ndarray:
    return np.asarray(((times - zero) / pd.Timedelta(seconds=1)).to_numpy(float))


def _days(zero: pd.Timestamp, end: pd.Timestamp, zone: str | None) -> dict[dt.date, float]:
    """Return every local day from `zero` to `end` and the seconds at which it begins."""
    dates = [d.date() for d in pd.date_range(zero.date(), end.date())]
    return {d: (midnight(d, zone) - zero).total_seconds() for d in dates}


def _law(laws: Laws | None, queue: str, column: str) -> TimeLaw:
    """Return the law of a queue; without one an exponential law that has no end of its own."""
    law = laws.get(queue) if isinstance(laws, Mapping) else laws
    if law is None and laws is not None:
        raise InputError(f"no law for queue {queue!r}", column=column, mend="Give one law, or one per queue")
    return Exponential(math.inf) if law is None else law


def _report_s(report_min: int | None, interval_min: int) -> float | None:
    """Return the seconds of an interval that is told, None = as the volume has it."""
    if report_min is None or report_min == interval_min:
        return None
    if report_min <= 0 or report_min % interval_min:
        mend = f"{2 * interval_min} or {6 * interval_min}, for example"
        raise InputError(f"not a multiple of {interval_min} minutes", column="report_min", value=report_min, mend=mend)
    return report_min * 60.0


def _periods(
    arrivals: Arrivals,
    zero: pd.Timestamp,
    days: Mapping[dt.date, float],
    report_s: float | None,
    week_start: str,
) -> dict[str, tuple[pd.DatetimeIndex, np.ndarray]]:
    """Return per kind of period the starts and the position of the first interval of each."""
    if week_start not in WEEKDAYS:
        raise InputError("unknown weekday", column="week_start", value=week_start, mend=f"One of {', '.join(WEEKDAYS)}")
    lead, zone = WEEKDAYS.index(week_start), None if zero.tz is None else str(zero.tz)
    weeks = [d - dt.timedelta(days=(d.weekday() - lead) % 7) for d in arrivals.dates]
    begin = arrivals.begin
    if report_s is not None:
        morning = np.array([days[d] for d in arrivals.dates])[arrivals.day]
        begin = morning + np.floor((begin - morning) / report_s) * report_s
    begin, first = np.unique(begin, return_index=True)
    out = {"interval": (pd.DatetimeIndex(zero + pd.to_timedelta(begin, unit="s")).as_unit("us"), first)}
    for kind, label in (("day", arrivals.dates), ("week", weeks)):
        dates, first = np.unique(np.array(label)[arrivals.day], return_index=True)
        out[kind] = (pd.DatetimeIndex([midnight(d, zone) for d in dates]).as_unit("us"), first)
    return out

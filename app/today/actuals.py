"""What came of a day so far: complete intervals, counted; all else is said and left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ...forecast.errors import InputError
from ...forecast.queueing.formulas.service_level import counted
from ...forecast.queueing.goal.targets import ServiceGoal
from .planned_day import PlannedDay
from .read_actuals import ReadActuals

COUNTS = ("offered", "answered", "abandoned", "short_abandoned", "answered_in", "abandoned_in")


@dataclass(frozen=True, eq=False)
class CameSoFar:
    """What one queue had by interval of a planned day, each of shape (I,); NaN = not yet complete, or unknown.

    Attributes
    ----------
    offered, answered, handle_s
        Calls offered and answered, and the mean handle time of those answered.
    counted, in_time
        Calls that the goal's definition counts, and those of them in time, where the files tell so by the goal's
        threshold.
    """

    offered: np.ndarray
    answered: np.ndarray
    handle_s: np.ndarray
    counted: np.ndarray
    in_time: np.ndarray


@dataclass(frozen=True, eq=False)
class Actuals:
    """What came of one planned day.

    Attributes
    ----------
    day
        The day.
    now
        The moment that it is looked at.
    complete
        Intervals from the first on up to the last that is over and has come; 0 to I.
    silent
        Intervals after those that are over and have not come.
    queues
        Queue → what it had.
    today
        Rows of the day, of complete intervals alone.
    before
        Rows of days before this one, which belong to the history.
    notes
        What was left out and why, a sentence each.
    """

    day: PlannedDay
    now: pd.Timestamp
    complete: int
    silent: int
    queues: Mapping[str, CameSoFar]
    today: pd.DataFrame = field(repr=False)
    before: pd.DataFrame = field(repr=False)
    notes: tuple[str, ...] = ()


def of_day(read: ReadActuals, day: PlannedDay, now: pd.Timestamp) -> Actuals:
    """Lay what was read on the intervals of a day, as it stands at `now`.

    An interval that is not over, or still running when exported, or lacks a part, is left out until it is complete.
    Rows of earlier days belong to the history, those of later ones and those after `now` are left out.

    Raises
    ------
    InputError
        If the files hold rows, but none of the day.
    """
    rows, date = read.rows, day.date
    dates = rows["start"].dt.date
    mine, notes = rows[dates == date], list(read.notes)
    if len(rows) and mine.empty and not (dates < date).all():
        raise InputError(
            f"actuals of another day: they hold {dates.min()} to {dates.max()}, not {date}", file=read.files[0],
            column="start", value=str(rows["start"].iloc[0]), mend="Name the file of the day, or its day with --now",
        )  # fmt: skip
    if later := int((dates > date).sum()):
        notes.append(f"{later} rows of days after {date} are left out")
    over = int((day.starts + pd.Timedelta(minutes=day.interval_min) <= now).sum())
    ahead = mine["start"] >= now
    if ahead.any():
        notes.append(f"{int(ahead.sum())} rows that begin at {now:%H:%M} or later are left out")
    mine = mine[~ahead]
    complete, queues, told = _laid(read, mine, day, now, over)
    whole = (
        mine[mine["start"] < day.starts[0] + complete * pd.Timedelta(minutes=day.interval_min)] if len(mine) else mine
    )
    return Actuals(
        day,
        now,
        complete,
        max(over - complete, 0),
        queues,
        whole,
        rows[dates < date],
        tuple(dict.fromkeys([*notes, *told])),
    )


def _laid(
    read: ReadActuals, mine: pd.DataFrame, day: PlannedDay, now: pd.Timestamp, over: int
) -> tuple[int, dict[str, CameSoFar], list[str]]:
    """Return how many intervals are over, what each queue had in them, and what is to be said."""
    found, notes = {}, []
    last_known, running = -1, None
    for queue in day.queues:
        rows = mine[mine["queue"] == queue]
        came, half, wrong = _queue_so_far(rows, day, queue, now, over)
        if wrong:
            what = f"{wrong} intervals of queue {queue} have more calls in time than calls that count"
            notes.append(f"{what}: their service is taken as unknown; check answered_in")
        known = np.flatnonzero(np.isfinite(came.offered))
        last_known = max(last_known, int(known[-1]) if len(known) else -1)
        running = half if running is None or (half is not None and half > running) else running
        found[queue] = came
    is_open = {queue: np.isfinite(day.column(queue, "calls")) for queue in day.queues}
    for queue, came in found.items():
        if len(mine) and not (mine["queue"] == queue).any():
            notes.append(f"no row of queue {queue}: taken as unknown, not as zero")
            continue
        missing = np.flatnonzero(is_open[queue][: last_known + 1] & ~np.isfinite(came.offered[: last_known + 1]))
        if len(missing):
            first, many = day.starts[missing[0]], len(missing)
            what = f"{many} intervals of queue {queue} have" if many > 1 else f"an interval of queue {queue} has"
            notes.append(f"{what} no complete row, the first at {first:%H:%M}: unknown, not zero")
    if running is not None:
        notes.append(f"the interval of {day.starts[running]:%H:%M} is not complete: left out until it is")
    if last_known + 1 < over:
        first = day.starts[last_known + 1]
        notes.append(f"nothing has come since {first:%H:%M}, {over - last_known - 1} intervals that are over"
                     if last_known >= 0 else "nothing has come yet: all is as it was forecast")  # fmt: skip
    return last_known + 1, found, notes


def _queue_so_far(
    rows: pd.DataFrame, day: PlannedDay, queue: str, now: pd.Timestamp, over: int
) -> tuple[CameSoFar, int | None, int]:
    """Return what a queue had by interval, the last interval that has begun to come and is not complete, and how many
    intervals contradict themselves.
    """
    size = len(day.starts)
    goal = day.week.config.queue[queue].goal
    place = ((rows["start"] - day.starts[0]) // pd.Timedelta(minutes=day.interval_min)).to_numpy(dtype=np.int64)
    inside = (place >= 0) & (place < size)
    rows, place = rows[inside], place[inside]
    whole = np.isfinite(rows["offered"].to_numpy(dtype=float))
    if "complete" in rows:
        whole &= rows["complete"].to_numpy(dtype=float) != 0.0
    minutes = rows["step_min"].to_numpy(dtype=float)
    whole &= (rows["start"] + pd.to_timedelta(rows["step_min"], unit="min") <= now).to_numpy()  # no length, no end
    known = np.bincount(place[whole], minutes[whole], minlength=size)
    done = (known >= day.interval_min) & (np.arange(size) < over)
    begun = np.bincount(place, minlength=size) > 0
    sums = {name: _sum(rows, name, place, size) for name in COUNTS}
    offered = np.where(done, sums["offered"], np.nan)
    answered = np.where(done, sums["answered"], np.nan)
    weight = np.nan_to_num(rows["answered"].to_numpy(dtype=float) if "answered" in rows
                           else rows["offered"].to_numpy(dtype=float))  # fmt: skip
    handle = rows["handle_s"].to_numpy(dtype=float) if "handle_s" in rows else np.full(len(rows), np.nan)
    weight = np.where(handle > 0.0, weight, 0.0)  # exports write 0 where nothing was handled
    work = np.bincount(place, weight * np.nan_to_num(handle), minlength=size)
    calls = np.bincount(place, weight, minlength=size)
    handle_s = np.divide(work, calls, out=np.full(size, np.nan), where=done & (calls > 0))
    below, above = _service(rows, sums, goal)
    wrong = done & (above > below)
    below = np.where(wrong, np.nan, below)
    half = np.flatnonzero(begun & ~done)
    last = int(half[-1]) if len(half) and not done[half[-1] :].any() else None
    came = CameSoFar(offered, answered, handle_s, np.where(done, below, np.nan), np.where(done, above, np.nan))
    return came, last, int(wrong.sum())


def _sum(rows: pd.DataFrame, name: str, place: np.ndarray, size: int) -> np.ndarray:
    """Return the sum of a column by interval; NaN where a part is unknown."""
    values = rows[name].to_numpy(dtype=float) if name in rows else np.full(len(rows), np.nan)
    return np.bincount(place, values, minlength=size)


def _service(rows: pd.DataFrame, sums: Mapping[str, np.ndarray], goal: ServiceGoal) -> tuple[np.ndarray, np.ndarray]:
    """Return the calls that the goal counts and those in time; NaN where the files tell them by another threshold."""
    nothing = np.full(len(sums["offered"]), np.nan)
    if "within_s" not in rows or not (rows["within_s"].dropna() == goal.within_s).all():
        return nothing, nothing
    parts = (sums[n] for n in ("offered", "answered_in", "abandoned", "abandoned_in", "short_abandoned"))
    above, below = counted(goal.definition, *parts)
    return np.where(np.isfinite(above), below, np.nan), np.where(np.isfinite(below), above, np.nan)

"""What came of a day so far: complete intervals, counted; all else is said and left out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from ...forecast.errors import InputError
from ...forecast.queueing.formulas.service_level import counted
from ...forecast.queueing.goal.targets import ServiceGoal
from ..intake.excel import WORKBOOKS
from ..intake.merge import Notes
from ..intake.rows import read_rows
from .planned_day import PlannedDay, PlannedWeek, read_like_calls

COUNTS = ("offered", "answered", "abandoned", "short_abandoned", "answered_in", "abandoned_in")
WORKBOOKS_AND_TEXT = (".csv", ".gz", ".txt", ".tsv", ".xlsx", ".xls", ".ods")
"""Endings of the files that are read in a folder of actuals."""


@dataclass(frozen=True, eq=False)
class ReadActuals:
    """Files of actuals as they were read: rows of any days.

    Attributes
    ----------
    files
        The files.
    rows
        Table ``calls``, with the minutes of each row's interval, ``step_min``; empty where nothing has come yet.
    step_min
        Minutes of an interval on the last day that came; None where nothing has come.
    notes
        What is odd about them, a sentence each.
    """

    files: tuple[Path, ...]
    rows: pd.DataFrame = field(repr=False)
    step_min: int | None
    notes: tuple[str, ...]

    @property
    def last(self) -> pd.Timestamp | None:
        """Start of the last interval that came."""
        return None if self.rows.empty else pd.Timestamp(self.rows["start"].max())

    @property
    def date(self) -> dt.date | None:
        """Local day of the last interval that came."""
        return None if self.last is None else self.last.date()


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
        Intervals from the first on that are over and have come, or have not come although they are over; 0 to I.
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
    queues: Mapping[str, CameSoFar]
    today: pd.DataFrame = field(repr=False)
    before: pd.DataFrame = field(repr=False)
    notes: tuple[str, ...] = ()


def files_of(paths: Sequence[Path]) -> tuple[Path, ...]:
    """Return the files that `paths` name; of a folder all tables that lie in it.

    Raises
    ------
    InputError
        If a path does not exist, or a folder holds no table.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.iterdir() if p.suffix.lower() in WORKBOOKS_AND_TEXT and p.is_file())
            inside = [p for p in inside if not p.name.startswith((".", "~$"))]
            if not inside:
                raise InputError("the folder holds no table", file=path, mend="Name the file of the day's calls")
            found |= dict.fromkeys(inside)
        elif not path.is_file():
            raise InputError("file not found", file=path, mend="Name the file of the day's calls with --actuals")
        else:
            found[path] = None
    return tuple(found)


def read_actuals(week: PlannedWeek, paths: Sequence[Path]) -> ReadActuals:
    """Read the files of a running day, laid out like the plan's own calls or like calls.csv.

    The same row in two files counts once. Rows that are not in order of time are put in order, and that is said.

    Raises
    ------
    InputError
        On a file that is not there, a queue that the plan does not have, overlapping files with different figures, an
        interval longer than the forecast's, or anything else that cannot be read without guessing.
    """
    files = files_of(paths)
    if all(_only_header(file) for file in files):
        return ReadActuals(files, _no_rows(week.config.site.zone), None, ())
    parts, notes = [], []
    for file in (f for f in files if not _only_header(f)):
        rows, quality = read_like_calls(week, [file])
        parts.append(rows.assign(step_min=_step(rows, week), file=file.name))
        notes += [f"{q['kind']}: {q['what']}; {q['action']}" for q in quality.to_dict("records")]
        notes += [note for note in [_out_of_order(week, file)] if note]
    table, more = _joined(parts)
    last = table[table["start"].dt.date == table["start"].max().date()]
    return ReadActuals(files, table, int(last["step_min"].max()), tuple(dict.fromkeys([*notes, *more])))


def _step(rows: pd.DataFrame, week: PlannedWeek) -> int:
    """Return the minutes of an interval of one file: the least distance of two rows; of a single row the forecast's."""
    gaps = np.diff(np.unique(rows["start"].to_numpy())).astype("timedelta64[m]").astype(int)
    usual = week.config.intake.interval_min or week.config.site.interval_min
    return int(gaps[gaps > 0].min()) if (gaps > 0).any() else usual


def _joined(parts: Sequence[pd.DataFrame]) -> tuple[pd.DataFrame, list[str]]:
    """Return the rows of several files as one table; the same row in two of them counts once, which is noted.

    Raises
    ------
    InputError
        If two rows tell of one time: with other figures, or in intervals of another length.
    """
    rows = pd.concat(parts, ignore_index=True)
    told = [c for c in rows.columns if c not in ("file", "step_min")]
    again = rows.duplicated([*told, "step_min"])
    notes = [f"overlap: {int(again.sum())} rows are the same in two files; kept once"] if again.any() else []
    rows = rows[~again].sort_values(["queue", "start"], kind="stable", ignore_index=True)
    ends = rows["start"] + pd.to_timedelta(rows["step_min"], unit="min")
    over = (rows["queue"] == rows["queue"].shift()) & (rows["start"] < ends.shift())
    if over.any():
        at = int(over.to_numpy().argmax())
        one, other = rows.iloc[at - 1], rows.iloc[at]
        raise InputError(
            f"overlapping files: {other['file']} and {one['file']} tell different figures of one time",
            file=other["file"], column="start", value=f"{other['queue']}, {other['start']:%Y-%m-%d %H:%M}",
            mend="Keep one of them",
        )  # fmt: skip
    return rows, notes


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
    over = sum(start + pd.Timedelta(minutes=day.interval_min) <= now for start in day.starts)
    ahead = mine["start"] >= now
    if ahead.any():
        notes.append(f"{int(ahead.sum())} rows that begin at {now:%H:%M} or later are left out")
    mine = mine[~ahead]
    complete, queues, told = _laid(read, mine, day, now, int(over))
    whole = (
        mine[mine["start"] < day.starts[0] + complete * pd.Timedelta(minutes=day.interval_min)] if len(mine) else mine
    )
    return Actuals(day, now, complete, queues, whole, rows[dates < date], tuple(dict.fromkeys([*notes, *told])))


def _laid(
    read: ReadActuals, mine: pd.DataFrame, day: PlannedDay, now: pd.Timestamp, over: int
) -> tuple[int, dict[str, CameSoFar], list[str]]:
    """Return how many intervals are over, what each queue had in them, and what is to be said."""
    found, notes = {}, []
    last_known, running = -1, None
    for queue in day.queues:
        rows = mine[mine["queue"] == queue]
        came, half = _queue_so_far(rows, day, queue, now, over)
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
) -> tuple[CameSoFar, int | None]:
    """Return what a queue had by interval, and the last interval that has begun to come and is not complete."""
    size = len(day.starts)
    goal = day.week.config.queue[queue].goal
    place = ((rows["start"] - day.starts[0]) // pd.Timedelta(minutes=day.interval_min)).to_numpy(dtype=np.int64)
    inside = (place >= 0) & (place < size)
    rows, place = rows[inside], place[inside]
    whole = np.isfinite(rows["offered"].to_numpy(dtype=float))
    if "complete" in rows:
        whole &= rows["complete"].to_numpy(dtype=float) != 0.0
    minutes = rows["step_min"].to_numpy(dtype=float)
    whole &= (rows["start"] + pd.to_timedelta(rows["step_min"], unit="min") <= now).to_numpy()
    known = np.bincount(place[whole], minutes[whole], minlength=size)
    done = (known >= day.interval_min) & (np.arange(size) < over)
    begun = np.bincount(place, minlength=size) > 0
    sums = {name: _sum(rows, name, place, size) for name in COUNTS}
    offered = np.where(done, sums["offered"], np.nan)
    answered = np.where(done, sums["answered"], np.nan)
    weight = np.nan_to_num(rows["answered"].to_numpy(dtype=float) if "answered" in rows
                           else rows["offered"].to_numpy(dtype=float))  # fmt: skip
    handle = rows["handle_s"].to_numpy(dtype=float) if "handle_s" in rows else np.full(len(rows), np.nan)
    weight = np.where(np.isfinite(handle), weight, 0.0)
    work = np.bincount(place, weight * np.nan_to_num(handle), minlength=size)
    calls = np.bincount(place, weight, minlength=size)
    handle_s = np.divide(work, calls, out=np.full(size, np.nan), where=done & (calls > 0))
    below, above = _service(rows, sums, goal)
    half = np.flatnonzero(begun & ~done)
    last = int(half[-1]) if len(half) and not done[half[-1] :].any() else None
    came = CameSoFar(offered, answered, handle_s, np.where(done, below, np.nan), np.where(done, above, np.nan))
    return came, last


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


def _no_rows(zone: str | None) -> pd.DataFrame:
    """Return a table of calls without any row."""
    starts = pd.DatetimeIndex([], tz=zone).as_unit("us")
    return pd.DataFrame({"queue": "", "start": starts, "offered": 0.0, "step_min": 0.0})


def _out_of_order(week: PlannedWeek, file: Path) -> str:
    """Say where a text file has rows that begin before the row above; "" where it has none.

    Each row has its own time, so that order changes no figure; a clock that was set back may still be worth a look.
    """
    layout = week.config.intake.resolved()
    if file.suffix.lower() in WORKBOOKS or layout.one_row not in (None, "interval"):
        return ""
    rows = read_rows(file, layout, week.config.site.zone, tuple(week.config.queue), Notes())
    back = rows.groupby(["theirs", "part"], sort=False)["start"].diff() < pd.Timedelta(0)
    if not back.any():
        return ""
    first = rows[back].iloc[0]
    return (
        f"{file.name}: rows are not in order of time, the first that goes backwards is row {first['row']} "
        f"({first['start']:%H:%M}); put in order"
    )


def _only_header(file: Path) -> bool:
    """Whether a text file holds its header and nothing else, or nothing at all."""
    if file.suffix.lower() not in (".csv", ".txt", ".tsv"):
        return False
    with file.open("rb") as stream:
        return sum(bool(line.strip()) for _, line in zip(range(3), stream, strict=False)) < 2

"""From a calls table to one history per queue: steps summed, states kept apart, faults refused."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from ..calendar.calendars import Calendar
from ..calendar.grid import Grid
from ..calendar.local_times import parse_times
from ..errors import InputError
from ..text import many
from .earlier_hours import with_earlier_hours
from .history import History, Note, cells
from .waits import waits_of_rows

DEFAULT_QUEUE = "calls"
COUNTED = (
    "offered", "answered", "handle_s", "abandoned", "short_abandoned", "abandoned_in", "within_s", "wait_s",
)  # fmt: skip

LOUD_SHARE = 0.02
"""Share of the calls outside the opening hours, from 0 to 1, above which these hours are doubted."""


def histories(
    calls: pd.DataFrame, calendar: Calendar, *, minutes: int, before: dt.date | None = None
) -> dict[str, History]:
    """Arrange a calls table as one `History` per queue, in the order of first appearance.

    Parameters
    ----------
    calls, calendar, before
        As for `by_queue`.
    minutes
        Interval of the result.

    Raises
    ------
    InputError
        As `by_queue` and `arranged`.
    """
    parts = by_queue(calls, calendar, before=before)
    return {queue: arranged(queue, part, calendar, minutes) for queue, part in parts.items()}


def by_queue(calls: pd.DataFrame, calendar: Calendar, *, before: dt.date | None = None) -> dict[str, pd.DataFrame]:
    """Return the rows of a calls table per queue, in the order of first appearance.

    Parameters
    ----------
    calls
        Rows of the table ``calls``: ``start`` (aware, or naive local time of the calendar's zone), ``offered``,
        optionally ``queue``, ``answered``, ``handle_s``, ``complete``, and for patience ``abandoned``,
        ``short_abandoned``, ``abandoned_in``, ``within_s``, ``wait_s``.
    calendar
        Its zone is that of the result.
    before
        First local day that must not be used; None = use all.

    Raises
    ------
    InputError
        If columns are missing, or no row is left.
    """
    if "start" not in calls or "offered" not in calls:
        raise InputError(
            "calls need the columns start and offered",
            value=", ".join(map(str, calls.columns)),
            mend="Map them in [intake]",
        )
    frame = calls.assign(start=parse_times(calls["start"], calendar.zone, column="start"))
    if frame.index.name != "row":
        frame.index = pd.RangeIndex(2, len(frame) + 2, name="row")  # as a spreadsheet counts them
    if "queue" not in frame:
        frame["queue"] = DEFAULT_QUEUE
    if before is not None:
        frame = frame[frame["start"].dt.date < before]
    if frame.empty:
        raise InputError(
            "no call history before the planned days",
            value=None if before is None else str(before),
            mend="Bring calls of earlier days, or plan a later week",
        )
    return {str(queue): part for queue, part in frame.groupby("queue", sort=False)}


def _counts(frame: pd.DataFrame) -> pd.DataFrame:
    """Return `frame` with its figures as numbers; refuse text, and what is negative or infinite."""
    out = frame.copy()
    for column in (*COUNTED, "complete"):
        if column not in frame:
            continue
        out[column] = pd.to_numeric(frame[column], errors="coerce").astype(float)
        values = out[column].to_numpy(dtype=float, na_value=np.nan)
        text = out[column].isna() & frame[column].notna()
        for bad, what in ((text.to_numpy(), "not a number"), ((values < 0) | np.isinf(values), "negative or infinite")):
            if bad.any():
                i = int(bad.argmax())
                raise InputError(
                    what,
                    row=int(frame.index[i]),
                    column=column,
                    value=frame[column].iloc[i],
                    mend="Leave it blank where it is unknown",
                )
    return out


def _drop_repeats(queue: str, part: pd.DataFrame) -> tuple[pd.DataFrame, list[Note]]:
    """Drop rows that repeat another row exactly; refuse two different rows of one interval."""
    again = part.duplicated("start")
    if not again.any():
        return part, []
    columns = [c for c in ("start", "offered", "answered", "handle_s") if c in part]
    if (again & ~part.duplicated(columns)).any():
        first = part["start"][again & ~part.duplicated(columns)].iloc[0]
        raise InputError(
            f"queue {queue!r} has an interval twice with different figures",
            column="start",
            value=str(first),
            mend="Keep one of the two; an hour that the clock repeats needs its offsets from UTC",
        )
    notes = [Note(queue, t, t, "duplicate", "the same row twice", "counted once") for t in part["start"][again]]
    return part[~again], notes


def _steps(queue: str, starts: pd.Series, minutes: int) -> pd.Series:
    """Return per local day the step of the source in minutes, at most `minutes`."""
    ordered = starts.sort_values()
    gap = ordered.diff().dt.total_seconds() / 60
    day = ordered.dt.date
    gap = gap.where(day == day.shift())
    least = gap.groupby(day).min()
    regular = (gap.groupby(day).max() == least) & (gap.groupby(day).count() >= 5) & (least > minutes)
    if regular.any():
        step = float(least[regular].iloc[0])
        raise InputError(
            f"calls of queue {queue!r} on {least.index[regular][0]} come in steps of {step:g} minutes, not {minutes}",
            column="interval_min",
            value=minutes,
            mend=f"Set interval_min = {step:g} (--interval), or leave that day out",
        )
    uneven = (least < minutes) & (minutes % least.fillna(minutes).clip(upper=minutes) != 0)
    if uneven.any():
        raise InputError(
            f"calls of queue {queue!r} are not on one even step on {least.index[uneven][0]}",
            column="start",
            value=f"{least[uneven].iloc[0]:g} min",
            mend=f"Give every interval's start on a step that divides {minutes} minutes",
        )
    return pd.Series(least.ffill().bfill().fillna(float(minutes)).clip(upper=minutes))  # what was known by then


def _mixed_steps(queue: str, starts: pd.Series, steps: pd.Series, minutes: int) -> list[Note]:
    """Note that the source's steps differ from day to day."""
    usual = steps.mode().iloc[0]
    other = steps.index[steps != usual]
    if not len(other):
        return []
    days = starts.dt.date
    times = starts[(days >= other.min()) & (days <= other.max())]
    what = f"{len(other)} days come in steps of {', '.join(f'{s:g}' for s in sorted(set(steps[other])))} minutes"
    action = f"each summed to {minutes} minutes by its own step"
    end = times.max() + pd.Timedelta(minutes=minutes)
    return [Note(queue, times.min(), end, "mixed_steps", f"{what}, not {usual:g}", action)]


def arranged(queue: str, part: pd.DataFrame, calendar: Calendar, minutes: int) -> History:
    """Arrange the rows of one queue as its history; steps finer than `minutes` are summed.

    Raises
    ------
    InputError
        If nothing is left to read, counts are no numbers, negative or infinite, the step is coarser than
        `minutes`, or one interval is given twice with different figures.
    """
    part = _counts(part)
    part, notes = _drop_repeats(queue, part)
    calendar, changes = with_earlier_hours(calendar, queue, part, minutes)
    notes += changes
    steps = _steps(queue, part["start"], minutes)
    notes += _mixed_steps(queue, part["start"], steps, minutes)
    offered = part["offered"].to_numpy(dtype=float, na_value=np.nan)
    if "complete" in part:
        offered = np.where(part["complete"].to_numpy(dtype=float, na_value=1.0) == 0, np.nan, offered)
    if not np.isfinite(offered).any():
        raise InputError(
            f"queue {queue!r} has no known number of calls", column="offered", mend="Bring calls, or drop the queue"
        )
    days = part["start"].dt.date[np.isfinite(offered)]
    first, last = days.min(), days.max()
    grid = Grid(first, (last - first).days + 1, minutes, calendar.zone)
    slot = ((part["start"] - grid.first) // pd.Timedelta(minutes=minutes)).to_numpy()
    keep = (slot >= 0) & (slot < len(grid))
    slot, offered, part = slot[keep], offered[keep], part[keep]
    handle = (
        part["handle_s"].to_numpy(dtype=float, na_value=np.nan) if "handle_s" in part else np.full(len(part), np.nan)
    )
    answered = part["answered"].to_numpy(dtype=float, na_value=np.nan) if "answered" in part else offered
    weight = np.where(np.isfinite(handle), np.nan_to_num(np.where(np.isfinite(answered), answered, offered)), 0.0)

    n = len(grid)
    known = np.isfinite(offered)
    parts = np.bincount(slot[known], minlength=n)
    total = np.bincount(slot[known], offered[known], minlength=n)
    worked = np.bincount(slot, weight, minlength=n)
    seconds = np.bincount(slot, weight * np.nan_to_num(handle), minlength=n)
    day, wall = cells(grid)
    open_ = calendar.open_wall(grid.dates, minutes, queue)
    shut = np.array([calendar.is_closed(d, queue) for d in grid.dates])[day]
    notes += _closed_calls(queue, grid, total * ~open_[day, wall], float(total.sum()), shut)
    due = minutes / steps.reindex(grid.dates, fill_value=minutes).to_numpy()
    whole = parts == due[day]
    shape = open_.shape
    passes = _sum(day, wall, np.ones(n), shape)
    count = _sum(day, wall, np.where(whole, total, 0.0), shape)
    complete = (_sum(day, wall, whole.astype(float), shape) == passes) & (passes > 0)
    open_, closures = _found_closures(queue, calendar, grid, open_, complete, notes)
    with np.errstate(invalid="ignore", divide="ignore"):
        volume = np.where(complete & open_, count / passes, np.nan)
        answered_cells = _sum(day, wall, worked, shape) * open_
        handle_cells = np.where(answered_cells > 0, _sum(day, wall, seconds, shape) / answered_cells, np.nan)
    rows = waits_of_rows(part, offered)
    waits = rows.over(**{k: _sum(day[slot], wall[slot], v, shape) * open_ for k, v in rows.arrays().items()})
    if not np.nansum(volume) > 0:
        raise InputError(
            f"queue {queue!r} has no calls in its opening hours",
            value=f"{grid.first_date} to {grid.dates[-1]}",
            mend="Check the opening hours ([opening], --open), the zone and the column of the calls",
        )
    return History(
        queue, calendar, minutes, grid.first_date, open_, volume, handle_cells, answered_cells, closures, tuple(notes),
        waits,
    )  # fmt: skip


def _sum(day: np.ndarray, wall: np.ndarray, values: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    out = np.zeros(shape)
    np.add.at(out, (day, wall), values)
    return out


def _closed_calls(queue: str, grid: Grid, outside: np.ndarray, total: float, shut: np.ndarray) -> list[Note]:
    """Note the calls outside the opening hours, and those on closed days, with their share.

    Parameters
    ----------
    outside
        Calls per interval of `grid` while it is closed.
    total
        All calls.
    shut
        Whether each interval lies on a closed day.
    """
    notes = []
    for calls, closed_days in ((outside * ~shut, False), (outside * shut, True)):
        hit = np.flatnonzero(calls > 0)
        if not len(hit):
            continue
        days = len(np.unique(cells(grid)[0][hit]))
        where = f"in {many(len(hit), 'interval')} outside the opening hours"
        if closed_days:
            where = f"on {many(days, 'closed day')}"
        mend = "special_days.csv, --closed" if closed_days else "the opening hours ([opening], --open) and the zone"
        told = f"{calls.sum():g} call{'' if calls.sum() == 1 else 's'} ({100 * calls.sum() / total:.1f} %) {where}"
        action = "left out" + (f"; check {mend}" if closed_days or calls.sum() > LOUD_SHARE * total else "")
        notes.append(Note(queue, grid.time(int(hit[0])), grid.time(int(hit[-1]) + 1), "closed_calls", told, action))
    return notes


def _found_closures(
    queue: str, calendar: Calendar, grid: Grid, open_: np.ndarray, complete: np.ndarray, notes: list[Note]
) -> tuple[np.ndarray, tuple[dt.date, ...]]:
    """Take public holidays without any known interval as closed."""
    found = []
    for i, date in enumerate(grid.dates):
        name = calendar.holiday(date)
        if name is not None and open_[i].any() and not complete[i].any():
            found.append(date)
            edge = grid.day_slices[i]
            notes.append(
                Note(
                    queue,
                    grid.time(edge.start),
                    grid.time(edge.stop),
                    "holiday",
                    f"no calls on {name}",
                    "taken as closed",
                )
            )
    shut = np.array([d in found for d in grid.dates])
    return open_ & ~shut[:, None], tuple(found)

"""The past of one queue as days × intervals, with closed, zero and missing kept apart."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from .calendars import Calendar
from .errors import InputError
from .grid import Grid
from .tables import parse_times

DEFAULT_QUEUE = "calls"


@dataclass(frozen=True)
class Note:
    """One finding about a queue's history: where, of which kind, what was seen, what was done about it."""

    queue: str
    start: pd.Timestamp
    end: pd.Timestamp
    kind: str
    what: str
    action: str


@dataclass(frozen=True)
class History:
    """Calls and handle times of one queue on whole local days, D days × P wall-clock intervals.

    Rows are consecutive calendar days, columns the wall-clock intervals of a day; of an hour that the clock
    repeats the mean of both passages is kept, an hour that it skips is missing.

    Attributes
    ----------
    queue, calendar, minutes
        Whose past, on which calendar, in intervals of how many minutes.
    first_date
        Local day of row 0.
    open
        Whether the queue was open, shape (D, P).
    calls
        Calls offered per interval, shape (D, P); NaN where closed or missing.
    handle_s, answered
        Mean handle time and the calls it was measured on, shape (D, P); NaN and 0 where unknown.
    closures
        Days found shut (a public holiday without any call), on top of the calendar's own.
    notes
        What was found while reading.
    """

    queue: str
    calendar: Calendar
    minutes: int
    first_date: dt.date
    open: np.ndarray
    calls: np.ndarray
    handle_s: np.ndarray
    answered: np.ndarray
    closures: tuple[dt.date, ...] = ()
    notes: tuple[Note, ...] = field(default=(), repr=False)

    @cached_property
    def dates(self) -> tuple[dt.date, ...]:
        """The local days, in order, length D."""
        return tuple(self.first_date + dt.timedelta(days=i) for i in range(len(self.calls)))

    @property
    def last_date(self) -> dt.date:
        """Last local day."""
        return self.dates[-1]

    @cached_property
    def known(self) -> Calendar:
        """The calendar with the closures that the history itself shows."""
        return self.calendar.with_closures(self.closures, self.queue)

    @cached_property
    def seen(self) -> np.ndarray:
        """Whether an interval is open and its calls are known, shape (D, P)."""
        return np.asarray(np.isfinite(self.calls))

    def until(self, last: dt.date) -> History:
        """Return the history up to and including the local day `last`.

        Raises
        ------
        InputError
            If no day is left.
        """
        n = (last - self.first_date).days + 1
        if n <= 0:
            raise InputError(f"queue {self.queue!r} has no history up to {last}", value=f"first day {self.first_date}",
                             mend="Plan a later week or bring older calls")  # fmt: skip
        if n >= len(self.calls):
            return self
        return replace(
            self, open=self.open[:n], calls=self.calls[:n], handle_s=self.handle_s[:n], answered=self.answered[:n],
            closures=tuple(d for d in self.closures if d <= last), notes=(),
        )  # fmt: skip

    def without(self, bad: np.ndarray) -> History:
        """Return the history with the calls of the cells `bad` (shape (D, P)) taken as missing."""
        return replace(self, calls=np.where(bad, np.nan, self.calls)) if bad.any() else self

    def grid(self) -> Grid:
        """Return the time grid of the history's days."""
        return Grid(self.first_date, len(self.calls), self.minutes, self.calendar.zone)

    def table(self) -> pd.DataFrame:
        """Return the open intervals as rows ``queue, start, calls, handle_s`` (NaN = missing)."""
        grid = self.grid()
        day, wall = cells(grid)
        keep = self.open[day, wall]
        return pd.DataFrame({
            "queue": self.queue, "start": grid.starts[keep],
            "calls": self.calls[day, wall][keep], "handle_s": self.handle_s[day, wall][keep],
        })  # fmt: skip


def cells(grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    """Return per interval of `grid` the index of its local day and of its wall-clock interval."""
    day = np.repeat(np.arange(grid.days), [s.stop - s.start for s in grid.day_slices])
    return day, grid.minute_of_day // grid.minutes


def histories(calls: pd.DataFrame, calendar: Calendar, *, minutes: int, before: dt.date | None = None) -> dict[str, History]:
    """Arrange a calls table as one `History` per queue.

    Parameters
    ----------
    calls
        Rows of the table ``calls``: ``start`` (aware, or naive local time of the calendar's zone), ``offered``,
        optionally ``queue``, ``answered``, ``handle_s``, ``complete``. Steps finer than `minutes` are summed.
    calendar
        Opening hours and zone.
    minutes
        Interval of the result.
    before
        First local day that must not be used; None = use all.

    Returns
    -------
    dict
        Queue name to history, in the order of first appearance.

    Raises
    ------
    InputError
        If nothing is left to read, counts are negative or infinite, the step is coarser than `minutes`, or
        one interval is given twice with different figures.
    """
    if "start" not in calls or "offered" not in calls:
        raise InputError("calls need the columns start and offered", value=", ".join(map(str, calls.columns)), mend="Map them in [intake]")
    frame = calls.assign(start=parse_times(calls["start"], calendar.zone, column="start"))
    if "queue" not in frame:
        frame["queue"] = DEFAULT_QUEUE
    _refuse_bad_counts(frame)
    if before is not None:
        frame = frame[frame["start"].dt.date < before]
    if frame.empty:
        raise InputError("no call history before the planned days", value=None if before is None else str(before),
                         mend="Bring calls of earlier days, or plan a later week")  # fmt: skip
    return {str(q): _arrange(str(q), part, calendar, minutes) for q, part in frame.groupby("queue", sort=False)}


def _refuse_bad_counts(frame: pd.DataFrame) -> None:
    for column in ("offered", "answered", "handle_s"):
        if column in frame:
            values = frame[column].to_numpy(dtype=float, na_value=np.nan)
            bad = (values < 0) | np.isinf(values)
            if bad.any():
                i = int(bad.argmax())
                raise InputError("negative or infinite", row=i + 2, column=column, value=float(values[i]), mend="Leave it blank where it is unknown")


def _drop_repeats(queue: str, part: pd.DataFrame) -> tuple[pd.DataFrame, list[Note]]:
    """Drop rows that repeat another row exactly; refuse two different rows of one interval."""
    again = part.duplicated("start")
    if not again.any():
        return part, []
    columns = [c for c in ("start", "offered", "answered", "handle_s") if c in part]
    if (again & ~part.duplicated(columns)).any():
        first = part["start"][again & ~part.duplicated(columns)].iloc[0]
        raise InputError(f"queue {queue!r} has an interval twice with different figures", column="start", value=str(first), mend="Keep one of the two rows")
    notes = [Note(queue, t, t, "duplicate", "the same row twice", "counted once") for t in part["start"][again]]
    return part[~again], notes


def _step(queue: str, starts: pd.Series, minutes: int) -> int:
    """Return the step of the source in minutes: the usual distance between neighbours, at most `minutes`."""
    gaps = starts.sort_values().diff().dropna().dt.total_seconds() / 60
    if gaps.empty:
        return minutes
    step = float(gaps.min())
    usual = float(gaps.mode().iloc[0])
    if usual > minutes:
        raise InputError(f"calls of queue {queue!r} come in steps of {usual:g} minutes, the forecast has {minutes}",
                         column="site.interval_min", value=minutes, mend=f"Set interval_min = {usual:g}")  # fmt: skip
    if step <= 0 or minutes % step or usual % step:
        raise InputError(f"calls of queue {queue!r} are not on one even step", column="start", value=f"{step:g} min",
                         mend=f"Give every interval start on a step that divides {minutes} minutes")  # fmt: skip
    return int(step)


def _arrange(queue: str, part: pd.DataFrame, calendar: Calendar, minutes: int) -> History:
    part, notes = _drop_repeats(queue, part)
    step = _step(queue, part["start"], minutes)
    offered = part["offered"].to_numpy(dtype=float, na_value=np.nan)
    if "complete" in part:
        offered = np.where(part["complete"].to_numpy(dtype=float, na_value=1.0) == 0, np.nan, offered)
    if not np.isfinite(offered).any():
        raise InputError(f"queue {queue!r} has no known number of calls", column="offered", mend="Bring calls, or drop the queue")
    days = part["start"].dt.date[np.isfinite(offered)]
    grid = Grid(days.min(), (days.max() - days.min()).days + 1, minutes, calendar.zone)
    slot = ((part["start"] - grid.first) // pd.Timedelta(minutes=minutes)).to_numpy()
    keep = (slot >= 0) & (slot < len(grid))
    slot, offered, part = slot[keep], offered[keep], part[keep]
    handle = part["handle_s"].to_numpy(dtype=float, na_value=np.nan) if "handle_s" in part else np.full(len(part), np.nan)
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
    notes += _closed_calls(queue, grid, total * ~open_[day, wall], float(total.sum()))
    whole = parts == minutes // step
    shape = open_.shape
    passes = _sum(day, wall, np.ones(n), shape)
    count = _sum(day, wall, np.where(whole, total, 0.0), shape)
    complete = (_sum(day, wall, whole.astype(float), shape) == passes) & (passes > 0)
    open_, closures = _found_closures(queue, calendar, grid, open_, complete, notes)
    with np.errstate(invalid="ignore", divide="ignore"):
        volume = np.where(complete & open_, count / passes, np.nan)
        answered_cells = _sum(day, wall, worked, shape) * open_
        handle_cells = np.where(answered_cells > 0, _sum(day, wall, seconds, shape) / answered_cells, np.nan)
    if not np.nansum(volume) > 0:
        raise InputError(f"queue {queue!r} has no calls in its opening hours", value=f"{grid.first_date} to {grid.dates[-1]}",
                         mend="Check [opening], the zone and the column of the calls")  # fmt: skip
    return History(queue, calendar, minutes, grid.first_date, open_, volume, handle_cells, answered_cells, closures, tuple(notes))


def _sum(day: np.ndarray, wall: np.ndarray, values: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    out = np.zeros(shape)
    np.add.at(out, (day, wall), values)
    return out


def _closed_calls(queue: str, grid: Grid, outside: np.ndarray, total: float) -> list[Note]:
    hit = np.flatnonzero(outside > 0)
    if not len(hit):
        return []
    share = outside.sum() / total
    what = f"{outside.sum():g} calls ({100 * share:.1f} %) in {len(hit)} intervals outside the opening hours"
    action = "left out" + ("; check [opening] and the zone" if share > 0.02 else "")
    return [Note(queue, grid.time(int(hit[0])), grid.time(int(hit[-1]) + 1), "closed_calls", what, action)]


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
            notes.append(Note(queue, grid.time(edge.start), grid.time(edge.stop), "holiday", f"no calls on {name}", "taken as closed"))
    shut = np.array([d in found for d in grid.dates])
    return open_ & ~shut[:, None], tuple(found)

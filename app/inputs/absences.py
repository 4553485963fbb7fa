"""Availability and leave as slots of the week in which somebody cannot work."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from ...forecast.calendar.grid import FIRST_YEAR, LAST_YEAR, WEEKDAYS, Grid, midnight
from ...forecast.calendar.local_times import WRITTEN_DATE, spreadsheet_row, written_date
from ...forecast.errors import InputError
from ...forecast.tables import check, read_text_csv
from ...schedule.problem.shift_families import ShiftFamily
from ...schedule.tables import TABLES
from ..intake.names import nearest
from .weekdays import dated

WHOLE_DAY_MIN = 20 * 60
"""Minutes of leave that make a whole day off: a day of 23 hours, or leave from 04:00, still counts."""

KINDS = ("available", "unavailable")
Slots = tuple[int, int]


@dataclass(frozen=True)
class Window:
    """A half-open time of one agent, in minutes after the start of the week (negative before it)."""

    start: float
    end: float
    kind: str

    def slots(self, step_min: int) -> Slots:
        """Return it in slots, rounded outwards."""
        return math.floor(self.start / step_min), math.ceil(self.end / step_min)


def read_windows(
    path: Path, grid: Grid, zone: str | None, known: frozenset[str] | None = None
) -> dict[str, tuple[Window, ...]]:
    """Read availability.csv or leave.csv (by the name of `path`): agent → windows in file order; {} without a file.

    An end that is a bare date is that day inclusive, and 23:59 is the day's end. Rows with `days` recur (see `dated`).

    `known` are the agents in staff.csv; None = anybody may stand in the file.

    Raises
    ------
    InputError
        On an unknown agent or kind, a window that does not end after it starts, or times that do not exist.
    """
    if not path.is_file():
        return {}
    table = path.stem
    raw = dated(read_text_csv(path), grid, zone, path)
    for column, days in (("start", 0), ("end", 1)):
        if column in raw:
            raw[column] = [_day_edge(cell, zone, days) for cell in raw[column]]
    frame = check(raw, TABLES[table], zone=zone, file=path)
    for column in ("start", "end"):
        frame[column] = _to_day_end(frame[column], zone)
    if known is not None:
        refuse_strangers(frame["agent"], known, path)
    backwards = frame["end"] <= frame["start"]
    if backwards.any():
        i = int(backwards.to_numpy().argmax())
        raise InputError(
            "window ends before it starts",
            file=path,
            row=spreadsheet_row(i, frame.index),
            column="end",
            value=f"{frame['end'].iloc[i]:%Y-%m-%d %H:%M}",
            mend=f"It starts {frame['start'].iloc[i]:%Y-%m-%d %H:%M}; an end without a time is that whole day",
        )
    kinds = frame["kind"].str.lower() if "kind" in frame else pd.Series("", index=frame.index)
    kinds = kinds.replace("", "available" if table == "availability" else "other")
    if table == "availability" and not kinds.isin(KINDS).all():
        i = int((~kinds.isin(KINDS)).to_numpy().argmax())
        raise InputError(
            "unknown kind",
            file=path,
            row=spreadsheet_row(i, frame.index),
            column="kind",
            value=kinds.iloc[i],
            mend=f"One of {', '.join(KINDS)}",
        )
    minute = pd.Timedelta(minutes=1)
    starts, ends = (frame["start"] - grid.first) / minute, (frame["end"] - grid.first) / minute
    out: dict[str, list[Window]] = {}
    for agent, start, end, kind in zip(frame["agent"], starts, ends, kinds, strict=True):
        out.setdefault(agent, []).append(Window(start, end, kind))
    return {agent: tuple(windows) for agent, windows in out.items()}


_DAYS_EDGE = re.compile(rf"({WRITTEN_DATE})([T ]00:00(:00)?)?")


def _day_edge(cell: str, zone: str | None, days: int) -> str:
    """Return the first instant of the day of a bare date, or of its midnight, as a stamp; every other cell as it is.

    Of a bare date that of the day `days` later. Where the clock skips midnight the day begins at its first instant.
    """
    found = _DAYS_EDGE.fullmatch(cell.strip())
    date = written_date(found[1]) if found else pd.NaT
    if found is None or pd.isna(date) or not FIRST_YEAR <= date.year <= LAST_YEAR:
        return cell  # the check of the table tells what is wrong
    return midnight(date.date() + dt.timedelta(days=0 if found[2] else days), zone).isoformat()


def _to_day_end(times: pd.Series, zone: str | None) -> pd.Series:
    """Return `times` with those in the last minute of a day moved to its end."""
    late = (times.dt.hour == 23) & (times.dt.minute == 59)
    out = times.copy()
    if late.any():
        ends = [midnight(t.date() + dt.timedelta(days=1), zone) for t in times[late]]
        out.loc[late] = pd.Series(ends, index=times.index[late]).astype(times.dtype)
    return out


def off_grid(path: Path, grid: Grid, zone: str | None) -> list[str]:
    """Tell the windows of availability.csv or leave.csv in the week of `grid` that begin or end inside a slot."""
    week = (grid.end - grid.first) / pd.Timedelta(minutes=1)
    windows = (w for own in read_windows(path, grid, zone).values() for w in own if w.start < week and w.end > 0)
    step = grid.minutes
    number = sum(bool(w.start % step or w.end % step) for w in windows)
    told = f"{number} rows of {path.name} begin or end inside a slot of {step} minutes"
    return [f"{told}: nobody works in a slot for a part of which they are away"] * (number > 0)


def unlisted_days(path: Path, grid: Grid, zone: str | None, open_slots: np.ndarray) -> list[str]:
    """Tell who has available windows on some open days of the week of `grid` only: on the others they are free."""
    end = (grid.end - grid.first) / pd.Timedelta(minutes=1)
    edges = [*((midnight(d, zone) - grid.first) / pd.Timedelta(minutes=1) for d in grid.dates), end]
    opened = [d for d, part in enumerate(grid.day_slices) if open_slots[part].any()]
    partly = []
    for agent, windows in read_windows(path, grid, zone).items():
        own = [w for w in windows if w.kind == "available"]
        listed = [any(w.start < edges[d + 1] and edges[d] < w.end for w in own) for d in opened]
        partly += [agent] * (any(listed) and not all(listed))
    told = f"{len(partly)} people have available windows in {path.name} on some open days only"
    return [f"{told}, such as {partly[0]}: on days that are not listed they may work at any time"] if partly else []


def refuse_strangers(agents: pd.Series, known: frozenset[str], path: Path) -> None:
    """Raise `InputError` on the first agent that is not in staff.csv."""
    strange = ~agents.isin(known)
    if strange.any():
        i = int(strange.to_numpy().argmax())
        raise InputError(
            "unknown agent",
            file=path,
            row=spreadsheet_row(i, agents.index),
            column="agent",
            value=agents.iloc[i],
            mend=nearest(agents.iloc[i], known, "It is not in staff.csv"),
        )


@dataclass(frozen=True)
class WeekDays:
    """The days of a week: when they begin, and when they are open.

    Attributes
    ----------
    edges
        Minutes after the week's start at which each day begins, the days after the week into which shifts may run and
        their end included; 9 values for a week of shifts below 24 hours.
    open_slots
        Whether any queue is open, shape (len(grid),).
    """

    grid: Grid
    edges: tuple[float, ...]
    open_slots: np.ndarray

    @classmethod
    def of(cls, grid: Grid, families: Mapping[str, ShiftFamily], open_slots: np.ndarray | None) -> WeekDays:
        """Return the days of `grid`; without `open_slots` a day is open from its first possible shift to its last."""
        after = 1 + max((f.length_min for f in families.values()), default=0) // 1440
        dates = [grid.first_date + dt.timedelta(days=i) for i in range(grid.days + after + 1)]
        edges = tuple((midnight(d, grid.zone) - grid.first) / pd.Timedelta(minutes=1) for d in dates)
        return cls(grid, edges, _shift_span(grid, families) if open_slots is None else open_slots)

    @property
    def horizon(self) -> int:
        """First slot after the days that follow the week."""
        return math.ceil(self.edges[-1] / self.grid.minutes)

    @property
    def open(self) -> frozenset[int]:
        """Days with an open slot."""
        return frozenset(d for d, part in enumerate(self.grid.day_slices) if self.open_slots[part].any())

    def on_leave(self, leave: Iterable[Window]) -> frozenset[int]:
        """Return the open days of which `leave` covers 20 hours or every open slot."""
        off = [(w.start, w.end) for w in leave]
        step = self.grid.minutes

        def whole(day: int) -> bool:
            slots = np.arange(len(self.grid))[self.grid.day_slices[day]]
            opened = slots[self.open_slots[self.grid.day_slices[day]]] * step
            return _shared((self.edges[day], self.edges[day + 1]), off) >= WHOLE_DAY_MIN or all(
                _shared((s, s + step), off) >= step for s in opened.tolist()
            )

        return frozenset(d for d in self.open if off and whole(d))

    def outside(self, windows: Iterable[Window]) -> list[Slots]:
        """Return when work is forbidden: in unavailable windows, outside the available ones of a day with any."""
        step, out = self.grid.minutes, list[Slots]()
        available = []
        for w in windows:
            if w.kind == "unavailable":
                out.append(w.slots(step))
            else:
                available.append((w.start, w.end))
        for low, high in zip(self.edges[:-1], self.edges[1:], strict=True):
            inside = sorted((max(a, low), min(b, high)) for a, b in available if a < high and low < b)
            reached = low
            for a, b in [*inside, (high, high)] if inside else []:
                if a > reached:
                    out.append(Window(reached, a, "").slots(step))
                reached = max(reached, b)
        return out

    def unemployed(self, hired: dt.date | None, left: dt.date | None) -> tuple[frozenset[int], list[Slots]]:
        """Return the days before hiring or after leaving, and the same in slots up to the horizon."""
        dates = [self.grid.first_date + dt.timedelta(days=i) for i in range(len(self.edges) - 1)]
        gone = [
            d
            for d, date in enumerate(dates)
            if (hired is not None and date < hired) or (left is not None and date > left)
        ]
        spans = [Window(self.edges[d], self.edges[d + 1], "").slots(self.grid.minutes) for d in gone]
        return frozenset(d for d in gone if d < self.grid.days), spans

    def merged(self, spans: Iterable[Slots]) -> tuple[Slots, ...]:
        """Return spans within the horizon, in order, those that touch joined."""
        out: list[Slots] = []
        for a, b in sorted((max(0, a), min(b, self.horizon)) for a, b in spans):
            if a >= b:
                continue
            if out and a <= out[-1][1]:
                out[-1] = (out[-1][0], max(out[-1][1], b))
            else:
                out.append((a, b))
        return tuple(out)


def _shared(span: tuple[float, float], by: list[tuple[float, float]]) -> float:
    """Return how many minutes of `span` the union of `by` covers."""
    total, reached = 0.0, span[0]
    for a, b in sorted(by):
        low, high = max(a, reached), min(b, span[1])
        if high > low:
            total, reached = total + high - low, high
    return total


def _shift_span(grid: Grid, families: Mapping[str, ShiftFamily]) -> np.ndarray:
    """Return per slot whether it lies between the first start and the last end of its weekday's shift families."""
    out = np.zeros(len(grid), dtype=bool)
    for date, part in zip(grid.dates, grid.day_slices, strict=True):
        of_day = [f for f in families.values() if WEEKDAYS[date.weekday()] in f.days]
        if of_day:
            minutes = grid.minute_of_day[part]
            first, last = min(f.starts_min[0] for f in of_day), max(f.starts_min[-1] + f.length_min for f in of_day)
            out[part] = (minutes >= first) & (minutes < last)
    return out

"""What the weeks before leave behind for this one: rest still owed, days in a row, shifts that run on.

All of it is read from activity.csv, as the judge reads it; a roster.csv beside it is only compared.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import pandas as pd

from ...forecast.calendar.calendars import Calendar
from ...forecast.calendar.grid import WEEKDAYS, Grid
from ...forecast.errors import InputError
from ...forecast.tables import check, read_csv, read_text_csv
from ...schedule.plan.activity import ACTIVITY
from ...schedule.problem.horizon import WEEK_DAYS
from ...schedule.problem.shift_families import ShiftFamily
from ...schedule.rules.max_run_days import MAX_RUN_DAYS
from ...schedule.rules.rest_min import LEAST_REST_MIN
from ...schedule.rules.rules import Rules
from ...schedule.rules.weekends import SATURDAY_SUNDAY, weekend_of
from ...schedule.tables import TABLES
from .arguments import ARGUMENTS, read_arguments

DAY = dt.timedelta(days=1)
MINUTE = pd.Timedelta(minutes=1)
ACTIVITIES = ("phone", "break", "lunch", "meeting", "training", "leave")
MEMORY_DAYS = MAX_RUN_DAYS.high or 0
"""Days that a run remembers before its own week: no rule looks further back than the longest run of days."""
WHOLLY = 4
"""Nearness of a shift to a family that it obeys wholly."""


@dataclass(frozen=True)
class EarlierShift:
    """A shift as it was worked; `pauses` are (kind, minutes after its start, minutes) of breaks and lunches."""

    start: pd.Timestamp
    end: pd.Timestamp
    pauses: tuple[tuple[str, float, float], ...]

    def day_in(self, family: ShiftFamily) -> dt.date | None:
        """Return the day on which the shift counts if its start and length are those of `family`, else None."""
        minute = self.start.hour * 60 + self.start.minute
        if self.start.second or (self.end - self.start) / MINUTE != family.length_min:
            return None
        for back in (0, 1):  # a window may run past midnight
            day: dt.date = self.start.date() - back * DAY
            if minute + 1440 * back in family.starts_min and WEEKDAYS[day.weekday()] in family.days:
                return day
        return None

    def nearness(self, family: ShiftFamily) -> int:
        """Return how far the shift obeys `family`: 0 = not its start and length, up to `WHOLLY`."""
        kinds = [(kind, minutes) for kind, _, minutes in self.pauses]
        if self.day_in(family) is None:
            return 0
        if kinds != [(b.kind, b.duration_min) for b in family.breaks]:
            return 1
        edges = [0.0, *(x for _, at, minutes in self.pauses for x in (at, at + minutes)), family.length_min]
        pairs = list(zip(self.pauses, family.breaks, strict=True))
        if not all(b.earliest_min <= at <= b.latest_min for (_, at, _), b in pairs):
            return 2
        for k, ((_, at, _), b) in enumerate(pairs):
            if at - edges[2 * k] < b.min_before_min or edges[2 * k + 3] - edges[2 * k + 2] < b.min_after_min:
                return 3
        return WHOLLY

    def day(self, families: Sequence[ShiftFamily]) -> dt.date:
        """Return the day it counts on: that of the first of the nearest families, of none the one it begins on."""
        nearest = max(families, key=self.nearness, default=None)  # the first of equals
        return (None if nearest is None else self.day_in(nearest)) or self.start.date()


@dataclass(frozen=True)
class LeftBehind:
    """What one person's last week leaves behind.

    Attributes
    ----------
    earliest
        First slot at which rest allows a start.
    run, off
        Days worked and off in a row up to the week. Who has not worked on any day that is known is off for a week or
        longer; `off` is None where nothing is known of anybody.
    weekends
        Weekends with work on one of the seven days before.
    families
        Shift families that the shift of the day before may be; () = none.
    """

    earliest: int = 0
    run: int = 0
    off: int | None = None
    weekends: int = 0
    families: tuple[str, ...] = ()


@dataclass(frozen=True)
class WeekBefore:
    """What a week leaves behind for the next.

    Attributes
    ----------
    shifts
        Per agent the shifts that began before the planned days or, in a window past midnight, count before them.
    grid, rest_min
        The planned slots and the least rest; None and 0 where there was no week before.
    known
        Whether the files tell anything of the days before the planned ones.
    running
        Rows of activity of the shifts that run on into the week.
    notes
        What is odd about the files, a sentence each.
    weekend
        Weekdays of the weekend, 0 = Monday.
    """

    shifts: Mapping[str, Sequence[EarlierShift]] = field(default_factory=dict)
    grid: Grid | None = None
    rest_min: int = 0
    known: bool = False
    running: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(ACTIVITY)))
    notes: tuple[str, ...] = ()
    weekend: frozenset[int] = SATURDAY_SUNDAY

    def of(self, agent: str, families: Sequence[ShiftFamily]) -> LeftBehind:
        """Return what the weeks before leave behind for `agent`, whose contract allows `families`."""
        if self.grid is None:
            return LeftBehind()
        first = self.grid.first_date
        counted = [(day, shift) for shift in self.shifts.get(agent, ()) if (day := shift.day(families)) < first]
        if not counted:
            return LeftBehind(off=WEEK_DAYS if self.known else None)
        worked = {day for day, _ in counted}
        yesterday, run = first - DAY, 0
        while yesterday - run * DAY in worked:
            run += 1
        late = {weekend_of(d, self.weekend) for d in worked if (first - d).days <= WEEK_DAYS} - {None}
        last_day, last = counted[-1]
        free = (max(shift.end for _, shift in counted) - self.grid.first) / MINUTE + max(self.rest_min, LEAST_REST_MIN)
        return LeftBehind(
            max(0, math.ceil(free / self.grid.minutes)),
            run,
            (yesterday - max(worked)).days,
            len(late),
            tuple(f.name for f in families if last.nearness(f) == WHOLLY) if last_day == yesterday else (),
        )


def weekend_at(calendar: Calendar, date: dt.date) -> frozenset[int]:
    """Return the weekdays of the weekend for rules: the country's in the week of `date`, else Saturday and Sunday."""
    return SATURDAY_SUNDAY if calendar.nation is None else calendar.nation.weekend(date)


def last_week(
    folder: Path,
    grid: Grid,
    zone: str | None,
    rules: Rules,
    queues: Collection[str],
    weekend: frozenset[int] = SATURDAY_SUNDAY,
) -> WeekBefore:
    """Read the activity.csv of a run folder of the week before, and the weeks before that as far as the run knows them.

    Who works none of `queues` now is on no phone. Shifts that start a day inside the week of `grid` or later are
    ignored, so naming a run of the same week does no harm.

    Raises
    ------
    InputError
        If the folder has no such file, or the file an activity that is none.
    """
    rows = _rows(folder, zone)
    known = bool((rows["start"] < grid.first).any())
    rows = rows[rows["activity"] != "leave"]
    shifts = rows.groupby("shift").agg(agent=("agent", "first"), start=("start", "first"), end=("end", "max"))
    ahead = shifts["start"] < grid.first
    running = rows[rows["shift"].isin(shifts.index[ahead & (shifts["end"] > grid.first)]) & (rows["end"] > grid.first)]
    running = running[(running["activity"] != "phone") | running["queue"].isin(queues)]
    running = running.reindex(columns=list(ACTIVITY)).reset_index(drop=True)
    near = rows[rows["shift"].isin(shifts.index[shifts["start"] < grid.first + pd.Timedelta(days=1)])]
    earlier: dict[str, list[EarlierShift]] = {}
    for agent, shift in _shifts(near):
        earlier.setdefault(agent, []).append(shift)
    notes = (*_too_old(shifts, grid), *_contradictions(folder, shifts, zone))
    return WeekBefore(earlier, grid, rules.rest_min, known, running, notes, weekend)


def _too_old(shifts: pd.DataFrame, grid: Grid) -> list[str]:
    """Tell where nobody worked in the seven days before the week of `grid`."""
    before = shifts["start"][shifts["start"] < grid.first]
    if len(before) and before.max().date() >= grid.first_date - WEEK_DAYS * DAY:
        return []
    newest = f"the last before {grid.first_date} is of {before.max().date()}" if len(before) else "it has none before"
    return [f"activity.csv of the week before holds no shift of the last seven days: {newest}; all count as off"]


def _contradictions(folder: Path, shifts: pd.DataFrame, zone: str | None) -> list[str]:
    """Tell where roster.csv, if there is one, has other shifts than activity.csv."""
    path = folder / "roster.csv"
    if not path.is_file():
        return []
    rows = read_csv(path, TABLES["roster"], zone=zone)
    if kept := memory_of(folder):
        shifts = shifts[shifts["start"].dt.date >= read_arguments(kept[1]).week]
    told, worked = (set(zip(t["agent"], t["start"], t["end"], strict=True)) for t in (rows, shifts))
    differ = sorted(told ^ worked, key=lambda shift: (shift[1], shift[0]))
    if not differ:
        return []
    agent, start, _ = differ[0]
    where = "activity.csv" if differ[0] in told else "roster.csv"
    first = f"the first, of {agent} at {start:%Y-%m-%d %H:%M}, is not in {where}"
    many = f"roster.csv and activity.csv of the week before differ in {len(differ)} shifts"
    return [f"{many}: {first}; activity.csv counts"]


def _shifts(rows: pd.DataFrame) -> Iterator[tuple[str, EarlierShift]]:
    """Yield (agent, shift), by agent and start."""
    columns = (rows[name].tolist() for name in ("shift", "agent", "start", "end", "activity"))
    for _, part in groupby(zip(*columns, strict=True), key=lambda row: row[0]):
        own = list(part)
        start = own[0][2]
        pauses = tuple(
            (what, (a - start) / MINUTE, (b - a) / MINUTE) for _, _, a, b, what in own if what in ("break", "lunch")
        )
        yield str(own[0][1]), EarlierShift(start, max(row[3] for row in own), pauses)


def activity_of(folder: Path) -> Path:
    """Return the activity.csv of a run folder.

    Raises
    ------
    InputError
        If there is none.
    """
    path = folder / "activity.csv"
    if not path.is_file():
        raise InputError(
            "no run folder: activity.csv is not there",
            file=folder,
            mend="Name the folder of last week's run with --previous",
        )
    return path


def memory_of(folder: Path) -> tuple[Path, ...]:
    """Return the files in which a run folder keeps the weeks before its own: rows, and the week; () without them."""
    files = folder / "inputs" / "previous_activity.csv", folder / "inputs" / ARGUMENTS
    return files if all(file.is_file() for file in files) else ()


def known_rows(folder: Path) -> pd.DataFrame:
    """Return the rows of activity.csv of a run folder, then those that the run kept of `MEMORY_DAYS` before its week.

    All cells are texts.

    Raises
    ------
    InputError
        If the folder has no activity.csv, or a file cannot be read.
    """
    rows = read_text_csv(activity_of(folder))
    if not (kept := memory_of(folder)):
        return rows
    earlier, week = read_text_csv(kept[0]), read_arguments(kept[1]).week
    date = earlier["start"].str[:10]
    recent = (date >= str(week - MEMORY_DAYS * DAY)) & (date < str(week))
    return pd.concat([rows, earlier[recent]], ignore_index=True).fillna("")


def _rows(folder: Path, zone: str | None) -> pd.DataFrame:
    """Return all rows with the number of their shift; activities that touch are one shift, leave is none (0)."""
    path = activity_of(folder)
    rows = check(known_rows(folder), TABLES["activity"], zone=zone, file=path)
    strange = ~rows["activity"].isin(ACTIVITIES)
    if strange.any():
        i = int(strange.to_numpy().argmax())
        value, mend = rows["activity"].iloc[i], f"One of {', '.join(ACTIVITIES)}"
        raise InputError("unknown activity", file=path, row=i + 2, column="activity", value=value, mend=mend)
    rows = rows.sort_values(["agent", "start", "end"])
    work = rows[rows["activity"] != "leave"]
    reached = work.groupby("agent")["end"].cummax()
    begins = (work["agent"] != work["agent"].shift()) | (work["start"] > reached.shift())
    return rows.assign(shift=begins.cumsum().reindex(rows.index, fill_value=0))

"""What last week's run leaves behind for this one: rest still owed, days in a row, shifts that run on."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import pandas as pd

from ...forecast.calendar.grid import WEEKDAYS, Grid
from ...forecast.errors import InputError
from ...forecast.tables import read_csv
from ...schedule.plan.activity import ACTIVITY
from ...schedule.problem.horizon import WEEK_DAYS
from ...schedule.problem.shift_families import ShiftFamily
from ...schedule.rules.rules import Rules
from ...schedule.tables import TABLES

DAY = dt.timedelta(days=1)
MINUTE = pd.Timedelta(minutes=1)


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

    def is_of(self, family: ShiftFamily) -> bool:
        """Whether start, length and breaks are those of `family`."""
        kinds = [(kind, minutes) for kind, _, minutes in self.pauses]
        if self.day_in(family) is None or kinds != [(b.kind, b.duration_min) for b in family.breaks]:
            return False
        edges = [0.0, *(x for _, at, minutes in self.pauses for x in (at, at + minutes)), family.length_min]
        return all(
            b.earliest_min <= at <= b.latest_min
            and at - edges[2 * k] >= b.min_before_min
            and edges[2 * k + 3] - edges[2 * k + 2] >= b.min_after_min
            for k, ((_, at, _), b) in enumerate(zip(self.pauses, family.breaks, strict=True))
        )


@dataclass(frozen=True)
class LeftBehind:
    """What one person's last week leaves behind.

    Attributes
    ----------
    earliest
        First slot at which rest allows a start.
    run, off
        Days worked and off in a row up to the week; `off` is None where no work is known.
    weekends
        Weekends with work on one of the seven days before.
    family
        Shift family of the day before; "" = none or unknown.
    """

    earliest: int = 0
    run: int = 0
    off: int | None = None
    weekends: int = 0
    family: str = ""


@dataclass(frozen=True)
class WeekBefore:
    """What a week leaves behind for the next.

    Attributes
    ----------
    shifts
        Per agent the shifts that began before the planned days or, in a window past midnight, count before them.
    grid, rest_min
        The planned slots and the least rest; None and 0 where there was no week before.
    families
        (agent, day) → shift family as roster.csv has it.
    running
        Rows of activity of the shifts that run on into the week.
    """

    shifts: Mapping[str, Sequence[EarlierShift]] = field(default_factory=dict)
    grid: Grid | None = None
    rest_min: int = 0
    families: Mapping[tuple[str, dt.date], str] = field(default_factory=dict)
    running: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(ACTIVITY)))

    def of(self, agent: str, families: Sequence[ShiftFamily]) -> LeftBehind:
        """Return what the week leaves behind for `agent`, whose contract allows `families`.

        A shift counts on the day whose window it starts in, one of no family on the day on which it begins. Its family
        is that of roster.csv unless activity.csv can only be another one, of which the first is taken.
        """
        if self.grid is None:
            return LeftBehind()
        first = self.grid.first_date
        by_day: dict[dt.date, EarlierShift] = {}
        end = None
        for shift in self.shifts.get(agent, ()):
            days = sorted(((not shift.is_of(f), i, d) for i, f in enumerate(families) if (d := shift.day_in(f))))
            day = days[0][2] if days else shift.start.date()
            if day < first:
                by_day[day] = shift
                end = shift.end if end is None else max(end, shift.end)
        if end is None:
            return LeftBehind()
        yesterday, run = first - DAY, 0
        while yesterday - run * DAY in by_day:
            run += 1
        late = {d for d in by_day if (first - d).days <= WEEK_DAYS and d.weekday() >= 5}
        free = (end - self.grid.first) / MINUTE + self.rest_min
        return LeftBehind(
            max(0, math.ceil(free / self.grid.minutes)),
            run,
            (yesterday - max(by_day)).days,
            len({d - (d.weekday() - 5) * DAY for d in late}),
            self._family(agent, yesterday, by_day, families) if run else "",
        )

    def _family(
        self, agent: str, day: dt.date, by_day: Mapping[dt.date, EarlierShift], families: Sequence[ShiftFamily]
    ) -> str:
        fitting = [f.name for f in families if by_day[day].is_of(f)]
        told = self.families.get((agent, day), "")
        return told if told in fitting or not fitting else fitting[0]


def last_week(folder: Path, grid: Grid, zone: str | None, rules: Rules, queues: Collection[str]) -> WeekBefore:
    """Read the activity.csv of a run folder of the week before; who works none of `queues` now is on no phone.

    Shifts that start a day inside the week of `grid` or later are ignored, so naming a run of the same week does no
    harm.

    Raises
    ------
    InputError
        If the folder has no such file.
    """
    rows = _rows(folder, zone)
    shifts = rows.groupby("shift").agg(start=("start", "first"), end=("end", "max"))
    ahead = shifts["start"] < grid.first
    running = rows[rows["shift"].isin(shifts.index[ahead & (shifts["end"] > grid.first)]) & (rows["end"] > grid.first)]
    running = running[(running["activity"] != "phone") | running["queue"].isin(queues)]
    running = running.reindex(columns=list(ACTIVITY)).reset_index(drop=True)
    known = rows[rows["shift"].isin(shifts.index[shifts["start"] < grid.first + pd.Timedelta(days=1)])]
    earlier: dict[str, list[EarlierShift]] = {}
    for agent, shift in _shifts(known):
        earlier.setdefault(agent, []).append(shift)
    return WeekBefore(earlier, grid, rules.rest_min, _families(folder), running)


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


def _families(folder: Path) -> dict[tuple[str, dt.date], str]:
    """Return (agent, day) → shift family; nothing where the run has no roster.csv."""
    path = folder / "roster.csv"
    if not path.is_file():
        return {}
    rows = read_csv(path, TABLES["roster"])
    return {(a, d): p.partition("@")[0] for a, d, p in zip(rows["agent"], rows["date"], rows["pattern"], strict=True)}


def _rows(folder: Path, zone: str | None) -> pd.DataFrame:
    """Return the rows of work with the number of their shift; activities that touch are one shift, leave is none."""
    rows = read_csv(activity_of(folder), TABLES["activity"], zone=zone)
    rows = rows[rows["activity"] != "leave"].sort_values(["agent", "start", "end"])
    reached = rows.groupby("agent")["end"].cummax()
    begins = (rows["agent"] != rows["agent"].shift()) | (rows["start"] > reached.shift())
    return rows.assign(shift=begins.cumsum())

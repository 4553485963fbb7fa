"""A day replayed: why its service was another than the goal, and how good forecast and roster were."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from ...forecast.errors import InputError
from ...forecast.progress import Watch
from ...forecast.queueing.attribution.day import Parts, parts
from ...forecast.queueing.attribution.laid_out import laid_out
from ...forecast.queueing.attribution.simulated import Chance, Checked, chance, checked
from ...forecast.queueing.formulas.time_laws import law_of_cv
from ...forecast.queueing.goal.targets import ServiceGoal
from ...forecast.tables import TABLES, read_csv
from ...schedule.plan.activity import staffing
from ..folders.one_run import one_run
from .actuals import Actuals, of_day
from .adherence import Presence, presence
from .events import DeskEvent, read_events
from .planned_day import PlannedDay, PlannedWeek
from .read_actuals import ReadActuals, read_actuals
from .replay_intervals import intervals_of, measured_of, seen_of
from .states import read_states


@dataclass(frozen=True, eq=False)
class ReplayOptions:
    """What a replay is asked for beside run and actuals.

    Parameters
    ----------
    states, events
        Files of agent states and of events; None = there are none.
    meanings
        State of the telephone system in small letters → one of `states.KINDS`.
    date
        The only day; None = every day of the run of which actuals are there.
    check
        Whether the parts are simulated too, which takes many times as long.
    seed
        Seed of the simulation; None = that of the run.
    """

    states: Path | None = None
    events: Path | None = None
    meanings: Mapping[str, str] = field(default_factory=dict)
    date: dt.date | None = None
    check: bool = False
    seed: int | None = None


@dataclass(frozen=True, eq=False)
class ReplayedDay:
    """One day of one queue, replayed.

    Attributes
    ----------
    queue, date, goal
        What is told of.
    parts
        The gap from plan to day by its causes.
    chance
        What chance alone does to a day of which all is as it came.
    usual
        The same of a day of which all is as planned, the calls as forecast.
    measured
        The service that was counted by the goal's definition; NaN where the actuals do not tell it.
    intervals
        The day by interval, columns as in `replay_intervals.INTERVALS`; NaN = unknown.
    events
        What is known to have happened.
    presence
        Who was there; None without states.
    checked
        The parts by simulation, where asked for.
    """

    queue: str
    date: dt.date
    goal: ServiceGoal
    parts: Parts
    chance: Chance
    usual: Chance
    measured: float
    intervals: pd.DataFrame = field(repr=False)
    events: tuple[DeskEvent, ...] = ()
    presence: Presence | None = None
    checked: Checked | None = None

    @property
    def surplus(self) -> float:
        """By how much what was planned lies above the goal: heads are whole, and goals may hold for a week."""
        return self.parts.planned - self.goal.level

    @property
    def rest(self) -> float:
        """What is left to the measured service: the error of the model, and chance."""
        return self.measured - self.parts.expected

    @property
    def gap(self) -> float:
        """Measured service less the goal."""
        return self.measured - self.goal.level

    @property
    def rest_is_chance(self) -> bool:
        """Whether the measured service lies within the band of chance."""
        return self.chance.low <= self.measured <= self.chance.high

    @property
    def gap_is_chance(self) -> bool:
        """Whether chance alone moves a day that is as planned by as much as the whole gap."""
        return abs(self.gap) <= 0.5 * (self.usual.high - self.usual.low)


@dataclass(frozen=True, eq=False)
class Replay:
    """Days replayed, and what is said about the files, a sentence each."""

    run: Path
    site: str
    days: tuple[ReplayedDay, ...]
    seed: int
    notes: tuple[str, ...]


def replay(run: Path, actuals: Sequence[Path], options: ReplayOptions, watch: Watch | None = None) -> Replay:
    """Replay the days of a run whose actuals are there.

    Parameters
    ----------
    actuals
        Files, or folders of files, with the columns of the plan's calls or of calls.csv.

    Raises
    ------
    InputError
        If a file cannot be read, or no day of the run is whole in the actuals.
    Stopped
        If the user stopped the run.
    """
    watch = watch or Watch()
    with one_run(run) as place:
        week = PlannedWeek.read(place)
        required = _required(place, week)
        read = read_actuals(week, actuals)
        zone = week.config.site.zone
        events = read_events(options.events, zone, tuple(week.config.queue)) if options.events else ()
        states = read_states(options.states, zone, options.meanings) if options.states else None
        seed = week.config.solve.seed if options.seed is None else options.seed
        teller = _Teller(week, required, states, events, replace(options, seed=seed), watch)
        days, notes = _days(week, read, teller, options.date)
    return Replay(run, week.config.site.name, tuple(days), seed, tuple(dict.fromkeys([*read.notes, *notes])))


def _required(place: Path, week: PlannedWeek) -> pd.DataFrame | None:
    """Return the heads that the roster needed, ``queue, start, heads``; None where the run does not tell."""
    path = place / "requirement.csv"
    if not path.is_file():
        return None
    rows = read_csv(path, TABLES["requirement"], zone=week.config.site.zone)
    if "queue" not in rows:
        rows = rows.assign(queue=next(iter(week.config.queue)))
    if "agents_scheduled" not in rows:
        return None
    return pd.DataFrame({"queue": rows["queue"], "start": rows["start"], "heads": rows["agents_scheduled"]})


def _days(
    week: PlannedWeek, read: ReadActuals, teller: _Teller, date: dt.date | None
) -> tuple[list[ReplayedDay], list[str]]:
    """Return the days that are whole, and what is to be said; a day asked for, or the only one, must be whole."""
    there = sorted(set(read.rows["start"].dt.date)) if len(read.rows) else []
    planned = set(week.volume["start"].dt.date) & set(week.horizon.grid.dates)
    dates = [d for d in there if d in planned] if date is None else [date]
    notes = []
    if others := [str(d) for d in there if d not in planned and date is None]:
        notes.append(f"days of the actuals that the plan does not hold are left out: {others[0]}"
                     + (f" and {len(others) - 1} more" if len(others) > 1 else ""))  # fmt: skip
    if not there or not dates:
        held = f"{week.horizon.grid.dates[0]} to {week.horizon.grid.dates[-1]}"
        raise InputError("no day of the plan is in the actuals", file=read.files[0], column="start",
                         value=str(there[0]) if there else None, mend=f"The plan holds {held}")  # fmt: skip
    found: list[ReplayedDay] = []
    partly: list[InputError] = []
    for d in dates:
        day = week.day(d, week.config.site.interval_min)
        came = of_day(replace(read, rows=read.rows[read.rows["start"].dt.date == d], notes=()), day, _over(day))
        notes += came.notes
        for queue in day.queues:
            if not np.isfinite(came.queues[queue].offered).any():
                continue  # of_day has said so
            try:
                _refuse_part(day, queue, came, read.files[0])
            except InputError as error:
                partly.append(error)
                continue
            found.append(teller.day(day, queue, came))
    if not found:
        raise partly[0] if partly else InputError("no calls of this day", file=read.files[0], value=str(dates[0]))
    return found, [*notes, *(f"left out: {error}".rstrip(".") for error in partly), *teller.said]


def _over(day: PlannedDay) -> pd.Timestamp:
    """Return a moment at which the day is over, whatever the clock says."""
    return day.end + pd.Timedelta(days=1)


def _refuse_part(day: PlannedDay, queue: str, came: Actuals, file: Path) -> None:
    """Raise `InputError` where no call came, or an open interval is missing: half a day has another gap."""
    if not np.nansum(came.queues[queue].offered) > 0:
        raise InputError(f"no call of queue {queue} came on {day.date}", file=file, mend="There is nothing to replay")
    missing = np.isfinite(day.column(queue, "calls")) & ~np.isfinite(came.queues[queue].offered)
    if missing.any():
        first = day.starts[int(missing.argmax())]
        raise InputError(
            f"the day of queue {queue} is not whole: {int(missing.sum())} of its intervals are missing, unknown or "
            "still running, this one first", file=file, column="start", value=f"{first:%Y-%m-%d %H:%M}",
            mend="Replay the day when all its intervals have come; without calls a row says 0",
        )  # fmt: skip


@dataclass(eq=False)
class _Teller:
    """What is needed to replay one day of one queue; `said` gathers what is told of the states."""

    week: PlannedWeek
    required: pd.DataFrame | None
    states: pd.DataFrame | None
    events: tuple[DeskEvent, ...]
    options: ReplayOptions
    watch: Watch
    said: list[str] = field(default_factory=list)
    _there: dict[dt.date, Presence] = field(default_factory=dict)

    def day(self, day: PlannedDay, queue: str, came: Actuals) -> ReplayedDay:
        """Replay one day of one queue."""
        config, date = self.week.config, day.date
        law, goal, seed = law_of_cv(config.queue[queue].handle_cv), config.queue[queue].goal, self.options.seed or 0
        self.watch.raise_if_stopped()
        self.watch.tell("replay", f"{queue}, {date}")
        there = self._presence(date)
        volume = self.week.volume[self.week.volume["queue"] == queue]
        seen = seen_of(day, queue, came)
        roster = staffing(self.week.activity)
        laid = laid_out(
            volume,
            roster[roster["queue"] == queue],
            date,
            interval_min=config.site.interval_min,
            absent=day.absent(),
            handle_cv=config.queue[queue].handle_cv,
            came=seen,
            required=self._heads_required(queue),
            phone=None if there is None else there.phone[queue],
        )
        asked = tuple(e for e in self.events if e.concerns(queue) and date in e.dates)
        return ReplayedDay(
            queue,
            date,
            goal,
            parts(laid, goal),
            chance(laid, goal, law, seed=seed, watch=self.watch),
            chance(laid.as_planned, goal, law, seed=seed, watch=self.watch),
            measured_of(came, queue),
            intervals_of(day, queue, laid, seen, came, goal),
            asked,
            there,
            checked(laid, goal, law, seed=seed, watch=self.watch) if self.options.check else None,
        )

    def _presence(self, date: dt.date) -> Presence | None:
        """Return who was there on a day; None without states."""
        if self.states is None:
            return None
        if date not in self._there:
            config, people = self.week.config, self.week.people
            names = {person.id: person.name or person.id for person in people}
            self._there[date] = presence(
                self.states, self.week.activity, date, queues=tuple(config.queue), zone=config.site.zone, names=names,
                file=self.options.states,
            )  # fmt: skip
            self.said += self._there[date].notes
        return self._there[date]

    def _heads_required(self, queue: str) -> pd.Series | None:
        if self.required is None:
            return None
        rows = self.required[self.required["queue"] == queue]
        return pd.Series(rows["heads"].to_numpy(), index=pd.Index(rows["start"]))

"""A published plan as the people of one day work it: forecast, roster, calls of the days before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from ...forecast.calendar.calendars import Calendar
from ...forecast.calendar.grid import Grid
from ...forecast.errors import InputError
from ...forecast.tables import TABLES, check, read_csv
from ...schedule.problem.horizon import Horizon
from ...schedule.problem.staff import Agent
from ...schedule.tables import TABLES as SCHEDULE
from ...schedule.today.actions import Action
from ..config.schema import Config
from ..finished import refuse_hiring
from ..folders.one_run import one_run
from ..inputs.arguments import ARGUMENTS, read_arguments
from ..inputs.folder import Folder
from ..inputs.week_before import WeekBefore, known_rows
from ..intake.read import read_calls
from .kept_actions import taken
from .week_again import WeekAgain


@dataclass(frozen=True, eq=False)
class PlannedWeek:
    """What a run folder tells of the plan that people work.

    Attributes
    ----------
    run
        The run folder.
    config, calendar, horizon
        The checked plan.toml of the run, opening hours, and the planned days.
    volume
        The forecast that the plan was made for, table ``volume``.
    activity
        Who does what when, with typed times; shifts of the week before that run on among them.
    roster
        One row per agent and shift; empty of a plan without names.
    people
        The agents of the week; empty of a plan without names.
    past
        Calls of the days before the week, table ``calls``; None where the run was planned without.
    plan
        The plain dict of plan.toml, as the judge reads it.
    again
        The week as its planner had it, from which other shifts are offered, or why none can be; None = not asked for.
    taken
        Actions that the roster has taken since it was planned, each with its moment.
    """

    run: Path
    config: Config
    calendar: Calendar
    horizon: Horizon
    volume: pd.DataFrame = field(repr=False)
    activity: pd.DataFrame = field(repr=False)
    roster: pd.DataFrame = field(repr=False)
    people: tuple[Agent, ...] = field(repr=False)
    past: pd.DataFrame | None = field(repr=False)
    plan: Mapping[str, object] = field(repr=False)
    again: WeekAgain | str | None = field(default=None, repr=False)
    taken: tuple[tuple[Action, pd.Timestamp], ...] = field(default=(), repr=False)

    @classmethod
    def read(cls, run: Path, *, offers: bool = False, overtime: Sequence[int] = ()) -> PlannedWeek:
        """Read a run folder, all files of one run.

        Parameters
        ----------
        offers
            Whether other shifts will be offered to people: then the week is read as its planner had it, too.
        overtime
            Minutes by which a shift may be longer than planned; () = not at all.

        Raises
        ------
        InputError
            If `run` is no run folder of a week planned from calls, or a file of it cannot be read.
        """
        with one_run(run) as place:
            refuse_hiring(place)
            if not (place / "volume.csv").is_file():
                raise InputError(
                    "the run holds no forecast: it was planned for a requirement made elsewhere", file=run,
                    mend="Watch a run of: busyhour plan FOLDER",
                )  # fmt: skip
            asked = read_arguments(place / "inputs" / ARGUMENTS)
            folder = Folder.read(place / "inputs", asked.scenario, asked.overrides)
            config, zone = folder.config, folder.config.site.zone
            horizon = config.horizon(asked.week)
            rows = check(known_rows(place), SCHEDULE["activity"], zone=zone, file=run / "activity.csv")
            roster = place / "roster.csv"
            return cls(
                run,
                config,
                folder.calendar(),
                horizon,
                read_csv(place / "volume.csv", TABLES["volume"], zone=zone),
                rows,
                read_csv(roster, SCHEDULE["roster"], zone=zone) if roster.is_file() else pd.DataFrame(),
                folder.people(horizon.grid, WeekBefore()),
                _past(folder),
                folder.plan,
                _again(place, overtime) if offers else None,
                taken(place, zone),
            )

    def is_open(self, date: dt.date) -> bool:
        """Whether the plan holds a day on which something is open."""
        return date in self.horizon.grid.dates and bool((self.volume["start"].dt.date == date).any())

    def day(self, date: dt.date, interval_min: int) -> PlannedDay:
        """Return one day of the week in intervals of `interval_min`, which divides those of the forecast.

        Raises
        ------
        InputError
            If the plan does not hold the day, or nothing is open on that day.
        """
        first, last = self.horizon.grid.dates[0], self.horizon.grid.dates[-1]
        if date not in self.horizon.grid.dates:
            raise InputError(
                f"the plan does not hold {date}: it holds {first} to {last}", file=self.run, value=str(date),
                mend="Name the run of that day's week",
            )  # fmt: skip
        rows = self.volume[self.volume["start"].dt.date == date]
        if rows.empty:
            raise InputError(f"nothing is open on {date}", file=self.run, value=str(date),
                             mend=f"The plan holds {first} to {last}")  # fmt: skip
        coarse = self.config.site.interval_min
        first_start = rows["start"].min()
        end = rows["start"].max() + pd.Timedelta(minutes=coarse)
        starts = pd.date_range(first_start, end, freq=f"{interval_min}min", inclusive="left")
        return PlannedDay(self, date, starts, interval_min)


@dataclass(frozen=True, eq=False)
class PlannedDay:
    """One day of a planned week in I intervals, from the first that is open to the last.

    Attributes
    ----------
    starts
        Starts of the intervals, shape (I,).
    interval_min
        Minutes of an interval.
    """

    week: PlannedWeek
    date: dt.date
    starts: pd.DatetimeIndex
    interval_min: int

    @property
    def end(self) -> pd.Timestamp:
        """End of the last interval."""
        return self.starts[-1] + pd.Timedelta(minutes=self.interval_min)

    @property
    def queues(self) -> tuple[str, ...]:
        """The queues that are open on the day, in the order of plan.toml."""
        there = set(self.rows["queue"])
        return tuple(name for name in self.week.config.queue if name in there)

    @property
    def rows(self) -> pd.DataFrame:
        """The rows of the forecast of the day."""
        found: pd.DataFrame = self.week.volume[self.week.volume["start"].dt.date == self.date]
        return found

    @property
    def wall(self) -> np.ndarray:
        """Wall-clock interval of the day of each interval, shape (I,): as a `History` counts them."""
        return np.asarray((self.starts.hour * 60 + self.starts.minute) // self.interval_min)

    def column(self, queue: str, name: str, *, shared: bool = False) -> np.ndarray:
        """Return a column of the forecast by interval, shape (I,); NaN where the queue is closed.

        Parameters
        ----------
        shared
            Whether a value is shared out evenly among the intervals that an interval of the forecast holds; else they
            all have that value.
        """
        coarse = self.week.config.site.interval_min
        rows = self.rows[self.rows["queue"] == queue].set_index("start")[name]
        since = self.starts - pd.to_timedelta((self.starts.minute + 60 * self.starts.hour) % coarse, unit="min")
        found = rows.reindex(since).to_numpy(dtype=float)
        return np.asarray(found * (self.interval_min / coarse) if shared else found)

    def absent(self) -> float:
        """Return the share of the people in the roster who will not be there."""
        return float(self.week.config.shrinkage.absent(Grid(self.date, 1, 1440, None))[0])


def _again(place: Path, overtime: Sequence[int]) -> WeekAgain | str:
    """Return the week as its planner had it, or why it cannot be read."""
    try:
        return WeekAgain.read(place, overtime)
    except InputError as error:
        return str(error).rstrip(".")


def _past(folder: Folder) -> pd.DataFrame | None:
    """Return the calls that a run keeps of the days before; a run keeps them by their names, without folders."""
    intake = folder.config.intake
    names = _kept(folder.path, intake.files)
    if not names:
        return None
    shape = None if intake.day_shape is None else Path(intake.day_shape).name
    kept = replace(intake, files=names, day_shape=shape)
    return replace(folder, config=folder.config.model_copy(update={"intake": kept})).calls()[0]


def _kept(place: Path, files: Sequence[str]) -> tuple[str, ...]:
    """Return the calls files in `place` that the names or patterns of an intake mean."""
    found = {path.name: None for name in files for path in sorted(place.glob(Path(name).name)) if path.is_file()}
    return tuple(found)


def read_like_calls(
    week: PlannedWeek, files: Sequence[Path], step_min: int | None = None, *, whole_days: bool = False
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read files that have the columns of the plan's calls, or those of calls.csv; as `intake.read.read_calls`.

    Parameters
    ----------
    step_min
        Minutes of the steps on which the files' times lie; None = as the files show.

    Raises
    ------
    InputError
        As `read_calls`: another queue, overlapping files with different figures, text among numbers.
    """
    config = week.config
    intake = replace(config.intake, files=tuple(str(f.resolve()) for f in files), outside=True)
    intake = intake if step_min is None else replace(intake, interval_min=step_min)
    return read_calls(
        week.run,
        intake,
        zone=config.site.zone,
        interval_min=config.site.interval_min,
        queues=tuple(config.queue),
        whole_days=whole_days,
    )

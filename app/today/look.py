"""One look at a running day, and what stays the same from look to look."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from ...forecast.errors import InputError
from ...forecast.intraday.seen import Meter, Visible
from ...forecast.progress import Watch
from ...forecast.queueing.moving.transient_law import TransientLaw
from ...schedule.today.actions import ActionParams, Menu
from ...schedule.today.desk import Outlook, RunningDesk
from ...schedule.today.expected import Expected
from ...schedule.today.menu import menu
from ...schedule.today.undo import undo
from .actuals import Actuals, of_day
from .chance import Course, DayChance, courses_of, day_chance, mean_rest
from .events import DeskEvent, read_events
from .message import Message, ranked
from .now import asked_now, moment, wall_clock
from .outlook import QueueNow, outlook_of
from .planned_day import PlannedDay, PlannedWeek
from .queried import laid_down
from .queue_backing_up import BackingUp, Waiting, backing_up, read_board
from .read_actuals import ReadActuals, read_actuals
from .running_desk import running_desk
from .watched import Watches
from .week_again import offered_by
from .words import LookedAt, messages_of, silence

CAPS = ("max_abandon", "max_occupancy", "max_asa_s", "max_asa_all_s", "max_wait_share")
"""Caps of a goal that a look at the day leaves aside."""


@dataclass(frozen=True)
class TodayOptions:
    """What a look is asked for.

    Attributes
    ----------
    actuals
        Files of the calls so far, folders of such files, or queries of `database`.
    now
        Moment as the user wrote it; None = by the clock, or at the end of what came.
    board
        File of who waits at this moment; None = as the model of the queue expects.
    events
        Log of known events.
    alarms_per_week
        False alarms a week that the desk accepts, above 0.
    seed
        Seed of the simulation and of the watch's calibration; None = that of plan.toml.
    database
        Address that queries among the actuals ask.
    live
        Whether the day that runs by the clock is meant, if the plan holds it, although nothing of it may have come yet.
    calibrations
        Folder in which calibrations of the alarms are kept from look to look; None = each is learnt anew.
    """

    actuals: tuple[Path, ...]
    now: str | None = None
    board: Path | None = None
    events: Path | None = None
    alarms_per_week: float = 1.0
    seed: int | None = None
    database: str | None = None
    live: bool = False
    calibrations: Path | None = None


@dataclass(frozen=True, eq=False)
class QueueLook:
    """What a look finds out about one queue.

    Attributes
    ----------
    now
        Outlook and what came.
    courses
        How the rest may go; empty once the day is over.
    rest
        Expected service of the intervals to come, the mean over these.
    chance
        What the day may come to.
    visible, meter
        What size of change can be seen here at all, and alarms on past days against the promise; None without a watch.
    """

    now: QueueNow
    courses: tuple[Course, ...]
    rest: Expected
    chance: DayChance
    visible: Visible | None
    meter: Meter | None

    @property
    def calls(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Expected calls, the mean over how the rest may go, and bounds that hold a change whether it lasts or not."""
        one = self.now.outlook
        if not self.courses:
            return one.calls, one.low, one.high
        mean = np.asarray(sum(c.chance * c.calls for c in self.courses))
        share = np.divide(one.without_step, one.calls, out=np.ones(len(mean)), where=one.calls > 0.0)
        return mean, np.minimum(one.low, share * one.low), np.maximum(one.high, share * one.high)


@dataclass(frozen=True, eq=False)
class TodayLook:
    """One look at a running day.

    Attributes
    ----------
    actuals, desk, outlook
        What came, the roster, what the queues may expect.
    queues
        Queue → what the look found out.
    backed
        Each open queue beside what its goal tolerates.
    messages
        All that there is to say, the gravest first.
    menu
        What may be done; None where nothing is left of the day.
    notes
        What was left out, assumed or is unknown, a sentence each.
    """

    actuals: Actuals
    desk: RunningDesk = field(repr=False)
    outlook: Outlook = field(repr=False)
    queues: Mapping[str, QueueLook] = field(repr=False)
    backed: tuple[BackingUp, ...]
    messages: tuple[Message, ...]
    menu: Menu | None
    notes: tuple[str, ...]

    @property
    def day(self) -> PlannedDay:
        """The day."""
        return self.actuals.day


class DayLooker:
    """Looks at the running days of one plan, again and again; what does not change is read and learnt once.

    Parameters
    ----------
    week
        The plan.
    options
        What is asked for.
    """

    def __init__(self, week: PlannedWeek, options: TodayOptions) -> None:
        self.week, self.options = week, options
        zone = week.config.site.zone
        self.events: tuple[DeskEvent, ...] = (
            () if options.events is None else read_events(options.events, zone, tuple(week.config.queue))
        )
        self.seed = week.config.solve.seed if options.seed is None else options.seed
        self.watches = Watches(week, self.events, options.alarms_per_week, self.seed, options.calibrations)
        self._complete: dict[tuple[dt.date, int], int] = {}

    def look(self, watch: Watch, clock: pd.Timestamp | None = None) -> TodayLook:
        """Look at the day now.

        Parameters
        ----------
        clock
            The present moment; None = by the computer's clock.

        Raises
        ------
        InputError
            On actuals that cannot be read without guessing, of another queue or day, a day that the plan does not hold,
            or less than an earlier look has seen: a clock that goes backwards.
        Stopped
            If stopped on the way.
        """
        watch.tell("read", ", ".join(map(str, self.options.actuals)))
        with laid_down(self.options.actuals, self.options.database) as files:
            read = read_actuals(self.week, files)
        now, date = self._moment(read, wall_clock(self.week.config.site.zone) if clock is None else clock)
        day = self.week.day(date, self._step(read))
        actuals = of_day(read, day, now)
        self._refuse_backwards(actuals, read)
        desk = running_desk(day, now)
        watch.raise_if_stopped()
        seen, notes = self.watches.seen(actuals, watch)
        board = {} if self.options.board is None else read_board(self.options.board, day)
        outlook, queues = outlook_of(actuals, seen, desk, board)
        return self._told(actuals, desk, outlook, queues, board, notes, watch)

    def _told(
        self,
        actuals: Actuals,
        desk: RunningDesk,
        outlook: Outlook,
        queues: Sequence[QueueNow],
        board: Mapping[str, Waiting],
        notes: Sequence[str],
        watch: Watch,
    ) -> TodayLook:
        """Simulate, word and rank; the parameters are what `look` holds."""
        day, told, found = actuals.day, [], {}
        backed = backing_up(desk, outlook, board)
        over = outlook.now >= len(outlook.starts)
        for one in queues:
            name = one.outlook.queue
            watch.tell("expect", name)
            courses = () if over else courses_of(desk, outlook, one.outlook)
            watch.raise_if_stopped()
            chance = day_chance(day, outlook, one, courses, desk, seed=self.seed, watch=watch)
            watched = self.watches.of(day, name)
            found[name] = QueueLook(
                one,
                courses,
                mean_rest(courses) if courses else _nothing(),
                chance,
                None if watched is None else watched.visible,
                None if watched is None else watched.meter,
            )
            if not over:
                looked = LookedAt(day, actuals.now, desk, outlook, one, courses[-1].rest, chance, self.events)
                told += list(messages_of(looked, next((b for b in backed if b.queue == name), None)))
            if caps := [c for c in CAPS if getattr(one.outlook.goal, c) is not None]:
                notes = [*notes, f"the chance of {name} is that of its level; {', '.join(caps)} are not looked at"]
            if one.uncounted:
                some = one.uncounted < one.passed
                of = (
                    f" in {one.uncounted} of {one.passed} intervals: there the service"
                    if some
                    else ": the service so far"
                )
                untold = f"the files do not tell how many calls of {name} were in time within"
                notes = [*notes, f"{untold} {one.outlook.goal.within_s:g} s{of} is the model's"]
        told += silence(actuals)
        watch.raise_if_stopped()
        notes = [*notes]
        what = None if over else self._menu(day, desk, outlook, watch, notes)
        said = tuple(dict.fromkeys([*actuals.notes, *notes]))
        return TodayLook(actuals, desk, outlook, found, backed, ranked(told), what, said)

    def _menu(self, day: PlannedDay, desk: RunningDesk, outlook: Outlook, watch: Watch, notes: list[str]) -> Menu:
        """Return what may be done: where no change stands, what was done about an earlier one is undone first."""
        watch.tell("actions")
        params = ActionParams(call_price=self.week.config.costs.call_price)
        taken = [action for action, when in self.week.taken if when.date() == day.date and action.kind != "undo"]
        if taken and not any(one.step for one in outlook.queues):
            back = undo(desk, outlook, taken, params, watch)
            if back.actions:
                return back
        offered = None
        if isinstance(self.week.again, str):
            notes.append(f"no other shifts are offered: {self.week.again}")
        elif self.week.again is not None:
            try:
                offered = offered_by(self.week.again, desk, params)
            except InputError as error:
                notes.append(f"no other shifts are offered: {str(error).rstrip('.')}")
        return menu(desk, outlook, params, offered, watch)

    def _moment(self, read: ReadActuals, clock: pd.Timestamp) -> tuple[pd.Timestamp, dt.date]:
        """Return the moment of the look, and the local day that it falls on."""
        if read.last is None and any(self._complete.values()):
            raise InputError("the clock goes backwards: nothing is there any more", file=read.files[0],
                             mend="The earlier look stands until the file is whole again")  # fmt: skip
        step = pd.Timedelta(minutes=read.step_min or self.week.config.site.interval_min)
        end = None if read.last is None else read.last + step
        asked = None if self.options.now is None else asked_now(self.options.now, self.week.config.site.zone, read.date)
        if asked is None and self.options.live and not any(self._complete.values()) and self.week.is_open(clock.date()):
            return clock, clock.date()  # the files may still end with the day before
        now = moment(asked, clock, end)
        if asked is None and read.date is not None and now != clock:
            return now, read.date  # an interval may end at midnight
        return now, now.date()

    def _step(self, read: ReadActuals) -> int:
        """Return the intervals of the day in minutes: as fine as both the actuals and the history are."""
        coarse = self.week.config.site.interval_min
        steps = [read.step_min or coarse]
        if self.week.past is not None:
            gaps = np.diff(np.unique(self.week.past["start"].to_numpy())).astype("timedelta64[m]").astype(int)
            steps.append(int(np.bincount(np.minimum(gaps[gaps > 0], 1440)).argmax()) if (gaps > 0).any() else coarse)
        step = max(steps)
        return step if step < coarse and coarse % step == 0 and all(step % s == 0 for s in steps) else coarse

    def _refuse_backwards(self, actuals: Actuals, read: ReadActuals) -> None:
        """Raise `InputError` where fewer intervals have come than at an earlier look at the day."""
        key = actuals.day.date, actuals.day.interval_min
        before = self._complete.get(key, 0)
        if actuals.complete < before:
            until = actuals.day.starts[before - 1] + pd.Timedelta(minutes=actuals.day.interval_min)
            raise InputError(
                f"the clock goes backwards: intervals until {until:%H:%M} had come, now {actuals.complete} of "
                f"{before}",
                file=read.files[0] if read.files else None,
                mend="The earlier look stands until the file is whole again",
            )  # fmt: skip
        self._complete[key] = actuals.complete


def _nothing() -> Expected:
    """Return the service of no interval."""
    none = np.zeros(0)
    return Expected(none, none, none, none, TransientLaw.start())

"""A running day: who does what until its end, what of it may still move, and what the queues may expect."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ...forecast.errors import InputError
from ...forecast.queueing.goal.targets import ServiceGoal
from ...forecast.queueing.moving.transient_law import TransientLaw

ACTIVITIES = ("off", "phone", "break", "lunch", "meeting", "training", "leave")
"""Activities by the number that `RunningDesk.doing` gives them."""
OFF, PHONE, BREAK, LUNCH, MEETING, TRAINING, LEAVE = range(len(ACTIVITIES))


@dataclass(frozen=True)
class Movable:
    """A pause, meeting or training of one person that has not begun and may begin at another slot.

    Attributes
    ----------
    agent
        Row of `RunningDesk.agents`.
    activity
        Number of the activity: `BREAK`, `LUNCH`, `MEETING` or `TRAINING`.
    start, slots
        First slot and number of slots, as it stands.
    earliest, latest
        First and last slot at which it may begin, `start` among them; rules that tie several pauses of a shift are
        beside, in `before` and `after`.
    before, after
        Least slots of work between it and what stands before and after it in the same shift.
    meeting
        Name that those who meet share: they move together or not at all; "" of a pause.
    """

    agent: int
    activity: int
    start: int
    slots: int
    earliest: int
    latest: int
    before: int = 0
    after: int = 0
    meeting: str = ""


@dataclass(frozen=True, eq=False)
class RunningDesk:
    """The roster of one local date: S slots, A people, Q queues.

    Attributes
    ----------
    date
        The local date.
    starts
        Starts of the slots, aware of their zone where there is one, shape (S,): from the first interval of the day's
        outlook (`Outlook.starts`) to its end. Stretches outside of them are in `rows` alone.
    slot_min
        Minutes of a slot; divides those of an interval of the outlook.
    now
        First slot that may still change, 0 to S.
    agents, queues
        Names, by row and by number.
    doing
        Number of each person's activity in each slot, as in `ACTIVITIES`, shape (A, S).
    on
        Number of the queue that a person on the phone serves, -1 away from the phone, shape (A, S).
    movables
        What may move.
    rows
        The rows of ``activity.csv`` of all shifts that touch the day, as they stand.
    skills
        Whether a person may serve a queue, shape (A, Q).
    cost_h
        Wage of each person in money an hour, shape (A,); NaN = unknown.
    families
        Agent → the shift family of the person's shift of the day, where known: what judges the pauses.
    """

    date: dt.date
    starts: pd.DatetimeIndex
    slot_min: int
    now: int
    agents: tuple[str, ...]
    queues: tuple[str, ...]
    doing: np.ndarray
    on: np.ndarray
    movables: tuple[Movable, ...]
    rows: pd.DataFrame = field(repr=False)
    skills: np.ndarray
    cost_h: np.ndarray
    families: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        shape = (len(self.agents), len(self.starts))
        for name, value, asked in (
            ("doing", self.doing, shape), ("on", self.on, shape), ("cost_h", self.cost_h, shape[:1]),
            ("skills", self.skills, (len(self.agents), len(self.queues))),
        ):  # fmt: skip
            if value.shape != asked:
                raise InputError(f"Expected shape {asked}", column=name, value=value.shape)
        if not 0 <= self.now <= len(self.starts):
            raise InputError(f"Expected a slot from 0 to {len(self.starts)}", column="now", value=self.now)

    def heads(self, queue: str) -> np.ndarray:
        """Return the people planned on the phone of a queue in each slot, shape (S,)."""
        return np.asarray((self.on == self.queues.index(queue)).sum(axis=0))


@dataclass(frozen=True)
class Step:
    """A lasting change of calls that an alarm has found.

    Attributes
    ----------
    since
        Interval in which it began.
    size, low, high
        Relative change (0.3 = 30 % more calls) and its 80 % band.
    """

    since: int
    size: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class QueueOutlook:
    """What one queue may expect of its day: I intervals, those that came and those to come.

    Attributes
    ----------
    queue, goal
        The queue and its goal.
    is_open
        Whether the queue is open, shape (I,).
    morning
        Expected calls before the day began, shape (I,).
    calls
        Expected calls: those that came in complete intervals; of the rest as forecast now, a step that was found among
        them, as if it lasted to the end of the day; shape (I,).
    low, high
        80 % band of the calls to come, shape (I,); equal to `calls` where they came.
    without_step
        `calls` of the rest if the step ended now; equal to `calls` without a step.
    cv
        Coefficient of variation of the expected calls of the rest, which all its intervals share; 0 = sure.
    handle_s, patience_s
        Mean handle time and patience (infinite = callers wait for ever) in seconds, shape (I,).
    law
        Law of the queue at the begin of interval `Outlook.now`: calls in hand and waiting, given what came.
    offered, in_time
        Calls of the complete intervals that the goal's definition counts, and those of them in time: as counted in the
        actuals where they tell so, else as the model of the queue expects them.
    absent
        Share of the people in the roster who will not be there, 0 to below 1.
    step
        The change found, if it has not ended.
    """

    queue: str
    goal: ServiceGoal
    is_open: np.ndarray
    morning: np.ndarray
    calls: np.ndarray
    low: np.ndarray
    high: np.ndarray
    without_step: np.ndarray
    cv: float
    handle_s: np.ndarray
    patience_s: np.ndarray
    law: TransientLaw
    offered: float
    in_time: float
    absent: float = 0.0
    step: Step | None = None

    def __post_init__(self) -> None:
        for name in ("morning", "calls", "low", "high", "without_step", "handle_s", "patience_s"):
            if getattr(self, name).shape != self.is_open.shape:
                raise InputError(f"Expected shape {self.is_open.shape}", column=name, value=getattr(self, name).shape)

    def law_of(self, nodes: int) -> TransientLaw:
        """Return the law at now for so many call rates side by side, as `transient` asks where `cv` is above 0."""
        return TransientLaw(np.repeat(self.law.p[:1], nodes, axis=0), self.law.agents)


@dataclass(frozen=True, eq=False)
class Outlook:
    """What the queues of a running day may expect.

    Attributes
    ----------
    starts
        Starts of the intervals of the day, shape (I,): from the day's first open interval to its last.
    interval_min
        Minutes of an interval, a whole number of slots of the desk.
    now
        First interval that is not complete, 0 to I.
    queues
        One outlook per queue.
    """

    starts: pd.DatetimeIndex
    interval_min: int
    now: int
    queues: tuple[QueueOutlook, ...]

    def of(self, queue: str) -> QueueOutlook:
        """Return the outlook of a queue."""
        return next(one for one in self.queues if one.queue == queue)

"""People who started on the same day: what one head of them is expected to give and cost, by month."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields, replace

import numpy as np

from .days import Days
from .problem import Head, Kind, Transfer
from .tenure import MONTH_DAYS, staying, staying_experienced, training_days, working_speed
from .worth import progress

LONG_AGO = 10**6
"""Days since the start of people who are taken as experienced."""


@dataclass(frozen=True)
class PerHead:
    """Expected months of one head; all shapes (T,), all linear in heads.

    Parameters
    ----------
    opening, hires, leavers
        Heads before the month's first start, that start, and that leave.
    present, possible
        Mean heads, and share of the month in which a head may be there: from its first day to a known last one.
    training
        Mean heads in training.
    work_h
        Hours of presence on the phone, at the speed of experienced agents.
    experienced
        Mean heads at full speed.
    training_wages, wages
        Money for paid hours in training, and after.
    last
        Shape (1,): heads after the last month, newcomers by what has been spent on them so far (`progress`).
    """

    opening: np.ndarray
    hires: np.ndarray
    leavers: np.ndarray
    present: np.ndarray
    possible: np.ndarray
    training: np.ndarray
    work_h: np.ndarray
    experienced: np.ndarray
    training_wages: np.ndarray
    wages: np.ndarray
    last: np.ndarray

    def times(self, heads: float) -> PerHead:
        """Return the months of `heads` such heads."""
        return PerHead(*(heads * getattr(self, f.name) for f in fields(self)))

    def plus(self, other: PerHead) -> PerHead:
        """Return the months of both."""
        return PerHead(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    @classmethod
    def nobody(cls, months: int) -> PerHead:
        """Return the months of nobody."""
        return cls(*(np.zeros(1 if f.name == "last" else months) for f in fields(cls)))


def per_head(
    kind: Kind, days: Days, alive: np.ndarray, age: np.ndarray, pace: np.ndarray, full: float, learns: int
) -> PerHead:
    """Return the months of one head that is there with probability `alive` on each day; arrays of shape (D + 1,).

    Parameters
    ----------
    age
        Days since the first day in this kind.
    pace
        Work of an hour; 0 in training.
    full
        Work of an experienced agent's hour.
    learns
        Days of training.
    """
    here = np.where(age > 0, alive, 0.0)  # before the starts of a day
    hours = kind.paid_h * kind.present
    opening = here[days.begin]
    hires = np.zeros(days.months)
    first = np.flatnonzero(age == 0)
    if len(first) and first[0] < days.begin[-1]:
        hires[np.searchsorted(days.begin, first[0], side="right") - 1] = alive[first[0]]
    training = days.mean(alive * ((age >= 0) & (age < learns)))
    there = days.mean(alive)
    return PerHead(
        opening=opening[:-1],
        hires=hires,
        leavers=opening[:-1] + hires - opening[1:],
        present=there,
        possible=days.mean(1.0 * (alive > 0)),
        training=training,
        work_h=hours * days.mean(alive * pace),
        experienced=days.mean(alive * (pace == full)),
        training_wages=kind.paid_h * kind.cost_h * training,
        wages=kind.paid_h * kind.cost_h * (there - training),
        last=alive[-1:],
    )


def _newcomers(kind: Kind, days: Days, alive: np.ndarray, age: np.ndarray) -> PerHead:
    """Return the months of a head that came by a class."""
    learning = kind.learning
    learns = training_days(learning.training_weeks)
    pace = working_speed(learning.speed, learning.training_weeks, age)
    months = per_head(kind, days, alive, age, pace, learning.speed[-1], learns)
    return replace(months, last=months.last * progress(kind, float(age[-1]))) if age[-1] >= 0 else months


def of_class(kind: Kind, days: Days, start: dt.date) -> PerHead:
    """Return the months of one head of a class that starts on `start`."""
    age = days.numbers - days.number(start)
    return _newcomers(kind, days, np.where(age >= 0, staying(kind.learning, age), 0.0), age)


def of_today(kind: Kind, days: Days, as_of: dt.date, head: Head) -> PerHead:
    """Return the months of one of today's people, who is there on the day of planning."""
    today = days.number(as_of)
    if head.since is None:
        age = np.full(len(days.numbers), LONG_AGO)
        alive = staying_experienced(kind.learning, days.numbers - today)
    else:
        age = days.numbers - days.number(head.since)
        now = max(today, days.number(head.since))
        reached = float(staying(kind.learning, np.array([now - days.number(head.since)]))[0])
        later = staying(kind.learning, age)
        alive = np.where(days.numbers <= now, 1.0, later / reached if reached > 0 else 0.0) * (age >= 0)
    if head.until is not None:
        alive = alive * (days.numbers < days.number(head.until))
    return _newcomers(kind, days, alive, age)


def plain(kind: Kind, as_of: dt.date, head: Head) -> Head:
    """Return `head`, without its first day where that tells nothing any more: so that alike people are counted once."""
    if head.since is None:
        return head
    learning, days = kind.learning, (as_of - head.since).days
    learns = training_days(learning.training_weeks)
    same_leave = days >= (len(learning.leave) - 1) * MONTH_DAYS
    same_speed = days >= learns + (len(learning.speed) - 1) * MONTH_DAYS
    return Head(None, head.until) if same_leave and same_speed else head


def of_transfer(source: Kind, target: Kind, way: Transfer, days: Days, month: int) -> tuple[PerHead, PerHead]:
    """Return what a head less means for `source` and a head more for `target`, from the first day of `month` on."""
    age = days.numbers - days.begin[month]
    gone = np.where(age >= 0, staying_experienced(source.learning, age), 0.0)
    come = np.where(age >= 0, staying_experienced(target.learning, age), 0.0)
    old = np.full(len(age), source.learning.speed[-1])
    new = working_speed(way.speed, way.weeks, age)
    loss = per_head(source, days, gone, age, old, old[0], 0).times(-1.0)
    return loss, per_head(target, days, come, age, new, way.speed[-1], training_days(way.weeks))

"""What may still be done today: an action, the menu of actions, and how the menu is searched."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from ...forecast.errors import InputError

KINDS = ("move", "meeting", "cancel", "skill", "overtime", "call_in", "time_off", "undo")
"""Kinds of action.

A pause moved; a meeting or training moved; one cancelled; somebody on another queue; a shift prolonged; somebody called
in; a shift shortened or given up (voluntary time off); an earlier action undone.
"""

COUNTS = (1, 2, 5, 10, 20)
"""Actions after which the frontier is measured, beside all of them."""


class ActivityRow(NamedTuple):
    """A row of activity.csv that an action takes ``out`` of the roster or puts ``in``."""

    way: str
    agent: str
    start: pd.Timestamp
    end: pd.Timestamp
    activity: str
    queue: str


def activity_rows(table: pd.DataFrame) -> list[ActivityRow]:
    """Return the rows of an activity table with typed times, neither out nor in."""
    columns = (table[name] for name in ("agent", "start", "end", "activity", "queue"))
    return [
        ActivityRow("", str(agent), start, end, str(what), queue if isinstance(queue, str) else "")
        for agent, start, end, what, queue in zip(*columns, strict=True)
    ]


@dataclass(frozen=True)
class Action:
    """One change of the rest of the day, with what it brings when the actions before it in its menu are taken too.

    Attributes
    ----------
    kind
        One of `KINDS`.
    people
        Those who are touched.
    what
        The action in words.
    gain_points, gain_calls
        Points of the day's service level (of the queue that gains most), and calls in time over all queues; the mean
        over the lengths that the change of calls may have. Each is the action's share of a difference between two
        rosters that the transient model measured. Below 0 where service is given up for money.
    cost
        Money that it costs, beside what is paid anyway; below 0 where it saves. NaN where a wage is unknown.
    change
        Rows of activity out and in.
    """

    kind: str
    people: tuple[str, ...]
    what: str
    gain_points: float
    gain_calls: float
    cost: float
    change: tuple[ActivityRow, ...]


@dataclass(frozen=True)
class FrontierPoint:
    """The first `actions` of a menu taken together, measured by the transient model.

    Attributes
    ----------
    actions, people
        Number of actions, and of different people touched.
    gain_points, gain_calls, cost
        As in `Action`, summed.
    gain_by_length
        Calls in time gained if the change of calls lasts as long as each of `Menu.lengths_h`.
    least_level
        Lowest service level of any slot of the rest of the day, of any queue and length.
    """

    actions: int
    people: int
    gain_points: float
    gain_calls: float
    cost: float
    gain_by_length: tuple[float, ...]
    least_level: float


@dataclass(frozen=True)
class Menu:
    """What can be done for the rest of the day, best first.

    Attributes
    ----------
    actions
        In the order in which they are best taken; each counts on those before it.
    frontier
        After 1, 2, 5, 10, 20 and all actions, as far as there are so many.
    lengths_h, chances
        Hours that the change of calls may still last (infinite: to the end of the day), and their chances.
    service
        Queue → expected service level of the day when nothing is done, the mean over the lengths.
    spare
        Whether the goals are held with something to spare, so that the actions give hours back.
    id
        Name of the menu: the same actions on the same roster have the same one.
    seconds
        Time that the menu took.
    """

    actions: tuple[Action, ...]
    frontier: tuple[FrontierPoint, ...]
    lengths_h: tuple[float, ...]
    chances: tuple[float, ...]
    service: dict[str, float]
    spare: bool
    id: str
    seconds: float = 0.0

    def first(self, actions: int) -> tuple[Action, ...]:
        """Return the first so many actions.

        Raises
        ------
        InputError
            If there are fewer.
        """
        if not 1 <= actions <= len(self.actions):
            raise InputError(f"Expected a number of actions from 1 to {len(self.actions)}", column="apply",
                             value=actions)  # fmt: skip
        return self.actions[:actions]


@dataclass(frozen=True)
class ActionParams:
    """How the menu of a day is searched.

    Parameters
    ----------
    kinds
        Kinds of action to look for; ``undo`` is none of them.
    lengths_h
        Hours that a change of calls may still last; infinite = to the end of the day. Its length is not knowable when
        it is found, and actions planned for one length lose under another.
    chances
        Chances of these lengths, above 0; they are scaled to a sum of 1. Short ones come first: most changes pass.
    notice_min
        Minutes before a pause, a meeting or a change of queue that the person must be told.
    call_in_notice_min
        Minutes before a shift that nobody expected.
    floor
        Share: no slot's service is pushed below this, or below where it stands if that is less. Without a floor the
        search piles pauses into lost quarter-hours, for there nothing more is lost.
    call_price
        Money that a call in time is worth: what an action may cost at most for each call that it gains.
    abandon_weight
        Calls in time that an abandoned call counts as, in the search alone.
    cancel_price_h
        Money that an hour of a cancelled meeting or training is worth: it is to be held another day.
    overtime_share, call_in_share
        Premium on the wage for hours beyond the shift, and of a shift nobody expected, as a share of the wage.
    least_calls
        Calls in time below which an action is not worth anybody's trouble.
    most_actions
        Most actions of a menu: more are read by nobody.
    spare_points
        Points by which every goal must be held, whatever the length, before hours are given back.
    """

    kinds: tuple[str, ...] = ("move", "meeting", "cancel", "skill", "overtime", "call_in", "time_off")
    lengths_h: tuple[float, ...] = (1.0, 2.0, math.inf)
    chances: tuple[float, ...] = (0.5, 0.25, 0.25)
    notice_min: int = 15
    call_in_notice_min: int = 60
    floor: float = 0.6
    call_price: float = 15.0
    abandon_weight: float = 0.25
    cancel_price_h: float = 20.0
    overtime_share: float = 0.5
    call_in_share: float = 0.25
    least_calls: float = 0.05
    most_actions: int = 100
    spare_points: float = 2.0

    def __post_init__(self) -> None:
        unknown = [kind for kind in self.kinds if kind not in KINDS[:-1]]
        if unknown:
            raise InputError("unknown kind of action", column="kinds", value=unknown[0],
                             mend=f"One of {', '.join(KINDS[:-1])}")  # fmt: skip
        if len(self.lengths_h) != len(self.chances) or not self.lengths_h:
            raise InputError("Expected one chance per length", column="chances", value=len(self.chances))
        for name, low, high in RANGES:
            value = getattr(self, name)
            for number in value if isinstance(value, tuple) else (value,):
                if not low <= number <= high:
                    raise InputError(f"Expected a number from {low:g} to {high:g}", column=name, value=number)


RANGES = (
    ("lengths_h", 1e-6, math.inf),
    ("chances", 1e-6, 1.0),
    ("notice_min", 0, 1440),
    ("call_in_notice_min", 0, 1440),
    ("floor", 0.0, 1.0),
    ("call_price", 0.0, 1e6),
    ("abandon_weight", 0.0, 10.0),
    ("cancel_price_h", 0.0, 1e6),
    ("overtime_share", 0.0, 10.0),
    ("call_in_share", 0.0, 10.0),
    ("least_calls", 0.0, 1e6),
    ("most_actions", 1, 10_000),
    ("spare_points", 0.0, 100.0),
)
"""Field of `ActionParams`, least and largest value."""

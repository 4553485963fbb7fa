"""The queue that an interval's goal tolerates: how many may wait before calls, and before the interval, are late."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ...errors import InputError
from .targets import ServiceGoal

_TIE = 1e-9
"""Callers by which a bound may be passed and still hold: rounding."""


@dataclass(frozen=True)
class ToleratedQueue:
    """Two levels of a queue that is served first come, first served.

    Attributes
    ----------
    late
        Most callers who may wait so that one who comes now is expected to be answered in time: with n agents and a
        handle time h a place moves up every h / n seconds.
    lost
        Callers waiting from which this queue alone costs the interval its goal, if the interval comes as expected:
        while it drains down to `late`, more calls are late than the goal leaves. Infinite where no queue does.
    late_wait_s, lost_wait_s
        Waits of the caller at the head that go with them: the goal's threshold, and the time in which `lost` callers
        move up.
    """

    late: int
    lost: float
    late_wait_s: float
    lost_wait_s: float

    def level(self, waiting: float, longest_wait_s: float | None = None) -> int:
        """Return 0 where the goal tolerates the queue, 1 where new callers will be late, 2 where the goal is lost."""
        wait = 0.0 if longest_wait_s is None else longest_wait_s
        if waiting >= self.lost or (wait > self.lost_wait_s and waiting > 0.0):
            return 2
        return 1 if waiting >= self.late + 1 or wait > self.late_wait_s else 0


def tolerated_queue(
    goal: ServiceGoal, *, agents: float, calls: float, interval_s: float, handle_s: float, patience_s: float
) -> ToleratedQueue:
    """Return the queue that an interval's goal tolerates.

    A queue of q callers shrinks by n / h + q / patience − call rate callers a second. Until it is down to `late`, all
    who come are late, and so are those who wait beyond `late` now.

    Parameters
    ----------
    agents
        People on the phone, at least 0.
    calls, interval_s
        Expected calls of the interval, and its seconds.
    handle_s, patience_s
        Mean handle time and mean patience (infinite = for ever), seconds above 0.

    Raises
    ------
    InputError
        On a number out of range.
    """
    for name, value, low in (("agents", agents, 0.0), ("calls", calls, 0.0), ("interval_s", interval_s, 1e-9),
                             ("handle_s", handle_s, 1e-9), ("patience_s", patience_s, 1e-9)):  # fmt: skip
        if not value >= low:
            raise InputError(f"Expected {name} of at least {low:g}", column=name, value=value)
    served, rate = agents / handle_s, calls / interval_s
    late = math.floor(goal.within_s * served + _TIE)
    allowed = (1.0 - goal.level) * calls
    if served <= 0.0:
        return ToleratedQueue(0, 1.0, goal.within_s, goal.within_s)
    lost, queue, seconds = math.inf, late, 0.0
    while queue <= late + allowed + 1.0:  # beyond, those who wait are late calls enough
        if (queue - late) + rate * min(seconds, interval_s) > allowed + _TIE and queue > late:
            lost = float(queue)
            break
        queue += 1
        pace = served + queue / patience_s - rate
        seconds = seconds + 1.0 / pace if pace > 0.0 else math.inf
    return ToleratedQueue(late, lost, goal.within_s, max(lost / served, goal.within_s))

"""Special days: dates on which a centre differs from its weekday."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

from ..errors import InputError
from .opening_hours import Spans


@dataclass(frozen=True)
class SpecialDay:
    """A day that differs from its weekday.

    Parameters
    ----------
    date, name
        When and what.
    kind
        Days of one kind are taken to act alike; their effect is learnt from the past days of the kind.
    queue
        The only queue concerned; None = all.
    effect
        Multiplier on the calls where the planner knows it (1.2 = 20 % more); None = learn it.
    closed
        Whether the queue is shut all day.
    hours
        Open spans of this day in minutes after midnight (see `parse_hours`), in place of the weekday's; None = as ever.
    """

    date: dt.date
    name: str
    kind: str = "special"
    queue: str | None = None
    effect: float | None = None
    closed: bool = False
    hours: Spans | None = None

    def __post_init__(self) -> None:
        if self.closed and self.hours:
            raise InputError("a closed day has no hours", column="hours", mend="Leave either closed or hours blank")
        if self.effect is not None and not (self.effect > 0 and math.isfinite(self.effect)):
            raise InputError(
                "Expected effect > 0",
                column="effect",
                value=self.effect,
                mend="A multiplier: 20 % more calls is 1.2; for no calls set closed = 1",
            )

    def concerns(self, queue: str | None) -> bool:
        """Whether the day counts for `queue`."""
        return self.queue is None or self.queue == queue

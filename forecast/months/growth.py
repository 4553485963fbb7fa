"""The planner's own word on how calls will grow."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ..errors import InputError

MOST_GROWTH, MOST_STEP = 10.0, 100.0
"""Largest growth per year as a share (1,000 %), and largest factor of a step: more is surely a percentage."""
YEAR_DAYS = 365.25


@dataclass(frozen=True)
class Step:
    """A known change: from `date` on the calls are multiplied by `factor`.

    Parameters
    ----------
    date
        First day of the new level.
    factor
        Above 0 and at most `MOST_STEP`; a new client that brings a tenth more is 1.1.
    queue
        None = every queue.
    """

    date: dt.date
    factor: float
    queue: str | None = None

    def __post_init__(self) -> None:
        if not 0.0 < self.factor <= MOST_STEP:
            raise InputError(
                f"Expected a factor above 0 and at most {MOST_STEP:g}",
                column="growth.step.factor",
                value=self.factor,
                mend="A tenth more calls is 1.1",
            )


@dataclass(frozen=True)
class Growth:
    """How calls will grow; nothing given means that they stay on today's level.

    Parameters
    ----------
    per_year
        Growth per year as a share above -1 (0.05 is 5 %), compounded day by day from the end of the history: one
        number, or by queue, where queues without a number do not grow.
    steps
        Known changes on top.

    Raises
    ------
    InputError
        On a share that is out of range.

    Examples
    --------
    >>> end = dt.date(2026, 1, 1)
    >>> growth = Growth(0.1, (Step(dt.date(2026, 7, 1), 1.5),))
    >>> growth.factor("calls", [dt.date(2027, 1, 1)], end).round(3)
    array([1.65])
    """

    per_year: float | Mapping[str, float] = 0.0
    steps: Sequence[Step] = field(default=())

    def __post_init__(self) -> None:
        given = self.per_year.items() if isinstance(self.per_year, Mapping) else [("", self.per_year)]
        for queue, share in given:
            if not -1.0 < share <= MOST_GROWTH:
                raise InputError(
                    f"Expected a share above -1 and at most {MOST_GROWTH:g}",
                    column=".".join(["growth.per_year", *([queue] if queue else [])]),
                    value=share,
                    mend="5 % is 0.05",
                )

    def refuse_unknown(self, queues: Sequence[str]) -> None:
        """Raise `InputError` where a queue is named that does not exist."""
        named = [*(self.per_year if isinstance(self.per_year, Mapping) else ()), *(s.queue for s in self.steps)]
        for name in named:
            if name is not None and name not in queues:
                raise InputError("unknown queue", column="growth", value=name, mend=f"One of {', '.join(queues)}")

    def factor(self, queue: str, dates: Sequence[dt.date], end: dt.date) -> np.ndarray:
        """Return per day what the calls are multiplied by, counted from the day `end`, shape (len(dates),)."""
        share = self.per_year.get(queue, 0.0) if isinstance(self.per_year, Mapping) else self.per_year
        ahead = np.array([(d - end).days for d in dates], dtype=float)
        out: np.ndarray = (1.0 + share) ** (ahead / YEAR_DAYS)
        for step in self.steps:
            if step.queue in (None, queue) and step.date > end:
                out = out * np.where([d >= step.date for d in dates], step.factor, 1.0)
        return out

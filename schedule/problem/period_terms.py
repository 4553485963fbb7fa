"""A goal's period that is longer than the planned week: its terms in plan.toml, and the periods that a week touches."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from ...forecast.errors import InputError
from ...forecast.ranges import Range, refuse_beyond
from .horizon import Horizon

RESTS, BETWEEN = ("goal", "same"), ("steps", "linear")
MOST_CALLS = 1e9
RANGES = {name: Range(0, MOST_CALLS) for name in ("banked_in", "banked_counted", "rest_calls")}
"""Ranges of the numbers of a period."""

FIXED = ("offered", "total")
"""Definitions that count every call offered: only with these a figure follows from the calls gained alone."""


@dataclass(frozen=True)
class PeriodTerms:
    """A goal over a month or a contract's period: what is known of the period outside the planned week.

    Parameters
    ----------
    first, last
        First and last day of a contract's period; a month knows its own.
    banked_in, banked_counted
        Calls in time and calls counted of the period so far, by the goal's definition; without both they are counted
        from the calls (`answered_in`, `within_s`).
    banked_until
        Last day of what is banked; default: the last day of the calls, or with `banked_in` the day before the week.
    rest_calls
        Calls expected on the days of the period that are neither banked nor planned; default: as many as the planned
        week expects on the same weekdays.
    rest
        How these days are assumed to fare: `goal` = they meet the goal exactly, so that this week makes up for all that
        is banked; `same` = they reach what this week reaches.
    ladder
        Money by the period's figure, pairs of share and amount from low to high: ``[[0, -8000], [0.66, -4000], [0.7,
        0], [0.8, 3000]]`` takes 8,000 below 66 %, 4,000 from there to 70 %, and pays 3,000 from 80 %. Replaces
        `costs.lost_call` for this queue.
    between
        Between two pairs: `steps` = the amount of the lower one; `linear` = in proportion.
    """

    first: dt.date | None = None
    last: dt.date | None = None
    banked_in: float | None = None
    banked_counted: float | None = None
    banked_until: dt.date | None = None
    rest_calls: float | None = None
    rest: str = "goal"
    ladder: tuple[tuple[float, float], ...] = ()
    between: str = "steps"

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012 - read where config files are checked

    def __post_init__(self) -> None:
        refuse_beyond(self, {name: limits for name, limits in RANGES.items() if getattr(self, name) is not None})
        for key, known in (("rest", RESTS), ("between", BETWEEN)):
            if getattr(self, key) not in known:
                raise InputError(f"unknown {key}", column=key, value=getattr(self, key),
                                 mend=f"One of {', '.join(known)}")  # fmt: skip
        if (self.banked_in is None) != (self.banked_counted is None):
            raise InputError("banked_in and banked_counted go together", column="banked_in", value=self.banked_in,
                             mend="Give both, or leave both to be counted from the calls")  # fmt: skip
        if self.banked_in is not None and self.banked_in > (self.banked_counted or 0.0):
            raise InputError("more calls in time than calls counted", column="banked_in", value=self.banked_in,
                             mend=f"At most banked_counted, {self.banked_counted:g}")  # fmt: skip
        if self.first is not None and self.last is not None and self.first > self.last:
            raise InputError("the period ends before it begins", column="last", value=str(self.last),
                             mend=f"A day from {self.first} on")  # fmt: skip
        self._refuse_odd_ladder()

    def _refuse_odd_ladder(self) -> None:
        shares, money = [s for s, _ in self.ladder], [m for _, m in self.ladder]
        if not self.ladder:
            return
        if len(self.ladder) < 2 or shares[0] != 0.0:
            raise InputError("a ladder begins at the share 0 and has two pairs at least", column="ladder",
                             value=str(list(self.ladder)), mend="Write [[0, -8000], [0.7, 0]]")  # fmt: skip
        if any(a >= b for a, b in pairwise(shares)) or shares[-1] > 1.0:
            raise InputError("ladder out of order", column="ladder", value=str(shares),
                             mend="Shares rise from pair to pair, at most to 1: 80 % is 0.8")  # fmt: skip
        if any(a > b for a, b in pairwise(money)):
            raise InputError("a ladder that pays less for better service", column="ladder", value=str(money),
                             mend="Amounts never fall from pair to pair; what is taken is negative")  # fmt: skip

    def parts(self, basis: str, horizon: Horizon) -> Iterator[tuple[dt.date, dt.date, tuple[int, ...]]]:
        """Yield first day, last day and planned days (positions) of each period of `basis` that the horizon touches.

        Days outside the period of a contract are periods by themselves.

        Raises
        ------
        InputError
            If the period of a contract is unknown or holds no planned day.
        """
        spans = [_month(date) if basis == "month" else self._contract(date, horizon) for date in horizon.grid.dates]
        for first, last in dict.fromkeys(spans):
            yield first, last, tuple(i for i, span in enumerate(spans) if span == (first, last))

    def _contract(self, date: dt.date, horizon: Horizon) -> tuple[dt.date, dt.date]:
        first, last = self.first, self.last
        if first is None or last is None:
            raise InputError("the period of the contract is unknown", column="first", mend="Give first and last")
        if last < horizon.first or first > horizon.last:
            raise InputError(f"the planned week ({horizon.first} to {horizon.last}) lies outside the period",
                             column="first", value=f"{first} to {last}",
                             mend="Give the period of that week")  # fmt: skip
        if date < first:
            return horizon.first, first - dt.timedelta(days=1)
        return (first, last) if date <= last else (last + dt.timedelta(days=1), horizon.last)


def _month(date: dt.date) -> tuple[dt.date, dt.date]:
    return date.replace(day=1), date.replace(day=calendar.monthrange(date.year, date.month)[1])

"""The judge's view of one person's week: what is worked, before too, and what the contract asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .clock import Span
from .inputs import Asked, Person
from .shifts import Worked

WHOLE_DAY_MIN = 20 * 60
"""Minutes of leave that make a whole day off: a day of 23 hours, or leave from 04:00, still counts."""


@dataclass(frozen=True)
class Week:
    """One person, the shifts they work in the planned days, by start, and their shifts of the days before.

    `known` tells whether anything is known of the days before, of anybody: who has no shift there was off.
    """

    asked: Asked
    person: Person
    shifts: tuple[Worked, ...]
    before: tuple[Worked, ...] = ()
    known: bool = False

    @property
    def paid_h(self) -> float:
        """Paid hours of the week."""
        return sum(w.paid_min for w in self.shifts) / 60

    @property
    def dates(self) -> frozenset[dt.date]:
        """Days on which a shift counts."""
        return frozenset(w.date for w in self.shifts)

    def rule(self, name: str, silent: Any) -> Any:
        """Return the contract's own value of a rule, else that of ``[rules]``; `silent` where neither sets it."""
        own = self.person.contract.get(name)
        return self.asked.rule(name, silent) if own is None else own

    @property
    def most_days(self) -> int:
        """The contract's most days."""
        return int(self.person.contract.get("max_days", 5))

    @property
    def leave_days(self) -> int:
        """Open days of which leave covers 20 hours or all opening hours; at most `most_days`."""
        return min(self.most_days, sum(self._on_leave(date) for date in self.asked.dates))

    @property
    def gone_days(self) -> int:
        """Open days on leave, before hiring or after leaving; at most `most_days`."""
        gone = sum(self._on_leave(d) or (self.is_open(d) and not self.employed(d)) for d in self.asked.dates)
        return min(self.most_days, gone)

    @property
    def day_h(self) -> float:
        """Hours credited for a day: the contract's least hours spread over its most days."""
        return float(self.person.contract.get("min_h_week", 0)) / self.most_days if self.most_days else 0.0

    @property
    def least_h(self) -> float:
        """The contract's least hours, less those credited for days on which the person is gone."""
        return max(0.0, (self.most_days - self.gone_days) * self.day_h)

    def employed(self, date: dt.date) -> bool:
        """Whether the person is employed on `date`."""
        hired, leaves = self.person.hired, self.person.leaves
        return not ((hired and date < hired) or (leaves and date > leaves))

    def _hours(self, date: dt.date) -> list[Span]:
        return [span for queue in self.asked.plan.get("queue") or ("",) for span in self.asked.opening(queue, date)]

    def is_open(self, date: dt.date) -> bool:
        """Whether any queue is open on `date`."""
        return bool(self._hours(date))

    def _on_leave(self, date: dt.date) -> bool:
        if not self.person.leave:
            return False
        leave, hours = self.person.leave, self._hours(date)
        whole = covered(self.asked.clock.day(date), leave) >= WHOLE_DAY_MIN or all(
            covered(h, leave) >= h[1] - h[0] for h in hours
        )
        return bool(hours) and whole


def covered(span: Span, by: tuple[Span, ...]) -> float:
    """Return how many minutes of `span` lie in the union of `by`."""
    total, reached = 0.0, span[0]
    for start, end in sorted(by):
        low, high = max(start, reached), min(end, span[1])
        if high > low:
            total, reached = total + high - low, high
    return total


def overlaps(a: Span, b: Span) -> bool:
    """Whether two half-open spans share time."""
    return a[0] < b[1] and b[0] < a[1]


Found = Iterator[tuple[float | None, str]]
"""(start of the shift, None = the whole week; what is wrong) of each breach."""

"""Which days of the horizon make one weekend, by the weekdays that are free where the desk is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

SATURDAY_SUNDAY = frozenset({5, 6})
"""The usual weekend, as weekdays (0 = Monday)."""


def weekend_of(date: dt.date, weekend: Collection[int]) -> dt.date | None:
    """Return the first day of the weekend that a date lies in; None for other days.

    Weekdays of the weekend that follow each other are one weekend.

    Examples
    --------
    >>> weekend_of(dt.date(2026, 3, 8), {5, 6}), weekend_of(dt.date(2026, 3, 8), {4, 5})
    (datetime.date(2026, 3, 7), None)
    """
    if date.weekday() not in weekend:
        return None
    first = date
    while (first.weekday() - 1) % 7 in weekend and (date - first).days < 6:
        first -= dt.timedelta(days=1)
    return first


def weekends(dates: Sequence[dt.date], weekend: Collection[int]) -> tuple[int | None, ...]:
    """Return by date, of consecutive ones, the index of the first day of its weekend; below 0 = before the first."""
    firsts = (weekend_of(date, weekend) for date in dates)
    return tuple(None if first is None else (first - dates[0]).days for first in firsts)

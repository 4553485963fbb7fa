"""Public holidays to come, by what the history shows of the same holiday before."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..calendar.calendars import Calendar
from .history import History

_ADDED = re.compile(r"\s*\((?:observed|estimated|substituted[^)]*|in lieu)[^)]*\)", re.IGNORECASE)
"""What the names of holidays have behind them in some years, though it is the same holiday."""
TOGETHER = "; "
"""What stands between the names of two holidays on one date."""
DAY_OFF = "Day off"
"""The name of days that are free in exchange for others: no two of them are the same holiday."""
PAYDAY = "payday"
"""Kind of special day that the calendar makes itself: it says nothing on whether the desk is open."""


@dataclass(frozen=True)
class HolidaysAhead:
    """Public holidays on days that are open as a rule, and that the planner's special days do not name.

    Attributes
    ----------
    shut
        Those that come again after the desk was shut on the same holiday each time before, with how often it was.
    unseen
        Those that the history does not show on an open day.
    """

    shut: dict[dt.date, int]
    unseen: tuple[dt.date, ...]


def holidays_ahead(history: History, days: Sequence[dt.date]) -> HolidaysAhead:
    """Sort the public holidays among `days`, all after the history, by what was on the same holiday before.

    A holiday of the past counts where the desk is open on such a weekday, and shut is one without any known interval.
    """
    calendar, queue = history.known, history.queue
    usual = replace(calendar, special=())
    past: dict[str, list[bool]] = defaultdict(list)
    for date, row in zip(history.dates, history.seen, strict=True):
        for occasion in occasions(calendar, date) if usual.spans(date, queue) else ():
            past[occasion].append(not row.any())
    ahead = [
        day
        for day in days
        if day > history.last_date
        and calendar.holiday(day)
        and usual.spans(day, queue)
        and not any(special.kind != PAYDAY for special in calendar.specials(day, queue))
    ]
    before = {day: [past[o] for o in occasions(calendar, day) if o in past] for day in ahead}
    shut = {day: max(map(len, own)) for day, own in before.items() if own and all(map(all, own))}
    return HolidaysAhead(shut, tuple(day for day, own in before.items() if not own))


def occasions(calendar: Calendar, date: dt.date) -> frozenset[str]:
    """Return the names of the public holidays of a day as they are in every year; nothing of other days."""
    names = (_ADDED.sub("", name).strip() for name in (calendar.holiday(date) or "").split(TOGETHER))
    return frozenset(names) - {"", DAY_OFF}

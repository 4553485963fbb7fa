"""The judge's rule of weekends worked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from .clock import DAY
from .inputs import WEEK_DAYS
from .week import Found, Week


def max_weekends(week: Week) -> Found:
    """Ensures that no further weekend is worked beyond the most, those of the seven days before counted."""
    most = week.rule("max_weekends", None)
    if most is None:
        return
    free = week.asked.weekend
    lately = {begin_of(w.date, free) for w in week.before if (week.asked.first - w.date).days <= WEEK_DAYS} - {None}
    now = {begin_of(date, free) for date in week.dates} - {None}
    if now - lately and len(now | lately) > most:
        yield None, f"{len(now | lately)} weekends worked, {len(lately)} of them the week before, most {most}"


def begin_of(date: dt.date, free: Collection[int]) -> dt.date | None:
    """Return the first day of the weekend that `date` lies in, of weekdays `free` that follow each other."""
    if date.weekday() not in free:
        return None
    back = 0
    while back < WEEK_DAYS - 1 and (date.weekday() - back - 1) % WEEK_DAYS in free:
        back += 1
    return date - back * DAY

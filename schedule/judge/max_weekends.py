"""The judge's rule of weekends worked."""

from __future__ import annotations

import datetime as dt

from .clock import DAY
from .inputs import WEEK_DAYS
from .week import Found, Week


def max_weekends(week: Week) -> Found:
    """Ensures that no further weekend is worked beyond the most, those of the seven days before counted."""
    most = week.rule("max_weekends", None)
    if most is None:
        return
    lately = {_saturday(w.date) for w in week.before if (week.asked.first - w.date).days <= WEEK_DAYS} - {None}
    now = {_saturday(date) for date in week.dates} - {None}
    if now - lately and len(now | lately) > most:
        yield None, f"{len(now | lately)} weekends worked, {len(lately)} of them the week before, most {most}"


def _saturday(date: dt.date) -> dt.date | None:
    """Return the Saturday of the weekend that `date` lies in."""
    return date - (date.weekday() - 5) * DAY if date.weekday() >= 5 else None

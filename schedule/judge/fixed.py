"""The judge's rule of fixed shifts and days off."""

from __future__ import annotations

from .possible import possible
from .week import Found, Week


def fixed(week: Week) -> Found:
    """Ensures what fixed.csv fixes: a day off, a family, or a family at a start."""
    for date, what in week.person.fixed:
        if date not in week.asked.dates or not week.employed(date):
            continue
        mine = [w for w in week.shifts if w.date == date]
        family, _, start = what.partition("@")
        kept = not mine if what == "off" else any(family in possible(week, w) for w in mine)
        if kept and start:
            kept = any(f"{week.asked.clock.wall(w.start):%H%M}" == start for w in mine)
        if not kept:
            told = ", ".join(f"{week.asked.clock.wall(w.start):%H:%M}" for w in mine) or "off"
            yield None, f"{what} is fixed for {date}, planned {told}"

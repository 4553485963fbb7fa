"""The judge's rules of when a person may work at all, and on what."""

from __future__ import annotations

from itertools import pairwise

from .clock import DAY
from .week import Found, Week, covered, overlaps


def one_shift_a_day(week: Week) -> Found:
    """Ensures that at most one shift starts on each day."""
    for a, b in pairwise(week.shifts):
        if a.date == b.date:
            yield b.start, f"second shift on {b.date}"


def availability(week: Week) -> Found:
    """Ensures work inside available windows on each day that has one, and outside unavailable ones."""
    clock = week.asked.clock
    for w in week.shifts:
        if any(overlaps((w.start, w.end), span) for span in week.person.unavailable):
            yield w.start, "works while unavailable"
        day = clock.wall(w.start).date()
        while (midnight := clock.begin(day)) < w.end:
            tomorrow = clock.begin(day + DAY)
            part = (max(w.start, midnight), min(w.end, tomorrow))
            tied = any(overlaps((midnight, tomorrow), span) for span in week.person.available)
            if tied and covered(part, week.person.available) < part[1] - part[0]:
                yield w.start, f"works outside the available windows of {day}"
            day += DAY


def leave(week: Week) -> Found:
    """Ensures no work during leave."""
    for w in week.shifts:
        for span in week.person.leave:
            if overlaps((w.start, w.end), span):
                yield w.start, f"works during leave from {week.asked.clock.text(span[0])}"


def employment(week: Week) -> Found:
    """Ensures no work before hiring or after leaving."""
    for w in week.shifts:
        first, last = (week.asked.clock.wall(x).date() for x in (w.start, w.end - 1))
        if not (week.employed(first) and week.employed(last)):
            hired, leaves = week.person.hired or "always", week.person.leaves or "open"
            yield w.start, f"works outside employment ({hired} to {leaves})"


def skills(week: Week) -> Found:
    """Ensures that nobody answers a queue they have no skill for."""
    able = week.person.skills
    for w in week.shifts if able is not None else ():
        for queue in sorted({r.queue for r in w.rows if r.what == "phone"} - {"", *(able or ())}):
            yield w.start, f"answers {queue} without the skill"

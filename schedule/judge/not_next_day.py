"""The judge's rule of families that may not follow each other."""

from __future__ import annotations

from itertools import pairwise

from .clock import DAY
from .possible import fitting, possible
from .week import Found, Week


def not_next_day(week: Week) -> Found:
    """Ensures that no family is worked on the day after one that bars it, where that is the only way to read it.

    A shift of last week that is of no family bars nothing.
    """
    barred = week.rule("not_next_day", {})
    for a, b in pairwise((*week.before[-1:], *week.shifts)) if barred else ():
        pairs = [(x, y) for x in fitting(week, a) for y in possible(week, b)]
        if b.date - a.date == DAY and pairs and all(y in barred.get(x, ()) for x, y in pairs):
            yield b.start, f"{min(y for _, y in pairs)} on the day after {min(x for x, _ in pairs)}"

"""The judge's rule of whole weekends."""

from __future__ import annotations

from itertools import pairwise

from .max_weekends import begin_of
from .week import Found, Week


def whole_weekends(week: Week) -> Found:
    """Ensures that both days of an open weekend are worked or none, where both are planned."""
    for a, b in pairwise(week.asked.dates):
        free = week.asked.weekend
        both = begin_of(a, free) is not None and begin_of(a, free) == begin_of(b, free)
        both = both and week.is_open(a) and week.is_open(b)
        if week.rule("whole_weekends", False) and both and (a in week.dates) != (b in week.dates):
            yield None, f"works one day only of the weekend of {a}"

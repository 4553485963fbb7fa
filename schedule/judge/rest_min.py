"""The judge's rule of rest between shifts."""

from __future__ import annotations

from itertools import pairwise

from .week import Found, Week


def rest_min(week: Week) -> Found:
    """Ensures the least rest between a shift and the next one, the last one of the days before included."""
    least = least_rest(week)
    for a, b in pairwise((*week.before[-1:], *week.shifts)):
        if b.start - a.end < least:
            yield b.start, f"{b.start - a.end:g} min rest before this shift, least {least:g}"


def least_rest(week: Week) -> float:
    """Return the least minutes of rest; shifts that touch would be one."""
    return max(1.0, float(week.asked.rule("rest_min", 660)))

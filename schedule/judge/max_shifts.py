"""The judge's rule of caps on the shifts of a family."""

from __future__ import annotations

from .possible import possible
from .week import Found, Week


def max_shifts(week: Week) -> Found:
    """Ensures that no family is worked more often than its cap, shifts that may be another one not counted."""
    for family, most in week.rule("max_shifts", {}).items():
        worked = sum(possible(week, w) == {family} for w in week.shifts)
        if worked > most:
            yield None, f"{worked} shifts of {family}, most {most}"

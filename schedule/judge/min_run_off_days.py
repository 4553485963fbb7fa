"""The judge's rule of the shortest run of days off."""

from __future__ import annotations

from itertools import pairwise

from .week import Found, Week


def min_run_off_days(week: Week) -> Found:
    """Ensures that no run of days off between two days worked is too short."""
    least = int(week.rule("min_run_off_days", 1))
    for a, b in pairwise(sorted(week.dates | {w.date for w in week.before})):
        off = (b - a).days - 1
        if b >= week.asked.first and 0 < off < least:
            yield None, f"{off} days off in a row before {b}, least {least}"

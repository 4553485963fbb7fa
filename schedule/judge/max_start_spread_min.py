"""The judge's rule of steady starts."""

from __future__ import annotations

from .week import Found, Week


def max_start_spread_min(week: Week) -> Found:
    """Ensures that the week's starts, by the clock on the wall, lie no further apart than the rule allows."""
    most = week.asked.rule("max_start_spread_min", None)
    starts = []
    for w in week.shifts:
        wall = week.asked.clock.wall(w.start)
        starts.append((wall.date() - w.date).days * 1440 + wall.hour * 60 + wall.minute)
    if most is not None and starts and max(starts) - min(starts) > most:
        yield None, f"starts lie {max(starts) - min(starts)} min apart, most {most}"

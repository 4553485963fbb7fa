"""The judge's rule of the longest run of days worked."""

from __future__ import annotations

import datetime as dt

from .week import Found, Week


def max_run_days(week: Week) -> Found:
    """Ensures no more days worked in a row than the rule allows, the days before the week counted."""
    worked = week.dates | {w.date for w in week.before}
    run, most = 0, int(week.rule("max_run_days", 6))
    day = min(worked, default=week.asked.first)
    while day <= week.asked.dates[-1]:
        run = run + 1 if day in worked else 0
        if run == most + 1 and day >= week.asked.first:
            yield None, f"more than {most} days in a row, on {day}"
        elif run > most and day == week.asked.first:
            yield None, f"{run} days in a row on {day}, most {most}"
        day += dt.timedelta(days=1)

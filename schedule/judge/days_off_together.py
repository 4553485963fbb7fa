"""The judge's rule of one long run of days off."""

from __future__ import annotations

from .inputs import WEEK_DAYS
from .week import Found, Week


def days_off_together(week: Week) -> Found:
    """Ensures one run of days off of the asked length inside a planned week."""
    asked = int(week.rule("days_off_together", 2))
    runs = "".join("w" if d in week.dates else "o" for d in week.asked.dates).split("w")
    if week.asked.days >= WEEK_DAYS and max(map(len, runs)) < asked:
        yield None, f"{max(map(len, runs))} days off together, least {asked}"

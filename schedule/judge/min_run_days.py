"""The judge's rule of the shortest run of days worked."""

from __future__ import annotations

import datetime as dt

from .clock import DAY, Span
from .inputs import DAYS
from .rest_min import least_rest
from .week import Found, Week, covered, overlaps


def min_run_days(week: Week) -> Found:
    """Ensures that no run of days worked is too short that ends before the last planned day.

    What began last week counts, unless the person could not go on working. Who has no shift in the week before was
    off; without a week before nothing is known.
    """
    least = int(week.rule("min_run_days", 1))
    runs: list[list[dt.date]] = []
    for date in sorted(week.dates | {w.date for w in week.before}):
        if runs and date - runs[-1][-1] == DAY:
            runs[-1].append(date)
        else:
            runs.append([date])
    first, last = week.asked.first, week.asked.dates[-1]
    for run in runs:
        if len(run) >= least or run[-1] >= last or run[-1] < first - DAY or (run[0] == first and not week.known):
            continue
        owed = least - sum(date < first for date in run)
        if run[0] < first and not all(_could_work(week, first + i * DAY) for i in range(min(owed, week.asked.days))):
            continue
        yield None, f"{len(run)} days in a row from {run[0]}, least {least}"


def _could_work(week: Week, date: dt.date) -> bool:
    """Whether the person could work some shift of their contract that starts on `date`."""
    asked, person = week.asked, week.person
    if not week.employed(date):
        return False
    hours = [
        span
        for queue in asked.plan.get("queue") or ("",)
        if person.skills is None or queue in person.skills
        for back in (-1, 0, 1)
        for span in asked.opening(queue, date + back * DAY)
    ]
    ready = week.before[-1].end + least_rest(week) if week.before else float("-inf")
    for family in (asked.families[n] for n in person.contract.get("shifts", ()) if n in asked.families):
        if DAYS[date.weekday()] in family.days:
            starts = (asked.clock.time(date, m) for m in range(family.first, family.last + 1, family.step))
            if any(s is not None and s >= ready and _free(week, (s, s + family.length), hours, date) for s in starts):
                return True
    return False


def _free(week: Week, span: Span, hours: list[Span], date: dt.date) -> bool:
    """Whether opening hours, leave and availability leave the person free in `span`, which starts on `date`."""
    person, clock = week.person, week.asked.clock
    if covered(span, tuple(hours)) < span[1] - span[0] or any(overlaps(span, x) for x in person.leave):
        return False
    if any(overlaps(span, x) for x in person.unavailable):
        return False
    for day in (date, date + DAY):
        whole = clock.day(day)
        part = (max(span[0], whole[0]), min(span[1], whole[1]))
        tied = any(overlaps(whole, x) for x in person.available)
        if tied and part[0] < part[1] and covered(part, person.available) < part[1] - part[0]:
            return False
    return True

"""The judge's rules of which days and which kinds of shifts follow each other in one person's week."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from itertools import pairwise

from .inputs import DAYS, Family, Span
from .shifts import SHAPE, Worked
from .weeks import Found, Week, covered, overlaps

DAY = dt.timedelta(days=1)


def run_least(week: Week) -> Found:
    """Ensures that no run of days worked is too short that ends before the last planned day.

    What began last week counts, unless the person could not go on working; without a week before nothing is known.
    """
    least, known = int(week.rule("min_run_days")), bool(week.before)
    runs: list[list[dt.date]] = []
    for date in sorted(week.dates | {w.date for w in week.before}):
        if runs and date - runs[-1][-1] == DAY:
            runs[-1].append(date)
        else:
            runs.append([date])
    first, last = week.asked.first, week.asked.dates[-1]
    for run in runs:
        if len(run) >= least or run[-1] >= last or run[-1] < first - DAY or (run[0] == first and not known):
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
    ready = week.before[-1].end + float(asked.rule("rest_min")) if week.before else float("-inf")
    for family in (asked.families[n] for n in person.contract.get("shifts", ()) if n in asked.families):
        if DAYS[date.weekday()] in family.days:
            starts = (asked.clock.at(date, m) for m in range(family.first, family.last + 1, family.step))
            if any(s >= ready and _free(week, (s, s + family.length), hours, date) for s in starts):
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
        whole = (clock.at(day), clock.at(day + DAY))
        part = (max(span[0], whole[0]), min(span[1], whole[1]))
        tied = any(overlaps(whole, x) for x in person.available)
        if tied and part[0] < part[1] and covered(part, person.available) < part[1] - part[0]:
            return False
    return True


def off_least(week: Week) -> Found:
    """Ensures that no run of days off between two days worked is too short."""
    least = int(week.rule("min_run_off_days"))
    for a, b in pairwise(sorted(week.dates | {w.date for w in week.before})):
        off = (b - a).days - 1
        if b >= week.asked.first and 0 < off < least:
            yield None, f"{off} days off in a row before {b}, least {least}"


def weekends(week: Week) -> Found:
    """Ensures that no further weekend is worked beyond the most, those of the seven days before counted."""
    most = week.rule("max_weekends")
    if most is None:
        return
    lately = {_saturday(w.date) for w in week.before if (week.asked.first - w.date).days <= 7} - {None}
    now = {_saturday(date) for date in week.dates} - {None}
    if now - lately and len(now | lately) > most:
        yield None, f"{len(now | lately)} weekends worked, {len(lately)} of them the week before, most {most}"


def _saturday(date: dt.date) -> dt.date | None:
    """Return the Saturday of the weekend that `date` lies in."""
    return date - (date.weekday() - 5) * DAY if date.weekday() >= 5 else None


def weekends_whole(week: Week) -> Found:
    """Ensures that both days of an open weekend are worked or none, where both are planned."""
    for a, b in pairwise(week.asked.dates):
        both = a.weekday() == 5 and week.is_open(a) and week.is_open(b)
        if week.rule("whole_weekends") and both and (a in week.dates) != (b in week.dates):
            yield None, f"works one day only of the weekend of {a}"


def possible(week: Week, worked: Worked) -> set[str]:
    """Return the families of the contract that a shift may be: several where they overlap, all where it is none."""
    named = {n: week.asked.families[n] for n in week.person.contract.get("shifts", ()) if n in week.asked.families}
    return {n for n, f in named.items() if _fits(week, worked, f)} or set(named)


def _fits(week: Week, worked: Worked, family: Family) -> bool:
    return not any(test(worked, family, week.asked.clock) for test in SHAPE.values())


def following(week: Week) -> Found:
    """Ensures that no family is worked on the day after one that bars it, where that is the only way to read it."""
    barred = week.rule("not_next_day")
    for a, b in pairwise((*week.before[-1:], *week.shifts)) if barred else ():
        pairs = [(x, y) for x in possible(week, a) for y in possible(week, b)]
        if b.date - a.date == DAY and pairs and all(y in barred.get(x, ()) for x, y in pairs):
            yield b.start, f"{min(y for _, y in pairs)} on the day after {min(x for x, _ in pairs)}"


def caps(week: Week) -> Found:
    """Ensures that no family is worked more often than its cap, shifts that may be another one not counted."""
    for family, most in week.rule("max_shifts").items():
        worked = sum(possible(week, w) == {family} for w in week.shifts)
        if worked > most:
            yield None, f"{worked} shifts of {family}, most {most}"


def fixed(week: Week) -> Found:
    """Ensures what fixed.csv fixes: a day off, a family, or a family at a start."""
    for date, what in week.person.fixed:
        if date not in week.asked.dates or not week.employed(date):
            continue
        mine = [w for w in week.shifts if w.date == date]
        family, _, start = what.partition("@")
        kept = not mine if what == "off" else any(family in possible(week, w) for w in mine)
        if kept and start:
            kept = any(f"{week.asked.clock.wall(w.start):%H%M}" == start for w in mine)
        if not kept:
            told = ", ".join(f"{week.asked.clock.wall(w.start):%H:%M}" for w in mine) or "off"
            yield None, f"{what} is fixed for {date}, planned {told}"


DAY_RULES: Mapping[str, Callable[[Week], Found]] = {
    "min_run_days": run_least,
    "min_run_off_days": off_least,
    "max_weekends": weekends,
    "whole_weekends": weekends_whole,
    "not_next_day": following,
    "max_shifts": caps,
    "fixed": fixed,
}

"""The judge's rules of one person's week, and of who may work what when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from .inputs import Asked, Person, Span
from .shifts import Worked

WHOLE_DAY_MIN = 20 * 60


@dataclass(frozen=True)
class Week:
    """One person, the shifts they work in the planned days, by start, and their shifts of the days before."""

    asked: Asked
    person: Person
    shifts: tuple[Worked, ...]
    before: tuple[Worked, ...] = ()

    @property
    def paid_h(self) -> float:
        """Paid hours of the week."""
        return sum(w.paid_min for w in self.shifts) / 60

    @property
    def dates(self) -> frozenset[dt.date]:
        """Days on which a shift counts."""
        return frozenset(w.date for w in self.shifts)

    def rule(self, name: str) -> Any:
        """Return the contract's own value of a rule, else that of ``[rules]``."""
        own = self.person.contract.get(name)
        return self.asked.rule(name) if own is None else own

    @property
    def most_days(self) -> int:
        """The contract's most days."""
        return int(self.person.contract.get("max_days", 5))

    @property
    def leave_days(self) -> int:
        """Open days of which leave covers 20 hours or all opening hours; at most `most_days`."""
        return min(self.most_days, sum(self._on_leave(date) for date in self.asked.dates))

    @property
    def gone_days(self) -> int:
        """Open days on leave, before hiring or after leaving; at most `most_days`."""
        gone = sum(self._on_leave(d) or (self.is_open(d) and not self.employed(d)) for d in self.asked.dates)
        return min(self.most_days, gone)

    @property
    def day_h(self) -> float:
        """Hours credited for a day: the contract's least hours spread over its most days."""
        return float(self.person.contract.get("min_h_week", 0)) / self.most_days if self.most_days else 0.0

    @property
    def least_h(self) -> float:
        """The contract's least hours, less those credited for days on which the person is gone."""
        return max(0.0, (self.most_days - self.gone_days) * self.day_h)

    def employed(self, date: dt.date) -> bool:
        """Whether the person is employed on `date`."""
        hired, leaves = self.person.hired, self.person.leaves
        return not ((hired and date < hired) or (leaves and date > leaves))

    def _hours(self, date: dt.date) -> list[Span]:
        return [span for queue in self.asked.plan.get("queue") or ("",) for span in self.asked.opening(queue, date)]

    def is_open(self, date: dt.date) -> bool:
        """Whether any queue is open on `date`."""
        return bool(self._hours(date))

    def _on_leave(self, date: dt.date) -> bool:
        leave, hours = self.person.leave, self._hours(date)
        day = (self.asked.clock.at(date), self.asked.clock.at(date + dt.timedelta(days=1)))
        whole = covered(day, leave) >= WHOLE_DAY_MIN or all(covered(h, leave) >= h[1] - h[0] for h in hours)
        return bool(hours) and whole


def covered(span: Span, by: tuple[Span, ...]) -> float:
    """Return how many minutes of `span` lie in the union of `by`."""
    total, reached = 0.0, span[0]
    for start, end in sorted(by):
        low, high = max(start, reached), min(end, span[1])
        if high > low:
            total, reached = total + high - low, high
    return total


def overlaps(a: Span, b: Span) -> bool:
    """Whether two half-open spans share time."""
    return a[0] < b[1] and b[0] < a[1]


Found = Iterator[tuple[float | None, str]]


def one_shift_a_day(week: Week) -> Found:
    """Ensures that at most one shift starts on each day."""
    for a, b in pairwise(week.shifts):
        if a.date == b.date:
            yield b.start, f"second shift on {b.date}"


def rest(week: Week) -> Found:
    """Ensures the least rest between a shift and the next one, the last one of the days before included."""
    for a, b in pairwise((*week.before[-1:], *week.shifts)):
        if b.start - a.end < week.asked.rule("rest_min"):
            yield b.start, f"{b.start - a.end:g} min rest before this shift, least {week.asked.rule('rest_min')}"


def max_hours(week: Week) -> Found:
    """Ensures no more paid hours than the contract's most, less those credited for leave."""
    most = float(week.person.contract["max_h_week"]) - week.leave_days * week.day_h
    if week.paid_h > most + 1e-6:
        yield None, f"{week.paid_h:g} h paid, most {most:g} ({week.leave_days} days of leave)"


def max_days(week: Week) -> Found:
    """Ensures no more days worked than the contract's most, less those of leave."""
    most = week.most_days - week.leave_days
    if len(week.dates) > most:
        yield None, f"{len(week.dates)} days worked, most {most} ({week.leave_days} days of leave)"


def min_days(week: Week) -> Found:
    """Ensures the contract's least days, less those on which the person is gone."""
    least = int(week.person.contract.get("min_days", 0)) - week.gone_days
    if not any(week.employed(d) for d in week.asked.dates):
        return
    if len(week.dates) < least:
        yield None, f"{len(week.dates)} days worked, least {least}"


def run_days(week: Week) -> Found:
    """Ensures no more days worked in a row than the rule allows, the days before the week counted."""
    worked = week.dates | {w.date for w in week.before}
    run, most = 0, int(week.rule("max_run_days"))
    day = min(worked, default=week.asked.first)
    while day <= week.asked.dates[-1]:
        run = run + 1 if day in worked else 0
        if run == most + 1 and day >= week.asked.first:
            yield None, f"more than {most} days in a row, on {day}"
        elif run > most and day == week.asked.first:
            yield None, f"{run} days in a row on {day}, most {most}"
        day += dt.timedelta(days=1)


def days_off(week: Week) -> Found:
    """Ensures one run of days off of the asked length inside a planned week."""
    asked = int(week.rule("days_off_together"))
    runs = "".join("w" if d in week.dates else "o" for d in week.asked.dates).split("w")
    if week.asked.days >= 7 and max(map(len, runs)) < asked:
        yield None, f"{max(map(len, runs))} days off together, least {asked}"


def start_spread(week: Week) -> Found:
    """Ensures that the week's starts, by the clock on the wall, lie no further apart than the rule allows."""
    most = week.asked.rule("max_start_spread_min")
    starts = []
    for w in week.shifts:
        wall = week.asked.clock.wall(w.start)
        starts.append((wall.date() - w.date).days * 1440 + wall.hour * 60 + wall.minute)
    if most is not None and starts and max(starts) - min(starts) > most:
        yield None, f"starts lie {max(starts) - min(starts)} min apart, most {most}"


def availability(week: Week) -> Found:
    """Ensures work inside available windows on each day that has one, and outside unavailable ones."""
    clock = week.asked.clock
    for w in week.shifts:
        if any(overlaps((w.start, w.end), span) for span in week.person.unavailable):
            yield w.start, "works while unavailable"
        day = clock.wall(w.start).date()
        while (midnight := clock.at(day)) < w.end:
            tomorrow = clock.at(day + dt.timedelta(days=1))
            part = (max(w.start, midnight), min(w.end, tomorrow))
            tied = any(overlaps((midnight, tomorrow), span) for span in week.person.available)
            if tied and covered(part, week.person.available) < part[1] - part[0]:
                yield w.start, f"works outside the available windows of {day}"
            day += dt.timedelta(days=1)


def leave(week: Week) -> Found:
    """Ensures no work during leave."""
    for w in week.shifts:
        for span in week.person.leave:
            if overlaps((w.start, w.end), span):
                yield w.start, f"works during leave from {week.asked.clock.text(span[0])}"


def employment(week: Week) -> Found:
    """Ensures no work before hiring or after leaving."""
    for w in week.shifts:
        last = week.asked.clock.wall(w.end - 1).date()
        if not (week.employed(w.date) and week.employed(last)):
            hired, leaves = week.person.hired or "always", week.person.leaves or "open"
            yield w.start, f"works outside employment ({hired} to {leaves})"


def skills(week: Week) -> Found:
    """Ensures that nobody answers a queue they have no skill for."""
    able = week.person.skills
    for w in week.shifts if able is not None else ():
        for queue in sorted({r.queue for r in w.rows if r.what == "phone"} - {"", *(able or ())}):
            yield w.start, f"answers {queue} without the skill"


def below_contract(week: Week) -> str:
    """Tell how far the paid hours lie below the contract's least; "" where they do not. It is priced, not forbidden."""
    least = week.least_h if any(week.employed(d) for d in week.asked.dates) else 0.0
    return f"{week.person.id}: {week.paid_h:g} h paid, contract asks {least:g}" if week.paid_h < least - 1e-6 else ""


WEEK_RULES: Mapping[str, Callable[[Week], Found]] = {
    "one_shift_a_day": one_shift_a_day,
    "rest": rest,
    "max_hours": max_hours,
    "max_days": max_days,
    "min_days": min_days,
    "run_days": run_days,
    "days_off": days_off,
    "start_spread": start_spread,
    "availability": availability,
    "leave": leave,
    "employment": employment,
    "skills": skills,
}

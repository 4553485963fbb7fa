"""What a person's shifts may be read as: rows do not tell the family, so shifts of two families may look the same.

A plan is legal where there is a reading in which every rule is kept.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from .clock import Clock
from .inputs import Asked, Family
from .people import PEOPLE
from .shifts import SHAPE, Worked
from .week import Week

MOST = 4096
"""Readings of a week that are looked at: seven shifts of three families each."""


def readings(worked: Worked, families: Mapping[str, Family], clock: Clock) -> tuple[Worked, ...]:
    """Return `worked` as each family and day that it wholly obeys, different in day or pay; as it is where it is none.

    The one that it is read as already comes first.
    """
    if worked.faults or worked.family is None:
        return (worked,)
    found = {(worked.date, worked.family.paid): worked}
    for family in families.values():
        if family is worked.family or not any(test(worked, family, clock) for test in SHAPE.values()):
            for date in family.starts(clock.wall(worked.start)):
                found.setdefault((date, family.paid), replace(worked, family=family, date=date))
    return tuple(found.values())


def legal_reading(week: Week) -> Week:
    """Return the week as it is to be read: so that it breaks no rule where that is possible, else as it is."""
    own = week.asked.families_of(week.person)
    several = [readings(w, own, week.asked.clock) for w in week.shifts]
    if all(len(found) == 1 for found in several) or not any(_faults(week)):
        return week
    for shifts in itertools.islice(_others(week.shifts, several), MOST):
        read = replace(week, shifts=shifts)
        if not any(_faults(read)):
            return read
    return week


def _others(shifts: Sequence[Worked], several: Sequence[Sequence[Worked]]) -> Iterator[tuple[Worked, ...]]:
    """Yield the shifts read otherwise: first one of them, then two, …; `several` holds the readings of each."""
    for count in range(1, len(shifts) + 1):
        for places in itertools.combinations(range(len(shifts)), count):
            for chosen in itertools.product(*(several[i][1:] for i in places)):
                read = dict(zip(places, chosen, strict=True))
                yield tuple(read.get(i, w) for i, w in enumerate(shifts))


def planned_reading(worked: Worked, asked: Asked) -> Worked:
    """Return a shift of nobody in particular as one of a planned day where that is possible, else as it is."""
    found = readings(worked, asked.families, asked.clock)
    return next((w for w in found if w.date in asked.dates), worked)


def _faults(week: Week) -> Iterator[bool]:
    """Yield True for each fault that hangs on the days or the pay of shifts."""
    yield from (w.date not in week.asked.dates for w in week.shifts)
    yield from (True for find in PEOPLE.values() for _ in find(week))

"""Which shift families the judge can read a shift as."""

from __future__ import annotations

from .inputs import Family
from .shifts import SHAPE, Worked
from .week import Week


def possible(week: Week, worked: Worked) -> set[str]:
    """Return the families of the contract that a shift may be: several where they overlap, all where it is none."""
    return fitting(week, worked) or set(week.asked.families_of(week.person))


def fitting(week: Week, worked: Worked) -> set[str]:
    """Return the families of the contract that a shift obeys wholly."""

    def fits(family: Family) -> bool:
        return not any(test(worked, family, week.asked.clock) for test in SHAPE.values())

    return {name for name, family in week.asked.families_of(week.person).items() if fits(family)}

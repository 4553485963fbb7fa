"""Which shift families the judge can read a shift as."""

from __future__ import annotations

from .inputs import Family
from .shifts import SHAPE, Worked
from .week import Week


def possible(week: Week, worked: Worked) -> set[str]:
    """Return the families of the contract that a shift may be: several where they overlap, all where it is none."""
    named = {n: week.asked.families[n] for n in week.person.contract.get("shifts", ()) if n in week.asked.families}
    return {n for n, f in named.items() if _fits(week, worked, f)} or set(named)


def _fits(week: Week, worked: Worked, family: Family) -> bool:
    return not any(test(worked, family, week.asked.clock) for test in SHAPE.values())

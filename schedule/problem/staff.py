"""Contracts and people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ...forecast.errors import InputError
from ...forecast.ranges import MOST_WAGE, Range, refuse_beyond
from ..rules.hours import MAX_H_WEEK, MIN_H_WEEK
from ..rules.number_of_days import MAX_DAYS, MIN_DAYS
from ..rules.rules import ContractRules, refuse_out_of_range
from .shifts import Shift

CONTRACT_RANGES = {"cost_h": Range(0, MOST_WAGE)}
"""Range of a contract's wage; those of its hours and days stand in the files of their rules."""


@dataclass(frozen=True)
class Contract(ContractRules):
    """What a group of people may be asked to work in a week; own rules are given by keyword.

    What hours and days mean stands in the files of their rules.

    Parameters
    ----------
    shifts
        Names of the shift families they may work.
    cost_h
        Wage per paid hour where the agent has none of their own.
    """

    name: str
    shifts: tuple[str, ...]
    max_h_week: float
    min_h_week: float = MIN_H_WEEK.default
    max_days: int = MAX_DAYS.default
    min_days: int = MIN_DAYS.default
    cost_h: float | None = None

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012 - read where config files are checked

    def __post_init__(self) -> None:
        key = f"contract.{self.name}"
        refuse_beyond(self, CONTRACT_RANGES, f"{key}.")
        for low, high, top in (
            ("min_h_week", "max_h_week", MAX_H_WEEK.high or 0),
            ("min_days", "max_days", MAX_DAYS.high or 0),
        ):
            least, most = getattr(self, low), getattr(self, high)
            if not 0 <= least <= most <= top:
                wrong = low if 0 <= most <= top else high
                what = f"Expected 0 <= {low} <= {high} <= {top}"
                raise InputError(what, column=f"{key}.{wrong}", value=getattr(self, wrong))
        if not self.shifts:
            raise InputError(
                "contract allows no shift family", column=f"{key}.shifts", mend="Name at least one [shift.NAME]"
            )
        refuse_out_of_range(self, key)


@dataclass(frozen=True)
class Wish:
    """A wish for a day: pattern, family, ``early``, ``late``, ``off`` or "" (any work); weight < 0 avoids."""

    day: int
    what: str
    weight: float

    def meets(self, shift: Shift | None, *, late_from_slot: int) -> bool:
        """Whether working `shift` (None = day off) is what the wish names; `late_from_slot` is that day's 12:00."""
        if self.what == "off" or shift is None:
            return self.what == "off" and shift is None
        if self.what in ("early", "late"):
            return (shift.start >= late_from_slot) == (self.what == "late")
        return self.what in ("", shift.pattern, shift.family)


@dataclass(frozen=True)
class Fixed:
    """What somebody works on a day, come what may: pattern, family, "" (any shift) or ``off``."""

    day: int
    what: str

    def allows(self, shift: Shift) -> bool:
        """Whether `shift` may be worked beside it: any on another day, the one it names on its own."""
        return shift.day != self.day or self.what in ("", shift.pattern, shift.family)


@dataclass(frozen=True)
class Kept:
    """What somebody works on a day by an earlier plan that is to be kept.

    Attributes
    ----------
    start, end
        Of the shift, in slots, a fraction where the earlier plan had another grid; None = a day off.
    breaks
        Start of each break in slots after the shift's start.
    """

    day: int
    start: float | None = None
    end: float | None = None
    breaks: tuple[int, ...] = ()

    def changed(self, shift: Shift | None) -> bool:
        """Whether working `shift` (None = day off) is another day's work; breaks and queues may differ."""
        now = (None, None) if shift is None else (shift.start, shift.end)
        return now != (self.start, self.end)


@dataclass(frozen=True)
class Agent:
    """One person in the planned week, times in slots of the schedule's grid.

    Attributes
    ----------
    skills
        Queue → handle-time factor (1 = as the queue's mean).
    away
        Half-open (start, end) slot ranges in which the agent cannot work (leave, outside availability,
        before hiring); rounded outwards to whole slots.
    leave
        The leave part of it as (start, end, kind).
    leave_h
        Contract hours credited for leave in the week: lowers what is left of the contract's minimum and maximum.
    leave_days
        Days of leave in the week on which the agent would otherwise work: lowers the maximum of days.
    unemployed_h, unemployed_days
        The same for open days before hiring or after leaving: they lower the contract's minimum alone.
    earliest
        First slot at which rest from last week allows a start.
    run_before
        Days worked in a row up to the day before the week.
    off_before
        Days off in a row up to the day before the week; None = nothing is known of the days before.
    weekends_before
        Weekends worked in the week before, one that goes on into the week included.
    families_before
        Shift families that the shift of the day before the week may be; () = none or unknown.
    fixed
        What the plan must keep, at most one a day.
    kept
        What an earlier plan of the week has, one a day; a change of it has a price. () = there is none.
    """

    id: str
    contract: str
    skills: Mapping[str, float]
    cost_h: float
    name: str = ""
    team: str = ""
    group: str = ""
    away: tuple[tuple[int, int], ...] = ()
    leave: tuple[tuple[int, int, str], ...] = ()
    leave_h: float = 0.0
    leave_days: int = 0
    unemployed_h: float = 0.0
    unemployed_days: int = 0
    wishes: tuple[Wish, ...] = ()
    earliest: int = 0
    run_before: int = 0
    off_before: int | None = None
    weekends_before: int = 0
    families_before: tuple[str, ...] = ()
    fixed: tuple[Fixed, ...] = ()
    kept: tuple[Kept, ...] = ()

    def free(self, shift: Shift) -> bool:
        """Whether the agent's availability, leave and last week's rest allow `shift`."""
        return shift.start >= self.earliest and not any(a < shift.end and shift.start < b for a, b in self.away)

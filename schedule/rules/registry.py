"""All rules of one person, read from the centre's rules, their contract, leave and last week.

A rule is one file of this folder and one line here; the judge checks it in its own way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ..problem.problem import ScheduleProblem
from ..problem.staff import Agent, Fixed
from .day_rule import DayRule
from .days_off_together import DaysOffTogether
from .fixed_shifts import FixedShifts
from .hours import Hours
from .max_shifts import MaxShifts
from .not_next_day import NotNextDay
from .number_of_days import NumberOfDays
from .rest import Rest
from .rule import FamilyRule, Rule, ShiftRule, Word, Worked, WorkRule
from .run_of_work import RunOfWork
from .run_off import RunOff
from .start_spread import StartSpread
from .weekends import Weekends
from .whole_weekends import WholeWeekends

WORK: tuple[Callable[[ScheduleProblem, Agent], WorkRule | None], ...] = (
    NumberOfDays.of,
    RunOfWork.of,
    RunOff.of,
    DaysOffTogether.of,
    Weekends.of,
    WholeWeekends.of,
)
"""Rules of days worked."""

FAMILY: tuple[Callable[[ScheduleProblem, Agent], FamilyRule | None], ...] = (NotNextDay.of, MaxShifts.of)
"""Rules of shift families by day."""

SHIFT: tuple[Callable[[ScheduleProblem, Agent], ShiftRule | None], ...] = (
    Rest.of,
    Hours.of,
    StartSpread.of,
    FixedShifts.of,
)
"""Rules of times and hours."""


@dataclass(frozen=True)
class PersonRules:
    """What one person's week must obey."""

    work: tuple[WorkRule, ...]
    family: tuple[FamilyRule, ...]
    shift: tuple[ShiftRule, ...]

    def __iter__(self) -> Iterator[Rule]:
        """Yield every rule."""
        yield from (*self.work, *self.family, *self.shift)

    @property
    def fixed(self) -> FixedShifts:
        """What must be worked."""
        return next((r for r in self.shift if isinstance(r, FixedShifts)), FixedShifts(()))

    @property
    def together(self) -> DaysOffTogether | None:
        """The run of days off that is asked for."""
        return next((r for r in self.work if isinstance(r, DaysOffTogether)), None)

    def broken_by_word(self, word: Word) -> list[str]:
        """Return the keys that the families of the days break."""
        return [key for rule in (*self.work, *self.family) for key in rule.broken(word)]

    def broken_by_shifts(self, week: Sequence[Worked]) -> list[str]:
        """Return the keys that the times and hours of shifts, by start, break."""
        return [key for rule in self.shift for key in rule.broken(week)]


def rules_of(problem: ScheduleProblem, agent: Agent) -> PersonRules:
    """Read every rule of `agent`."""
    return PersonRules(
        tuple(work for of in WORK if (work := of(problem, agent)) is not None),
        tuple(family for of in FAMILY if (family := of(problem, agent)) is not None),
        tuple(shift for of in SHIFT if (shift := of(problem, agent)) is not None),
    )


def day_rules(problem: ScheduleProblem, agent: Agent) -> list[DayRule]:
    """Return what `agent`'s days of the week must obey together."""
    return [rule for of in WORK if (rule := of(problem, agent)) is not None]


def musts_of(problem: ScheduleProblem, agent: Agent) -> tuple[Fixed, ...]:
    """Return the shifts that `agent` must work."""
    fixed = FixedShifts.of(problem, agent)
    return () if fixed is None else fixed.musts

"""All rules of one person, read from the centre's rules, their contract, leave, fixed shifts and last week."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..problem.problem import ScheduleProblem
from ..problem.staff import Agent, Fixed
from .days_off_together import DaysOffTogether
from .fixed_shifts import FixedShifts
from .rule import FamilyRule, Rule, ShiftRule, Word, WorkedShift, WorkRule
from .rules import FAMILY, SHIFT, WORK


@dataclass(frozen=True)
class PersonRules:
    """All rules of one person's week."""

    work: tuple[WorkRule, ...]
    family: tuple[FamilyRule, ...]
    shift: tuple[ShiftRule, ...]
    fixed: FixedShifts

    def __iter__(self) -> Iterator[Rule]:
        """Yield every rule."""
        yield from (*self.work, *self.family, *self.shift)
        if self.fixed.kept:
            yield self.fixed

    @property
    def together(self) -> DaysOffTogether | None:
        """The rule of a run of days off, if any."""
        return next((r for r in self.work if isinstance(r, DaysOffTogether)), None)

    def broken_by_word(self, word: Word) -> list[str]:
        """Return the keys that the families of the days break."""
        return [key for rule in (*self.work, *self.family) for key in rule.broken(word)]

    def broken_by_shifts(self, week: Sequence[WorkedShift]) -> list[str]:
        """Return the keys that the times and hours of shifts, by start, break; ``fixed`` for what fixed.csv fixes."""
        return [key for rule in self.shift for key in rule.broken(week)] + self.fixed.broken(week)


def rules_of(problem: ScheduleProblem, agent: Agent) -> PersonRules:
    """Read every rule of `agent`."""
    return PersonRules(
        tuple(work for rule in WORK if (work := rule.of(problem, agent)) is not None),
        tuple(family for rule in FAMILY if (family := rule.of(problem, agent)) is not None),
        tuple(shift for rule in SHIFT if (shift := rule.of(problem, agent)) is not None),
        FixedShifts.of(problem, agent) or FixedShifts(()),
    )


def musts_of(problem: ScheduleProblem, agent: Agent) -> tuple[Fixed, ...]:
    """Return the shifts that `agent` must work."""
    fixed = FixedShifts.of(problem, agent)
    return () if fixed is None else fixed.musts

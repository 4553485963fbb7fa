"""Who may work which shift types on which days, the heads wanted, and the costs of missing them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

PeriodRoster = Mapping[tuple[str, int], str]
"""(person, day) → shift type; days off are absent."""


def _expect(holds: bool, what: str) -> None:
    """Raise where an input is out of its range."""
    if not holds:
        raise ValueError(f"Expected {what}")


@dataclass(frozen=True)
class ShiftType:
    """A shift as worked on any day.

    Parameters
    ----------
    minutes
        Paid minutes.
    not_before
        Shift types that may not be worked on the next day.
    """

    name: str
    minutes: int
    not_before: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        _expect(self.minutes > 0, f"minutes > 0 for shift type {self.name}, got {self.minutes}.")


@dataclass(frozen=True)
class PeriodPerson:
    """The limits of one person's roster.

    Parameters
    ----------
    most
        Shift type → most shifts of it; a type that is absent is never worked.
    least_minutes, most_minutes
        Of all days together.
    most_run, least_run
        Working days in a row.
    least_off
        Days off in a row; runs that touch the first or last day are never too short, of work neither.
    most_weekends
        Weekends with work on Saturday or Sunday.
    days_off
        Days that are free.
    """

    name: str
    most: Mapping[str, int]
    least_minutes: int
    most_minutes: int
    most_run: int
    least_run: int = 1
    least_off: int = 1
    most_weekends: int = 1000
    days_off: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        who = f"for {self.name}"
        _expect(0 <= self.least_minutes <= self.most_minutes, f"0 <= least_minutes <= most_minutes {who}.")
        _expect(1 <= self.least_run <= self.most_run, f"1 <= least_run <= most_run {who}.")
        _expect(self.least_off >= 1, f"least_off >= 1 {who}, got {self.least_off}.")
        _expect(self.most_weekends >= 0, f"most_weekends >= 0 {who}, got {self.most_weekends}.")
        _expect(min(self.most.values(), default=0) >= 0, f"most >= 0 of every shift type {who}.")


@dataclass(frozen=True)
class ShiftWish:
    """A person's wish to work a shift, or with `wanted` false not to work it; `cost` if it is not met."""

    person: str
    day: int
    shift: str
    cost: float
    wanted: bool = True

    def __post_init__(self) -> None:
        _expect(self.cost >= 0, f"cost >= 0 for the wish of {self.person} on day {self.day}, got {self.cost}.")


@dataclass(frozen=True)
class Need:
    """Heads wanted on a shift of a day; each missing one costs `under`, each further one `over`."""

    day: int
    shift: str
    heads: int
    under: float
    over: float

    def __post_init__(self) -> None:
        where = f"for the need of {self.shift} on day {self.day}"
        _expect(self.heads >= 0, f"heads >= 0 {where}, got {self.heads}.")
        _expect(self.under >= 0 and self.over >= 0, f"under, over >= 0 {where}.")


@dataclass(frozen=True)
class PeriodProblem:
    """The whole input.

    Parameters
    ----------
    days
        Number of days, numbered from 0.
    saturdays
        Days that are Saturdays; each is followed by its Sunday.

    Raises
    ------
    ValueError
        If a name is unknown or comes twice, or a day lies outside.
    """

    days: int
    shifts: tuple[ShiftType, ...]
    people: tuple[PeriodPerson, ...]
    needs: tuple[Need, ...]
    wishes: tuple[ShiftWish, ...] = ()
    saturdays: frozenset[int] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        _expect(self.days >= 1, f"days >= 1, got {self.days}.")
        _once("shift type", (s.name for s in self.shifts))
        _once("person", (p.name for p in self.people))
        _once("need", ((n.day, n.shift) for n in self.needs))
        shifts, people = {s.name for s in self.shifts}, {p.name for p in self.people}
        _known("shift type", shifts, {n.shift for n in self.needs} | {w.shift for w in self.wishes})
        _known("shift type", shifts, {name for s in self.shifts for name in s.not_before})
        _known("shift type", shifts, {name for p in self.people for name in p.most})
        _known("person", people, {w.person for w in self.wishes})
        dated = (
            {n.day for n in self.needs} | {w.day for w in self.wishes} | {d for p in self.people for d in p.days_off}
        )
        _known("day", set(range(self.days)), dated)


def _once(kind: str, names: Iterable[object]) -> None:
    """Refuse names that come twice."""
    twice = [name for name, n in Counter(names).items() if n > 1]
    _expect(not twice, f"each {kind} once; {twice[:3]} come twice.")


def _known(kind: str, known: set[str] | set[int], used: set[str] | set[int]) -> None:
    """Refuse names that were never declared."""
    strange = sorted(map(str, used - known))
    _expect(not strange, f"only a known {kind}; unknown: {strange[:3]}.")

"""Where the rows of people's rules go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pulp

from ..optimise.linear import add_row
from ..problem.shifts import Shift

Pairs = list[tuple[pulp.LpVariable, float]]


@dataclass(frozen=True)
class Columns:
    """The columns of a roster model, by what they mean; agents and cells by position, days 0 = first of the week.

    Attributes
    ----------
    take
        (agent, cell) → binary: the agent works the cell.
    day
        (agent, day) → the agent's (cell, column) pairs of that day.
    week
        Agent → the pairs of all days.
    left
        Cell → heads that nobody takes.
    below
        Agent → paid hours below the contract's minimum.
    few, unkept
        Agent → days missing to the contract's least days, and shifts missing that must be worked (both are driven to 0
        by a prohibitive price).
    first, last
        Agent → hour of the week's earliest and latest wall-clock start.
    off
        (agent, day) → a run of days off that is long enough begins on that day.
    """

    take: dict[tuple[int, int], pulp.LpVariable] = field(default_factory=dict)
    day: dict[tuple[int, int], list[tuple[int, pulp.LpVariable]]] = field(default_factory=dict)
    week: dict[int, list[tuple[int, pulp.LpVariable]]] = field(default_factory=dict)
    left: dict[int, pulp.LpVariable] = field(default_factory=dict)
    below: dict[int, pulp.LpVariable] = field(default_factory=dict)
    few: dict[int, pulp.LpVariable] = field(default_factory=dict)
    unkept: dict[int, pulp.LpVariable] = field(default_factory=dict)
    first: dict[int, pulp.LpVariable] = field(default_factory=dict)
    last: dict[int, pulp.LpVariable] = field(default_factory=dict)
    off: dict[tuple[int, int], pulp.LpVariable] = field(default_factory=dict)


@dataclass(frozen=True)
class Rows:
    """The model that rows are added to, its columns, and what is known of each cell.

    Attributes
    ----------
    shifts, minute, paid_min
        Per cell: its shift, the minute of the day it starts at, its paid minutes.
    days
        Days of the week.
    """

    model: pulp.LpProblem
    columns: Columns
    shifts: Sequence[Shift]
    minute: Sequence[int]
    paid_min: Sequence[int]
    days: int

    def add(self, name: str, pairs: Pairs, sense: str, limit: float) -> None:
        """Add ``Σ coefficient · column  sense  limit``; without columns there is nothing to ask."""
        if pairs:
            add_row(self.model, name, pairs, sense, limit)

    def day(self, agent: int, day: int) -> list[tuple[int, pulp.LpVariable]]:
        """Return the agent's (cell, column) pairs of a day."""
        return self.columns.day.get((agent, day), [])

    def work(self, agent: int, day: int, factor: float = 1.0) -> Pairs:
        """Return `factor` times whether the agent works on `day`."""
        return [(v, factor) for _, v in self.day(agent, day)]

    def of_family(self, agent: int, day: int, families: frozenset[str]) -> Pairs:
        """Return whether the agent works one of `families` on `day`."""
        return [(v, 1.0) for c, v in self.day(agent, day) if self.shifts[c].family in families]

    def families(self, agent: int) -> Iterator[str]:
        """Yield the families that the agent may work in the week, in order of their names."""
        yield from sorted({self.shifts[c].family for c, _ in self.columns.week[agent]})

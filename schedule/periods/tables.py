"""A problem as flat arrays for the kernels, and rosters as arrays and back."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import gcd
from typing import NamedTuple

import numpy as np

from ...forecast.errors import InputError
from ..rules.automaton import Automaton, compile_days
from ..rules.max_run_days import MaxRunDays
from ..rules.max_weekends import MaxWeekends
from ..rules.min_run_days import MinRunDays
from ..rules.min_run_off_days import MinRunOffDays
from .problem import Person, Problem, Roster, ShiftType

OFF = -1
"""Choice of a day off, beside the numbers of shift types."""


class Tables(NamedTuple):
    """P people, T shift types, D days; cell d T + k is shift type k on day d.

    Attributes
    ----------
    wish
        Cost of working a cell beyond not working it, infinite = never, shape (P, D T).
    need, under, over
        Heads wanted in a cell and the cost of each missing and each further one, shape (D T,).
    caps
        Most shifts of a type, shape (P, T).
    least, most
        Paid units, shape (P,).
    kind
        Which automaton, shape (P,).
    layers, off, work
        The automata, nodes numbered through all of them, shapes (kinds, D + 2), (nodes,), (nodes,).
    units
        Paid units of a type, shape (T,).
    latest, after
        Highest rest class in which a type may be worked, and the class it leaves behind, shape (T,).
    order
        Types by `latest`, highest first, shape (T,).
    """

    wish: np.ndarray
    need: np.ndarray
    under: np.ndarray
    over: np.ndarray
    caps: np.ndarray
    least: np.ndarray
    most: np.ndarray
    kind: np.ndarray
    layers: np.ndarray
    off: np.ndarray
    work: np.ndarray
    units: np.ndarray
    latest: np.ndarray
    after: np.ndarray
    order: np.ndarray


@dataclass(frozen=True)
class Frame:
    """A problem made ready: its arrays and the cost that nobody's choice changes."""

    problem: Problem
    tables: Tables
    constant: float

    @classmethod
    def of(cls, problem: Problem) -> Frame:
        """Compile `problem`.

        Raises
        ------
        InputError
            If the forbidden successions are no chain.
        """
        types, people, days = problem.shifts, problem.people, problem.days
        number = {s.name: k for k, s in enumerate(types)}
        place = {p.name: i for i, p in enumerate(people)}
        latest, after = _rest_classes(types)
        unit = gcd(*(s.minutes for s in types))
        caps = np.array([[p.most.get(s.name, 0) for s in types] for p in people], dtype=np.int64)
        wish = np.zeros((len(people), days, len(types)))
        constant = 0.0
        for w in problem.wishes:
            wish[place[w.person], w.day, number[w.shift]] += -w.cost if w.wanted else w.cost
            constant += w.cost if w.wanted else 0.0
        for i, p in enumerate(people):
            wish[i, sorted(p.days_off), :] = np.inf
            wish[i][:, caps[i] == 0] = np.inf
        need, under, over = np.zeros(days * len(types), np.int64), np.zeros(wish[0].size), np.zeros(wish[0].size)
        for n in problem.needs:
            cell = n.day * len(types) + number[n.shift]
            need[cell], under[cell], over[cell] = n.heads, n.under, n.over
        kinds: dict[tuple[int, int, int, int], int] = {}
        kind = [kinds.setdefault(_day_limits(p), len(kinds)) for p in people]
        automata = [_automaton(problem, limits) for limits in kinds]
        shift = np.cumsum([0, *(len(a.off) for a in automata)])
        tables = Tables(
            wish.reshape(len(people), -1), need, under, over, caps,
            np.array([-(-p.least_minutes // unit) for p in people], dtype=np.int64),
            np.array([p.most_minutes // unit for p in people], dtype=np.int64),
            np.array(kind, dtype=np.int64),
            np.array([a.layers + s for a, s in zip(automata, shift, strict=False)], dtype=np.int64),
            _joined([a.off for a in automata], shift), _joined([a.work for a in automata], shift),
            np.array([s.minutes // unit for s in types], dtype=np.int64),
            latest, after, np.argsort(-latest, kind="stable"),
        )  # fmt: skip
        return cls(problem, tables, constant)

    @property
    def days(self) -> int:
        """Number of days."""
        return self.problem.days

    def roster(self, chosen: np.ndarray) -> Roster:
        """Return the roster of `chosen`, a shift type or `OFF` per person and day, shape (P, D)."""
        return {
            (p.name, day): self.problem.shifts[k].name
            for p, row in zip(self.problem.people, chosen.tolist(), strict=True)
            for day, k in enumerate(row)
            if k != OFF
        }


def _joined(moves: list[np.ndarray], shift: np.ndarray) -> np.ndarray:
    """Return the moves of all automata with their nodes numbered through."""
    return np.concatenate([np.where(to < 0, -1, to + s) for to, s in zip(moves, shift, strict=False)])


def _rest_classes(types: tuple[ShiftType, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Return `latest` and `after` of `Tables`: a class is the place in the chain of the forbidden successors."""
    chain = sorted({frozenset[str](), *(s.not_before for s in types)}, key=lambda names: (len(names), sorted(names)))
    for few, many in pairwise(chain):
        if not few <= many:
            mine, other = (next(s.name for s in types if s.not_before == x) for x in (few, many))
            raise InputError(
                f"shift {min(few - many)} may follow {other} but not {mine}, {min(many - few)} may follow {mine} but "
                f"not {other}: what may not follow one of two shifts must all be forbidden after the other too",
                mend=f"Forbid more after {mine} or {other}, or give both the same successors",
            )
    latest = [max(r for r, forbidden in enumerate(chain) if s.name not in forbidden) for s in types]
    return np.array(latest, dtype=np.int64), np.array([chain.index(s.not_before) for s in types], dtype=np.int64)


def _day_limits(person: Person) -> tuple[int, int, int, int]:
    """Return what decides a person's automaton."""
    return person.most_run, person.least_run, person.least_off, person.most_weekends


def _automaton(problem: Problem, limits: tuple[int, int, int, int]) -> Automaton:
    """Compile the day rules."""
    most_run, least_run, least_off, most_weekends = limits
    runs = MaxRunDays(most_run), MinRunDays(least_run, open_start=True), MinRunOffDays(least_off)
    return compile_days([*runs, MaxWeekends(most_weekends, problem.saturdays)], problem.days)

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
from .problem import PeriodPerson, PeriodProblem, PeriodRoster, ShiftType

OFF = -1
"""Choice of a day off, beside the numbers of shift types."""


class PeriodTables(NamedTuple):
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
    layers, to, node_begin
        The automata of all kinds, one behind the other, each with nodes of its own numbers: first node of each layer,
        shape (kinds, D + 2); node after a day off and after a day of work, −1 = forbidden, shape (nodes, 2); where the
        nodes of a kind begin in `to`, shape (kinds + 1,).
    units
        Paid units of a type, shape (T,).
    first, latest, after, cell_units, letter, order, relax
        The cells as options of days, as `optimise.day_paths.DayGraph` and `fill_back` read them: shape (D + 1,) for
        `first`, (D T,) for the cells, (R,) for `relax`. After a day off every type may be worked.
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
    to: np.ndarray
    node_begin: np.ndarray
    units: np.ndarray
    first: np.ndarray
    latest: np.ndarray
    after: np.ndarray
    cell_units: np.ndarray
    letter: np.ndarray
    order: np.ndarray
    relax: np.ndarray


@dataclass(frozen=True)
class CompiledPeriod:
    """A compiled problem: its arrays and the constant part of the cost."""

    problem: PeriodProblem
    tables: PeriodTables
    constant: float

    @classmethod
    def of(cls, problem: PeriodProblem) -> CompiledPeriod:
        """Compile `problem`.

        Raises
        ------
        InputError
            If the forbidden successions are no chain.
        """
        types, people, days = problem.shifts, problem.people, problem.days
        latest, after = _rest_classes(types)
        unit = gcd(*(s.minutes for s in types))
        units = np.array([s.minutes // unit for s in types], dtype=np.int64)
        caps = np.array([[p.most.get(s.name, 0) for s in types] for p in people], dtype=np.int64)
        wish, constant = _wishes(problem, caps)
        first = np.arange(days + 1, dtype=np.int64) * len(types)
        order = (first[:-1, None] + np.argsort(-latest, kind="stable")).ravel()
        kinds: dict[tuple[int, int, int, int], int] = {}
        kind = [kinds.setdefault(_day_limits(p), len(kinds)) for p in people]
        automata = [_automaton(problem, limits) for limits in kinds]
        tables = PeriodTables(
            wish, *_needs(problem), caps,
            np.array([-(-p.least_minutes // unit) for p in people], dtype=np.int64),
            np.array([p.most_minutes // unit for p in people], dtype=np.int64),
            np.array(kind, dtype=np.int64),
            np.array([a.layers for a in automata], dtype=np.int64), np.concatenate([a.to for a in automata]),
            np.cumsum([0, *(len(a.to) for a in automata)]), units, first, np.tile(latest, days), np.tile(after, days),
            np.tile(units, days), np.ones(days * len(types), np.int64), order,
            np.zeros(after.max() + 1, np.int64),
        )  # fmt: skip
        return cls(problem, tables, constant)

    @property
    def days(self) -> int:
        """Number of days."""
        return self.problem.days

    def roster(self, chosen: np.ndarray) -> PeriodRoster:
        """Return the roster of `chosen`, a shift type or `OFF` per person and day, shape (P, D)."""
        return {
            (p.name, day): self.problem.shifts[k].name
            for p, row in zip(self.problem.people, chosen.tolist(), strict=True)
            for day, k in enumerate(row)
            if k != OFF
        }


def _wishes(problem: PeriodProblem, caps: np.ndarray) -> tuple[np.ndarray, float]:
    """Return `wish` of `PeriodTables` and the cost of all wishes if nobody works."""
    number = {s.name: k for k, s in enumerate(problem.shifts)}
    place = {p.name: i for i, p in enumerate(problem.people)}
    wish = np.zeros((len(problem.people), problem.days, len(problem.shifts)))
    constant = 0.0
    for w in problem.wishes:
        wish[place[w.person], w.day, number[w.shift]] += -w.cost if w.wanted else w.cost
        constant += w.cost if w.wanted else 0.0
    for i, p in enumerate(problem.people):
        wish[i, sorted(p.days_off), :] = np.inf
        wish[i][:, caps[i] == 0] = np.inf
    return wish.reshape(len(problem.people), -1), constant


def _needs(problem: PeriodProblem) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return `need`, `under` and `over` of `PeriodTables`."""
    number = {s.name: k for k, s in enumerate(problem.shifts)}
    cells = problem.days * len(number)
    need, under, over = np.zeros(cells, np.int64), np.zeros(cells), np.zeros(cells)
    for n in problem.needs:
        cell = n.day * len(number) + number[n.shift]
        need[cell], under[cell], over[cell] = n.heads, n.under, n.over
    return need, under, over


def _rest_classes(types: tuple[ShiftType, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Return `latest` and `after` of `PeriodTables`: a class is the place in the chain of the forbidden successors."""
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


def _day_limits(person: PeriodPerson) -> tuple[int, int, int, int]:
    """Return the limits that decide a person's automaton."""
    return person.most_run, person.least_run, person.least_off, person.most_weekends


def _automaton(problem: PeriodProblem, limits: tuple[int, int, int, int]) -> Automaton:
    """Compile the day rules."""
    most_run, least_run, least_off, most_weekends = limits
    runs = MaxRunDays(most_run), MinRunDays(least_run, open_start=True), MinRunOffDays(least_off)
    days = range(problem.days)
    weekends = tuple(next((s for s in (d, d - 1) if s in problem.saturdays), None) for d in days)
    return compile_days([*runs, MaxWeekends(most_weekends, weekends)], problem.days)

"""Tiny problems over periods, and every legal row of a person by plain enumeration."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from busyhour.schedule.periods.check import cost_of, violations
from busyhour.schedule.periods.problem import Need, PeriodPerson, PeriodProblem, PeriodRoster, ShiftType, ShiftWish

DAYS = 6
EARLY = ShiftType("E", 480)
LATE = ShiftType("L", 600, frozenset({"E"}))


def _tiny(seed: int, people: int = 2) -> PeriodProblem:
    """Draw limits, needs and wishes that leave everybody some row."""
    rng = np.random.default_rng(seed)
    names = [chr(65 + i) for i in range(people)]
    staff = tuple(
        PeriodPerson(
            name, {"E": int(rng.integers(1, 5)), "L": int(rng.integers(1, 4))}, 480, 2400, int(rng.integers(2, 5)),
            int(rng.integers(1, 3)), int(rng.integers(1, 3)), int(rng.integers(0, 2)),
            frozenset({int(rng.integers(6))}),
        )
        for name in names
    )  # fmt: skip
    cells = list(itertools.product(range(DAYS), "EL"))
    needs = tuple(Need(d, s, int(rng.integers(0, people + 1)), 10.0, 1.0) for d, s in cells)
    wishes = tuple(
        ShiftWish(name, d, s, float(rng.integers(1, 4)), bool(rng.integers(2)))
        for name in names
        for d, s in cells
        if rng.random() < 0.4
    )
    return PeriodProblem(DAYS, (EARLY, LATE), staff, needs, wishes, frozenset({3}))


def _legal_rows(problem: PeriodProblem, person: PeriodPerson) -> list[PeriodRoster]:
    """Return all rosters of one person that break no rule."""
    alone = replace(problem, people=(person,), wishes=tuple(w for w in problem.wishes if w.person == person.name))
    out = []
    for plan in itertools.product(["", *(s.name for s in problem.shifts)], repeat=problem.days):
        roster = {(person.name, d): s for d, s in enumerate(plan) if s}
        if not violations(alone, roster):
            out.append(roster)
    return out


def _optimum(problem: PeriodProblem) -> float:
    """Return the least cost over all legal rosters; infinite where there is none."""
    rows = [_legal_rows(problem, p) for p in problem.people]
    joined = ({k: v for row in rows for k, v in row.items()} for rows in itertools.product(*rows))
    return min((cost_of(problem, roster) for roster in joined), default=np.inf)


@pytest.fixture
def tiny() -> Callable[..., PeriodProblem]:
    """Give the drawer of tiny problems: (seed, people=2)."""
    return _tiny


@pytest.fixture
def legal_rows() -> Callable[[PeriodProblem, PeriodPerson], list[PeriodRoster]]:
    """Give the enumeration of a person's legal rows."""
    return _legal_rows


@pytest.fixture
def optimum() -> Callable[[PeriodProblem], float]:
    """Give the least cost by enumeration."""
    return _optimum

"""The judge of cell rosters: each planted fault is found, and a cost by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from busyhour.schedule.periods.check import cost_of, violations
from busyhour.schedule.periods.problem import Need, PeriodPerson, PeriodProblem, ShiftType, ShiftWish

PERSON = PeriodPerson("Ann", {"E": 4, "L": 2}, 960, 2400, 3, 2, 2, 1, frozenset({6}))
PROBLEM = PeriodProblem(
    14,
    (ShiftType("E", 480), ShiftType("L", 480, frozenset({"E"})), ShiftType("N", 480)),
    (PERSON,),
    (Need(0, "E", 2, 10, 1), Need(1, "L", 0, 10, 1)),
    (ShiftWish("Ann", 0, "E", 3), ShiftWish("Ann", 1, "L", 2, wanted=False), ShiftWish("Ann", 2, "E", 5)),
    frozenset({5, 12}),
)
LEGAL = {("Ann", 0): "E", ("Ann", 1): "L", ("Ann", 4): "E", ("Ann", 5): "E"}


def test_a_legal_roster_breaks_nothing() -> None:
    assert violations(PROBLEM, LEGAL) == []


def test_cost_by_hand() -> None:
    assert cost_of(PROBLEM, LEGAL) == 10 + 1 + 2 + 5


@pytest.mark.parametrize(
    ("fault", "word"),
    [
        ({("Ann", 6): "E"}, "free"),
        ({("Ann", 4): "L"}, "may not follow"),
        ({("Ann", 8): "L", ("Ann", 9): "L"}, "shifts L"),
        ({("Ann", 8): "N", ("Ann", 9): "N"}, "shifts N"),
        ({("Ann", 0): "", ("Ann", 1): "", ("Ann", 4): ""}, "minutes"),
        ({("Ann", 12): "E"}, "weekends"),
        ({("Ann", 2): "L", ("Ann", 3): "L"}, "days worked in a row from day 0, at most"),
        ({("Ann", 9): "E"}, "days worked in a row from day 9, at least"),
        ({("Ann", 2): "L"}, "days off in a row from day 3"),
        ({("Bob", 2): "E"}, "no known"),
        ({("Ann", 14): "E"}, "no known"),
    ],
)
def test_each_planted_fault_is_found(fault: dict[tuple[str, int], str], word: str) -> None:
    roster = {k: v for k, v in (LEGAL | fault).items() if v}
    assert any(word in line for line in violations(PROBLEM, roster))


def test_runs_at_the_edges_are_never_too_short() -> None:
    roster = {("Ann", 0): "E", ("Ann", 13): "E"}
    assert violations(PROBLEM, roster) == []


@pytest.mark.parametrize(
    "change",
    [
        {"days": 0},
        {"people": (PERSON, PERSON)},
        {"needs": (Need(20, "E", 1, 1, 1),)},
        {"needs": (Need(0, "X", 1, 1, 1),)},
        {"wishes": (ShiftWish("Bob", 0, "E", 1),)},
    ],
)
def test_a_problem_that_names_nothing_known_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="Expected"):
        replace(PROBLEM, **change)

"""Random desks: planner, judge and a count from the raw inputs are of one mind."""

from __future__ import annotations

import pytest

from benchmarks.one_mind import tried
from benchmarks.random_desks import random_desk

QUICK = 6
"""Desks of the fast tests."""
ALIKE = (25, 37)
"""Desks of the fast tests that hold two families that look alike."""


@pytest.mark.slow
@pytest.mark.parametrize("number", [pytest.param(n, marks=[pytest.mark.slow] * (n >= QUICK)) for n in range(200)])
def test_no_plan_is_refused_nor_dearer_than_a_legal_neighbour_that_is_forbidden(number: int) -> None:
    desk = random_desk(number, most_people=3 if number < QUICK else 6, seconds=1.0)
    assert tried(desk, moves=100).faults == []


@pytest.mark.slow
@pytest.mark.parametrize("number", [pytest.param(n, marks=[pytest.mark.slow] * (n not in ALIKE)) for n in range(60)])
def test_families_that_look_alike_are_planned_and_judged_of_one_mind(number: int) -> None:
    assert tried(random_desk(number, most_people=3, seconds=1.0, alike=True), moves=100).faults == []

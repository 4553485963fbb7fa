"""The model allows the weeks of the dynamic programme and no others: one person, or two alike, at prices by chance."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pytest
from tiny_desks import desk

from busyhour.forecast.progress import Watch
from busyhour.schedule.people.best_week import WeekFinder
from busyhour.schedule.people.compile import CompiledStaff
from busyhour.schedule.people.exact.solve import solve_exact
from busyhour.schedule.price.worth import Service

AUTUMN, SPRING = dt.date(2026, 10, 23), dt.date(2026, 3, 27)
"""Weeks in which a day has 25 or 23 hours."""


@pytest.mark.parametrize("seed", range(10))
def test_the_cheapest_week_is_that_of_the_dynamic_programme(seed):
    people = 1 + seed // 2 % 2
    week = (AUTUMN, SPRING, dt.date(2026, 11, 30))[seed % 3]
    problem = desk(800 + seed, people=people, alike=True, days=5, cyclic=seed % 4 == 3, week=week)
    nothing = [dataclasses.replace(d, need=np.zeros(len(d.need))) for d in problem.demands]
    problem = dataclasses.replace(problem, demands=tuple(nothing))
    rng = np.random.default_rng(seed)
    price = rng.uniform(-200.0, 20.0, len(problem.shifts))
    staff = CompiledStaff.of(problem, {a.id: price for a in problem.staff})
    finder, person = WeekFinder(staff), staff.people[0]
    best = finder.best_week(person, finder.prefix(np.zeros(finder.slots)))
    answer = solve_exact(
        staff, Service.of(problem), watch=Watch(), time_limit_s=60.0, gap=0.0, seed=1, threads=1, start=None
    )
    if best is None or answer.weeks is None:
        assert best is answer.weeks is answer.bound is None
        return
    assert answer.cost == pytest.approx(people * finder.own_cost(person, best))
    assert answer.bound == pytest.approx(answer.cost)
    for found in answer.weeks:
        assert finder.own_cost(person, found) == pytest.approx(finder.own_cost(person, best))

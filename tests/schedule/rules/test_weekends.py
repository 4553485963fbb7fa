"""Weekends are those of the site's country, in the planner and, by code of its own, in the judge."""

from __future__ import annotations

import datetime as dt

import pytest

from busyhour.schedule.judge.inputs import read_inputs
from busyhour.schedule.judge.max_weekends import begin_of
from busyhour.schedule.rules.weekends import weekend_of, weekends

MONDAY = dt.date(2026, 3, 2)
WEEK = [MONDAY + dt.timedelta(days=i) for i in range(7)]


@pytest.mark.parametrize(
    ("weekend", "firsts"),
    [
        ({5, 6}, (None, None, None, None, None, 5, 5)),
        ({4, 5}, (None, None, None, None, 4, 4, None)),
        ({4}, (None, None, None, None, 4, None, None)),
        ({6, 0}, (-1, None, None, None, None, None, 6)),
        ({4, 6}, (None, None, None, None, 4, None, 6)),
    ],
)
def test_days_that_follow_each_other_are_one_weekend(weekend: set[int], firsts: tuple[int | None, ...]) -> None:
    assert weekends(WEEK, weekend) == firsts
    assert [weekend_of(d, weekend) for d in WEEK] == [begin_of(d, weekend) for d in WEEK]


@pytest.mark.parametrize(
    ("country", "week", "weekend"),
    [
        (None, MONDAY, {5, 6}),
        ("DE", MONDAY, {5, 6}),
        ("EG", MONDAY, {4, 5}),
        ("AE", dt.date(2021, 3, 1), {4, 5}),  # the law changed in 2022
        ("AE", MONDAY, {5, 6}),
    ],
)
def test_the_judge_knows_the_weekend_of_the_country(country: str | None, week: dt.date, weekend: set[int]) -> None:
    site = {"zone": "UTC"} | ({} if country is None else {"country": country})
    assert read_inputs({"plan": {"site": site}, "week": str(week)}).weekend == weekend

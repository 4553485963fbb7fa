"""The cover holds the shifts that must be worked, so that the roster can give them."""

import dataclasses

import pytest
from roster_cases import FREE, centre, person, solve

from busyhour.forecast.progress import Watch
from busyhour.schedule.cover.solve import solve_cover
from busyhour.schedule.staff import Fixed


def idle(*staff, **rules):
    """Return a centre that needs nobody."""
    problem = centre(*staff, rules=dataclasses.replace(FREE, **rules))
    nobody = tuple(dataclasses.replace(d, need=d.need * 0, lower=d.lower * 0) for d in problem.demands)
    return dataclasses.replace(problem, demands=nobody)


@pytest.mark.parametrize(
    ("agents", "rules", "asked"),
    [
        ([{}], {}, []),
        ([{"fixed": (Fixed(1, "eight@0900"),)}], {}, [(1, "eight@0900")]),
        ([{"fixed": (Fixed(1, "four"),)}, {"fixed": (Fixed(1, "four@1000"),)}], {}, [(1, "four"), (1, "four@1000")]),
        ([{"fixed": (Fixed(1, "off"),)}], {}, []),
        ([{"run_before": 1}], {"min_run_days": 3}, [(0, "four"), (1, "four")]),
    ],
)
def test_a_cover_that_nobody_needs_has_the_shifts_that_must_be_worked(agents, rules, asked):
    problem = idle(*(person(f"p{i}", **more) for i, more in enumerate(agents)), **rules)
    cover = solve_cover(problem, watch=Watch(), time_limit_s=20.0, gap=0.0)
    assert len(cover.planned) == len(asked)
    for day, what in asked:
        assert any(p.shift.day == day and Fixed(day, what).allows(p.shift) for p in cover.planned)
    assert solve(problem, cover.planned).open == ()

"""Shifts that must be worked are in every plan of people, and an exchange of shifts keeps them."""

import dataclasses

import pytest
from roster_cases import FREE, PLAIN, centre, person, solve, worked

from busyhour.forecast.progress import Watch
from busyhour.schedule.people.solve import solve_named
from busyhour.schedule.problem.staff import Fixed


def idle(*staff, **rules):
    """Return a centre that needs nobody."""
    problem = centre(*staff, rules=dataclasses.replace(FREE, **rules))
    nobody = tuple(dataclasses.replace(d, need=d.need * 0, lower=d.lower * 0) for d in problem.demands)
    return dataclasses.replace(problem, demands=nobody)


def plan(problem, **more):
    """Return the plan of the problem's people."""
    return solve_named(problem, **({"watch": Watch(), "time_limit_s": 20.0, "gap": 0.0, "steps": 100} | more))


def shifts(named):
    return [p for mine in named.assigned.values() for p in mine]


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
def test_a_plan_that_nobody_needs_has_the_shifts_that_must_be_worked(agents, rules, asked):
    problem = idle(*(person(f"p{i}", **more) for i, more in enumerate(agents)), **rules)
    planned = shifts(plan(problem))
    assert len(planned) == len(asked)
    for day, what in asked:
        assert any(p.shift.day == day and Fixed(day, what).allows(p.shift) for p in planned)
    assert solve(problem, planned).open == ()


def test_families_are_held_at_starts_that_each_person_may_take():
    early = {"away": ((24 + 6, 168),), "fixed": (Fixed(1, "four"),)}  # until 06:00 of that day
    late = {"away": ((0, 24 + 18),), "fixed": (Fixed(1, "four"),)}
    problem = idle(person("ann", **early), person("bob", **late), person("cy", fixed=(Fixed(1, "four@1000"),)))
    named = plan(problem)
    assert {name: len(mine) for name, mine in named.assigned.items()} == {"ann": 1, "bob": 1, "cy": 1}
    assert all(a.free(p.shift) and a.fixed[0].allows(p.shift) for a in problem.staff for p in named.assigned[a.id])
    assert worked(named, "cy") == [(1, "four@1000")]
    roster = solve(problem, shifts(named))
    assert roster.open == ()
    assert worked(roster, "cy") == [(1, "four@1000")]


def test_a_plan_that_is_stopped_at_once_has_every_fixed_shift_and_no_other():
    staff = (
        person("ann", fixed=(Fixed(0, "lunch"), Fixed(1, "eight@0900"))),
        person("bob", away=((0, 8),), fixed=(Fixed(0, "lunch"),)),
        person("cy"),
    )
    problem, watch = idle(*staff), Watch()
    watch.stop.set()
    named = plan(problem, watch=watch)
    assert sorted((p.shift.day, p.shift.family) for p in shifts(named)) == [(0, "lunch"), (0, "lunch"), (1, "eight")]
    assert worked(named, "ann")[1] == (1, "eight@0900")
    assert all(p.shift.start >= 8 for p in named.assigned["bob"])
    assert all(2 <= at <= 5 for p in shifts(named) for at in p.breaks)
    assert solve(problem, shifts(named)).open == ()
    again = solve_named(problem, watch=Watch(), time_limit_s=20.0, start=named, steps=10)
    assert sorted((p.shift.day, p.shift.family) for p in shifts(again)) == [(0, "lunch"), (0, "lunch"), (1, "eight")]


def test_a_plan_without_time_has_every_fixed_shift():
    staff = person(fixed=(Fixed(2, "eight@0900"),)), person("bob", fixed=(Fixed(3, "four"),))
    problem = centre(*staff, costs=dataclasses.replace(PLAIN, under_h=40.0))
    named = plan(problem, time_limit_s=0.0)
    assert named.solved.stopped == "time"
    assert (2, "eight@0900") in worked(named)
    assert (3, "four") in {(p.shift.day, p.shift.family) for p in named.assigned["bob"]}


def test_a_contract_whose_families_have_no_shift_in_the_week_holds_nobody_up():
    problem = idle(person("ann"), person("bob", "rare"))
    rare = dataclasses.replace(problem.contracts["full"], name="rare", shifts=("never",))
    families = {**problem.families, "never": dataclasses.replace(problem.families["four"], name="never", days=())}
    problem = dataclasses.replace(problem, contracts={**problem.contracts, "rare": rare}, families=families)
    assert plan(problem).solved.status == "optimal"

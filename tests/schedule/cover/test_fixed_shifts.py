"""The cover holds the shifts that must be worked, so that the roster can give them."""

import dataclasses

import pytest
from roster_cases import FREE, centre, person, solve, worked

from busyhour.forecast.progress import Watch
from busyhour.schedule.cover import week
from busyhour.schedule.cover.counts import Counts
from busyhour.schedule.cover.decide import Decision
from busyhour.schedule.cover.frame import Frame
from busyhour.schedule.cover.musts import with_musts
from busyhour.schedule.cover.result import single_heads
from busyhour.schedule.cover.solve import solve_cover
from busyhour.schedule.problem.staff import Fixed


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


def test_families_are_held_at_starts_that_each_person_may_take():
    early = {"away": ((24 + 6, 168),), "fixed": (Fixed(1, "four"),)}  # until 06:00 of that day
    late = {"away": ((0, 24 + 18),), "fixed": (Fixed(1, "four"),)}
    problem = idle(person("ann", **early), person("bob", **late), person("cy", fixed=(Fixed(1, "four@1000"),)))
    cover = solve_cover(problem, watch=Watch(), time_limit_s=20.0, gap=0.0)
    assert len(cover.planned) == 3
    roster = solve(problem, cover.planned)
    assert roster.open == ()
    assert worked(roster, "cy") == [(1, "four@1000")]


def test_heads_that_a_cut_short_cover_lacks_are_added():
    staff = (
        person("ann", fixed=(Fixed(0, "lunch"), Fixed(1, "eight@0900"))),
        person("bob", away=((0, 8),), fixed=(Fixed(0, "lunch"),)),
        person("cy"),
    )
    frame = Frame(idle(*staff))
    night = next(c for c in frame.columns if frame.shifts[c[2]].pattern == "lunch@0000" and frame.shifts[c[2]].day == 0)
    kept = with_musts(frame, Counts({night: 1.0}, {(night[1], night[2], 0): {3: 1.0}}))
    planned = single_heads(frame, kept)
    assert [(p.shift.day, p.shift.family) for p in planned] == [(0, "lunch"), (0, "lunch"), (1, "eight")]
    assert planned[0].breaks == (3,)
    assert solve(frame.problem, planned).open == ()
    assert with_musts(frame, kept) == kept


def test_a_cover_without_time_has_every_fixed_head(monkeypatch):
    problem = centre(person(fixed=(Fixed(2, "eight@0900"),)), person("bob", fixed=(Fixed(3, "four"),)))
    monkeypatch.setattr(week, "decide", lambda *_, **__: Decision(None, None, None))
    cover = solve_cover(problem, watch=Watch(), time_limit_s=20.0)
    assert {(2, "eight@0900"), (3, "four")} <= {
        (p.shift.day, what) for p in cover.planned for what in (p.shift.pattern, p.shift.family)
    }


def test_a_contract_whose_families_have_no_shift_in_the_week_holds_nobody_up():
    problem = idle(person("ann"), person("bob", "rare"))
    rare = dataclasses.replace(problem.contracts["full"], name="rare", shifts=("never",))
    families = {**problem.families, "never": dataclasses.replace(problem.families["four"], name="never", days=())}
    problem = dataclasses.replace(problem, contracts={**problem.contracts, "rare": rare}, families=families)
    assert solve_cover(problem, watch=Watch(), time_limit_s=20.0, gap=0.0).solved.status == "optimal"

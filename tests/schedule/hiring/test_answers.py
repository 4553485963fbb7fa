"""Attrition from dates, bad problems, and answers by planning again."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from hiring_cases import FIRST, LEARNING, RULES, group, kind, tiny, two_contracts

from busyhour.forecast.errors import InputError
from busyhour.forecast.progress import Watch
from busyhour.schedule.hiring.answers import (
    Answer,
    Asked,
    changed,
    fewer_leave,
    lowest,
    missed,
    one_head_less,
    one_head_more,
    one_head_trained,
    reach,
    same_plan,
    small_steps,
    waiting,
    without_limits,
)
from busyhour.schedule.hiring.attrition import LEAVE, estimate
from busyhour.schedule.hiring.check import checked
from busyhour.schedule.hiring.problem import Head, Months, Recipe, Transfer
from busyhour.schedule.hiring.solve import plan_hires
from busyhour.schedule.hiring.tenure import MONTH_DAYS
from busyhour.schedule.hiring.worth import replacement

ASKED = Asked(gap=1e-4)


def history(leave: np.ndarray, people: int, seed: int) -> list[Head]:
    """Return people hired over six years who leave month by month as `leave` says."""
    rng = np.random.default_rng(seed)
    hazard = -np.log1p(-np.concatenate([leave, np.full(2000, leave[-1])]))
    reached = np.concatenate([[0.0], np.cumsum(hazard)])
    tenure = np.interp(rng.exponential(size=people), reached, np.arange(len(reached)))
    since = [FIRST - dt.timedelta(days=int(d)) for d in rng.integers(1, 2200, people)]
    until = [s + dt.timedelta(days=round(t * MONTH_DAYS)) for s, t in zip(since, tenure, strict=True)]
    return [Head(s, u if u <= FIRST else None) for s, u in zip(since, until, strict=True)]


def test_attrition_is_found_again_and_lies_inside_its_interval():
    true = np.array([0.1, *[0.08] * 3, *[0.06] * 3, *[0.02] * 5, 0.01])
    found = estimate(history(true, 3000, 1), FIRST)
    bucket = np.array([0.1, 0.08, 0.06, 0.02, 0.01])
    assert found.leave == pytest.approx(bucket, rel=0.12)
    assert ((found.low <= bucket) & (bucket <= found.high)).sum() >= 4
    assert found.by_month().shape == (13,)


def test_people_who_left_before_the_file_began_do_not_bend_attrition():
    true = np.array([0.1, *[0.08] * 3, *[0.06] * 3, *[0.02] * 5, 0.01])
    began = dt.date(2025, 1, 1)
    seen = [h for h in history(true, 6000, 2) if h.until is None or h.until >= began]
    right, wrong = estimate(seen, FIRST, seen_from=began), estimate(seen, FIRST)
    assert right.leave[-1] == pytest.approx(0.01, rel=0.15)
    assert abs(wrong.leave[0] - 0.1) > abs(right.leave[0] - 0.1)


def test_without_dates_the_default_stands():
    found = estimate([], FIRST)
    assert found.leave == pytest.approx(LEAVE)
    assert (found.low < found.leave).all()
    assert (found.high > found.leave).all()
    few = estimate([Head(dt.date(2026, 10, 1), dt.date(2026, 11, 15))], FIRST)
    assert few.leavers.tolist() == [0, 1, 0, 0, 0]
    assert few.exposure.sum() == pytest.approx(45 / MONTH_DAYS)
    assert 0.05 < few.leave[1] < 0.08


def test_nobody_leaves_before_they_come():
    with pytest.raises(InputError, match="left before they came"):
        estimate([Head(dt.date(2026, 5, 1), dt.date(2026, 4, 1))], FIRST)


BAD = {
    "from 0 to 1": tiny(kinds=(kind(learning=replace(LEARNING, leave=np.array([1.2]))),)),
    "larger than its room": tiny(given=(("main/full", dt.date(2027, 2, 1), 5),)),
    "negative tenure": tiny(kinds=(kind(staff=(Head(dt.date(2027, 2, 1)),)),)),
    "leaves before it starts": tiny(kinds=(kind(staff=(Head(dt.date(2026, 2, 1), dt.date(2026, 1, 1)),)),)),
    "no months": replace(tiny(), months=Months(FIRST, 0)),
    "all 4 months": tiny(groups=(group(months=3),)),
    "unknown kind": tiny(given=(("other", dt.date(2027, 2, 1), 2),)),
    "started already": tiny(given=(("main/full", dt.date(2026, 12, 1), 2),)),
    "unknown group": tiny(kinds=(kind("other/full"),)),
    "comes twice": tiny(kinds=(kind(), kind())),
    "least <= most": tiny(rules=replace(RULES, least=9)),
    "frozen month": tiny(rules=replace(RULES, frozen=(7,))),
    "sum to 1": tiny(groups=(replace(group(), recipes=(Recipe("a", {"full": 0.7}, np.ones(4)),)),)),
    "can be made": tiny(groups=(replace(group(), recipes=(Recipe("a", {"part": 1.0}, np.ones(4)),)),)),
    "without a recipe": tiny(groups=(replace(group(), recipes=()),)),
    "numbers of scenarios": tiny(groups=(group(), group("b", scenarios=3)), kinds=(kind(), kind("b/full"))),
    "starts": tiny(transfers=(Transfer("main/full", "main/full", 0.0, np.ones(1), 0.0, 1),)),
    "time off saves more": tiny(groups=(replace(group(), recourse=replace(group().recourse, off_saving=50.0)),)),
    "cost less than these": tiny(groups=(replace(group(), recourse=replace(group().recourse, lost_cost=70.0)),)),
    "nobody would pay": tiny(groups=(replace(group(), recourse=replace(group().recourse, vendor_cost=99.0)),)),
}


@pytest.mark.parametrize("words", BAD)
def test_bad_problems_are_refused_in_one_sentence(words):
    with pytest.raises(InputError, match=words):
        checked(BAD[words])


def test_good_problems_pass():
    for problem in (tiny(), two_contracts()):
        assert checked(problem) is problem


@pytest.mark.slow
def test_dropping_a_limit_saves():
    problem = tiny(groups=(group(hours=1700.0),), rules=replace(RULES, frozen=(1,)))
    plan = plan_hires(problem, gap=1e-4)
    for what, other in without_limits(problem):
        answer = changed(problem, plan, what, other, Watch(), ASKED)
        assert answer.saves >= -2e-4 * abs(plan.solved.cost or 0.0)
        assert answer.at_least is not None
        assert answer.at_most is not None
        assert answer.at_least - 1e-6 <= answer.saves <= answer.at_most + 1e-6


@pytest.mark.slow
def test_waiting_a_month_costs():
    problem = tiny(groups=(group(hours=1700.0),))
    waits = changed(problem, plan_hires(problem, gap=1e-4), "waiting", waiting(problem), Watch(), ASKED)
    assert waits.saves < 0


def test_a_head_is_worth_about_what_replacing_one_costs():
    problem = tiny(groups=(group(hours=1700.0),))
    plan = plan_hires(problem, gap=1e-4)
    more = same_plan(problem, plan, "one more", one_head_more(problem, "main/full"))
    less = same_plan(problem, plan, "one less", one_head_less(problem, "main/full"))
    assert less.saves < 0 < more.saves
    assert more.saves <= -less.saves + 1e-6
    assert 0.2 * replacement(problem.kinds[0]) < more.saves < 5 * replacement(problem.kinds[0])
    assert plan_hires(fewer_leave(problem, 0.01), gap=1e-4).total != plan.total


def test_one_head_of_another_contract_changes_both_kinds():
    other = one_head_trained(two_contracts(), 0)
    assert [len(k.staff) for k in other.kinds] == [11, 5]


@pytest.mark.slow
def test_a_freeze_that_misses_the_wanted_service_is_named_with_the_cheapest_relief():
    problem = tiny(
        6, groups=(group(months=6, hours=1350.0),), kinds=(kind(months=6),),
        rules=replace(RULES, frozen=(0, 1, 2, 3, 4, 5), recruits=20, rooms=3),
    )  # fmt: skip
    plan = plan_hires(problem, gap=1e-3)
    assert not plan.classes
    free = plan_hires(replace(problem, rules=replace(problem.rules, frozen=())), gap=1e-3)
    wanted = lowest(problem, plan) + 0.5 * (lowest(problem, free) - lowest(problem, plan))
    limits, steps = (
        [changed(problem, plan, what, other, Watch(), Asked(gap=0.01)) for what, other in changes]
        for changes in (without_limits(problem), small_steps(problem))
    )
    found = missed(lowest(problem, plan), wanted, limits, steps)
    assert found is not None
    assert [a.what for a in found.limits] == ["without the hiring freeze"]
    assert found.relief is not None
    assert found.relief.what.startswith("with starts in 2027-0")
    assert found.nearest is None


def test_the_cheapest_relief_is_that_which_reaches_what_is_wanted():
    def answer(what: str, saves: float, lowest: float) -> Answer:
        return Answer(what, saves, None, None, 0.0, lowest)

    steps = [answer("cheap", 90.0, 0.4), answer("good", 50.0, 0.8), answer("dear", 10.0, 0.9)]
    assert missed(0.6, 0.5, [], steps) is None
    found = missed(0.3, 0.75, [answer("limit", 1.0, 0.9), answer("other", 1.0, 0.3)], steps)
    assert found is not None
    assert found.relief is not None
    assert ([a.what for a in found.limits], found.relief.what, found.nearest) == (["limit"], "good", None)
    short = missed(0.3, 0.95, [], steps)
    assert short is not None
    assert short.relief is None
    assert short.nearest is not None
    assert short.nearest.what == "dear"
    assert missed(0.3, 0.95, [], []) is not None


def test_months_within_lead_and_training_cannot_be_reached():
    assert reach(tiny()) == 0
    assert reach(tiny(rules=replace(RULES, lead_weeks=6.0))) == 1
    assert reach(tiny(kinds=(kind(hired=False),))) == 4

"""Goals over a month or a contract: which days belong together, what the week must gain, what a ladder pays."""

import datetime as dt

import pytest

from busyhour.forecast.errors import InputError
from busyhour.schedule.problem.goal_period import GoalPeriod
from busyhour.schedule.problem.horizon import Horizon
from busyhour.schedule.problem.period_terms import PeriodTerms

WEEK = Horizon.of_weeks(dt.date(2026, 11, 30), 1, 60)
NOVEMBER, DECEMBER = (dt.date(2026, 11, 1), dt.date(2026, 11, 30)), (dt.date(2026, 12, 1), dt.date(2026, 12, 31))
LADDER = ((0.0, -8000.0), (0.66, -4000.0), (0.7, 0.0), (0.8, 3000.0))
ALL = tuple(range(7))


def period(banked=(700.0, 1000.0), later=500.0, **more):
    return GoalPeriod(*DECEMBER, ALL, *banked, later, **more)


def test_a_month_that_ends_in_the_week_parts_it():
    assert list(PeriodTerms().parts("month", WEEK)) == [(*NOVEMBER, (0,)), (*DECEMBER, tuple(range(1, 7)))]


def test_days_outside_a_contract_are_periods_by_themselves():
    terms = PeriodTerms(first=dt.date(2026, 12, 2), last=dt.date(2026, 12, 4))
    assert [(first.day, last.day, days) for first, last, days in terms.parts("contract", WEEK)] == [
        (30, 1, (0, 1)), (2, 4, (2, 3, 4)), (5, 6, (5, 6)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        (PeriodTerms(), "period of the contract is unknown"),
        (PeriodTerms(first=dt.date(2026, 1, 1), last=dt.date(2026, 3, 31)), "lies outside the period"),
    ],
)
def test_a_contract_without_the_week_is_refused(terms, said):
    with pytest.raises(InputError, match=said):
        list(terms.parts("contract", WEEK))


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"rest": "best"}, "unknown rest.*goal, same"),
        ({"between": "curve"}, "unknown between.*steps, linear"),
        ({"banked_in": 5.0}, "go together"),
        ({"banked_in": 5.0, "banked_counted": 4.0}, "more calls in time than calls counted"),
        ({"banked_in": -1.0, "banked_counted": 4.0}, "banked_in"),
        ({"rest_calls": float("nan")}, "rest_calls"),
        ({"first": dt.date(2026, 2, 1), "last": dt.date(2026, 1, 1)}, "ends before it begins"),
        ({"ladder": ((0.5, 0.0), (0.7, 1.0))}, "begins at the share 0"),
        ({"ladder": ((0.0, 0.0),)}, "two pairs"),
        ({"ladder": ((0.0, -1.0), (0.7, 0.0), (0.6, 1.0))}, "out of order"),
        ({"ladder": ((0.0, -1.0), (70.0, 0.0))}, "at most to 1"),
        ({"ladder": ((0.0, 0.0), (0.7, -1.0))}, "pays less for better service"),
    ],
)
def test_terms_that_contradict_themselves_are_refused(keys, said):
    with pytest.raises(InputError, match=said):
        PeriodTerms(**keys)


def test_what_is_missing_so_far_raises_the_level_of_the_week():
    p = period(banked=(650.0, 1000.0))  # 50 calls short of 70 %
    assert p.margin(0.7, 400.0) == pytest.approx(50.0)
    assert p.needed(0.7, 400.0, 400.0) == pytest.approx(0.7 + 50 / 400)
    assert p.needed(0.7, 400.0, 380.0) == pytest.approx(0.7 + 50 / 380)
    shared = period(banked=(650.0, 1000.0), rest="same")
    assert shared.margin(0.7, 400.0) == pytest.approx(50.0 * 400 / 900)
    level = shared.needed(0.7, 400.0, 400.0)
    assert (650 + level * 900) / 1900 == pytest.approx(0.7)


def test_what_is_in_hand_lowers_it_and_no_level_leaves_0_to_1():
    assert period(banked=(720.0, 1000.0)).needed(0.7, 400.0, 400.0) == pytest.approx(0.65)
    assert period(banked=(1000.0, 1000.0)).needed(0.7, 400.0, 400.0) == 0.0
    assert period(banked=(500.0, 1000.0), later=5000.0).needed(0.7, 400.0, 400.0) == 1.0
    assert period(banked=(0.0, 0.0), later=0.0).needed(0.7, 0.0, 0.0) == 0.7


def test_a_lost_period_asks_for_the_level_of_the_week():
    p = period(banked=(100.0, 1000.0))
    assert p.best(400.0) == pytest.approx(1000 / 1900)
    assert p.lost(0.7, 400.0)
    assert p.margin(0.7, 400.0) == 0.0
    assert not period(banked=(500.0, 1000.0)).lost(0.7, 400.0)


@pytest.mark.parametrize(
    ("figure", "steps", "linear"),
    [(0.0, -8000, -8000), (0.33, -8000, -6000), (0.66, -4000, -4000), (0.68, -4000, -2000), (0.7, 0, 0),
     (0.75, 0, 1500), (0.8, 3000, 3000), (0.95, 3000, 3000)],
)  # fmt: skip
def test_a_ladder_pays_by_its_pairs(figure, steps, linear):
    assert period(ladder=LADDER).money(figure) == pytest.approx(steps)
    assert period(ladder=LADDER, between="linear").money(figure) == pytest.approx(linear)


@pytest.mark.parametrize("rest", ["goal", "same"])
@pytest.mark.parametrize("between", ["steps", "linear"])
@pytest.mark.parametrize("share", [0.2, 0.5, 0.63, 0.695, 0.705, 0.81, 0.97])
def test_the_price_of_a_ladder_is_what_its_top_would_pay_more(rest, between, share):
    p = GoalPeriod(*DECEMBER, ALL, 690.0, 1000.0, 500.0, rest, LADDER, between)
    calls = 400.0
    later = 0.7 * 500.0 if rest == "goal" else share * 500.0
    figure = (690.0 + share * calls + later) / 1900.0
    found = p.price(0.7, calls)
    assert found is not None
    margin, price = found
    gained = (share - 0.7) * calls
    assert p.figure(0.7, calls, gained) == pytest.approx(figure)
    assert price.at(margin - gained) == pytest.approx(3000.0 - p.money(figure))
    assert p.asked(0.7, calls, figure) == pytest.approx(gained)


def test_without_calls_or_ladder_there_is_no_price():
    assert period().price(0.7, 400.0) is None
    assert period(ladder=LADDER).price(0.7, 0.0) is None

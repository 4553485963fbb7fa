"""Who stays and how fast people are: against sums by hand and Whitt's formula."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hiring_cases import FIRST, LEARNING, kind, tiny

from busyhour.schedule.hiring.cohort import of_class, of_today, of_transfer, plain
from busyhour.schedule.hiring.days import Days
from busyhour.schedule.hiring.problem import Head, Learning, Months, Transfer
from busyhour.schedule.hiring.tenure import MONTH_DAYS, staying, training_days, working_speed
from busyhour.schedule.hiring.worth import end_value, invested, progress, replacement

DAYS = Days.of(Months(FIRST, 4))


def test_staying_is_the_product_of_the_months_stayed():
    at = MONTH_DAYS * np.array([0.0, 1.0, 2.0, 3.0, 4.0, 6.5])
    stay = 0.94 * 0.95 * 0.97
    expected = [1.0, 0.94 * 0.9, 0.94 * 0.95 * 0.9, stay * 0.9, stay * 0.98 * 0.9, stay * 0.98**3.5 * 0.9]
    assert staying(LEARNING, at) == pytest.approx(expected)


def test_nobody_leaves_before_the_first_day_and_those_who_fail_go_after_the_training():
    learns = training_days(2.0)
    assert staying(LEARNING, np.array([-20.0, 0.0])) == pytest.approx([1.0, 1.0])
    before, after = staying(LEARNING, np.array([learns - 1e-6, learns]))
    assert after == pytest.approx(0.9 * before)


def test_everybody_may_leave():
    gone = Learning(1.0, 0.0, np.array([1.0]), np.array([1.0]))
    assert staying(gone, np.array([0, 1, 40])) == pytest.approx([1.0, 0.0, 0.0], abs=0.97)
    assert staying(gone, np.array([31.0]))[0] == 0.0


def test_speed_grows_by_month_after_training():
    ages = np.array([-1, 0, 13, 14, 14 + 31, 14 + 62, 14 + 400])
    assert working_speed(LEARNING.speed, 2.0, ages).tolist() == [0.0, 0.0, 0.0, 0.6, 0.8, 1.0, 1.0]


def test_a_constant_head_count_works_as_whitt_says():
    """A class a day for ages: work per head = ∫ p(x) P(L > x) dx / E[L] (Whitt 2006)."""
    leave, speed = np.array([0.2, 0.12, 0.08]), np.array([0.5, 0.8, 1.0])
    learning = Learning(0.0, 0.0, leave, speed)
    hazard = -np.log1p(-leave)
    parts = [np.exp(-hazard[:a].sum()) * -np.expm1(-hazard[a]) / hazard[a] for a in range(2)]
    last = np.exp(-hazard[:2].sum()) / hazard[2]
    mean_tenure = sum(parts) + last
    whitt = (0.5 * parts[0] + 0.8 * parts[1] + 1.0 * last) / mean_tenure
    ages = np.arange(0, 8000) + 0.5
    stay = staying(learning, ages)
    work = (stay * working_speed(speed, 0.0, ages)).sum() / stay.sum()
    assert work == pytest.approx(whitt, rel=2e-3)


@pytest.mark.parametrize("start", [dt.date(2027, 1, 1), dt.date(2027, 2, 10), dt.date(2027, 4, 30)])
def test_people_of_a_class_add_up(start):
    months = of_class(kind(), DAYS, start)
    after = months.opening + months.hires - months.leavers
    assert after[:-1] == pytest.approx(months.opening[1:])
    assert months.hires.sum() == 1.0
    assert months.hires[DAYS.month(start)] == 1.0
    assert (months.training + months.experienced <= months.present + 1e-12).all()
    month = DAYS.month(start)
    assert months.work_h[month] == 0.0 or start.day < 18


def test_a_class_gives_what_a_sum_over_days_gives():
    one, start = of_class(kind(), DAYS, dt.date(2027, 1, 11)), dt.date(2027, 1, 11)
    for t, (first, after) in enumerate(zip(Months(FIRST, 4).starts(), Months(FIRST, 4).starts()[1:], strict=False)):
        days = [first + dt.timedelta(days=i) for i in range((after - first).days)]
        age = np.array([(d - start).days for d in days])
        there = np.where(age >= 0, staying(LEARNING, age), 0.0)
        work = there * working_speed(LEARNING.speed, 2.0, age)
        assert one.work_h[t] == pytest.approx(160 * 0.8 * work.mean())
        assert one.wages[t] + one.training_wages[t] == pytest.approx(160 * 20.0 * there.mean())


def test_people_of_today_are_there_and_known_leavers_are_not():
    open_end = of_today(kind(), DAYS, FIRST, Head(None))
    assert open_end.opening == pytest.approx(0.98 ** (DAYS.begin[:-1] / MONTH_DAYS))
    gone = of_today(kind(), DAYS, FIRST, Head(None, dt.date(2027, 2, 15)))
    assert gone.work_h[0] == pytest.approx(open_end.work_h[0])
    assert gone.work_h[1] == pytest.approx(open_end.work_h[1] / 2, rel=0.01)
    assert gone.work_h[2:].tolist() == [0.0, 0.0]
    assert gone.leavers.sum() == pytest.approx(1.0)


def test_people_in_training_may_still_fail():
    young = of_today(kind(), DAYS, FIRST, Head(dt.date(2026, 12, 28)))
    assert young.opening[0] == 1.0
    reached = staying(LEARNING, np.array([4]))[0]
    assert young.opening[1] == pytest.approx(staying(LEARNING, np.array([35]))[0] / reached)


def test_people_whom_nothing_tells_apart_are_counted_as_one():
    old, new = Head(dt.date(2020, 5, 1)), Head(dt.date(2026, 12, 1))
    assert plain(kind(), FIRST, old) == Head(None)
    assert plain(kind(), FIRST, new) == new
    exact, short = of_today(kind(), DAYS, FIRST, old), of_today(kind(), DAYS, FIRST, Head(None))
    for name in ("opening", "leavers", "work_h", "wages", "experienced", "last"):
        assert getattr(exact, name) == pytest.approx(getattr(short, name))


def test_a_transfer_takes_a_head_here_and_gives_one_there():
    way = Transfer("a/full", "b/full", weeks=2.0, speed=np.array([0.7, 1.0]), cost=0.0, most=1)
    loss, gain = of_transfer(kind("a/full"), kind("b/full"), way, DAYS, 1)
    assert loss.hires.tolist() == [0.0, -1.0, 0.0, 0.0]
    assert gain.hires.tolist() == [0.0, 1.0, 0.0, 0.0]
    assert loss.opening == pytest.approx(-gain.opening)
    assert gain.work_h[1] < 0.7 * -loss.work_h[1]
    assert gain.work_h[3] == pytest.approx(-loss.work_h[3])


def test_a_newcomer_is_worth_what_was_spent():
    own = kind()
    assert invested(own, 0.0) == 2000.0
    passes = staying(LEARNING, np.array([14]))[0]
    training = 14 / MONTH_DAYS * 160 * 20.0
    assert replacement(own) == pytest.approx((2000.0 + training) / passes + (0.4 + 0.2) * 160 * 20.0)
    shares = [progress(own, age) for age in (0, 10, 14, 40, 80, 300)]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert end_value(tiny(), own) == replacement(own)

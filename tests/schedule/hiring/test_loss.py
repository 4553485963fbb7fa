"""Hours of work that goals ask for, and what an hour of work takes by mix of contracts."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools

import numpy as np
import pytest

from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.progress import Stopped, Watch
from busyhour.forecast.queueing.goal.targets import ServiceGoal
from busyhour.schedule.hiring.loss import Effort, LossPoint, Mix, Sample, measured, relaxed
from busyhour.schedule.hiring.work import least_heads, work_hours
from busyhour.schedule.problem.costs import Costs
from busyhour.schedule.problem.horizon import Horizon
from busyhour.schedule.problem.problem import Demand, ScheduleProblem
from busyhour.schedule.problem.shift_families import Break, ShiftFamily
from busyhour.schedule.problem.staff import Contract
from busyhour.schedule.rules.rules import Rules

WEEK = dt.date(2026, 11, 30)
FULL, PART = Mix("full only", ("full",)), Mix("part only", ("part",))
FREE = Mix("cheapest", ("full", "part"))


def by_interval(need: np.ndarray) -> Demand:
    """Return the demand of a goal per interval."""
    heads = need.astype(np.int64)
    return Demand("calls", ServiceGoal(0.8, 20), need > 0, need.astype(float), heads, need.astype(float))


def desk(need_of_hour: dict[int, int], days: int = 2) -> ScheduleProblem:
    """Return an hourly desk with a full-time shift of eight hours, one of them a break, and a part-time one of four."""
    grid = Grid(WEEK, days, 60)
    need = np.array([need_of_hour.get(h % 24, 0) for h in range(len(grid))])
    families = {
        "long": ShiftFamily("long", 480, "08:00", "12:00", 60, breaks=(Break(60, 180, 240),)),
        "short": ShiftFamily("short", 240, "08:00", "16:00", 60),
    }
    contracts = {"full": Contract("full", ("long",), 40), "part": Contract("part", ("short",), 20)}
    costs = Costs(cost_h=10.0, under_h=500.0)
    return ScheduleProblem(Horizon(grid), (by_interval(need),), families, contracts, (), Rules(), costs)


def sample(problem: ScheduleProblem, absent: float = 0.0, kind: str = "normal") -> Sample:
    return Sample(kind, problem, np.full(len(problem.grid), absent))


FLAT = dict.fromkeys(range(8, 20), 2)
PEAK = dict.fromkeys(range(8, 20), 2) | dict.fromkeys(range(10, 14), 6)


def test_work_of_an_interval_goal_is_the_need() -> None:
    problem = desk(FLAT)
    assert work_hours(problem.demands[0], np.zeros(48), 1.0).sum() == 2 * 12 * 2
    assert work_hours(problem.demands[0], np.full(48, 0.25), 1.0).sum() == pytest.approx(0.75 * 48)


@pytest.mark.parametrize("seed", range(6))
def test_work_of_a_goal_over_the_day_is_the_least_of_all_staffings(seed: int) -> None:
    rng = np.random.default_rng(seed)
    slots, most = 4, 4
    steps = np.sort(rng.uniform(0.1, 3.0, (slots, most)), axis=1)[:, ::-1]
    gain = np.concatenate([-rng.uniform(1, 4, (slots, 1)), steps], axis=1).cumsum(axis=1)
    absent = rng.choice([0.0, 0.1, 0.3], slots)
    lower = rng.integers(0, 2, slots)
    goal = ServiceGoal(0.8, 20, basis="day")
    open_ = np.ones(slots, dtype=bool)
    margin = float(gain.max(axis=1).sum()) - rng.uniform(1.0, 4.0)
    demand = Demand("q", goal, open_, np.zeros(slots), lower, np.ones(slots), gain, (np.arange(slots),), (margin,))
    found = least_heads(demand, absent)
    best = min(
        float(np.dot(heads, 1.0 - absent))
        for heads in itertools.product(range(most + 1), repeat=slots)
        if (np.array(heads) >= lower).all() and sum(gain[s, n] for s, n in enumerate(heads)) >= margin
    )
    hours = float(np.dot(found, 1.0 - absent))
    assert (found >= lower).all()
    at = [np.interp(n, range(most + 1), gain[s]) for s, n in enumerate(found)]
    assert sum(at) >= margin - 1e-9
    assert best - 1.0 < hours <= best + 1e-9  # the last step is taken in part


def test_a_goal_beyond_reach_takes_all_that_gains() -> None:
    gain = np.array([[0.0, 1.0, 1.0]])
    goal = ServiceGoal(0.8, 20, basis="day")
    demand = Demand(
        "q", goal, np.array([True]), np.zeros(1), np.zeros(1, dtype=int), np.ones(1), gain, (np.array([0]),), (5.0,)
    )
    assert least_heads(demand, np.zeros(1)).tolist() == [1.0]


def test_short_shifts_lose_less_at_a_peak() -> None:
    points = {p.mix: p for p in measured([sample(desk(PEAK))], [FULL, PART, FREE], Effort(gap=0.0), Watch())}
    assert all(p.how == "scheduled" for p in points.values())
    assert points["part only"].ratio == pytest.approx(1.0)  # four hours fit the peak, without breaks
    assert points["full only"].ratio > 1.3
    assert points["cheapest"].ratio == pytest.approx(1.0)
    assert points["full only"].share == {"full": 1.0}


def test_prescribed_shares_hold_and_lie_between() -> None:
    mixes = [FULL, Mix("half", ("full", "part"), {"full": 0.5, "part": 0.5}), PART]
    full, half, part = measured([sample(desk(PEAK))], mixes, Effort(gap=0.0), Watch())
    assert half.share == pytest.approx({"full": 0.5, "part": 0.5})
    assert part.ratio <= half.ratio <= full.ratio
    assert half.how == "relaxed"
    rounding = (full.presence_h / full.relaxed_h + part.presence_h / part.relaxed_h) / 2
    assert half.presence_h == pytest.approx(half.relaxed_h * rounding)


def test_whole_shifts_take_at_least_the_relaxation() -> None:
    for p in measured([sample(desk(FLAT)), sample(desk(PEAK), kind="peak")], [FULL, PART], Effort(gap=0.0), Watch()):
        assert p.presence_h >= p.relaxed_h - 1e-6


def test_a_shift_takes_a_day_of_a_head_however_short() -> None:
    """Who is paid eight hours a day and works four leaves half of the pay unfilled."""
    plain = sample(desk(FLAT))
    paid_by_day = dataclasses.replace(plain, day_h={"part": 8.0, "full": 8.0})
    (short,), (long,) = (measured([s], [PART], Effort(gap=0.0), Watch()) for s in (plain, paid_by_day))
    assert (short.unfilled, short.filled_ratio) == (0.0, short.ratio)
    assert long.ratio == pytest.approx(2.0 * short.ratio)
    assert long.unfilled == pytest.approx(0.5)
    assert long.filled_ratio == pytest.approx(short.ratio)
    (full,) = measured([paid_by_day], [FULL], Effort(gap=0.0), Watch())
    assert full.unfilled == 0.0


def test_hours_that_no_shift_fills_count_in_prescribed_shares() -> None:
    paid_by_day = dataclasses.replace(sample(desk(PEAK)), day_h={"part": 5.0})
    (half,) = measured([paid_by_day], [Mix("half", ("full", "part"), {"full": 0.5, "part": 0.5})], Effort(), Watch())
    assert half.share == pytest.approx({"full": 0.5, "part": 0.5})
    assert half.unfilled == pytest.approx(0.1)  # a fifth of what part-timers are paid


def test_absence_leaves_the_ratio_where_it_is() -> None:
    """People who are absent are paid, but neither present nor at work."""
    problem = desk(FLAT)
    scaled = dataclasses.replace(problem, demands=(by_interval(problem.demands[0].need),))
    plain, away = relaxed(sample(problem), PART, Watch()), relaxed(sample(scaled, 0.2), PART, Watch())
    assert plain is not None
    assert away is not None
    assert away.ratio == pytest.approx(plain.ratio)
    assert away.presence_h == pytest.approx(0.8 * plain.presence_h)


def test_a_mix_that_cannot_hold_the_goals_is_left_out() -> None:
    early = desk({7: 5} | FLAT)  # nobody may start at seven
    assert measured([sample(early)], [FULL], Effort(), Watch()) == []


def test_without_time_the_first_sample_is_relaxed_and_others_by_the_first_mix() -> None:
    samples = [sample(desk(FLAT)), sample(desk(PEAK), kind="peak")]
    points = measured(samples, [PART, FULL], Effort(time_limit_s=1e-9), Watch())
    assert [(p.kind, p.mix, p.how) for p in points] == [
        ("normal", "part only", "relaxed"), ("normal", "full only", "relaxed"), ("peak", "part only", "relaxed"),
    ]  # fmt: skip


def test_in_a_hurry_every_mix_of_the_first_sample_is_relaxed_and_no_other_sample_measured() -> None:
    samples = [sample(desk(FLAT)), sample(desk(PEAK), kind="peak")]
    points = measured(samples, [PART, FULL], Effort(), Watch(), Watch(time_limit_s=0.0))
    assert [(p.kind, p.mix, p.how) for p in points] == [
        ("normal", "part only", "relaxed"), ("normal", "full only", "relaxed"),
    ]  # fmt: skip


def test_a_stop_ends_it() -> None:
    watch = Watch()
    watch.stop.set()
    with pytest.raises(Stopped):
        measured([sample(desk(FLAT))], [FULL], Effort(), watch)


def test_the_same_seed_measures_the_same() -> None:
    def once() -> list[LossPoint]:
        return measured([sample(desk(PEAK))], [FREE], Effort(), Watch())

    assert once() == once()

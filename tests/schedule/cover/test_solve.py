"""The cover: known optima, goals and needs, and what it does when it is stopped."""

import dataclasses
import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from cover_cases import (
    CONTRACTS,
    FULL,
    MONDAY,
    NIGHT,
    PART,
    by_need,
    check,
    day,
    family,
    lunch,
    monday,
    people,
    pooled,
    run,
)  # fmt: skip

from busyhour.forecast.progress import Watch
from busyhour.schedule.cover.frame import CoverFrame
from busyhour.schedule.cover.part import blocks
from busyhour.schedule.cover.solve import solve_cover
from busyhour.schedule.problem.costs import Costs, Premium
from busyhour.schedule.problem.shift_families import Break


@pytest.mark.parametrize(("shortest", "longest", "best"), [(420, 480, 488.5), (240, 540, 454.5)])
def test_the_test_week_s_monday_is_covered_at_its_proven_optimum(shortest, longest, best):
    problem = monday(shortest, longest)
    cover = run(problem, gap=0.001)
    check(problem, cover)
    assert cover.solved.status == "optimal"
    assert cover.solved.cost == pytest.approx(best)
    assert cover.solved.bound == pytest.approx(best)
    assert sum(p.shift.paid_min for p in cover.planned) / 60 == pytest.approx(best)
    assert cover.under_hours == 0


def test_closed_nights_part_the_week_into_days():
    problem = by_need(np.concatenate([day(4), day(3), np.zeros(96), day(5)]), 4, [FULL, PART])
    assert blocks(CoverFrame(problem)) == ((0,), (1,), (3,))
    cover = run(problem)
    check(problem, cover)
    assert [b.dates for b in cover.blocks] == [(MONDAY + dt.timedelta(days=d),) for d in (0, 1, 3)]
    assert sum(b.cost for b in cover.blocks) == pytest.approx(cover.solved.cost)
    assert all(b.gap <= 0.03 for b in cover.blocks)


def test_a_pooled_goal_costs_less_than_the_same_goal_in_each_interval():
    problem = pooled(8, 1)
    (demand,) = problem.demands
    alone = dataclasses.replace(demand, gain=None, periods=(), margin=(), lower=np.ceil(demand.need).astype(int))
    each = run(dataclasses.replace(problem, demands=(alone,)))
    together = run(problem)
    check(problem, together)
    assert together.lost_calls["calls", 0] < 1
    assert together.solved.cost < each.solved.cost


def test_a_goal_over_the_week_costs_no_more_than_one_over_each_day():
    daily, weekly = run(pooled(6, 2), gap=0.04), run(pooled(6, 2, basis="week"), gap=0.04)
    check(pooled(6, 2, basis="week"), weekly)
    assert weekly.solved.cost <= daily.solved.cost * 1.04
    assert weekly.solved.bound <= daily.solved.cost


@pytest.mark.slow
def test_margin_asks_for_more_calls_in_time():
    costs = Costs(cost_h=20.0, lost_call=300.0, under_h=100.0)
    plain, problem = run(pooled(8, 1)), pooled(8, 1, margin=60.0, costs=costs)
    more = run(problem)
    phone = check(problem, more)
    (demand,) = problem.demands
    assert sum(demand.gain[s, int(phone["calls"][s])] for s in demand.periods[0]) >= 60 - 1e-6
    assert more.solved.cost > plain.solved.cost


def test_calls_are_lost_when_that_is_cheaper_than_people():
    cheap = pooled(8, 1, costs=Costs(cost_h=20.0, lost_call=0.05, under_h=100.0))
    cover = run(cheap)
    check(cheap, cover)
    assert cover.lost_calls["calls", 0] > 0


def test_a_curve_that_is_not_concave_is_checked_again():
    def jump(heads, at):
        return np.where(
            heads < at, 0.55 * np.minimum(heads / (0.9 * at), 1), np.minimum(1, 0.6 + 0.4 * (heads - at) / 4)
        )

    problem = pooled(6, 1, curve=jump, costs=Costs(cost_h=20.0, lost_call=300.0, under_h=100.0))
    (demand,) = problem.demands
    assert (np.diff(demand.gain[40], 2) > 1e-6).any()
    cover = run(problem)
    check(problem, cover)
    assert cover.lost_calls["calls", 0] == pytest.approx(0, abs=1e-4)


def test_a_broken_need_prices_only_the_missing_part():
    problem = by_need(np.where(day(1) > 0, 1.25, 0.0), 1, [PART], costs=Costs(cost_h=1.0, under_h=0.5))
    cover = run(problem, gap=0.0)
    check(problem, cover)
    assert cover.under_hours > 0


def test_a_shift_works_another_queue_while_its_own_is_closed():
    """No shift fits into the hours of either queue alone; nobody is on the phone of a queue that is closed."""
    hour = np.arange(96) / 4
    calls = by_need(np.where((hour >= 8) & (hour < 13), 2.0, 0.0), 1, [FULL])
    mail = by_need(np.where((hour >= 13) & (hour < 18), 1.0, 0.0), 1, [FULL]).demands[0]
    problem = replace(calls, demands=(calls.demands[0], replace(mail, queue="mail")))
    cover = run(problem)
    phone = check(problem, cover)
    assert cover.planned
    assert all(set(p.queues) == {"calls", "mail"} for p in cover.planned)
    for d in problem.demands:
        assert not phone[d.queue][~d.open].any()


def test_a_night_shift_of_the_last_day_covers_the_first_morning_of_a_cyclic_week():
    hour = np.arange(96) / 4
    need = np.tile(np.where((hour < 6) | (hour >= 20), 2.0, 0.0), 2)
    problem = by_need(need, 2, [NIGHT], cyclic=True)
    frame = CoverFrame(problem)
    assert len(blocks(frame)) == 1
    cover = run(problem)
    phone = check(problem, cover)
    assert (phone["calls"][need > 0] >= 2).all() == (cover.under_hours == 0)
    assert any(p.shift.end > len(problem.grid) for p in cover.planned)


def test_a_day_and_night_centre_is_planned_within_a_few_percent():
    hour = np.arange(96) / 4
    need = np.tile(np.round(4 + 3 * np.sin((hour - 6) / 24 * 2 * np.pi)), 3)
    early = family("early", 450, "00:00", "23:00", Break(15, 60, 150), lunch(30, 180, 270), step=60)
    problem = by_need(need, 3, [early, family("half", 240, "00:00", "23:00", Break(15, 90, 150), step=60)], cyclic=True)
    cover = run(problem, gap=0.06, limit=10)
    check(problem, cover)
    assert cover.under_hours == 0
    assert cover.solved.gap < 0.15


def test_heads_of_last_week_s_shifts_are_not_planned_twice():
    flat = np.where(day(1) > 0, 2.0, 0.0)
    alone = by_need(flat, 1, [PART])
    helped = replace(alone, before={"calls": np.where(flat > 0, 1, 0)})
    cover = run(helped)
    assert cover.cost_wages < run(alone).cost_wages
    assert cover.under_hours == 0.0
    fully = replace(alone, before={"calls": flat.astype(int)})
    assert run(fully).planned == ()


def test_premiums_move_work_to_cheaper_hours():
    late = Costs(cost_h=1.0, under_h=1000.0, premium=(Premium(1.0, start="12:00", end="24:00"),))
    flat = np.where(day(1) > 0, 1.0, 0.0)
    plain = run(by_need(flat, 1, [PART]))
    dear = by_need(flat, 1, [PART], costs=late)
    cover = run(dear)
    check(dear, cover)
    assert cover.cost_wages > plain.cost_wages


def test_open_slots_that_no_shift_touches_are_priced():
    need = day(2, opens=8, closes=20)
    problem = by_need(need, 1, [FULL])
    cover = run(problem)
    check(problem, cover)
    assert cover.under_hours >= 8 * 2 * 0.25


def test_the_price_of_a_slot_is_what_one_more_agent_there_saves():
    problem = by_need(day(4), 1, [FULL, PART])
    cover = run(problem)
    (price,) = cover.price.values()
    assert (price >= -1e-9).all()
    assert price[~problem.open].sum() == 0
    assert float(price @ problem.demands[0].need) == pytest.approx(cover.solved.cost, rel=0.05)


def test_the_same_seed_gives_the_same_plan():
    problem = pooled(5, 1)
    assert run(problem).planned == run(problem).planned


def test_a_stop_before_the_first_answer_gives_no_plan():
    watch = Watch()
    watch.stop.set()
    cover = solve_cover(pooled(5, 1), watch=watch, time_limit_s=10)
    assert (cover.solved.status, cover.solved.stopped, cover.solved.bound) == ("none", "user", None)
    assert cover.planned == ()


def test_a_stop_on_the_way_gives_whole_days_for_the_whole_week():
    problem = pooled(6, 3)
    watch = Watch()
    seen = []

    def show(event):
        seen.append(event)
        if event.text == (MONDAY + dt.timedelta(days=1)).isoformat():
            watch.stop.set()

    watch.show = show
    cover = solve_cover(problem, watch=watch, time_limit_s=60, gap=0.03)
    check(problem, cover)
    assert cover.solved.status == "feasible"
    assert cover.solved.stopped == "user"
    assert {p.shift.day for p in cover.planned} == {0, 1, 2}
    assert {e.stage for e in seen} == {"cover"}


def test_a_time_limit_is_said():
    cover = run(pooled(9, 4), gap=0.0, limit=1.0)
    assert cover.solved.stopped in ("time", None)
    assert cover.solved.status in ("feasible", "none")


def test_a_cover_refuses_a_problem_that_names_people():
    problem = pooled(3, 1, contracts=CONTRACTS, staff=people(4, CONTRACTS))
    with pytest.raises(ValueError, match="Expected no staff, got 4 people"):
        run(problem)

"""The cover: known optima, every rule of the model, and what it does when it is stopped."""

import csv
import dataclasses
import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from busyhour.forecast.grid import Grid
from busyhour.forecast.progress import Watch
from busyhour.forecast.queueing.envelope import concave_majorant
from busyhour.forecast.queueing.targets import ServiceGoal
from busyhour.schedule.cover.counts import Counts, gains, value
from busyhour.schedule.cover.effort import Effort
from busyhour.schedule.cover.frame import Frame
from busyhour.schedule.cover.model import build
from busyhour.schedule.cover.part import blocks, whole_week
from busyhour.schedule.cover.pauses import deal
from busyhour.schedule.cover.rounding import rounded
from busyhour.schedule.cover.search import whole_bound
from busyhour.schedule.cover.solve import solve_cover
from busyhour.schedule.cover.steps import steps
from busyhour.schedule.problem import Demand, ScheduleProblem
from busyhour.schedule.rules import Costs, Premium, Rules
from busyhour.schedule.shifts import Break, ShiftFamily
from busyhour.schedule.staff import Agent, Contract

MONDAY = dt.date(2026, 11, 30)
REFERENCE = Path(__file__).parents[1] / "reference" / "cover_monday.csv"


def family(name, paid, start_from, start_to, *breaks, step=30):
    return ShiftFamily(name, paid, start_from, start_to, step, breaks=breaks)


def lunch(duration, earliest, latest):
    return Break(duration, earliest, latest, "lunch", paid=False)


FULL = family("full", 450, "08:00", "10:00", Break(15, 60, 150), lunch(30, 180, 270), Break(15, 345, 420))
PART = family("part", 240, "08:00", "14:00", Break(15, 90, 150))
NIGHT = family("night", 480, "20:00", "22:00", Break(15, 90, 180), lunch(30, 210, 300))


def by_need(need, days, families, *, opens=None, contracts=None, staff=(), costs=None, cyclic=False, rules=None):
    """A centre whose goal holds per interval; `need` over its slots of 15 minutes."""
    grid = Grid(MONDAY, days, 15)
    need = np.asarray(need, dtype=float)
    opens = need > 0 if opens is None else opens
    demand = Demand("calls", ServiceGoal(0.8, 20, basis="interval"), opens, need, np.ceil(need).astype(int), need * 0)
    return ScheduleProblem(
        grid, (demand,), {f.name: f for f in families}, contracts or {}, tuple(staff), rules or Rules(),
        costs or Costs(cost_h=1.0, under_h=1000.0), cyclic,
    )  # fmt: skip


def day(level, opens=8, closes=18):
    """A day's need: a flat level with a hump at noon while open."""
    hour = np.arange(96) / 4
    return np.where((hour >= opens) & (hour < closes), np.round(level * (1 + 0.5 * np.exp(-((hour - 12) ** 2)))), 0.0)


def pooled(level, days, *, queues=("calls",), goal=0.8, basis="day", margin=0.0, curve=None, **more):
    """A centre whose goal is pooled over the day (or week), with a concave service curve above its floor."""
    grid = Grid(MONDAY, days, 15)
    heads = np.arange(60)
    demands = []
    for queue in queues:
        calls = np.tile(day(level), days) * 4.0
        is_open = calls > 0
        at = np.where(is_open, calls / 4.0, 1.0)[:, None]
        share = 1 - np.exp(-1.6 * heads / at) if curve is None else curve(heads, at)
        gain = np.where(is_open[:, None], calls[:, None] * (share - goal), 0.0)
        lower = np.where(is_open, np.argmax(share >= 0.5, axis=1), 0)
        need = np.where(is_open, np.argmax(share >= goal, axis=1), 0).astype(float)
        periods = tuple(np.flatnonzero(is_open[s]) + s.start for s in grid.day_slices)
        if basis == "week":
            periods = (np.concatenate(periods),)
        demands.append(
            Demand(
                queue,
                ServiceGoal(goal, 20, basis=basis),
                is_open,
                need,
                lower,
                calls,
                gain,
                periods,
                (margin,) * len(periods),
            )
        )
    costs = more.pop("costs", Costs(cost_h=20.0, lost_call=15.0, under_h=100.0))
    return ScheduleProblem(
        grid,
        tuple(demands),
        {"full": FULL, "part": PART},
        more.pop("contracts", {}),
        tuple(more.pop("staff", ())),
        Rules(days_off_together=0),
        costs,
    )


def run(problem, gap=0.03, limit=20.0, **more):
    return solve_cover(problem, watch=Watch(), time_limit_s=limit, gap=gap, **more)


def check(problem, cover):
    """Assert what every cover promises, counted anew from its single heads."""
    phone = {d.queue: np.zeros(len(problem.grid)) for d in problem.demands}
    wages = 0.0
    known = {s.key for s in problem.shifts}
    for p in cover.planned:
        assert p.shift.key in known
        assert len(p.breaks) == len(p.shift.breaks)
        for start, (first, last, _, _) in zip(p.breaks, p.shift.breaks, strict=True):
            assert first <= start <= last
        for s in p.phone:
            if problem.cyclic or s < len(problem.grid):
                phone[p.queue][s % len(problem.grid)] += 1
        if p.contract is None:
            wages += problem.costs.cost_h * problem.paid_weight(p.shift)
    if not problem.staff:
        assert wages == pytest.approx(cover.cost_wages)
    short = 0.0
    for d in problem.demands:
        least = d.need if d.by_interval else d.lower
        short += np.maximum(0, least - phone[d.queue])[d.open].sum() * problem.grid.hours
        for p, (slots, margin) in enumerate(zip(d.periods, d.margin, strict=True)):
            got = sum(d.gain[s, min(int(phone[d.queue][s]), d.gain.shape[1] - 1)] for s in slots)
            assert cover.lost_calls[d.queue, p] == pytest.approx(max(0.0, margin - got), abs=1e-6)
    assert cover.under_hours == pytest.approx(short)
    assert cover.solved.cost == pytest.approx(cover.cost_wages + cover.cost_prices)
    assert cover.solved.bound <= cover.solved.cost + 1e-9
    return phone


def monday(shortest, longest):
    """The Monday of the test week of peak 50, with its shift families from `shortest` to `longest` minutes."""
    rows = list(csv.DictReader(REFERENCE.read_text(encoding="utf-8").splitlines()))
    need = np.zeros(96)
    for row in rows:
        hours, minutes = row["start"].split(":")
        need[int(hours) * 4 + int(minutes) // 15] = float(row["agents_phone"])
    families = []
    for length in range(240, 541, 30):
        if length <= 300:
            breaks = [Break(15, 90, 150)]
        elif length <= 390:
            breaks = [Break(15, 60, 120), lunch(30, 165, 225)]
        else:
            last = {420: (300, 360), 450: (315, 390), 480: (345, 420), 510: (360, 450), 540: (390, 480)}[length]
            breaks = [Break(15, 60, 150), lunch(60 if length > 480 else 30, 180, 270), Break(15, *last)]
        paid = length - sum(b.duration_min for b in breaks if not b.paid)
        if shortest <= length <= longest:
            families.append(family(f"f{length}", paid, "00:00", "23:30", *breaks))
    return by_need(need, 1, families)


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
    assert blocks(Frame(problem)) == ((0,), (1,), (3,))
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


def people(number, contracts, **more):
    names = list(contracts)
    return [
        Agent(f"a{i:02d}", names[i % len(names)], {"calls": 1.0}, 20.0, **more) for i in range(number)
    ]  # fmt: skip


CONTRACTS = {
    "full": Contract("full", ("full",), max_h_week=37.5, min_h_week=30, max_days=5),
    "part": Contract("part", ("part",), max_h_week=16, min_h_week=8, max_days=4),
}


def test_nobody_works_more_than_people_and_their_weeks_allow():
    staff = people(14, CONTRACTS)
    staff[0] = dataclasses.replace(staff[0], away=((0, 96),), leave_h=8.0, leave_days=1)
    problem = pooled(7, 5, contracts=CONTRACTS, staff=staff)
    cover = run(problem, limit=30)
    check(problem, cover)
    for name, contract in CONTRACTS.items():
        mine = [p for p in cover.planned if p.contract == name]
        there = [a for a in staff if a.contract == name]
        for date in problem.grid.dates:
            free = sum(
                1 for a in there if any(a.free(s) for s in problem.shifts if s.date == date and s.family == name)
            )
            assert sum(p.shift.date == date for p in mine) <= free
        hours = sum(p.shift.paid_min for p in mine) / 60
        assert hours <= sum(contract.max_h_week - a.leave_h for a in there) + 1e-9
        assert len(mine) <= sum(contract.max_days - a.leave_days for a in there)
    assert cover.solved.gap < 0.06


def test_people_are_kept_at_their_contract_s_minimum_when_that_is_cheaper():
    dear = Costs(cost_h=20.0, lost_call=15.0, under_h=100.0, below_contract_h=50.0)
    lazy = dataclasses.replace(dear, below_contract_h=1.0)
    staff = people(30, CONTRACTS)
    busy = run(pooled(3, 1, contracts=CONTRACTS, staff=staff, costs=dear))
    idle = run(pooled(3, 1, contracts=CONTRACTS, staff=staff, costs=lazy))
    assert busy.below_contract_hours < idle.below_contract_hours
    assert idle.solved.cost == pytest.approx(idle.cost_wages + idle.cost_prices)


def test_heads_go_only_to_queues_that_their_people_know():
    contracts = {"full": CONTRACTS["full"], "part": dataclasses.replace(CONTRACTS["part"], max_h_week=20)}
    staff = [dataclasses.replace(a, skills={"calls": 1.0} if a.contract == "full" else {"calls": 1.0, "mail": 1.1})
             for a in people(24, contracts)]  # fmt: skip
    problem = pooled(3, 2, queues=("calls", "mail"), contracts=contracts, staff=staff)
    cover = run(problem)
    check(problem, cover)
    assert {p.queue for p in cover.planned if p.contract == "full"} <= {"calls"}
    assert {p.queue for p in cover.planned if p.contract == "part"} == {"calls", "mail"}


def test_a_night_shift_of_the_last_day_covers_the_first_morning_of_a_cyclic_week():
    hour = np.arange(96) / 4
    need = np.tile(np.where((hour < 6) | (hour >= 20), 2.0, 0.0), 2)
    problem = by_need(need, 2, [NIGHT], cyclic=True)
    frame = Frame(problem)
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


def test_breaks_of_one_shift_are_spread_over_its_heads():
    cover = run(monday(420, 480))
    together = {}
    for p in cover.planned:
        together.setdefault(p.shift.key, []).append(p.breaks)
    crowd = max(together.values(), key=len)
    assert len(crowd) > 2
    assert len(set(crowd)) > 1


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


def test_rounding_keeps_every_limit_of_people():
    staff = people(12, CONTRACTS)
    problem = pooled(7, 3, contracts=CONTRACTS, staff=staff)
    frame = Frame(problem)
    model = build(frame, whole_week(frame), for_bound=True)
    answer = Effort(Watch(), 0.001, 1, 1, float("inf")).run(model, relax=True)
    broken = model.counts(answer.values)
    whole = rounded(frame, broken)
    assert all(n == int(n) for n in whole.heads.values())
    for limit in frame.day_limits:
        mine = [(frame.shifts[j], n) for (g, _, j), n in whole.heads.items() if g == limit.group]
        heads = sum(n for s, n in mine if s.day == limit.day and limit.first <= s.start <= limit.last)
        assert heads <= limit.heads
    for (q, j), n in {
        (q, j): sum(m for c, m in whole.heads.items() if c[1:] == (q, j)) for _, q, j in whole.heads
    }.items():
        for k in range(len(frame.shifts[j].breaks)):
            assert sum(whole.breaks[q, j, k].values()) == n


def test_the_bound_is_rounded_up_to_a_cost_that_plans_can_have():
    frame = Frame(by_need(day(4), 1, [FULL, PART]))
    model = build(frame, whole_week(frame))
    assert whole_bound(model, 100.01) == pytest.approx(100.5)
    assert whole_bound(model, 100.5 + 1e-9) == pytest.approx(100.5)
    goal = Frame(pooled(5, 1))
    assert whole_bound(build(goal, whole_week(goal)), 100.01) == 100.01


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_dealt_breaks_lie_in_their_windows_and_cover_the_pool(data):
    cyclic = data.draw(st.booleans())
    problem = by_need(np.ones(2 * 96), 2, [FULL, NIGHT, PART], cyclic=cyclic, opens=np.ones(192, dtype=bool))
    frame = Frame(problem)
    chosen = data.draw(st.lists(st.integers(0, len(frame.shifts) - 1), min_size=1, max_size=12, unique=True))
    heads = {(0, j): float(data.draw(st.integers(1, 3))) for j in chosen}
    started = {}
    for (q, j), n in heads.items():
        shift = frame.shifts[j]
        for first, last, length, _ in shift.breaks:
            for _ in range(int(n)):
                at = frame.wrapped(shift.start + data.draw(st.integers(first, last)))
                pool = started.setdefault((q, length, last - first), {})
                pool[at] = pool.get(at, 0.0) + 1
    dealt = deal(frame, heads, started)
    for (q, j), n in heads.items():
        for k, (first, last, _, _) in enumerate(frame.shifts[j].breaks):
            assert sum(dealt[q, j, k].values()) == n
            assert all(first <= at <= last for at in dealt[q, j, k])
    again = {}
    for (q, j, k), at in dealt.items():
        first, last, length, _ = frame.shifts[j].breaks[k]
        for offset, n in at.items():
            pool = again.setdefault((q, length, last - first), {})
            slot = frame.wrapped(frame.shifts[j].start + offset)
            pool[slot] = pool.get(slot, 0.0) + n
    assert again == started


@given(
    st.lists(st.floats(0, 10), min_size=2, max_size=60),
    st.integers(0, 20),
    st.sampled_from([0.0, 0.2, 1e9]),
    st.booleans(),
)
def test_steps_lie_on_or_above_the_curve_within_the_tolerance(rises, level, tolerance, convex):
    curve = np.cumsum(sorted(rises) if convex else rises)
    level = min(level, len(curve) - 1)
    curve[level:] = concave_majorant(curve[level:])
    found = steps(curve, level, tolerance=tolerance, exact=(level + 2, level + 4))
    heads = np.arange(len(curve))
    allowed = np.array([found.gain(n) for n in heads])
    assert (allowed >= curve - 1e-6).all()
    assert (allowed[level:] <= curve[level:] + tolerance + 1e-6).all()
    assert (np.diff(found.slopes) < 0).all()
    assert found.steep().below >= found.slopes[:1].sum()


def test_gains_are_straight_between_whole_heads():
    problem = pooled(5, 1)
    frame = Frame(problem)
    low, high = np.full((1, 96), 4.0), np.full((1, 96), 5.0)
    assert gains(frame, (low + high) / 2) == pytest.approx((gains(frame, low) + gains(frame, high)) / 2)
    assert value(frame, Counts()).lost[0, 0] > 0

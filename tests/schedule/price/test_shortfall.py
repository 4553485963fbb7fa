"""What a plan leaves short: the searches' tables, kernel and rows against the plain definition, on random demands."""

import dataclasses
import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.queueing.goal.targets import ServiceGoal
from busyhour.schedule.cover.counts import Counts, gains, shortage, true_cost
from busyhour.schedule.cover.frame import CoverFrame
from busyhour.schedule.cover.part import cost_of, losses, whole_week
from busyhour.schedule.price.shortfall import (
    calls_gained,
    gap_in_slots,
    head_price,
    heads_missing,
    lost_calls,
    shortfall,
)
from busyhour.schedule.price.worth import Service
from busyhour.schedule.problem.costs import Costs
from busyhour.schedule.problem.horizon import Horizon
from busyhour.schedule.problem.problem import Demand, ScheduleProblem
from busyhour.schedule.rules.rules import Rules


def made(seed):
    """Return a problem of 1 to 3 queues of every kind of goal over two days, and heads, some beyond the curve's end."""
    rng = np.random.default_rng(seed)
    grid = Grid(dt.date(2026, 11, 30), 2, 120)
    demands = []
    for q in range(int(rng.integers(1, 4))):
        size, kind = int(rng.integers(2, 8)), rng.choice(["need", "interval", "day", "week"])
        opened = rng.random(len(grid)) < 0.8
        need = np.where(opened, np.round(rng.uniform(0, 5, len(grid)), 1), 0.0)
        lower = np.where(opened, rng.integers(0, 4, len(grid)), 0)
        gain = np.where(opened[:, None], np.cumsum(rng.normal(1, 2, (len(grid), size)), axis=1) - 3, 0.0)
        periods = [np.flatnonzero(opened[s]) + s.start for s in grid.day_slices]
        periods = {"day": tuple(periods), "week": (np.concatenate(periods),)}.get(kind, ())
        goal = ServiceGoal(0.8, 20, basis="interval" if kind == "need" else str(kind))
        margin = tuple(rng.uniform(-10, 10, len(periods)).tolist())
        curve = None if kind == "need" else gain
        demands.append(Demand(f"q{q}", goal, opened, need, lower, need * 3, curve, periods, margin))
    costs = Costs(under_h=float(rng.choice([0, 40, 500])), lost_call=float(rng.choice([0, 7, 15])))
    problem = ScheduleProblem(Horizon(grid), tuple(demands), {}, {}, (), Rules(), costs)
    return problem, rng.integers(0, 12, (len(demands), len(grid)))


def written_out(problem, heads):
    """Return the money for heads and calls missing, slot by slot in plain loops."""
    money = 0.0
    for d, mine in zip(problem.demands, heads, strict=True):
        for s in np.flatnonzero(d.open):
            least = d.need[s] if d.by_interval else d.lower[s]
            if d.by_interval and d.lower[s] > np.ceil(d.need[s] - 1e-9):
                least = d.lower[s]
            money += max(0.0, least - mine[s]) * problem.grid.hours * problem.costs.under_h
        for slots, margin in zip(d.periods, d.margin, strict=True):
            gained = sum(d.gain[s, min(mine[s], d.gain.shape[1] - 1)] for s in slots)
            money += max(0.0, margin - gained) * problem.costs.lost_call
    return money


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**6))
def test_the_definition_says_what_the_sentence_says(seed):
    problem, heads = made(seed)
    told = shortfall({d.queue: mine for d, mine in zip(problem.demands, heads, strict=True)}, problem)
    assert sum(told.values()) == pytest.approx(written_out(problem, heads))


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**6))
def test_the_compiled_cost_is_the_definition(seed):
    problem, heads = made(seed)
    told = shortfall({d.queue: mine for d, mine in zip(problem.demands, heads, strict=True)}, problem)
    assert Service.of(problem).cost(heads) == pytest.approx(sum(told.values()), abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_the_worth_of_one_head_more_is_what_the_definition_saves(seed):
    problem, heads = made(seed)
    service = Service.of(problem)
    goal = np.full(len(service.margin), problem.costs.lost_call)
    saved = np.zeros(heads.shape)
    for q, d in enumerate(problem.demands):
        saved[q] = head_price(problem) * (heads_missing(d, heads[q]) - heads_missing(d, heads[q] + 1))
        saved[q] += problem.costs.lost_call * (calls_gained(d, heads[q] + 1) - calls_gained(d, heads[q]))
    assert service.next_head(heads, goal) == pytest.approx(saved, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_the_cover_prices_last_week_s_heads_by_the_definition(seed):
    problem, heads = made(seed)
    queues = [d.queue for d in problem.demands]
    before = dict(zip(queues, heads, strict=True))
    frame = CoverFrame(dataclasses.replace(problem, before=before))
    told = shortfall(before, problem)
    found = true_cost(frame, Counts())
    assert found.under == pytest.approx(told["under"])
    assert found.lost_calls == pytest.approx(told["lost_call"])
    assert cost_of(frame, whole_week(frame), Counts()) == pytest.approx(found.cost)
    assert losses(frame, whole_week(frame), Counts()) == {
        (q, p): calls for (q, p), calls in found.lost.items() if len(problem.demands[q].periods[p])
    }
    for q, d in enumerate(problem.demands):
        assert shortage(frame, heads)[q] == pytest.approx(heads_missing(d, heads[q]))
        assert lost_calls(d, gains(frame, heads)[q]) == tuple(c for (at, _), c in found.lost.items() if at == q)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_heads_missing_are_counted_by_whole_levels_and_the_part_of_the_first(seed):
    problem, heads = made(seed)
    levels = CoverFrame(problem).levels
    for d, level, mine in zip(problem.demands, levels, heads, strict=True):
        below = np.maximum(0, level - mine)
        first = np.where(level > 0, d.least - (level - 1), 1.0)  # the last head of the level counts in part
        assert np.where(below > 0, below - 1 + first, 0.0) == pytest.approx(heads_missing(d, mine))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_between_whole_heads_the_curve_is_straight_and_its_ceiling_is_never_below(seed):
    problem, heads = made(seed)
    for d, mine in zip(problem.demands, heads, strict=True):
        low, high = calls_gained(d, mine), calls_gained(d, mine + 1)
        assert calls_gained(d, mine + 0.25) == pytest.approx(0.75 * low + 0.25 * high)
        assert (calls_gained(d, mine, at_least=True) >= low - 1e-9).all()
        assert (calls_gained(d, mine + 50) == calls_gained(d, mine + 90)).all()
        assert (low[~d.open] == 0).all()


def test_a_gap_is_told_in_slots_that_miss_one_head():
    problem = next(p for p, _ in map(made, range(100)) if p.costs.under_h == 40.0)  # slots of two hours: 80 each
    assert gap_in_slots(problem, 1000.0, 840.0) == pytest.approx(2.0)
    assert gap_in_slots(problem, 1000.0, 1000.001) == 0.0
    assert gap_in_slots(problem, 1000.0, None) is None
    free = dataclasses.replace(problem, costs=dataclasses.replace(problem.costs, under_h=0.0))
    assert gap_in_slots(free, 1000.0, 840.0) is None

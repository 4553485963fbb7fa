"""What a period costs by the calls that it misses, against sums by hand and on random pieces."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from busyhour.schedule.price.pieces import Pieces, slope_at, units
from busyhour.schedule.price.segments import segments
from busyhour.schedule.problem.period_price import NEAR, PeriodPrice

STEPS = PeriodPrice((0.0, 10.0, 30.0), (5.0, 7.0, 1.0), (0.0, 0.0, 0.0))
BENT = PeriodPrice((0.0, 10.0), (0.0, 0.0), (1.0, 3.0))


def drawn(seed):
    """Return a price of a few pieces, with steps or without, and the most that can be missing."""
    rng = np.random.default_rng(seed)
    size = int(rng.integers(1, 5))
    start = np.concatenate([[0.0], np.cumsum(rng.uniform(0.5, 20, size - 1))])
    jump = rng.uniform(0, 50, size) * (rng.random(size) < 0.6)
    slope = rng.uniform(0, 4, size) * (rng.random(size) < 0.6)
    price = PeriodPrice(tuple(start.tolist()), tuple(jump.tolist()), tuple(slope.tolist()), float(rng.uniform(0.5, 2)))
    return price, float(rng.uniform(0.1, 60.0))


def test_a_straight_price_counts_calls():
    price = PeriodPrice.straight(200.0)
    assert [price.at(m) for m in (-3.0, 0.0, 0.5, 4.0)] == [0.0, 0.0, 100.0, 800.0]
    assert price.convex
    assert price.envelope(7.0) is price


@pytest.mark.parametrize(
    ("missing", "cost"), [(-1, 0), (0, 0), (NEAR / 2, 0), (1, 5), (10, 5), (10.1, 12), (30, 12), (31, 13), (1e6, 13)]
)
def test_steps_are_taken_beyond_their_start(missing, cost):
    assert STEPS.at(missing) == cost
    assert not STEPS.convex


def test_a_bent_price_rises_by_its_slopes():
    assert [BENT.at(m) for m in (4.0, 10.0, 12.0)] == [4.0, 10.0, 16.0]
    assert BENT.convex
    assert BENT.in_units(2.0).at(12.0) == 16.0


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10**6))
def test_the_envelope_is_convex_and_nowhere_above(seed):
    price, most = drawn(seed)
    low = price.envelope(most)
    assert low.convex
    at = np.linspace(0.0, most, 200)
    assert all(low.at(m) <= price.at(m) + 1e-9 for m in at)
    if not price.convex:  # the largest: it meets the price at both ends
        assert low.at(most) == pytest.approx(price.at(most), abs=1e-3)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10**6))
def test_compiled_pieces_cost_what_the_price_says(seed):
    price, most = drawn(seed)
    pieces = Pieces.of([price, PeriodPrice.straight(1.0)])
    low = Pieces.of([price.envelope(most)])
    for missing in (-2.0, 0.0, 0.3 * most, most, 2 * most):
        assert units(missing, *(x[0] for x in pieces)) == pytest.approx(price.units(missing), abs=1e-9)
        assert units(missing, *(x[1] for x in pieces)) == pytest.approx(max(0.0, missing))
    steps = [slope_at(m, low.start[0], low.slope[0]) for m in (-1.0, 0.25 * most, 0.5 * most, 0.75 * most)]
    assert steps == sorted(steps)
    assert steps[0] == 0.0


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**6), st.floats(0.0, 1.0))
def test_the_cheapest_gain_at_a_price_is_that_of_all(seed, share):
    price, most = drawn(seed)
    low = price.envelope(most)
    paid = share * low.slope[-1]
    missing, cost = Pieces.of([low]).cheapest(np.array([paid]))
    best = min(low.units(m) - paid * m for m in (*low.start, most))
    assert cost[0] - paid * missing[0] == pytest.approx(best, abs=1e-9)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**6))
def test_runs_of_columns_cost_what_the_price_says(seed):
    price, most = drawn(seed)
    runs = segments(price, most)
    assert any(r.gated for r in runs.runs) == (not price.convex and (len(runs.runs) > 1 or price.jump[0] > 0))
    assert sum(r.width for r in runs.runs) == pytest.approx(most)
    for missing in np.linspace(0.1, most, 7):
        left, total = missing, 0.0
        begun = iter(runs.beyond(missing))
        for run in runs.runs:
            taken = min(left, run.width)
            total += run.slope * taken + (run.jump if run.gated and next(begun) else 0.0)
            left -= taken
        assert total == pytest.approx(price.at(missing), abs=1e-6)

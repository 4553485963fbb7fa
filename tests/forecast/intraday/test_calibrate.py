"""Limits: the rate asked for comes on fresh days, shared where two tests stand side by side."""

import numpy as np
import pytest
from watched_days import PARAMS, day

from busyhour.forecast.intraday.calibrate import Tail, alarms_on, limits_of


def test_an_exponential_tail_is_met():
    values = np.random.default_rng(1).exponential(2.0, 4000) + 3.0
    tail = Tail.of(values, 0.3)
    assert tail.scale == pytest.approx(2.0, rel=0.1)
    assert tail.value(-np.log(0.05)) == pytest.approx(3.0 - 2.0 * np.log(0.05), rel=0.05)
    assert tail.rarity(np.array([tail.value(2.5)]))[0] == pytest.approx(2.5)


def test_one_odd_day_hardly_moves_the_limit():
    values = np.random.default_rng(2).exponential(1.0, 50)
    odd = np.append(values, 60.0)
    assert Tail.of(odd, 0.3).value(2.0) < Tail.of(values, 0.3).value(2.0) + 0.35


@pytest.mark.slow
@pytest.mark.parametrize("counts", [False, True])
def test_limits_bring_the_rate_asked_for_on_fresh_days(counts):
    limits = limits_of([day(seed) for seed in range(150)], 0.2, PARAMS, counts)
    fresh = alarms_on([day(1000 + seed) for seed in range(300)], limits, PARAMS) / 300.0
    assert fresh == pytest.approx(0.2, abs=0.09)
    assert (limits.counts is not None) == counts


def test_a_stricter_rate_has_higher_limits():
    days = [day(seed) for seed in range(30)]
    strict, mild = limits_of(days, 0.05, PARAMS, True), limits_of(days, 0.2, PARAMS, True)
    assert all(s > m for s, m in zip(strict.step + strict.counts, mild.step + mild.counts, strict=True))

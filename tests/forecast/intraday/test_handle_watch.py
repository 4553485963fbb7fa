"""Handle times watched: their scatter is measured, a drift is found, unfinished intervals wait."""

import datetime as dt

import numpy as np
import pytest

from busyhour.forecast.intraday.change_tests import Limits
from busyhour.forecast.intraday.changes import changes_of, sizes_of
from busyhour.forecast.intraday.handle_watch import HandleDay, handle_day, handle_law_of, settled
from busyhour.forecast.intraday.params import PARAMS

DATE = dt.date(2026, 3, 2)


def day(seed: int, drift: float = 0.0, calls: float = 300.0) -> HandleDay:
    rng, n = np.random.default_rng(seed), 20
    spread = np.sqrt(1.1**2 / calls + 0.03**2) * rng.standard_normal(n)
    ratio = 1.0 + 0.04 * rng.standard_normal() + spread + np.where(np.arange(n) >= 10, drift, 0.0)
    return HandleDay(DATE, np.arange(16, 36), ratio, np.full(n, calls))


def test_the_scatter_is_told_apart():
    rng = np.random.default_rng(9)
    past = [day(seed, calls=float(rng.integers(40, 600))) for seed in range(80)]
    law = handle_law_of(past)
    assert law.call_sd == pytest.approx(1.1, rel=0.1)
    assert law.interval_sd == pytest.approx(0.03, abs=0.02)
    assert law.day_sd == pytest.approx(0.04, abs=0.015)


def test_a_drift_is_found_and_sized():
    law = handle_law_of([day(seed) for seed in range(40)])
    found = []
    for seed in range(100, 120):
        one = law.innovations(day(seed, 0.3), 30, PARAMS)
        changes = changes_of(one, Limits((3.5, 3.5)), PARAMS)
        found += [float(sizes_of(one, changes).size[0]) for c in changes[:1] if c.raised.sign > 0 and c.raised.at <= 13]
    assert len(found) >= 18 and np.median(found) == pytest.approx(0.3, abs=0.06)


def test_only_figures_that_are_known_are_taken():
    seconds = np.array([300.0, np.nan, 280.0, 310.0, 0.0])
    calls = np.array([10.0, 10.0, 0.0, 20.0, 5.0])
    one = handle_day(DATE, np.full(5, 200.0), seconds, calls)
    assert one.cells.tolist() == [0, 3] and one.ratio.tolist() == [1.5, 1.55]


def test_the_last_intervals_wait_for_their_long_calls():
    one = HandleDay(DATE, np.arange(6), np.ones(6), np.full(6, 10.0))
    assert settled(one, np.full(6, 450.0), 5, until=5).cells.tolist() == [0, 1, 2]

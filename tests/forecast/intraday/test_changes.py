"""Changes one after another: ends told, lasting steps left standing, further changes found, nothing known too early."""

import numpy as np
import pytest
from watched_days import COVARIANCE, MEAN, MINUTES, PARAMS, N, day

from busyhour.forecast.intraday.change_tests import Limits
from busyhour.forecast.intraday.changes import changes_of, sizes_of
from busyhour.forecast.intraday.innovations import innovations

LIMITS = Limits((3.8, 3.8))


def test_a_spike_is_found_and_said_to_be_over_soon_after_its_end():
    told = []
    for seed in range(20):
        changes = changes_of(day(seed, ((0.4, 15, 21),)), LIMITS, PARAMS)
        told += [c for c in changes[:1] if c.raised.sign > 0 and c.end is not None and c.told <= 23]
        assert sum(c.raised.sign < 0 for c in changes) == 0, "the end of a spike is no drop"
    assert len(told) >= 18
    assert np.median([c.begin for c in told]) == 15 and np.median([c.end for c in told]) == 21


def test_a_lasting_step_stands_and_is_sized():
    sizes = []
    for seed in range(20):
        one = day(seed, ((0.4, 15, N),))
        changes = changes_of(one, LIMITS, PARAMS)
        standing = [c for c in changes if c.end is None]
        assert len(standing) >= 1
        sizes.append((1.0 + sizes_of(one, changes).size[0]) ** 2 - 1.0)
    assert np.median(sizes) == pytest.approx(0.4, abs=0.08)


def test_a_drop_after_a_rise_is_another_change():
    changes = changes_of(day(3, ((0.5, 8, 14), (-0.6, 24, N))), LIMITS, PARAMS)
    assert [c.raised.sign for c in changes] == [1, -1]
    assert changes[0].end == 14 and changes[1].begin == 24 and changes[1].end is None


def test_what_was_raised_does_not_depend_on_what_came_after():
    whole = day(3, ((0.5, 8, 14), (-0.6, 24, N)))
    all_of_it = changes_of(whole, LIMITS, PARAMS)
    for k in range(6, N, 3):
        known = np.where(np.arange(N) <= k, whole.figures, np.nan)
        so_far = changes_of(innovations(np.arange(N), known, MEAN, COVARIANCE, MINUTES, 180.0), LIMITS, PARAMS)
        assert [c.raised.at for c in so_far] == [c.raised.at for c in all_of_it if c.raised.at <= k]
        assert [c.told for c in so_far if c.told] == [c.told for c in all_of_it if c.told and c.told <= k]


def test_small_counts_find_a_further_change():
    changes = changes_of(day(5, ((0.5, 8, 14), (0.6, 24, N))), Limits((99.0, 99.0), (5.0, 5.0)), PARAMS)
    assert len(changes) >= 2 and changes[1].raised.sign > 0 and 24 <= changes[1].raised.at <= 27

"""Surprises: independent, those of the updated forecast, and a step seen through the update."""

import numpy as np
import pytest
from watched_days import COVARIANCE, MEAN, MINUTES, N, day

from busyhour.forecast.intraday.innovations import innovations


def test_each_interval_is_held_against_the_forecast_given_all_earlier_ones():
    one = day(1)
    k = 17
    past = np.linalg.solve(COVARIANCE[:k, :k], one.figures[:k] - MEAN[:k])
    told = MEAN[k] + COVARIANCE[k, :k] @ past
    left = COVARIANCE[k, k] - COVARIANCE[k, :k] @ np.linalg.solve(COVARIANCE[:k, :k], COVARIANCE[:k, k])
    assert one.predicted[k] == pytest.approx(told)
    assert one.e[k] == pytest.approx((one.figures[k] - told) / np.sqrt(left))


def test_surprises_of_days_under_the_law_are_independent_with_variance_one():
    e = np.stack([day(seed).e for seed in range(400)])
    assert e.std() == pytest.approx(1.0, abs=0.02)
    assert np.abs(np.corrcoef(e[:, :-1].ravel(), e[:, 1:].ravel())[0, 1]) < 0.02


def test_a_step_changes_the_surprises_by_its_column():
    one, t, size = day(2), 12, 0.1
    planted = one.figures + size * np.where(np.arange(N) >= t, MEAN, 0.0)
    assert one.planted(planted).e - one.e == pytest.approx(size * one.frame.steps[:, t], abs=1e-10)


def test_unknown_intervals_are_left_out_and_later_ones_change_nothing():
    whole = day(3)
    holes = np.where(np.isin(np.arange(N), (5, 6)) | (np.arange(N) > 30), np.nan, whole.figures)
    short = innovations(np.arange(N), holes, MEAN, COVARIANCE, MINUTES, 180.0)
    assert list(short.frame.cells) == [k for k in range(31) if k not in (5, 6)]
    assert short.e[:5] == pytest.approx(whole.e[:5])
    none = innovations(np.arange(N), np.full(N, np.nan), MEAN, COVARIANCE, MINUTES, 180.0)
    assert len(none) == 0

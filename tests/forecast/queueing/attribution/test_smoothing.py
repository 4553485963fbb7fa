"""The rate behind a day's counts."""

from __future__ import annotations

import numpy as np
import pytest

from busyhour.forecast.queueing.attribution.smoothing import factors

SECONDS = 1800.0 * np.arange(20)


def of_calls(came: np.ndarray, expected: np.ndarray, spread: float = 0.0) -> np.ndarray:
    """Return the factors of calls."""
    return factors(came, expected, lambda mean: mean, SECONDS, spread)


def test_counts_as_expected_move_nothing() -> None:
    expected = np.linspace(5, 50, 20)
    assert of_calls(expected.copy(), expected).tolist() == pytest.approx([1.0] * 20)


def test_many_calls_tell_their_rate() -> None:
    """A day of 20,000 calls that is a tenth busier, and a spike of two hours on top."""
    expected = np.full(20, 1000.0)
    came = expected * 1.1
    came[8:12] *= 1.3
    assert of_calls(came, expected) == pytest.approx(came / expected, rel=0.005)


def test_a_small_day_moves_towards_the_forecast() -> None:
    """With a certain forecast and 40 calls, +10 % is chance; with 4,000 it is the posterior mean of the gamma law."""
    expected = np.full(20, 2.0)
    assert of_calls(expected * 1.1, expected) == pytest.approx(np.ones(20))
    expected = np.full(20, 200.0)
    shape = 0.05**-2
    weight = 4000 / (4000 + shape)
    assert of_calls(expected * 1.03, expected, 0.05) == pytest.approx(1 + 0.03 * weight, rel=1e-6)


def test_it_is_nearer_to_the_truth_than_the_counts() -> None:
    """Over 200 days of 30 calls an interval, half of them with a spike, the error is less than half of the counts'."""
    rng = np.random.default_rng(3)
    expected = np.full(20, 30.0)
    raw = smooth = 0.0
    for day in range(200):
        rate = expected * rng.gamma(400, 1 / 400)
        if day % 2:
            rate[10:14] *= 1.4
        came = rng.poisson(rate).astype(float)
        raw += float(((came - rate) ** 2).sum())
        smooth += float(((of_calls(came, expected, 0.05) * expected - rate) ** 2).sum())
    assert smooth < 0.5 * raw


def test_the_unknown_follows_the_day() -> None:
    expected = np.full(20, 1000.0)
    came = expected * 1.2
    came[3] = np.nan
    assert of_calls(came, expected)[3] == pytest.approx(1.2, rel=0.01)


def test_nothing_expected_tells_nothing() -> None:
    expected = np.zeros(20)
    assert of_calls(np.ones(20), expected).tolist() == [1.0] * 20


def test_handle_times_of_few_calls_move_little() -> None:
    """A mean of one call twice as long as expected is chance; that of 1,000 calls is not."""
    n = np.array([1000.0] * 19 + [1.0])
    work = n * 300.0 * np.array([1.0] * 19 + [2.0])
    found = factors(work, n * 300.0, lambda mean: mean**2 / n, SECONDS)
    assert found[-1] == pytest.approx(1.0, abs=0.02)
    n[-1] = 1000.0
    work = n * 300.0 * np.array([1.0] * 19 + [2.0])
    assert factors(work, n * 300.0, lambda mean: mean**2 / n, SECONDS)[-1] == pytest.approx(2.0, abs=0.05)

import numpy as np
import pytest
from scipy import stats

from busyhour.forecast.backtesting.score import poisson_floor, score
from busyhour.forecast.models.quantiles import count_quantiles
from busyhour.forecast.tables import QUANTILES


def test_errors_by_hand():
    calls = np.array([10.0, 20.0, np.nan, 30.0])
    mean = np.array([12.0, 18.0, 99.0, 33.0])
    quantiles = np.repeat(mean[:, None], len(QUANTILES), axis=1)
    told = score(calls, mean, quantiles, np.array([0, 0, 0, 1]))
    assert told.wape == pytest.approx(7 / 60)
    assert told.bias == pytest.approx(3 / 60)
    assert told.rmse == pytest.approx(np.sqrt((4 + 4 + 9) / 3))
    assert told.floor == pytest.approx(poisson_floor(mean[[0, 1, 3]]))
    assert told.day_wape == pytest.approx(3 / 60)
    assert told.wql == pytest.approx(7 / 60)  # over symmetric levels the pinball loss of one point is its error
    assert told.coverage_80 == 0.0


def test_coverage_counts_both_ends():
    quantiles = np.tile(np.linspace(0, 10, len(QUANTILES)), (3, 1))
    told = score(np.array([1.0, 9.0, 10.0]), np.full(3, 5.0), quantiles, np.zeros(3))
    assert told.coverage_80 == pytest.approx(2 / 3) and told.coverage_95 == 1.0


def test_nothing_to_score_is_an_error():
    with pytest.raises(ValueError, match="no calls"):
        score(np.array([np.nan]), np.ones(1), np.ones((1, len(QUANTILES))), np.zeros(1))


def test_the_floor_is_the_mean_absolute_deviation_of_poisson_counts_weighted_by_volume():
    means = np.array([0.3, 1.0, 7.0, 24.6, 1157.2])
    law = stats.poisson(means[:, None])
    counts = np.arange(3000)
    missed = (law.pmf(counts) * np.abs(counts - means[:, None])).sum(axis=1)
    assert [poisson_floor(means[i : i + 1]) for i in range(5)] == pytest.approx(missed / means, rel=1e-9)
    assert poisson_floor(means) == pytest.approx(missed.sum() / means.sum(), rel=1e-9)
    assert poisson_floor(np.array([0.0, 5.0])) == pytest.approx(poisson_floor(np.array([5.0])))


def test_nothing_forecast_leaves_no_floor_and_huge_volumes_do_not_overflow():
    assert poisson_floor(np.zeros(3)) == 0.0
    assert poisson_floor(np.array([1e9])) == pytest.approx(np.sqrt(2 / np.pi / 1e9), rel=1e-3)


def test_pure_poisson_noise_gives_poisson_quantiles():
    mean = np.array([0.3, 4.0, 60.0, 900.0])
    told = count_quantiles(mean, np.full(4, 0.25), QUANTILES)
    exact = stats.poisson.ppf(np.array(QUANTILES), mean[:, None])
    assert np.array_equal(told[:2], exact[:2])
    assert np.abs(told[2:] - exact[2:]).max() < 0.12 * np.sqrt(900) + 1


def test_wide_spread_never_goes_below_zero_or_crosses():
    told = count_quantiles(np.array([0.0, 0.5, 9.9, 10.0, 50.0]), np.array([1.0, 3.0, 3.0, 30.0, 60.0]), QUANTILES)
    assert (told >= 0).all() and (np.diff(told, axis=1) >= 0).all()
    assert (told[0] == 0).all()

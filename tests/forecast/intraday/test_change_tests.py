"""The tests for a change against plain formulas, and on planted changes."""

import numpy as np
import pytest
from scipy import stats
from watched_days import MEAN, PARAMS, N, day

from busyhour.forecast.intraday.change_tests import Limits, count_ratios, count_sums, first_raised, step_scores
from busyhour.forecast.intraday.params import WatchParams


def test_a_score_is_the_root_of_twice_the_log_likelihood_ratio_of_the_best_step():
    one, t, k = day(1), 8, 15
    h, e = one.frame.steps[: k + 1, t], one.e[: k + 1]
    size = h @ e / (h @ h)
    ratio = 0.5 * (e @ e) - 0.5 * ((e - size * h) @ (e - size * h))
    assert step_scores(one, PARAMS)[k, t] ** 2 == pytest.approx(2.0 * ratio)
    assert step_scores(one, PARAMS)[k, k + 1 :].tolist() == [0.0] * (N - k - 1)
    assert step_scores(one, PARAMS)[30, : 30 - 12 + 1].tolist() == [0.0] * 19  # began 3 h ago or earlier


def test_surprises_are_cut_on_fine_grids_only():
    assert PARAMS.clips(5) == 3.0 and PARAMS.clips(15) == np.inf


def test_count_ratios_are_those_of_the_negative_binomial_law():
    calls, predicted, sd = 31.0, 5.0, 0.8
    mean = predicted**2 + sd**2 - 0.25
    shape = mean / (4.0 * (sd**2 - 0.25))

    def log_chance(rate):
        return stats.nbinom.logpmf(calls, shape, shape / (shape + rate))

    up, down = count_ratios(np.array([np.sqrt(calls + 0.25)]), np.array([predicted]), np.array([sd]), 0.3)
    assert up[0] == pytest.approx(log_chance(1.3 * mean) - log_chance(mean))
    assert down[0] == pytest.approx(log_chance(0.7 * mean) - log_chance(mean))


def test_count_sums_start_again_at_nothing():
    one = day(4, ((0.4, 20, N),))
    ratios = count_ratios(one.figures, one.predicted, np.diag(one.frame.lower), PARAMS.planned_step)
    total, sums = 0.0, []
    for ratio in ratios[0]:
        total = max(0.0, total + ratio)
        sums.append(total)
    found, begins = count_sums(one, PARAMS)
    assert found[0] == pytest.approx(sums)
    assert begins[0, 24] in range(17, 23)


@pytest.mark.parametrize("size, sign", [(0.4, 1), (-0.35, -1)])
@pytest.mark.parametrize("limits", [Limits((4.0, 4.0)), Limits((99.0, 99.0), (5.0, 5.0))], ids=["step", "counts"])
def test_a_planted_change_is_found_with_its_direction_and_beginning(size, sign, limits):
    found = [first_raised(day(seed, ((size, 20, N),)), limits, PARAMS, least=15) for seed in range(20)]
    in_time = [r for r in found if r is not None and r.at <= 24 and r.sign == sign]
    assert len(in_time) >= 19
    assert np.median([r.begin for r in in_time]) in range(19, 22)


def test_hardly_any_calls_in_one_interval_are_an_outage_at_once():
    raised = first_raised(day(6, ((-0.99, 20, N),)), Limits((99.0, 99.0)), WatchParams())
    assert raised is not None and (raised.at, raised.begin, raised.sign) == (20, 20, -1)


def test_nothing_is_raised_on_a_day_like_its_forecast():
    one = day(7).planted(MEAN)
    assert first_raised(one, Limits((3.0, 3.0), (4.0, 4.0)), PARAMS) is None

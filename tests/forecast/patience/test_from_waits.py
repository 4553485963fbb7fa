import numpy as np
import pytest

from busyhour.forecast.errors import InputError
from busyhour.forecast.patience.from_waits import fit_patience, kaplan_meier
from busyhour.forecast.patience.hazards import TwoKinds, Weibull
from busyhour.forecast.queueing import performance


def censored(patience, seed, offered_mean=60.0, at_once=0.4):
    """Waits of callers of that patience whom an exponential wait, or none, would have met."""
    rng = np.random.default_rng(seed)
    offered = np.where(rng.random(patience.size) < at_once, 0.0, rng.exponential(offered_mean, patience.size))
    return np.minimum(patience, offered), patience < offered


def test_the_exponential_estimate_is_the_time_waited_per_abandon():
    waits, left = censored(np.random.default_rng(1).exponential(200.0, 4000), 2)
    fit = fit_patience(waits, left, law="exponential")
    assert fit.mean_s == pytest.approx(np.maximum(waits, 0.5 * left).sum() / left.sum(), rel=1e-5)
    assert fit.se_s == pytest.approx(fit.mean_s / np.sqrt(left.sum()), rel=1e-3)
    assert abs(fit.mean_s - 200.0) < 3 * fit.se_s
    assert fit.expected_abandon_rate == pytest.approx(fit.abandon_rate, rel=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "draw", "mean"),
    [
        ("exponential", lambda rng, n: rng.exponential(150.0, n), 150.0),
        ("weibull", lambda rng, n: 100.0 * rng.weibull(0.7, n), Weibull(1.0, 0.7).mean_s * 126.58),
        (
            "hyperexponential",
            lambda rng, n: np.where(rng.random(n) < 0.4, rng.exponential(20.0, n), rng.exponential(300.0, n)),
            188.0,
        ),
    ],
)
def test_the_least_aic_finds_the_law_that_made_the_waits(name, draw, mean):
    waits, left = censored(draw(np.random.default_rng(2), 20000), 52, offered_mean=150.0, at_once=0.1)
    fit = fit_patience(waits, left)
    assert fit.law.name == name
    assert abs(fit.mean_s - mean) < 3 * fit.se_s
    rest = fit.check[fit.check["expected"] > 50]
    assert (np.abs(rest["abandoned"] - rest["expected"]) < 4 * np.sqrt(rest["expected"])).all()


def test_nineteen_of_twenty_intervals_hold_the_truth():
    inside = 0
    for seed in range(100):
        fit = fit_patience(*censored(np.random.default_rng(seed).exponential(120.0, 400), seed + 1000), law="weibull")
        inside += abs(np.log(fit.mean_s / 120.0)) < 1.96 * fit.se_s / fit.mean_s
    assert 88 <= inside <= 99


def test_who_hangs_up_at_once_shows_no_patience():
    waits, left = censored(np.random.default_rng(5).exponential(200.0, 6000), 6)
    rude = np.random.default_rng(7).uniform(0.0, 4.0, 500)
    both = np.concatenate([waits, rude]), np.concatenate([left, np.ones(500, dtype=bool)])
    told, spoiled = (fit_patience(*both, law="exponential", short_s=s) for s in (5.0, 0.0))
    assert abs(told.mean_s - 200.0) < 3 * told.se_s
    assert spoiled.mean_s < 160.0


def test_a_fitted_law_is_a_patience_that_the_queue_takes():
    made = TwoKinds(0.3, 20.0, 400.0)
    rng = np.random.default_rng(8)
    waits, left = censored(
        np.where(rng.random(9000) < 0.3, rng.exponential(20.0, 9000), rng.exponential(400.0, 9000)), 9
    )
    fit = fit_patience(waits, left)
    lost = [
        performance("erlang_a", 20, load_erl=20.0, aht_s=240.0, patience_s=law).p_abandon for law in (made, fit.law)
    ]
    assert lost[1] == pytest.approx(lost[0], rel=0.06)


def test_kaplan_and_meier_see_the_survival_behind_censored_waits():
    waits, left = censored(np.random.default_rng(10).exponential(100.0, 20000), 11)
    told = kaplan_meier(waits, left).set_index("wait_s")["patient"]
    at = np.array([told[:t].iloc[-1] for t in (20.0, 60.0, 120.0)])
    assert at == pytest.approx(np.exp(-np.array([0.2, 0.6, 1.2])), rel=0.05)


@pytest.mark.parametrize(
    ("waits", "left", "more", "word"),
    [
        ([1.0] * 40, [True] * 29 + [False] * 11, {}, "29 callers hung up"),
        ([1.0] * 40, [True] * 39, {}, "40 waits, 39 fates"),
        ([-1.0] * 40, [True] * 40, {}, "waits_s"),
        ([np.nan] * 40, [True] * 40, {}, "waits_s"),
        ([1.0] * 40, [True] * 40, {"law": "gamma"}, "One of auto, exponential"),
    ],
)
def test_waits_that_tell_nothing_are_refused(waits, left, more, word):
    with pytest.raises(InputError, match=word):
        fit_patience(waits, left, **more)

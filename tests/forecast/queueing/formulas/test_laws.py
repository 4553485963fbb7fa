"""Laws of handle times and patience: what they say, what is drawn from them, and what they do to a queue."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from busyhour.forecast.errors import InputError
from busyhour.forecast.queueing import Empirical, Exponential, Lognormal, ServiceGoal, simulate
from busyhour.forecast.queueing.formulas.time_laws import drawn, law_of_cv

GOAL = {"desk": ServiceGoal(0.8, 20)}
LAWS = [Exponential(90.0), Lognormal(90.0, 0.6), Lognormal(90.0, 0.0), Empirical([5.0, 5.0, 30.0, 200.0, 210.0])]


def desk_of(agents, calls=100.0, handle_s=180.0, patience_s=math.nan):
    starts = pd.date_range("2026-03-02", periods=7 * 48, freq="30min")
    volume = {"queue": "desk", "start": starts, "calls": calls, "handle_s": handle_s, "patience_s": patience_s}
    staff = {"start": starts[:1], "end": starts[-1:] + pd.Timedelta(minutes=30), "agents": agents}
    return pd.DataFrame(staff), pd.DataFrame(volume)


def week(found):
    return found.service[found.service["period"] == "week"].iloc[0]


@pytest.mark.parametrize("law", LAWS, ids=str)
def test_draws_follow_the_law(law):
    rng = np.random.default_rng(1)
    values = law.mean_s * np.array([drawn(*law.shape, u) for u in rng.random(20_000)])
    assert values.mean() == pytest.approx(law.mean_s, rel=0.03)
    for t in (0.0, 4.0, 5.0, 60.0, 90.0, 205.0, 500.0):
        assert np.mean(values > t) == pytest.approx(law.survival(t), abs=0.012)


@pytest.mark.parametrize("law", LAWS, ids=str)
def test_survival_falls_from_one_and_its_area_is_the_mean(law):
    t = np.linspace(0.0, 5000.0, 200_001)
    alive = law.survival(t)
    assert alive[0] == 1.0
    assert (np.diff(alive) <= 0).all()
    assert np.trapezoid(alive, t) == pytest.approx(law.mean_s, rel=1e-3)
    assert isinstance(law.survival(3.0), float)


def test_lognormal_is_that_of_scipy():
    law = Lognormal(300.0, 1.2)
    same = stats.lognorm(law.sigma, scale=300.0 * math.exp(-(law.sigma**2) / 2))
    assert same.std() / same.mean() == pytest.approx(1.2)
    t = np.array([1.0, 100.0, 2000.0])
    assert law.survival(t) == pytest.approx(same.sf(t), rel=1e-12)


@given(st.floats(1.0, 1000.0), st.lists(st.floats(0.02, 0.98), min_size=1, max_size=6, unique_by=lambda p: round(p, 2)))
def test_quantiles_of_an_exponential_law_give_that_law(mean, probabilities):
    law = Empirical.from_quantiles({p: -mean * math.log1p(-p) for p in probabilities})
    assert law.mean_s == pytest.approx(mean, rel=0.001)
    assert law.survival(mean) == pytest.approx(math.exp(-1), abs=0.0011)


def test_quantiles_are_met():
    law = Empirical.from_quantiles({0.9: 300.0, 0.1: 20.0, 0.5: 80.0})
    assert [law.survival(t) for t in (20.0, 80.0, 300.0)] == pytest.approx([0.9, 0.5, 0.1], abs=0.0011)


@pytest.mark.parametrize("bad", [
    lambda: Exponential(0.0), lambda: Exponential(math.nan), lambda: Lognormal(-1.0, 1.0), lambda: Lognormal(1.0, -0.1),
    lambda: Lognormal(1.0, math.inf), lambda: Empirical([]), lambda: Empirical([0.0, 0.0]),
    lambda: Empirical([-1.0, 3.0]), lambda: Empirical([math.nan]), lambda: Empirical([math.inf, 1.0]),
    lambda: Empirical.from_quantiles({}), lambda: Empirical.from_quantiles({1.0: 20.0}),
    lambda: Empirical.from_quantiles({0.0: 1.0}), lambda: Empirical.from_quantiles({0.5: 20.0, 0.6: 10.0}),
    lambda: Empirical.from_quantiles({0.5: math.nan}),
])  # fmt: skip
def test_bad_laws_are_named(bad):
    with pytest.raises(InputError):
        bad()


@pytest.mark.slow
@pytest.mark.parametrize("law", [Empirical([60.0]), Empirical([10.0, 300.0]), Lognormal(120.0, 0.8)], ids=str)
def test_patience_of_any_law_gives_the_exact_queue(law):
    """M/M/n+G: the wait of a patient caller has density n p_n exp(a ∫S − n t) (Baccelli and Hebuterne 1981)."""
    agents, load, h = 9, 10.0, 180.0
    t = np.linspace(0.0, 3000.0, 300_001)
    alive = law.survival(t)
    area = np.concatenate([[0.0], np.cumsum((alive[1:] + alive[:-1]) / 2 * np.diff(t))])
    density = np.exp(load * area / h - agents * t / h)
    blocked = 1.0
    for k in range(1, agents + 1):
        blocked = load * blocked / (k + load * blocked)
    v = density * agents / h / (agents / h * np.trapezoid(density, t) + 1.0 / blocked - 1.0)
    answered_late = np.trapezoid((v * alive)[t >= 20.0], t[t >= 20.0])
    abandoned = np.trapezoid(v * (1 - alive), t)
    row = week(simulate(*desk_of(agents), GOAL, patience=law, seed=2, min_runs=192, max_runs=192))
    assert row["simulated"] == pytest.approx(1 - abandoned - answered_late, abs=0.002)
    assert row["abandon_rate"] == pytest.approx(abandoned, abs=0.001)


@pytest.mark.parametrize(("law", "level"), [
    (Exponential(1.0), 0.842),
    *(pytest.param(*case, marks=pytest.mark.slow) for case in (
        (law_of_cv(0.5), 0.849), (law_of_cv(2.5), 0.834), (law_of_cv(0.0), 0.857), (Empirical([1.0]), 0.857),
    )),
])  # fmt: skip
def test_the_law_of_handle_times_hardly_matters(law, level):
    found = simulate(*desk_of(50, 288.0, 300.0, 120.0), GOAL, handle=law, min_runs=64, max_runs=64)
    assert week(found)["simulated"] == pytest.approx(level, abs=0.006)


def test_without_patience_in_the_volume_the_law_tells_the_mean():
    runs = {"min_runs": 64, "max_runs": 64}
    given_in_volume = simulate(*desk_of(10, patience_s=90.0), GOAL, **runs).service
    by_law = simulate(*desk_of(10), GOAL, patience={"desk": Exponential(90.0)}, **runs).service
    pd.testing.assert_frame_equal(given_in_volume, by_law, check_exact=True)
    scaled = simulate(*desk_of(10, patience_s=90.0), GOAL, patience=Exponential(5.0), **runs).service
    pd.testing.assert_frame_equal(given_in_volume, scaled, check_exact=True)


def test_calls_arrive_alike_whatever_the_laws():
    runs = {"min_runs": 64, "max_runs": 64}
    laws = [{}, {"handle": Lognormal(1.0, 2.0)}, {"patience": Empirical([10.0, 80.0])}]
    offered = [simulate(*desk_of(10, patience_s=90.0), GOAL, **law, **runs).service["offered"] for law in laws]
    assert (offered[0] == offered[1]).all()
    assert (offered[0] == offered[2]).all()

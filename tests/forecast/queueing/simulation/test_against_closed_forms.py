"""The simulation of a staffing against closed forms and mixtures of them."""

import datetime as dt
import math

import numpy as np
import pandas as pd
import pytest
from desk_cases import GOAL, close_to, exact, of, steps, volume_of, whole
from scipy import stats
from scipy.optimize import brentq

from busyhour.forecast.queueing import ServiceGoal, performance, simulate
from busyhour.forecast.queueing.formulas.time_laws import law_of_cv


@pytest.mark.slow
@pytest.mark.parametrize("agents", [9, 12])
def test_constant_rate_gives_every_measure_of_erlang_a(agents):
    volume = volume_of(days=7, patience_s=120.0)
    goal = ServiceGoal(0.8, 20, "total", short_s=10.0)
    row = of(simulate(whole(volume, agents), volume, {"desk": goal}, seed=1, min_runs=192, max_runs=192))
    truth = exact(agents, short_s=10.0)
    assert close_to(row, truth.service_level("total"))
    assert row["ci_hi"] - row["ci_lo"] < 0.01
    for definition in ("offered", "answered", "total", "excl_short"):
        assert row[f"sl_{definition}"] == pytest.approx(truth.service_level(definition), abs=0.002)
    assert row["simulated"] == row["sl_total"]
    assert row["offered"] == pytest.approx(33_600, rel=0.002)
    assert row["abandon_rate"] == pytest.approx(truth.p_abandon, abs=0.001)
    assert row["occupancy"] == pytest.approx(truth.occupancy, abs=0.001)
    assert row["asa_s"] == pytest.approx(truth.asa_s, rel=0.01)
    assert row["asa_all_s"] == pytest.approx(truth.asa_all_s, rel=0.01)
    assert row["queue_length"] == pytest.approx(truth.queue_length, rel=0.01)
    assert row["longest_queue"] > 5 * row["queue_length"]
    assert row["longest_wait_s"] > 5 * row["asa_all_s"]


def test_callers_without_patience_limit_give_erlang_c():
    volume = volume_of(days=7, calls=100.0)
    found = simulate(whole(volume, 13), volume, GOAL, seed=2)
    truth = performance("erlang_c", 13, load_erl=10.0, aht_s=180.0)
    row = of(found)
    assert close_to(row, truth.service_level())
    assert row["asa_s"] == pytest.approx(truth.asa_s, rel=0.05)
    assert row["abandon_rate"] < 1e-4  # those who wait when it closes


@pytest.mark.slow
@pytest.mark.parametrize("cv", [0.0, 0.5, 1.0, 1.5])
def test_one_agent_waits_as_pollaczek_and_khinchine_say(cv):
    volume = volume_of(days=7, calls=6.0, handle_s=150.0)
    runs = {"seed": 3, "min_runs": 1600, "max_runs": 1600}
    found = simulate(whole(volume, 1), volume, GOAL, handle={"desk": law_of_cv(cv)}, **runs)
    rho = 0.5
    assert of(found)["asa_s"] == pytest.approx(rho / (1 - rho) * (1 + cv**2) / 2 * 150.0, rel=0.03)


@pytest.mark.slow
def test_uncertain_rate_mixes_over_a_gamma_law():
    mean, cv = 100.0, 0.15
    sd = math.sqrt(mean + (cv * mean) ** 2)
    spread = {f"q{p:g}": mean + stats.norm.ppf(p) * sd for p in (0.1, 0.5, 0.9)}
    volume = volume_of(days=7, patience_s=120.0, **spread)
    found = simulate(whole(volume, 11), volume, GOAL, seed=4)
    u = (np.arange(200) + 0.5) / 200
    factor = stats.gamma.ppf(u, cv**-2, scale=cv**2)
    level = exact(11, 100.0 * factor).service_level()
    assert close_to(of(found), np.dot(factor, level) / factor.sum())
    assert of(found)["offered"] == pytest.approx(100 * 48 * 7, rel=0.005)
    days = found.service[found.service["period"] == "day"]
    assert days["p_goal"].between(0.3, 0.9).all()  # a day is busy or slow as a whole


@pytest.mark.slow
def test_a_day_is_busy_as_a_whole():
    mean, cv, agents = 1000.0, 0.1, 105
    half = 1.2816 * math.sqrt(mean + (cv * mean) ** 2)
    spread = {"q0.1": mean - half, "q0.9": mean + half}
    volume = volume_of(hours=(8, 14), calls=mean, patience_s=120.0, **spread)
    day = of(simulate(whole(volume, agents), volume, GOAL, seed=4, min_runs=512, max_runs=512), "day")
    limit = brentq(lambda f: exact(agents, mean * f).service_level() - 0.8, 0.5, 2.0)  # busier days miss the goal
    assert day["p_goal"] == pytest.approx(stats.gamma.cdf(limit, cv**-2, scale=cv**2), abs=0.03)


@pytest.mark.slow
def test_absent_heads_mix_over_the_binomial_law():
    volume = volume_of(days=7, patience_s=120.0)
    found = simulate(whole(volume, 12), volume, GOAL, absent=0.1, seed=5)
    come = np.arange(13)
    assert close_to(of(found), stats.binom.pmf(come, 12, 0.9) @ exact(come).service_level())


def test_persons_and_nameless_heads_are_the_same_when_all_come():
    volume = volume_of(hours=(8, 12), patience_s=90.0, calls=20.0)
    day = "2026-03-02 "
    rows = [(day + "08:00", day + "10:10"), (day + "08:20", day + "12:00"), (day + "10:25", day + "12:05")]
    one = steps(*[(*r, 1) for r in rows])
    named = one.assign(agent=["Ann", "Bob", "Ann"])
    marks, heads = ["08:00", "08:20", "10:10", "10:25", "12:00", "12:05"], [1, 2, 1, 2, 1]
    added = steps(*[(day + a, day + b, n) for a, b, n in zip(marks, marks[1:], heads, strict=False)])
    found = [simulate(s, volume, GOAL, min_runs=64, max_runs=64).service for s in (one, named, added)]
    pd.testing.assert_frame_equal(found[0], found[1])
    pd.testing.assert_frame_equal(found[0], found[2], rtol=1e-9)


def test_a_person_is_away_all_day_and_on_a_night_shift_all_night():
    volume = volume_of(days=2, calls=2.0, handle_s=1.0, patience_s=1.0)
    night = steps(("2026-03-02 22:00", "2026-03-03 01:00", 1), ("2026-03-03 01:30", "2026-03-03 06:00", 1), agent="Ann")
    found = simulate(night, volume, GOAL, absent={"monday": 1.0}, min_runs=64, max_runs=64)
    assert found.service["simulated"].max() == 0
    found = simulate(night, volume, GOAL, absent={dt.date(2026, 3, 3): 1.0}, min_runs=64, max_runs=64)
    assert of(found, "interval", "2026-03-03 04:00")["simulated"] > 0.9


def test_a_day_is_thin_as_a_whole():
    volume = volume_of(hours=(8, 18), calls=40.0, handle_s=1.0, patience_s=1.0)
    ann = steps(("2026-03-02 08:00", "2026-03-02 12:00", 1), ("2026-03-02 13:00", "2026-03-02 18:00", 1), agent="Ann")
    goal = {"desk": ServiceGoal(0.5, 20)}
    found = simulate(ann, volume, goal, absent=0.25, min_runs=640, max_runs=640)
    served = found.service.query("period == 'interval' and simulated > 0.1")["p_goal"]
    assert len(served) == 18
    assert served.std() < 0.002  # the same runs in every interval, but for odd intervals with next to no calls
    assert served.mean() == pytest.approx(0.75, abs=0.02)


@pytest.mark.slow
def test_absence_costs_as_many_heads_as_stay_away():
    volume = volume_of(days=5, hours=(8, 18), patience_s=120.0)
    many = simulate(whole(volume, 12), volume, GOAL)
    thin = simulate(whole(volume, 12), volume, GOAL, absent=0.08)
    less = simulate(whole(volume, 11), volume, GOAL)
    assert of(thin)["simulated"] < of(many)["simulated"] - 0.04
    assert of(thin)["simulated"] == pytest.approx(of(less)["simulated"], abs=0.02)  # 12 x 0.92 = 11.04 heads

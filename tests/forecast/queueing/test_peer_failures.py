"""Fourteen inputs on which other packages crash or lie; each must be answered, or refused by name."""

import math

import numpy as np
import pytest

from busyhour.forecast.errors import InputError
from busyhour.forecast.queueing import ServiceGoal, erlang_b, erlang_c, performance, required_agents

GOAL = ServiceGoal(0.8, 20)


def test_1_no_calls_need_nobody_or_the_least():
    assert required_agents("erlang_c", 0, 180, None, GOAL) == 0
    assert required_agents("erlang_a", [0.0, 0.0], 180, 60, ServiceGoal(0.8, 20, min_agents=2)).tolist() == [2, 2]
    assert performance("erlang_c", 0, load_erl=0, aht_s=180).service_level() == 1.0


@pytest.mark.parametrize("agents", [10, 12])
def test_2_as_much_load_as_agents_or_more(agents):
    c = performance("erlang_c", agents, load_erl=12, aht_s=180)
    assert erlang_c(agents, 12) == 1.0
    assert (c.p_wait, c.service_level(), c.asa_s, c.queue_length) == (1.0, 0.0, math.inf, math.inf)
    a = performance("erlang_a", agents, load_erl=12, aht_s=180, patience_s=60)
    assert 0.0 < a.service_level() < 1.0
    assert 0.0 < a.asa_s < 60.0


def test_3_loads_that_are_powers_of_two():
    assert required_agents("erlang_c", [1.0, 2.0, 4.0, 64.0, 1024.0], 180, None, GOAL).tolist() == [3, 4, 7, 70, 1035]


def test_4_low_loads_and_loose_targets():
    assert required_agents("erlang_c", 0.6, 180, None, ServiceGoal(0.2, 20)) == 1
    for a in np.exp(np.random.default_rng(1).uniform(np.log(0.01), np.log(5), 50)):
        n = required_agents("erlang_c", a, 180, None, ServiceGoal(0.5, 20))
        assert n == next(k for k in range(1, 20) if 1 - _wait(k, a) * math.exp(-(k - a) * 20 / 180) >= 0.5)


def _wait(n, a):
    terms = [a**k / math.factorial(k) for k in range(n + 1)]
    return 1.0 if n <= a else terms[-1] * n / (n - a) / (sum(terms[:-1]) + terms[-1] * n / (n - a))


def test_5_impatient_callers_may_need_fewer_agents_than_the_load():
    assert required_agents("erlang_a", 100, 300, 120, ServiceGoal(0.5, 20)) == 86
    assert required_agents("erlang_a", 100, 300, 120, ServiceGoal(0.7, 20)) == 94
    assert required_agents("erlang_a", 100, 300, 120, GOAL) == 98


@pytest.mark.slow
def test_6_an_occupancy_that_is_met_exactly():
    n = np.arange(1, 400)
    loads = np.array([float(f"{0.85 * k:.2f}") for k in n])
    goal = ServiceGoal(0, 0, max_occupancy=0.85)
    np.testing.assert_array_equal(required_agents("erlang_a", loads, 180, math.inf, goal), n)
    np.testing.assert_array_equal(required_agents("erlang_c", np.tile(loads, 30), 180, None, goal), np.tile(n, 30))


def test_7_long_thresholds_do_not_underflow():
    found = performance("erlang_a", 400, load_erl=380, aht_s=300, patience_s=120, within_s=600)
    assert found.service_level() == pytest.approx(0.9938, abs=5e-5)


def test_8_more_than_five_hundred_agents():
    found = performance("erlang_a", [600, 90, 50], load_erl=[590, 100, 48], aht_s=300, patience_s=120, within_s=20)
    assert found.p_wait[0] == pytest.approx(0.272, abs=5e-4)
    assert found.p_abandon[0] == pytest.approx(0.0123, abs=5e-5)
    assert np.round(found.service_level()[1:], 3).tolist() == [0.618, 0.842]
    assert found.asa_s[2] == pytest.approx(5.6, abs=0.05)
    assert required_agents("erlang_a", 20_000.0, 300, 120, GOAL) < 20_000


def test_9_fractions_of_agents():
    assert erlang_b(2.5, 2.0) == pytest.approx(1 / (1 + 2.5 / 2.0 / erlang_b(1.5, 2.0)), rel=1e-13)
    for model in ("erlang_b", "erlang_c", "erlang_a"):
        levels = performance(model, [13, 13.5, 14], load_erl=10, aht_s=180, patience_s=300).service_level()
        assert levels[0] < levels[1] < levels[2]


def test_10_answered_at_once():
    c = performance("erlang_c", 14, load_erl=10, aht_s=180, within_s=0)
    assert c.service_level() == pytest.approx(1 - erlang_c(14, 10), abs=1e-15)
    assert required_agents("erlang_c", 10, 180, None, ServiceGoal(0.8, 0)) == 14
    a = performance("erlang_a", 14, load_erl=10, aht_s=180, patience_s=300, within_s=0)
    assert a.service_level() == pytest.approx(1 - a.p_wait, abs=1e-14)


def test_11_very_patient_callers_take_no_longer():
    a = performance("erlang_a", [100, 172], load_erl=[98, 344], aht_s=300, patience_s=360_000)
    assert a.p_abandon[1] == pytest.approx(0.5, abs=1e-12)
    c = performance("erlang_c", 100, load_erl=98, aht_s=300)
    assert a.service_level()[0] == pytest.approx(c.service_level(), abs=0.05)


def test_12_units_are_said():
    per_second = performance("erlang_c", 14, calls_per_s=100 / 1800, aht_s=180)
    assert per_second.service_level() == pytest.approx(0.8884, abs=5e-5)
    assert per_second.load_erl == pytest.approx(10)


@pytest.mark.parametrize("bad", [math.nan, -1.0, math.inf])
def test_13_what_is_not_a_number_of_calls_is_named(bad):
    for ask in (
        lambda loads: required_agents("erlang_c", loads, 180, None, GOAL),
        lambda loads: required_agents("erlang_a", loads, [180, 180, 180, 180], 60, GOAL),
        lambda loads: performance("erlang_a", 5, load_erl=loads, aht_s=180, patience_s=60),
        lambda loads: erlang_b(5, loads),
    ):
        with pytest.raises(InputError, match=r"column load.*position 2.*got") as told:
            ask([3.0, 4.0, bad, 5.0])
        assert told.value.value == bad or math.isnan(bad)
    with pytest.raises(InputError, match=r"column patience_s.*position 1"):
        required_agents("erlang_a", [1.0, 2.0], 180, [60, bad if bad < math.inf else -1], GOAL)


def test_14_one_agent_for_two_skills_is_still_one_agent():
    pooled = performance("erlang_a", 14, load_erl=20, aht_s=300, patience_s=120)
    assert pooled.service_level() == pytest.approx(0.29, abs=0.01)
    assert pooled.p_abandon == pytest.approx(0.32, abs=0.01)
    assert required_agents("erlang_a", 20, 300, 120, GOAL) == 22
    assert required_agents("erlang_c", 10, 180, None, GOAL) == 14

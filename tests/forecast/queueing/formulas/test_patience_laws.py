"""Queues whose callers have any patience: limits, flow, and laws known by samples."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from busyhour.forecast.errors import InputError
from busyhour.forecast.queueing import ServiceGoal, performance, required_agents


class Observed:
    """Equally likely samples."""

    def __init__(self, *samples_s):
        self.samples_s = samples_s

    def survival(self, t_s):
        return (np.array(self.samples_s) > np.asarray(t_s)[..., None]).mean(axis=-1)


class Weibull:
    """Callers who hang up less and less (or more and more) readily."""

    def __init__(self, scale_s, shape):
        self.scale_s, self.shape = scale_s, shape

    def survival(self, t_s):
        return np.exp(-((np.asarray(t_s) / self.scale_s) ** self.shape))


class Stubborn:
    """Half of the callers never hang up."""

    def survival(self, t_s):
        return 0.5 + 0.5 * np.exp(-np.asarray(t_s) / 60.0)


def ask(n, a, law, **how):
    return performance("erlang_a", n, load_erl=a, aht_s=300, patience_s=law, **how)


def test_everybody_waits_exactly_a_minute():
    found = ask(10, 12.0, Observed(60.0), within_s=60, short_s=59.9)
    v = np.exp((12.0 - 10.0) * np.linspace(0, 0.2, 200_001))  # density of the offered wait while all are patient
    served = np.trapezoid(v, dx=1e-6)
    lost = v[-1] / 10.0  # then it falls like the agents finish calls
    p_n = 1.0 / (10.0 * (served + lost) + 1.0 / erlang_b_10_12() - 1.0)
    assert found.p_wait == pytest.approx(10.0 * p_n * (served + lost), rel=1e-9)
    assert found.p_abandon == pytest.approx(10.0 * p_n * lost, rel=1e-9)
    assert found.abandoned_in == pytest.approx(found.p_abandon, rel=1e-12)
    assert found.abandoned_short == pytest.approx(0.0, abs=1e-15)
    assert found.answered_in == pytest.approx(1 - found.p_abandon, rel=1e-12)


def erlang_b_10_12():
    terms = [12.0**k / math.factorial(k) for k in range(11)]
    return terms[-1] / sum(terms)


def test_no_patience_is_erlang_b_and_endless_patience_erlang_c():
    b = performance("erlang_b", 12, load_erl=10.0, aht_s=300)
    short = ask(12, 10.0, Weibull(1e-7, 1.0))
    assert short.p_abandon == pytest.approx(b.p_block, abs=1e-8)
    c = performance("erlang_c", 12, load_erl=10.0, aht_s=300)
    long = ask(12, 10.0, Weibull(1e12, 1.0))
    assert long.asa_s == pytest.approx(c.asa_s, rel=1e-8)
    assert long.service_level() == pytest.approx(c.service_level(), abs=1e-9)


def test_too_many_who_never_hang_up_are_said_to_have_no_bound():
    found = ask([20, 30], 50.0, Stubborn())
    assert found.asa_s[0] == found.asa_all_s[0] == found.queue_length[0] == math.inf
    # the half that would hang up does; the other half waits for ever
    assert (found.p_wait[0], found.answered_in[0], found.p_abandon[0]) == (1.0, 0.0, pytest.approx(0.5))
    assert 60 < found.asa_s[1] < 200


def test_no_agents_and_no_calls():
    found = ask([0, 5], [5.0, 0.0], Weibull(100.0, 1.0))
    assert found.p_abandon.tolist() == [1.0, 0.0]
    assert found.asa_all_s[0] == pytest.approx(100.0)
    assert math.isnan(found.asa_s[0])
    assert found.service_level().tolist() == [0.0, 1.0]


def test_two_ways_to_erlang_a_agree_at_any_point():
    rng = np.random.default_rng(11)
    for _ in range(150):
        a, h, p = np.exp(rng.uniform([-4, 3, -1], [7.5, 7, 9]))
        how = {"load_erl": a, "aht_s": h, "within_s": rng.choice([0.0, np.exp(rng.uniform(0, 6))]), "short_s": 5.0}
        n = max(1, int(a * rng.uniform(0.3, 1.6)))
        ours = performance("erlang_a", n, patience_s=p, **how)
        law = performance("erlang_a", n, patience_s=Weibull(p, 1.0), **how)
        for name in ("p_wait", "p_abandon", "answered_in", "abandoned_in", "abandoned_short"):
            assert getattr(ours, name) == pytest.approx(getattr(law, name), abs=2e-13)
        assert ours.asa_s == pytest.approx(law.asa_s, rel=1e-12, abs=1e-13)
        assert ours.asa_all_s == pytest.approx(law.asa_all_s, rel=1e-12, abs=1e-13)


@given(n=st.integers(1, 60), a=st.floats(0.1, 80.0), shape=st.floats(0.6, 3.0), scale=st.floats(5.0, 2000.0),
       t=st.floats(0.0, 300.0))  # fmt: skip
@settings(max_examples=25, deadline=None)
def test_flow_in_is_flow_out_and_more_agents_never_worsen(n, a, shape, scale, t):
    found = ask([n, n + 1], a, Weibull(scale, shape), within_s=t, short_s=t / 2)
    np.testing.assert_allclose(found.occupancy * [n, n + 1], a * (1 - found.p_abandon), rtol=1e-10)
    np.testing.assert_allclose(found.queue_length, a / 300 * found.asa_all_s, rtol=1e-12)
    assert found.answered_in[1] >= found.answered_in[0] - 1e-11
    assert found.p_abandon[1] <= found.p_abandon[0] + 1e-11
    assert (found.abandoned_short <= found.abandoned_in + 1e-12).all()
    assert (found.abandoned_in <= found.p_abandon + 1e-12).all()


def test_busy_agents_balance_calls_and_hang_ups():
    # not by construction: the chance that an agent is free, from the law, against the flow of calls
    for law in (Observed(5.0, 30.0, 200.0, 900.0), Weibull(80.0, 2.0)):
        found = ask(9, 8.0, law)
        b = performance("erlang_b", 9, load_erl=8.0, aht_s=300).p_block
        p_n = (1.0 - found.p_wait) / (1.0 / b - 1.0)  # all busy, nobody waiting
        idle = sum(p_n * math.factorial(9) / math.factorial(9 - k) / 8.0**k * k for k in range(1, 10))
        assert 9.0 - idle == pytest.approx(8.0 * (1 - found.p_abandon), rel=1e-11)


@pytest.mark.slow
def test_required_with_a_law():
    goal = ServiceGoal(0.8, 20, max_abandon=0.05)
    law = Weibull(120.0, 1.0)
    loads = np.array([0.0, 3.0, 40.0])
    np.testing.assert_array_equal(required_agents("erlang_a", loads, 300, law, goal),
                                  required_agents("erlang_a", loads, 300, 120, goal))  # fmt: skip
    real = required_agents("erlang_a", loads, 300, law, goal, fractional=True)
    np.testing.assert_allclose(real, required_agents("erlang_a", loads, 300, 120, goal, fractional=True), rtol=1e-9)


def test_a_law_needs_room_for_everyone():
    with pytest.raises(InputError, match="queue_places"):
        ask(5, 4.0, Stubborn(), queue_places=3)


def test_only_the_impatient_hang_up_in_overload():
    """Half the callers stay for ever and are too many: the other half goes, the queue of the stoic has no bound."""

    class HalfStoic:
        def survival(self, t_s):
            return 0.5 + 0.5 * np.exp(-np.asarray(t_s) / 60.0)

    found = performance("erlang_a", 10, load_erl=30.0, aht_s=180, patience_s=HalfStoic(), within_s=20)
    assert found.p_abandon == pytest.approx(0.5)
    assert found.answered_in == pytest.approx(0.0, abs=1e-12)
    assert found.asa_s == math.inf

    class Stoic:
        def survival(self, t_s):
            return np.ones(np.shape(t_s))

    law = performance("erlang_a", 10, load_erl=11.0, aht_s=180, patience_s=Stoic(), within_s=20)
    number = performance("erlang_a", 10, load_erl=11.0, aht_s=180, patience_s=math.inf, within_s=20)
    for name in ("p_wait", "p_abandon", "answered_in", "abandoned_in", "asa_s", "asa_all_s"):
        assert getattr(law, name) == getattr(number, name), name

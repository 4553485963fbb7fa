"""What a number of agents gives: published values, limits, properties, bad input."""

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from busyhour.forecast.errors import InputError
from busyhour.forecast.queueing import erlang_b, erlang_c, performance
from busyhour.forecast.queueing.formulas.service_level import DEFINITIONS

loads = st.floats(0.05, 400.0)
handling = st.floats(10.0, 3000.0)
patience = st.floats(1.0, 36000.0)
threshold = st.floats(0.0, 600.0)


def test_worked_example_of_the_guide():
    c = performance("erlang_c", [13, 14], calls_per_s=100 / 1800, aht_s=180, within_s=20)
    assert np.round(c.service_level(), 4).tolist() == [0.7956, 0.8884]
    a = performance("erlang_a", 13, calls_per_s=100 / 1800, aht_s=180, patience_s=300, within_s=20)
    assert round(a.service_level(), 3) == 0.858
    assert round(a.p_abandon, 4) == 0.0250


def test_four_definitions_differ_as_published():
    found = performance("erlang_a", 50, load_erl=50, aht_s=300, patience_s=120, within_s=20, short_s=20)
    assert [round(100 * found.service_level(d), 1) for d in DEFINITIONS] == [78.4, 84.2, 83.1, 82.2]


def test_garnett_mandelbaum_reiman_2002():
    a = performance("erlang_a", 50, calls_per_s=0.8, aht_s=60, patience_s=120)
    assert (round(a.p_abandon, 3), round(a.asa_all_s, 1)) == (0.031, 3.7)
    assert (round(a.queue_length), round(a.occupancy, 2)) == (3, 0.93)
    c = performance("erlang_c", 50, calls_per_s=0.8, aht_s=60)
    assert (round(c.asa_s, 1), round(c.queue_length)) == (20.8, 17)


def test_scalars_stay_scalars_and_arrays_broadcast():
    assert isinstance(erlang_c(14, 10.0), float)
    found = performance("erlang_a", [[5], [6]], load_erl=[4.0, 5.0, 6.0], aht_s=180, patience_s=60)
    assert found.p_wait.shape == found.service_level().shape == (2, 3)
    assert isinstance(performance("erlang_c", 5, load_erl=4, aht_s=180).service_level(), float)


def test_no_agents_answer_nothing():
    a = performance("erlang_a", 0, load_erl=5.0, aht_s=180, patience_s=100, within_s=20)
    assert (a.p_wait, a.p_abandon, a.answered_in, a.occupancy) == (1.0, 1.0, 0.0, 1.0)
    assert a.abandoned_in == pytest.approx(1 - math.exp(-0.2), abs=1e-15)
    assert math.isnan(a.asa_s)
    assert a.asa_all_s == pytest.approx(100)
    assert [a.service_level(d) for d in ("offered", "answered", "excl_short")] == [0.0, 0.0, 0.0]
    assert performance("erlang_c", 0, load_erl=5.0, aht_s=180).service_level() == 0.0


def test_no_calls_are_all_served():
    for model in ("erlang_c", "erlang_a"):
        found = performance(model, [0, 3], load_erl=0.0, aht_s=180, patience_s=100)
        assert found.service_level().tolist() == [1.0, 1.0]
        for measure in (found.p_wait, found.p_abandon, found.occupancy, found.asa_s, found.queue_length):
            assert measure.tolist() == [0.0, 0.0]


def test_overload_without_abandonment_has_no_bound():
    for agents, load in ((10, 12.0), (64, 64.0)):
        c = performance("erlang_c", agents, load_erl=load, aht_s=180)
        assert (c.p_wait, c.service_level(), c.occupancy) == (1.0, 0.0, 1.0)
        assert c.asa_s == c.queue_length == math.inf


def test_overload_with_abandonment_serves_what_it_can():
    a = performance("erlang_a", 172, load_erl=344.0, aht_s=300, patience_s=36000)
    assert a.p_abandon == pytest.approx(0.5, abs=1e-12)
    assert a.occupancy == pytest.approx(1.0, abs=1e-12)


def test_long_thresholds_do_not_underflow():
    found = performance("erlang_a", 400, load_erl=380, aht_s=300, patience_s=120, within_s=600)
    assert round(found.service_level(), 4) == 0.9938


def test_queues_of_thousands_of_agents():
    found = performance("erlang_a", [600, 10_000], load_erl=[590, 9_990], aht_s=300, patience_s=120)
    assert (round(found.p_wait[0], 3), round(found.p_abandon[0], 4)) == (0.272, 0.0123)
    assert 0.9 < found.service_level()[1] < 1.0
    assert performance("erlang_a", 10_000, load_erl=5342.0, aht_s=300, patience_s=120).service_level() == 1.0


def test_patience_zero_is_erlang_b_and_infinite_is_erlang_c():
    b = performance("erlang_a", 12, load_erl=10, aht_s=180, patience_s=0)
    assert b.p_abandon == b.abandoned_in == pytest.approx(erlang_b(12, 10), abs=1e-15)
    assert b.asa_s == 0.0
    forever = performance("erlang_a", 12, load_erl=10, aht_s=180, patience_s=math.inf)
    assert forever.p_wait == pytest.approx(erlang_c(12, 10), abs=1e-15)
    long, short = performance("erlang_a", 12, load_erl=10, aht_s=180, patience_s=[1e9, 1e-4]).p_wait
    assert long == pytest.approx(forever.p_wait, abs=1e-6)
    assert short == pytest.approx(b.p_abandon, abs=1e-5)


@given(n=st.integers(0, 500), a=loads, h=handling, p=patience, t=threshold)
@example(n=0, a=17.0, h=48.0, p=28372.5, t=288.75)  # the rounding of one factor grew with its power
@settings(max_examples=100, deadline=None)
def test_one_more_agent_never_worsens_service(n, a, h, p, t):
    found = performance("erlang_a", [n, n + 1], load_erl=a, aht_s=h, patience_s=p, within_s=t)
    for definition in DEFINITIONS:
        worse, better = found.service_level(definition)
        assert better >= worse - 1e-12
    assert found.p_abandon[1] <= found.p_abandon[0] + 1e-13
    assert found.asa_all_s[1] <= found.asa_all_s[0] * (1 + 1e-10)


@given(n=st.integers(1, 500), a=loads, h=handling, p=patience, t=threshold)
@settings(max_examples=100, deadline=None)
def test_more_load_never_improves_service(n, a, h, p, t):
    found = performance("erlang_a", n, load_erl=[a, 1.05 * a], aht_s=h, patience_s=p, within_s=t)
    assert found.answered_in[1] <= found.answered_in[0] + 1e-13
    assert found.p_abandon[1] >= found.p_abandon[0] - 1e-13


@given(n=st.integers(1, 600), a=loads, h=handling, p=patience, t=threshold)
@settings(max_examples=100, deadline=None)
def test_flow_in_is_flow_out_and_shares_are_shares(n, a, h, p, t):
    found = performance("erlang_a", n, load_erl=a, aht_s=h, patience_s=p, within_s=t, short_s=t / 2)
    assert found.occupancy * n == pytest.approx(a * (1 - found.p_abandon), rel=1e-11)
    for share in (found.p_wait, found.p_abandon, found.answered_in, found.abandoned_in, found.occupancy):
        assert 0.0 <= share <= 1.0
    assert found.abandoned_short <= found.abandoned_in + 1e-14 <= found.p_abandon + 2e-14
    assert found.answered_in + found.abandoned_in <= 1.0 + 1e-13
    assert found.answered_in >= 1.0 - found.p_wait - 1e-13


@given(n=st.floats(0.0, 300.0), a=loads)
@settings(max_examples=100, deadline=None)
def test_erlang_b_recursion_holds_between_whole_agents(n, a):
    before, after = erlang_b([n, n + 1.0], a)
    assert after == pytest.approx(a * before / (n + 1.0 + a * before), rel=1e-11)


@given(n=st.integers(0, 80), a=loads, h=handling, p=st.one_of(patience, st.just(math.inf)), t=threshold,
       places=st.integers(0, 200))  # fmt: skip
@settings(max_examples=100, deadline=None)
def test_a_place_more_blocks_fewer_and_what_comes_in_goes_out(n, a, h, p, t, places):
    found = performance("erlang_a", n, load_erl=a, aht_s=h, patience_s=p, within_s=t, short_s=t / 2,
                        queue_places=[places, places + 1])  # fmt: skip
    assert found.p_block[1] <= found.p_block[0] + 1e-13
    np.testing.assert_allclose(found.occupancy * n, np.where(n > 0, a * (1 - found.p_abandon - found.p_block), 0.0),
                               rtol=1e-9, atol=1e-12)  # fmt: skip
    for share in (found.p_block, found.p_wait, found.p_abandon, found.answered_in, found.abandoned_in):
        assert ((share >= 0.0) & (share <= 1.0)).all()
    assert (found.p_block + found.p_wait <= 1.0 + 1e-12).all()
    assert (found.p_block + found.answered_in + found.abandoned_in <= 1.0 + 1e-12).all()
    assert (found.abandoned_short <= found.abandoned_in + 1e-13).all()
    assert (found.queue_length <= [places + 1e-9, places + 1 + 1e-9]).all()


def test_room_for_everyone_is_the_limit_of_many_places():
    for model, n, a, t in (("erlang_c", 30, 27.0, 20), ("erlang_a", 400, 380.0, 600), ("erlang_a", 40, 60.0, 20)):
        endless, many = (
            performance(model, n, load_erl=a, aht_s=300, patience_s=120, within_s=t, queue_places=places)
            for places in (None, 3000)
        )
        assert many.p_block < 1e-15
        for name in ("p_wait", "p_abandon", "answered_in", "abandoned_in", "asa_s", "asa_all_s", "queue_length"):
            assert getattr(many, name) == pytest.approx(getattr(endless, name), rel=1e-11, abs=1e-13)


def test_no_place_to_wait_is_erlang_b():
    b = performance("erlang_b", [3, 3.5, 120], load_erl=[4.0, 4.0, 100.0], aht_s=180)
    np.testing.assert_allclose(b.p_block, erlang_b([3, 3.5, 120], [4.0, 4.0, 100.0]), rtol=1e-14)
    np.testing.assert_array_equal(b.answered_in, 1 - b.p_block)
    for model in ("erlang_c", "erlang_a"):
        found = performance(model, [3, 3.5, 120], load_erl=[4.0, 4.0, 100.0], aht_s=180, patience_s=60, queue_places=0)
        np.testing.assert_array_equal(found.p_block, b.p_block)
        assert found.asa_s.tolist() == [0.0, 0.0, 0.0]


def test_a_full_line_for_ever():
    found = performance("erlang_c", 0, load_erl=2.0, aht_s=100, queue_places=4)
    assert (found.p_block, found.queue_length, found.service_level()) == (1.0, 4.0, 0.0)


@given(n=st.integers(0, 120), a=loads, h=handling, p=st.floats(0.0, 36000.0), r=st.floats(0.0, 0.95))
@settings(max_examples=60, deadline=None)
def test_redials_add_the_load_of_those_who_try_again(n, a, h, p, r):
    found = performance("erlang_a", n, load_erl=a, aht_s=h, patience_s=p, redial=r)
    assert a <= found.total_load_erl <= a / (1 - r) * (1 + 1e-15)
    assert found.total_load_erl * (1 - r * found.p_abandon) == pytest.approx(a, rel=1e-12)
    plain = performance("erlang_a", n, load_erl=found.total_load_erl, aht_s=h, patience_s=p)
    assert found.answered_in == pytest.approx(plain.answered_in, abs=1e-13)
    assert found.load_erl == a


def test_nobody_calls_again_who_never_hangs_up():
    assert performance("erlang_c", 14, load_erl=10, aht_s=180, redial=0.5).total_load_erl == 10


@pytest.mark.parametrize("bad", [
    {"agents": -1}, {"agents": math.nan}, {"load_erl": math.inf}, {"load_erl": -2.0}, {"aht_s": 0}, {"within_s": -1},
    {"patience_s": math.nan}, {"patience_s": None}, {"model": "erlang_z"}, {"calls_per_s": 1.0}, {"redial": 1.0},
    {"redial": -0.1}, {"queue_places": 1.5}, {"queue_places": -1}, {"queue_places": 1e9}, {"queue_places": math.nan},
])  # fmt: skip
def test_bad_input_is_named(bad):
    good = {"model": "erlang_a", "agents": 5, "load_erl": 4.0, "aht_s": 180, "patience_s": 60}
    (name,) = bad
    with pytest.raises(InputError, match="exactly one" if name == "calls_per_s" else name):
        performance(**(good | bad))


def test_bad_input_names_its_position():
    with pytest.raises(InputError, match=r"position 2.*nan"):
        erlang_c([3, 4, math.nan], 2.0)
    with pytest.raises(InputError, match="definition"):
        performance("erlang_c", 5, load_erl=4, aht_s=180).service_level("best")

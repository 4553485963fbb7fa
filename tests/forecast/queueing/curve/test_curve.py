"""The service curve: averaged over the forecast law, thinned by absence, cut by a goal."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from busyhour.forecast.errors import InputError
from busyhour.forecast.progress import Stopped, Watch
from busyhour.forecast.queueing import Curve, ServiceGoal, performance, required_agents, service_curve
from busyhour.forecast.queueing.curve import absence, making
from busyhour.forecast.queueing.curve.envelope import concave_majorant
from busyhour.forecast.queueing.formulas.service_level import DEFINITIONS
from busyhour.forecast.queueing.formulas.uncertain_rate import gamma_nodes, rate_cv
from busyhour.forecast.tables import QUANTILES

CALLS = (0.0, 3.0, 40.0, 120.0)


def volume(calls=CALLS, *, cv=0.0, patience=120.0, handle=300.0):
    starts = pd.date_range("2026-03-02 08:00", periods=len(calls), freq="30min", unit="us")
    frame = pd.DataFrame({"queue": "q", "start": starts, "calls": calls, "handle_s": handle, "patience_s": patience})
    mean = np.array(calls)
    spread = np.sqrt(mean + (cv * mean) ** 2)
    for p in QUANTILES:
        frame[f"q{p:g}"] = np.maximum(mean + spread * stats.norm.ppf(p), 0.0) if cv else mean
    return frame


def curve(model="erlang_a", **how):
    return service_curve(volume(**how), interval_min=30, model=model, within_s=20, short_s=5)


def test_a_certain_rate_gives_erlang_itself():
    found = curve()
    n = np.arange(found.top + 1)
    for i, calls in enumerate(CALLS):
        exact = performance("erlang_a", n, load_erl=calls / 6, aht_s=300, patience_s=120)
        np.testing.assert_allclose(found.answered_in[i], calls * exact.answered_in, atol=1e-10)
        np.testing.assert_allclose(found.abandoned[i], calls * exact.p_abandon, atol=1e-10)
        np.testing.assert_allclose(found.abandoned_in[i], calls * exact.abandoned_in, atol=1e-10)
        np.testing.assert_allclose(found.abandoned_short[i], calls * exact.abandoned_short, atol=1e-10)
        np.testing.assert_allclose(found.occupancy[i], exact.occupancy, atol=1e-12)
        np.testing.assert_allclose(found.asa_s[i], exact.asa_s, rtol=1e-10, atol=1e-15)
        for definition in DEFINITIONS:
            goal = ServiceGoal(0.8, 20, definition)
            np.testing.assert_allclose(found.service_level(goal)[i], exact.service_level(definition), atol=1e-10)


def test_an_uncertain_rate_is_integrated_over_its_law():
    calls, cv, n = 60.0, 0.25, 11
    found = curve(calls=(calls,), cv=cv)
    shape = 1 / cv**2
    law = stats.gamma(shape, scale=calls / shape)

    def at(rate):
        return performance("erlang_a", n, load_erl=rate / 6, aht_s=300, patience_s=120)

    def answered(rate):
        return law.pdf(rate) * rate * at(rate).answered_in

    def busy(rate):
        return law.pdf(rate) * at(rate).occupancy

    assert rate_cv(volume((calls,), cv=cv))[0] == pytest.approx(cv, rel=1e-9)
    exact = integrate.quad(answered, 0, 4 * calls, epsabs=1e-9, points=[calls])[0]
    assert found.answered_in[0, n] == pytest.approx(exact, rel=3e-4)
    exact = integrate.quad(busy, 0, 4 * calls, epsabs=1e-9, points=[calls])[0]
    assert found.occupancy[0, n] == pytest.approx(exact, rel=3e-4)


def test_gauss_nodes_hit_the_moments_of_the_gamma_law():
    cv = np.array([0.0, 0.01, 0.1, 0.5, 1.0])
    nodes, weights = gamma_nodes(cv, 9)
    np.testing.assert_allclose(weights.sum(axis=1), 1.0)
    np.testing.assert_allclose((weights * nodes).sum(axis=1), 1.0)
    np.testing.assert_allclose((weights * nodes**2).sum(axis=1), 1 + cv**2)
    np.testing.assert_allclose((weights * nodes**3).sum(axis=1), (1 + cv**2) * (1 + 2 * cv**2))
    assert (nodes > 0).all()


def test_uncertainty_asks_for_more_agents_and_poisson_quantiles_for_none():
    goal = ServiceGoal(0.8, 20)
    sure, doubtful = curve(), curve(cv=0.25)
    assert (doubtful.smallest(goal) >= sure.smallest(goal)).all()
    assert doubtful.smallest(goal)[-1] > sure.smallest(goal)[-1]
    poisson = volume()
    for p in QUANTILES:
        poisson[f"q{p:g}"] = stats.poisson.ppf(p, poisson["calls"])
    assert rate_cv(poisson).max() < 0.08


@pytest.mark.parametrize("model", ["erlang_a", "erlang_c"])
@pytest.mark.parametrize("goal", [
    ServiceGoal(0.8, 20),
    ServiceGoal(0.7, 20, "answered", max_abandon=0.03),
    ServiceGoal(0.5, 20, "total", max_asa_s=10),
    ServiceGoal(0.5, 20, "excl_short", max_occupancy=0.6, min_agents=2),
    ServiceGoal(0.5, 20, max_occupancy=0.3),
    ServiceGoal(0.5, 20, max_wait_share=0.1),
    ServiceGoal(0.5, 20, max_asa_all_s=3),
])  # fmt: skip
def test_smallest_cuts_where_required_agents_does(model, goal):
    found = curve(model).smallest(goal)
    np.testing.assert_array_equal(found, required_agents(model, np.array(CALLS) / 6, 300, 120, goal))


def test_fraction_lies_below_the_whole_number():
    found, goal = curve(cv=0.1), ServiceGoal(0.8, 20)
    whole, exact = found.smallest(goal), found.agents_exact(goal)
    assert ((whole - 1 < exact) & (exact <= whole)).all()
    assert exact[-1] != whole[-1]
    gain = found.gain(goal)[-1]
    assert np.interp(exact[-1], np.arange(found.top + 1), gain) == pytest.approx(0.0, abs=1e-9)


def test_floor_is_the_goal_with_its_floor():
    found = curve()
    np.testing.assert_array_equal(found.floor(ServiceGoal(0.8, 20, floor=0.6, min_agents=1)),
                                  found.smallest(ServiceGoal(0.6, 20, min_agents=1)))  # fmt: skip


def test_gain_is_zero_exactly_at_the_level():
    found = curve()
    for definition in DEFINITIONS:
        level = float(found.service_level(ServiceGoal(0.8, 20, definition))[2, 8])
        assert found.gain(ServiceGoal(level, 20, definition))[2, 8] == pytest.approx(0.0, abs=1e-12)


def test_no_calls_are_served_by_nobody():
    found, goal = curve(), ServiceGoal(0.8, 20, max_abandon=0.03, max_occupancy=0.8, max_asa_s=10)
    assert found.smallest(goal)[0] == 0
    assert (found.service_level(goal)[0] == 1.0).all()
    assert (found.gain(goal)[0] == 0.0).all()


@pytest.mark.parametrize("model", ["erlang_a", "erlang_c"])
def test_thinned_is_the_sum_over_who_is_present(model):
    whole = curve(model, cv=0.1)
    absent = np.array([0.0, 0.08, 0.3, 0.08])
    found = whole.thinned(absent)
    long = whole.extended(found.top)
    for i in range(len(CALLS)):
        for n in (0, 1, 5, 17, found.top):
            law = [math.comb(n, k) * (1 - absent[i]) ** k * absent[i] ** (n - k) for k in range(n + 1)]
            for name in ("answered_in", "abandoned", "abandoned_in", "abandoned_short", "occupancy"):
                brute = sum(p * v for p, v in zip(law, getattr(long, name)[i], strict=False))
                assert getattr(found, name)[i, n] == pytest.approx(brute, abs=1e-9)
    if model == "erlang_a":
        law = stats.binom.pmf(np.arange(12), 11, 0.7)[1:]
        answered = (whole.calls[2] - whole.abandoned[2])[1:12]
        brute = (law * answered * whole.asa_s[2, 1:12]).sum() / (law * answered).sum()
        assert found.asa_s[2, 11] == pytest.approx(brute, rel=1e-6)


def test_thinned_by_nobody_is_the_same_and_saturates_otherwise():
    whole = curve()
    assert whole.thinned(np.zeros(4)) is whole
    found = whole.thinned(np.full(4, 0.3))
    assert (found.service_level(ServiceGoal(0.8, 20))[:, -1] > 0.9998).all()
    assert (found.smallest(ServiceGoal(0.8, 20)) >= whole.smallest(ServiceGoal(0.8, 20))).all()
    with pytest.raises(InputError, match="unplanned"):
        whole.thinned(np.array([0.0, 0.0, 1.0, 0.0]))


def test_extended_shares_the_same_work_among_more():
    whole = curve()
    longer = whole.extended(whole.top + 20)
    assert longer.top == whole.top + 20
    exact = performance("erlang_a", longer.top, load_erl=CALLS[-1] / 6, aht_s=300, patience_s=120)
    assert longer.occupancy[-1, -1] == pytest.approx(exact.occupancy, rel=1e-3)
    assert whole.extended(3) is whole


def test_reads_back_what_it_writes():
    whole = curve("erlang_c", cv=0.1)
    back = Curve.from_frame(whole.to_frame().sample(frac=1.0, random_state=1), "q")
    for name in ("calls", "answered_in", "abandoned", "abandoned_in", "abandoned_short", "occupancy"):
        np.testing.assert_array_equal(getattr(back, name), getattr(whole, name))
    assert back.starts.equals(whole.starts)
    known = np.isfinite(whole.asa_s)
    np.testing.assert_array_equal(back.asa_s[known], whole.asa_s[known])


def test_what_a_file_does_not_tell_stays_unknown():
    short = curve().to_frame().drop(columns=["abandoned_in", "abandoned_short", "asa_s", "queue"])
    back = Curve.from_frame(short, "q")
    assert (back.smallest(ServiceGoal(0.8, 20)) == curve().smallest(ServiceGoal(0.8, 20))).all()
    with pytest.raises(InputError, match="total"):
        back.gain(ServiceGoal(0.8, 20, "total"))


def test_bad_curves_are_refused():
    frame = curve().to_frame()
    with pytest.raises(InputError, match="every interval must list"):
        Curve.from_frame(frame.drop(index=5), "q")
    with pytest.raises(InputError, match="no service curve"):
        Curve.from_frame(frame, "other")
    with pytest.raises(InputError, match="same start and agents"):
        Curve.from_frame(pd.concat([frame, frame.iloc[:1]]), "q")
    with pytest.raises(InputError, match="do not reach"):
        curve().smallest(ServiceGoal(1.0, 20))


@pytest.mark.parametrize("model", ["erlang_a", "erlang_c"])
@pytest.mark.parametrize("definition", DEFINITIONS)
def test_it_is_told_where_the_curve_is_concave(model, definition):
    goal = ServiceGoal(0.8, 20, definition)
    for found in (curve(model), curve(model, cv=0.2).thinned(np.full(4, 0.1))):
        gain, since = found.gain(goal), found.concave_from(goal)
        envelope = found.envelope(goal)
        assert (envelope >= gain - 1e-12).all()
        assert (np.diff(envelope, 2, axis=1) <= 1e-8).all()
        for row in range(len(CALLS)):
            assert (np.diff(gain[row, since[row] :], 2) <= 1e-6).all()
            if since[row]:
                assert np.diff(gain[row], 2)[since[row] - 1] > 0
            tail = found.envelope(goal, int(since[row]))[row, since[row] :]
            np.testing.assert_allclose(tail, gain[row, since[row] :], atol=1e-6)


def test_erlang_c_is_not_concave_where_nobody_could_keep_up():
    since = curve("erlang_c").concave_from(ServiceGoal(0.8, 20))
    assert since[0] == 0  # no calls: a straight line
    assert since[2] >= 6  # 40 calls of 300 s in a half-hour
    assert (since <= curve("erlang_c").smallest(ServiceGoal(0.8, 20))).all()


def test_a_goal_attained_on_most_days():
    goal = ServiceGoal(0.8, 20)
    mean = service_curve(volume(cv=0.2), interval_min=30, model="erlang_a")
    often = service_curve(volume(cv=0.2), interval_min=30, model="erlang_a", attained=0.9)
    cv = rate_cv(volume(cv=0.2))[1:]
    busy = np.append(0.0, CALLS[1:] * cv**2 * stats.gamma.ppf(0.9, 1 / cv**2))
    np.testing.assert_allclose(often.calls, busy, rtol=1e-9)
    np.testing.assert_array_equal(often.smallest(goal), required_agents("erlang_a", busy / 6, 300, 120, goal))
    assert often.smallest(goal)[-1] > mean.smallest(goal)[-1]
    sure = service_curve(volume(), interval_min=30, model="erlang_a", attained=0.9)
    np.testing.assert_array_equal(sure.answered_in, curve().answered_in)
    for wrong in (0.0, 1.0, math.nan):
        with pytest.raises(InputError, match="attained"):
            service_curve(volume(), interval_min=30, model="erlang_a", attained=wrong)


def test_a_curve_without_a_queue_is_refused():
    with pytest.raises(InputError, match="erlang_b"):
        curve("erlang_b")


def test_caps_that_a_file_does_not_tell_are_refused():
    short = Curve.from_frame(curve().to_frame().drop(columns=["waited", "asa_all_s"]), "q")
    for cap in ({"max_wait_share": 0.5}, {"max_asa_all_s": 60}):
        with pytest.raises(InputError, match=next(iter(cap))):
            short.smallest(ServiceGoal(0.5, 20, **cap))
    whole = Curve.from_frame(curve("erlang_c").to_frame(), "q")
    goal = ServiceGoal(0.5, 20, max_asa_all_s=20, max_wait_share=0.5)
    np.testing.assert_array_equal(whole.smallest(goal), curve("erlang_c").smallest(goal))


@pytest.mark.parametrize("bad", [("calls", math.nan), ("handle_s", 0.0), ("q0.1", math.nan), ("patience_s", -1.0)])
def test_bad_volume_is_named(bad):
    column, value = bad
    rows = volume(cv=0.1)
    rows.loc[2, column] = value
    with pytest.raises(InputError, match=column if column != "q0.1" else "quantiles"):
        service_curve(rows, interval_min=30, model="erlang_a")


@pytest.mark.slow
@given(
    calls=st.lists(st.floats(0, 300, allow_subnormal=False), min_size=1, max_size=4),
    cv=st.floats(0, 0.6),
    absent=st.floats(0, 0.5),
)
@settings(max_examples=30, deadline=None)
def test_more_heads_never_serve_fewer(calls, cv, absent):
    found = curve(calls=tuple(calls), cv=cv)
    for one in (found, found.thinned(np.full(len(calls), absent))):
        assert (np.diff(one.answered_in, axis=1) >= -1e-9).all()
        assert (np.diff(one.abandoned, axis=1) <= 1e-9).all()
        assert (np.diff(one.occupancy, axis=1) <= 1e-9).all()
        assert (one.answered_in[:, -1] >= 0.9998 * one.calls).all()


def test_a_curve_made_in_parts_is_the_same(monkeypatch):
    whole = curve(cv=0.2)
    monkeypatch.setattr(making, "_BETWEEN_LOOKS", 1)
    parts = curve(cv=0.2)
    for name in ("answered_in", "abandoned", "occupancy", "asa_s"):
        np.testing.assert_array_equal(getattr(parts, name), getattr(whole, name))


def test_a_curve_hears_a_stop_on_its_way(monkeypatch):
    monkeypatch.setattr(making, "_BETWEEN_LOOKS", 1)
    monkeypatch.setattr(making, "_saturation", lambda *given: given[-1].stop.set() or 30)
    with pytest.raises(Stopped):
        service_curve(volume(), interval_min=30, model="erlang_a", watch=Watch())


def test_an_absence_law_in_parts_is_the_same(monkeypatch):
    found, absent = curve(cv=0.2), np.array([0.0, 0.05, 0.1, 0.1])
    whole = found.thinned(absent)
    monkeypatch.setattr(absence, "_WHOLE", 10)
    monkeypatch.setattr(absence, "_PART", 7)
    parts = found.thinned(absent)
    for name in ("answered_in", "abandoned", "occupancy", "asa_s"):
        np.testing.assert_allclose(getattr(parts, name), getattr(whole, name), rtol=1e-12, atol=1e-12)


@given(st.lists(st.integers(-4, 4), max_size=8), st.integers(0, 6))
def test_the_majorant_is_least_and_concave(steps, level):
    """A level end is no special case: the majorant touches the sequence at each corner, and nothing lies above it."""
    values = np.cumsum([0, *steps, *[0] * level]).astype(float)
    found, n = concave_majorant(values), np.arange(len(values))
    assert (found >= values - 1e-12).all()
    assert (np.diff(found, 2) <= 1e-9).all()
    highest = [max(values[i] + (values[j] - values[i]) * (k - i) / max(j - i, 1) for i in n[: k + 1] for j in n[k:])
               for k in n]  # fmt: skip
    np.testing.assert_allclose(found, highest, atol=1e-9)

"""The moving queue: where it must agree with Erlang A, with simulation and with itself; staffing it; bad input."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.errors import InputError
from busyhour.forecast.queueing import ServiceGoal, performance, repair, simulate, staff_day, transient
from busyhour.forecast.queueing.moving.day_course import busyness
from busyhour.forecast.require import require

GOAL = ServiceGoal(0.8, 20)
HALF_HOUR_S = 1800.0


@pytest.mark.slow
def test_constant_rates_come_to_rest_at_erlang_a():
    found = transient(np.full(5, 1 / 6), np.full(5, 50), aht_s=300, patience_s=120, closes=False)
    rest = performance("erlang_a", 50, load_erl=50, aht_s=300, patience_s=120)
    calls = found.calls[-1]
    assert calls == pytest.approx(300.0)
    for name in ("answered_in", "abandoned_in", "abandoned_short"):
        assert getattr(found, name)[-1] / calls == pytest.approx(getattr(rest, name), abs=1e-8)
    assert found.abandoned[-1] / calls == pytest.approx(rest.p_abandon, abs=1e-8)
    assert found.occupancy[-1] == pytest.approx(rest.occupancy, abs=1e-8)
    assert found.queue_length[-1] == pytest.approx(rest.queue_length, rel=1e-7)
    assert found.asa_s[-1] == pytest.approx(rest.asa_s, rel=1e-7)
    for definition in ("offered", "answered", "total", "excl_short"):
        assert found.service_level(definition)[-1] == pytest.approx(rest.service_level(definition), abs=1e-8)


def test_constant_rates_without_patience_come_to_rest_at_erlang_c():
    found = transient(np.full(12, 1 / 18), np.full(12, 14), aht_s=180, closes=False)
    rest = performance("erlang_c", 14, load_erl=10, aht_s=180)
    assert found.service_level()[-1] == pytest.approx(rest.service_level(), abs=1e-8)
    assert found.asa_s[-1] == pytest.approx(rest.asa_s, rel=1e-6)
    assert (found.abandoned[:-1] == 0).all()


def test_an_uncertain_rate_is_the_mixture_of_days():
    cv, rates = np.full(3, 0.2), np.array([0.03, 0.05, 0.02])
    factors, weights = busyness(cv, rates, 7)
    mixed = transient(rates, [6, 7, 6], aht_s=180, patience_s=100, cv=cv, nodes=7)
    days = [transient(rates * f, [6, 7, 6], aht_s=180, patience_s=100) for f in factors[0]]
    for name in ("calls", "answered_in", "abandoned", "queue_length"):
        assert getattr(mixed, name) == pytest.approx(weights @ [getattr(day, name) for day in days], rel=1e-9)
    assert mixed.calls == pytest.approx(rates * HALF_HOUR_S, rel=1e-9)


def test_busy_days_are_busy_throughout():
    cv = np.array([0.1, 0.3, 0.0])
    factors, weights = busyness(cv, np.array([100.0, 10.0, 50.0]), 9)
    assert factors @ weights == pytest.approx(1.0)
    assert (np.diff(factors[:2]) > 0.0).all()
    assert np.sqrt((factors - 1) ** 2 @ weights) == pytest.approx(cv, rel=0.05, abs=1e-9)


def simulated(rates, agents, *, bins, aht_s, patience_s, runs=1600):
    """Return calls in time and calls per half-hour in runs of the desk, whose steps of staff lie on any minute."""
    starts = pd.date_range("2026-03-02 08:00", periods=len(rates), freq="30min")
    volume = pd.DataFrame({"queue": "desk", "start": starts, "calls": np.array(rates) * HALF_HOUR_S})
    heads = np.ravel(agents)
    begin = pd.date_range(starts[0], periods=len(heads), freq=pd.Timedelta(minutes=30 / bins))
    steps = pd.DataFrame({"start": begin, "end": [*begin[1:], starts[-1] + pd.Timedelta(minutes=30)], "agents": heads})
    volume = volume.assign(handle_s=aht_s, patience_s=patience_s if np.isfinite(patience_s) else np.nan)
    found = simulate(steps, volume, {"desk": GOAL}, half_width=0.0, min_runs=runs, max_runs=runs, seed=3)
    return found.service[found.service["period"] == "interval"]


@pytest.mark.parametrize(("rates", "agents", "aht_s", "patience_s"), [
    ([0.1, 0.15, 0.04], [[26, 26, 34], [40, 48, 48], [12, 8, 14]], 300.0, 120.0),
    ([0.05, 0.05, 0.02], [[12, 16], [8, 20], [3, 9]], 240.0, np.inf),
])  # fmt: skip
def test_simulation_agrees(rates, agents, aht_s, patience_s):
    exact = transient(rates, agents, aht_s=aht_s, patience_s=patience_s)
    rows = simulated(rates, agents, bins=len(agents[0]), aht_s=aht_s, patience_s=patience_s)
    error = (rows["ci_hi"] - rows["simulated"]).to_numpy() / 2.0
    assert (np.abs(exact.service_level() - rows["simulated"]) < 3.5 * error + 1e-4).all()
    assert exact.abandoned / exact.calls == pytest.approx(rows["abandon_rate"].to_numpy(), abs=0.008)
    assert exact.occupancy == pytest.approx(rows["occupancy"].to_numpy(), abs=0.005)
    assert exact.calls == pytest.approx(rows["offered"].to_numpy(), rel=0.02)


def test_going_on_from_a_law_is_the_same_day():
    rates, agents = np.array([0.03, 0.05, 0.02, 0.03]), np.array([7, 7, 5, 8])
    whole = transient(rates, agents, aht_s=200, patience_s=90)
    early = transient(rates[:2], agents[:2], aht_s=200, patience_s=90, closes=False)
    late = transient(rates[2:], agents[2:], aht_s=200, patience_s=90, law=early.law)
    assert late.answered_in == pytest.approx(whole.answered_in[2:], abs=1e-9)
    assert late.law.p.sum() == pytest.approx(1.0, abs=1e-9)


def test_finer_bins_change_nothing():
    coarse = transient([0.03, 0.05], [6, 9], aht_s=200, patience_s=90)
    fine = transient(np.repeat([[0.03], [0.05]], 6, axis=1), np.repeat([[6], [9]], 3, axis=1), aht_s=200, patience_s=90)
    for name in ("answered_in", "abandoned", "abandoned_short", "occupancy", "asa_s"):
        assert getattr(fine, name) == pytest.approx(getattr(coarse, name), abs=1e-8)


def test_a_backlog_is_served_first():
    quick = transient([0.02] * 3, [6] * 3, aht_s=200, patience_s=600)
    late = transient([0.02] * 3, [6] * 3, aht_s=200, patience_s=600, waiting=40)
    assert late.service_level()[0] < quick.service_level()[0] - 0.3
    assert late.calls == pytest.approx(quick.calls)
    assert late.service_level()[2] == pytest.approx(quick.service_level()[2], abs=0.02)


def test_after_closing_the_waiting_are_served_or_lost():
    rates, is_open = [0.05, 0.0, 0.0, 0.02], [True, False, False, True]
    stays = transient(rates, [3, 3, 0, 6], aht_s=200, is_open=is_open)
    goes = transient(rates, [3, 0, 0, 6], aht_s=200, is_open=is_open)
    assert goes.abandoned[0] > 40  # nobody hangs up, but at closing all who wait are sent away
    assert stays.abandoned[0] < goes.abandoned[0] - 20
    assert stays.queue_length[1] > 5
    assert goes.queue_length[1] == 0.0
    fresh = transient([0.02], [6], aht_s=200)
    assert goes.service_level()[3] == pytest.approx(fresh.service_level()[0], abs=1e-4)
    assert goes.service_level()[1] == 1.0  # nobody called
    assert np.isnan(goes.occupancy[1])


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0.0, 0.06), st.integers(0, 9)), min_size=2, max_size=4),
    st.sampled_from([60.0, 400.0]), st.sampled_from([40.0, np.inf]), st.integers(0, 3),
)  # fmt: skip
@example([(0.03125, 0), (1.192092896e-07, 0), (0.0, 1)], 60.0, 40.0, 0)
def test_calls_add_up_and_more_agents_never_serve_fewer(day, aht_s, patience_s, more_in):
    rates, agents = np.array([r for r, _ in day]), np.array([n for _, n in day])
    found = transient(rates, agents, interval_s=300, aht_s=aht_s, patience_s=patience_s)
    assert (found.answered_in + found.abandoned_in <= found.calls + 1e-8).all()
    assert (found.abandoned_in <= found.abandoned + 1e-6).all()
    assert found.law.p.sum() == pytest.approx(1.0, abs=1e-8)
    assert ((found.occupancy <= 1 + 1e-9) | np.isnan(found.occupancy)).all()
    i = more_in % len(agents)
    agents[i] += 1
    more = transient(rates, agents, interval_s=300, aht_s=aht_s, patience_s=patience_s)
    assert (more.answered_in[: i + 1] >= found.answered_in[: i + 1] - 1e-6).all()


def test_a_staffed_day_meets_its_goal_and_no_agent_can_be_spared():
    rates = np.array([20, 40, 80, 60, 20, 5]) / HALF_HOUR_S
    day = staff_day(rates, GOAL, aht_s=300, patience_s=120)
    assert (day.service.service_level() >= 0.8).all()
    again = transient(rates, day.agents, aht_s=300, patience_s=120)
    assert again.answered_in == pytest.approx(day.service.answered_in, abs=1e-9)
    for i in range(len(rates)):
        fewer = day.agents.copy()
        fewer[i] -= 1
        assert transient(rates, fewer, aht_s=300, patience_s=120).service_level().min() < 0.8


def test_staffing_knows_the_caps_the_definition_and_the_least():
    rates = np.array([30, 60, 30]) / HALF_HOUR_S
    plain = staff_day(rates, GOAL, aht_s=300, patience_s=120)
    for goal, holds in (
        (ServiceGoal(0.8, 20, max_abandon=0.02), lambda s: s.abandoned <= 0.02 * s.calls),
        (ServiceGoal(0.8, 20, max_occupancy=0.7), lambda s: s.occupancy <= 0.7),
        (ServiceGoal(0.8, 20, max_asa_s=3.0), lambda s: s.asa_s <= 3.0),
        (ServiceGoal(0.9, 10, "excl_short", short_s=8.0), lambda s: s.service_level("excl_short") >= 0.9),
        (ServiceGoal(0.8, 20, min_agents=12), lambda s: s.agents >= 12),
    ):
        day = staff_day(rates, goal, aht_s=300, patience_s=120)
        assert holds(day.service).all()
        assert (day.agents >= plain.agents).all()
        assert day.agents.sum() > plain.agents.sum()


def test_staffing_of_uncertain_and_of_closed_intervals():
    rates, is_open = np.array([30, 60, 0, 0, 30]) / HALF_HOUR_S, [True, True, False, False, True]
    sure = staff_day(rates, GOAL, aht_s=300, patience_s=120, is_open=is_open)
    unsure = staff_day(rates, GOAL, aht_s=300, patience_s=120, is_open=is_open, cv=0.3)
    assert sure.agents[2:4].tolist() == [0, 0]
    assert (unsure.agents >= sure.agents).all()
    assert unsure.agents.sum() > sure.agents.sum()
    assert (unsure.service.service_level()[[0, 1, 4]] >= 0.8).all()
    backlog = staff_day(rates, GOAL, aht_s=300, patience_s=120, is_open=is_open, waiting=30)
    assert backlog.agents[0] > sure.agents[0]


def test_no_calls_no_agents():
    assert staff_day([0.0, 0.0], GOAL, aht_s=300).agents.tolist() == [0, 0]
    assert staff_day([0.0], ServiceGoal(0.8, 20, min_agents=2), aht_s=300).agents.tolist() == [2]
    assert transient([0.0], [0], aht_s=300).service_level().tolist() == [1.0]


@pytest.mark.parametrize(("ask", "told"), [
    (lambda: transient([0.1, np.nan], [3, 3], aht_s=300), "position 1"),
    (lambda: transient([0.1, 0.1], [3, 2.5], aht_s=300), "whole number"),
    (lambda: transient([0.1, 0.1], [3], aht_s=300), "2 intervals"),
    (lambda: transient([0.1], [-1], aht_s=300), "at least 0"),
    (lambda: transient([0.1], [3], aht_s=0.0), "aht_s"),
    (lambda: transient([0.1], [3], aht_s=300, patience_s=0.0), "patience_s"),
    (lambda: transient([0.1], [3], aht_s=[300, 200]), "one per interval"),
    (lambda: transient([0.1], [3], aht_s=300, is_open=[False]), "while closed"),
    (lambda: transient([[0.1, 0.1]], [[3, 3, 3]], aht_s=300), "bins"),
    (lambda: transient([0.1], [3], aht_s=300, waiting=-1), "callers"),
    (lambda: transient([], [], aht_s=300), "one number per interval"),
    (lambda: transient([0.1], [3], aht_s=300, interval_s=0.0), "interval"),
    (lambda: transient([0.1], [3], aht_s=300, waiting=2, law=transient([0.1], [3], aht_s=300).law), "already"),
    (lambda: transient([0.1], [3], aht_s=300, cv=0.2, law=transient([0.1], [3], aht_s=300).law), "call rates"),
    (lambda: staff_day([0.1], ServiceGoal(0.8, 20, max_occupancy=0.0), aht_s=300), "no number of agents"),
    (lambda: staff_day([0.1], ServiceGoal(0.8, 20, max_wait_share=0.1), aht_s=300), "max_wait_share"),
    (lambda: staff_day([30.0], ServiceGoal(0.8, 20), aht_s=300), "followed up to 5,000"),
    (lambda: staff_day([0.1], ServiceGoal(0.8, 20, min_agents=6000), aht_s=300), "followed up to 5,000"),
    (lambda: staff_day([0.1], ServiceGoal(0.8, 20, max_occupancy=1e-3), aht_s=300), "followed up to 5,000"),
    (lambda: staff_day([0.1], ServiceGoal(0.8, 20, max_asa_all_s=5.0), aht_s=300), "max_asa_all_s"),
])  # fmt: skip
def test_bad_input_is_named(ask, told):
    with pytest.raises(InputError, match=told):
        ask()


@pytest.mark.slow
def test_repair_adds_the_least_where_simulation_misses():
    times = pd.date_range("2026-03-02 08:00", periods=4, freq="30min")
    volume = pd.DataFrame({"queue": "desk", "start": times, "calls": [60.0, 100.0, 100.0, 60.0], "handle_s": 180.0})
    volume["patience_s"] = 300.0
    staffing = pd.DataFrame({"start": [times[0]], "end": [times[-1] + pd.Timedelta(minutes=30)], "agents": [10]})
    mended = repair(staffing, volume, {"desk": GOAL}, runs=512, tolerance=0.0)
    rows = mended.simulation.service.query("period == 'interval'")
    assert (rows["simulated"] >= 0.8).all()
    assert set(mended.added["start"]) == set(times[1:3])
    again = repair(mended.staffing, volume, {"desk": GOAL}, runs=512, tolerance=0.0)
    assert again.added.empty
    assert repair(staffing, volume, {"desk": GOAL}, runs=512, tolerance=0.0).added.equals(mended.added)


def test_repair_minds_caps_and_wants_enough_runs():
    times = pd.date_range("2026-03-02 08:00", periods=2, freq="30min")
    volume = pd.DataFrame({"queue": "desk", "start": times, "calls": 50.0, "handle_s": 180.0, "patience_s": 60.0})
    staffing = pd.DataFrame({"start": [times[0]], "end": [times[-1] + pd.Timedelta(minutes=30)], "agents": [7]})
    goal = ServiceGoal(0.5, 20, max_abandon=0.02)
    mended = repair(staffing, volume, {"desk": goal}, runs=256)
    rows = mended.simulation.service.query("period == 'interval'")
    assert (rows["abandon_rate"] <= 0.02).all()
    assert (
        mended.added["agents"].sum()
        > repair(staffing, volume, {"desk": ServiceGoal(0.5, 20)}, runs=256).added["agents"].sum()
    )
    with pytest.raises(InputError, match="at least 256 runs"):
        repair(staffing, volume, {"desk": goal}, runs=64)


def test_without_an_answer_there_is_no_mean_wait():
    assert np.isnan(transient([0.1, 0.1], [0, 0], aht_s=180).asa_s).all()


def test_a_requirement_that_follows_the_queue():
    grid = Grid(dt.date(2026, 10, 26), 2, 30, "Europe/Berlin")
    starts = pd.Series(grid.starts)
    opened = starts[(starts.dt.hour >= 8) & (starts.dt.hour < 12)].astype("datetime64[us, Europe/Berlin]")
    calls = np.tile([20.0, 30.0, 60.0, 150.0, 90.0, 60.0, 30.0, 10.0], 2)
    volume = pd.DataFrame({"queue": "calls", "start": opened, "calls": calls, "handle_s": 400.0, "patience_s": 120.0})
    goals, models = {"calls": GOAL}, {"calls": "erlang_a"}
    still = require(volume, goals, grid, models=models).requirement.query("open == 1")
    moves = require(volume, goals, grid, models=models, moving=["calls"]).requirement.query("open == 1")
    assert (moves["service_level"] >= 0.8).all()
    assert moves["agents_phone"].tolist()[:8] == moves["agents_phone"].tolist()[8:]
    exact = transient(calls[:8] / HALF_HOUR_S, still["agents_phone"].to_numpy()[:8], aht_s=400, patience_s=120)
    assert exact.service_level().min() < 0.75
    assert moves["agents_phone"].sum() > still["agents_phone"].sum()

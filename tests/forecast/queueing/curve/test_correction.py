"""The curve corrected for the queue that moves."""

import numpy as np
import pandas as pd
import pytest

from busyhour.forecast.errors import InputError
from busyhour.forecast.queueing.curve.correction import as_agents, between, busy_with_before
from busyhour.forecast.queueing.curve.curve import Curve
from busyhour.forecast.queueing.curve.making import service_curve
from busyhour.forecast.queueing.goal.targets import ServiceGoal

GOAL = ServiceGoal(0.8, 20)


@pytest.fixture(scope="module")
def curve() -> Curve:
    starts = pd.date_range("2026-11-30 08:00", periods=3, freq="30min")
    volume = pd.DataFrame(
        {"queue": "calls", "start": starts, "calls": [40.0, 60.0, 50.0], "handle_s": 240.0, "patience_s": 180.0}
    )
    return service_curve(volume, interval_min=30, model="erlang_a")


def _present(heads, top):
    return (np.arange(top + 1) == np.array(heads)[:, None]).astype(float)


def test_between_whole_agents_values_are_straight_and_infinite_where_a_part_is():
    values = np.array([[np.inf, 4.0, 2.0]])
    (found,) = between([values], np.array([[0.0, 0.5, 1.0, 1.25, 2.0, 9.0]]))
    assert found[0].tolist() == [np.inf, np.inf, 4.0, 3.5, 2.0, 2.0]


def test_nobody_serves_nobody_and_more_agents_serve_no_less():
    found = as_agents(np.array([2.5, -3.0, 0.0]), np.array([6.0, 6.0, 6.0]), 10)
    assert found[:, 0].tolist() == [0.0, 0.0, 0.0]
    assert (np.diff(found, axis=1) >= 0.0).all()
    assert found[:, 6].tolist() == [3.5, 9.0, 6.0]
    assert found[0, 10] == 7.5


@pytest.mark.parametrize("busy", [1.3, -0.8, 0.0])
def test_what_came_before_is_found_again(curve, busy):
    heads, near = [8, 11, 9], np.array([8.0, 11.0, 9.0])
    agents = as_agents(np.full(3, busy), near, curve.top + 2)
    true = curve.served_as(agents).service_level(GOAL)[np.arange(3), heads]
    found, there = busy_with_before(curve, GOAL, _present(heads, 14), true, 10**9)
    assert found == pytest.approx(np.full(3, busy), abs=1e-4)
    assert there == pytest.approx(near)


def test_few_lost_calls_say_little(curve):
    heads = [24, 24, 24]
    told = curve.service_level(GOAL)[:, 24] if curve.top >= 24 else curve.service_level(GOAL)[:, -1]
    assert (told > 0.999).all()
    few = busy_with_before(curve, GOAL, _present(heads, 24), np.ones(3), 1)[0]
    seen = busy_with_before(curve, GOAL, _present(heads, 24), np.full(3, 0.9), 1000)[0]
    assert (np.abs(few) < 24).all()
    assert (seen > 5.0).all()


def test_intervals_without_calls_or_agents_stay(curve):
    found, _ = busy_with_before(curve, GOAL, _present([0, 11, 9], 14), np.array([0.0, np.nan, 0.8]), 100)
    assert found[:2].tolist() == [0.0, 0.0]


def test_a_curve_served_as_itself_is_itself(curve):
    same = curve.served_as(np.tile(np.arange(curve.top + 1.0), (3, 1)))
    for name in ("answered_in", "abandoned", "occupancy", "asa_s", "waited", "asa_all_s"):
        assert getattr(same, name) == pytest.approx(getattr(curve, name), nan_ok=True)


def test_a_corrected_curve_tells_whose_service_it_gives(curve):
    agents = as_agents(np.array([1.5, -1.0, 0.0]), np.array([8.0, 11.0, 9.0]), curve.top + 2)
    found = curve.served_as(agents)
    assert found.top == curve.top + 2
    middle = (curve.answered_in[0, 6] + curve.answered_in[0, 7]) / 2  # 8 less 1.5
    assert found.answered_in[0, 8] == pytest.approx(middle)
    assert found.answered_in[1, 11] == pytest.approx(curve.answered_in[1, 12])
    assert (found.occupancy == curve.extended(found.top).occupancy).all()
    table = found.to_frame()
    assert table["as_agents"].to_numpy() == pytest.approx(agents.ravel())
    assert "as_agents" not in curve.to_frame()
    assert found.thinned(0.1).as_agents is None
    assert (found.smallest(GOAL)[0] > curve.smallest(GOAL)[0]) & (found.smallest(GOAL)[1] <= curve.smallest(GOAL)[1])


@pytest.mark.parametrize("bad", [-1.0, np.inf])
def test_agents_that_make_no_sense_are_refused(curve, bad):
    agents = np.tile(np.arange(curve.top + 1.0), (3, 1))
    agents[1, 3] = bad
    with pytest.raises(InputError, match="never fall"):
        curve.served_as(agents)
    with pytest.raises(InputError, match="at least"):
        curve.served_as(np.zeros((3, 2)))


def test_a_level_may_be_exceeded_as_far_as_the_curve_reaches(curve):
    plain, more, most = (curve.floor(GOAL, x) for x in (0.0, 0.05, 1.0))
    assert (more >= plain).all()
    assert (most <= curve.top).all()
    assert (curve.smallest(GOAL, 0.05) > curve.smallest(GOAL)).any()

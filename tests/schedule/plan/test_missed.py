"""What a plan misses by simulation."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from desk_of_calls import GOAL, desk

from busyhour.forecast.queueing.goal.targets import ServiceGoal
from busyhour.schedule.plan.missed import goals_missed

START = pd.Timestamp("2026-11-30 09:00")


def _missed(rows, goal=GOAL):
    columns = ["period", "simulated", "ci_lo", "ci_hi"]
    service = pd.DataFrame(rows, columns=columns).assign(queue="calls", start=START)
    return goals_missed(desk(goal=goal).problem, SimpleNamespace(service=service))  # type: ignore[arg-type]


def test_nothing_is_missed_where_nothing_was_simulated():
    assert goals_missed(desk().problem, None) == ()


@pytest.mark.parametrize(("high", "missed"), [(0.699, True), (0.7, False), (0.71, False)])
def test_a_goal_is_missed_when_its_whole_interval_lies_below(high, missed):
    found = _missed([("day", 0.69, 0.68, high)])
    assert bool(found) is missed
    assert not any(m.is_floor for m in found)


@pytest.mark.parametrize(("share", "missed"), [(0.549, True), (0.55, False)])
def test_a_floor_is_missed_when_the_interval_itself_lies_below(share, missed):
    found = _missed([("interval", share, share - 0.05, share + 0.05)])
    assert bool(found) is missed
    assert all(m.is_floor and m.goal == GOAL.floor for m in found)


def test_periods_of_no_promise_and_without_a_call_are_left_aside():
    assert not _missed([("week", 0.1, 0.0, 0.2), ("interval", np.nan, np.nan, np.nan)])


def test_a_goal_of_every_interval_has_no_floor_beside_it():
    (found,) = _missed([("interval", 0.7, 0.6, 0.75), ("day", 0.1, 0.0, 0.2)], ServiceGoal(0.8, 20, basis="interval"))
    assert (found.goal, found.is_floor, found.period) == (0.8, False, "interval")

"""Weeks, days and periods are views of one horizon."""

import datetime as dt

import numpy as np
import pytest

from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.errors import InputError
from busyhour.forecast.queueing import ServiceGoal
from busyhour.schedule.problem.horizon import Horizon

FIRST = dt.date(2026, 10, 19)  # the Sunday after has 25 hours in Berlin


def test_whole_weeks_hold_every_slot_once():
    horizon = Horizon.of_weeks(FIRST, 3, 30, "Europe/Berlin")
    assert [len(w) for w in horizon.weeks] == [7, 7, 7]
    assert [s.stop - s.start for s in horizon.week_slots] == [338, 336, 336]
    assert horizon.week_slots[-1].stop == len(horizon.grid)
    assert (horizon.first, horizon.last) == (FIRST, dt.date(2026, 11, 8))


def test_the_last_week_may_be_shorter():
    horizon = Horizon(Grid(FIRST, 9, 60))
    assert [list(w) for w in horizon.weeks] == [list(range(7)), [7, 8]]
    assert horizon.week_slots == (slice(0, 168), slice(168, 216))


@pytest.mark.parametrize(("basis", "sizes"), [("interval", []), ("day", [24] * 7 + [24] * 2), ("week", [168, 48])])
def test_goals_are_pooled_over_days_or_weeks(basis, sizes):
    horizon = Horizon(Grid(FIRST, 9, 60))
    assert [len(p) for p in horizon.periods(basis, np.ones(216, dtype=bool))] == sizes


def test_a_period_without_an_open_slot_is_left_out():
    horizon = Horizon(Grid(FIRST, 2, 60))
    is_open = np.arange(48) >= 30
    (only,) = horizon.periods("day", is_open)
    np.testing.assert_array_equal(only, np.arange(30, 48))


@pytest.mark.parametrize("basis", ["month", "contract"])
def test_a_goal_of_which_nothing_is_known_outside_is_pooled_over_the_week(basis):
    horizon = Horizon(Grid(FIRST, 9, 60))
    goal = ServiceGoal(0.8, 20, basis=basis)
    assert [len(p) for p in horizon.periods(goal.basis, np.ones(216, dtype=bool))] == [168, 48]


def test_an_unknown_basis_is_refused_with_the_known_ones():
    with pytest.raises(InputError, match=r"unknown basis.*interval, day, week, month, contract"):
        ServiceGoal(0.8, 20, basis="fortnight")

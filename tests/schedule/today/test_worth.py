"""The curve of each slot gives the service of the transient model, and near it what one person changes there."""

from __future__ import annotations

import math

import numpy as np
import pytest
from action_desk import NOW, SLOTS, outlook, standard

from busyhour.forecast.progress import Watch
from busyhour.schedule.today.rest_of_day import RestOfDay
from busyhour.schedule.today.worth import FLAT, SPAN, Worth

FLOOR = 0.6


@pytest.fixture(scope="module", params=[4.0, 7.5])
def fitted(request: pytest.FixtureRequest) -> tuple[RestOfDay, Worth]:
    """The curves of a desk, of a good day and of a lost one."""
    running = standard()
    day = outlook(running, [request.param], size=0.2)
    rest = RestOfDay(running, day, day.queues[0], (1.0, math.inf))
    base = rest.measured(np.zeros(SLOTS - NOW, dtype=np.int64), Watch())
    return rest, Worth.of(rest, base, FLOOR, 0.0)


def test_the_curve_meets_the_service_of_the_roster(fitted: tuple[RestOfDay, Worth]) -> None:
    """With nobody more each slot has the transient model's calls in time, under each length."""
    rest, worth = fitted
    base = rest.measured(np.zeros(SLOTS - NOW, dtype=np.int64), Watch())
    assert np.abs(worth.level[:, :, SPAN] - base.level).max() <= FLAT + 1e-9


def test_more_people_are_never_worth_less(fitted: tuple[RestOfDay, Worth]) -> None:
    """Calls in time rise with people in every slot."""
    assert (np.diff(fitted[1].in_time, axis=2) >= -1e-9).all()


def test_one_person_more_is_worth_what_the_transient_model_says(fitted: tuple[RestOfDay, Worth]) -> None:
    """Over all slots, one by one, within a quarter; what is carried to the next slot is not on the curve."""
    rest, worth = fitted
    none = np.zeros(SLOTS - NOW, dtype=np.int64)
    base = rest.measured(none, Watch()).in_time.sum(axis=1)
    exact = np.zeros((2, 4))
    for k, slot in enumerate((1, 5, 9, 13)):
        change = none.copy()
        change[slot] = 1
        exact[:, k] = rest.measured(change, Watch()).in_time.sum(axis=1) - base
    by_curve = (worth.in_time[:, :, SPAN + 1] - worth.in_time[:, :, SPAN])[:, [1, 5, 9, 13]]
    assert by_curve.sum() == pytest.approx(exact.sum(), rel=0.25)


def test_no_floor_is_above_where_a_slot_stands(fitted: tuple[RestOfDay, Worth]) -> None:
    """The least change is 0 or below; one below it would break the floor or leave nobody, under some length."""
    rest, worth = fitted
    there = rest.there(np.zeros(SLOTS - NOW, dtype=np.int64))
    wanted = np.minimum(worth.level[:, :, SPAN], FLOOR)
    assert (worth.least <= 0).all()
    for slot, least in enumerate(worth.least):
        assert there[slot] + least >= 1
        assert (worth.level[:, slot, SPAN + least] >= wanted[:, slot] - 1e-9).all()
        if there[slot] + least > 1:
            assert (worth.level[:, slot, SPAN + least - 1] < wanted[:, slot] - 1e-9).any()

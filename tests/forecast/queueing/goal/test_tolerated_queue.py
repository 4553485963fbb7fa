"""The queue that an interval's goal tolerates, by hand."""

from __future__ import annotations

import math

import pytest

from busyhour.forecast.errors import InputError
from busyhour.forecast.queueing.goal.targets import ServiceGoal
from busyhour.forecast.queueing.goal.tolerated_queue import tolerated_queue

GOAL = ServiceGoal(0.8, 20)


def test_a_place_moves_up_every_h_over_n_seconds() -> None:
    """Twenty people with 200 s a call take a caller every 10 s: two may wait."""
    found = tolerated_queue(GOAL, agents=20, calls=150, interval_s=1800, handle_s=200, patience_s=math.inf)
    assert found.late == 2
    assert found.late_wait_s == 20


def test_the_goal_is_lost_where_the_queue_drains_too_late() -> None:
    """0.1 calls a second are served and 150 / 1800 come: a queue of 2 + x drains in 60 x s, in which 5 x calls come.

    Thirty late calls are tolerated: x + 5 x > 30 first at x = 6.
    """
    found = tolerated_queue(GOAL, agents=20, calls=150, interval_s=1800, handle_s=200, patience_s=math.inf)
    assert found.lost == 8.0
    assert found.lost_wait_s == pytest.approx(80.0)


def test_levels() -> None:
    """Callers or seconds decide, the graver of both."""
    found = tolerated_queue(GOAL, agents=20, calls=150, interval_s=1800, handle_s=200, patience_s=math.inf)
    assert [found.level(q) for q in (0, 2, 3, 7, 8)] == [0, 0, 1, 1, 2]
    assert found.level(1, 21.0) == 1
    assert found.level(1, 81.0) == 2
    assert found.level(0, 0.0) == 0


def test_an_overloaded_interval_is_lost_by_the_first_late_caller() -> None:
    """Where more come than are served and nobody hangs up the queue never drains."""
    found = tolerated_queue(GOAL, agents=10, calls=150, interval_s=1800, handle_s=200, patience_s=math.inf)
    assert found.lost == found.late + 1


def test_nobody_there_or_nobody_calling() -> None:
    """Without people each caller waits too long; without calls no goal can be lost by calls to come."""
    assert tolerated_queue(GOAL, agents=0, calls=10, interval_s=1800, handle_s=200, patience_s=60).level(1) == 2
    found = tolerated_queue(GOAL, agents=20, calls=0, interval_s=1800, handle_s=200, patience_s=60)
    assert found.lost == found.late + 1


def test_bad_numbers_are_refused() -> None:
    """A handle time of zero serves nobody."""
    with pytest.raises(InputError, match="handle_s"):
        tolerated_queue(GOAL, agents=1, calls=1, interval_s=1800, handle_s=0, patience_s=60)

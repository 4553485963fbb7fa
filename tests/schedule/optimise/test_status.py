"""What is told of an answer: a gap that is not reached never goes without a reason."""

from __future__ import annotations

import pytest

from busyhour.schedule.optimise.status import Solved, Status, Stop


@pytest.mark.parametrize(
    ("bound", "near", "by_user", "hurried", "stopped"),
    [
        (10.0, True, False, False, None),
        (10.0, True, False, True, None),
        (9.9, True, False, False, Stop.GAP),
        (9.9, True, False, True, Stop.TIME),
        (5.0, False, False, False, Stop.TIME),
        (None, False, False, False, Stop.TIME),
        (5.0, False, True, False, Stop.USER),
    ],
)
def test_only_a_proven_answer_says_no_reason(bound, near, by_user, hurried, stopped):
    told = Solved.of(10.0, bound, near=near, by_user=by_user, seconds=1.0, hurried=hurried)
    assert told.stopped == stopped
    assert (told.status == Status.OPTIMAL) == (stopped is None)
    assert told.cut == hurried

"""A queue whose waiting callers were counted."""

from __future__ import annotations

import numpy as np
import pytest

from busyhour.forecast.errors import InputError
from busyhour.forecast.queueing.moving.given_waiting import given_waiting
from busyhour.forecast.queueing.moving.transient import transient
from busyhour.forecast.queueing.moving.transient_law import TransientLaw

LAW = transient([5 / 180] * 4, [5] * 4, aht_s=180, patience_s=300, closes=False).law


@pytest.mark.parametrize("callers", [0, 1, 7, 60])
def test_so_many_wait(callers: int) -> None:
    """The law is one, and its queue is the counted one."""
    found = given_waiting(LAW, 5, callers)
    assert found.p.sum() == pytest.approx(1.0)
    assert found.queue == pytest.approx([callers])


def test_with_callers_waiting_all_are_busy() -> None:
    """No place is free while somebody waits."""
    found = given_waiting(LAW, 5, 2)
    assert np.flatnonzero(found.p[0, 0] > 0).tolist() == [7]


def test_a_change_of_heads_comes_first() -> None:
    """Six have come: the sixth has taken a caller before the count."""
    assert given_waiting(LAW, 6, 3).agents == 6
    assert given_waiting(TransientLaw.start(), 4, 0).queue == pytest.approx([0.0])


def test_fewer_than_none_are_refused() -> None:
    """A board cannot show a negative number."""
    with pytest.raises(InputError, match="waiting"):
        given_waiting(LAW, 5, -1)

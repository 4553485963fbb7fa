"""The rest of a day is led as `transient` leads it, whatever is taken from an earlier roster."""

from __future__ import annotations

import math

import numpy as np
import pytest
from action_desk import NOW, SLOTS, outlook, standard

from busyhour.forecast.progress import Stopped, Watch
from busyhour.forecast.queueing.moving.transient import transient
from busyhour.schedule.today.rest_of_day import RestOfDay, calls_by_length

HOURS = (0.75, 2.0, math.inf)


def exact(rest: RestOfDay, change: np.ndarray, length: int) -> np.ndarray:
    """Return the calls in time of each slot by one call of `transient`."""
    queue = rest.queue
    found = transient(rest.calls[length] / 900.0, rest.there(change), interval_s=900.0, aht_s=180.0, patience_s=120.0,
                      cv=queue.cv, nodes=3, law=queue.law_of(3 if queue.cv else 1))  # fmt: skip
    return found.answered_in


@pytest.mark.parametrize("cv", [0.0, 0.1])
def test_rosters_are_measured_as_by_one_run_of_the_transient_model(cv: float) -> None:
    """Kept prefixes and ends change nothing: every roster has the service that a run of its own gives."""
    running = standard()
    day = outlook(running, [6.0], size=0.3, cv=cv)
    rest = RestOfDay(running, day, day.queues[0], HOURS)
    size = SLOTS - NOW
    changes = [np.zeros(size, dtype=np.int64) for _ in range(4)]
    changes[1][3], changes[1][5] = 1, -1
    changes[2][size - 1] = 2
    changes[3][0] = -1
    for change in changes:
        found = rest.measured(change, Watch())
        for length in range(len(HOURS)):
            assert found.in_time[length] == pytest.approx(exact(rest, change, length), abs=1e-5)
            assert found.counted[length] == pytest.approx(rest.calls[length])


def test_a_change_of_calls_ends_where_its_length_does() -> None:
    """Half of the interval in which a change ends has its calls; without a change all lengths are the same."""
    running = standard()
    changed = outlook(running, [6.0], size=0.5)
    queue = changed.queues[0]
    rows = calls_by_length(queue, changed, (0.375, math.inf))
    assert rows[1] == pytest.approx(queue.calls)
    assert rows[0][NOW] == pytest.approx(queue.calls[NOW])
    assert rows[0][NOW + 1] == pytest.approx((queue.calls[NOW + 1] + queue.without_step[NOW + 1]) / 2)
    assert rows[0][NOW + 2 :] == pytest.approx(queue.without_step[NOW + 2 :])
    calm = outlook(running, [6.0])
    assert np.ptp(calls_by_length(calm.queues[0], calm, HOURS), axis=0) == pytest.approx(0.0)


def test_the_usual_absence_stays_when_the_roster_changes() -> None:
    """Who moves a pause is there: one more in the roster is one more on the phone, whatever share is absent."""
    running = standard()
    day = outlook(running, [5.0], absent=0.17)
    rest = RestOfDay(running, day, day.queues[0], (math.inf,))
    change = np.zeros(SLOTS - NOW, dtype=np.int64)
    change[4] = 1
    assert rest.missing.sum() > 0
    assert (rest.there(change) - rest.there(0 * change)).tolist() == change.tolist()


def test_intervals_of_several_slots_share_their_calls() -> None:
    """With intervals of 30 minutes and slots of 15 each slot has half of the calls."""
    running = standard()
    day = outlook(running, [6.0], interval_min=30)
    rest = RestOfDay(running, day, day.queues[0], (math.inf,))
    assert rest.calls.sum() == pytest.approx(day.queues[0].calls[day.now :].sum())
    assert rest.first == NOW
    assert rest.calls.shape == (1, SLOTS - NOW)


def test_a_stop_ends_the_measuring() -> None:
    """Ctrl-C is seen in every slot."""
    running, watch = standard(), Watch()
    day = outlook(running, [6.0])
    watch.stop.set()
    with pytest.raises(Stopped):
        RestOfDay(running, day, day.queues[0], (math.inf,)).measured(np.zeros(SLOTS - NOW, dtype=np.int64), watch)

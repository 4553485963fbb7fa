"""What the queues of a running day may expect: the morning's forecast, what came, and what the watch says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import norm

from ...forecast.handle_time.running_day import handle_factor
from ...forecast.intraday.seen import Alarm, Seen
from ...forecast.queueing.moving.given_waiting import given_waiting
from ...forecast.queueing.moving.transient_law import TransientLaw
from ...schedule.today.desk import Outlook, QueueOutlook, RunningDesk, Step
from ...schedule.today.expected import Expected, expected_so_far
from ...schedule.today.presence import present
from .actuals import Actuals, CameSoFar
from .planned_day import PlannedDay
from .queue_backing_up import Waiting

BAND = float(norm.ppf(0.9))
"""Standard deviations of a normal law from its mean to the end of the band that holds 80 %."""


@dataclass(frozen=True, eq=False)
class QueueNow:
    """One queue of a running day: what it may expect, what came, and the service so far.

    Attributes
    ----------
    outlook
        What it may expect.
    came
        What came.
    so_far
        Expected service of the complete intervals under what came.
    seen
        What the watch over its day says; None where there is no history to watch by.
    handle_morning_s
        Handle times that the plan was made for, shape (I,).
    passed, uncounted
        Open intervals that have passed, and those of them whose service is the model's, since it was not counted.
    """

    outlook: QueueOutlook
    came: CameSoFar
    so_far: Expected
    seen: Seen | None
    handle_morning_s: np.ndarray
    passed: int
    uncounted: int

    @property
    def counted_fully(self) -> bool:
        """Whether the service so far is counted."""
        return self.uncounted == 0


def override_factor(day: PlannedDay, queue: str) -> np.ndarray:
    """Return the factor by which the planner's own numbers stand above the model's, shape (I,); 1 where closed."""
    calls = day.column(queue, "calls")
    if "model_calls" not in day.rows:
        return np.ones(len(calls))
    model = day.column(queue, "model_calls")
    found = np.divide(calls, model, out=np.ones(len(calls)), where=(model > 0.0) & (calls > 0.0))
    return np.asarray(np.where(np.isfinite(found), found, 1.0))


def outlook_of(
    actuals: Actuals, seen: Mapping[str, Seen | None], desk: RunningDesk, board: Mapping[str, Waiting]
) -> tuple[Outlook, tuple[QueueNow, ...]]:
    """Return the outlook of all queues of a day, and each queue with what came.

    Parameters
    ----------
    board
        Who waits at this moment, by queue, as far as that was counted: the present interval goes on from there.
    """
    day = actuals.day
    queues = tuple(_queue(actuals, queue, seen.get(queue), desk, board.get(queue)) for queue in day.queues)
    outlook = Outlook(day.starts, day.interval_min, actuals.complete, tuple(one.outlook for one in queues))
    return outlook, queues


def _queue(actuals: Actuals, queue: str, seen: Seen | None, desk: RunningDesk, there: Waiting | None) -> QueueNow:
    """Return one queue of the day as it stands."""
    day, came = actuals.day, actuals.queues[queue]
    config, size, until = day.week.config.queue[queue], len(day.starts), actuals.complete
    is_open = np.isfinite(day.column(queue, "calls"))
    known = np.isfinite(came.offered) & is_open
    morning, now, low, high, usual = (np.where(is_open, x, 0.0) for x in _calls(day, queue, seen))
    calls, low, high, usual = (np.where(known, np.nan_to_num(came.offered), x) for x in (now, low, high, usual))
    planned_s = _filled(day.column(queue, "handle_s"))
    patience = day.column(queue, "patience_s") if "patience_s" in day.rows else np.full(size, np.nan)
    outlook = QueueOutlook(
        queue,
        config.goal,
        is_open,
        morning,
        calls,
        low,
        high,
        usual,
        _cv(day, calls, low, high, until),
        _handle(planned_s, came, seen, day, config.handle_cv),
        np.where(np.isfinite(patience), patience, np.inf),
        TransientLaw.start(),
        0.0,
        0.0,
        day.absent(),
        _step(seen, day),
    )
    so_far = expected_so_far(desk, day.interval_min, until, calls, outlook)
    is_told = np.isfinite(came.counted[:until]) & np.isfinite(came.in_time[:until])
    counted = np.where(is_told, np.nan_to_num(came.counted[:until]), so_far.counted)
    in_time = np.where(is_told, np.nan_to_num(came.in_time[:until]), so_far.in_time)
    law = so_far.law
    if there is not None and until < size:
        heads = present(desk.heads(queue), outlook.absent)
        law = given_waiting(law, int(heads[until * (day.interval_min // desk.slot_min)]), round(there.waiting))
    whole = replace(outlook, law=law, offered=float(counted.sum()), in_time=float(in_time.sum()))
    passed = is_open[:until]
    return QueueNow(whole, came, so_far, seen, planned_s, int(passed.sum()), int((passed & ~is_told).sum()))


def _calls(day: PlannedDay, queue: str, seen: Seen | None) -> tuple[np.ndarray, ...]:
    """Return calls of the morning and now, bounds of the latter, and calls without a change that stands, (I,) each."""
    morning = day.column(queue, "calls", shared=True)
    if seen is not None:
        factor, wall = override_factor(day, queue), day.wall
        return (morning, *(row[wall] * factor for row in (seen.mean, seen.low, seen.high, seen.usual)))
    bounds = [day.column(queue, name, shared=True) if name in day.rows else morning for name in ("q0.1", "q0.9")]
    return morning, morning, *bounds, morning


def _filled(values: np.ndarray) -> np.ndarray:
    """Return positive values, those of closed intervals as the mean of the others: nobody calls there."""
    known = np.isfinite(values)
    return np.where(known, values, values[known].mean() if known.any() else 1.0)


def _cv(day: PlannedDay, calls: np.ndarray, low: np.ndarray, high: np.ndarray, until: int) -> float:
    """Return the coefficient of variation that the bands of the rest imply beyond Poisson, as if all move together.

    Bands of intervals shorter than the forecast's are summed to those first: what is local noise averages out there.
    """
    per = day.week.config.site.interval_min // day.interval_min
    place = np.arange(len(calls))[until:] // per
    if not len(place):
        return 0.0
    mean, below, above = (np.bincount(place, row[until:]) for row in (calls, low, high))
    variance = np.maximum(((above - below) / (2.0 * BAND)) ** 2 - mean, 0.0)
    total = float(mean.sum())
    return float(np.sqrt(variance).sum() / total) if total > 0.0 else 0.0


def _handle(planned_s: np.ndarray, came: CameSoFar, seen: Seen | None, day: PlannedDay, handle_cv: float) -> np.ndarray:
    """Return handle times expected now: those that came, and the rest after them; a change that stands goes on."""
    if seen is not None and seen.handle_high > seen.handle_low:  # they are watched
        factor = seen.handle_factor
    else:
        weight = np.where(np.isfinite(came.answered), came.answered, came.offered)
        weight = np.where(np.isfinite(came.handle_s), np.nan_to_num(weight), 0.0)
        factor = handle_factor(came.handle_s, weight, planned_s, handle_cv, day.interval_min)
    return np.where(np.isfinite(came.handle_s), came.handle_s, np.maximum(planned_s * factor, 1e-3))


def place_of(day: PlannedDay, wall: int) -> int:
    """Return the interval of the day that begins with a wall-clock interval, or the next one that there is."""
    return int(np.searchsorted(day.wall, wall))


def changes_of_calls(seen: Seen | None) -> tuple[Alarm, ...]:
    """Return the alarms about the number of calls that stand."""
    return () if seen is None else tuple(a for a in seen.standing if a.kind != "handle_time")


def _step(seen: Seen | None, day: PlannedDay) -> Step | None:
    """Return the largest change of the calls that stands."""
    standing = changes_of_calls(seen)
    if not standing:
        return None
    one = max(standing, key=lambda a: abs(a.size))
    return Step(place_of(day, one.since), one.size, one.size_low, one.size_high)

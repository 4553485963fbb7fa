"""The service that a running day may expect, interval by interval: the real roster under the queue that moves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...forecast.queueing.formulas.uncertain_rate import CERTAIN
from ...forecast.queueing.goal.targets import ServiceGoal
from ...forecast.queueing.moving.transient import Transient, transient
from ...forecast.queueing.moving.transient_law import TransientLaw
from .desk import Outlook, QueueOutlook, RunningDesk
from .presence import present

NODES = 3
"""Points of the rule over the busyness of the rest of the day, at least 1: more take time in proportion."""


@dataclass(frozen=True, eq=False)
class Expected:
    """Expected service of some intervals of one queue, calls where they arrive.

    Attributes
    ----------
    counted, in_time
        Calls that the goal's definition counts, and those of them in time, shape (I,).
    waiting
        Mean callers who wait, shape (I,).
    abandoned
        Expected calls abandoned, shape (I,).
    law
        The law at the end.
    """

    counted: np.ndarray
    in_time: np.ndarray
    waiting: np.ndarray
    abandoned: np.ndarray
    law: TransientLaw

    @classmethod
    def of(cls, found: Transient, goal: ServiceGoal) -> Expected:
        """Count `found` by a goal's definition."""
        level = found.service_level(goal.definition)
        counted = {
            "answered": found.calls - found.abandoned,
            "excl_short": found.calls - found.abandoned_short,
        }.get(goal.definition, found.calls)
        return cls(counted, level * counted, found.queue_length, found.abandoned, found.law)

    @property
    def level(self) -> np.ndarray:
        """Expected service level of each interval, shape (I,); NaN where nothing is counted."""
        nothing = np.full(len(self.counted), np.nan)
        return np.asarray(np.divide(self.in_time, self.counted, out=nothing, where=self.counted > 0.0))


def expected_rest(
    desk: RunningDesk, outlook: Outlook, queue: QueueOutlook, calls: np.ndarray | None = None
) -> Expected:
    """Return the expected service of a queue in the intervals from `Outlook.now` on.

    Parameters
    ----------
    calls
        Calls of all intervals instead of those of the outlook, shape (I,).
    """
    now, asked = outlook.now, queue.calls if calls is None else calls
    cv = queue.cv if queue.cv >= CERTAIN and (asked[now:] > 0.0).any() else 0.0  # nobody calls at a sure rate
    law = queue.law_of(NODES) if cv > 0.0 else queue.law
    found = _led(desk, outlook.interval_min, queue, slice(now, len(asked)), asked, law, cv)
    return Expected.of(found, queue.goal)


def expected_so_far(
    desk: RunningDesk,
    interval_min: int,
    until: int,
    calls: np.ndarray,
    queue: QueueOutlook,
) -> Expected:
    """Return the expected service of the intervals before `until` under the calls that came; its law is that of now.

    Parameters
    ----------
    calls
        Calls that came, shape (I,); what is unknown is as it was expected.
    queue
        Tells opening, times and goal; its own law does not count.
    """
    if until == 0:
        nothing = np.zeros(0)
        return Expected(nothing, nothing, nothing, nothing, TransientLaw.start())
    return Expected.of(_led(desk, interval_min, queue, slice(0, until), calls, TransientLaw.start(), 0.0), queue.goal)


def _led(
    desk: RunningDesk,
    interval_min: int,
    queue: QueueOutlook,
    part: slice,
    calls: np.ndarray,
    law: TransientLaw,
    cv: float,
) -> Transient:
    """Lead `law` through some intervals of the day; the seven parameters are independent facts about them."""
    slots = interval_min // desk.slot_min
    heads = present(desk.heads(queue.queue), queue.absent)
    rates = np.where(queue.is_open, calls, 0.0) / (interval_min * 60.0)
    return transient(
        rates[part],
        heads.reshape(-1, slots)[part],
        interval_s=interval_min * 60.0,
        aht_s=queue.handle_s[part],
        patience_s=queue.patience_s[part],
        within_s=queue.goal.within_s,
        short_s=queue.goal.short_s,
        cv=cv,
        nodes=NODES,
        is_open=queue.is_open[part],
        closes=part.stop == len(calls),
        law=law,
    )

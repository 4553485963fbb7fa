"""A tiny desk in the middle of a day with more calls than forecast, whose pauses, meetings and queues may change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from busyhour.forecast.queueing.goal.targets import ServiceGoal
from busyhour.forecast.queueing.moving.transient import transient
from busyhour.schedule.today.desk import (
    ACTIVITIES,
    BREAK,
    LUNCH,
    MEETING,
    PHONE,
    Movable,
    Outlook,
    QueueOutlook,
    RunningDesk,
    Step,
)  # fmt: skip

SLOTS, NOW, SLOT_MIN = 24, 8, 15
STARTS = pd.date_range("2026-03-02 09:00", periods=SLOTS, freq="15min", tz="Europe/Berlin")
GOAL = ServiceGoal(0.8, 20)
Pause = tuple[int, int, int, int, int]
"""Activity, first slot, slots, earliest and latest slot."""


def desk(people: Sequence[Sequence[Pause]], *, skills: Sequence[tuple[int, ...]] = (), queues: int = 1,
         now: int = NOW) -> RunningDesk:  # fmt: skip
    """Return a desk of people who work all day on the first queue they can serve; meetings are shared by their slot."""
    doing = np.full((len(people), SLOTS), PHONE)
    movables = []
    for a, pauses in enumerate(people):
        for what, start, slots, low, high in pauses:
            doing[a, start : start + slots] = what
            if start >= now:
                meeting = f"m{start}" if what == MEETING else ""
                movables.append(Movable(a, what, start, slots, low, high, meeting=meeting))
    names, of_queue = tuple(f"p{a}" for a in range(len(people))), tuple(f"q{q}" for q in range(queues))
    able = np.zeros((len(people), queues), dtype=bool)
    for a in range(len(people)):
        able[a, list(skills[a]) if skills else [0]] = True
    on = np.where(doing == PHONE, np.argmax(able, axis=1)[:, None], -1)
    rows = []
    for a, name in enumerate(names):
        edges = [0, *(np.flatnonzero(np.diff(doing[a])) + 1), SLOTS]
        for begin, end in pairwise(edges):
            queue = of_queue[on[a, begin]] if on[a, begin] >= 0 else ""
            until = STARTS[0] + end * pd.Timedelta(minutes=SLOT_MIN)
            rows.append((name, STARTS[begin], until, ACTIVITIES[doing[a, begin]], queue))
    table = pd.DataFrame(rows, columns=["agent", "start", "end", "activity", "queue"])
    return RunningDesk(dt.date(2026, 3, 2), STARTS, SLOT_MIN, now, names, of_queue, doing, on, tuple(movables), table,
                       able, np.full(len(people), 20.0))  # fmt: skip


def outlook(running: RunningDesk, loads: Sequence[float], *, size: float = 0.0, interval_min: int = 15,
            absent: float = 0.0, cv: float = 0.0, goal: ServiceGoal = GOAL) -> Outlook:  # fmt: skip
    """Return what queues of some mean erlangs may expect when calls are `size` more from now on; calls last 180 s."""
    steps = interval_min // SLOT_MIN
    count, now = SLOTS // steps, running.now // steps
    queues = []
    for q, load in enumerate(loads):
        hump = 1.0 + 0.25 * np.sin(np.linspace(0.0, np.pi, count))
        usual = hump * load / 180.0 * interval_min * 60.0
        more = np.where(np.arange(count) >= now, 1.0 + size, 1.0) * usual
        flat = np.ones(count)
        past = transient(usual[:now] / (interval_min * 60.0), running.heads(f"q{q}")[: now * steps].reshape(now, steps),
                         interval_s=interval_min * 60.0, aht_s=180.0, patience_s=120.0, closes=False)  # fmt: skip
        step = Step(now, size, size, size) if size else None
        queues.append(
            QueueOutlook(
                f"q{q}", goal, flat > 0, usual, more, more, more, usual, cv, 180.0 * flat, 120.0 * flat, past.law,
                float(past.calls.sum()), float(past.answered_in.sum()), absent, step,
            )
        )  # fmt: skip
    starts = STARTS[::steps]
    return Outlook(starts, interval_min, now, tuple(queues))


def standard(people: int = 8) -> RunningDesk:
    """Return people with a break soon and a lunch later, each with a window of an hour or more."""
    pauses = [((BREAK, 10 + a % 3, 1, 9, 15), (LUNCH, 15 + a % 4, 2, 14, 20)) for a in range(people)]
    return desk(pauses)

"""A made desk in the middle of a day with more calls than forecast: its roster, what may move, what may be expected."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from busyhour.forecast.queueing import ServiceGoal, performance, transient
from busyhour.schedule.today.desk import (
    ACTIVITIES,
    BREAK,
    LUNCH,
    OFF,
    PHONE,
    Movable,
    Outlook,
    QueueOutlook,
    RunningDesk,
    Step,
)  # fmt: skip

GOAL, AHT_S, PATIENCE_S, SLOT_MIN = ServiceGoal(0.8, 20), 300.0, 120.0, 15
OPEN, CLOSE, SPIKE, NOW = 8 * 4, 20 * 4, 14 * 4, 14 * 4 + 2
DATE = dt.date(2026, 3, 2)
HALF_HOURS = (0.35, 0.45, 0.6, 0.75, 0.88, 0.96, 1.0, 0.99, 0.95, 0.9, 0.88, 0.9, 0.93, 0.95, 0.96, 0.95, 0.92, 0.87,
              0.8, 0.72, 0.63, 0.54, 0.46, 0.4)  # fmt: skip
"""Calls of each half-hour from 08:00 to 20:00, as a share of the busiest."""
FAMILIES = {
    "eight": (34, ((BREAK, 1, 5, 11), (LUNCH, 2, 14, 19), (BREAK, 1, 23, 29))),
    "six": (26, ((BREAK, 1, 4, 8), (LUNCH, 2, 11, 15), (BREAK, 1, 18, 22))),
    "four": (16, ((BREAK, 1, 6, 10),)),
}
"""Slots of a shift, and per pause its kind, slots, first and last slot to begin after the shift's start."""


@dataclass
class Head:
    """One shift: family, first slot of the day's quarters, and where its pauses begin after that."""

    family: str
    start: int
    pauses: list[int]

    def phone(self, size: int) -> np.ndarray:
        """Return whether the head is on the phone in each slot."""
        length, pauses = FAMILIES[self.family]
        out = np.zeros(size, dtype=bool)
        out[self.start : self.start + length] = True
        for at, (_, slots, _, _) in zip(self.pauses, pauses, strict=True):
            out[self.start + at : self.start + at + slots] = False
        return out


def calls_of(peak_erl: float) -> np.ndarray:
    """Return the calls of each quarter-hour of the day, at most `peak_erl` erlangs."""
    return np.repeat(HALF_HOURS, 2) * peak_erl / AHT_S * 60.0 * SLOT_MIN


def needed(calls: np.ndarray) -> np.ndarray:
    """Return the fewest agents that hold the goal in each quarter-hour by itself."""
    top = int(calls.max() * AHT_S / (60 * SLOT_MIN) * 1.5) + 20
    found = performance("erlang_a", np.arange(top)[None], calls_per_s=calls[:, None] / (60 * SLOT_MIN), aht_s=AHT_S,
                        patience_s=PATIENCE_S, within_s=GOAL.within_s)  # fmt: skip
    return np.argmax(np.asarray(found.service_level()) >= GOAL.level, axis=1)


def roster(need: np.ndarray) -> list[Head]:
    """Return shifts that cover `need`, one after another the one that covers most, then pauses moved to where they
    cost least.
    """
    size, heads = len(need), np.zeros(len(need), dtype=np.int64)
    out: list[Head] = []
    while True:
        short = np.maximum(need - heads, 0)
        best, found = 0.25, None
        for family, (length, pauses) in FAMILIES.items():
            for start in range(0, size - length + 1, 2):
                head = Head(family, start, [(low + high) // 2 for _, _, low, high in pauses])
                there = head.phone(size)
                value = float(np.minimum(short, 1)[there].sum()) / there.sum() + 1e-4 * length
                if value > best:
                    best, found = value, head
        if found is None:
            break
        out.append(found)
        heads += found.phone(size)
    for _ in range(3):
        for head in out:
            _place(head, heads, need)
    return out


def _place(head: Head, heads: np.ndarray, need: np.ndarray) -> None:
    """Put each pause of a shift where most people are to spare; `heads` follows."""
    for k, (_, slots, low, high) in enumerate(FAMILIES[head.family][1]):
        now = head.start + head.pauses[k]
        heads[now : now + slots] += 1
        spare = [float(np.minimum(heads[head.start + at : head.start + at + slots]
                                  - need[head.start + at : head.start + at + slots], 5).min())
                 for at in range(low, high + 1)]  # fmt: skip
        head.pauses[k] = low + int(np.argmax(spare))
        now = head.start + head.pauses[k]
        heads[now : now + slots] -= 1


def running_desk(heads: list[Head]) -> RunningDesk:
    """Return the roster as a running day at 14:30."""
    size = CLOSE - OPEN
    doing = np.full((len(heads), size), OFF)
    movables, rows = [], []
    starts = pd.date_range(f"{DATE} 08:00", periods=size, freq=f"{SLOT_MIN}min")
    for a, head in enumerate(heads):
        length, pauses = FAMILIES[head.family]
        doing[a, head.start : head.start + length] = PHONE
        for at, (kind, slots, low, high) in zip(head.pauses, pauses, strict=True):
            begin = head.start + at
            doing[a, begin : begin + slots] = kind
            if begin >= NOW - OPEN:
                movables.append(Movable(a, kind, begin, slots, head.start + low, head.start + high))
        edges = [head.start, *(np.flatnonzero(np.diff(doing[a, head.start : head.start + length])) + 1 + head.start),
                 head.start + length]  # fmt: skip
        for low, high in pairwise(edges):
            what = int(doing[a, low])
            end = starts[high - 1] + pd.Timedelta(minutes=SLOT_MIN)
            rows.append((f"a{a:03d}", starts[low], end, ACTIVITIES[what], "calls" if what == PHONE else ""))
    table = pd.DataFrame(rows, columns=["agent", "start", "end", "activity", "queue"])
    on = np.where(doing == PHONE, 0, -1)
    names = tuple(f"a{a:03d}" for a in range(len(heads)))
    return RunningDesk(DATE, starts, SLOT_MIN, NOW - OPEN, names, ("calls",), doing, on, tuple(movables), table,
                       np.ones((len(heads), 1), dtype=bool), np.full(len(heads), 20.0))  # fmt: skip


def outlook(desk: RunningDesk, calls: np.ndarray, size: float) -> Outlook:
    """Return what the desk may expect at 14:30 when calls have been `size` more since 14:00."""
    now, since = NOW - OPEN, SPIKE - OPEN
    lasting = calls * np.where(np.arange(len(calls)) >= since, 1.0 + size, 1.0)
    usual = np.where(np.arange(len(calls)) < now, lasting, calls)
    slot_s = SLOT_MIN * 60.0
    past = transient(lasting[:now] / slot_s, desk.heads("calls")[:now], interval_s=slot_s, aht_s=AHT_S,
                     patience_s=PATIENCE_S, within_s=GOAL.within_s, closes=False)  # fmt: skip
    flat = np.ones(len(calls))
    queue = QueueOutlook("calls", GOAL, flat > 0, calls, lasting, lasting, lasting, usual, 0.0, AHT_S * flat,
                         PATIENCE_S * flat, past.law, float(past.calls.sum()), float(past.answered_in.sum()),
                         step=Step(since, size, size, size))  # fmt: skip
    return Outlook(desk.starts, SLOT_MIN, now, (queue,))

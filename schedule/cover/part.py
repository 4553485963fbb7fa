"""A part of the week that one model decides, while the rest of the week stands still."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from .counts import Counts, gains
from .frame import Column, Frame


@dataclass(frozen=True)
class Budget:
    """What a group may still use, and should still use, of its week within a part."""

    shifts: float
    hours_max: float
    hours_min: float


@dataclass(frozen=True)
class Part:
    """Columns to decide, slots to cover with them, and what the rest of the week gives.

    Attributes
    ----------
    slots
        Open slots that the columns can touch or that this part answers for, boolean (queues, S).
    rest
        What is fixed outside: it covers slots and uses up limits too.
    margin
        Per (queue number, period number) the calls that these slots must gain.
    budgets
        Per limited group its share of the week.
    near
        Heads around which the service curve must be exact, (queues, S); None = nowhere in particular.
    """

    name: str
    columns: tuple[Column, ...] = field(repr=False)
    slots: np.ndarray = field(repr=False)
    rest: Counts = field(repr=False)
    margin: Mapping[tuple[int, int], float]
    budgets: Mapping[int, Budget]
    near: np.ndarray | None = field(default=None, repr=False)


def open_slots(frame: Frame) -> np.ndarray:
    """Return which slots each queue is open in, shape (queues, S)."""
    return np.stack([d.open for d in frame.problem.demands])


def whole_week(frame: Frame, name: str = "week") -> Part:
    """Return the part that is everything."""
    return window(frame, name, frame.columns, Counts())


def window(frame: Frame, name: str, columns: tuple[Column, ...], rest: Counts) -> Part:
    """Return the part that decides `columns` anew against the fixed `rest` of the whole week's plan."""
    slots = open_slots(frame)
    if rest.heads:
        touched = np.zeros_like(slots)
        for _, q, j in columns:
            touched[q, list(frame.slots(frame.shifts[j].start, frame.shifts[j].length))] = True
        slots = slots & touched
    phone = rest.phone(frame)
    kept = np.where(slots, 0.0, gains(frame, phone))
    margin = {
        (q, p): margin - float(kept[q, at].sum())
        for q, d in enumerate(frame.problem.demands)
        if not d.by_interval
        for p, (at, margin) in enumerate(zip(d.periods, d.margin, strict=True))
        if slots[q, at].any()
    }
    budgets = {}
    for g, limit in frame.week_limits.items():
        shifts, hours = rest.used(frame, g)
        budgets[g] = Budget(limit.shifts - shifts, limit.hours_max - hours, limit.hours_min - hours)
    return Part(name, columns, slots, rest, margin, budgets)


def blocks(frame: Frame) -> tuple[tuple[int, ...], ...]:
    """Return the runs of days that no shift links: each can be covered for itself (in a cyclic week the last day
    may be linked to the first)."""
    size, days = len(frame.problem.grid), frame.problem.grid.days
    day_of = frame.problem.day_of_slot
    linked = np.zeros(days, dtype=bool)  # day d with the one after it
    for shift in frame.shifts:
        last = shift.end - 1
        if last < size or frame.problem.cyclic:
            linked[shift.day] |= day_of[last % size] != shift.day
    runs: list[list[int]] = [[0]]
    for day in range(1, days):
        if linked[day - 1]:
            runs[-1].append(day)
        else:
            runs.append([day])
    if linked[-1] and len(runs) > 1:
        runs[0] = runs.pop() + runs[0]
    opened = {int(d) for d in np.unique(day_of[frame.problem.open])}
    return tuple(tuple(run) for run in runs if opened & set(run))

"""A plan that changes in place, and what a change costs before it is made: only the slots it touches are priced."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...forecast.kernels import inlined, kernel
from ..price.pieces import slope_at, units
from .flat import FlatStaff


class Present(NamedTuple):
    """A plan that changes in place: A people, D days, B breaks, Q queues, S slots.

    Attributes
    ----------
    options
        Option of each day, −1 = off, shape (A, D).
    breaks
        Start of each break in slots after the shift's start, shape (A, D, B).
    heads
        On the phone, shape (Q, S).
    missing
        Calls missing to each pooled goal, negative = more than asked, shape (P,).
    """

    options: np.ndarray
    breaks: np.ndarray
    heads: np.ndarray
    missing: np.ndarray


class Worth(NamedTuple):
    """What heads are worth: totals of `Service`.

    Attributes
    ----------
    floor, gain
        Worth for floors, and calls gained, of the first n heads, shape (Q, S, N + 1).
    period
        Number of the pooled goal's period, −1 = none, shape (Q, S).
    start, jump, slope
        What each period costs by the calls that it lacks (`Pieces`), shape (P, K) each.
    convex_start, convex_slope
        The same of its convex envelope.
    unit
        Money.
    """

    floor: np.ndarray
    gain: np.ndarray
    period: np.ndarray
    start: np.ndarray
    jump: np.ndarray
    slope: np.ndarray
    convex_start: np.ndarray
    convex_slope: np.ndarray
    unit: float


class Room(NamedTuple):
    """Room to work in.

    Attributes
    ----------
    change
        Heads that come (or go) in each slot if the move is made, 0 between moves, shape (S,).
    slots, by
        Slots of which the heads change, and by how much, shape (S,) each.
    calls
        Change of the calls missing to each goal, shape (P,).
    breaks
        New breaks of the days that change, shape (D, B).
    weeks
        Weeks of the people who change, shape (2, D).
    """

    change: np.ndarray
    slots: np.ndarray
    by: np.ndarray
    calls: np.ndarray
    breaks: np.ndarray
    weeks: np.ndarray


@kernel
def span(change: np.ndarray, begin: int, end: int, by: int, cyclic: bool) -> None:
    """Add `by` to the slots begin ≤ s < end; past the last slot a cyclic week begins anew."""
    size = len(change)
    for s in range(begin, min(end, size)):
        change[s] += by
    if cyclic:
        for s in range(max(begin - size, 0), end - size):
            change[s] += by


@kernel
def mark(f: FlatStaff, room: Room, t: int, breaks: np.ndarray, by: int) -> None:
    """Note that a shift comes (1) or goes (−1)."""
    span(room.change, f.start[t], f.start[t] + f.length[t], by, f.cyclic)
    for k in range(len(breaks)):
        if f.break_slots[t, k] > 0:
            at = f.start[t] + breaks[k]
            span(room.change, at, at + f.break_slots[t, k], -by, f.cyclic)


@kernel
def _priced(p: Present, w: Worth, room: Room, q: int, begin: int, end: int, count: int) -> tuple[float, int]:
    """Price the noted changes of the slots begin ≤ s < end of the grid; list them after the first `count`."""
    last, total = w.floor.shape[2] - 1, 0.0
    for s in range(begin, end):
        by = room.change[s]
        if by != 0:
            room.change[s] = 0
            room.slots[count], room.by[count] = s, by
            count += 1
            was, now = min(p.heads[q, s], last), min(p.heads[q, s] + by, last)
            total += w.floor[q, s, was] - w.floor[q, s, now]
            k = w.period[q, s]
            if k >= 0:
                room.calls[k] += w.gain[q, s, was] - w.gain[q, s, now]
    return total, count


@kernel
def priced_shift(f: FlatStaff, p: Present, w: Worth, room: Room, q: int, t: int, count: int) -> tuple[float, int]:
    """Price the noted changes of the slots of an option; list them after the first `count`."""
    size = p.heads.shape[1]
    begin, end = f.start[t], f.start[t] + f.length[t]
    total, count = _priced(p, w, room, q, begin, min(end, size), count)
    if f.cyclic and end > size:
        more, count = _priced(p, w, room, q, max(begin - size, 0), end - size, count)
        total += more
    return total, count


@kernel
def goals_change(p: Present, w: Worth, room: Room) -> float:
    """Return the change of the price of calls missing to goals."""
    total = 0.0
    for k in range(len(p.missing)):
        if room.calls[k] != 0.0:
            then = units(p.missing[k] + room.calls[k], w.start[k], w.jump[k], w.slope[k])
            total += then - units(p.missing[k], w.start[k], w.jump[k], w.slope[k])
    return w.unit * total


@kernel
def make_or_drop(p: Present, room: Room, q: int, count: int, made: bool) -> None:
    """Make the listed changes, or drop them."""
    if made:
        for i in range(count):
            p.heads[q, room.slots[i]] += room.by[i]
        for k in range(len(p.missing)):
            p.missing[k] += room.calls[k]
    room.calls[:] = 0.0


@inlined
def next_worth(p: Present, w: Worth, room: Room, q: int, s: int) -> float:
    """Return what one more head would be worth after the noted changes."""
    last = w.floor.shape[2] - 1
    n = min(p.heads[q, s] + room.change[s], last)
    then = min(n + 1, last)
    out = w.floor[q, s, then] - w.floor[q, s, n]
    k = w.period[q, s]
    if k >= 0 and p.missing[k] > 0.0:
        call = w.unit * slope_at(p.missing[k], w.convex_start[k], w.convex_slope[k])
        out += call * (w.gain[q, s, then] - w.gain[q, s, n])
    return float(out)

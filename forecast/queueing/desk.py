"""One pool of agents, call by call: the kernel of the simulation.

Callers are served first come, first served, so each one's fate follows from the calls before it: it starts at the
first moment, not before its predecessor's, at which fewer calls are in hand than agents are there, unless its
patience ends first. Heads that leave finish the call in hand: while more calls are in hand than heads are there, no
call starts (those without a call leave first).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

MEASURES = (
    "offered", "answered", "answered_in", "abandoned", "abandoned_in", "abandoned_short",
    "wait_answered", "wait", "longest", "busy", "staffed",
)  # fmt: skip
(OFFERED, ANSWERED, ANSWERED_IN, ABANDONED, ABANDONED_IN, ABANDONED_SHORT,
 WAIT_ANSWERED, WAIT, LONGEST, BUSY, STAFFED) = range(len(MEASURES))  # fmt: skip


class Desk(NamedTuple):
    """What stays the same from run to run: I intervals of calls, S segments of staff, seconds throughout.

    `place` tells for each segment the interval it lies in, or I while closed.
    """

    begin: np.ndarray
    end: np.ndarray
    close: np.ndarray
    day: np.ndarray
    handle_s: np.ndarray
    patience_s: np.ndarray
    edges: np.ndarray
    place: np.ndarray
    handle_cv: float
    within_s: float
    short_s: float


@njit(cache=True)
def _uniform(state: np.ndarray) -> float:
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    z = state[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return float((z >> np.uint64(11)) * 2.0**-53 + 2.0**-54)


@njit(cache=True)
def _handle(state: np.ndarray, mean: float, cv: float) -> float:
    u, v = _uniform(state), _uniform(state)
    if cv == 1.0:
        return -mean * math.log(u)
    var = math.log(1.0 + cv * cv)
    normal = math.sqrt(-2.0 * math.log(u)) * math.cos(2.0 * math.pi * v)
    return mean * math.exp(math.sqrt(var) * normal - 0.5 * var)


@njit(cache=True)
def _push(heap: np.ndarray, size: int, value: float) -> None:
    i = size
    while i > 0:
        up = (i - 1) >> 1
        if heap[up] <= value:
            break
        heap[i] = heap[up]
        i = up
    heap[i] = value


@njit(cache=True)
def _pop(heap: np.ndarray, size: int) -> None:
    # the hole goes down to a leaf by the smaller child, the last value fills it and rises: few surprises for the CPU
    last, hole, child = size - 1, 0, 1
    while child < last:
        child += child + 1 < last and heap[child + 1] < heap[child]
        heap[hole] = heap[child]
        hole, child = child, 2 * child + 1
    _push(heap, hole, heap[last])


@njit(cache=True)
def _advance(
    now: float,
    last: float,
    seg: int,
    size: int,
    heap: np.ndarray,
    edges: np.ndarray,
    heads: np.ndarray,
    place: np.ndarray,
    out: np.ndarray,
) -> tuple[int, int]:
    """Let calls end and staff change up to `now`; returns the segment and the calls in hand."""
    while True:
        done = heap[0] if size else math.inf
        change = edges[seg + 1]
        then = min(done, change)
        if then > now:
            break
        out[place[seg], BUSY] += min(size, heads[seg]) * (then - last)
        last = then
        if done <= change:
            _pop(heap, size)
            size -= 1
        else:
            seg += 1
    out[place[seg], BUSY] += min(size, heads[seg]) * (now - last)
    return seg, size


@njit(cache=True)
def run(desk: Desk, rates: np.ndarray, heads: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    """Simulate one run.

    Parameters
    ----------
    desk
        The pool.
    rates
        Calls per second in each interval, shape (I,).
    heads
        Heads present on each segment, shape (S,).
    seeds
        State of the random stream of each local day, shape (D,). Each call draws its gap, patience and handle
        time from it, whatever becomes of the call: the calls of a day do not depend on the staff.

    Returns
    -------
    np.ndarray
        Sums per interval by time of arrival, columns as in `MEASURES`, shape (I + 1, 11); the last row is what
        happens while closed.
    """
    count = len(desk.begin)
    out = np.zeros((count + 1, 11))
    edges, place = desk.edges, desk.place
    heap = np.empty(max(1, heads.max() if len(heads) else 1))
    state = np.empty(1, dtype=np.uint64)
    seg, size, last, day, need = 0, 0, 0.0, -1, 0.0
    for i in range(count):
        if desk.day[i] != day:
            day = desk.day[i]
            state[0] = seeds[day]
            need = -math.log(_uniform(state))
        t, row = desk.begin[i], out[i]
        while True:
            if rates[i] * (desk.end[i] - t) <= need:
                need -= rates[i] * (desk.end[i] - t)
                break
            t += need / rates[i]
            need = -math.log(_uniform(state))
            spare = -math.log(_uniform(state)) * desk.patience_s[i]
            handle = _handle(state, desk.handle_s[i], desk.handle_cv)
            now = max(t, last)
            seg, size = _advance(now, last, seg, size, heap, edges, heads, place, out)
            last = now
            wait, served = spare, False
            while last <= t + spare:
                if size < heads[seg]:
                    _push(heap, size, last + handle)
                    size += 1
                    wait, served = last - t, True
                    break
                if heads[seg] == 0 and last >= desk.close[i]:
                    wait = last - t
                    break
                now = edges[seg + 1]
                if size and heap[0] < now:
                    now = heap[0]
                if now > t + spare:
                    break
                seg, size = _advance(now, last, seg, size, heap, edges, heads, place, out)
                last = now
            row[OFFERED] += 1.0
            row[WAIT] += wait
            row[LONGEST] = max(row[LONGEST], wait)
            if served:
                row[ANSWERED] += 1.0
                row[WAIT_ANSWERED] += wait
                row[ANSWERED_IN] += wait <= desk.within_s
            else:
                row[ABANDONED] += 1.0
                row[ABANDONED_IN] += wait <= desk.within_s
                row[ABANDONED_SHORT] += wait <= desk.short_s
    _advance(edges[-2], last, seg, size, heap, edges, heads, place, out)
    for s in range(len(heads) - 1):
        out[place[s], STAFFED] += heads[s] * (edges[s + 1] - edges[s])
    return out

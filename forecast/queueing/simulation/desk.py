"""One queue and its group of agents, call by call: the kernel of the simulation.

First the calls of a run are drawn, before any is served: so all plans are compared on the same calls. Then the calls
are served first come, first served: a call is answered at the first moment at which an agent is free, unless the
caller's patience ends first. Agents are kept as the moments at which they will be free. When heads leave, the agents
who are free first go first; an agent in a call finishes the call, and no call starts while more calls are in hand than
heads are there.

Routing by skills gets a kernel of its own beside `run`, with the heads of several groups (`routing`).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from ..formulas.time_laws import Shape, drawn

MEASURES = (
    "offered", "answered", "answered_in", "abandoned", "abandoned_in", "abandoned_short", "wait_answered", "wait",
    "longest_wait", "queued", "longest_queue", "busy", "overtime", "staffed", "open",
)  # fmt: skip
(OFFERED, ANSWERED, ANSWERED_IN, ABANDONED, ABANDONED_IN, ABANDONED_SHORT, WAIT_ANSWERED, WAIT,
 LONGEST_WAIT, QUEUED, LONGEST_QUEUE, BUSY, OVERTIME, STAFFED, OPEN) = range(len(MEASURES))  # fmt: skip
"""Columns of the outcome.

Calls and waits count where the call arrives. Seconds count where they pass: of callers `QUEUED`, of agents `BUSY` in
their time, in calls after it (`OVERTIME`) and `STAFFED`, of the clock `OPEN`. `LONGEST_…` are maxima, the rest sums.
"""

ARRIVAL, PATIENCE, HANDLE = range(3)


class Desk(NamedTuple):
    """The constants of all runs: R rows of time up to `until`, S segments of staff between `edges`.

    A row is an interval or a time without calls; the last one has no end. `close` is the end of the unbroken opening
    that a row belongs to, `day` the position of its local day, `place` the row that each segment lies in. Seconds.
    """

    until: np.ndarray
    close: np.ndarray
    day: np.ndarray
    handle_s: np.ndarray
    patience_s: np.ndarray
    edges: np.ndarray
    place: np.ndarray
    handle: Shape
    patience: Shape
    within_s: float
    short_s: float


@njit(cache=True, nogil=True)
def run(desk: Desk, rates: np.ndarray, heads: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    """Simulate one run.

    Parameters
    ----------
    desk
        The queue and its times.
    rates
        Calls per second in each row, shape (R,).
    heads
        Heads present on each segment, shape (S,), nobody on the last.
    seeds
        State of the random stream of each local day, shape (D,).

    Returns
    -------
    np.ndarray
        Shape (R, 15), columns as in `MEASURES`.

    Notes
    -----
    One long loop, because its state (heaps, a stack, counters) lives in local variables.
    """
    until, edges = desk.until, desk.edges
    out = np.zeros((len(until), len(MEASURES)))
    free = np.zeros(max(1, heads.max()))  # heap: times at which the agents present are free
    late = np.empty(len(free))  # stack: times at which agents who left in a call finish it
    line = np.empty(64)  # heap: times at which waiting callers leave the queue
    here, lates, waiting, seg = heads[0], 0, 0, 0
    calls, stream = np.empty((3, 64)), np.empty(1, dtype=np.uint64)
    day, gap, begin = -1, 0.0, 0.0
    for r in range(len(until)):
        if desk.day[r] != day:
            day = desk.day[r]
            stream[0] = seeds[day]
            gap = -math.log(_uniform(stream))
        calls, count, gap = draw(desk, r, begin, rates[r], gap, stream, calls)
        row = out[r]
        waiting = _move_up(line, waiting, begin)
        row[LONGEST_QUEUE] = waiting
        for c in range(count):
            t, quits = calls[ARRIVAL, c], calls[ARRIVAL, c] + calls[PATIENCE, c]
            while True:
                if here == 0 and edges[seg] >= desk.close[r]:
                    quits = min(quits, edges[seg])
                ready = max(t, free[0]) if here else math.inf
                if min(ready, quits) < edges[seg + 1]:
                    break
                seg += 1
                here, lates = _restaff(edges[seg], desk.place[seg], here, heads[seg], free, late, lates, until, out)
            leaves = min(ready, quits)
            wait = leaves - t
            row[OFFERED] += 1.0
            row[WAIT] += wait
            if ready <= quits:
                ends = ready + calls[HANDLE, c]
                _sink(free, here, ends)
                _spread(out, BUSY, ready, ends, 1.0, r, until)
                row[ANSWERED] += 1.0
                row[WAIT_ANSWERED] += wait
                row[ANSWERED_IN] += wait <= desk.within_s
            else:
                row[ABANDONED] += 1.0
                row[ABANDONED_IN] += wait <= desk.within_s
                row[ABANDONED_SHORT] += wait <= desk.short_s
            if wait > 0.0:
                waiting = _move_up(line, waiting, t)
                if waiting == len(line):
                    line = np.concatenate((line, np.empty(len(line))))
                _push(line, waiting, leaves)
                waiting += 1
                row[LONGEST_QUEUE] = max(row[LONGEST_QUEUE], waiting)
                row[LONGEST_WAIT] = max(row[LONGEST_WAIT], wait)
                _spread(out, QUEUED, t, leaves, 1.0, r, until)
        row[OPEN] = until[r] - begin
        begin = until[r]
    for s in range(len(heads) - 1):
        out[desk.place[s], STAFFED] += heads[s] * (edges[s + 1] - edges[s])
        if s >= seg:
            here, lates = _restaff(edges[s + 1], desk.place[s + 1], here, heads[s + 1], free, late, lates, until, out)
    return out


@njit(cache=True, nogil=True)
def draw(
    desk: Desk, row: int, begin: float, rate: float, gap: float, stream: np.ndarray, calls: np.ndarray
) -> tuple[np.ndarray, int, float]:
    """Draw the calls of a row: each takes its patience, its handle time and the gap behind it from the stream.

    Parameters
    ----------
    begin, rate
        Begin of the row, and its calls per second.
    gap
        Calls that are due on average before the next one comes.
    calls
        Room for arrivals, patience and handle times, shape (3, …).

    Returns
    -------
    tuple
        The calls (with more room if it was short), their number, and the remaining gap.
    """
    count, t = 0, begin
    while gap < rate * (desk.until[row] - t):
        t += gap / rate
        if count == calls.shape[1]:
            calls = np.concatenate((calls, np.empty_like(calls)), axis=1)
        calls[ARRIVAL, count] = t
        calls[PATIENCE, count] = desk.patience_s[row] * drawn(desk.patience, _uniform(stream), _uniform(stream))
        calls[HANDLE, count] = desk.handle_s[row] * drawn(desk.handle, _uniform(stream), _uniform(stream))
        gap = -math.log(_uniform(stream))
        count += 1
    return calls, count, gap - rate * (desk.until[row] - t) if rate > 0.0 else gap


@njit(cache=True, nogil=True)
def _restaff(
    now: float,
    row: int,
    here: int,
    heads: int,
    free: np.ndarray,
    late: np.ndarray,
    lates: int,
    until: np.ndarray,
    out: np.ndarray,
) -> tuple[int, int]:
    """Bring the agents present from `here` to `heads`; returns them and how many have left in a call.

    An agent who left in a call finishes the call before any of those who stayed, so the last to leave is the first to
    come back. The many parameters are the state of the loop in `run`.
    """
    if lates and late[lates - 1] <= now:
        lates = 0
    while here > heads:
        ends = free[0]
        here -= 1
        _sink(free, here, free[here])
        if ends > now:
            late[lates] = ends
            lates += 1
            _spread(out, BUSY, now, ends, -1.0, row, until)
            _spread(out, OVERTIME, now, ends, 1.0, row, until)
    while here < heads:
        ends = now
        if lates:
            lates -= 1
            ends = max(now, late[lates])
            _spread(out, BUSY, now, ends, 1.0, row, until)
            _spread(out, OVERTIME, now, ends, -1.0, row, until)
        _push(free, here, ends)
        here += 1
    return here, lates


@njit(cache=True, nogil=True)
def _spread(out: np.ndarray, what: int, a: float, b: float, sign: float, row: int, until: np.ndarray) -> None:
    """Add the seconds from `a` to `b` to the rows in which they pass, `row` or later."""
    while a >= until[row]:
        row += 1
    while b > until[row]:
        out[row, what] += sign * (until[row] - a)
        a = until[row]
        row += 1
    out[row, what] += sign * (b - a)


@njit(cache=True, nogil=True)
def _move_up(line: np.ndarray, waiting: int, now: float) -> int:
    """Return how many of the callers still wait after `now`."""
    while waiting and line[0] <= now:
        waiting -= 1
        _sink(line, waiting, line[waiting])
    return waiting


@njit(cache=True, nogil=True)
def _sink(heap: np.ndarray, size: int, value: float) -> None:
    """Put `value` in place of the least of a heap that then has `size` values."""
    # the hole goes down to a leaf by the smaller child, the value fills it and rises: few surprises for the CPU
    hole, child = 0, 1
    while child < size:
        child += child + 1 < size and heap[child + 1] < heap[child]
        heap[hole] = heap[child]
        hole, child = child, 2 * child + 1
    _push(heap, hole, value)


@njit(cache=True, nogil=True)
def _push(heap: np.ndarray, size: int, value: float) -> None:
    """Add `value` to a heap of `size` values."""
    i = size
    while i > 0:
        up = (i - 1) >> 1
        if heap[up] <= value:
            break
        heap[i] = heap[up]
        i = up
    heap[i] = value


@njit(cache=True, nogil=True)
def _uniform(state: np.ndarray) -> float:
    """Return the next number strictly between 0 and 1 of a SplitMix64 stream (Steele, Lea and Flood 2014)."""
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    z = state[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return float((z >> np.uint64(12)) * 2.0**-52 + 2.0**-53)

"""One queue and its group of agents, call by call: the kernel of the simulation.

First the calls of a run are drawn, before any is served: so all plans are compared on the same calls. The runs of a
batch share their random streams, and each takes its own stratum of every number (`draws.MULTIPLES`). Then the calls are
served first come, first served: a call is answered at the first moment at which an agent is free, unless the
caller's patience ends first. Agents are kept as the moments at which they will be free. When heads leave, the agents
who are free first go first; an agent in a call finishes the call, and no call starts while more calls are in hand than
heads are there.

Routing by skills gets a kernel of its own beside `run`, with the heads of several groups (`routing`).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from ...kernels import kernel
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
    that a row belongs to, `place` the row that each segment lies in. Seconds.
    """

    until: np.ndarray
    close: np.ndarray
    handle_s: np.ndarray
    patience_s: np.ndarray
    edges: np.ndarray
    place: np.ndarray
    handle: Shape
    patience: Shape
    within_s: float
    short_s: float


@kernel
def run(desk: Desk, rates: np.ndarray, heads: np.ndarray, seeds: np.ndarray, strata: np.ndarray) -> np.ndarray:
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
        State of the random stream of each row, shape (R,); the runs of a batch share them.
    strata
        The run's row of `draws.MULTIPLES`, shape (32,).

    Returns
    -------
    np.ndarray
        Shape (R, 15), columns as in `MEASURES`.

    Notes
    -----
    Arrays are made outside of the loops over calls, and no array gets another name inside: counting who holds an array
    would take longer than the work itself, and two threads would count in turn.
    """
    until, edges, place = desk.until, desk.edges, desk.place
    out = np.zeros((len(until), len(MEASURES)))
    free = np.zeros(max(1, heads.max()))  # heap: times at which the agents present are free
    late = np.empty(len(free))  # stack: times at which agents who left in a call finish it
    line = np.empty(64)  # heap: times at which waiting callers leave the queue
    state = heads[0], 0, 0, 0
    calls, begin = np.empty((3, 64)), 0.0
    for r in range(len(until)):
        calls, count = draw(desk, r, begin, rates[r], seeds[r], strata, calls)
        if state[2] + count > len(line):
            line = np.concatenate((line, np.empty(2 * count)))
        state = _serve(desk, r, begin, calls[:, :count], heads, free, late, line, state, out)
        out[r, OPEN] = until[r] - begin
        begin = until[r]
    here, lates, _, seg = state
    for s in range(len(heads) - 1):
        out[place[s], STAFFED] += heads[s] * (edges[s + 1] - edges[s])
        if s >= seg:
            here, lates = _restaff(edges[s + 1], place[s + 1], here, heads[s + 1], free, late, lates, until, out)
    return out


@kernel
def _serve(
    desk: Desk,
    r: int,
    begin: float,
    calls: np.ndarray,
    heads: np.ndarray,
    free: np.ndarray,
    late: np.ndarray,
    line: np.ndarray,
    state: tuple[int, int, int, int],
    out: np.ndarray,
) -> tuple[int, int, int, int]:
    """Serve the calls of row `r`, which begins at `begin`; returns the state after them.

    The many parameters are what `run` holds. The state: agents here, who left in a call, callers waiting, segment.
    """
    until, edges, place, close = desk.until, desk.edges, desk.place, desk.close[r]
    within_s, short_s = desk.within_s, desk.short_s
    arrivals, patience, handle = calls[ARRIVAL], calls[PATIENCE], calls[HANDLE]
    here, lates, waiting, seg = state
    waiting = _move_up(line, waiting, begin)
    offered, answered, answered_in, abandoned, abandoned_in, abandoned_short = 0, 0, 0, 0, 0, 0
    waits, waits_answered, longest, most = 0.0, 0.0, 0.0, waiting
    for c in range(len(arrivals)):
        t = arrivals[c]
        quits = t + patience[c]
        while True:
            if here == 0 and edges[seg] >= close:
                quits = min(quits, edges[seg])
            ready = max(t, free[0]) if here else math.inf
            if min(ready, quits) < edges[seg + 1]:
                break
            seg += 1
            here, lates = _restaff(edges[seg], place[seg], here, heads[seg], free, late, lates, until, out)
        leaves = min(ready, quits)
        wait = leaves - t
        offered += 1
        waits += wait
        if ready <= quits:
            ends = ready + handle[c]
            _sink(free, here, ends)
            _spread(out, BUSY, ready, ends, 1.0, r, until)
            answered += 1
            waits_answered += wait
            answered_in += wait <= within_s
        else:
            abandoned += 1
            abandoned_in += wait <= within_s
            abandoned_short += wait <= short_s
        if wait > 0.0:
            waiting = _move_up(line, waiting, t)
            _push(line, waiting, leaves)
            waiting += 1
            most = max(most, waiting)
            longest = max(longest, wait)
            _spread(out, QUEUED, t, leaves, 1.0, r, until)
    out[r, OFFERED] = offered
    out[r, WAIT] = waits
    out[r, ANSWERED] = answered
    out[r, WAIT_ANSWERED] = waits_answered
    out[r, ANSWERED_IN] = answered_in
    out[r, ABANDONED] = abandoned
    out[r, ABANDONED_IN] = abandoned_in
    out[r, ABANDONED_SHORT] = abandoned_short
    out[r, LONGEST_QUEUE] = most
    out[r, LONGEST_WAIT] = longest
    return here, lates, waiting, seg


@kernel
def draw(
    desk: Desk, row: int, begin: float, rate: float, seed: np.uint64, strata: np.ndarray, calls: np.ndarray
) -> tuple[np.ndarray, int]:
    """Draw the calls of a row: each takes its patience, its handle time and the gap behind it from the row's stream.

    Parameters
    ----------
    begin, rate
        Begin of the row, and its calls per second.
    seed, strata
        State of the row's stream, and the run's strata, as in `run`.
    calls
        Room for arrivals, patience and handle times, shape (3, …).

    Returns
    -------
    tuple
        The calls (in more room if it was short) and their number.
    """
    if rate <= 0.0:
        return calls, 0
    count = _fill(desk, row, begin, rate, seed, strata, calls)
    while count == calls.shape[1]:
        calls = np.empty((3, 2 * count))
        count = _fill(desk, row, begin, rate, seed, strata, calls)
    return calls, count


@kernel
def _fill(
    desk: Desk, row: int, begin: float, rate: float, seed: np.uint64, strata: np.ndarray, calls: np.ndarray
) -> int:
    """Draw the calls of a row as far as there is room; returns their number. Parameters as of `draw`."""
    until, patience_s, handle_s = desk.until[row], desk.patience_s[row], desk.handle_s[row]
    patience_kind, patience_sigma, patience_table = desk.patience
    handle_kind, handle_sigma, handle_table = desk.handle
    arrivals, patience, handle = calls[ARRIVAL], calls[PATIENCE], calls[HANDLE]
    count, state = 0, seed
    state, u = _uniform(state, strata)
    t = begin - math.log(u) / rate
    while t < until and count < len(arrivals):
        arrivals[count] = t
        state, u = _uniform(state, strata)
        patience[count] = patience_s * drawn(patience_kind, patience_sigma, patience_table, u)
        state, u = _uniform(state, strata)
        handle[count] = handle_s * drawn(handle_kind, handle_sigma, handle_table, u)
        state, u = _uniform(state, strata)
        t -= math.log(u) / rate
        count += 1
    return count


@kernel
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


@kernel
def _spread(out: np.ndarray, what: int, a: float, b: float, sign: float, row: int, until: np.ndarray) -> None:
    """Add the seconds from `a` to `b` to the rows in which they pass, `row` or later."""
    while a >= until[row]:
        row += 1
    while b > until[row]:
        out[row, what] += sign * (until[row] - a)
        a = until[row]
        row += 1
    out[row, what] += sign * (b - a)


@kernel
def _move_up(line: np.ndarray, waiting: int, now: float) -> int:
    """Return how many of the callers still wait after `now`."""
    while waiting and line[0] <= now:
        waiting -= 1
        _sink(line, waiting, line[waiting])
    return waiting


@kernel
def _sink(heap: np.ndarray, size: int, value: float) -> None:
    """Put `value` in place of the least of a heap that then has `size` values."""
    # the hole goes down to a leaf by the smaller child, the value fills it and rises: few surprises for the CPU
    hole, child = 0, 1
    while child < size:
        child += child + 1 < size and heap[child + 1] < heap[child]
        heap[hole] = heap[child]
        hole, child = child, 2 * child + 1
    _push(heap, hole, value)


@kernel
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


@kernel
def _uniform(state: np.uint64, strata: np.ndarray) -> tuple[np.uint64, float]:
    """Return the next state of a SplitMix64 stream (Steele, Lea and Flood 2014) and a number strictly between 0 and 1.

    The stream's number tells a place within a stratum, and which stratum is the run's: a · r + b in the field of 32
    elements, a from 1 to 31, b from 0 to 31. So the runs r of a batch meet each stratum once, and any two runs any two
    strata with the same chance.
    """
    state += np.uint64(0x9E3779B97F4A7C15)
    z = state
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    a = np.uint64(1) + (((z >> np.uint64(5)) & np.uint64(0x7FFFFFF)) * np.uint64(31) >> np.uint64(27))
    stratum = strata[a] ^ (z & np.uint64(31))
    place = np.int64((stratum << np.uint64(32)) | (z >> np.uint64(32)))  # 37 bits, exact as a float
    return state, (float(place) + 0.5) * 2.0**-37

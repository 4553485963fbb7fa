"""The simulation's kernel against an event-by-event simulation of the same calls, written the plain way."""

import heapq
import math

import numpy as np
import pytest

from busyhour.forecast.queueing.formulas.time_laws import Empirical, Exponential, Lognormal
from busyhour.forecast.queueing.simulation import desk, draws

ARRIVE, END, GIVE_UP, STEP = range(4)


def draw_calls(d, rates, seeds, strata):
    """Draw the calls as the kernel does, row by row: time of arrival, row, patience, handle time."""
    out, begin = [], 0.0
    for r, until in enumerate(d.until):
        calls, count = desk.draw(d, r, begin, rates[r], seeds[r], strata, np.empty((3, 1)))
        out += [(t, r, patience, handle) for t, patience, handle in calls[:, :count].T]
        begin = until
    return out


def plain(d, rates, heads, seeds, strata):
    """Simulate with one list of events and a queue of live callers."""
    calls = draw_calls(d, rates, seeds, strata)
    out = np.zeros((len(d.until), len(desk.MEASURES)))
    events = [(t, ARRIVE, k) for k, (t, *_) in enumerate(calls)]
    events += [(t, STEP, s) for s, t in enumerate(d.edges[:-1])]
    heapq.heapify(events)
    waiting, busy, seg, last = [], 0, 0, 0.0

    def leave(k, now, served):
        t, i, _, _ = calls[k]
        row, wait = out[i], now - t
        row[desk.OFFERED] += 1
        row[desk.WAIT] += wait
        row[desk.LONGEST_WAIT] = max(row[desk.LONGEST_WAIT], wait)
        row[desk.ANSWERED if served else desk.ABANDONED] += 1
        row[desk.WAIT_ANSWERED] += wait if served else 0.0
        row[desk.ANSWERED_IN if served else desk.ABANDONED_IN] += wait <= d.within_s
        row[desk.ABANDONED_SHORT] += (not served) and wait <= d.short_s

    while events:
        now, kind, k = heapq.heappop(events)
        row = out[d.place[seg]]
        row[desk.BUSY] += min(busy, heads[seg]) * (now - last)
        row[desk.OVERTIME] += max(busy - heads[seg], 0) * (now - last)
        row[desk.QUEUED] += len(waiting) * (now - last)
        if now > last:
            row[desk.LONGEST_QUEUE] = max(row[desk.LONGEST_QUEUE], len(waiting))
        last = now
        if kind == ARRIVE:
            waiting.append(k)
            if math.isfinite(calls[k][2]):
                heapq.heappush(events, (now + calls[k][2], GIVE_UP, k))
        elif kind == GIVE_UP and k in waiting:
            waiting.remove(k)
            leave(k, now, served=False)
        elif kind == END:
            busy -= 1
        elif kind == STEP:
            seg = k
        while waiting and busy < heads[seg]:
            k = waiting.pop(0)
            busy += 1
            leave(k, now, served=True)
            heapq.heappush(events, (now + calls[k][3], END, k))
        for k in [k for k in waiting if heads[seg] == 0 and now >= d.close[calls[k][1]]]:
            waiting.remove(k)
            leave(k, now, served=False)
    for s in range(len(heads) - 1):
        out[d.place[s], desk.STAFFED] += heads[s] * (d.edges[s + 1] - d.edges[s])
    out[:, desk.OPEN] = np.diff(d.until, prepend=0.0)
    return out


LAWS = [Exponential(1.0), Lognormal(1.0, 0.5), Lognormal(1.0, 0.0), Lognormal(1.0, 2.0), Empirical([0.0, 1.0, 4.0])]


@pytest.mark.parametrize("seed", range(40))
def test_kernel_agrees_call_by_call_with_plain_events(seed):
    rng = np.random.default_rng(seed)
    until = np.array([900.0, 1800.0, 2700.0, 4500.0, 5400.0, 6300.0, np.inf])
    close = np.array([2700.0, 2700.0, 2700.0, 2700.0, 6300.0, 6300.0, 6300.0])
    marks = np.unique(np.concatenate([[0.0], until[:-1], rng.integers(0, 7000, rng.integers(5, 120))]))
    heads = np.append(rng.integers(0, rng.integers(2, 12), len(marks) - 1), 0)
    place = np.searchsorted(until, marks, side="right")
    patience, laws = rng.integers(1, 200, 7).astype(float), rng.choice(len(LAWS), 2)
    if laws[1] == 0:
        patience[rng.random(7) < 0.4] = np.inf
    edges, handle = np.append(marks, np.inf), rng.uniform(20, 400, 7)
    shapes = [LAWS[k].shape for k in laws]
    d = desk.Desk(until, close, handle, patience, edges, place, *shapes, 20.0, 5.0)
    rates = rng.uniform(0.0, rng.choice([0.05, 0.2]), 7) * np.array([1, 1, 1, 0, 1, 1, 0]) * (rng.random(7) < 0.9)
    drawn = rates, heads, rng.integers(0, 2**63, 7).astype(np.uint64), draws.MULTIPLES[seed % 32]
    expected = plain(d, *drawn)
    assert expected[:, desk.OFFERED].sum() > 5
    found = desk.run(d, *drawn)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-6)

"""The simulation's kernel against an event-by-event simulation of the same calls, written the plain way."""

import heapq
import math

import numpy as np
import pytest

from busyhour.forecast.queueing import desk

ARRIVE, END, GIVE_UP, STEP = range(4)


def draw_calls(d, rates, seeds):
    """Draw the calls as the kernel promises: gap, patience and handle time from the stream of the day."""
    calls, state, day, need = [], np.empty(1, dtype=np.uint64), -1, 0.0
    for i in range(len(d.begin)):
        if d.day[i] != day:
            day = d.day[i]
            state[0] = seeds[day]
            need = -math.log(desk._uniform(state))
        t = d.begin[i]
        while rates[i] * (d.end[i] - t) > need:
            t += need / rates[i]
            need = -math.log(desk._uniform(state))
            patience = -math.log(desk._uniform(state)) * d.patience_s[i]
            calls.append((t, i, patience, desk._handle(state, d.handle_s[i], d.handle_cv)))
        need -= rates[i] * (d.end[i] - t)
    return calls


def plain(d, rates, heads, seeds):
    """Simulate with one list of events and a queue of live callers."""
    calls = draw_calls(d, rates, seeds)
    out = np.zeros((len(d.begin) + 1, len(desk.MEASURES)))
    events = [(t, ARRIVE, k) for k, (t, *_) in enumerate(calls)]
    events += [(t, STEP, s) for s, t in enumerate(d.edges[:-1])]
    heapq.heapify(events)
    waiting, busy, seg, last = [], 0, 0, 0.0

    def leave(k, now, served):
        t, i, _, _ = calls[k]
        row, wait = out[i], now - t
        row[desk.OFFERED] += 1
        row[desk.WAIT] += wait
        row[desk.LONGEST] = max(row[desk.LONGEST], wait)
        row[desk.ANSWERED if served else desk.ABANDONED] += 1
        row[desk.WAIT_ANSWERED] += wait if served else 0.0
        row[desk.ANSWERED_IN if served else desk.ABANDONED_IN] += wait <= d.within_s
        row[desk.ABANDONED_SHORT] += (not served) and wait <= d.short_s

    while events:
        now, kind, k = heapq.heappop(events)
        out[d.place[seg], desk.BUSY] += min(busy, heads[seg]) * (now - last)
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
    return out


@pytest.mark.parametrize("seed", range(12))
def test_kernel_agrees_call_by_call_with_plain_events(seed):
    rng = np.random.default_rng(seed)
    begin = np.array([0.0, 900.0, 1800.0, 4500.0, 5400.0])
    end, close = begin + 900.0, np.array([2700.0, 2700.0, 2700.0, 6300.0, 6300.0])
    marks = np.unique(np.concatenate([begin, end, rng.integers(0, 7000, 15)]))
    edges = np.append(marks, np.inf)
    heads = rng.integers(0, 7, len(marks))
    heads[-1] = 0
    inside = np.searchsorted(begin, marks, side="right") - 1
    place = np.where(marks < end[inside], inside, len(begin))
    patience = np.where(rng.random(5) < 0.4, np.inf, rng.integers(0, 200, 5))
    cv = float(rng.choice([0.0, 0.5, 1.0, 2.0]))
    d = desk.Desk(
        begin, end, close, np.array([0, 0, 0, 1, 1]), rng.uniform(20, 400, 5), patience, edges, place, cv, 20.0, 5.0
    )
    rates = rng.uniform(0.0, 0.05, 5) * (rng.random(5) < 0.9)
    seeds = rng.integers(0, 2**63, 2).astype(np.uint64)
    expected = plain(d, rates, heads, seeds)
    assert expected[:, desk.OFFERED].sum() > 30
    np.testing.assert_allclose(desk.run(d, rates, heads, seeds), expected, rtol=1e-9, atol=1e-6)

"""The moving queue against the plain chain of (in hand, waiting): dense generator, matrix exponential, small steps."""

import numpy as np
import pytest
from scipy.linalg import expm

from busyhour.forecast.queueing import transient

HANDS, WAITS = 5, 15  # calls in hand, and callers waiting, that the dense chain can hold
SIZE = (HANDS + 1) * (WAITS + 1)
STATES = [(hand, wait) for hand in range(HANDS + 1) for wait in range(WAITS + 1)]
HAND, WAIT = np.array(STATES).T


def index(hand, wait):
    return hand * (WAITS + 1) + wait


def moves(n, rate, handle, leave):
    """Return the generator over (in hand, waiting); while more are in hand than heads no call starts."""
    out = np.zeros((SIZE, SIZE))
    for hand, wait in STATES:
        here = index(hand, wait)
        if hand < n:
            out[here, index(hand + 1, wait)] += rate
        elif wait < WAITS:
            out[here, index(hand, wait + 1)] += rate
        if hand:
            out[here, index(hand, wait - 1) if wait and hand <= n else index(hand - 1, wait)] += hand * handle
        if wait:
            out[here, index(hand, wait - 1)] += wait * leave
    np.fill_diagonal(out, out.diagonal() - out.sum(axis=1))
    return out


def restaffed(law, n):
    """Return the law after the heads became n: whoever can start does."""
    out = np.zeros_like(law)
    for hand, wait in STATES:
        begin = min(max(n - hand, 0), wait)
        out[index(hand + begin, wait - begin)] += law[index(hand, wait)]
    return out


def tagged(n, handle, leave):
    """Return the generator of a waiting caller over (in hand, ahead), then answered, then gone."""
    out = np.zeros((SIZE + 2, SIZE + 2))
    for hand, ahead in STATES:
        here = index(hand, ahead)
        if hand <= n:
            out[here, index(hand, ahead - 1) if ahead else SIZE] += hand * handle
        else:
            out[here, index(hand - 1, ahead)] += hand * handle
        if ahead:
            out[here, index(hand, ahead - 1)] += ahead * leave
        out[here, SIZE + 1] += leave
    np.fill_diagonal(out, out.diagonal() - out.sum(axis=1))
    return out


def before_change(value, n, lost):
    """Return the values of a waiting caller before the heads become n, given those after."""
    out = value.copy()
    for hand, ahead in STATES:
        free = max(n - hand, 0)
        if lost:
            out[index(hand, ahead)] = value[SIZE + 1]
        elif ahead < free:
            out[index(hand, ahead)] = value[SIZE]
        else:
            out[index(hand, ahead)] = value[index(hand + free, ahead - free)]
    return out


def brute(rates, agents, seconds, h, patience, within, steps):
    """Return answered in time, abandoned in time, hung up, busy and waiting per interval, and the law at the end."""
    handle, leave, dt = 1 / h, 1 / patience, seconds / steps
    x, w = np.polynomial.legendre.leggauss(4)
    law = np.zeros(SIZE)
    law[0] = 1.0
    found = np.zeros((len(rates), 5))
    for i, (rate, n) in enumerate(zip(rates, agents, strict=True)):
        law = restaffed(law, n)
        chain, caller = moves(n, rate, handle, leave), tagged(n, handle, leave)
        jumps, whole, waits = [expm(chain * dt * 0.5 * (1 + p)) for p in x], expm(chain * dt), expm(caller * within)
        after, lost = (agents[i + 1], False) if i + 1 < len(agents) else (0, True)
        then, free = tagged(after, handle, leave), n > HAND
        for step in range(steps):
            for jump, point, weight in zip(jumps, x, w, strict=True):
                p, mass = law @ jump, 0.5 * dt * weight
                left = seconds - dt * (step + 0.5 * (1 + point))
                ends = np.zeros((SIZE + 2, 2))
                ends[SIZE, 0] = ends[SIZE + 1, 1] = 1.0
                if left < within:
                    ends = expm(caller * left) @ before_change(expm(then * (within - left)) @ ends, after, lost)
                else:
                    ends = waits @ ends
                arrive = mass * rate * p
                found[i, 0] += arrive[free].sum() + arrive[~free] @ ends[:SIZE][~free, 0]
                found[i, 1] += arrive[~free] @ ends[:SIZE][~free, 1]
                found[i, 2:] += mass * leave * (p @ WAIT), mass * (p @ np.minimum(HAND, n)), mass * (p @ WAIT)
            law = law @ whole
    return found, law


@pytest.mark.parametrize(("rates", "agents", "h", "patience", "within"), [
    ([0.02, 0.02, 0.01], [3, 1, 2], 120.0, 60.0, 20.0),  # a fall by two, then a rise
    ([0.04, 0.015, 0.02], [5, 2, 1], 100.0, 40.0, 50.0),  # two falls, a long threshold
    ([0.03, 0.03, 0.0], [1, 4, 0], 60.0, 50.0, 30.0),  # a rise onto a queue, then nobody
])  # fmt: skip
def test_the_whole_law_of_small_desks(rates, agents, h, patience, within):
    seconds = 90.0
    want, law = brute(rates, agents, seconds, h, patience, within, steps=9)
    found = transient(rates, agents, interval_s=seconds, aht_s=h, patience_s=patience, within_s=within)
    assert found.answered_in == pytest.approx(want[:, 0], abs=1e-5)
    assert found.abandoned_in == pytest.approx(want[:, 1], abs=1e-5)
    assert found.queue_length == pytest.approx(want[:, 4] / seconds, abs=1e-6)
    assert np.nan_to_num(found.occupancy) * agents == pytest.approx(want[:, 3] / seconds, abs=1e-6)
    # all who hang up, and those still waiting when the desk closes, are counted once
    assert found.abandoned.sum() == pytest.approx(want[:, 2].sum() + law @ WAIT, abs=1e-6)
    p, n = found.law.p[0], agents[-1]
    for (hand, wait), chance in zip(STATES, law, strict=True):
        beyond, x = max(hand - n, 0), hand + wait
        if (wait == 0 or hand >= n) and beyond < p.shape[0] and x < p.shape[1]:
            assert p[beyond, x] == pytest.approx(chance, abs=1e-6)

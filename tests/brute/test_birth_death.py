"""Erlang A against the plain Markov chain: stationary law by elimination, waits by the matrix exponential."""

import numpy as np
import pytest
from scipy.linalg import expm

from busyhour.forecast.queueing import performance

ROOM = 60


def chain(n, load, theta):
    """Return the stationary law of 0…n + ROOM calls in the system, time in mean handling times."""
    size = n + ROOM + 1
    rates = np.zeros((size, size))
    for k in range(size - 1):
        rates[k, k + 1] = load
        rates[k + 1, k] = min(k + 1, n) + max(k + 1 - n, 0) * theta
    for k in range(
        size - 1, 0, -1
    ):  # take states out one by one, as Grassmann, Taksar and Heyman (1985): no subtraction
        rates[:k, k] /= rates[k, :k].sum()
        rates[:k, :k] += np.outer(rates[:k, k], rates[k, :k])
    law = np.ones(size)
    for k in range(1, size):
        law[k] = law[:k] @ rates[:k, k]
    return law / law.sum()


def fates(n, theta, t):
    """Return, per number found waiting, the chances to be answered and to have hung up by time t."""
    size = ROOM + 1
    answered, gone = size, size + 1
    moves = np.zeros((size + 2, size + 2))
    for ahead in range(size):
        moves[ahead, ahead - 1 if ahead else answered] = n + ahead * theta
        moves[ahead, gone] = theta
        moves[ahead, ahead] = -(n + (ahead + 1) * theta)
    law = expm(moves * t)
    return law[:size, answered], law[:size, gone]


@pytest.mark.parametrize(("n", "load", "theta", "t"), [
    (1, 0.4, 1.0, 0.3), (3, 5.0, 2.0, 0.1), (5, 4.0, 0.5, 0.0), (8, 9.0, 1.5, 1.0), (4, 3.0, 20.0, 0.05),
    (12, 12.0, 0.8, 0.2),
])  # fmt: skip
def test_every_fate_of_a_caller(n, load, theta, t):
    law = chain(n, load, theta)
    waiting = np.append(law[n:], 0.0)[: ROOM + 1]
    answered, gone = fates(n, theta, t)
    found = performance("erlang_a", n, load_erl=load, aht_s=100.0, patience_s=100.0 / theta, within_s=100.0 * t)
    assert found.p_wait == pytest.approx(waiting.sum(), abs=1e-12)
    assert found.p_abandon == pytest.approx(waiting @ (np.arange(ROOM + 1)) * theta / load, abs=1e-12)
    assert found.answered_in == pytest.approx(1 - waiting.sum() + waiting @ answered, abs=1e-12)
    assert found.abandoned_in == pytest.approx(waiting @ gone, abs=1e-12)
    assert found.queue_length == pytest.approx(waiting @ np.arange(ROOM + 1), rel=1e-9)

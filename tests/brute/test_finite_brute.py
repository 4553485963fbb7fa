"""Finite queues and mixed patience against plain Markov chains that know no formula."""

import itertools

import numpy as np
import pytest
from scipy.linalg import expm

from busyhour.forecast.queueing import performance

H = 100.0


def stationary(rates):
    """Return the stationary law of a chain whose off-diagonal rates are given."""
    rates = rates - np.diag(rates.sum(axis=1))
    system = np.vstack([rates.T, np.ones(len(rates))])
    return np.linalg.lstsq(system, np.append(np.zeros(len(rates)), 1.0), rcond=None)[0]


def fates(n, theta, places, t):
    """Return, per number found waiting, the chances to be answered and to have hung up by time t."""
    answered, gone = places, places + 1
    moves = np.zeros((places + 2, places + 2))
    for ahead in range(places):
        moves[ahead, ahead - 1 if ahead else answered] = n + ahead * theta
        moves[ahead, gone] = theta
        moves[ahead, ahead] = -(n + (ahead + 1) * theta)
    law = expm(moves * t)
    return law[:places, answered], law[:places, gone]


@pytest.mark.parametrize(("n", "load", "theta", "t", "places"), [
    (1, 0.4, 0.0, 0.3, 1), (3, 5.0, 2.0, 0.1, 4), (5, 4.0, 0.5, 0.0, 7), (8, 9.0, 0.0, 1.0, 12),
    (4, 3.0, 20.0, 0.05, 2), (12, 30.0, 0.0, 0.2, 9), (2, 40.0, 0.1, 400.0, 25), (6, 5.0, 1.0, 0.2, 0),
])  # fmt: skip
def test_every_fate_of_a_caller_of_a_finite_queue(n, load, theta, t, places):
    size = n + places + 1
    rates = np.zeros((size, size))
    for k in range(size - 1):
        rates[k, k + 1] = load
        rates[k + 1, k] = min(k + 1, n) + max(k + 1 - n, 0) * theta
    law = stationary(rates)
    waiting, queue = law[n : n + places], law[n:] @ np.arange(places + 1)
    answered, gone = fates(n, theta, places, t)
    found = performance(
        "erlang_a" if theta else "erlang_c", n, load_erl=load, aht_s=H, patience_s=H / theta if theta else None,
        within_s=H * t, short_s=H * t / 2, queue_places=places,
    )  # fmt: skip
    assert found.p_block == pytest.approx(law[-1], abs=1e-12)
    assert found.p_wait == pytest.approx(waiting.sum(), abs=1e-12)
    assert found.p_abandon == pytest.approx(queue * theta / load, abs=1e-12)
    assert found.answered_in == pytest.approx(1 - waiting.sum() - law[-1] + waiting @ answered, abs=1e-12)
    assert found.abandoned_in == pytest.approx(waiting @ gone, abs=1e-12)
    assert found.abandoned_short == pytest.approx(waiting @ fates(n, theta, places, t / 2)[1], abs=1e-12)
    assert found.queue_length == pytest.approx(queue, abs=1e-11)
    assert found.occupancy == pytest.approx(law @ np.minimum(np.arange(size), n) / n, abs=1e-12)


class TwoKinds:
    """A share of hurried callers, the others patient, each kind exponential."""

    def __init__(self, share, hurried, patient):
        self.share, self.means = share, (hurried, patient)

    def survival(self, t_s):
        hurried, patient = (np.exp(-np.asarray(t_s) / mean) for mean in self.means)
        return self.share * hurried + (1 - self.share) * patient


@pytest.mark.parametrize(("n", "load"), [(1, 0.8), (2, 1.5), (3, 2.0)])
def test_two_kinds_of_callers_in_one_line(n, load):
    share, theta, room = 0.3, (9.0, 3.0), 9
    lines = [line for length in range(room + 1) for line in itertools.product((0, 1), repeat=length)]
    states = [*range(n), *lines]  # fewer calls than agents, else who stands in line
    place = {state: i for i, state in enumerate(states)}
    rates = np.zeros((len(states), len(states)))
    for state, i in place.items():
        if isinstance(state, int):
            rates[i, place[state + 1] if state + 1 < n else place[()]] += load
            if state:
                rates[i, place[state - 1]] += state
            continue
        rates[i, place[state[1:]] if state else place[n - 1]] += n
        for k, kind in enumerate(state):
            rates[i, place[state[:k] + state[k + 1 :]]] += theta[kind]
        if len(state) < room:
            for kind, part in enumerate((share, 1 - share)):
                rates[i, place[(*state, kind)]] += load * part
    law = stationary(rates)
    line = law[n:]
    leaving = sum(p * sum(theta[kind] for kind in state) for p, state in zip(line, lines, strict=True))
    found = performance("erlang_a", n, load_erl=load, aht_s=H, patience_s=TwoKinds(share, H / 9.0, H / 3.0))
    assert found.p_wait == pytest.approx(line.sum(), abs=1e-9)
    assert found.p_abandon == pytest.approx(leaving / load, abs=1e-9)
    assert found.queue_length == pytest.approx(line @ [len(state) for state in lines], abs=1e-8)

r"""The law of the calls in hand and waiting as it changes over time: the kernel of the transient queue.

Agents who leave finish the call in hand, so after a fall of staff more calls may be in hand than heads are there. The
state is (k, x): x calls in hand or waiting, k of them in hand beyond the heads. With k = 0 min(x, n) calls are in hand;
with k > 0 n + k calls are in hand and no call starts. The rates down are

.. math:: (0, x) → x-1: \min(x, n)μ + (x-n)^+θ, \quad (k, x) → (k-1, x-1): (n+k)μ, \quad (k, x) → (k, x-1): (x-n-k)θ

and up x → x + 1 with the call rate. The law after a time t and its integral are Poisson mixtures of the powers of one
stochastic matrix (uniformisation: Jensen 1953; Grassmann 1977): sums of positive terms, taken on the band of states
whose chance is more than dust.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.stats import binom

from ...kernels import kernel

_DUST = 1e-15
"""Chance of a state below which the state is dropped, per step: adds up to some 1e-10 a day."""

_SPILL = 1e-12
"""Chance that may leave by the top of the states kept, per call of `after`; more doubles the room above."""

_MOST = 500.0
"""Most steps in the mean of one Poisson mixture, above 0 and below 700, so that its first weight exp(−steps) does not
vanish."""

_MARGIN = 16
"""States of room above the law at first, at least 1: enough for most intervals, doubled where more is needed."""


@dataclass(frozen=True)
class TransientLaw:
    """Chances of every state of the queue, for Q call rates side by side.

    Attributes
    ----------
    p
        Chance of k calls in hand beyond the heads and x in hand or waiting, shape (Q, K + 1, X).
    agents
        Heads that are there.
    """

    p: np.ndarray
    agents: int

    @classmethod
    def start(cls, nodes: int = 1, waiting: int = 0) -> TransientLaw:
        """Return the law of a desk before anybody came: `waiting` callers, no agent, `nodes` times."""
        p = np.zeros((nodes, 1, waiting + 1))
        p[:, 0, waiting] = 1.0
        return cls(p, 0)

    @property
    def beyond(self) -> int:
        """Most calls in hand beyond the heads."""
        return int(self.p.shape[1]) - 1

    @property
    def queue(self) -> np.ndarray:
        """Mean callers waiting, shape (Q,)."""
        return np.asarray((self.p * waiting(self.p.shape, self.agents)).sum(axis=(1, 2)))

    def staffed(self, agents: int) -> TransientLaw:
        """Return the law just after the heads have become `agents`."""
        return self if agents == self.agents else TransientLaw(_trim(_restaffed(self.p, self.agents, agents)), agents)

    def closed(self, seconds: float, handle_rate: float) -> TransientLaw:
        """Return the law after `seconds` without agents: waiting callers are sent away, calls in hand end.

        Each call ends independently, so the number of remaining calls is binomial.
        """
        nodes, rows, width = self.p.shape
        in_hand = np.minimum(np.arange(width), self.agents + np.arange(rows)[:, None])
        found = np.arange(int(in_hand.max()) + 1)
        before = np.stack([np.bincount(in_hand.ravel(), p.ravel(), len(found)) for p in self.p])
        after = before @ binom.pmf(found, found[:, None], np.exp(-handle_rate * seconds))
        after[after < _DUST] = 0.0
        p = np.zeros((nodes, len(found), len(found)))
        p[:, found, found] = after
        return TransientLaw(_trim(p), 0)

    def after(
        self, seconds: float, rates: np.ndarray, handle_rate: float, leave_rate: float
    ) -> tuple[TransientLaw, np.ndarray]:
        """Return the law after `seconds`, and its integral over them.

        Parameters
        ----------
        seconds
            Length of the time in which only the state changes.
        rates
            Calls per second, shape (Q,).
        handle_rate, leave_rate
            1 / mean handle time and 1 / mean patience, per second.

        Returns
        -------
        tuple
            The law, and seconds spent in each state, shape (Q, K + 1, X') with X' wide enough for both.
        """
        if seconds <= 0.0:
            return self, np.zeros_like(self.p)
        margin = _MARGIN
        while True:
            end, spent, spilled = _evolved(self.p, margin, self.agents, rates, handle_rate, leave_rate, seconds)
            if spilled <= _SPILL:
                return TransientLaw(_trim(end), self.agents), spent
            margin *= 2


def waiting(shape: tuple[int, ...], agents: int) -> np.ndarray:
    """Return the callers waiting in every state of a law of this shape, shape (K + 1, X)."""
    return np.asarray(np.maximum(np.arange(shape[2]) - agents - np.arange(shape[1])[:, None], 0))


@kernel
def _trim(p: np.ndarray) -> np.ndarray:
    """Drop the rows and the top states that nobody is in."""
    _, rows, width = p.shape
    while rows > 1 and p[:, rows - 1].max() <= 0.0:
        rows -= 1
    while width > 1 and p[:, :rows, width - 1].max() <= 0.0:
        width -= 1
    return p[:, :rows, :width].copy()


@kernel
def _restaffed(p: np.ndarray, old: int, new: int) -> np.ndarray:
    nodes, rows, width = p.shape
    most = min(old, width - 1) if rows == 1 else old + rows - 1
    out = np.zeros((nodes, max(most - new, 0) + 1, width))
    for q in range(nodes):
        for k in range(rows):
            for x in range(width):
                in_hand = min(x, old) if k == 0 else old + k
                out[q, max(in_hand - new, 0), x] += p[q, k, x]
    return out


@kernel
def _evolved(
    p: np.ndarray, margin: int, n: int, rates: np.ndarray, handle_rate: float, leave_rate: float, seconds: float
) -> tuple[np.ndarray, np.ndarray, float]:
    """Return law and integral with `margin` more states above, and the mass that would have left by the top."""
    nodes, rows, width = p.shape
    end = np.zeros((nodes, rows, width + margin))
    end[:, :, :width] = p
    width += margin
    spent, spilled = np.zeros_like(end), 0.0
    # chances of one step: a call ends, anything that takes one away on the same row, nothing; one state more for room
    ends, down, stay = np.empty((rows, width + 1)), np.empty((rows, width + 1)), np.empty((rows, width + 1))
    for q in range(nodes):
        for k in range(rows):
            for x in range(width + 1):
                in_hand = min(x, n) if k == 0 else n + k
                ends[k, x] = in_hand * handle_rate
                down[k, x] = max(x - in_hand, 0) * leave_rate + (ends[k, x] if k == 0 else 0.0)
                stay[k, x] = rates[q] * (x < width - 1) + down[k, x] + (ends[k, x] if k > 0 else 0.0)
        pace = stay.max() + 1e-300
        ends /= pace
        down /= pace
        stay = 1.0 - stay / pace
        parts = math.ceil(pace * seconds / _MOST)
        for _ in range(parts):
            up = rates[q] / pace
            spilled = max(spilled, _mix(end[q], spent[q], n, up, ends, down, stay, pace, seconds / parts))
    return end, spent, spilled


@kernel
def _mix(
    law: np.ndarray, spent: np.ndarray, n: int, up: float, ends: np.ndarray, down: np.ndarray, stay: np.ndarray,
    pace: float, seconds: float,
) -> float:  # fmt: skip
    """Move `law` on by `seconds`, `pace` steps a second, and add the time spent; returns the mass spilled.

    Many parameters: the chances of one step are four arrays, made once per rate, and law and time change in place.
    """
    rows, width = law.shape
    now, new = np.zeros((rows, width + 2)), np.zeros((rows, width + 2))  # state x stands at x + 1
    now[:, 1 : width + 1] = law
    law[:] = 0.0
    low, high = _dusted(now, new, rows, 0, width - 1)
    steps, mean = 0, pace * seconds
    weight, rest, spilled = math.exp(-mean), 1.0, 0.0
    while True:
        rest = max(rest - weight, 0.0)
        time = rest / pace
        for k in range(rows):
            least = max(low, n + k) if k > 0 else low  # with more in hand than heads there are more than heads
            _add(law[k, least : high + 1], spent[k, least : high + 1], now[k, least + 1 : high + 2], weight, time)
        steps += 1
        weight *= mean / steps
        if steps > mean and weight < 0.01 * _DUST:
            return spilled
        spilled += up * now[:rows, width].sum() * rest
        low, high = max(low - 1, 0), min(high + 1, width - 1)
        for k in range(rows):
            least = max(low, n + k) if k > 0 else low
            here = slice(least + 1, high + 2)
            _step(new[k, here], now[k, least : high + 3], up, stay[k, least : high + 1], down[k, here])
            if k > 0:
                least = max(low, n + k - 1)
                here = slice(least + 1, high + 2)
                _fall(new[k - 1, here], now[k, least + 2 : high + 3], ends[k, here])
        low, high = _dusted(new, now, rows, low, high)
        while rows > 1 and new[rows - 1, low + 1 : high + 2].max() < _DUST:
            rows -= 1
            new[rows] = now[rows] = 0.0
        now, new = new, now


# The next three functions index from 0 over slices, which the compiler turns into vector code.


@kernel
def _add(law: np.ndarray, spent: np.ndarray, now: np.ndarray, weight: float, time: float) -> None:
    for x in range(now.size):
        law[x] += weight * now[x]
        spent[x] += time * now[x]


@kernel
def _step(new: np.ndarray, now: np.ndarray, up: float, stay: np.ndarray, down: np.ndarray) -> None:
    for x in range(new.size):
        new[x] = now[x + 1] * stay[x] + now[x] * up + now[x + 2] * down[x]


@kernel
def _fall(new: np.ndarray, above: np.ndarray, ends: np.ndarray) -> None:
    for x in range(new.size):
        new[x] += above[x] * ends[x]


@kernel
def _dusted(new: np.ndarray, old: np.ndarray, rows: int, low: int, high: int) -> tuple[int, int]:
    """Clear the ends of the band where there is only dust; returns the band."""
    while low < high and new[:rows, low + 1].max() < _DUST:
        new[:rows, low + 1] = old[:rows, low + 1] = 0.0
        low += 1
    while high > low and new[:rows, high + 1].max() < _DUST:
        new[:rows, high + 1] = old[:rows, high + 1] = 0.0
        high -= 1
    return low, high

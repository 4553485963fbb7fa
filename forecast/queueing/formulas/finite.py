r"""A queue with a last place (M/M/n/n+q, with or without abandonment): callers who find the queue full are turned away.

The states n + j, j = 0…q, have weights :math:`r_j = a^j / \prod_{i \le j} (n + iθ)`, times in mean handling times. A
caller who finds j callers waiting is answered after more than T with a probability of negative binomial form,
:math:`I_{e^{-θT}}(n/θ, j+1)` (Riordan 1962; the linear death process of those in front), which becomes Poisson's as
θ → 0. A caller who is served sees the same law with n + θ for n.
"""

from __future__ import annotations

import math

import numpy as np

from ..compiling import Kernel
from .abandonment import MEASURES, endless
from .erlang import inverse_b

_UNDERFLOW = 700.0
"""Exponent, at most 708, from which on exp(−exponent) is close to the smallest double: the sum starts at its mode."""

_FAR = 50.0
"""Times that the mode may lie beyond the last place, above 1: further away the places have no chance above 1e-20."""


@Kernel
def measures(
    n: float, inverse: float, a: float, theta: float, t_in: float, t_short: float, places: float
) -> tuple[float, ...]:
    """Return the measures listed in `abandonment.MEASURES` of any stationary queue.

    Parameters
    ----------
    n, a
        Agents, whole or not, and load in erlangs.
    inverse
        1/B(n, a).
    theta
        Handling time / mean patience: 0 = nobody hangs up, infinite = nobody waits.
    t_in, t_short
        Thresholds in mean handling times.
    places
        Places to wait; infinite = room for every caller, 0 = nobody waits (Erlang B).
    """
    if a == 0.0:
        return 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    if places == 0.0:
        return 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0 / inverse
    if places == math.inf or theta == math.inf:
        return endless(n, inverse, a, theta, t_in, t_short)
    if n == 0.0 and theta == 0.0:  # the queue is full for ever
        return 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, places / a, 1.0
    return _finite(n, inverse, a, theta, t_in, t_short, int(places))


@Kernel
def _finite(
    n: float, inverse: float, a: float, theta: float, t_in: float, t_short: float, places: int
) -> tuple[float, ...]:
    """Return the measures of a queue with `places` places to wait, at least 1."""
    r = _weights(n, a, theta, places)
    late_in, still_in = _longer(n + theta, theta, t_in, places), _longer(n, theta, t_in, places)
    late_brief, still_brief = _longer(n + theta, theta, t_short, places), _longer(n, theta, t_short, places)
    waiting = queue = wait = late = still = late_short = still_short = delay = 0.0
    for j in range(places):
        leave = 1.0 / (n + (j + 1) * theta)
        delay += leave
        served = float(r[j]) * n * leave
        waiting += float(r[j])
        queue += (j + 1) * float(r[j + 1])
        wait += served * delay
        late += served * float(late_in[j])
        still += float(r[j]) * float(still_in[j])
        late_short += served * float(late_brief[j])
        still_short += float(r[j]) * float(still_brief[j])
    p_n = 1.0 / (waiting + float(r[places]) + (inverse - 1.0) * float(r[0]))
    still *= math.exp(-theta * t_in) if theta > 0.0 else 1.0
    still_short *= math.exp(-theta * t_short) if theta > 0.0 else 1.0
    return (p_n * waiting, p_n * queue * theta / a, p_n * late, p_n * still, p_n * late_short, p_n * still_short,
            p_n * wait, p_n * queue / a, p_n * float(r[places]))  # fmt: skip


@Kernel
def _weights(n: float, a: float, theta: float, places: int) -> np.ndarray:
    """Return the weights of n + j callers, j = 0…places, as multiples of the largest."""
    # from the mode outwards, where the weight is 1: weights that underflow do not count
    r = np.ones(places + 1)
    mode = 0
    if a > n:
        mode = places if theta == 0.0 else int(min((a - n) / theta, float(places)))
    for j in range(mode + 1, places + 1):
        r[j] = float(r[j - 1]) * a / (n + j * theta)
    for j in range(mode, 0, -1):
        r[j - 1] = float(r[j]) * (n + j * theta) / a
    return r


@Kernel
def _longer(n: float, theta: float, t: float, places: int) -> np.ndarray:
    """Return the chance that j = 0…places − 1 callers in front are not gone, and nobody is free, before `t`."""
    out = np.zeros(places)
    if t == math.inf:
        return out
    stay = math.exp(-theta * t)
    growth = -math.expm1(-theta * t) / theta if theta > 0.0 else t
    # d_j = chance that j would have left by t, d_j / d_(j−1) = (n + (j−1)θ)/j · growth, from its start or its mode
    mode, scale = 0, math.exp(-n * t)
    if n * t > _UNDERFLOW:
        most = (n - theta) * growth
        if most <= 0.0 or most > _FAR * places * stay:
            return out
        mode, scale = int(max(most / stay, 0.0)), 0.0
    total = d = 1.0
    for j in range(mode, 0, -1):
        if j < places:
            out[j] = d
        d *= j / (growth * (n + (j - 1) * theta))
        total += d
    out[0] = d
    d = 1.0
    j = mode + 1
    while j < places or (scale == 0.0 and d > 1e-18 * total):
        d *= growth * (n + (j - 1) * theta) / j
        total += d
        if j < places:
            out[j] = d
        j += 1
    if mode < places:
        out[mode] = 1.0
    if scale == 0.0:
        scale = 1.0 / total
    below = 0.0
    for j in range(places):
        below += float(out[j])
        out[j] = below * scale
    return out


@Kernel
def evaluate(
    n: np.ndarray, a: np.ndarray, theta: np.ndarray, t_in: np.ndarray, t_short: np.ndarray, places: np.ndarray
) -> np.ndarray:
    """Return the measures of each case, shape (MEASURES, len(n)); all inputs flat float arrays of one length."""
    out = np.empty((MEASURES, n.size))
    for i in range(n.size):
        agents, load = float(n[i]), float(a[i])
        law = (float(theta[i]), float(t_in[i]), float(t_short[i]), float(places[i]))
        found = measures(agents, inverse_b(agents, load), load, law[0], law[1], law[2], law[3])
        for k in range(MEASURES):
            out[k, i] = found[k]
    return out

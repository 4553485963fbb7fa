r"""Erlang A (M/M/n+M): callers wait, but not for ever. The compiled kernels of the stationary models.

Times are in mean handling times, a = load, θ = handling time / mean patience. With p_n the probability of n
busy agents and nobody waiting, the wait that a caller without limit of patience would meet has density

.. math:: v(t) = n\,p_n \exp\bigl(\tfrac aθ(1-e^{-θt}) - n t\bigr)

(Baccelli & Hebuterne 1981; Zeltyn & Mandelbaum 2005). Two forms of its integrals are used, both of positive terms only:
where n/θ is small the sum over callers found waiting (Riordan 1962), else Gauss–Legendre quadrature around the mode.
After a threshold T the same integrals hold with load :math:`a e^{-θT}`, so nothing underflows when nT is large.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from .erlang import inverse_b

_X, _W = np.polynomial.legendre.leggauss(24)
_STAGES_BELOW = 150.0
_NEGLIGIBLE = 42.0
_NO_WAIT = 1e20
_BIG = 1e200
_LOG_BIG = math.log(_BIG)

P_WAIT, P_ABANDON, LATE, STILL, LATE_SHORT, STILL_SHORT, WAIT = range(7)
MEASURES = 7
"""Rows that `evaluate` returns, as shares of the calls offered.

``P_WAIT`` not answered at once; ``P_ABANDON``; ``LATE`` answered after the threshold; ``STILL`` waiting at the
threshold; the same two for the short-abandon threshold; ``WAIT`` mean of (wait if answered, else 0).
"""


@njit(cache=True)
def evaluate(n: np.ndarray, a: np.ndarray, theta: np.ndarray, t_in: np.ndarray, t_short: np.ndarray) -> np.ndarray:
    """Return the measures of each case, shape (MEASURES, len(n)); all inputs flat float arrays of one length."""
    out = np.empty((MEASURES, n.size))
    for i in range(n.size):
        out[:, i] = measures(n[i], inverse_b(n[i], a[i]), a[i], theta[i], t_in[i], t_short[i])
    return out


@njit(cache=True)
def mixture(
    a: np.ndarray, weight: np.ndarray, theta: np.ndarray, t_in: np.ndarray, t_short: np.ndarray, top: int
) -> np.ndarray:
    """Return the measures for 0…`top` agents averaged over load nodes, shape (MEASURES + 1, T, top + 1).

    `a` and `weight` have shape (T, Q). The measures are averaged in calls (node weight × load), divided by the
    interval's mean load; the last row is the occupancy, averaged in time.
    """
    out = np.zeros((MEASURES + 1, a.shape[0], top + 1))
    for i in range(a.shape[0]):
        mean = (a[i] * weight[i]).sum()
        if mean <= 0.0:
            continue
        for q in range(a.shape[1]):
            load = a[i, q]
            if load <= 0.0:
                continue
            share = weight[i, q] * load / mean
            inverse = 1.0
            for n in range(top + 1):
                if n > 0:
                    inverse = 1.0 + n / load * inverse
                busy = load
                if n <= load or inverse < _NO_WAIT:
                    m = measures(float(n), inverse, load, theta[i], t_in[i], t_short[i])
                    for k in range(MEASURES):
                        out[k, i, n] += share * m[k]
                    busy *= 1.0 - m[P_ABANDON]
                out[MEASURES, i, n] += weight[i, q] * (busy / n if busy < n else 1.0)
    return out


@njit(cache=True)
def measures(n: float, inverse: float, a: float, theta: float, t_in: float, t_short: float) -> tuple[float, ...]:
    """Return the measures of one case; `inverse` = 1/B(n, a), `theta` 0 = nobody hangs up, infinite = nobody waits."""
    if a == 0.0:
        return 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    if theta == 0.0:
        return _patient(n, inverse, a, t_in, t_short)
    if theta == math.inf:
        lost = 1.0 / inverse
        return lost, lost, 0.0, 0.0, 0.0, 0.0, 0.0
    if n == 0.0:
        return 1.0, 1.0, 0.0, math.exp(-theta * t_in), 0.0, math.exp(-theta * t_short), 0.0
    if n < _STAGES_BELOW * theta:
        return _by_stages(n, inverse, a, theta, t_in, t_short)
    return _by_quadrature(n, inverse, a, theta, t_in, t_short)


@njit(cache=True)
def _patient(n: float, inverse: float, a: float, t_in: float, t_short: float) -> tuple[float, ...]:
    if n <= a:
        return 1.0, 0.0, 1.0, 1.0, 1.0, 1.0, math.inf
    c = n / ((n - a) * inverse + a)
    late, short = c * math.exp(-(n - a) * t_in), c * math.exp(-(n - a) * t_short)
    return c, 0.0, late, late, short, short, c / (n - a)


@njit(cache=True)
def _by_stages(n: float, inverse: float, a: float, theta: float, t_in: float, t_short: float) -> tuple[float, ...]:
    # r = p_(n+j) / p_n; waits of a caller who is served and finds j waiting: sum of 1/(n + iθ), i = 1 … j + 1
    waiting = queue = wait = 0.0
    r, level, delay = 1.0, 0.0, 0.0
    j = 0
    while True:
        leave = 1.0 / (n + (j + 1) * theta)
        delay += leave
        waiting += r
        queue += j * r
        wait += r * n * leave * delay
        ratio = a * leave
        if ratio < 1.0 and r * ratio * (j + 1) < 1e-18 * (1.0 - ratio) * queue:
            break
        r *= ratio
        j += 1
        if r > _BIG:
            r, waiting, queue, wait, level = r / _BIG, waiting / _BIG, queue / _BIG, wait / _BIG, level + 1.0
    one = math.exp(-level * _LOG_BIG)
    p_n = 1.0 / (waiting + (inverse - 1.0) * one)
    # what comes in and is not served leaves: exact where more comes in than can be served
    p_abandon = p_n * (waiting * (1.0 - n / a) + n / a * one if a > n else queue * theta / a)
    late, still = _tail_by_stages(n, a, theta, t_in, level)
    late_short, still_short = _tail_by_stages(n, a, theta, t_short, level)
    return p_n * waiting, p_abandon, p_n * late, p_n * still, p_n * late_short, p_n * still_short, p_n * wait


@njit(cache=True)
def _tail_by_stages(n: float, a: float, theta: float, t: float, level: float) -> tuple[float, float]:
    if t == math.inf:
        return 0.0, 0.0
    gone = -math.expm1(-theta * t)
    rest = a * (1.0 - gone)
    waiting = served = 0.0
    r = 1.0
    j = 0
    while True:
        leave = 1.0 / (n + (j + 1) * theta)
        waiting += r
        served += r * n * leave
        ratio = rest * leave
        if ratio < 1.0 and r * ratio < 1e-18 * (1.0 - ratio) * waiting:
            break
        r *= ratio
        j += 1
        if r > _BIG:
            r, waiting, served, level = r / _BIG, waiting / _BIG, served / _BIG, level - 1.0
    scale = math.exp(a / theta * gone - n * t - theta * t - level * _LOG_BIG)
    return served * scale, waiting * scale


@njit(cache=True)
def _less_log(x: float) -> float:
    # x − ln(1 + x) without cancellation: with z = x/(2 + x), ln(1 + x) = 2(z + z³/3 + z⁵/5 + …) and x − 2z = xz
    if x > 0.3:
        return x - math.log1p(x)
    z = x / (2.0 + x)
    total, power, k = 0.0, z * z * z, 3.0
    while power > 1e-18 * z * z:
        total += power / k
        power *= z * z
        k += 2.0
    return x * z - 2.0 * total


@njit(cache=True)
def _by_quadrature(n: float, inverse: float, a: float, theta: float, t_in: float, t_short: float) -> tuple[float, ...]:
    c = min(a, n)  # load that is still patient at the mode
    mode = math.log(a / n) / theta if a > n else 0.0
    slack = n - c
    # exponent below its mode: slack·d + (c/θ)·q(θd), q(y) = e^(−y) − 1 + y ≥ (y²/2)/(1 + y/3)
    b = _NEGLIGIBLE * theta / c
    y = b / 3.0 + math.sqrt(b * b / 9.0 + 2.0 * b)
    high = mode + (min(y / theta, _NEGLIGIBLE / slack) if slack > 0.0 else y / theta)
    low = max(0.0, mode - math.sqrt(2.0 * b) / theta)
    edges = np.array([low, min(max(t_short, low), high), min(max(t_in, low), high), mode, high])
    edges.sort()
    scale_mode = n / a if a > n else 1.0  # e^(−θ mode)
    waiting = abandon = wait = late = still = late_short = still_short = 0.0
    for panel in range(4):
        half = 0.5 * (edges[panel + 1] - edges[panel])
        if half <= 0.0:
            continue
        middle = edges[panel] + half
        v0 = v1 = v2 = v3 = 0.0
        for i in range(_X.size):
            t = middle + half * _X[i]
            d = t - mode
            y = theta * d
            if abs(y) < 0.25:
                q = y * y * (1 / 2 - y * (1 / 6 - y * (1 / 24 - y * (1 / 120 - y * (1 / 720 - y * (1 / 5040 - y * (
                    1 / 40320 - y * (1 / 362880 - y * (1 / 3628800 - y / 39916800)))))))))  # fmt: skip
                e = q - y
            else:
                e = math.expm1(-y)
                q = e + y
            v = _W[i] * math.exp(-slack * d - c / theta * q)
            patient = (1.0 + e) * scale_mode
            v0 += v
            v1 += v * patient
            v2 -= v * e
            v3 += v * patient * t
        waiting += half * v0
        abandon += half * v2
        wait += half * v3
        if middle > t_in:
            late += half * v1
            still += half * v0
        if middle > t_short:
            late_short += half * v1
            still_short += half * v0
    peak = n / theta * _less_log((a - n) / n) if mode > 0.0 else 0.0
    one = math.exp(-peak)
    p = n / (n * waiting + (inverse - 1.0) * one)
    if a > n:
        abandon = waiting * (1.0 - n / a) + one / a
    still *= math.exp(-theta * t_in)
    still_short *= math.exp(-theta * t_short)
    return p * waiting, p * abandon, p * late, p * still, p * late_short, p * still_short, p * wait

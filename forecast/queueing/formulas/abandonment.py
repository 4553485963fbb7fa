r"""Erlang A (M/M/n+M): callers wait, but not for ever. The kernels of the queues without end, Erlang C among them.

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

from ..compiling import Kernel

_X, _W = np.polynomial.legendre.leggauss(24)  # so many points on each of four panels reach the last digits
_STAGES_BELOW = 600.0
"""Ratio n/θ, above 0, below which the sum over callers found waiting is used: there it has few terms."""

_NEGLIGIBLE = 42.0
"""Fall of an exponent below its mode that is the end of the integral, above 36: exp(−42) is below the last digit."""

_BIG = 1e200
"""A sum above this number is divided by it, so that the sum cannot overflow; far below the largest double."""

_LOG_BIG = math.log(_BIG)

_CERTAIN = 45.0
"""Exponent, above 36, from which on a chance below exp(−exponent) is none: exp(−45) is below the last digit."""

P_WAIT, P_ABANDON, LATE, STILL, LATE_SHORT, STILL_SHORT, WAIT, WAIT_ALL, P_BLOCK = range(9)
MEASURES = 9
"""What a kernel returns of one case, as shares of the calls offered.

``P_WAIT`` accepted but not answered at once; ``P_ABANDON``; ``LATE`` answered after the threshold; ``STILL`` waiting
at the threshold; the same two for the short-abandon threshold; ``WAIT`` mean of (wait if answered, else 0);
``WAIT_ALL`` mean of (wait if accepted, else 0); ``P_BLOCK`` turned away on arrival. A threshold that is of no interest
may be infinite.
"""


@Kernel
def endless(n: float, inverse: float, a: float, theta: float, t_in: float, t_short: float) -> tuple[float, ...]:
    """Return the measures where there is room for every caller; `inverse` = 1/B(n, a), a > 0.

    With `theta` 0 nobody hangs up, with `theta` infinite nobody waits.
    """
    if theta == 0.0:
        return _patient(n, inverse, a, t_in, t_short)
    if theta == math.inf:
        lost = 1.0 / inverse
        return lost, lost, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    if n == 0.0:
        return 1.0, 1.0, 0.0, math.exp(-theta * t_in), 0.0, math.exp(-theta * t_short), 0.0, 1.0 / theta, 0.0
    if n < _STAGES_BELOW * theta:
        return _by_stages(n, inverse, a, theta, t_in, t_short)
    return _by_quadrature(n, inverse, a, theta, t_in, t_short)


@Kernel
def _patient(n: float, inverse: float, a: float, t_in: float, t_short: float) -> tuple[float, ...]:
    """Return the measures of Erlang C, where nobody hangs up."""
    spare = n - a
    if spare <= 0.0:
        return 1.0, 0.0, 1.0, 1.0, 1.0, 1.0, math.inf, math.inf, 0.0
    c = n / (spare * inverse + a)
    late = c * math.exp(-spare * t_in) if t_in < math.inf else 0.0
    short = c * math.exp(-spare * t_short) if t_short < math.inf else 0.0
    return c, 0.0, late, late, short, short, c / spare, c / spare, 0.0


@Kernel
def _by_stages(n: float, inverse: float, a: float, theta: float, t_in: float, t_short: float) -> tuple[float, ...]:
    """Return the measures as a sum over the callers found waiting; long, since kernels take plain numbers."""
    # r = p_(n+j) / p_n, s the same at load a·e^(−θT); delay = mean wait of one who is served and finds j waiting
    # rest = a·e^(−θT) is raised to powers of a/θ: a rounding of it must be one of T in every place, or it would grow so
    rest, rest_short = a * math.exp(-theta * t_in), a * math.exp(-theta * t_short)
    gone, gone_short = (a - rest) / a, (a - rest_short) / a
    if gone < 1.0:
        t_in = -math.log1p(-gone) / theta
    if gone_short < 1.0:
        t_short = -math.log1p(-gone_short) / theta
    waiting = queue = wait = delay = still = late = still_short = late_short = 0.0
    r = s = s_short = 1.0
    level = level_in = level_short = 0.0
    ahead = 1.0
    leave = 1.0 / (n + theta)
    while True:
        delay += leave
        waiting += r
        wait += r * leave * delay
        still += s
        late += s * leave
        still_short += s_short
        late_short += s_short * leave
        ratio = a * leave
        s *= rest * leave
        s_short *= rest_short * leave
        r *= ratio
        queue += r * ahead
        if ratio < 1.0 and r * ahead <= 1e-17 * (1.0 - ratio) * queue:
            break
        ahead += 1.0
        leave = 1.0 / (n + ahead * theta)
        if r > _BIG:
            r, waiting, queue, wait, level = r / _BIG, waiting / _BIG, queue / _BIG, wait / _BIG, level + 1.0
        if s > _BIG:
            s, still, late, level_in = s / _BIG, still / _BIG, late / _BIG, level_in + 1.0
        if s_short > _BIG:
            s_short, level_short = s_short / _BIG, level_short + 1.0
            still_short, late_short = still_short / _BIG, late_short / _BIG
    one = math.exp(-level * _LOG_BIG)
    p_n = 1.0 / (waiting + (inverse - 1.0) * one)
    # calls that are not served are abandoned: this form is exact under overload
    p_abandon = p_n * (waiting * (1.0 - n / a) + n / a * one if a > n else queue * theta / a)
    after = after_short = 0.0
    if t_in < math.inf:
        after = p_n * math.exp(a / theta * gone - (n + theta) * t_in + (level_in - level) * _LOG_BIG)
    if t_short < math.inf:
        after_short = p_n * math.exp(a / theta * gone_short - (n + theta) * t_short + (level_short - level) * _LOG_BIG)
    return (p_n * waiting, p_abandon, after * late * n, after * still, after_short * late_short * n,
            after_short * still_short, p_n * wait * n, p_abandon / theta, 0.0)  # fmt: skip


@Kernel
def _less_log(x: float) -> float:
    """Return x − ln(1 + x)."""
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


@Kernel
def _by_quadrature(n: float, inverse: float, a: float, theta: float, t_in: float, t_short: float) -> tuple[float, ...]:
    """Return the measures by integration around the mode; long, since kernels take plain numbers."""
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
        half = 0.5 * float(edges[panel + 1] - edges[panel])
        if half <= 0.0:
            continue
        middle = float(edges[panel]) + half
        v0 = v1 = v2 = v3 = 0.0
        for i in range(_X.size):
            t = middle + half * float(_X[i])
            d = t - mode
            y = theta * d
            if abs(y) < 0.25:
                q = y * y * (1 / 2 - y * (1 / 6 - y * (1 / 24 - y * (1 / 120 - y * (1 / 720 - y * (1 / 5040 - y * (
                    1 / 40320 - y * (1 / 362880 - y * (1 / 3628800 - y / 39916800)))))))))  # fmt: skip
                e = q - y
            else:
                e = math.expm1(-y)
                q = e + y
            v = float(_W[i]) * math.exp(-slack * d - c / theta * q)
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
    return (p * waiting, p * abandon, p * late, p * still, p * late_short, p * still_short, p * wait,
            p * abandon / theta, 0.0)  # fmt: skip


@Kernel
def overwhelmed(n: float, rest: float, theta: float) -> bool:
    """Return whether hardly a caller of `n` ≥ 1 agents is answered before a threshold T, `rest` = a·e^(−θT).

    With u = e^(−θt) the density of the offered wait is that of u under a gamma law of shape n/θ and rate a/θ, cut at
    1. Chernoff's bound of its tail beyond e^(−θT) is exp(−n/θ · (δ − ln(1 + δ))) with δ = rest/n − 1.
    """
    return n < rest and n / theta * _less_log((rest - n) / n) > _CERTAIN


@Kernel
def limit(n: float, a: float, theta: float, t_in: float, t_short: float) -> tuple[float, ...]:
    """Return the measures of `endless` where the queue is `overwhelmed` at both thresholds, without any sum.

    The gamma law is whole: every call waits, and the mean wait of the answered is (ln(a/θ) − ψ(n/θ + 1))/θ. The
    share of calls left out is below exp(−`_CERTAIN`); the digamma function ψ is right to 1e-13.
    """
    # ψ(x) = ψ(x + 1) − 1/x up to x ≥ 20, then its asymptotic series (Abramowitz & Stegun 6.3.18)
    x, below = n / theta + 1.0, 0.0
    while x < 20.0:
        below += 1.0 / x
        x += 1.0
    square = 1.0 / (x * x)
    tail = square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square / 240)))
    answered = n / a
    wait = (math.log(a / (theta * x)) + 0.5 / x + tail + below) / theta
    return (1.0, 1.0 - answered, answered, math.exp(-theta * t_in), answered, math.exp(-theta * t_short),
            answered * wait, (1.0 - answered) / theta, 0.0)  # fmt: skip

"""Erlang B and C: no queue at all, and a queue that nobody leaves."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from ...errors import InputError
from ..compiling import Kernel


def erlang_b(agents: ArrayLike, load: ArrayLike) -> float | np.ndarray:
    r"""Return the probability that an arriving call finds all agents busy when nobody waits.

    Computed from its inverse, a sum of positive terms that neither cancels nor needs factorials,
    :math:`1/B(n, a) = \sum_{m=0}^{n} \frac{n!}{(n-m)!\,a^m}`, cut where the terms no longer count
    (Erlang 1917; Jagerman 1974). Fractional agents follow Jagerman's continuation
    :math:`1/B = a \int_0^\infty e^{-at} (1+t)^n dt`.

    Parameters
    ----------
    agents
        Agents, whole or fractional, at least 0; broadcast against `load`.
    load
        Offered load in erlangs, at least 0.

    Raises
    ------
    InputError
        On a negative, infinite or missing number.

    Examples
    --------
    >>> round(erlang_b(132, 123.0), 5)
    0.03124
    >>> erlang_b([0, 2], 0.0)
    array([1., 0.])
    """
    n, a = np.broadcast_arrays(numbers(agents, "agents"), numbers(load, "load"))
    return like_input(1.0 / _inverse(n, a))


def erlang_c(agents: ArrayLike, load: ArrayLike) -> float | np.ndarray:
    r"""Return the probability that an arriving call has to wait when nobody hangs up; 1 when ``agents <= load``.

    :math:`C = n / ((n-a)/B(n,a) + a)` (Gans, Koole, Mandelbaum 2003).

    Parameters
    ----------
    agents
        Agents, whole or fractional, at least 0; broadcast against `load`.
    load
        Offered load in erlangs, at least 0.

    Raises
    ------
    InputError
        On a negative, infinite or missing number.

    Examples
    --------
    >>> round(erlang_c(14, 10.0), 6)
    0.174132
    >>> erlang_c([9, 10, 12], [0.0, 12.0, 12.0])
    array([0., 1., 1.])
    """
    n, a = np.broadcast_arrays(numbers(agents, "agents"), numbers(load, "load"))
    stable = n > a
    spare = np.where(stable, n - a, 1.0)
    waits = n / spare / (_inverse(n, a) + a / spare)
    return like_input(np.where(stable, np.where(a > 0.0, waits, 0.0), 1.0))


def numbers(values: ArrayLike, name: str, *, above: float = 0.0, infinite: bool = False) -> np.ndarray:
    """Return `values` as a float array after checking that each is known and at least `above`.

    Raises
    ------
    InputError
        Naming the first bad position when `values` is a sequence.
    """
    array = np.asarray(values, dtype=float)
    good = (array >= above) & (infinite | (array < np.inf))
    if not good.all():
        at = int(np.argmin(good.ravel()))
        kind = "a number" if infinite else "a finite number"
        raise InputError(f"Expected {kind} of at least {above:g}" + (f" at position {at}" if array.ndim else ""),
                         column=name, value=float(array.ravel()[at]))  # fmt: skip
    return array


def like_input(values: np.ndarray) -> float | np.ndarray:
    """Return a plain float for a zero-dimensional array, the array itself otherwise."""
    return float(values) if values.ndim == 0 else values


def _inverse(n: np.ndarray, a: np.ndarray) -> np.ndarray:
    return inverses.suited(n.size)(np.ravel(n), np.ravel(a)).reshape(n.shape)


@Kernel
def inverses(n: np.ndarray, a: np.ndarray) -> np.ndarray:
    """Return 1/B elementwise for flat float arrays of equal length."""
    out = np.empty(n.size)
    for i in range(n.size):
        out[i] = inverse_b(float(n[i]), float(a[i]))
    return out


@Kernel
def inverse_b(n: float, a: float) -> float:
    """Return 1/B for `n` agents (whole or not) and load `a`; infinite where B is below the smallest double."""
    if n == 0.0:
        return 1.0
    if a == 0.0:
        return math.inf
    total = term = 1.0
    k = n
    while k >= a and k >= 1.0:  # the terms grow
        term *= k / a
        total += term
        k -= 1.0
    if total == math.inf:
        return math.inf
    while k >= 1.0:  # the terms fall
        term *= k / a
        total += term
        if term < 1e-17 * total:
            return total
        k -= 1.0
    return total if k == 0.0 else total + term * (inverse_b_below_one(k, a) - 1.0)


@Kernel
def inverse_b_below_one(f: float, a: float) -> float:
    r"""Return :math:`1/B(f, a) = a^{-f} e^a \Gamma(1+f, a)` for 0 < f < 1, by series or continued fraction."""
    s = 1.0 + f
    if a < 1.0:
        total = term = 1.0 / s
        k = s
        while term > 1e-18 * total:
            k += 1.0
            term *= a / k
            total += term
        return math.exp(a) * math.pow(a, -f) * math.gamma(s) - a * total
    b = a + 1.0 - s
    c = 1e300
    d = 1.0 / b
    h = d
    for i in range(1, 10_000):
        m = -i * (i - s)
        b += 2.0
        d = 1.0 / (m * d + b)
        c = b + m / c
        h *= c * d
        if abs(c * d - 1.0) < 1e-16:
            break
    return a * h

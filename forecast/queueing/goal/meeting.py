"""The check whether agents meet a goal: one check behind every way to find the requirement."""

from __future__ import annotations

import math

import numpy as np

from ..compiling import Kernel
from ..formulas.abandonment import LATE, LATE_SHORT, P_ABANDON, P_BLOCK, P_WAIT, STILL, STILL_SHORT, WAIT, WAIT_ALL
from ..formulas.erlang import inverse_b
from ..formulas.finite import measures
from ..formulas.performance import Performance
from ..formulas.service_level import DEFINITIONS
from .targets import ServiceGoal

_OCTAVES = 64
"""Octaves of loads (2⁻³² to 2³² erlang). Each keeps the last safety staff found, so similar loads start close."""

TIE = 1e-12
"""Share, or handle times, by which a target may be missed and still count as met, so that decimal ties are met."""

_ANSWERED, _TOTAL, _EXCL_SHORT = (DEFINITIONS.index(word) for word in ("answered", "total", "excl_short"))

Bounds = tuple[float, float, float, int, float, float, float, float, float]


def bounds_of(goal: ServiceGoal) -> Bounds:
    """Return what kernels check of a goal, in seconds: thresholds, level, definition and caps, infinite where none."""
    caps = (goal.max_abandon, goal.max_occupancy, goal.max_wait_share, goal.max_asa_s, goal.max_asa_all_s)
    return (
        float(goal.within_s) if goal.level > 0.0 else math.inf,
        float(goal.short_s) if goal.definition == "excl_short" else math.inf,
        float(goal.level),
        DEFINITIONS.index(goal.definition),
        *(math.inf if cap is None else float(cap) for cap in caps),
    )  # type: ignore[return-value]


@Kernel
def in_handle_times(bounds: Bounds, h: float) -> Bounds:
    """Return `bounds` with times in mean handling times of `h` seconds."""
    within, short, level, definition, max_abandon, max_occupancy, max_wait, max_asa, max_asa_all = bounds
    return within / h, short / h, level, definition, max_abandon, max_occupancy, max_wait, max_asa / h, max_asa_all / h


@Kernel
def meets(n: float, inverse: float, a: float, theta: float, places: float, bounds: Bounds) -> bool:
    """Return whether `n` agents meet `bounds`, in mean handling times, at load `a`; `inverse` = 1/B(n, a)."""
    within, short, level, definition, max_abandon, max_occupancy, max_wait, max_asa, max_asa_all = bounds
    m = measures(n, inverse, a, theta, within, short, places)
    answered = 1.0 - m[P_ABANDON] - m[P_BLOCK]
    in_time = answered - m[LATE]
    offered = 1.0
    if definition == _ANSWERED:
        offered = answered
    elif definition == _TOTAL:
        in_time += m[P_ABANDON] - m[STILL] + m[LATE]
    elif definition == _EXCL_SHORT:
        offered -= m[P_ABANDON] - m[STILL_SHORT] + m[LATE_SHORT]
    return (
        in_time >= (level - TIE) * offered
        and m[P_ABANDON] <= max_abandon + TIE
        and m[P_WAIT] <= max_wait + TIE
        and a * answered <= (max_occupancy + TIE) * n
        and m[WAIT] <= (max_asa + TIE) * answered
        and m[WAIT_ALL] <= max_asa_all + TIE
    )


def met(found: Performance, goal: ServiceGoal) -> np.ndarray:
    """Return where measured queues meet `goal`, the same check as `meets`."""

    def under(values: float | np.ndarray, cap: float | None) -> np.ndarray:
        return np.asarray(True if cap is None else np.nan_to_num(values, nan=0.0, posinf=np.inf) <= cap + TIE)

    return np.asarray(
        (np.asarray(found.service_level(goal.definition)) >= goal.level - TIE)
        & under(found.p_abandon, goal.max_abandon)
        & under(found.p_wait, goal.max_wait_share)
        & under(found.occupancy, goal.max_occupancy)
        & under(found.asa_s, goal.max_asa_s)
        & under(found.asa_all_s, goal.max_asa_all_s)
    )


@Kernel
def smallest(start: float, a: float, theta: float, places: float, bounds: Bounds) -> float:
    """Return the least whole n ≥ 1 that meets `bounds` at load `a` > 0, searched outwards from `start` ≥ 1."""
    low, high, step = 0.0, math.inf, 1.0
    n, inverse = start, inverse_b(start, a)
    while True:
        if meets(n, inverse, a, theta, places, bounds):
            high = n
        else:
            low = n
        if high - low <= 1.0:
            return high
        before = n
        if high == math.inf:
            n = low + step
        elif low == 0.0 and step < high:
            n = high - step
        else:
            n = math.floor(0.5 * (low + high)) + 0.0
        step *= 2.0
        # the recursion, backwards only where it is exact: where few calls would be lost
        if n == before + 1.0:
            inverse = 1.0 + n / a * inverse
        elif n == before - 1.0 and inverse > 2.0:
            inverse = (inverse - 1.0) * a / before
        else:
            inverse = inverse_b(n, a)


@Kernel
def exactly(whole: float, a: float, theta: float, places: float, bounds: Bounds) -> float:
    """Return the least real n that meets `bounds`, knowing that `whole` is the least whole one."""
    low, high = whole - 1.0, whole
    while True:
        n = 0.5 * (low + high)
        if n <= low or n >= high:
            return high
        if meets(n, inverse_b(n, a), a, theta, places, bounds):
            high = n
        else:
            low = n


@Kernel
def carried(n: float, low: float, top: float, theta: float, places: float, bounds: Bounds) -> float:
    """Return the largest load up to `top` that `n` agents carry within `bounds`, knowing that they carry `low`.

    To the last digit: the next larger number is too much.
    """
    high, step = math.inf, 1.0
    while True:
        a = min(low + step, top) if high == math.inf else 0.5 * (low + high)
        if a <= low or a >= high:
            return low
        if meets(n, inverse_b(n, a), a, theta, places, bounds):
            low = a
            step *= 2.0
        else:
            high = a


@Kernel
def smallest_of_each(
    a: np.ndarray, theta: np.ndarray, places: np.ndarray, h: np.ndarray, bounds: Bounds, real: bool
) -> np.ndarray:
    """Return the least agents of each case, 0 without calls; whole numbers, or with `real` any."""
    out = np.zeros(a.size)
    # the search starts at a + safety √(a + 1), with the safety found last in the same octave of loads
    safety = np.full(_OCTAVES, np.nan)
    last = 0.5
    for i in range(a.size):
        load = float(a[i])
        if load == 0.0:
            continue
        law = (float(theta[i]), float(places[i]), in_handle_times(bounds, float(h[i])))
        octave = min(max(math.frexp(load)[1] + _OCTAVES // 2, 0), _OCTAVES - 1)
        guess = float(safety[octave])
        root = math.sqrt(load + 1.0)
        start = math.ceil(load + (guess if guess == guess else last) * root)
        n = smallest(max(float(start), 1.0), load, law[0], law[1], law[2])
        last = (n - 0.5 - load) / root
        safety[octave] = last
        out[i] = exactly(n, load, law[0], law[1], law[2]) if real else n
    return out


@Kernel
def thresholds(top: float, theta: float, places: float, h: float, bounds: Bounds) -> np.ndarray:
    """Return the largest load up to `top` that 0, 1, 2, … agents carry, until they carry `top`."""
    out = np.zeros(64)
    bounds = in_handle_times(bounds, h)
    n = 0
    while out[n] < top:
        n += 1
        if n == out.size:
            out = np.append(out, np.zeros(n))
        out[n] = carried(float(n), float(out[n - 1]), top, theta, places, bounds)
    return out[: n + 1]

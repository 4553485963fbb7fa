r"""The fate of a caller who has to wait: answered in time, gone, or still waiting.

First come, first served: a caller's fate depends on the callers ahead, never on those behind. With k calls in hand
beyond the heads and j callers ahead a caller moves to (k-1, j) at the rate (n+k)μ and to (k, j-1) at jθ where k > 0, to
(0, j-1) at nμ + jθ where k = 0 (from j = 0 to "answered", at nμ), and hangs up at θ. Backwards in time these chances
solve a linear equation, by uniformisation again; changes of staff within the threshold are part of the equation.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ...kernels import kernel

_DUST = 1e-17
"""Weight of a Poisson mixture below which the mixture ends: below the last digit of a chance."""

_MOST = 500.0
"""Most steps in the mean of one Poisson mixture, above 0 and below 700, so that its first weight exp(−steps) does not
vanish."""


class Stage(NamedTuple):
    """The constants of the time between two changes of staff.

    Attributes
    ----------
    agents
        Heads.
    handle_rate, leave_rate
        1 / mean handle time and 1 / mean patience, per second.
    lost
        Whether the desk is closed and nobody is there, so that waiting callers are sent away.
    """

    agents: int
    handle_rate: float
    leave_rate: float
    lost: bool = False


Path = Sequence[tuple[float, Stage]]
"""Stages one after another, each with its seconds."""


def fates(path: Path, beyond: int, ahead: int) -> np.ndarray:
    """Return the chances that a waiting caller is answered within the path's time, and that the caller still waits.

    Parameters
    ----------
    path
        Stages of time after the caller's arrival.
    beyond, ahead
        Most calls in hand beyond the heads, and most callers ahead, on arrival.

    Returns
    -------
    np.ndarray
        Shape (2, beyond + 1, ahead + 1): answered, still waiting.
    """
    value = np.zeros((2, beyond + 1, ahead + 1))
    (seconds, now), rest = path[0], path[1:]
    if now.lost:
        return value
    if rest:
        after = fates(rest, max(beyond + now.agents - rest[0][1].agents, 0), ahead)
        value = _before_change(after, beyond, now.agents, rest[0][1].agents)
    else:
        value[1] = 1.0
    return np.asarray(_backward(value, now.agents, now.handle_rate, now.leave_rate, seconds))


@kernel
def lasting(beyond: int, ahead: int, n: int, handle_rate: float, leave_rate: float) -> np.ndarray:
    """Return the chance to be answered at last and the mean of (seconds waited if answered, else 0), with no change.

    Shape (2, beyond + 1, ahead + 1). By first steps: every transition leads to a smaller k or j.
    """
    out = np.zeros((2, beyond + 1, ahead + 1))
    for k in range(beyond + 1):
        for j in range(ahead + 1):
            ends, ahead_leaves = (n + k) * handle_rate, j * leave_rate
            away = ends + ahead_leaves + leave_rate
            if away == 0.0:  # without transitions the chances stay
                continue
            if k == 0:
                served = (ends + ahead_leaves) * out[0, 0, j - 1] if j > 0 else ends
                wait = (ends + ahead_leaves) * out[1, 0, j - 1] if j > 0 else 0.0
            else:
                served = ends * out[0, k - 1, j] + (ahead_leaves * out[0, k, j - 1] if j > 0 else 0.0)
                wait = ends * out[1, k - 1, j] + (ahead_leaves * out[1, k, j - 1] if j > 0 else 0.0)
            out[0, k, j] = served / away
            out[1, k, j] = (wait + out[0, k, j]) / away
    return out


@kernel
def _before_change(after: np.ndarray, beyond: int, old: int, new: int) -> np.ndarray:
    """Return the chances just before the heads go from `old` to `new`, given those just after."""
    out = np.zeros((2, beyond + 1, after.shape[2]))
    for k in range(beyond + 1):
        free = new - old - k
        for j in range(after.shape[2]):
            if j < free:
                out[0, k, j] = 1.0
            elif free > 0:
                out[:, k, j] = after[:, 0, j - free]
            else:
                out[:, k, j] = after[:, -free, j]
    return out


@kernel
def _backward(value: np.ndarray, n: int, handle_rate: float, leave_rate: float, seconds: float) -> np.ndarray:
    """Return the chances `seconds` earlier, if nothing changes in between."""
    rows, width = value.shape[1:]
    pace = (n + rows - 1) * handle_rate + width * leave_rate
    parts = math.ceil(pace * seconds / _MOST)
    out = value
    for _ in range(parts):
        out = _mixed_back(out, n, handle_rate / pace, leave_rate / pace, pace * seconds / parts)
    return out


@kernel
def _mixed_back(value: np.ndarray, n: int, ends: float, leaves: float, mean: float) -> np.ndarray:
    _, rows, width = value.shape
    now, new, out = value.copy(), np.empty_like(value), np.zeros_like(value)
    weight, steps = math.exp(-mean), 0
    while True:
        out += weight * now
        steps += 1
        weight *= mean / steps
        if steps > mean and weight < _DUST:
            return out
        for m in range(2):
            for k in range(rows):
                end = (n + k) * ends
                for j in range(width):
                    ahead = now[m, k, j - 1] if j > 0 else 0.0
                    if k > 0:
                        moved = end * now[m, k - 1, j] + j * leaves * ahead
                    elif j > 0:
                        moved = (end + j * leaves) * ahead
                    else:
                        moved = end if m == 0 else 0.0
                    new[m, k, j] = moved + (1.0 - end - (j + 1) * leaves) * now[m, k, j]
        now, new = new, now

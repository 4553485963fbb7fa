"""The smallest number of agents that meets a goal, interval by interval."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import ArrayLike

from ..errors import InputError
from .abandonment import LATE, LATE_SHORT, P_ABANDON, STILL, STILL_SHORT, WAIT, measures
from .erlang import inverse_b, numbers
from .measures import TINY, impatience
from .targets import DEFINITIONS, ServiceGoal

_TIE = 1e-12
_ANSWERED, _TOTAL, _EXCL_SHORT = (DEFINITIONS.index(word) for word in ("answered", "total", "excl_short"))


def required_agents(
    model: str, load_erl: ArrayLike, aht_s: ArrayLike, patience_s: ArrayLike | None, goal: ServiceGoal
) -> int | np.ndarray:
    """Return the smallest whole number of agents that meets every target of `goal`.

    Targets are met when they are reached to within 1e-12, so that decimal ties (an occupancy of exactly 0.85) count
    as met. Without calls the answer is ``goal.min_agents``, with calls at least 1. The goal's basis and floor play no
    part here.

    Parameters
    ----------
    model
        ``erlang_c`` or ``erlang_a``.
    load_erl
        Offered load in erlangs.
    aht_s, patience_s
        Mean handling time and patience in seconds (`patience_s` is ignored by ``erlang_c``).
    goal
        The targets: service level, and any cap on abandonment, occupancy and mean wait.

    Raises
    ------
    InputError
        On a number out of range, or a cap that no number of agents can meet.

    Examples
    --------
    >>> required_agents("erlang_c", [0.0, 10.0, 64.0], 180, None, ServiceGoal(0.8, 20))
    array([ 0, 14, 70])
    >>> required_agents("erlang_a", 100.0, 300, 120, ServiceGoal(0.5, 20))
    86
    """
    if goal.max_occupancy is not None and goal.max_occupancy <= 0.0:
        raise InputError("no number of agents meets it", column="max_occupancy", value=goal.max_occupancy,
                         mend="Set a cap above 0")  # fmt: skip
    h = numbers(aht_s, "aht_s", above=TINY)
    a, h, theta = np.broadcast_arrays(numbers(load_erl, "load_erl"), h, impatience(model, h, patience_s))
    caps = [math.inf if cap is None else cap for cap in (goal.max_abandon, goal.max_occupancy, goal.max_asa_s)]
    found = _required(a.ravel(), h.ravel(), theta.ravel(), goal.within_s, goal.short_s, goal.level,
                      DEFINITIONS.index(goal.definition), *caps)  # fmt: skip
    agents = np.maximum(found.reshape(a.shape), goal.min_agents)
    return int(agents) if agents.ndim == 0 else agents


@njit(cache=True)
def _required(
    a: np.ndarray, h: np.ndarray, theta: np.ndarray, within_s: float, short_s: float, level: float, definition: int,
    max_abandon: float, max_occupancy: float, max_asa_s: float,
) -> np.ndarray:  # fmt: skip
    out = np.zeros(a.size, dtype=np.int64)
    safety = 0.5
    for i in range(a.size):
        if a[i] == 0.0:
            continue
        short = short_s / h[i] if definition == _EXCL_SHORT else math.inf
        goal = (within_s / h[i], short, level, definition, max_abandon, max_occupancy, max_asa_s / h[i])
        # a bracket low < required <= high, grown from where the safety of the interval before would lie
        root = math.sqrt(a[i])
        width = 1.0
        high = max(math.ceil(a[i] + safety * root), 1.0)
        low = high
        if _meets(high, a[i], theta[i], goal):
            low = high - 1.0
            while low > 0.0 and _meets(low, a[i], theta[i], goal):
                high, low, width = low, max(low - width, 0.0), 2.0 * width
        else:
            high = low + width
            while not _meets(high, a[i], theta[i], goal):
                low, width = high, 2.0 * width
                high = low + width
        while high - low > 1.0:
            middle = math.floor(0.5 * (low + high))
            if _meets(middle, a[i], theta[i], goal):
                high = middle
            else:
                low = middle
        out[i] = int(high)
        safety = (high - 0.5 - a[i]) / root
    return out


@njit(cache=True)
def _meets(n: float, a: float, theta: float, goal: tuple[float, float, float, int, float, float, float]) -> bool:
    t_in, t_short, level, definition, max_abandon, max_occupancy, max_asa = goal
    m = measures(n, inverse_b(n, a), a, theta, t_in, t_short)
    answered = 1.0 - m[P_ABANDON]
    in_time = answered - m[LATE]
    offered = 1.0
    if definition == _ANSWERED:
        offered = answered
    elif definition == _TOTAL:
        in_time += m[P_ABANDON] - m[STILL] + m[LATE]
    elif definition == _EXCL_SHORT:
        offered -= m[P_ABANDON] - m[STILL_SHORT] + m[LATE_SHORT]
    return (
        in_time >= (level - _TIE) * offered
        and m[P_ABANDON] <= max_abandon + _TIE
        and a * answered <= (max_occupancy + _TIE) * n
        and m[WAIT] <= (max_asa + _TIE) * answered
    )

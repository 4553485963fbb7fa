"""What a given number of agents gives: every measure of a stationary queue."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..errors import InputError
from . import abandonment as kernel
from .erlang import like_input, numbers
from .targets import DEFINITIONS

MODELS = ("erlang_c", "erlang_a")

TINY = float(np.finfo(float).tiny)

Values = float | np.ndarray


@dataclass(frozen=True)
class Performance:
    """Measures of a stationary queue: plain floats for scalar input, else arrays of its broadcast shape.

    Attributes
    ----------
    agents, load_erl
        The input.
    p_wait
        Share of the offered calls that are not answered at once.
    p_abandon
        Share of the offered calls whose caller hangs up.
    answered_in, abandoned_in
        Shares of the offered calls answered, and abandoned, within the threshold.
    abandoned_short
        Share of the offered calls abandoned within the short-abandon threshold.
    asa_s, asa_all_s
        Mean wait in seconds of the answered and of all calls; infinite where the queue grows without bound,
        `asa_s` nan where no call is answered.
    occupancy
        Share of the agents' time that is spent on calls; with no agents 1, unless there are no calls.
    queue_length
        Mean number of callers waiting.
    """

    agents: Values
    load_erl: Values
    p_wait: Values
    p_abandon: Values
    answered_in: Values
    abandoned_in: Values
    abandoned_short: Values
    asa_s: Values
    asa_all_s: Values
    occupancy: Values
    queue_length: Values

    def service_level(self, definition: str = "offered") -> Values:
        """Return the service level by one of `DEFINITIONS`; 0 where calls come but none counts.

        Raises
        ------
        InputError
            If there is no such definition.
        """
        parts = (self.answered_in, self.p_abandon, self.abandoned_in, self.abandoned_short)
        above, below = counted(definition, np.ones(np.shape(self.agents)), *(np.asarray(part) for part in parts))
        return like_input(np.divide(above, below, out=np.zeros(above.shape), where=below > 0.0))


def counted(
    definition: str,
    offered: np.ndarray,
    answered_in: np.ndarray,
    abandoned: np.ndarray,
    abandoned_in: np.ndarray,
    abandoned_short: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Return what a definition of service level counts as in time, and what it counts at all, in one shape.

    Raises
    ------
    InputError
        If there is no such definition.
    """
    offered = np.broadcast_to(offered, answered_in.shape)
    if definition == "offered":
        return answered_in, offered
    if definition == "answered":
        return answered_in, offered - abandoned
    if definition == "total":
        return answered_in + abandoned_in, offered
    if definition == "excl_short":
        return answered_in, offered - abandoned_short
    raise InputError("unknown definition of service level", column="definition", value=definition,
                     mend=f"One of {', '.join(DEFINITIONS)}")  # fmt: skip


def performance(
    model: str,
    agents: ArrayLike,
    *,
    calls_per_s: ArrayLike | None = None,
    load_erl: ArrayLike | None = None,
    aht_s: ArrayLike,
    patience_s: ArrayLike | None = None,
    within_s: ArrayLike = 20.0,
    short_s: ArrayLike = 5.0,
) -> Performance:
    """Return all measures of a queue with Poisson calls and exponential handle times and patience.

    Parameters
    ----------
    model
        ``erlang_c``: nobody hangs up; ``erlang_a``: callers hang up after a mean patience.
    agents
        Agents on the phone, whole or fractional.
    calls_per_s, load_erl
        Calls per second or offered load in erlangs: exactly one of the two.
    aht_s
        Mean handling time in seconds, above 0.
    patience_s
        Mean patience in seconds; infinite = they wait for ever, 0 = they never wait. Needed by ``erlang_a``.
    within_s, short_s
        Answer-time and short-abandon thresholds in seconds; a wait of exactly the threshold is within.

    Raises
    ------
    InputError
        On an unknown model, a missing patience, or a number out of range.

    Examples
    --------
    >>> a = performance("erlang_a", 13, load_erl=10.0, aht_s=180, patience_s=300)
    >>> print(f"{a.service_level():.1%} in 20 s, {a.p_abandon:.2%} abandoned")
    85.8% in 20 s, 2.50% abandoned
    >>> performance("erlang_c", [9, 14], calls_per_s=100 / 1800, aht_s=180).service_level().round(4)
    array([0.    , 0.8884])
    """
    h = numbers(aht_s, "aht_s", above=TINY)
    if (calls_per_s is None) == (load_erl is None):
        raise InputError("Expected exactly one of calls_per_s and load_erl")
    a = numbers(load_erl, "load_erl") if load_erl is not None else numbers(calls_per_s, "calls_per_s") * h  # type: ignore[arg-type]
    theta = impatience(model, h, patience_s)
    n, a, h, theta, t_in, t_short = np.broadcast_arrays(
        numbers(agents, "agents"), a, h, theta, numbers(within_s, "within_s") / h, numbers(short_s, "short_s") / h
    )
    m = kernel.evaluate(*(x.ravel() for x in (n, a, theta, t_in, t_short))).reshape(kernel.MEASURES, *n.shape)
    waits, abandon = np.minimum(m[kernel.P_WAIT], 1.0), np.minimum(m[kernel.P_ABANDON], 1.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        asa = m[kernel.WAIT] / (1.0 - abandon)
        asa_all = np.where(theta > 0.0, abandon / theta, m[kernel.WAIT])
        busy = np.where(n > 0.0, np.minimum(a * (1.0 - abandon) / n, 1.0), a > 0.0)
        queue = np.where(a > 0.0, a * asa_all, 0.0)
    found = (
        n, a, waits, abandon, np.maximum(1.0 - abandon - m[kernel.LATE], 0.0),
        np.maximum(abandon - m[kernel.STILL] + m[kernel.LATE], 0.0),
        np.maximum(abandon - m[kernel.STILL_SHORT] + m[kernel.LATE_SHORT], 0.0), asa * h, asa_all * h, busy, queue,
    )  # fmt: skip
    return Performance(*(like_input(np.asarray(x, dtype=float)) for x in found))


def impatience(model: str, aht_s: np.ndarray, patience_s: ArrayLike | None) -> np.ndarray:
    """Return θ = handling time / mean patience, 0 where callers wait for ever.

    Raises
    ------
    InputError
        On an unknown model, or ``erlang_a`` without a patience.
    """
    if model not in MODELS:
        raise InputError("unknown queueing model", column="model", value=model, mend=f"One of {', '.join(MODELS)}")
    if model == "erlang_c":
        return np.zeros(np.broadcast_shapes(aht_s.shape, np.shape(patience_s) if patience_s is not None else ()))
    if patience_s is None:
        raise InputError("erlang_a needs the callers' mean patience", column="patience_s",
                         mend="Give patience_s in seconds, or use erlang_c")  # fmt: skip
    patience = numbers(patience_s, "patience_s", infinite=True)
    with np.errstate(divide="ignore"):
        theta: np.ndarray = aht_s / patience
    return theta

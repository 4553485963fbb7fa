"""What a given number of agents gives: every measure of a stationary queue."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ...errors import InputError
from . import abandonment as kernel
from .erlang import like_input, numbers
from .finite import evaluate
from .patience import Patience, evaluate_law
from .redials import total_load
from .service_level import counted

MODELS = ("erlang_b", "erlang_c", "erlang_a")
MOST_PLACES = 100_000
"""Most places to wait: a finite queue is computed place by place; where there are more, there is room for everyone."""

TINY = float(np.finfo(float).tiny)
"""Least handle time in seconds: the smallest number above 0 of full precision."""

Values = float | np.ndarray


@dataclass(frozen=True)
class Performance:
    """Measures of a stationary queue: plain floats for scalar input, else arrays of its broadcast shape.

    Attributes
    ----------
    agents, load_erl
        The input; the load of first attempts.
    total_load_erl
        Load with the calls of those who call again; the shares below are then per attempt.
    p_block
        Share of the offered calls that are turned away because every place is taken.
    p_wait
        Share of the offered calls that are accepted but not answered at once.
    p_abandon
        Share of the offered calls whose caller hangs up.
    answered_in, abandoned_in
        Shares of the offered calls answered, and abandoned, within the threshold.
    abandoned_short
        Share of the offered calls abandoned within the short-abandon threshold.
    asa_s, asa_all_s
        Mean wait in seconds of the answered and of all offered calls (the blocked wait 0 s); infinite where the
        queue grows without bound, `asa_s` nan where no call is answered.
    occupancy
        Share of the agents' time that is spent on calls; with no agents 1, unless there are no calls.
    queue_length
        Mean number of callers waiting.
    """

    agents: Values
    load_erl: Values
    total_load_erl: Values
    p_block: Values
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
        """Return the service level by one of `service_level.DEFINITIONS`; 0 where calls come but none counts.

        Raises
        ------
        InputError
            If there is no such definition.
        """
        parts = (self.answered_in, self.p_abandon + self.p_block, self.abandoned_in, self.abandoned_short)
        above, below = counted(definition, np.ones(np.shape(self.agents)), *(np.asarray(part) for part in parts))
        return like_input(np.divide(above, below, out=np.zeros(above.shape), where=below > 0.0))


def performance(
    model: str,
    agents: ArrayLike,
    *,
    calls_per_s: ArrayLike | None = None,
    load_erl: ArrayLike | None = None,
    aht_s: ArrayLike,
    patience_s: ArrayLike | Patience | None = None,
    within_s: ArrayLike = 20.0,
    short_s: ArrayLike = 5.0,
    queue_places: ArrayLike | None = None,
    redial: ArrayLike = 0.0,
) -> Performance:
    """Return all measures of a queue with Poisson calls and exponential handle times.

    The ten parameters are independent facts about a queue, given by name.

    Parameters
    ----------
    model
        ``erlang_b``: nobody waits; ``erlang_c``: nobody hangs up; ``erlang_a``: callers hang up when their patience
        ends.
    agents
        Agents on the phone, whole or fractional.
    calls_per_s, load_erl
        Calls per second or offered load in erlangs: exactly one of the two.
    aht_s
        Mean handling time in seconds, above 0.
    patience_s
        Needed by ``erlang_a``. A number is the mean of exponential patience in seconds: infinite = they wait for
        ever, 0 = they never wait. Or a law of patience, any object whose ``survival(t_s)`` tells the share of callers
        who are still patient after so many seconds (M/M/n+G).
    within_s, short_s
        Answer-time and short-abandon thresholds in seconds; a wait of exactly the threshold is within.
    queue_places
        Places to wait, a whole number; a caller who finds them taken is turned away. None = room for everyone.
    redial
        Share of the callers hanging up who call again, so much later that the calls still come as a Poisson stream;
        at least 0 and below 1.

    Raises
    ------
    InputError
        On an unknown model, a missing patience, a law of patience with a limit of places, or a number out of range.

    Examples
    --------
    >>> a = performance("erlang_a", 13, load_erl=10.0, aht_s=180, patience_s=300)
    >>> print(f"{a.service_level():.1%} in 20 s, {a.p_abandon:.2%} abandoned")
    85.8% in 20 s, 2.50% abandoned
    >>> performance("erlang_c", [9, 14], calls_per_s=100 / 1800, aht_s=180).service_level().round(4)
    array([0.    , 0.8884])
    >>> small = performance("erlang_c", 13, load_erl=10.0, aht_s=180, queue_places=5)
    >>> print(f"{small.p_block:.1%} blocked, {small.service_level():.1%} in 20 s")
    1.9% blocked, 84.5% in 20 s
    """
    h = numbers(aht_s, "aht_s", above=TINY)
    if (calls_per_s is None) == (load_erl is None):
        raise InputError("Expected exactly one of calls_per_s and load_erl")
    first = numbers(load_erl, "load_erl") if load_erl is not None else numbers(calls_per_s, "calls_per_s") * h  # type: ignore[arg-type]
    again = shares(redial)
    law = patience_s if isinstance(patience_s, Patience) else None
    theta = impatience(model, h, None if law else patience_s, law=law is not None)  # type: ignore[arg-type]
    places = waiting_places(model, queue_places)
    if law and np.isfinite(places).any():
        raise InputError("a law of patience goes only with an endless queue", column="queue_places",
                         mend="Give the mean patience in seconds, or leave queue_places out")  # fmt: skip
    n, first, again, h, theta, t_in, t_short, places = np.broadcast_arrays(
        numbers(agents, "agents"), first, again, h, theta, numbers(within_s, "within_s"), numbers(short_s, "short_s"),
        places,
    )  # fmt: skip
    flat = [np.ravel(x) for x in (n, h, theta, t_in, t_short, places)]

    def measured(load: np.ndarray) -> np.ndarray:
        n, h, theta, t_in, t_short, places = flat
        if law and model == "erlang_a":
            return evaluate_law(n, load, h, law, t_in, t_short)
        return evaluate.suited(load.size)(n, load, theta, t_in / h, t_short / h, places)

    a = total_load(first.ravel(), again.ravel(), lambda load: measured(load)[kernel.P_ABANDON])
    m = measured(a)
    return _performance(n, first, a.reshape(n.shape), h, m.reshape(kernel.MEASURES, *n.shape))


def _performance(n: np.ndarray, first: np.ndarray, a: np.ndarray, h: np.ndarray, m: np.ndarray) -> Performance:
    waits, abandon, block = (np.minimum(m[k], 1.0) for k in (kernel.P_WAIT, kernel.P_ABANDON, kernel.P_BLOCK))
    answered = np.maximum(1.0 - abandon - block, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        asa = m[kernel.WAIT] / answered
        busy = np.where(n > 0.0, np.minimum(a * answered / n, 1.0), a > 0.0)
        queue = np.where(a > 0.0, a * m[kernel.WAIT_ALL], 0.0)
    found = (
        n, first, a, block, waits, abandon, np.maximum(answered - m[kernel.LATE], 0.0),
        np.maximum(abandon - m[kernel.STILL] + m[kernel.LATE], 0.0),
        np.maximum(abandon - m[kernel.STILL_SHORT] + m[kernel.LATE_SHORT], 0.0),
        asa * h, m[kernel.WAIT_ALL] * h, busy, queue,
    )  # fmt: skip
    return Performance(*(like_input(np.asarray(x, dtype=float)) for x in found))


def impatience(model: str, aht_s: np.ndarray, patience_s: ArrayLike | None, *, law: bool = False) -> np.ndarray:
    """Return θ = handling time / mean patience, 0 where callers wait for ever or a law tells their patience.

    Raises
    ------
    InputError
        On an unknown model, or ``erlang_a`` without a patience.
    """
    if model not in MODELS:
        raise InputError("unknown queueing model", column="model", value=model, mend=f"One of {', '.join(MODELS)}")
    if model != "erlang_a" or law:
        return np.zeros(np.broadcast_shapes(aht_s.shape, np.shape(patience_s) if patience_s is not None else ()))
    if patience_s is None:
        raise InputError("erlang_a needs the callers' mean patience", column="patience_s",
                         mend="Give patience_s in seconds, or use erlang_c")  # fmt: skip
    patience = numbers(patience_s, "patience_s", infinite=True)
    with np.errstate(divide="ignore", over="ignore"):  # a patience of next to nothing is none
        theta: np.ndarray = aht_s / patience
    return theta


def waiting_places(model: str, queue_places: ArrayLike | None) -> np.ndarray:
    """Return the places to wait as floats: 0 for ``erlang_b``, infinite where there is room for everyone.

    Raises
    ------
    InputError
        If they are not whole numbers from 0 to `MOST_PLACES`.
    """
    if model == "erlang_b":
        return np.zeros(())
    if queue_places is None:
        return np.full((), np.inf)
    places = numbers(queue_places, "queue_places", infinite=True)
    bad = np.isfinite(places) & ((places % 1.0 != 0.0) | (places > MOST_PLACES))
    if bad.any():
        raise InputError(f"Expected whole numbers up to {MOST_PLACES:,}", column="queue_places",
                         value=float(places[bad].flat[0]),
                         mend="Leave it out where there is room for everyone")  # fmt: skip
    return places


def shares(redial: ArrayLike) -> np.ndarray:
    """Return the share that calls again as an array.

    Raises
    ------
    InputError
        If one is not at least 0 and below 1.
    """
    again = numbers(redial, "redial")
    if (again >= 1.0).any():
        raise InputError("Expected a share of at least 0 and below 1", column="redial", value=float(again.max()),
                         mend="A share: 40 % is 0.4")  # fmt: skip
    return again

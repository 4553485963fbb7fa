"""The service curve of a forecast: Erlang measures averaged over the distribution of the call rate."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from ...errors import InputError
from ...progress import Watch
from ..compiling import Kernel
from ..formulas import abandonment as kernel
from ..formulas.abandonment import limit, overwhelmed
from ..formulas.erlang import numbers
from ..formulas.finite import evaluate, measures
from ..formulas.performance import TINY, impatience
from ..formulas.uncertain_rate import gamma_nodes, rate_cv, rate_quantile
from .curve import Curve

_TOP = 1_000_000
"""Most agents of a curve: more are a mistake in the calls or handle times."""

_CELLS = 5_000_000
"""Most cells of a curve, intervals × numbers of agents: 15,000 agents in all half-hours of a week, half a gigabyte."""

_BETWEEN_LOOKS = 200_000
"""Queues computed between two looks at a stop, at least 1: they take 0.2 s compiled."""

_HEAVY = 100.0
"""Load in erlang, above 0, from which on a queue counts as several when it is decided whether compiling pays."""

_MANY = 5_000_000
"""Queues of a curve, intervals × loads × numbers of agents, above 0, from which on the overwhelmed ones are told by
their limit, which differs in the last digits: five million take ten seconds, forty-five a minute and a half."""

_NO_WAIT = 1e20
"""1/B, a number above 1, from which on all callers count as answered at once: their waits are lost in rounding."""


def service_curve(
    volume: pd.DataFrame,
    *,
    interval_min: int,
    model: str,
    within_s: float = 20.0,
    short_s: float = 5.0,
    nodes: int = 9,
    reach: float = 0.9999,
    attained: float | None = None,
    watch: Watch | None = None,
) -> Curve:
    """Return what 0…N agents would give in each interval of one queue, averaged over the forecast distribution.

    The call rate of an interval is taken as gamma distributed: its variance is that of the count by the quantile
    columns, less the Poisson variance of the count. The average is a Gauss rule over that gamma law (Whitt 2006 on
    staffing under an uncertain rate). Calls are averaged in calls, occupancy in time.

    Parameters
    ----------
    volume
        Rows of ``volume.csv`` of one queue, open intervals only; without quantile columns the rate is certain.
    interval_min
        Length of an interval.
    model
        ``erlang_a`` (a blank patience = they wait for ever) or ``erlang_c``.
    within_s, short_s
        Answer-time and short-abandon thresholds in seconds.
    nodes
        Points of the Gauss rule.
    reach
        N is the least number of agents with which, in every interval, this share of the calls is answered in time.
    attained
        None: the mean over the forecast distribution. A probability like 0.9: the curve of a day so busy that only
        the share 1 − `attained` of the days is busier (all intervals of a day are busy together), so that a goal
        held on this curve is held, in the mean of its calls, on days up to that one; the chance of single calls comes
        on top (`p_goal` of the simulation). `Curve.calls` are then that day's.
    watch
        Tells of a stop.

    Raises
    ------
    InputError
        On missing or negative calls or handle times, more than one queue, a model without a queue, a probability
        that is not between 0 and 1, or so many agents that no memory holds the curve.
    Stopped
        If the user stopped the run.
    """
    if model == "erlang_b":
        raise InputError("a service curve needs a queue", column="model", value=model, mend="erlang_c or erlang_a")
    if attained is not None and not 0.0 < attained < 1.0:
        raise InputError("Expected a probability between 0 and 1", column="attained", value=attained)
    queues = volume["queue"].unique()
    if len(queues) != 1:
        raise InputError("Expected the volume of one queue", column="queue", value=", ".join(map(str, queues)))
    rows = volume.sort_values("start")
    calls = numbers(rows["calls"].to_numpy(dtype=float), "calls")
    h = numbers(rows["handle_s"].to_numpy(dtype=float), "handle_s", above=TINY)
    patience = pd.Series(rows["patience_s"]).fillna(np.inf).to_numpy(dtype=float) if model == "erlang_a" else None
    theta = np.broadcast_to(impatience(model, h, patience), h.shape).copy()
    cv = rate_cv(rows)
    if attained is None:
        factors, weights = gamma_nodes(cv, nodes if cv.any() else 1)
    else:
        calls = calls * rate_quantile(cv, attained)
        factors = weights = np.ones((len(calls), 1))
    loads = (calls * h / (60.0 * interval_min))[:, None] * factors
    inputs = (loads, weights, theta, within_s / h, short_s / h)
    watch, name = watch or Watch(), str(queues[0])
    refuse_too_large(name, len(loads), reach * float(loads.max(initial=0.0)))
    top = _saturation(*inputs, reach, watch)
    refuse_too_large(name, len(loads), top)
    m = _mixture_in_parts(*inputs, top, watch)
    offered = calls[:, None]
    abandon = m[kernel.P_ABANDON]
    answered = 1.0 - abandon
    with np.errstate(invalid="ignore", divide="ignore"):
        wait = m[kernel.WAIT] * h[:, None]
        asa = np.where(offered > 0.0, wait / np.where(answered > 1e-12, answered, np.nan), 0.0)
    return Curve(
        name,
        pd.DatetimeIndex(rows["start"]),
        calls,
        answered_in=offered * np.clip(answered - m[kernel.LATE], 0.0, 1.0),
        abandoned=offered * abandon,
        abandoned_in=offered * np.clip(abandon - m[kernel.STILL] + m[kernel.LATE], 0.0, 1.0),
        abandoned_short=offered * np.clip(abandon - m[kernel.STILL_SHORT] + m[kernel.LATE_SHORT], 0.0, 1.0),
        occupancy=m[kernel.MEASURES],
        asa_s=asa,
        waited=offered * np.clip(m[kernel.P_WAIT], 0.0, 1.0),
        asa_all_s=np.where(offered > 0.0, m[kernel.WAIT_ALL] * h[:, None], 0.0),
    )


def refuse_too_large(queue: str, intervals: int, agents: float) -> None:
    """Refuse a curve of so many agents that no memory holds it.

    Raises
    ------
    InputError
        Naming the queue and how many agents.
    """
    if intervals * agents > _CELLS:
        raise InputError(f"queue {queue}: {agents:,.0f} agents in {intervals:,} intervals are more than a curve holds",
                         column="calls", mend="Check calls and handle times, and min_agents of the goal")  # fmt: skip


def _mixture_in_parts(
    a: np.ndarray, weight: np.ndarray, theta: np.ndarray, t_in: np.ndarray, t_short: np.ndarray, top: int, watch: Watch
) -> np.ndarray:
    """Return `mixture`, some intervals at a time, so that a stop is heard in between."""
    run, many = mixture.suited(a.size * top), a.size * top > _MANY
    rows = max(1, _BETWEEN_LOOKS // (a.shape[1] * (top + 1)))
    out = np.empty((kernel.MEASURES + 1, len(a), top + 1))
    for i in range(0, len(a), rows):
        watch.raise_if_stopped()
        part = slice(i, i + rows)
        out[:, part] = run(a[part], weight[part], theta[part], t_in[part], t_short[part], top, many)
    return out


@Kernel
def mixture(
    a: np.ndarray, weight: np.ndarray, theta: np.ndarray, t_in: np.ndarray, t_short: np.ndarray, top: int, many: bool
) -> np.ndarray:
    """Return the measures for 0…`top` agents averaged over load nodes, shape (MEASURES + 1, T, top + 1).

    `a` and `weight` have shape (T, Q). The measures are averaged in calls (node weight × load), divided by the
    interval's mean load; the last row is the occupancy, averaged in time. With `many` queues those that are
    overwhelmed are told by their limit.
    """
    out = np.zeros((kernel.MEASURES + 1, a.shape[0], top + 1))
    for i in range(a.shape[0]):
        mean = 0.0
        for q in range(a.shape[1]):
            mean += float(a[i, q] * weight[i, q])
        law = (float(theta[i]), float(t_in[i]), float(t_short[i]))
        if mean <= 0.0:
            continue
        for q in range(a.shape[1]):
            load = float(a[i, q])
            if load <= 0.0:
                continue
            share = weight[i, q] * load / mean
            inverse = 1.0
            # the load still patient at the later threshold; 0 = no queue is told by its limit
            rest = load * math.exp(-law[0] * max(law[1], law[2])) if many and law[0] > 0.0 else 0.0
            for n in range(top + 1):
                if n > 0:
                    inverse = 1.0 + n / load * inverse
                busy = load
                if n <= load or inverse < _NO_WAIT:
                    if 0 < n < rest and overwhelmed(float(n), rest, law[0]):
                        m = limit(float(n), load, law[0], law[1], law[2])
                    else:
                        m = measures(float(n), inverse, load, law[0], law[1], law[2], np.inf)
                    for k in range(kernel.MEASURES):
                        out[k, i, n] += share * m[k]
                    busy *= 1.0 - m[kernel.P_ABANDON]
                out[kernel.MEASURES, i, n] += weight[i, q] * (busy / n if busy < n else 1.0)
    return out


def _saturation(
    loads: np.ndarray,
    weights: np.ndarray,
    theta: np.ndarray,
    t_in: np.ndarray,
    t_short: np.ndarray,
    reach: float,
    watch: Watch,
) -> int:
    """Return the least agents with which every interval answers the share `reach` in time."""
    flat = [np.repeat(x, loads.shape[1]) for x in (theta, t_in, t_short)]
    share = weights * loads
    total = share.sum(axis=1)
    endless = np.full(loads.size, np.inf)
    heaviest = float(loads.max(initial=0.0))
    run = evaluate.suited(int(loads.size * max(1.0, heaviest / _HEAVY)))

    def short_of(n: int) -> bool:
        watch.raise_if_stopped()
        agents = np.full(loads.size, float(n))
        m = run(agents, loads.ravel(), flat[0], flat[1], flat[2], endless)
        answered = ((1.0 - m[kernel.P_ABANDON] - m[kernel.LATE]).reshape(loads.shape) * share).sum(axis=1)
        return bool((answered < reach * total).any())

    low, high = 0, max(1, int(np.ceil(heaviest)))
    while short_of(high):
        low, high = high, 2 * high
        if high > _TOP:
            raise InputError("more than a million agents", column="calls", value=heaviest)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if short_of(middle) else (low, middle)
    return high

"""The moving queue: the service by a staffing when calls and agents change over the day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ...errors import InputError
from ..formulas.erlang import numbers
from ..formulas.service_level import counted
from . import passage as sums_of
from .day_course import DayCourse, bins_of, finer
from .passage import MEASURES, passage
from .transient_law import TransientLaw

_NONE = 1e-9
"""Share of the calls below which calls count as none: rounding of the law's sums."""


@dataclass(frozen=True)
class Transient:
    """Expected service of I intervals; calls count where they arrive.

    Attributes
    ----------
    agents
        Mean agents there, shape (I,).
    calls, answered_in, abandoned, abandoned_in, abandoned_short
        Expected calls offered, answered in time, abandoned, and abandoned within either threshold, shape (I,).
    asa_s
        Mean wait in seconds of the answered calls, shape (I,); nan where no call is answered.
    occupancy
        Share of the agents' time spent on calls, shape (I,); nan where nobody is there.
    queue_length
        Mean number of callers waiting, shape (I,).
    law
        The law at the end of the last interval, from which another `transient` may go on.
    """

    agents: np.ndarray
    calls: np.ndarray
    answered_in: np.ndarray
    abandoned: np.ndarray
    abandoned_in: np.ndarray
    abandoned_short: np.ndarray
    asa_s: np.ndarray
    occupancy: np.ndarray
    queue_length: np.ndarray
    law: TransientLaw

    def service_level(self, definition: str = "offered") -> np.ndarray:
        """Return the service level of each interval, shape (I,): 1 without calls, 0 where calls come but none counts.

        Raises
        ------
        InputError
            If there is no such definition.
        """
        parts = (self.answered_in, self.abandoned, self.abandoned_in, self.abandoned_short)
        above, below = counted(definition, self.calls, *parts)
        blank = np.where(self.calls > 0.0, 0.0, 1.0)
        return np.asarray(np.divide(above, below, out=blank, where=below > _NONE * self.calls))

    @classmethod
    def of(cls, sums: np.ndarray, weights: np.ndarray, seconds: float, law: TransientLaw) -> Transient:
        """Read the sums of `passage`, shape (I, MEASURES, Q), of intervals of some `seconds`."""
        mean = np.maximum(sums @ weights, 0.0).T
        # Abandoned calls at a border are a difference: with hardly any calls its rounding must not hide those in time.
        mean[sums_of.ABANDONED] = np.maximum(mean[sums_of.ABANDONED], mean[sums_of.ABANDONED_IN])
        answered = mean[sums_of.OFFERED] - mean[sums_of.ABANDONED]
        nothing = np.full(len(sums), np.nan)
        wait, busy, staffed = mean[sums_of.WAIT_ANSWERED], mean[sums_of.BUSY], mean[sums_of.STAFFED]
        return cls(
            staffed / seconds,
            mean[sums_of.OFFERED],
            mean[sums_of.ANSWERED_IN],
            mean[sums_of.ABANDONED],
            mean[sums_of.ABANDONED_IN],
            mean[sums_of.ABANDONED_SHORT],
            np.divide(
                wait, answered, out=nothing.copy(), where=answered > _NONE * np.maximum(mean[sums_of.OFFERED], 1.0)
            ),
            np.divide(busy, staffed, out=nothing.copy(), where=staffed > 0.0),
            mean[sums_of.WAITING] / seconds,
            law,
        )


def transient(
    calls_per_s: ArrayLike,
    agents: ArrayLike,
    *,
    interval_s: float = 1800.0,
    aht_s: ArrayLike,
    patience_s: ArrayLike | None = None,
    within_s: float = 20.0,
    short_s: float = 5.0,
    cv: ArrayLike = 0.0,
    is_open: ArrayLike | None = None,
    closes: bool = True,
    waiting: int = 0,
    law: TransientLaw | None = None,
    nodes: int = 5,
) -> Transient:
    """Return the service by a staffing, interval by interval: the exact law of M(t)/M/n(t)+M.

    Calls are Poisson, handle times and patience exponential. Agents who leave finish the call in hand: while more calls
    are in hand than heads are there, no call starts. Waiting callers are carried from interval to interval.

    Parameters
    ----------
    calls_per_s
        Call rate, one number per interval, shape (I,), or per interval and bin, shape (I, m): m equal bins each.
    agents
        Whole agents on the phone, shape (I,) or (I, m') likewise: steps on any minute are bins of a minute. The larger
        of m and m' must hold the other a whole number of times.
    interval_s
        Seconds of an interval.
    aht_s, patience_s
        Mean handle time and patience in seconds, one number or shape (I,); patience None or infinite = they wait for
        ever. In each interval its own values hold for every caller and agent there.
    within_s, short_s
        Answer-time and short-abandon thresholds in seconds.
    cv
        Coefficient of variation of the call rate, gamma distributed, one number or shape (I,). All intervals share one
        busyness: measures are averages over days, calls in calls, time in time.
    is_open
        Shape (I,), all by default. While closed nobody arrives. Waiting callers are served while any agent is there;
        after that they count as abandoned.
    closes
        Whether the desk closes after the last interval and everybody leaves; else the last staff stays.
    waiting
        Callers already waiting at the start, before anybody is there.
    law
        The law at which an earlier `transient` ended (with the same `cv`), instead of an empty desk.
    nodes
        Points of the Gauss rule over the busyness.

    Raises
    ------
    InputError
        On a number out of range, shapes that do not fit, calls while closed, or both `waiting` and `law`.

    Notes
    -----
    The mean wait of the answered is computed as if the staff that a caller meets stayed until the answer; all other
    measures follow every change of staff (`passage`). The many parameters are independent facts about a day, given by
    name; inside they travel as `DayCourse`.

    Examples
    --------
    A desk that opens empty, then is overrun for half an hour:

    >>> found = transient([1 / 36, 2 / 36, 1 / 36], [8, 8, 8], aht_s=180, patience_s=300)
    >>> found.service_level().round(3)
    array([0.927, 0.312, 0.823])
    """
    heads = bins_of(numbers(agents, "agents"), "agents")
    rates = bins_of(numbers(calls_per_s, "calls_per_s"), "calls_per_s")
    if len(heads) != len(rates):
        raise InputError(f"Expected {len(rates)} intervals of agents, as of calls", column="agents", value=len(heads))
    if (heads % 1.0 != 0.0).any():
        raise InputError("not a whole number of agents", column="agents", value=float(heads[heads % 1.0 != 0.0][0]))
    bins = max(heads.shape[1], rates.shape[1])
    course = DayCourse.read(
        rates, interval_s=interval_s, aht_s=aht_s, patience_s=patience_s, within_s=within_s, short_s=short_s, cv=cv,
        nodes=nodes, is_open=is_open, closes=closes, bins=bins,
    )  # fmt: skip
    return follow(course, finer(heads, bins, "agents").astype(np.int64), start(course, waiting, law))


def start(course: DayCourse, waiting: int, law: TransientLaw | None) -> TransientLaw:
    """Return the law before the first interval.

    Raises
    ------
    InputError
        On both a law and waiting callers, a negative or broken number of them, or a law of other nodes.
    """
    nodes = len(course.weights)
    if law is None:
        if waiting < 0 or waiting % 1:
            raise InputError("Expected a whole number of callers", column="waiting", value=waiting)
        return TransientLaw.start(nodes, int(waiting))
    if waiting:
        raise InputError("the law already tells who waits", column="waiting", value=waiting, mend="Give one of the two")
    if len(law.p) != nodes:
        raise InputError(f"Expected a law of {nodes} call rates", column="law", value=len(law.p),
                         mend="Go on with the cv and nodes of the call before")  # fmt: skip
    return law


def follow(course: DayCourse, agents: np.ndarray, law: TransientLaw) -> Transient:
    """Lead `law` through all intervals under `agents`, shape (I, m)."""
    count = course.rates.shape[1]
    sums = np.empty((count, MEASURES, len(course.weights)))
    for i in range(count):
        law, sums[i] = passage(course, law, i, agents)
    return Transient.of(sums, course.weights, course.rates.shape[2] * course.bin_s, law)

"""The course of a day: how call rates, handle times, patience and opening change from interval to interval."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from ...errors import InputError
from ..formulas.erlang import numbers
from ..formulas.performance import TINY
from ..formulas.uncertain_rate import CERTAIN, gamma_nodes
from .caller_fate import Stage
from .offered_load import offered_loads


@dataclass(frozen=True)
class DayCourse:
    """I intervals of m equal bins each; Q call rates side by side, one per node of the day's busyness.

    Attributes
    ----------
    rates
        Calls per second, shape (Q, I, m).
    weights
        Chances of the nodes, shape (Q,).
    bin_s
        Seconds of a bin.
    handle_rate, leave_rate
        1 / mean handle time and 1 / mean patience (0 = they wait for ever) per second, shape (I,).
    is_open
        Shape (I,); callers who wait while the desk is closed and nobody is there are sent away.
    closes
        Whether the desk closes after the last interval and everybody leaves; else its last staff stays.
    within_s, short_s
        Answer-time and short-abandon thresholds in seconds.
    """

    rates: np.ndarray
    weights: np.ndarray
    bin_s: float
    handle_rate: np.ndarray
    leave_rate: np.ndarray
    is_open: np.ndarray
    closes: bool
    within_s: float
    short_s: float

    @classmethod
    def read(
        cls,
        calls_per_s: ArrayLike,
        *,
        interval_s: float,
        aht_s: ArrayLike,
        patience_s: ArrayLike | None,
        within_s: float,
        short_s: float,
        cv: ArrayLike = 0.0,
        nodes: int = 5,
        is_open: ArrayLike | None = None,
        closes: bool = True,
        bins: int | None = None,
    ) -> DayCourse:
        """Check the input of `transient` and `staff_day`; the many parameters are theirs.

        The rates are repeated to `bins` an interval.

        Raises
        ------
        InputError
            On a number out of range, shapes that do not fit, or calls while closed.
        """
        rates = bins_of(numbers(calls_per_s, "calls_per_s"), "calls_per_s")
        rates = finer(rates, bins or rates.shape[1], "calls_per_s")
        count = len(rates)
        aht = _per_interval(numbers(aht_s, "aht_s", above=TINY), count, "aht_s")
        patience = numbers(np.inf if patience_s is None else patience_s, "patience_s", infinite=True)
        if (patience <= TINY).any():
            raise InputError("where nobody waits there is no queue that moves", column="patience_s", value=0.0,
                             mend="Give their patience in seconds, or use erlang_b")  # fmt: skip
        leave = 1.0 / _per_interval(patience, count, "patience_s")
        spread = _per_interval(numbers(cv, "cv"), count, "cv")
        opened = _per_interval(np.asarray(True if is_open is None else is_open, dtype=bool), count, "is_open")
        if not numbers(interval_s, "interval_s") > 0.0:
            raise InputError("Expected an interval of some length", column="interval_s", value=interval_s)
        odd = ~opened & (rates > 0.0).any(axis=1)
        if odd.any():
            at = int(np.argmax(odd))
            most = float(rates[at].max())
            raise InputError(f"calls while closed, in interval {at}", column="calls_per_s", value=most)
        factors, weights = busyness(spread, rates.mean(axis=1), nodes)
        thresholds = float(numbers(within_s, "within_s")), float(numbers(short_s, "short_s"))
        return cls(
            factors.T[:, :, None] * rates, weights, interval_s / rates.shape[1], 1.0 / aht, leave, opened, closes,
            *thresholds,
        )  # fmt: skip

    @property
    def mean_rates(self) -> np.ndarray:
        """Mean calls per second, shape (I, m)."""
        return np.asarray(np.tensordot(self.weights, self.rates, axes=1))

    def loads(self) -> np.ndarray:
        r"""Return the modified offered load in erlang at the middle of each bin, shape (I, m).

        The busy agents if there were enough for everybody, from an empty desk: :math:`m'(t) = λ(t) - m(t)/h` (Jennings,
        Mandelbaum, Massey and Whitt 1996).
        """
        rates = self.mean_rates
        loads = offered_loads(rates.ravel(), np.repeat(self.handle_rate, rates.shape[1]), self.bin_s)
        return loads.reshape(rates.shape)

    def stage(self, bin_: int, agents: np.ndarray) -> Stage:
        """Return the constants of bin `bin_` of all bins, or of the time after the last; `agents` has shape (I, m)."""
        _, count, bins = self.rates.shape
        i = min(bin_ // bins, count - 1)
        if bin_ >= count * bins:
            heads, lost = (0, True) if self.closes else (int(agents[-1, -1]), False)
        else:
            heads = int(agents[i, bin_ % bins])
            lost = heads == 0 and not bool(self.is_open[i])
        return Stage(heads, float(self.handle_rate[i]), float(self.leave_rate[i]), lost)

    def timeline(self, interval: int, agents: np.ndarray) -> tuple[list[float], list[Stage]]:
        """Return the stages from the start of an interval to the larger threshold after its end, with their starts.

        Starts are seconds since the interval's start; the last stage lasts beyond the threshold.
        """
        _, count, bins = self.rates.shape
        first = interval * bins
        reach = bins + math.ceil(max(self.within_s, self.short_s) / self.bin_s) + 1
        begins, stages = [0.0], [self.stage(first, agents)]
        for bin_ in range(first + 1, min(first + reach, count * bins) + 1):
            now = self.stage(bin_, agents)
            if now != stages[-1]:
                begins.append((bin_ - first) * self.bin_s)
                stages.append(now)
        return begins, stages


def busyness(cv: np.ndarray, calls: np.ndarray, nodes: int) -> tuple[np.ndarray, np.ndarray]:
    """Return factors of the call rates, shape (I, Q), and the chances of the Q nodes that all intervals share.

    The nodes are the Gauss rule of the gamma law with the mean CV of the calls; an interval with another CV takes the
    quantiles of its own law at the same chances, scaled to a mean of 1, so that a busy day is busy throughout.
    """
    mean = float(np.average(cv, weights=calls)) if calls.any() else 0.0
    if mean < CERTAIN:
        return np.ones((len(cv), 1)), np.ones(1)
    factors, weights = gamma_nodes(np.array([mean]), nodes)
    chance = special.gammainc(mean**-2.0, factors[0] * mean**-2.0)
    shape = np.maximum(cv, CERTAIN)[:, None] ** -2.0
    out = np.where(np.isclose(cv, mean)[:, None], factors, special.gammaincinv(shape, chance) / shape)
    out[cv < CERTAIN] = 1.0
    return out / (out @ weights[0])[:, None], weights[0]


def bins_of(values: np.ndarray, name: str) -> np.ndarray:
    """Return one value per interval, or (I, m) values of equal bins, as an array of shape (I, m).

    Raises
    ------
    InputError
        On no values, or more than two axes.
    """
    values = values[:, None] if values.ndim == 1 else values
    if values.ndim != 2 or values.size == 0:
        raise InputError("Expected one number per interval, or per interval and bin", column=name, value=values.shape)
    return values


def finer(values: np.ndarray, bins: int, name: str) -> np.ndarray:
    """Repeat the values of (I, m) bins so that each interval has `bins` of them, a multiple of m.

    Raises
    ------
    InputError
        If `bins` is no multiple of m.
    """
    if bins % values.shape[1]:
        raise InputError(f"Expected bins of which each holds whole bins of {bins} an interval", column=name,
                         value=values.shape[1])  # fmt: skip
    return np.repeat(values, bins // values.shape[1], axis=1)


def _per_interval(values: np.ndarray, count: int, name: str) -> np.ndarray:
    if values.ndim and values.shape != (count,):
        raise InputError(f"Expected one number, or {count}: one per interval", column=name, value=values.shape)
    return np.full(count, values)

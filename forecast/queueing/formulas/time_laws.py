"""Laws of handle times and of patience: exponential, lognormal, or as observed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from ...errors import InputError
from ...kernels import kernel
from .erlang import like_input, numbers
from .normal import normal_quantile

EXPONENTIAL, LOGNORMAL, TABLE = range(3)
CELLS = 1000
"""Samples that stand for a table of quantiles, at least 1: quantiles as fine as a tenth of a percent."""


class Shape(NamedTuple):
    """A law scaled to a mean of 1, as compiled code draws it: `sigma` of its logarithm, or equally likely values."""

    kind: int
    sigma: float
    table: np.ndarray


@kernel
def drawn(kind: int, sigma: float, table: np.ndarray, u: float) -> float:
    """Return the value of a `Shape` that `u`, strictly between 0 and 1, stands for: its quantile, or that of 1 − u."""
    if kind == EXPONENTIAL:
        return -math.log(u)
    if kind == LOGNORMAL:
        return math.exp(sigma * normal_quantile(u) - 0.5 * sigma * sigma)
    return float(table[int(u * table.size)])


@dataclass(frozen=True)
class Exponential:
    """A time that forgets how long it has lasted already.

    Parameters
    ----------
    mean_s
        Mean in seconds, above 0; infinite = it never ends.
    """

    mean_s: float

    def __post_init__(self) -> None:
        _refuse_mean(self.mean_s)

    def survival(self, t_s: ArrayLike) -> float | np.ndarray:
        """Return the chance that the time is longer than `t_s`."""
        return like_input(np.exp(-np.asarray(t_s, dtype=float) / self.mean_s))

    @property
    def shape(self) -> Shape:
        """The law scaled to a mean of 1."""
        return Shape(EXPONENTIAL, 0.0, np.ones(1))


@dataclass(frozen=True)
class Lognormal:
    """A time whose logarithm is normal: what handle times usually look like (Brown et al. 2005).

    Parameters
    ----------
    mean_s
        Mean in seconds, above 0.
    cv
        Coefficient of variation: standard deviation / mean; 0 = always the mean.

    Examples
    --------
    >>> round(Lognormal(300.0, 1.2).survival(300.0), 3)
    0.318
    """

    mean_s: float
    cv: float

    def __post_init__(self) -> None:
        _refuse_mean(self.mean_s)
        if not 0 <= self.cv < math.inf:
            raise InputError("Expected cv >= 0", column="cv", value=self.cv, mend="0 = always the mean")

    @property
    def sigma(self) -> float:
        """Standard deviation of the logarithm."""
        return math.sqrt(math.log1p(self.cv * self.cv))

    def survival(self, t_s: ArrayLike) -> float | np.ndarray:
        """Return the chance that the time is longer than `t_s`."""
        t = np.asarray(t_s, dtype=float) / self.mean_s
        if self.sigma == 0:
            return like_input((t < 1.0).astype(float))
        with np.errstate(divide="ignore"):
            return like_input(special.ndtr(-np.log(t) / self.sigma - 0.5 * self.sigma))

    @property
    def shape(self) -> Shape:
        """The law scaled to a mean of 1."""
        return Shape(LOGNORMAL, self.sigma, np.ones(1))


@dataclass(frozen=True)
class Empirical:
    """A time as it was observed: each of the samples is equally likely.

    Beware of patience: the wait of an answered call only tells that its caller's patience was longer.

    Parameters
    ----------
    samples_s
        Observed times in seconds, at least one of them above 0.

    Examples
    --------
    >>> law = Empirical([10.0, 60.0, 110.0])
    >>> law.mean_s, round(law.survival(60.0), 3)
    (60.0, 0.333)
    """

    samples_s: ArrayLike

    def __post_init__(self) -> None:
        samples = np.sort(numbers(np.ravel(self.samples_s), "samples_s"))
        if not samples.sum() > 0:
            raise InputError("no time above 0 s", column="samples_s", value=f"{samples.size} samples")
        object.__setattr__(self, "samples_s", tuple(samples.tolist()))

    @classmethod
    def from_quantiles(cls, quantiles: Mapping[float, float]) -> Empirical:
        """Return the law whose times in seconds are known at some probabilities, like ``{0.5: 80, 0.9: 300}``.

        Between them (and from 0 s on, and after the last) the chance to end in the next second stays the same, so
        that the quantiles of an exponential law give that law.

        Raises
        ------
        InputError
            If there is none, a probability is not between 0 and 1, or the times do not rise from above 0.
        """
        p, t = np.array([0.0, *sorted(quantiles)]), np.array([0.0, *(quantiles[k] for k in sorted(quantiles))])
        if len(p) < 2 or not (p[1] > 0 and p[-1] < 1):
            raise InputError("Expected quantiles between 0 and 1", column="quantiles", value=sorted(quantiles))
        if not ((np.diff(t) > 0).all() and t[-1] < math.inf):
            raise InputError("Expected times that rise with their quantile", column="quantiles", value=dict(quantiles))
        hazard = -np.log1p(-p)
        at = -np.log1p(-(np.arange(CELLS) + 0.5) / CELLS)
        slope = (t[-1] - t[-2]) / (hazard[-1] - hazard[-2])
        return cls(np.interp(at, hazard, t) + slope * np.maximum(at - hazard[-1], 0.0))

    @property
    def mean_s(self) -> float:
        """Mean in seconds."""
        return float(np.mean(np.asarray(self.samples_s, dtype=float)))

    def survival(self, t_s: ArrayLike) -> float | np.ndarray:
        """Return the chance that the time is longer than `t_s`."""
        samples = np.asarray(self.samples_s, dtype=float)
        below = np.searchsorted(samples, np.asarray(t_s, dtype=float), side="right")
        return like_input(np.asarray(1.0 - below / samples.size))

    @property
    def shape(self) -> Shape:
        """The law scaled to a mean of 1."""
        return Shape(TABLE, 0.0, np.asarray(self.samples_s, dtype=float) / self.mean_s)


TimeLaw = Exponential | Lognormal | Empirical


def law_of_cv(cv: float, mean_s: float = 1.0) -> TimeLaw:
    """Return the usual law of handle times with that variation: exponential at a CV of 1, else lognormal."""
    return Exponential(mean_s) if cv == 1.0 else Lognormal(mean_s, cv)


def _refuse_mean(mean_s: float) -> None:
    if not mean_s > 0:
        raise InputError("Expected mean_s > 0", column="mean_s", value=mean_s, mend="A mean time in seconds")

"""Effects on a series of days: regressors, decay, and the prior of how large each effect is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..ranges import check_ranges


@dataclass(frozen=True)
class Effect:
    """One additive part of a series, a Gaussian process of its own.

    Attributes
    ----------
    name
        What it stands for.
    basis
        Regressors per day, shape (N, F); the part's covariance is ``basis @ basis.T``, times the decay.
    typical, typical_log
        Prior median of its variance: as a share of the mean square of a series to which it adds, and for the log of one
        that it multiplies.
    days
        Distance in days over which it forgets itself; None = it stays for ever.
    """

    name: str
    basis: np.ndarray
    typical: float
    typical_log: float
    days: float | None = None

    def covariance(self, basis: np.ndarray, distance: np.ndarray) -> np.ndarray:
        """Return the covariance, per unit of variance, of days with the regressors `basis` with its own days."""
        product = np.einsum("if,jf->ij", basis, self.basis)  # row by row: no day depends on its neighbours' rounding
        return product if self.days is None else np.asarray(product * np.exp(-distance / self.days))


@dataclass(frozen=True)
class EffectPrior:
    """What is believed of an effect before any day is seen.

    Parameters
    ----------
    typical, typical_log
        As for `Effect`, above 0.
    days
        As for `Effect`: above 0, or None.
    """

    typical: float
    typical_log: float
    days: float | None = None

    def __post_init__(self) -> None:
        check_ranges(self, positive=("typical", "typical_log", *(("days",) if self.days is not None else ())))

    def effect(self, name: str, basis: np.ndarray) -> Effect:
        """Return the effect of this prior with its regressors."""
        return Effect(name, basis, self.typical, self.typical_log, self.days)


@dataclass(frozen=True)
class Days:
    """Effects on N days, laid out once for all series on these days.

    Attributes
    ----------
    day
        Day numbers, shape (N,).
    effects
        With a row of `basis` per day.
    noise
        Prior median of the noise's variance.
    log
        Whether the series is a log.
    """

    day: np.ndarray
    effects: tuple[Effect, ...]
    noise: float
    log: bool = False

    def distance(self, day: np.ndarray) -> np.ndarray:
        """Return the days between each of `day` and each of these, shape (len(day), N)."""
        return np.asarray(np.abs(np.asarray(day, dtype=float)[:, None] - self.day[None, :]))

    @cached_property
    def stack(self) -> np.ndarray:
        """Covariances per unit of variance, shape (effects, N, N)."""
        distance = self.distance(self.day)
        return np.stack([e.covariance(e.basis, distance) for e in self.effects])

    @property
    def prior(self) -> np.ndarray:
        """Logs of the prior medians of all variances, that of the noise last."""
        return np.log([*(e.typical_log if self.log else e.typical for e in self.effects), self.noise])

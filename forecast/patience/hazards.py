"""Laws of patience for fitting, by their hazard: the chance per second to hang up, which single waits show.

Each law is found on an unbounded scale (`of`) from some starting points (`starts`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from ..queueing.formulas.erlang import like_input


@dataclass(frozen=True)
class Memoryless:
    """Exponential patience: a caller who has waited long is as likely to hang up in the next second as a new one."""

    mean_s: float
    name: ClassVar[str] = "exponential"
    parameters: ClassVar[int] = 1

    def log_hazard(self, t_s: np.ndarray) -> np.ndarray:
        """Return the logarithm of the chance per second to hang up."""
        return np.full(t_s.shape, -np.log(self.mean_s))

    def cumulative(self, t_s: np.ndarray) -> np.ndarray:
        """Return the hazard summed up to `t_s`, −log of the survival."""
        return np.asarray(t_s / self.mean_s)

    @classmethod
    def of(cls, theta: np.ndarray) -> Self:
        """Return the law at a point of the unbounded scale on which it is fitted."""
        return cls(float(np.exp(theta[0])))

    @classmethod
    def starts(cls, mean_s: float) -> list[list[float]]:
        """Return points from which to search, given the waiting time per abandon."""
        return [[np.log(mean_s)]]

    def survival(self, t_s: ArrayLike) -> float | np.ndarray:
        """Return the share of callers still patient after `t_s`."""
        return like_input(np.exp(-self.cumulative(np.asarray(t_s, dtype=float))))


@dataclass(frozen=True)
class Weibull:
    """Patience whose hazard falls (`shape` < 1: the impatient leave first) or rises (> 1) like a power of time."""

    mean_s: float
    shape: float
    name: ClassVar[str] = "weibull"
    parameters: ClassVar[int] = 2

    @property
    def scale_s(self) -> float:
        """Time after which a share 1/e is still patient."""
        return float(self.mean_s / special.gamma(1.0 + 1.0 / self.shape))

    def log_hazard(self, t_s: np.ndarray) -> np.ndarray:
        """Return the logarithm of the chance per second to hang up."""
        at = np.log(t_s) - np.log(self.scale_s)
        return np.asarray(np.log(self.shape / self.scale_s) + (self.shape - 1.0) * at)

    def cumulative(self, t_s: np.ndarray) -> np.ndarray:
        """Return the hazard summed up to `t_s`."""
        return np.asarray((t_s / self.scale_s) ** self.shape)

    @classmethod
    def of(cls, theta: np.ndarray) -> Self:
        """Return the law at a point of the unbounded scale."""
        return cls(float(np.exp(theta[0])), float(np.exp(theta[1])))

    @classmethod
    def starts(cls, mean_s: float) -> list[list[float]]:
        """Return points from which to search."""
        return [[np.log(mean_s), 0.0]]

    survival = Memoryless.survival


@dataclass(frozen=True)
class TwoKinds:
    """A mixture of hasty and patient callers, each of exponential patience (hyperexponential)."""

    hasty_share: float
    hasty_s: float
    patient_s: float
    name: ClassVar[str] = "hyperexponential"
    parameters: ClassVar[int] = 3

    @property
    def mean_s(self) -> float:
        """Mean patience in seconds."""
        return self.hasty_share * self.hasty_s + (1.0 - self.hasty_share) * self.patient_s

    def log_hazard(self, t_s: np.ndarray) -> np.ndarray:
        """Return the logarithm of the chance per second to hang up."""
        p = self.hasty_share
        return np.asarray(self._log(t_s, p / self.hasty_s, (1.0 - p) / self.patient_s) - self._log(t_s, p, 1.0 - p))

    def cumulative(self, t_s: np.ndarray) -> np.ndarray:
        """Return the hazard summed up to `t_s`."""
        return -self._log(t_s, self.hasty_share, 1.0 - self.hasty_share)

    def _log(self, t_s: np.ndarray, hasty: float, patient: float) -> np.ndarray:
        tiny = np.finfo(float).tiny
        return np.asarray(
            np.logaddexp(np.log(hasty + tiny) - t_s / self.hasty_s, np.log(patient + tiny) - t_s / self.patient_s)
        )

    @classmethod
    def of(cls, theta: np.ndarray) -> Self:
        """Return the law at a point of the unbounded scale."""
        hasty = float(np.exp(theta[1]))
        return cls(float(special.expit(theta[0])), hasty, hasty * (1.0 + float(np.exp(theta[2]))))

    @classmethod
    def starts(cls, mean_s: float) -> list[list[float]]:
        """Return points from which to search."""
        return [[special.logit(p), np.log(mean_s * m), np.log(1.0 / m)] for p, m in ((0.2, 0.1), (0.05, 0.02))]

    survival = Memoryless.survival


Patient = Memoryless | Weibull | TwoKinds
LAWS: dict[str, type[Patient]] = {law.name: law for law in (Memoryless, Weibull, TwoKinds)}

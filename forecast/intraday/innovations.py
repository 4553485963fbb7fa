"""A day's surprises: what each interval brings beyond the forecast updated with every earlier one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import linalg


@dataclass(frozen=True)
class Frame:
    r"""What a day's surprises are measured against; the same for any figures in these intervals.

    Attributes
    ----------
    cells
        Wall-clock intervals, ascending, shape (n,).
    minutes
        Length of an interval.
    mean
        Expected figures, shape (n,): roots of calls, or ratios of handle times.
    lower
        Cholesky factor L of the covariance of the figures, shape (n, n).
    power
        Power of the figures that changes are told in: 2 = figures are roots of what changes, 1 = what changes.
    """

    cells: np.ndarray
    minutes: int
    mean: np.ndarray
    lower: np.ndarray
    power: int = 2

    @cached_property
    def steps(self) -> np.ndarray:
        """What a lasting change from interval t does to the surprises, shape (n, n), a column per t.

        A change of the figures by the share δ from t on adds :math:`δ L^{-1} g` with g the mean from t on and 0
        before: the update of the forecast swallows a part of it, and these columns know how much.
        """
        begun = np.tril(np.repeat(self.mean[:, None], len(self.mean), axis=1))
        return _solved(self.lower, begun)

    @cached_property
    def energy(self) -> np.ndarray:
        """Sums of the squares of `steps` over the intervals up to k, shape (n, n) by k and t."""
        return np.asarray(np.cumsum(self.steps**2, axis=0))

    def gap(self, minutes: float) -> int:
        """Return how many intervals last so many minutes, rounded, at least one."""
        return max(1, round(minutes / self.minutes))

    def weight(self, window_min: float) -> np.ndarray:
        """Return what turns sums into test values, by k and t: 1 / √energy; 0 where t is after k or long before."""
        age = self.cells[:, None] - self.cells[None, :]
        inside = (age >= 0) & (age < self.gap(window_min)) & (self.energy > 0.0)
        return np.asarray(np.where(inside, 1.0 / np.sqrt(np.where(inside, self.energy, 1.0)), 0.0))

    def surprises(self, figures: np.ndarray) -> np.ndarray:
        """Return the surprises of figures of shape (n,), of variance 1 and independent where the law holds."""
        return _solved(self.lower, figures - self.mean)


@dataclass(frozen=True)
class Innovations:
    """The surprises of one day.

    Attributes
    ----------
    frame
        What they are measured against.
    figures, e
        The day's figures and their surprises, shape (n,).
    weight
        As `Frame.weight`, shape (n, n).
    """

    frame: Frame
    figures: np.ndarray
    e: np.ndarray
    weight: np.ndarray

    def __len__(self) -> int:
        """Return the number of known intervals."""
        return len(self.e)

    def planted(self, figures: np.ndarray) -> Innovations:
        """Return the surprises of other figures in the same intervals."""
        return Innovations(self.frame, figures, self.frame.surprises(figures), self.weight)

    @property
    def predicted(self) -> np.ndarray:
        """What was expected of each interval given all earlier ones, shape (n,)."""
        return np.asarray(self.figures - np.diag(self.frame.lower) * self.e)


def innovations(
    cells: np.ndarray,
    figures: np.ndarray,
    mean: np.ndarray,
    covariance: np.ndarray,
    minutes: int,
    window_min: float,
    power: int = 2,
) -> Innovations:
    """Return the surprises of a day in the intervals whose figures are known.

    Parameters
    ----------
    cells, figures, mean
        Wall-clock intervals, their figures (NaN = unknown) and what was expected of them, shape (n,).
    covariance
        Of the figures, shape (n, n).
    minutes, window_min
        Length of an interval; how long ago a change may have begun.
    power
        As for `Frame`.
    """
    known = np.flatnonzero(np.isfinite(figures))
    lower = covariance[np.ix_(known, known)]
    if len(known):
        lower = linalg.cholesky(lower, lower=True, check_finite=False)
    frame = Frame(cells[known], minutes, mean[known], lower, power)
    return Innovations(frame, figures[known], frame.surprises(figures[known]), frame.weight(window_min))


def _solved(lower: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return L⁻¹ times vectors or columns; nothing of nothing."""
    return np.asarray(linalg.solve_triangular(lower, right, lower=True, check_finite=False)) if len(lower) else right

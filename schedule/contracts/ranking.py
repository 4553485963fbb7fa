"""Vendors in order of a score, with the probability of each rank, and who cannot be told apart."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from .sampling import LEVEL


@dataclass(frozen=True, eq=False)
class Ranking:
    """Vendors from the best score to the worst.

    Attributes
    ----------
    vendors
        In the order of their scores.
    scores, low, high
        By vendor in that order; the interval holds the true score with 95 %.
    ranks
        Probability that the true score of a vendor has a rank, shape (vendors, ranks); each row and column sums to 1.
    better
        Probability that a vendor (row) is truly better than another (column), shape (vendors, vendors); the diagonal
        is one half.
    """

    vendors: tuple[str, ...]
    scores: np.ndarray = field(repr=False)
    low: np.ndarray = field(repr=False)
    high: np.ndarray = field(repr=False)
    ranks: np.ndarray = field(repr=False)
    better: np.ndarray = field(repr=False)

    def not_told_from(self, vendor: str) -> tuple[str, ...]:
        """Return the vendors that cannot be told apart from one at 95 %."""
        row = self.better[self.vendors.index(vendor)]
        near = np.abs(row - 0.5) < LEVEL / 2
        return tuple(name for name, is_near in zip(self.vendors, near, strict=True) if is_near and name != vendor)

    @property
    def is_sure(self) -> bool:
        """Whether every vendor can be told apart from every other."""
        return not any(self.not_told_from(vendor) for vendor in self.vendors)


def ranking(scores: Mapping[str, float], drawn: Mapping[str, np.ndarray]) -> Ranking:
    """Rank vendors by their scores, and by scores drawn as the data allow.

    Parameters
    ----------
    scores
        Vendor → score; more is better.
    drawn
        Vendor → scores that the data allow, shape (draws,), of one length; draw k of one vendor is independent of
        draw k of another.
    """
    vendors = tuple(sorted(scores, key=lambda v: (-scores[v], v)))
    if not vendors:
        none = np.empty(0)
        return Ranking((), none, none, none, np.empty((0, 0)), np.empty((0, 0)))
    every = np.stack([drawn[v] for v in vendors])
    places = np.argsort(np.argsort(-every, axis=0, kind="stable"), axis=0)
    number = len(vendors)
    ranks = np.stack([(places == rank).mean(axis=1) for rank in range(number)], axis=1)
    over = (every[:, None, :] > every[None, :, :]).mean(axis=2) + 0.5 * (every[:, None, :] == every[None, :, :]).mean(2)
    low, high = np.quantile(every, [0.5 - LEVEL / 2, 0.5 + LEVEL / 2], axis=1)
    return Ranking(vendors, np.array([scores[v] for v in vendors]), low, high, ranks, over)


@dataclass(frozen=True)
class Difference:
    """How far one figure lies above another, with its 95 % interval.

    Attributes
    ----------
    told
        Whether the interval leaves out no difference at all: the two can be told apart.
    """

    value: float
    low: float
    high: float

    @property
    def told(self) -> bool:
        """Whether the two can be told apart."""
        return self.low > 0 or self.high < 0


def difference(one: Sequence[float], other: Sequence[float]) -> Difference:
    """Return how far one figure lies above another, from the intervals of both.

    The interval recovers the variances from the limits (R. G. Newcombe, Statistics in Medicine 17, 1998, method 10;
    G. Y. Zou, A. Donner, Statistics in Medicine 27, 2008), so each of the two may be of any law.

    Parameters
    ----------
    one, other
        Figure, lower and upper limit of two independent figures.

    Examples
    --------
    >>> found = difference((0.85, 0.64, 0.948), (0.70, 0.481, 0.855))
    >>> round(found.value, 2), round(found.low, 2), round(found.high, 2), found.told
    (0.15, -0.11, 0.39, False)
    """
    (a, a_low, a_high), (b, b_low, b_high) = one, other
    low = a - b - math.hypot(a - a_low, b_high - b)
    high = a - b + math.hypot(a_high - a, b - b_low)
    return Difference(a - b, low, high)

"""What periods of goals cost by the calls that they miss, laid out for compiled searches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ...forecast.kernels import kernel
from ..problem.period_price import NEAR, PeriodPrice


class Pieces(NamedTuple):
    """The pieces of `PeriodPrice` of P periods, K each; a period with fewer is filled up with pieces out of reach.

    Attributes
    ----------
    start
        Calls missing beyond which a piece begins, shape (P, K); infinite = out of reach.
    jump, slope
        Cost at the start, and of each call missing beyond, shape (P, K) each.
    """

    start: np.ndarray
    jump: np.ndarray
    slope: np.ndarray

    @classmethod
    def of(cls, prices: Sequence[PeriodPrice]) -> Pieces:
        """Lay out prices of one unit."""
        shape = len(prices), max((len(p.start) for p in prices), default=1)
        start, jump, slope = np.full(shape, np.inf), np.zeros(shape), np.zeros(shape)
        for i, price in enumerate(prices):
            size = len(price.start)
            start[i, :size], jump[i, :size], slope[i, :size] = price.start, price.jump, price.slope
        return cls(start, jump, slope)

    @property
    def steepest(self) -> np.ndarray:
        """The dearest call of each period, shape (P,)."""
        return np.asarray(self.slope.max(axis=1, initial=0.0))

    def cheapest(self, price: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return how many calls each period had best miss where it pays `price` for each call gained, and what these
        cost, shape (P,) each; of convex prices.
        """
        reach = np.minimum(price, self.steepest)
        at = (self.slope >= reach[:, None]).argmax(axis=1)
        missing = np.take_along_axis(self.start, at[:, None], 1)[:, 0]
        cost = [units(m, *(x[i] for x in self)) for i, m in enumerate(missing)]
        return missing, np.array(cost, dtype=float)


@kernel
def units(missing: float, start: np.ndarray, jump: np.ndarray, slope: np.ndarray) -> float:
    """Return the cost of so many calls missing to one period, whose pieces have shape (K,)."""
    total = 0.0
    for k in range(len(start)):
        over = missing - start[k]
        if over <= 0.0:
            break
        if over > NEAR:
            total += jump[k]
        width = start[k + 1] - start[k] if k + 1 < len(start) else np.inf
        total += slope[k] * min(over, width)
    return total


@kernel
def slope_at(missing: float, start: np.ndarray, slope: np.ndarray) -> float:
    """Return what one call more is worth where so many are missing to one period."""
    out = 0.0
    for k in range(len(start)):
        if missing <= start[k]:
            break
        out = slope[k]
    return out

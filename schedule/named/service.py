"""What heads on the phone are worth, slot by slot, in money: falling steps for every queue.

An interval goal, and a floor, is worth its price per head until the need is met. A goal over a day or a week is worth,
per call gained towards it, the price of that goal: at most `Costs.lost_call`, as much as brings the plan to the goal.
Both together are made concave at these prices: where the curve is steepest with few heads, the floor is steeper still.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numba import njit

from ..problem import ScheduleProblem

EDGE = 1e-3
"""How near a price may come to nothing or everything, as a share of the dearest head's, when a step is blurred."""


@dataclass(frozen=True)
class Service:
    """The worth of heads for a problem: Q queues, S slots, up to N heads.

    Attributes
    ----------
    floor
        Worth of the (n + 1)-th head for needs and floors, shape (Q, S, N).
    gain
        Calls that it gains for pooled goals by the service curve, shape (Q, S, N).
    at_none
        Calls gained with nobody there, shape (Q, S).
    period
        Number of the pooled goal's period that a slot counts for, −1 = none, shape (Q, S).
    margin
        Least calls to gain in each period, shape (P,).
    """

    problem: ScheduleProblem
    floor: np.ndarray
    gain: np.ndarray
    at_none: np.ndarray
    period: np.ndarray
    margin: np.ndarray

    @classmethod
    def of(cls, problem: ScheduleProblem) -> Service:
        """Lay out the demands of `problem`."""
        demands, slots = problem.demands, len(problem.grid)
        most = 2 + max((int(np.ceil(d.least.max(initial=0.0))) for d in demands), default=0)
        most = max([most, *(d.gain.shape[1] for d in demands if d.gain is not None and not d.by_interval)])
        floor, gain = np.zeros((2, len(demands), slots, most))
        at_none, period = np.zeros((len(demands), slots)), np.full((len(demands), slots), -1)
        margin: list[float] = []
        heads = np.arange(most)
        for q, d in enumerate(demands):
            price = problem.costs.under_h * problem.grid.hours
            floor[q] = price * np.clip(d.least[:, None] - heads, 0.0, 1.0)
            if d.gain is not None and not d.by_interval:
                rise = np.diff(d.gain, axis=1)
                gain[q, :, : rise.shape[1]] = np.where(d.open[:, None], rise, 0.0)
                at_none[q] = np.where(d.open, d.gain[:, 0], 0.0)
                for at, least in zip(d.periods, d.margin, strict=True):
                    period[q, at] = len(margin)
                    margin.append(least)
        return cls(problem, floor, gain, at_none, period, np.array(margin))

    @cached_property
    def before(self) -> np.ndarray:
        """Heads of last week's shifts that run on, shape (Q, S)."""
        none = np.zeros(len(self.problem.grid), dtype=np.int64)
        return np.array([self.problem.before.get(d.queue, none) for d in self.problem.demands], dtype=np.int64)

    def slope(self, goal_price: np.ndarray) -> np.ndarray:
        """Return the worth of the (n + 1)-th head, never rising in n, at these prices of a call towards each goal.

        Shape (Q, S, N). Its sums over the first heads are the least concave majorant of what these are worth.
        """
        if not len(self.margin):
            return self.floor
        price = np.where(self.period >= 0, goal_price[self.period], 0.0)
        out = self.floor + price[:, :, None] * self.gain
        pool_rises(out)
        return np.asarray(out)

    def next_head(self, n: np.ndarray, goal_price: np.ndarray) -> np.ndarray:
        """Return what one head more than `n` is worth at these prices of a call towards each goal, (Q, S) -> (Q, S)."""
        worth = _of_heads(self.floor, n) * (n < self.floor.shape[2])
        price = np.where(self.period >= 0, goal_price[self.period], 0.0)
        return np.asarray(worth + price * _of_heads(self.gain, n) * (n < self.gain.shape[2]))

    @cached_property
    def totals(self) -> tuple[np.ndarray, np.ndarray]:
        """Worth for floors, and calls gained, of the first n heads, shape (Q, S, N + 1) each."""
        nobody = np.zeros((*self.floor.shape[:2], 1))
        floor, gain = (np.concatenate([nobody, np.cumsum(x, axis=2)], axis=2) for x in (self.floor, self.gain))
        return floor, gain + self.at_none[:, :, None]

    def gained(self, n: np.ndarray) -> np.ndarray:
        """Return the calls gained in each period with `n` heads, shape (Q, S) -> (P,)."""
        counts = self.period >= 0
        return np.bincount(self.period[counts], _of_heads(self.totals[1], n)[counts], minlength=len(self.margin))

    def cost(self, n: np.ndarray) -> float:
        """Return the price of all that `n` heads, shape (Q, S), leave short, by the service curve itself."""
        floor = self.totals[0]
        short = float(floor[:, :, -1].sum() - _of_heads(floor, n).sum())
        if not len(self.margin):
            return short
        return short + self.problem.costs.lost_call * float(np.maximum(0.0, self.margin - self.gained(n)).sum())


def _of_heads(table: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Return each slot's entry for its heads, (Q, S, N + 1) -> (Q, S)."""
    return np.asarray(np.take_along_axis(table, np.clip(n, 0, table.shape[2] - 1)[:, :, None], 2)[:, :, 0])


@njit(cache=True, nogil=True)
def pool_rises(slope: np.ndarray) -> None:
    """Replace steps that rise by their mean, shape (Q, S, N), until none does: the steps of the concave majorant."""
    size = slope.shape[2]
    mean, count = np.empty(size), np.empty(size, np.int64)
    for q in range(slope.shape[0]):
        for t in range(slope.shape[1]):
            blocks = 0
            for n in range(size):
                mean[blocks], count[blocks] = slope[q, t, n], 1
                while blocks > 0 and mean[blocks] > mean[blocks - 1]:
                    both = count[blocks] + count[blocks - 1]
                    mean[blocks - 1] += (mean[blocks] - mean[blocks - 1]) * count[blocks] / both
                    count[blocks - 1] = both
                    blocks -= 1
                blocks += 1
            n = 0
            for block in range(blocks):
                slope[q, t, n : n + count[block]] = mean[block]
                n += count[block]


@njit(cache=True, nogil=True)
def _blurred(slope: np.ndarray, x: float, width: float) -> float:
    """Return the steps of one slot, each smoothed to a logistic of `width`, at `x` heads."""
    last = len(slope) - 1
    total = 0.0
    for j in range(len(slope)):
        drop = slope[j] - (slope[j + 1] if j < last else 0.0)
        if drop > 0.0:
            z = (x - j - 0.5) / width
            if z < 40.0:
                total += drop / (1.0 + np.exp(z)) if z > -40.0 else drop
    return total


@njit(cache=True, nogil=True)
def blurred(slope: np.ndarray, price: np.ndarray, width: np.ndarray) -> np.ndarray:
    """Return `slope` made smooth and moved so that it is worth `price` where the steps themselves cross that price.

    Far from whole heads people answer prices, near them heads: as `width` falls to 0 the result becomes `slope`.

    Parameters
    ----------
    slope
        Worth of each further head, shape (Q, S, N).
    price
        Prices of a head from the dual problem, shape (Q, S).
    width
        Heads, shape (Q, S).
    """
    queues, slots, size = slope.shape
    out = np.zeros_like(slope)
    for q in range(queues):
        for t in range(slots):
            steps, top = slope[q, t], slope[q, t, 0]
            if top <= 0.0:
                continue
            asked = min(max(price[q, t], EDGE * top), (1.0 - EDGE) * top)
            crossing = 0
            while crossing < size and steps[crossing] >= asked:
                crossing += 1
            low, high = crossing - 0.5 - 10.0 * width[q, t] - size, crossing - 0.5 + 10.0 * width[q, t] + size
            for _ in range(50):
                middle = 0.5 * (low + high)
                if _blurred(steps, middle, width[q, t]) > asked:
                    low = middle
                else:
                    high = middle
            for n in range(size):
                out[q, t, n] = _blurred(steps, n + 0.5 * (low + high) - (crossing - 0.5), width[q, t])
    return out

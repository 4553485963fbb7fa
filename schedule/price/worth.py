"""The worth of heads on the phone, slot by slot, in money: falling steps for every queue.

The tables are those of `shortfall`, head by head, for compiled searches. Under an interval goal or a floor, a head is
worth its price until the need is met. Under a goal over a longer period, each call gained is worth the price of that
goal: the price that brings the plan to the goal, at most the dearest of its calls (`Costs.call_price`, or what the
ladder's convex envelope pays for one). The sum of both is made concave at these prices: where the curve is steepest
with few heads, the floor is steeper still.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...forecast.kernels import kernel
from ..problem.period_price import PeriodPrice
from ..problem.problem import ScheduleProblem
from .pieces import Pieces, slope_at, units
from .shortfall import call_price, calls_gained, has_ladders, head_price, heads_missing, most_missing, period_price

EDGE = 1e-3
"""Smallest distance of a smoothed price from 0 and from the dearest head, as a share of the latter."""


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
    missed
        What each period costs by the calls missing to its margin, in units of `unit`.
    convex
        The convex envelope of `missed` over what can be missing.
    unit
        Money.
    """

    problem: ScheduleProblem
    floor: np.ndarray
    gain: np.ndarray
    at_none: np.ndarray
    period: np.ndarray
    margin: np.ndarray
    missed: Pieces
    convex: Pieces
    unit: float

    @classmethod
    def of(cls, problem: ScheduleProblem) -> Service:
        """Lay out the demands of `problem`."""
        demands, slots = problem.demands, len(problem.grid)
        most = 2 + max((int(np.ceil(d.least.max(initial=0.0))) for d in demands), default=0)
        most = max([most, *(d.gain.shape[1] for d in demands if d.gain is not None and not d.by_interval)])
        floor, gain = np.zeros((2, len(demands), slots, most))
        at_none, period = np.zeros((len(demands), slots)), np.full((len(demands), slots), -1)
        margin: list[float] = []
        missed: list[PeriodPrice] = []
        convex: list[PeriodPrice] = []
        unit = 1.0 if has_ladders(problem) else call_price(problem)
        everywhere = np.ones(slots, dtype=np.int64)
        for q, d in enumerate(demands):
            missing = np.stack([heads_missing(d, n * everywhere) for n in range(most + 1)], axis=1)
            floor[q] = head_price(problem) * (missing[:, :-1] - missing[:, 1:])
            gained = np.stack([calls_gained(d, n * everywhere) for n in range(most + 1)], axis=1)
            gain[q], at_none[q] = np.diff(gained, axis=1), gained[:, 0]
            for k, (at, least) in () if d.by_interval else enumerate(zip(d.periods, d.margin, strict=True)):
                period[q, at] = len(margin)
                margin.append(least)
                missed.append(period_price(problem, d, k).in_units(unit))
                convex.append(missed[-1].envelope(most_missing(d, k)))
        return cls(problem, floor, gain, at_none, period, np.array(margin), Pieces.of(missed), Pieces.of(convex), unit)

    @cached_property
    def before(self) -> np.ndarray:
        """Heads of last week's shifts that run on, shape (Q, S)."""
        none = np.zeros(len(self.problem.grid), dtype=np.int64)
        return np.array([self.problem.before.get(d.queue, none) for d in self.problem.demands], dtype=np.int64)

    def price_of(self, number: int) -> PeriodPrice:
        """Return what a period costs by the calls missing to its margin."""
        known = np.isfinite(self.missed.start[number])
        start, jump, slope = (tuple(x[number, known].tolist()) for x in self.missed)
        return PeriodPrice(start, jump, slope, self.unit)

    @cached_property
    def dearest(self) -> np.ndarray:
        """The most that a call towards each goal may cost, shape (P,): more would never pay."""
        return np.asarray(self.unit * self.convex.steepest)

    def worth_a_call(self, gained: np.ndarray) -> np.ndarray:
        """Return what one call more than `gained` is worth to each goal, shape (P,) each, by the convex prices."""
        missing = self.margin - gained
        slopes = [slope_at(m, self.convex.start[p], self.convex.slope[p]) for p, m in enumerate(missing)]
        return self.unit * np.array(slopes, dtype=float)

    def cheapest_gain(self, goal_price: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the calls that each goal had best gain where each costs its `goal_price`, and what it then misses in
        money, shape (P,) each.
        """
        missing, cost = self.convex.cheapest(goal_price / self.unit if self.unit > 0.0 else goal_price)
        return self.margin - missing, self.unit * cost

    def slope(self, goal_price: np.ndarray) -> np.ndarray:
        """Return the worth of the (n + 1)-th head, never rising in n, at these prices of a call towards each goal.

        Shape (Q, S, N). Its sums over the first heads are the least concave majorant of their worth.
        """
        if not len(self.margin):
            return self.floor
        out = self.floor + self._call_price(goal_price)[:, :, None] * self.gain
        pool_rises(out)
        return np.asarray(out)

    def _call_price(self, goal_price: np.ndarray) -> np.ndarray:
        """Return the price of a call gained in each slot, shape (Q, S); 0 where no pooled goal counts it."""
        if not len(goal_price):
            return np.zeros(self.period.shape)
        return np.where(self.period >= 0, goal_price[self.period], 0.0)

    def next_head(self, n: np.ndarray, goal_price: np.ndarray) -> np.ndarray:
        """Return the worth of one head more than `n` at these prices of a call towards each goal, (Q, S) -> (Q, S)."""
        worth = _of_heads(self.floor, n) * (n < self.floor.shape[2])
        return np.asarray(worth + self._call_price(goal_price) * _of_heads(self.gain, n) * (n < self.gain.shape[2]))

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
        floor, gain = self.totals
        return float(_short(n, floor, gain, self.period, self.margin, *self.missed, self.unit))


def _of_heads(table: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Return each slot's entry for its heads, (Q, S, N + 1) -> (Q, S)."""
    return np.asarray(np.take_along_axis(table, np.clip(n, 0, table.shape[2] - 1)[:, :, None], 2)[:, :, 0])


@kernel
def _short(n: np.ndarray, floor: np.ndarray, gain: np.ndarray, period: np.ndarray, margin: np.ndarray,
           start: np.ndarray, jump: np.ndarray, slope: np.ndarray, unit: float) -> float:  # fmt: skip
    """Return the price of what `n` heads leave short: of floors and needs, and of calls missing to each goal.

    The parameters are the arrays of `Service`, apart for the compiler.
    """
    last, total, missing = floor.shape[2] - 1, 0.0, margin.copy()
    for q in range(n.shape[0]):
        for s in range(n.shape[1]):
            here = min(max(n[q, s], 0), last)
            total += floor[q, s, last] - floor[q, s, here]
            if period[q, s] >= 0:
                missing[period[q, s]] -= gain[q, s, here]
    for p in range(len(missing)):
        total += unit * units(missing[p], start[p], jump[p], slope[p])
    return total


@kernel
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


@kernel
def _smoothed(at: np.ndarray, drops: np.ndarray, x: float, width: float) -> float:
    """Return the steps of one slot, each smoothed to a logistic of `width`, at `x` heads.

    Parameters
    ----------
    at, drops
        Heads after which the worth falls, and by how much, shape (K,): with a need there is one such step, of
        hundreds of heads.
    """
    total = 0.0
    for k in range(len(at)):
        z = (x - at[k] - 0.5) / width
        if z < 40.0:
            total += drops[k] / (1.0 + np.exp(z)) if z > -40.0 else drops[k]
    return total


@kernel
def smoothed(slope: np.ndarray, price: np.ndarray, width: np.ndarray) -> np.ndarray:
    """Return `slope` smoothed and shifted to be worth `price` where its steps cross that price.

    With a large `width` people follow prices, with a small one missing heads: at a `width` near 0 the result is
    `slope`.

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
            fall = steps - np.append(steps[1:], 0.0)
            at = np.flatnonzero(fall > 0.0)
            drops = fall[at]
            asked = min(max(price[q, t], EDGE * top), (1.0 - EDGE) * top)
            crossing = 0
            while crossing < size and steps[crossing] >= asked:
                crossing += 1
            low, high = crossing - 0.5 - 10.0 * width[q, t] - size, crossing - 0.5 + 10.0 * width[q, t] + size
            for _ in range(50):
                middle = 0.5 * (low + high)
                if _smoothed(at, drops, middle, width[q, t]) > asked:
                    low = middle
                else:
                    high = middle
            for n in range(size):
                out[q, t, n] = _smoothed(at, drops, n + 0.5 * (low + high) - (crossing - 0.5), width[q, t])
    return out


@kernel
def tilted(table: np.ndarray, n: np.ndarray, can: np.ndarray, top: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """Return the worth of one more head by `table`, as a share of `top` whose odds are multiplied by `noise`.

    Parameters
    ----------
    table
        Worth of the (n + 1)-th head, shape (Q, S, N).
    n
        Heads, shape (Q, S).
    can
        Queues that count, shape (Q,).
    top
        Most that a head can be worth, above 0, shape (S,).
    noise
        Factors, shape (B,), each for an equal part of the slots.
    """
    queues, slots, size = table.shape
    out = np.empty(slots)
    for s in range(slots):
        best = 0.0
        for q in range(queues):
            if can[q]:
                best = max(best, table[q, s, min(n[q, s], size - 1)])
        share = min(max(best / top[s], 1e-9), 1.0 - 1e-9)
        odds = noise[s * len(noise) // slots] * share / (1.0 - share)
        out[s] = top[s] * odds / (1.0 + odds)
    return out

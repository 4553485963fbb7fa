"""The cost of a planned head that nobody takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..problem.heads import heads_planned
from ..problem.period_price import PeriodPrice
from ..problem.problem import ScheduleProblem
from ..problem.shifts import PlannedShift
from .shortfall import calls_gained, head_price, heads_missing, period_price


@dataclass(frozen=True)
class Absence:
    """Prices of single planned heads left open while everybody else is there.

    By the ceiling of the service curve, shortage is convex in the missing heads. Several open heads therefore cost at
    least the sum of their prices: the price is never above the true cost, so the bound holds. What a period costs by a
    ladder with steps is not convex: there calls lost count for nothing.

    Attributes
    ----------
    under, gain
        Per queue the cost of one head fewer under the floor (or need), and the calls in time lost with that head,
        shape (S,).
    spare
        Per queue and period of its goal the slots of the period, the calls that the whole plan gains beyond the goal,
        and the period's price.
    """

    problem: ScheduleProblem
    under: dict[str, np.ndarray]
    gain: dict[str, np.ndarray]
    spare: dict[str, tuple[tuple[np.ndarray, float, PeriodPrice], ...]]

    @classmethod
    def of(cls, problem: ScheduleProblem, planned: Sequence[PlannedShift]) -> Absence:
        """Count all of `planned` as there."""
        out = cls(problem, {}, {}, {})
        heads = heads_planned(problem, planned)
        for d in problem.demands:
            here = heads[d.queue]
            out.under[d.queue] = head_price(problem) * (heads_missing(d, here - 1) - heads_missing(d, here))
            now, fewer = (calls_gained(d, n, at_least=True) for n in (here, here - 1))
            out.gain[d.queue] = now - fewer
            pooled = () if d.by_interval else enumerate(zip(d.periods, d.margin, strict=True))
            out.spare[d.queue] = tuple(
                (np.isin(np.arange(len(here)), at), float(now[at].sum()) - margin, price)
                for k, (at, margin) in pooled
                if (price := period_price(problem, d, k)).convex
            )
        return out

    def price(self, head: PlannedShift) -> float:
        """Return the shortfall of the plan without `head`, in money."""
        size = len(self.problem.grid)
        slots = np.array(head.phone)
        slots = slots % size if self.problem.cyclic else slots[slots < size]
        total = float(self.under[head.queue][slots].sum())
        for inside, spare, price in self.spare[head.queue]:
            lost = float(self.gain[head.queue][slots[inside[slots]]].sum())
            total += price.unit * (price.units(lost - spare) - price.units(-spare))
        return total

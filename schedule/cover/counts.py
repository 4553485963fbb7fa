"""How many heads work which shift and when they pause, and their true cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from ..price.shortfall import (
    by_ladders,
    call_price,
    calls_gained,
    head_price,
    heads_missing,
    ladder_of,
    lost_calls,
)
from .frame import Column, CoverFrame
from .pauses import BreakStarts


@dataclass(frozen=True)
class Counts:
    """Heads per column, and per break how many of them start it when; whole in a plan, broken in an LP's answer."""

    heads: Mapping[Column, float] = field(default_factory=dict)
    breaks: BreakStarts = field(default_factory=dict)

    def on_days(self, frame: CoverFrame, days: Iterable[int]) -> Counts:
        """Return the part of the counts that starts on `days`."""
        kept = set(days)
        return self.only({j for _, j in self.heads if frame.shifts[j].day in kept})

    def only(self, shifts: Iterable[int]) -> Counts:
        """Return the part of the counts that works the shifts numbered `shifts`."""
        kept = set(shifts)
        return Counts(
            {c: n for c, n in self.heads.items() if c[1] in kept},
            {p: at for p, at in self.breaks.items() if p[1] in kept},
        )

    def __add__(self, other: Counts) -> Counts:
        """Return both together; they may not share shifts."""
        return Counts({**self.heads, **other.heads}, {**self.breaks, **other.breaks})

    def phone(self, frame: CoverFrame) -> np.ndarray:
        """Return the heads on the phone, those of last week's shifts that run on included, shape (queues, S)."""
        out = np.zeros((len(frame.problem.demands), len(frame.problem.grid)))
        for q, demand in enumerate(frame.problem.demands):
            out[q] += frame.problem.before.get(demand.queue, 0)
        for (q, j), n in self.heads.items():
            slots = frame.inside(j)
            out[frame.place[q, slots], slots] += n
        for (q, j, k), at in self.breaks.items():
            shift = frame.shifts[j]
            for offset, n in at.items():
                slots = list(frame.slots(shift.start + offset, shift.breaks[k][2]))
                out[frame.place[q, slots], slots] -= n
        return out

    def wages(self, frame: CoverFrame) -> float:
        """Return the wages."""
        return float(sum(n * frame.wage(c) for c, n in self.heads.items()))


@dataclass(frozen=True)
class CoverCost:
    """The true cost of a cover in money, by the service curve itself and not its concave envelope.

    Attributes
    ----------
    under, lost_calls
        What heads missing and calls missing to the goals cost.
    lost
        Per (queue number, period number) the calls by which the goal is missed.
    """

    wages: float
    under: float
    lost_calls: float
    lost: Mapping[tuple[int, int], float]

    @property
    def prices(self) -> float:
        """All prices together."""
        return self.under + self.lost_calls

    @property
    def cost(self) -> float:
        """Wages and prices."""
        return self.wages + self.prices


def shortage(frame: CoverFrame, phone: np.ndarray) -> np.ndarray:
    """Return the heads missing per slot, shape (queues, S)."""
    return np.stack([heads_missing(d, here) for d, here in zip(frame.problem.demands, phone, strict=True)])


def gains(frame: CoverFrame, phone: np.ndarray) -> np.ndarray:
    """Return the calls gained per slot by the true curve, shape (queues, S)."""
    return np.stack([calls_gained(d, here) for d, here in zip(frame.problem.demands, phone, strict=True)])


def true_cost(frame: CoverFrame, counts: Counts) -> CoverCost:
    """Return the true cost of `counts`."""
    phone, demands = counts.phone(frame), frame.problem.demands
    missing = [lost_calls(d, calls_gained(d, phone[q])) for q, d in enumerate(demands)]
    each = list(zip(demands, missing, strict=True))
    return CoverCost(
        wages=counts.wages(frame),
        under=head_price(frame.problem) * float(shortage(frame, phone).sum()),
        lost_calls=call_price(frame.problem)
        * sum(n for d, calls in each for k, n in enumerate(calls) if ladder_of(d, k) is None)
        + sum(by_ladders(d, calls) for d, calls in each),
        lost={(q, p): n for q, calls in enumerate(missing) for p, n in enumerate(calls)},
    )

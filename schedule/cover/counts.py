"""How many heads work what and when they pause, and what that truly costs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from .frame import Column, Frame
from .pauses import Starts


@dataclass(frozen=True)
class Counts:
    """Heads per column, and per break how many of them start it when; whole in a plan, broken in an LP's answer."""

    heads: Mapping[Column, float] = field(default_factory=dict)
    breaks: Starts = field(default_factory=dict)

    def on_days(self, frame: Frame, days: Iterable[int]) -> Counts:
        """Return the part of it that starts on `days`."""
        kept = set(days)
        return self.only(frame, {j for _, _, j in self.heads if frame.shifts[j].day in kept})

    def only(self, frame: Frame, shifts: Iterable[int]) -> Counts:
        """Return the part of it that works the shifts numbered `shifts`."""
        kept = set(shifts)
        return Counts(
            {c: n for c, n in self.heads.items() if c[2] in kept},
            {p: at for p, at in self.breaks.items() if p[1] in kept},
        )

    def __add__(self, other: Counts) -> Counts:
        """Return both together; they may not share shifts."""
        return Counts({**self.heads, **other.heads}, {**self.breaks, **other.breaks})

    def phone(self, frame: Frame) -> np.ndarray:
        """Return the heads on the phone, those of last week's shifts that run on included, shape (queues, S)."""
        out = np.zeros((len(frame.problem.demands), len(frame.problem.grid)))
        for q, demand in enumerate(frame.problem.demands):
            out[q] += frame.problem.before.get(demand.queue, 0)
        for (_, q, j), n in self.heads.items():
            out[q, frame.inside(j)] += n
        for (q, j, k), at in self.breaks.items():
            shift = frame.shifts[j]
            for offset, n in at.items():
                out[q, list(frame.slots(shift.start + offset, shift.breaks[k][2]))] -= n
        return out

    def wages(self, frame: Frame) -> float:
        """Return the wages."""
        return float(sum(n * frame.wage(c) for c, n in self.heads.items()))

    def used(self, frame: Frame, group: int) -> tuple[float, float]:
        """Return the shifts and paid hours of `group`."""
        mine = [(n, frame.shifts[j].paid_min) for (g, _, j), n in self.heads.items() if g == group]
        return sum(n for n, _ in mine), sum(n * paid for n, paid in mine) / 60.0


@dataclass(frozen=True)
class Value:
    """The true cost of a cover, by the service curve itself and not its concave envelope.

    Attributes
    ----------
    lost
        Per (queue number, period number) the calls by which the goal is missed.
    """

    wages: float
    under: float
    lost_calls: float
    below_contract: float
    lost: Mapping[tuple[int, int], float]

    @property
    def prices(self) -> float:
        """All prices together."""
        return self.under + self.lost_calls + self.below_contract

    @property
    def cost(self) -> float:
        """Wages and prices."""
        return self.wages + self.prices


def shortage(frame: Frame, phone: np.ndarray) -> np.ndarray:
    """Return the heads short per slot, shape (queues, S): under the need of an interval goal, else under the floor."""
    out = np.zeros(phone.shape)
    for q, d in enumerate(frame.problem.demands):
        out[q] = np.maximum(0.0, d.least - phone[q])
    return out


def gains(frame: Frame, phone: np.ndarray) -> np.ndarray:
    """Return the calls gained per slot by the true curve, shape (queues, S); 0 where there is no curve.

    Between whole heads the curve is taken as straight.
    """
    out = np.zeros(phone.shape)
    for q, d in enumerate(frame.problem.demands):
        if d.gain is not None:
            last = d.gain.shape[1] - 1
            heads = np.clip(phone[q], 0.0, last)
            low = np.minimum(heads.astype(np.int64), last - 1)
            row = np.arange(len(low))
            out[q] = np.where(d.open, d.gain[row, low] + (heads - low) * (d.gain[row, low + 1] - d.gain[row, low]), 0.0)
    return out


def value(frame: Frame, counts: Counts) -> Value:
    """Return the true cost of `counts`."""
    problem, costs = frame.problem, frame.problem.costs
    phone = counts.phone(frame)
    gained = gains(frame, phone)
    lost = {
        (q, p): max(0.0, margin - float(gained[q, slots].sum()))
        for q, d in enumerate(problem.demands)
        if not d.by_interval
        for p, (slots, margin) in enumerate(zip(d.periods, d.margin, strict=True))
    }
    below = sum(max(0.0, limit.hours_min - counts.used(frame, g)[1]) for g, limit in frame.week_limits.items())
    return Value(
        wages=counts.wages(frame),
        under=costs.under_h * problem.grid.hours * float(shortage(frame, phone).sum()),
        lost_calls=costs.lost_call * sum(lost.values()),
        below_contract=costs.below_contract_h * below,
        lost=lost,
    )

"""Breaks that could lie elsewhere: what a move mends, and whether the move costs any service."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from ..problem.problem import Demand
from ..problem.shifts import PlannedShift

TINY = 1e-9
"""Agent-slots, heads or calls below which a difference is rounding of floats."""


@dataclass(frozen=True)
class BreakMove:
    """Break `number` of an agent's shift goes from slot `now` to slot `to`; `gain` agent-slots less are short."""

    agent: str
    planned: PlannedShift
    number: int
    now: int
    to: int
    length: int
    gain: float

    @property
    def moved(self) -> PlannedShift:
        """The shift after the move."""
        breaks = list(self.planned.breaks)
        breaks[self.number] += self.to - self.now
        return replace(self.planned, breaks=tuple(breaks))


@dataclass
class QueueBreaks:
    """The breaks of one queue's shifts against what is on the phone and what is required.

    Parameters
    ----------
    slack
        On the phone − required per slot, shape (S,); `apply` keeps both up to date.
    heads
        On the phone per slot, shape (S,).
    """

    demand: Demand
    slack: list[float]
    heads: list[float]
    _periods: list[int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        periods = np.full(len(self.slack), -1)
        for number, slots in enumerate(self.demand.periods):
            periods[slots] = number
        self._periods = periods.tolist()

    @cached_property
    def _least(self) -> list[float]:
        return [float(x) for x in np.where(self.demand.open, self.demand.least, 0.0)]

    def gain(self, now: int, to: int, length: int) -> float:
        """Return the fall of the shortage, in agent-slots, when a break moves from `now` to `to`; 0 if that costs.

        A move costs where more heads are missing below the floor or the need, or where a period of a pooled goal
        gains fewer calls by the service curve.
        """
        back, away = _changed(now, to, length)
        gain = sum(min(1.0, max(0.0, -self.slack[s])) for s in back)
        gain -= sum(min(1.0, max(0.0, 1.0 - self.slack[s])) for s in away)
        return gain if gain > TINY and not self._costs(back, away) else 0.0

    def _costs(self, back: Sequence[int], away: Sequence[int]) -> bool:
        """Return whether a move that brings somebody `back` and takes somebody `away` costs anything."""
        missing, calls = 0.0, dict[int, float]()
        for slots, step in ((back, 1), (away, -1)):
            for s in slots:
                here, least = self.heads[s], self._least[s]
                missing += max(0.0, least - here - step) - max(0.0, least - here)
                period = self._periods[s]
                calls[period] = calls.get(period, 0.0) + self._calls(s, here + step) - self._calls(s, here)
        return missing > TINY or any(more < -TINY for more in calls.values())

    def _calls(self, slot: int, heads: float) -> float:
        """Return the calls that whole heads gain towards a pooled goal in a slot; 0 where no goal counts the slot."""
        curve = self.demand.gain
        if curve is None or self._periods[slot] < 0:
            return 0.0
        return float(curve[slot, min(max(round(heads), 0), curve.shape[1] - 1)])

    def apply(self, move: BreakMove) -> None:
        """Move the break."""
        back, away = _changed(move.now, move.to, move.length)
        for slots, step in ((back, 1.0), (away, -1.0)):
            for s in slots:
                self.slack[s] += step
                self.heads[s] += step

    def best(self, shifts: Iterable[tuple[str, PlannedShift]], start: int, end: int) -> BreakMove | None:
        """Return the move of a break in slots [start, end) that mends most; None where none does for nothing.

        Parameters
        ----------
        shifts
            Agents and shifts that are worked on this queue alone.
        """
        found: BreakMove | None = None
        tried: set[tuple[int, int, int, int]] = set()
        for agent, p in shifts:
            for number, (at, (low, high, length, _)) in enumerate(zip(p.breaks, p.shift.breaks, strict=True)):
                now, first, last = (p.shift.start + x for x in (at, low, high))
                key = (now, first, last, length)
                if now >= end or now + length <= start or last + length > len(self.slack) or key in tried:
                    continue
                tried.add(key)  # the same move of somebody else gains the same
                for to in range(first, last + 1):
                    gain = self.gain(now, to, length)
                    if gain > (0.0 if found is None else found.gain) + TINY:
                        found = BreakMove(agent, p, number, now, to, length, gain)
        return found


def _changed(now: int, to: int, length: int) -> tuple[range, range]:
    """Return the slots in which somebody is back on the phone after the move, and those in which somebody is away."""
    if abs(to - now) >= length:
        return range(now, now + length), range(to, to + length)
    if to > now:
        return range(now, to), range(now + length, to + length)
    return range(to + length, now + length), range(to, now)

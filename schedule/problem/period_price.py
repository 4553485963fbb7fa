"""What a period of a pooled goal costs by the calls that it misses."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

NEAR = 1e-5
"""Calls by which a step may be missed: rounding of solvers and files; built into kernels."""


@dataclass(frozen=True)
class PeriodPrice:
    """The cost of a period by the calls missing to its margin; never falling with them, 0 where none is missing.

    K pieces: beyond ``start[k]`` missing calls the cost jumps by ``jump[k]``, then rises by ``slope[k]`` a call, until
    the next piece begins.

    Attributes
    ----------
    start
        Calls, rising, the first 0.
    jump, slope
        In units of `unit`: at least 0.
    unit
        Money.
    """

    start: tuple[float, ...]
    jump: tuple[float, ...]
    slope: tuple[float, ...]
    unit: float = 1.0

    @classmethod
    def straight(cls, price: float) -> PeriodPrice:
        """Return the cost that is `price` for each call missing."""
        return cls((0.0,), (0.0,), (1.0,), price)

    def in_units(self, unit: float) -> PeriodPrice:
        """Return the same cost in another unit, in money."""
        if unit == self.unit:
            return self
        times = self.unit / unit
        return PeriodPrice(self.start, tuple(times * j for j in self.jump), tuple(times * s for s in self.slope), unit)

    @property
    def convex(self) -> bool:
        """Whether each call missing costs at least as much as the one before."""
        return not any(self.jump) and all(a <= b for a, b in pairwise(self.slope))

    def widths(self) -> tuple[float, ...]:
        """Return the calls of each piece, the last without end."""
        return (*(b - a for a, b in pairwise(self.start)), math.inf)

    def units(self, missing: float) -> float:
        """Return the cost, in units, of so many calls missing; a negative number = calls gained beyond the margin."""
        total = 0.0
        for start, jump, slope, width in zip(self.start, self.jump, self.slope, self.widths(), strict=True):
            over = missing - start
            if over > NEAR:
                total += jump
            total += slope * min(max(0.0, over), width)
        return total

    def at(self, missing: float) -> float:
        """Return the cost in money of so many calls missing."""
        return self.unit * self.units(missing)

    def envelope(self, most: float) -> PeriodPrice:
        """Return the largest convex cost that is nowhere above this one from 0 to `most` missing calls: for bounds.

        No plan misses more than `most`.
        """
        if self.convex:
            return self
        steps = (s + 0.999 * NEAR for s, jump in zip(self.start, self.jump, strict=True) if jump)
        ends = sorted({*(s for s in (*self.start, *steps) if s < most), 0.0, max(most, 2.0 * NEAR)})
        hull: list[tuple[float, float]] = []
        for point in ((s, self.units(s)) for s in ends):  # a step just before its jump
            while len(hull) > 1 and _slope(hull[-2], hull[-1]) >= _slope(hull[-1], point):
                hull.pop()
            hull.append(point)
        slopes = tuple(_slope(a, b) for a, b in pairwise(hull))
        return PeriodPrice(tuple(s for s, _ in hull[:-1]), (0.0,) * len(slopes), slopes, self.unit)


def _slope(a: tuple[float, float], b: tuple[float, float]) -> float:
    return (b[1] - a[1]) / (b[0] - a[0])

"""The result of a cover, and the step from counts to single heads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from ..optimise.status import Solved
from ..problem.shifts import PlannedShift
from .counts import Counts
from .frame import Column, CoverFrame


@dataclass(frozen=True)
class Block:
    """A run of days that no shift links to another, decided by one model.

    Attributes
    ----------
    cost, bound
        Wages and prices of these days with their share of the week's goals, and the proven bound.
    """

    dates: tuple[dt.date, ...]
    cost: float | None
    bound: float | None
    gap: float | None
    seconds: float


@dataclass(frozen=True)
class Cover:
    """How many people on which shift, breaks included, nobody named.

    Attributes
    ----------
    planned
        One per head.
    solved
        Of the whole week: cost (wages and prices), bound, status.
    blocks
        Per independent block.
    lost_calls
        Per (queue, number of the period of its goal) the calls by which the goal is missed, by the service curve.
    under_hours
        Agent-hours under the floor (or under the need of an interval goal).
    price
        Per queue what one more agent in each slot would save, shape (S,), from the LP relaxation.
    stages
        Seconds for the LP (``lp``) and the plan (``descent``).
    """

    planned: tuple[PlannedShift, ...]
    solved: Solved
    blocks: tuple[Block, ...] = ()
    cost_wages: float = 0.0
    cost_prices: float = 0.0
    lost_calls: Mapping[tuple[str, int], float] = field(default_factory=dict)
    under_hours: float = 0.0
    price: Mapping[str, np.ndarray] = field(default_factory=dict, repr=False)
    stages: Mapping[str, float] = field(default_factory=dict)


def single_heads(frame: CoverFrame, counts: Counts) -> tuple[PlannedShift, ...]:
    """Return one planned shift per head, by start.

    Any pairing of heads with breaks is legal, because a shift's windows are disjoint; breaks are dealt out in order,
    the k-th break starting further round the heads than the break before, so that nobody has all the early ones.
    While the shift's queue is closed its head works another one.
    """
    out: list[PlannedShift] = []
    for (q, j), rows in breaks_of_heads(frame, counts).items():
        shift = frame.shifts[j]
        at = [frame.problem.demands[place].queue for place in frame.place[q, shift.start : shift.end]]
        first, moves = at[0], tuple((i, now) for i, (was, now) in enumerate(pairwise(at), start=1) if now != was)
        out += [PlannedShift(shift, breaks, first, moves=moves) for breaks in rows]
    return tuple(sorted(out, key=lambda p: (p.shift.start, p.shift.pattern, p.queue, p.breaks)))


def breaks_of_heads(frame: CoverFrame, counts: Counts) -> dict[Column, list[tuple[int, ...]]]:
    """Return per column when each of its heads starts its breaks, in slots after the shift's start."""
    out: dict[Column, list[tuple[int, ...]]] = {}
    for q, j in sorted(counts.heads):
        heads, rows = round(counts.heads[q, j]), []
        for k in range(len(frame.shifts[j].breaks)):
            starts = [at for at, n in sorted(counts.breaks[q, j, k].items()) for _ in range(round(n))]
            turn = k * len(starts) // len(frame.shifts[j].breaks)
            rows.append(starts[turn:] + starts[:turn])
        out[q, j] = list(zip(*rows, strict=True)) if rows else [()] * heads
    return out

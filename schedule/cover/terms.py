"""Sums that several rows share: heads on the phone, calls gained, the cost."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pulp

from ..price.shortfall import head_price
from .frame import CoverFrame
from .part import Part
from .steps import Steps, steps
from .variables import CoverVariables, Pairs


def phone(frame: CoverFrame, part: Part, v: CoverVariables) -> dict[tuple[int, int], Pairs]:
    """Return per (queue, slot) of the part the heads inside their shifts minus those on a break."""
    out: dict[tuple[int, int], Pairs] = defaultdict(list)
    place = frame.place.tolist()
    for (q, j), heads in v.heads.items():
        shift = frame.shifts[j]
        fixed = {f + i for f, last, length, _ in shift.breaks if f == last for i in range(length)}
        for offset, s in enumerate(frame.inside(j)):
            if offset not in fixed:
                out[place[q][s], s].append((heads, 1.0))
    for (q, length, _), starts in v.started.items():
        for t, started in starts.items():
            for s in frame.slots(t, length):
                out[place[q][s], s].append((started, -1.0))
    return {key: pairs for key, pairs in out.items() if part.slots[key]}


def curves(frame: CoverFrame, part: Part, *, for_bound: bool) -> dict[tuple[int, int], Steps]:
    """Return the steps of the service curve in every slot of the part that counts for a goal.

    Under the floor a curve may be convex. `for_bound`, a missing head there costs at most its true cost. Otherwise it
    costs at least the first step: with a lower price the model would leave heads missing and count higher steps of
    the curve instead.
    """
    params = frame.params
    out: dict[tuple[int, int], Steps] = {}
    for q, p in part.margin:
        demand = frame.problem.demands[q]
        for s in demand.periods[p].tolist():
            if part.slots[q, s]:
                exact, tolerance = (0, -1), params.week_tolerance
                if part.near is not None:
                    around, tolerance = int(part.near[q, s]), params.far_tolerance
                    exact = around - params.exact_heads, around + params.exact_heads
                top = float(np.abs(demand.envelope[s]).max())
                curve = steps(demand.envelope[s], int(demand.lower[s]), tolerance=top * tolerance, exact=exact)
                out[q, s] = curve if for_bound else curve.steep()
    return out


def cost(frame: CoverFrame, wages: Pairs, v: CoverVariables) -> pulp.LpAffineExpression:
    """Return wages plus the prices of heads missing and calls lost."""
    missing = head_price(frame.problem)
    pairs = wages + [(x, share * missing) for short in v.short.values() for x, share in short]
    pairs += [pair for runs in v.lost.values() for pair in runs]
    pairs += [pair for _, begun in v.begun.values() for pair in begun.values()]
    return pulp.LpAffineExpression(pairs)

"""Sums that several rows share: heads on the phone, calls gained, the cost."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pulp

from .frame import Frame
from .part import Part
from .steps import Steps, steps
from .variables import Pairs, Variables

NEAR = 4
"""Heads on either side of the LP's answer within which the service curve is exact."""

TOLERANCE, FAR_TOLERANCE = 2e-4, 2e-3
"""How far steps may lie above the curve, as a share of its largest gain: in the week's LP, and far from its answer."""


def phone(frame: Frame, part: Part, v: Variables) -> dict[tuple[int, int], Pairs]:
    """Return per (queue, slot) of the part the heads inside their shifts minus those on a break."""
    out: dict[tuple[int, int], Pairs] = defaultdict(list)
    for (q, j), heads in v.worked.items():
        shift = frame.shifts[j]
        fixed = {f + i for f, last, length, _ in shift.breaks if f == last for i in range(length)}
        for offset, s in enumerate(frame.inside(j)):
            if offset not in fixed:
                out[q, s].append((heads, 1.0))
    for (q, length, _), starts in v.started.items():
        for t, started in starts.items():
            for s in frame.slots(t, length):
                out[q, s].append((started, -1.0))
    return {key: pairs for key, pairs in out.items() if part.slots[key]}


def curves(frame: Frame, part: Part, *, for_bound: bool) -> dict[tuple[int, int], Steps]:
    """Return the steps of the service curve in every slot of the part that counts for a goal.

    Under the floor a curve may be convex. What a head missing there costs is, `for_bound`, never more than it truly
    costs; otherwise at least the first step, for else heads short could be bought to fill steps with.
    """
    out: dict[tuple[int, int], Steps] = {}
    for q, p in part.margin:
        demand = frame.problem.demands[q]
        for s in demand.periods[p].tolist():
            if part.slots[q, s]:
                top = float(np.abs(demand.envelope[s]).max())
                near = (0, -1) if part.near is None else (int(part.near[q, s]) - NEAR, int(part.near[q, s]) + NEAR)
                tolerance = top * (TOLERANCE if part.near is None else FAR_TOLERANCE)
                curve = steps(demand.envelope[s], int(demand.lower[s]), tolerance=tolerance, exact=near)
                out[q, s] = curve if for_bound else curve.steep()
    return out


def cost(frame: Frame, v: Variables) -> pulp.LpAffineExpression:
    """Return wages plus the prices of heads missing, calls lost and hours below contract."""
    costs, hours = frame.problem.costs, frame.problem.grid.hours
    pairs: Pairs = [(x, frame.wage(column)) for column, x in v.heads.items()]
    pairs += [(x, share * costs.under_h * hours) for short in v.short.values() for x, share in short]
    pairs += [(x, costs.lost_call) for x in v.lost.values()]
    pairs += [(x, costs.below_contract_h) for x in v.below.values()]
    return pulp.LpAffineExpression(pairs)

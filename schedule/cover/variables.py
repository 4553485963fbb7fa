"""The variables of the cover: heads, breaks, what is short and what is gained."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import pulp

from ..price.segments import Segments, segments
from ..price.shortfall import call_price, ladder_of, period_price
from .frame import Column, CoverFrame
from .part import Part
from .pauses import BreakPool, pools, times
from .steps import Steps

Pairs = list[tuple[Any, float]]
"""Terms of a row: (variable, coefficient)."""


@dataclass
class CoverVariables:
    """Every variable of one model, by what it means.

    Attributes
    ----------
    heads
        Heads on a shift of a queue (whole).
    opening
        Per pool and slot the (shift, break) whose windows open there.
    started, owed
        Per pool and slot the breaks that start then (whole), and those still owed after it.
    short
        Per (queue, slot): heads missing, as (variable, its share of the price).
    filled
        Per (queue, slot): the steps of the service curve.
    lost
        Calls short per (queue, period), as (variable, its price for a call), a run of one price each.
    begun
        Per (queue, period) whose prices are not convex: the runs, and per number of a run the variable that says
        whether it has begun (whole), with the price of its start.
    """

    heads: dict[Column, Any] = field(default_factory=dict)
    opening: dict[BreakPool, dict[int, list[tuple[int, int]]]] = field(default_factory=dict)
    started: dict[BreakPool, dict[int, Any]] = field(default_factory=lambda: defaultdict(dict))
    owed: dict[BreakPool, dict[int, Any]] = field(default_factory=lambda: defaultdict(dict))
    short: dict[tuple[int, int], Pairs] = field(default_factory=dict)
    filled: dict[tuple[int, int], Pairs] = field(default_factory=dict)
    lost: dict[tuple[int, int], Pairs] = field(default_factory=dict)
    begun: dict[tuple[int, int], tuple[Segments, dict[int, tuple[Any, float]]]] = field(default_factory=dict)


def add_heads(model: pulp.LpProblem, part: Part, out: CoverVariables) -> None:
    """Add the heads."""
    for q, j in part.columns:
        out.heads[q, j] = model.add_variable(f"heads_{q}_{j}", 0, None, pulp.LpInteger)


def add_breaks(model: pulp.LpProblem, frame: CoverFrame, out: CoverVariables) -> None:
    """Add per pool of breaks how many start and how many are still owed; a break with a single start needs none."""
    out.opening = pools(frame, out.heads)
    for pool, opening in out.opening.items():
        key = "_".join(map(str, pool))
        for t in times(frame, opening, pool[2]):
            out.started[pool][t] = model.add_variable(f"start_{key}_{t}", 0, None, pulp.LpInteger)
            out.owed[pool][t] = model.add_variable(f"owed_{key}_{t}", 0)


def add_shortage(model: pulp.LpProblem, frame: CoverFrame, part: Part, out: CoverVariables) -> None:
    """Add the heads missing; where a slot's least is a broken number the first head missing counts in part."""
    for q, d in enumerate(frame.problem.demands):
        for s in part.slots[q].nonzero()[0].tolist():
            level = int(frame.levels[q, s])
            share = float(d.least[s]) - (level - 1)
            if level and 0.0 < share < 1.0 - 1e-9:
                first = model.add_variable(f"short_{q}_{s}", 0, 1)
                out.short[q, s] = [(first, share), (model.add_variable(f"shorter_{q}_{s}", 0), 1.0)]
            elif level:
                out.short[q, s] = [(model.add_variable(f"short_{q}_{s}", 0), 1.0)]


def add_steps(model: pulp.LpProblem, curves: dict[tuple[int, int], Steps], out: CoverVariables) -> None:
    """Add the steps of the service curve, each with its slope."""
    for (q, s), curve in curves.items():
        pieces = enumerate(zip(curve.widths.tolist(), curve.slopes.tolist(), strict=True))
        out.filled[q, s] = [(model.add_variable(f"step_{q}_{s}_{i}", 0, width), slope) for i, (width, slope) in pieces]


def add_misses(
    model: pulp.LpProblem, frame: CoverFrame, part: Part, curves: dict[tuple[int, int], Steps], out: CoverVariables
) -> None:
    """Add the calls lost per period, in runs of one price."""
    for (q, p), margin in part.margin.items():
        demand = frame.problem.demands[q]
        if ladder_of(demand, p) is None:
            out.lost[q, p] = [(model.add_variable(f"lost_{q}_{p}", 0), call_price(frame.problem))]
            continue
        slots = (curves[q, s] for s in demand.periods[p].tolist() if (q, s) in curves)
        runs = segments(period_price(frame.problem, demand, p), margin - sum(c.least for c in slots))
        begun: dict[int, tuple[Any, float]] = {}
        out.lost[q, p] = []
        for k, run in enumerate(runs.runs):
            name = f"{q}_{p}_{k}" if k else f"{q}_{p}"
            width = run.width if k + 1 < len(runs.runs) or run.gated else None
            out.lost[q, p].append((model.add_variable(f"lost_{name}", 0, width), run.slope))
            if run.gated:
                begun[k] = model.add_variable(f"begun_{name}", 0, 1, pulp.LpInteger), run.jump
        if begun:
            out.begun[q, p] = runs, begun

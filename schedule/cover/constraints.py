"""The rows of the cover, one function per rule."""

from __future__ import annotations

from collections import Counter

import pulp

from ..optimise.linear import add_row
from .frame import CoverFrame
from .part import Part
from .steps import Steps
from .variables import CoverVariables, Pairs


def everyone_pauses(model: pulp.LpProblem, frame: CoverFrame, v: CoverVariables) -> None:
    """Ensures that every head takes each break once inside its window (Bechtold and Jacobs 1990, as a waiting line).

    ``owed[t] = owed[t−1] + heads whose window opens at t − started[t]``,
    ``owed[t] <= heads whose window is open at t and at t + 1``
    """
    for pool, opening in v.opening.items():
        q, _, width = pool
        key = "_".join(map(str, pool))
        for t, owed in v.owed[pool].items():
            pairs: Pairs = [(owed, 1.0), (v.started[pool][t], 1.0)]
            before = v.owed[pool].get(frame.wrapped(t - 1))
            if before is not None:
                pairs.append((before, -1.0))
            arriving = Counter(j for j, _ in opening.get(t, ()))
            pairs += [(v.heads[q, j], -float(n)) for j, n in arriving.items()]
            add_row(model, f"owed_{key}_{t}", pairs, "==", 0.0)
            waiting = Counter(j for i in range(width) for j, _ in opening.get(frame.wrapped(t - i), ()))
            pairs = [(v.heads[q, j], -float(n)) for j, n in waiting.items()]
            add_row(model, f"open_{key}_{t}", [(owed, 1.0), *pairs], "<=", 0.0)


def enough_on_the_phone(
    model: pulp.LpProblem, frame: CoverFrame, part: Part, phone: dict[tuple[int, int], Pairs], v: CoverVariables
) -> None:
    """Ensures the floor (or need) of each slot and fills the service curve's steps with what lies above it.

    ``heads on the phone + short − Σ filled >= level``
    """
    given = part.rest.phone(frame)
    for q, s in zip(*part.slots.nonzero(), strict=True):
        pairs = phone.get((q, s), []) + [(x, 1.0) for x, _ in v.short.get((q, s), [])]
        pairs = pairs + [(x, -1.0) for x, _ in v.filled.get((q, s), [])]
        if pairs and (frame.levels[q, s] or (q, s) in v.filled):
            add_row(model, f"phone_{q}_{s}", pairs, ">=", float(frame.levels[q, s] - given[q, s]))


def goals_hold(
    model: pulp.LpProblem, frame: CoverFrame, part: Part, curves: dict[tuple[int, int], Steps], v: CoverVariables
) -> None:
    """Ensures each period's goal, pooled over its slots, or counts the calls lost, in runs of one price.

    ``Σ_s (base + Σ slope · filled − below · short) + Σ_k lost_k >= margin``
    """
    for (q, p), margin in part.margin.items():
        slots = [s for s in frame.problem.demands[q].periods[p].tolist() if (q, s) in curves]
        pairs: Pairs = [(x, slope) for s in slots for x, slope in v.filled[q, s]]
        pairs += [(x, -curves[q, s].below) for s in slots if curves[q, s].below for x, _ in v.short.get((q, s), [])]
        base = sum(curves[q, s].base for s in slots)
        free = v.begun[q, p][0].free if (q, p) in v.begun else 0.0
        add_row(model, f"goal_{q}_{p}", [*pairs, *((x, 1.0) for x, _ in v.lost[q, p])], ">=", margin - base - free)


def cheap_losses_follow_dear(model: pulp.LpProblem, v: CoverVariables) -> None:
    """Ensures that calls are lost in the order of the ladder where the first of them are not the cheapest.

    ``lost_k <= width_k · begun_k``, ``lost_(k−1) >= width_(k−1) · begun_k``
    """
    for (q, p), (runs, begun) in v.begun.items():
        lost = [x for x, _ in v.lost[q, p]]
        for k, (gate, _) in begun.items():
            add_row(model, f"gate_{q}_{p}_{k}", [(lost[k], 1.0), (gate, -runs.runs[k].width)], "<=", 0.0)
            if k:
                add_row(model, f"full_{q}_{p}_{k}", [(lost[k - 1], 1.0), (gate, -runs.runs[k - 1].width)], ">=", 0.0)

"""The model of one part of the week: assembled here, decided by HiGHS, read back as whole numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pulp

from . import constraints, terms
from .counts import Counts
from .frame import Frame
from .part import Part
from .steps import Steps
from .variables import Variables, add_breaks, add_heads, add_misses, add_shortage, add_steps


@dataclass(frozen=True)
class CoverModel:
    """A built model, and where its variables are."""

    frame: Frame
    part: Part
    program: pulp.LpProblem = field(repr=False)
    variables: Variables = field(repr=False)
    curves: Mapping[tuple[int, int], Steps] = field(repr=False)

    def counts(self, values: Mapping[str, float]) -> Counts:
        """Return the whole-number answer in `values` (without the part's rest)."""
        heads = {c: round(values[x.name]) for c, x in self.variables.heads.items() if round(values[x.name])}
        worked = {(q, j) for _, q, j in heads}
        breaks = {}
        for q, j in worked:
            for k, (first, last, _, _) in enumerate(self.frame.shifts[j].breaks):
                starts = self.variables.starts.get((q, j, k))
                if starts is None:
                    breaks[q, j, k] = {first: sum(n for c, n in heads.items() if c[1:] == (q, j))}
                else:
                    breaks[q, j, k] = {at: round(values[x.name]) for at, x in starts.items() if round(values[x.name])}
        return Counts(heads, breaks)

    def start(self, counts: Counts) -> dict[str, float]:
        """Return `counts` as a start for the solver: every head and break variable."""
        v = self.variables
        out = {x.name: float(counts.heads.get(c, 0)) for c, x in v.heads.items()}
        for pause, starts in v.starts.items():
            at = counts.breaks.get(pause, {})
            out |= {x.name: float(at.get(t, 0)) for t, x in starts.items()}
        return out

    def phone(self, values: Mapping[str, float]) -> np.ndarray:
        """Return the heads on the phone in `values`, whole or not, rest included, shape (queues, S)."""
        out = self.part.rest.phone(self.frame).astype(float)
        for (q, s), pairs in terms.phone(self.frame, self.part, self.variables).items():
            out[q, s] += sum(values[x.name] * c for x, c in pairs)
        return out


def build(frame: Frame, part: Part, *, pooled: bool = False) -> CoverModel:
    """Build the model of `part`.

    With `pooled` breaks it is smaller and its LP relaxation has the same value, but its whole-number answers
    do not say which shift a break belongs to: use it for bounds.
    """
    model = pulp.LpProblem("cover", pulp.LpMinimize)
    v = Variables()
    curves = terms.curves(frame, part)
    add_heads(model, frame, part, v)
    add_shortage(model, frame, part, v)
    add_steps(model, curves, v)
    add_misses(model, part, v)
    if pooled:
        constraints.pools_pause(model, frame, v)
    else:
        add_breaks(model, frame, v)
        constraints.everyone_pauses(model, frame, v)
    phone = terms.phone(frame, part, v)
    model.setObjective(terms.cost(frame, v))
    constraints.enough_on_the_phone(model, frame, part, phone, v)
    constraints.goals_hold(model, frame, part, curves, v)
    constraints.people_are_there(model, frame, part, v)
    constraints.weeks_hold(model, frame, part, v)
    return CoverModel(frame, part, model, v, curves)

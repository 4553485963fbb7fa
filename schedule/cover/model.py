"""The model of one part of the week: assembled here, decided by HiGHS, read back as whole numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import pulp

from . import constraints, terms
from .counts import Counts
from .frame import CoverFrame
from .part import Part
from .pauses import TINY, BreakPool, deal
from .steps import Steps
from .variables import CoverVariables, add_breaks, add_heads, add_misses, add_shortage, add_steps


class WholeModel(Protocol):
    """What the search asks of a model of a part, whatever its variables."""

    @property
    def frame(self) -> CoverFrame:
        """The facts that the model rests on."""

    @property
    def part(self) -> Part:
        """What it decides."""

    @property
    def program(self) -> pulp.LpProblem:
        """The model itself."""

    def counts(self, values: Mapping[str, float]) -> Counts:
        """Return heads and breaks in `values`, without the part's rest."""

    def start(self, counts: Counts) -> dict[str, float]:
        """Return `counts` as a start for the solver."""


@dataclass(frozen=True)
class CoverModel:
    """A built model, and where its variables are."""

    frame: CoverFrame
    part: Part
    program: pulp.LpProblem = field(repr=False)
    variables: CoverVariables = field(repr=False)
    curves: Mapping[tuple[int, int], Steps] = field(repr=False)

    def counts(self, values: Mapping[str, float]) -> Counts:
        """Return heads and breaks in `values`, without the part's rest; whole when the values are."""
        v = self.variables
        heads = {c: values[x.name] for c, x in v.heads.items() if values[x.name] > TINY}
        started = {pool: {t: values[x.name] for t, x in starts.items()} for pool, starts in v.started.items()}
        return Counts(heads, deal(self.frame, heads, started))

    def allow_from(self, counts: Counts | None, more: int = 0) -> None:
        """Allow each column the heads of `counts` and at most `more` on top; None = any number again."""
        for column, x in self.variables.heads.items():
            there = 0 if counts is None else round(counts.heads.get(column, 0))
            x.lowBound = there
            x.upBound = None if counts is None else there + more

    def gained(self, counts: Counts) -> dict[tuple[int, int], float]:
        """Return per period of the part the calls that `counts` gains by the steps of the model."""
        phone = (self.part.rest + counts).phone(self.frame)
        return {
            (q, p): sum(
                self.curves[q, s].gain(phone[q, s])
                for s in self.frame.problem.demands[q].periods[p].tolist()
                if (q, s) in self.curves
            )
            for q, p in self.part.margin
        }

    def start(self, counts: Counts) -> dict[str, float]:
        """Return `counts` as a start for the solver: the value of every whole variable."""
        v = self.variables
        out = {x.name: float(counts.heads.get(c, 0)) for c, x in v.heads.items()}
        started: dict[tuple[BreakPool, int], float] = defaultdict(float)
        for (q, j, k), at in counts.breaks.items():
            shift = self.frame.shifts[j]
            first, last, length, _ = shift.breaks[k]
            for offset, n in at.items():
                started[(q, length, last - first), self.frame.wrapped(shift.start + offset)] += n
        out |= {x.name: started[pool, t] for pool, starts in v.started.items() for t, x in starts.items()}
        gained = self.gained(counts) if v.begun else {}
        for key, (runs, begun) in v.begun.items():
            said = runs.beyond(self.part.margin[key] - gained[key])
            out |= {x.name: float(b) for (x, _), b in zip(begun.values(), said, strict=True)}
        return out


def build(frame: CoverFrame, part: Part, *, for_bound: bool = False) -> CoverModel:
    """Build the model of `part`: heads on shifts, breaks as pools, goals through the service curve's steps.

    Its whole-number answers are exact: the waiting line of a pool says which shift each break belongs to. Its LP
    relaxation has the value of the forms that give each shift its own breaks (Aykin) or patterns (Dantzig);
    without `for_bound` this value is no lower bound for plans below the floor.
    """
    model = pulp.LpProblem("cover", pulp.LpMinimize)
    v = CoverVariables()
    curves = terms.curves(frame, part, for_bound=for_bound)
    add_heads(model, part, v)
    add_breaks(model, frame, v)
    add_shortage(model, frame, part, v)
    add_steps(model, curves, v)
    add_misses(model, frame, part, curves, v)
    phone = terms.phone(frame, part, v)
    model.setObjective(terms.cost(frame, [(x, frame.wage(c)) for c, x in v.heads.items()], v))
    constraints.everyone_pauses(model, frame, v)
    constraints.enough_on_the_phone(model, frame, part, phone, v)
    constraints.goals_hold(model, frame, part, curves, v)
    constraints.cheap_losses_follow_dear(model, v)
    return CoverModel(frame, part, model, v, curves)

"""The search for whole heads in one part of the week: from its LP relaxation to a plan within the gap."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, field, replace

from ..optimise.linear import TOLERANCE, add_row
from ..optimise.solver import Answer, relative_gap
from ..optimise.status import Status
from .counts import Counts
from .effort import STAGE, Effort
from .frame import Column, CoverFrame
from .model import CoverModel, build
from .part import Part
from .pauses import TINY
from .rounding import rounded


@dataclass
class PartSearch:
    """Whole heads for one part, better step by step; `cost` is by the concave envelope of the service curve.

    The LP's heads are made whole by carrying remainders on and mended with a few heads more. Then the shifts of the LP
    and of the plan so far are decided; at last, in a `thorough` search, every shift that a better plan could have. Each
    step begins with the plan of the step before, and the search ends as soon as the plan is within the gap of the bound
    that the LP proves.
    """

    frame: CoverFrame
    part: Part
    effort: Effort
    thorough: bool
    best: Counts | None = None
    cost: float | None = None
    bound: float | None = None
    full: CoverModel = field(init=False, repr=False)
    lenient: CoverModel = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.full = build(self.frame, self.part)
        self.lenient = build(self.frame, self.part, for_bound=True) if self.part.margin else self.full

    @property
    def over(self) -> bool:
        """Whether the plan is within the gap, or there is no time for a better one."""
        near = relative_gap(self.cost, self.bound)
        return self.effort.over or (near is not None and near <= self.effort.gap)

    def run(self) -> None:
        """Search until the plan is within the gap or time is up."""
        relaxed = self.effort.run(self.lenient, relax=True, quiet=True)
        if not relaxed.found:
            return
        unit = cost_unit(self.full)
        self.bound = None if relaxed.bound is None else round_up(relaxed.bound, unit)
        if self.over:
            return
        params, suggestion = self.frame.params, self.lenient.counts(relaxed.values)
        rough = rounded(self.frame, suggestion)
        few = self._among({c for plan in (suggestion, rough, self.best) if plan for c in plan.heads})
        if self.best is None:
            few.allow_from(rough, params.mend_heads)
            self._take(few, self.effort.share(params.mend_share).run(few, bound=self.bound, quiet=True))
            few.allow_from(None)
        if not self.over:
            effort = self.effort.share(params.polish_share) if self.thorough else self.effort
            self._take(few, effort.run(few, start=self.best, bound=self.bound))
        if not self.over and self.thorough:
            self._prove(relaxed, unit)

    def _among(self, columns: Collection[Column]) -> CoverModel:
        """Return the model of some of the part's columns."""
        return build(self.frame, replace(self.part, columns=tuple(c for c in self.part.columns if c in columns)))

    def _prove(self, relaxed: Answer, unit: float) -> None:
        """Search among all columns that a better plan could have: each head adds its reduced cost to the LP's bound."""
        model = self.full
        if self.best is not None and self.cost is not None and relaxed.bound is not None:
            most = self.cost - unit - relaxed.bound + TOLERANCE * max(1.0, abs(self.cost))
            heads = self.lenient.variables.heads
            model = self._among({c for c, x in heads.items() if relaxed.reduced[x.name] <= most} | set(self.best.heads))
        cost = self.cost
        answer = self.effort.run(model, start=self.best, bound=self.bound)
        proven = answer.bound if cost is None or answer.bound is None else min(answer.bound, cost)
        self._raise_bound(proven)
        self._take(model, answer)

    def _raise_bound(self, proven: float | None) -> None:
        """Take a bound `proven` for `full`, which overstates the cost of heads missing under a goal's floor.

        The bound holds for plans that keep every floor. Any other plan misses at least one head; the lenient LP gives
        the least cost of such a plan.
        """
        if proven is None or self.bound is None or proven <= self.bound:
            return
        if self.part.margin:
            model = build(self.frame, self.part, for_bound=True)
            short = [(x, 1.0) for pairs in model.variables.short.values() for x, _ in pairs]
            if short:
                add_row(model.program, "somebody_short", short, ">=", 1.0)
                relaxed = self.effort.run(model, relax=True, quiet=True)
                if relaxed.status != Status.INFEASIBLE:
                    proven = min(proven, self.bound if relaxed.bound is None else relaxed.bound)
        self.bound = max(self.bound, proven)

    def _take(self, model: CoverModel, answer: Answer) -> None:
        """Keep `answer` if it is the best so far, and tell."""
        if answer.objective is None or (self.cost is not None and answer.objective >= self.cost - TINY):
            return
        self.best, self.cost = model.counts(answer.values), answer.objective
        self.effort.watch.tell(STAGE, self.part.name, best=self.cost)


def cost_unit(model: CoverModel) -> float:
    """Return a unit of which every cost of whole heads is a multiple; 0 where there is none.

    There is one when every cost belongs to a whole variable, or to heads short of a whole level, and they have a common
    measure.
    """
    v = model.variables
    if v.lost or v.begun or any(share < 1.0 for pairs in v.short.values() for _, share in pairs):
        return 0.0
    if any(n % 1 for n in model.part.rest.heads.values()):
        return 0.0
    scale = 10**6
    costs = {c * scale for c in model.program.objective.values()}
    if not costs or any(abs(c - round(c)) > 1e-6 for c in costs):
        return 0.0
    unit = math.gcd(*(round(c) for c in costs)) / scale
    return unit if unit > 1e-4 else 0.0


def round_up(bound: float, unit: float) -> float:
    """Return the least multiple of `unit` that is not below `bound`; `bound` itself where there is no unit."""
    return unit * math.ceil(bound / unit - 1e-6) if unit else bound

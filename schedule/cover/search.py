"""The search for whole heads in one part of the week: from its LP relaxation to a plan within the gap."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from ..linear import add_row
from ..solver import Answer, relative_gap
from .counts import Counts
from .effort import STAGE, Effort
from .frame import Frame
from .model import CoverModel, build
from .part import Part
from .pauses import TINY
from .rounding import rounded

_ROUGH, _MEND, _POLISH = 0.3, 0.3, 0.6
"""Parts of the time left that the steps of the search may take."""

_MORE = 3
"""Heads that may be added to a shift to mend what whole breaks leave short."""


@dataclass
class Search:
    """Whole heads for one part, better step by step; `cost` is by the concave envelope of the service curve.

    First the heads are made whole while breaks may stay broken; that is easy and its cost is nearly the LP's. Then the
    breaks are made whole, heads being added where that leaves somebody short; then everything within one head of that
    plan on the shifts in play; at last, in a `thorough` search, everything. Each step begins with the plan of the one
    before and the search ends as soon as the plan is within the gap of the bound that the LP proves.
    """

    frame: Frame
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
        self.bound = None if relaxed.bound is None else whole_bound(self.full, relaxed.bound)
        if self.over:
            return
        suggestion = self.lenient.counts(relaxed.values)
        rough = self._whole_heads(suggestion)
        few = self._only(suggestion, rough, self.best)
        if not self.over:
            self._mend(few, rough)
        if not self.over and self.best is not None:
            few.keep_near(self.best, 1, 1)
            self._take(few, self.effort.share(_POLISH).run(few, start=self.best, bound=self.bound))
        if not self.over and self.thorough:
            answer = self.effort.run(self.full, start=self.best, bound=self.bound)
            self._raise_bound(answer.bound)
            self._take(self.full, answer)

    def _only(self, *plans: Counts | None) -> CoverModel:
        """Return the model of the columns that `plans` use."""
        used = {c for plan in plans if plan for c, n in plan.heads.items() if n > TINY}
        return build(self.frame, replace(self.part, columns=tuple(c for c in self.part.columns if c in used)))

    def _whole_heads(self, suggestion: Counts) -> Counts:
        """Return whole heads with broken breaks, on the shifts the LP uses.

        A thorough search for a pooled goal, whose sums leave room to choose, looks among all shifts.
        """
        model = self.full if self.part.margin and self.thorough else self._only(suggestion, self.best)
        model.set_breaks(whole=False)
        start = rounded(self.frame, suggestion)
        answer = self.effort.share(_ROUGH).run(model, start=start, bound=self.bound, quiet=True)
        model.set_breaks(whole=True)
        return model.counts(answer.values) if answer.found else start

    def _mend(self, few: CoverModel, rough: Counts) -> None:
        """Make the breaks of `rough` whole too, on its own heads or a few more."""
        few.keep_near(rough, 0, _MORE)
        self._take(few, self.effort.share(_MEND).run(few, bound=self.bound, quiet=True))

    def _raise_bound(self, proven: float | None) -> None:
        """Take a bound `proven` for `full`, which overstates what being short of a goal's floor costs.

        It holds for plans that keep every floor; any other is short by at least one head, and the lenient LP says what
        that costs at least.
        """
        if proven is None or self.bound is None or proven <= self.bound:
            return
        if self.part.margin:
            model = build(self.frame, self.part, for_bound=True)
            short = [(x, 1.0) for pairs in model.variables.short.values() for x, _ in pairs]
            if short:
                add_row(model.program, "somebody_short", short, ">=", 1.0)
                relaxed = self.effort.run(model, relax=True, quiet=True)
                if relaxed.status != "infeasible":
                    proven = min(proven, self.bound if relaxed.bound is None else relaxed.bound)
        self.bound = max(self.bound, proven)

    def _take(self, model: CoverModel, answer: Answer) -> None:
        """Keep `answer` if it is the best so far, and tell."""
        if answer.objective is None or (self.cost is not None and answer.objective >= self.cost - TINY):
            return
        self.best, self.cost = model.counts(answer.values), answer.objective
        gap = relative_gap(self.cost, self.bound)
        self.effort.watch.tell(STAGE, self.part.name, best=self.cost, bound=self.bound, gap=gap)


def whole_bound(model: CoverModel, bound: float) -> float:
    """Return `bound` rounded up to the next cost that whole heads can have, where costs come in equal units.

    They do when every cost belongs to a whole variable, or to heads short of a whole level, and has a common unit.
    """
    v = model.variables
    if v.lost or v.below or any(share < 1.0 for pairs in v.short.values() for _, share in pairs):
        return bound
    if any(n % 1 for n in model.part.rest.heads.values()):
        return bound
    scale = 10**6
    costs = {c * scale for c in model.program.objective.values()}
    if not costs or any(abs(c - round(c)) > 1e-6 for c in costs):
        return bound
    unit = math.gcd(*(round(c) for c in costs)) / scale
    return unit * math.ceil(bound / unit - 1e-6) if unit > 1e-4 else bound

"""Decide one part of the week in whole heads, with a proven bound."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..optimise.solver import relative_gap
from ..optimise.status import sound_bound
from .counts import Counts
from .effort import Effort
from .frame import CoverFrame
from .model import CoverModel
from .part import Part, cost_of, losses, price_of_losses
from .search import PartSearch


@dataclass(frozen=True)
class PartDecision:
    """The best whole heads found for a part, their true cost in it, and the proven bound."""

    counts: Counts | None
    cost: float | None
    bound: float | None

    @property
    def gap(self) -> float | None:
        """Distance of cost and bound as a share of the bound."""
        return relative_gap(self.cost, self.bound)

    def near(self, gap: float) -> bool:
        """Whether the cost is proven to be within `gap`."""
        return self.gap is not None and self.gap <= gap


def decide(
    frame: CoverFrame, part: Part, effort: Effort, *, present: Counts | None = None, thorough: bool = True
) -> PartDecision:
    """Return whole heads for `part`, decided again with more margin while the true curve misses a goal.

    Where the curve is not concave, a plan may gain less than its envelope says. If the plan then misses a goal, the
    missing calls are added to the margin. The bound is the one for the margin as given.

    Parameters
    ----------
    present
        A plan to start from and to improve on; a plan within the gap is returned.
    thorough
        Whether to search among all shifts when those that the LP uses do not reach the gap.
    """
    best = PartDecision(present, None if present is None else cost_of(frame, part, present), None)
    asked = part
    for attempt in range(frame.params.rounds):
        search = PartSearch(frame, asked, effort, thorough, best.counts)
        if best.counts is not None:
            missed = _missed(frame, asked, search.full, best.counts)
            unseen = price_of_losses(frame, losses(frame, asked, best.counts), missed)
            search.cost = cost_of(frame, asked, best.counts) - unseen
        search.run()
        best = replace(best, bound=search.bound if attempt == 0 else best.bound)
        if search.best is None:
            break
        cost = cost_of(frame, part, search.best)
        if best.cost is None or cost < best.cost:
            best = PartDecision(search.best, cost, best.bound)
        missed = _missed(frame, part, search.full, search.best)
        if not missed or effort.over or best.near(effort.gap):
            break
        asked = replace(asked, margin={key: m + missed.get(key, 0.0) for key, m in asked.margin.items()})
    return replace(best, bound=sound_bound(best.bound, best.cost))


def _missed(frame: CoverFrame, part: Part, model: CoverModel, counts: Counts) -> dict[tuple[int, int], float]:
    """Return per period the calls that `counts` loses by the true curve beyond those that the model sees."""
    out = {}
    gained = model.gained(counts)
    for key, lost in losses(frame, part, counts).items():
        demand = frame.problem.demands[key[0]]
        surprise = lost - max(0.0, part.margin[key] - gained[key])
        if surprise > 1e-6 * float(demand.calls[demand.periods[key[1]]].sum()):
            out[key] = surprise
    return out

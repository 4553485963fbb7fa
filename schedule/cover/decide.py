"""Decide one part of the week in whole heads, with a proven bound."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

from ...forecast.progress import Watch
from ..solver import Answer, relative_gap, solve
from .counts import Counts
from .frame import Frame
from .model import CoverModel, build
from .part import Part, cost_of, losses
from .pauses import TINY
from .rounding import rounded

STAGE = "cover"
_ROUNDS = 4

_FIRST_SHARE = 0.6
"""Part of the time that whole heads on the LP's shifts may take before all shifts are tried."""


@dataclass(frozen=True)
class Effort:
    """How hard to try: the settings that every solve of a cover shares; `until` is a time of `time.monotonic`."""

    watch: Watch
    gap: float
    seed: int
    threads: int
    until: float

    @property
    def left_s(self) -> float:
        """Seconds that are left."""
        return max(0.0, min(self.until - time.monotonic(), self.watch.left_s))

    @property
    def over(self) -> bool:
        """Whether time is up or the user has stopped."""
        return self.watch.stopped or self.left_s <= 0

    def within(self, seconds: float) -> Effort:
        """Return the same with at most `seconds` from now."""
        return replace(self, until=min(self.until, time.monotonic() + seconds))

    def run(
        self, model: CoverModel, *, relax: bool = False, start: Counts | None = None, bound: float | None = None
    ) -> Answer:
        """Solve `model`; whole heads within the gap of a `bound` known from elsewhere are good enough."""
        return solve(
            model.program,
            watch=self.watch,
            stage=STAGE,
            text=model.part.name,
            time_limit_s=self.left_s,
            gap=self.gap if bound is None else self.gap / 4,
            target=None if bound is None else bound + abs(bound) * self.gap,
            seed=self.seed,
            threads=self.threads,
            relax=relax,
            start=None if start is None else model.start(start),
        )


@dataclass(frozen=True)
class Decision:
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


def decide(frame: Frame, part: Part, effort: Effort, *, present: Counts | None = None) -> Decision:
    """Return whole heads for `part`, decided again with more margin while the true curve misses a goal.

    A plan on the floor or above never gains less than its envelope says only where the curve is concave; where it
    misses a goal by surprise, the calls missed are added to the margin. The bound is that of the margin as given.

    Parameters
    ----------
    present
        A plan to start from and to improve on; it is returned when it is within the gap already.
    """
    best = Decision(present, None if present is None else cost_of(frame, part, present), None)
    asked = part
    for attempt in range(_ROUNDS):
        found, answer = _whole(frame, asked, effort, best)
        best = replace(best, bound=found.bound if attempt == 0 else best.bound)
        if found.counts is None or answer is None:
            break
        cost = cost_of(frame, part, found.counts)
        if best.cost is None or cost < best.cost:
            best = Decision(found.counts, cost, best.bound)
        missed = _missed(frame, part, found.counts, answer)
        if not missed or effort.over or best.near(effort.gap):
            break
        asked = replace(asked, margin={key: m + missed.get(key, 0.0) for key, m in asked.margin.items()})
    if best.bound is not None and best.cost is not None:
        best = replace(best, bound=min(best.bound, best.cost))
    return best


def _whole(frame: Frame, part: Part, effort: Effort, best: Decision) -> tuple[Decision, dict[tuple[int, int], float] | None]:
    """Return whole heads for `part` by the envelope, and the calls per period that they lose by it.

    First the LP relaxation, whose value is a bound; then whole heads on the shifts that it uses, which is mostly within
    the gap; else on all shifts, from that plan.
    """
    full = build(frame, part)
    relaxed = effort.run(full, relax=True)
    if not relaxed.found:
        return Decision(None, None, None), None
    bound = None if relaxed.bound is None else whole_bound(full, relaxed.bound)
    if best.counts is not None and replace(best, bound=bound).near(effort.gap):
        return Decision(None, None, bound), None
    suggestion = full.counts(relaxed.values)
    used = {c for plan in (suggestion, best.counts) if plan for c, n in plan.heads.items() if n > TINY}
    model = build(frame, replace(part, columns=tuple(c for c in part.columns if c in used)))
    first = effort.within(effort.left_s * _FIRST_SHARE)
    answer = first.run(model, start=best.counts or rounded(frame, suggestion), bound=bound)
    if not effort.over and not Decision(None, answer.objective, bound).near(effort.gap):
        start = model.counts(answer.values) if answer.found else best.counts
        again = effort.run(full, start=start, bound=bound)
        bound = max(b for b in (bound, again.bound) if b is not None) if again.bound is not None else bound
        if again.objective is not None and (answer.objective is None or again.objective < answer.objective):
            answer, model = again, full
    if not answer.found:
        return Decision(None, None, bound), None
    lost = {key: answer.values[x.name] for key, x in model.variables.lost.items()}
    return Decision(model.counts(answer.values), answer.objective, bound), lost


def _missed(
    frame: Frame, part: Part, counts: Counts, known: Mapping[tuple[int, int], float]
) -> dict[tuple[int, int], float]:
    """Return per period the calls that `counts` loses by the true curve beyond those `known` to the model."""
    out = {}
    for key, lost in losses(frame, part, counts).items():
        demand = frame.problem.demands[key[0]]
        if lost - known[key] > 1e-6 * float(demand.calls[demand.periods[key[1]]].sum()):
            out[key] = lost - known[key]
    return out


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

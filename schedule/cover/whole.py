"""The whole week as one integer programme: what the days, decided one by one, cannot find or prove."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass, field, replace

from ...forecast.progress import Watch
from ..optimise.linear import TOLERANCE
from ..optimise.solver import Answer
from .counts import Counts, true_cost
from .effort import Effort
from .frame import CoverFrame
from .model import CoverModel, WholeModel, build
from .part import Part
from .placed import build_placed, ways
from .search import cost_unit, round_up


@dataclass
class JointWatch(Watch):
    """The watch of two searches side by side: each also ends when `ended` says so."""

    ended: threading.Event = field(default_factory=threading.Event)

    @classmethod
    def of(cls, watch: Watch, ended: threading.Event) -> JointWatch:
        """Return a watch that tells, stops and ends as `watch`, and with `ended`."""
        return cls(watch.show, watch.time_limit_s, watch.stop, watch.began, watch.keeps, ended)

    @property
    def stopped(self) -> bool:
        """Whether the user or the other search has ended the work."""
        return self.stop.is_set() or self.ended.is_set()


@dataclass(frozen=True)
class WholeAnswer:
    """What the programme of the week found: a plan with its true cost, None where it found none, and its bound."""

    counts: Counts | None
    cost: float | None
    bound: float | None


def small(frame: CoverFrame, part: Part) -> bool:
    """Whether each way to place the breaks of each shift gets a column."""
    return ways(frame, part) <= frame.params.most_placed


def decide_whole(
    week: CoverModel, relaxed: Answer, present: Counts | None, bound: float | None, effort: Effort
) -> WholeAnswer:
    """Decide the week at once until it is within the gap or time is up.

    Only shifts that a better plan could have are columns: each head of any other adds its reduced cost to the bound of
    the relaxation. Few shifts and ways to place their breaks get a column for each way: HiGHS proves that form soonest,
    and sooner without a plan to start from.

    Parameters
    ----------
    week, relaxed
        The model of the whole week, and what its relaxation said.
    present
        A plan to be better than; None = none.
    bound
        Proven for the week so far.
    """
    frame, unit = week.frame, cost_unit(week)
    cost = math.inf if present is None else true_cost(frame, present).cost
    part = week.part if present is None else _could_be_better(week, relaxed, cost - unit, present)
    model: WholeModel
    if small(frame, part):
        model, start = build_placed(frame, part), None
    else:
        model, start = build(frame, part, for_bound=True), present
    answer = effort.run(model, start=start, bound=bound)
    proven = None if answer.bound is None else min(cost, round_up(answer.bound, unit))
    if not answer.found:
        return WholeAnswer(None, None, proven)
    counts = model.counts(answer.values)
    return WholeAnswer(counts, true_cost(frame, counts).cost, proven)


def _could_be_better(week: CoverModel, relaxed: Answer, least: float, present: Counts) -> Part:
    """Return the part of the week with the columns of `present` and those that a plan cheaper than `least` can have."""
    if relaxed.bound is None:
        return week.part
    most = least - relaxed.bound + TOLERANCE * max(1.0, abs(least))
    names = {c: x.name for c, x in week.variables.heads.items()}
    kept = tuple(c for c in week.part.columns if c in present.heads or relaxed.reduced[names[c]] <= most)
    return replace(week.part, columns=kept)

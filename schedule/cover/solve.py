"""The cover of a week: its LP bound, then day after day whole heads, then days again while time is left."""

from __future__ import annotations

import time
from collections.abc import Mapping

import numpy as np

from ...forecast.progress import Watch
from ..optimise.solver import Answer, relative_gap
from ..optimise.status import Solved, Status, sound_bound
from ..problem.problem import ScheduleProblem
from .counts import shortage, true_cost
from .draft import CoverDraft
from .effort import Effort
from .frame import CoverFrame
from .model import CoverModel, build
from .params import CoverParams
from .part import whole_week
from .result import Cover, single_heads


def solve_cover(
    problem: ScheduleProblem,
    *,
    watch: Watch,
    time_limit_s: float,
    gap: float = 0.001,
    seed: int = 1,
    threads: int = 1,
    params: CoverParams | None = None,
) -> Cover:
    """Return the cheapest cover found: shifts, breaks and lunches chosen together, wages plus prices at their least.

    The LP relaxation of the whole week proves a bound and says what each day does for the week's goals. Then the days
    are decided one after the other in whole heads, the days before fixed and the days after as in the LP. Where days
    are linked (by shifts over midnight, goals over the week) they are decided again against the rest of the plan, never
    worse, until nothing improves, the gap is met, or time is up.

    Parameters
    ----------
    problem
        Without people: named people are planned by `solve_named`.
    watch
        Told of progress; a stop ends the work within a second with the best plan so far.
    time_limit_s
        Seconds for all of it.
    gap
        Relative gap at which a day, or the week, is done.
    params
        Knobs of the search; None = their defaults.

    Raises
    ------
    ValueError
        If the problem names people.
    """
    if problem.staff:
        raise ValueError(
            f"Expected no staff, got {len(problem.staff)} people: named people are planned by solve_named."
        )
    began = time.monotonic()
    effort = Effort(watch, gap, seed, threads, began + time_limit_s)
    frame = CoverFrame(problem, params or CoverParams())
    model = build(frame, whole_week(frame), for_bound=True)
    relaxed = effort.run(model, relax=True)
    if not relaxed.found:
        return Cover((), Solved(Status.NONE, stopped=relaxed.stopped, seconds=time.monotonic() - began))
    began_whole = time.monotonic()
    draft = CoverDraft(frame, model.counts(relaxed.values), relaxed.bound, effort, began=began)
    draft.decide()
    draft.improve()
    stages = {"lp": began_whole - began, "descent": time.monotonic() - began_whole}
    return _cover(draft, model, relaxed, stages)


def _cover(draft: CoverDraft, model: CoverModel, relaxed: Answer, stages: Mapping[str, float]) -> Cover:
    """Return the finished cover with its true cost."""
    frame = draft.frame
    found = true_cost(frame, draft.done)
    bound = sound_bound(draft.bound, found.cost)
    off = relative_gap(found.cost, bound)
    solved = Solved.of(
        found.cost, bound, near=off is not None and off <= draft.effort.gap, by_user=draft.effort.watch.stopped,
        seconds=time.monotonic() - draft.began, history=draft.history,
        hurried=bool(draft.effort.cut),
    )  # fmt: skip
    queues = [d.queue for d in frame.problem.demands]
    price = np.zeros((len(queues), len(frame.problem.grid)))
    for q, s in zip(*model.part.slots.nonzero(), strict=True):
        price[q, s] = relaxed.duals.get(f"phone_{q}_{s}", 0.0)
    short = float(shortage(frame, draft.done.phone(frame)).sum())
    return Cover(
        planned=single_heads(frame, draft.done),
        solved=solved,
        blocks=tuple(draft.blocks.values()),
        cost_wages=found.wages,
        cost_prices=found.prices,
        lost_calls={(queues[q], p): n for (q, p), n in found.lost.items()},
        under_hours=short * frame.problem.grid.hours,
        price=dict(zip(queues, price, strict=True)),
        stages=stages,
    )

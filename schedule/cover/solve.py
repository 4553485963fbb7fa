"""The cover of a week: its LP bound, day after day whole heads, then days again and the whole week at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace

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
from .whole import JointWatch, WholeAnswer, decide_whole, small


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
    are decided one after the other in whole heads, the days before fixed and the days after as in the LP. Then days are
    decided again against the rest of the plan, never worse, and the whole week is decided at once, until the gap is met
    or time is up: side by side with two threads, one after the other with one.

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
    seed
        With one thread: same seed, same plan, unless time has cut a solve short (`Solved.stopped` says so then).
    threads
        With two or more the whole week is decided beside the days.
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
    (_side_by_side if threads > 1 else _in_turn)(draft, model, relaxed)
    stages = {"lp": began_whole - began, "descent": time.monotonic() - began_whole}
    return _cover(draft, model, relaxed, stages)


def _in_turn(draft: CoverDraft, model: CoverModel, relaxed: Answer) -> None:
    """Decide the days, then the week at once and days again: first that which gets further."""
    soon = small(draft.frame, model.part)
    draft.decide()
    if not soon:
        draft.improve()
    if not draft.finished:
        effort = draft.effort.share(draft.frame.params.whole_share if soon else 1.0)
        draft.take(decide_whole(model, relaxed, draft.done, draft.bound, effort))
    if soon:
        draft.improve()
    if soon and not draft.finished:  # other chances
        draft.take(
            decide_whole(model, relaxed, draft.done, draft.bound, replace(draft.effort, seed=draft.effort.seed + 1))
        )


def _side_by_side(draft: CoverDraft, model: CoverModel, relaxed: Answer) -> None:
    """Decide the week at once in a thread of its own, and the days in this one; what meets the gap ends the other.

    A large week waits for the days to be decided once: their plan leaves fewer shifts, and is a start.
    """
    ended, given = threading.Event(), draft.effort
    soon = small(draft.frame, model.part)
    if not soon:
        draft.decide()
    # solves side by side must ask for equally many threads
    effort = replace(given, watch=JointWatch.of(given.watch, ended), threads=1)
    present, bound = (None if soon else draft.done), draft.bound

    def whole() -> WholeAnswer:
        found = decide_whole(model, relaxed, present, bound, effort)
        if draft.meets_gap(found):
            ended.set()
        return found

    with ThreadPoolExecutor(1) as pool:
        beside = None if draft.finished else pool.submit(whole)
        try:
            draft.effort = effort
            if soon:
                draft.decide()
            draft.improve()
            if beside is not None and not draft.finished:
                wait([beside])
        finally:
            ended.set()
            draft.effort = given
        if beside is not None:
            draft.take(beside.result())


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

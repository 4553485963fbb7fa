"""The cover of a week: its LP bound, then day after day whole heads, then days again while time is left."""

from __future__ import annotations

import time
from collections.abc import Mapping

import numpy as np

from ...forecast.progress import Watch
from ..optimise.solver import Answer, relative_gap
from ..optimise.status import Solved, Status, sound_bound
from ..problem.problem import ScheduleProblem
from .counts import shortage, value
from .effort import Effort
from .frame import Frame
from .model import CoverModel, build
from .musts import with_musts
from .part import whole_week
from .result import Cover, single_heads
from .week import Week


def solve_cover(
    problem: ScheduleProblem,
    *,
    watch: Watch,
    time_limit_s: float,
    gap: float = 0.001,
    seed: int = 1,
    threads: int = 1,
) -> Cover:
    """Return the cheapest cover found: shifts, breaks and lunches chosen together, wages plus prices at their least.

    The LP relaxation of the whole week proves a bound and says what each day uses of the week's limits and goals.
    Then the days are decided one after the other in whole heads, the days before fixed and those after as in the LP.
    Where days are linked (by shifts over midnight, limits of people's weeks, goals over the week) they are decided
    again against the rest of the plan, never worse, until nothing improves, the gap is met, or time is up.

    Parameters
    ----------
    watch
        Told of progress; a stop ends the work within a second with the best plan so far.
    time_limit_s
        Seconds for all of it.
    gap
        Relative gap at which a day, or the week, is done.
    """
    began = time.monotonic()
    effort = Effort(watch, gap, seed, threads, began + time_limit_s)
    frame = Frame(problem)
    model = build(frame, whole_week(frame), for_bound=True)
    relaxed = effort.run(model, relax=True)
    if not relaxed.found:
        return Cover((), Solved(Status.NONE, stopped=relaxed.stopped, seconds=time.monotonic() - began))
    began_whole = time.monotonic()
    week = Week(frame, model.counts(relaxed.values), relaxed.bound, effort, began=began)
    week.decide()
    week.improve()
    week.done = with_musts(frame, week.done)
    stages = {"lp": began_whole - began, "descent": time.monotonic() - began_whole}
    return _cover(week, model, relaxed, stages)


def _cover(week: Week, model: CoverModel, relaxed: Answer, stages: Mapping[str, float]) -> Cover:
    """Return the finished cover with its true cost."""
    frame, costs = week.frame, week.frame.problem.costs
    worth = value(frame, week.done)
    bound = sound_bound(week.bound, worth.cost)
    off = relative_gap(worth.cost, bound)
    solved = Solved.of(
        worth.cost, bound, near=off is not None and off <= week.effort.gap, by_user=week.effort.watch.stopped,
        time_is_up=week.effort.over, seconds=time.monotonic() - week.began, history=week.history,
    )  # fmt: skip
    queues = [d.queue for d in frame.problem.demands]
    price = np.zeros((len(queues), len(frame.problem.grid)))
    for q, s in zip(*model.part.slots.nonzero(), strict=True):
        price[q, s] = relaxed.duals.get(f"phone_{q}_{s}", 0.0)
    short = float(shortage(frame, week.done.phone(frame)).sum())
    return Cover(
        planned=single_heads(frame, week.done),
        solved=solved,
        blocks=tuple(week.blocks.values()),
        cost_wages=worth.wages,
        cost_prices=worth.prices,
        lost_calls={(queues[q], p): n for (q, p), n in worth.lost.items()},
        under_hours=short * frame.problem.grid.hours,
        below_contract_hours=worth.below_contract / costs.below_contract_h if costs.below_contract_h else 0.0,
        price=dict(zip(queues, price, strict=True)),
        stages=stages,
    )

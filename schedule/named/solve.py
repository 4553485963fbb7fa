"""Named people and their shifts together: prices and a bound first, then plans, each better than the last."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ...forecast.errors import InputError
from ...forecast.progress import Watch
from ..problem import ScheduleProblem
from ..shifts import PlannedShift
from ..solver import relative_gap
from ..status import Solved, sound_bound
from .descent import Descent
from .dual import STAGE, Dual
from .menu import People
from .respond import Chosen, Responder
from .service import Service

SMALL_SHARE, LARGE_SHARE, LARGE = 0.35, 0.6, 500
"""Parts of the time for the bound, for few people and for `LARGE` or more: few people leave more to search."""


@dataclass(frozen=True)
class NamedPlan:
    """Who works when.

    Attributes
    ----------
    assigned
        Agent → shifts by start, breaks placed; everybody has an entry.
    solved
        Wages, wishes, hours below contract, spread of starts and all that is left short; the bound is proven.
    stages
        Seconds for the bound (``bound``) and the plan (``descent``).
    """

    assigned: Mapping[str, tuple[PlannedShift, ...]]
    solved: Solved
    stages: Mapping[str, float] = field(default_factory=dict)


def solve_named(
    problem: ScheduleProblem,
    *,
    watch: Watch,
    time_limit_s: float,
    gap: float = 0.001,
    seed: int = 1,
    steps: int | None = None,
) -> NamedPlan:
    """Choose everybody's shifts, breaks and days off at least cost, within every rule of people.

    Parameters
    ----------
    watch
        Told of progress; a stop ends the work within a second with the best plan so far.
    time_limit_s
        Seconds for all of it.
    gap
        Relative gap to the proven bound at which to stop.
    seed
        Same seed, same plan, unless time ends the search.
    steps
        Most single re-plans of the annealing; None = as long as time is left.

    Raises
    ------
    Infeasible
        If somebody's rules contradict each other.
    InputError
        If somebody works several queues of the problem: a shift is worked on one queue.
    """
    if any(sum(d.queue in a.skills for d in problem.demands) > 1 for a in problem.staff):
        raise InputError("people who work several queues cannot be planned together with their shifts", column="skills")
    began = time.monotonic()
    clock = Watch(time_limit_s=time_limit_s, stop=watch.stop)
    people, service = People.of(problem), Service.of(problem)
    dual = Dual(people, service, Responder(people))
    history: list[tuple[float, float | None, float | None]] = []
    descent = Descent(dual, seed=seed, over=lambda: clock.stopped or clock.time_is_up or near())

    def near() -> bool:
        off = relative_gap(descent.best_cost, dual.bound)
        return off is not None and off <= gap

    def tell(text: str) -> None:
        cost = descent.best_cost
        bound = sound_bound(dual.bound, cost)
        history.append((time.monotonic() - began, cost, bound))
        watch.tell(STAGE, text, best=cost, bound=bound, gap=relative_gap(cost, bound))

    descent.settle(1)  # something to fall back on
    tell("first plan")
    share = LARGE_SHARE if len(people.persons) >= LARGE else SMALL_SHARE
    dual.ascend(watch, share * time_limit_s, descent.best_cost)
    tell("prices")
    bounded = time.monotonic() - began
    descent.guided(tell)
    tell("descent")
    left, start = clock.left_s, clock.elapsed_s
    if people.persons and not descent.over():
        descent.anneal(lambda: (clock.elapsed_s - start) / max(0.97 * left, 1e-9), steps, tell)
        tell("annealing")
    solved = Solved.of(
        descent.best_cost, sound_bound(dual.bound, descent.best_cost), near=near(), by_user=clock.stopped,
        time_is_up=clock.time_is_up, seconds=clock.elapsed_s, history=history,
    )  # fmt: skip
    stages = {"bound": bounded, "descent": time.monotonic() - began - bounded}
    return NamedPlan(_assigned(people, descent.best), solved, stages)


def _assigned(people: People, weeks: Sequence[Chosen]) -> dict[str, tuple[PlannedShift, ...]]:
    """Read a plan off the arrays."""
    queues = [d.queue for d in people.problem.demands]
    out: dict[str, tuple[PlannedShift, ...]] = {}
    for person, week in zip(people.persons, weeks, strict=True):
        mine: list[PlannedShift] = []
        for option, breaks in zip(week.options.tolist(), week.breaks.tolist(), strict=True):
            if option >= 0:
                shift = person.menu.shifts[option]
                queue = queues[int(np.flatnonzero(people.can[person.group])[0])]
                mine.append(PlannedShift(shift, tuple(breaks[: len(shift.breaks)]), queue, person.agent.contract))
        out[person.agent.id] = tuple(mine)
    return out

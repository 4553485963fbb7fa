"""Named people and their shifts together: prices and a bound first, then plans, each better than the last."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from ...forecast.progress import Watch
from ..problem import ScheduleProblem
from ..shifts import PlannedShift
from ..solver import relative_gap
from ..status import Solved, sound_bound
from .descent import Descent
from .dual import STAGE, Dual
from .menu import People
from .service import Service
from .tiny import tiny_problem
from .turns import assigned, chosen

SMALL_SHARE, LARGE_SHARE, LARGE = 0.35, 0.6, 500
"""Parts of the time for the bound, for few people and for `LARGE` or more: few people leave more to search."""


STEPS = 1000
"""Re-plans of each person after which more annealing hardly helps: what ends the search for few people."""


@dataclass(frozen=True)
class Prices:
    """What the bound is proven with: prices of a head, shape (Q, S), and of a call towards each goal, shape (P,)."""

    head: np.ndarray
    goal: np.ndarray
    bound: float | None


@dataclass(frozen=True)
class NamedPlan:
    """Who works when.

    Attributes
    ----------
    assigned
        Agent → shifts by start, breaks placed; everybody has an entry.
    solved
        Wages, wishes, hours below contract, spread of starts and all that is left short; the bound is proven.
    prices
        What a search for another plan of this week can begin with.
    stages
        Seconds for prices and bound (``pricing``) and for the plan (``descent``).
    """

    assigned: Mapping[str, tuple[PlannedShift, ...]]
    solved: Solved
    prices: Prices = field(repr=False)
    stages: Mapping[str, float] = field(default_factory=dict)


def solve_named(
    problem: ScheduleProblem,
    *,
    watch: Watch,
    time_limit_s: float,
    gap: float = 0.001,
    seed: int = 1,
    threads: int = 1,
    steps: int | None = None,
    start: NamedPlan | None = None,
) -> NamedPlan:
    """Choose everybody's shifts, breaks and days off at least cost, within every rule of people.

    Whoever works several queues may move between them within a shift: in each slot the heads are split over the queues
    as is worth most.

    Parameters
    ----------
    watch
        Told of progress; a stop ends the work within a second with the best plan so far.
    time_limit_s
        Seconds for all of it.
    gap
        Relative gap to the proven bound at which to stop.
    seed
        Same seed, same plan, unless time ends the search or a second thread raises the bound meanwhile.
    threads
        With two or more the bound is raised beside the search for plans, until that ends.
    steps
        Most re-plans of the annealing; None = `STEPS` for each person.
    start
        A plan of this week for goals that ask no more than those of `problem`: the search goes on from it, with its
        prices and its bound.

    Raises
    ------
    Infeasible
        If somebody's rules contradict each other.
    """
    _compile()
    return _search(problem, watch, time_limit_s, gap, seed, threads, steps, start)


@cache
def _compile() -> None:
    """Compile all kernels before any clock runs: seconds on the very first use, nothing after that."""
    _search(tiny_problem(), Watch(), time_limit_s=600.0, gap=0.0, seed=1, threads=1, steps=4, start=None)


@contextmanager
def _pricing(dual: Dual, watch: Watch, share: float, limit_s: float, best: float, threads: int) -> Iterator[None]:
    """Raise the bound for a `share` of the time; with a second thread go on until the block ends."""
    if threads == 1:
        dual.ascend(watch, share * limit_s, best)
        yield
        return
    ended = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        work = pool.submit(dual.ascend, Watch(watch.show, stop=ended), limit_s, best)
        try:
            clock = Watch(time_limit_s=share * limit_s, stop=watch.stop)
            while not (work.done() or clock.stopped or clock.time_is_up):
                wait([work], timeout=0.1)
            yield
        finally:
            ended.set()
            work.result()


def _search(
    problem: ScheduleProblem,
    watch: Watch,
    time_limit_s: float,
    gap: float,
    seed: int,
    threads: int,
    steps: int | None,
    start: NamedPlan | None,
) -> NamedPlan:
    began = time.monotonic()
    clock = Watch(time_limit_s=time_limit_s, stop=watch.stop)
    people, service = People.of(problem), Service.of(problem)
    dual = Dual(people, service)
    if start is not None:
        dual.take(start.prices.head, start.prices.goal, start.prices.bound)
    history: list[tuple[float, float | None, float | None]] = []
    descent = Descent(
        dual, seed=seed, over=lambda: clock.stopped or clock.time_is_up or near(),
        start=None if start is None else chosen(people, start.assigned),
    )  # fmt: skip

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
    pricing = _pricing(dual, watch, share, time_limit_s, descent.best_cost, threads) if start is None else nullcontext()
    with pricing:
        bounded = time.monotonic() - began
        if start is None:
            tell("prices")
            descent.guided(tell)
            tell("descent")
        left, since = clock.left_s, clock.elapsed_s
        if people.persons and not descent.over():
            most = STEPS * len(people.persons) if steps is None else steps
            descent.anneal(lambda: (clock.elapsed_s - since) / max(0.97 * left, 1e-9), most, tell)
            tell("annealing")
    plan = assigned(people, descent.best, descent.exact(), service.before)
    cost = descent.price(plan)
    solved = Solved.of(
        cost, sound_bound(dual.bound, cost), near=near(), by_user=clock.stopped,
        time_is_up=clock.time_is_up, seconds=clock.elapsed_s, history=history,
    )  # fmt: skip
    stages = {"pricing": bounded, "descent": time.monotonic() - began - bounded}
    return NamedPlan(plan, solved, Prices(dual.price, dual.goal_price, dual.bound), stages)

"""Named people and their shifts together: prices and a bound first, then plans, each better than the last."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from ...forecast.progress import Watch
from ..optimise.solver import relative_gap
from ..optimise.status import Solved, sound_bound
from ..price.worth import Service
from ..problem.problem import ScheduleProblem
from ..problem.shifts import PlannedShift
from .compile import People
from .descent import LARGE, Descent
from .dual import STAGE, Dual
from .queue_turns import assigned, chosen
from .tiny_problem import tiny_problem

SMALL_SHARE, LARGE_SHARE = 0.35, 0.6
"""Parts of the time for the bound, for few people and for many: few people leave more to search."""


STEPS = 1000
"""Re-plans of each person after which more annealing hardly helps: what ends the search for few people."""


@dataclass(frozen=True)
class Prices:
    """Where a search ended: prices of a head, shape (Q, S), and of a call towards each goal, (P,), and its bound."""

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
        With two or more the bound is raised beside the search for plans; once it rises no more, another plan is
        searched for from other chances.
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
    return _Search(problem, watch, time_limit_s, gap, seed, steps, start).run(threads)


@cache
def _compile() -> None:
    """Compile all kernels before any clock runs: seconds on the very first use, nothing after that."""
    _Search(tiny_problem(), Watch(), time_limit_s=600.0, gap=0.0, seed=1, steps=4, start=None).run(threads=1)


class _Search:
    """One search: its people, prices, and one or two plans that grow side by side."""

    def __init__(
        self,
        problem: ScheduleProblem,
        watch: Watch,
        time_limit_s: float,
        gap: float,
        seed: int,
        steps: int | None,
        start: NamedPlan | None,
    ) -> None:
        self.watch, self.clock = watch, Watch(time_limit_s=time_limit_s, stop=watch.stop)
        self.people, self.service = People.of(problem), Service.of(problem)
        self.dual = Dual(self.people, self.service)
        if start is not None:
            self.dual.take(start.prices.head, start.prices.goal, start.prices.bound)
        self.gap, self.seed, self.start = gap, seed, start
        self.steps = STEPS * len(self.people.persons) if steps is None else steps
        self.limit_s, self.history = time_limit_s, list[tuple[float, float | None, float | None]]()
        weeks = None if start is None else chosen(self.people, start.assigned)
        self.descents = [Descent(self.dual, seed=seed, over=self.over, start=weeks)]
        self.ended = threading.Event()

    @property
    def best(self) -> Descent:
        """The descent with the best plan."""
        return min(self.descents, key=lambda d: d.best_cost)

    def near(self) -> bool:
        """Whether the asked gap is reached."""
        off = relative_gap(self.best.best_cost, self.dual.bound)
        return off is not None and off <= self.gap

    def over(self) -> bool:
        """Whether to end."""
        return self.clock.stopped or self.clock.time_is_up or self.near()

    def tell(self, text: str) -> None:
        """Note and report the present best and bound."""
        cost = self.best.best_cost
        bound = sound_bound(self.dual.bound, cost)
        self.history.append((self.clock.elapsed_s, cost, bound))
        self.watch.tell(STAGE, text, best=cost, bound=bound, gap=relative_gap(cost, bound))

    def run(self, threads: int) -> NamedPlan:
        """Return the best plan found."""
        first = self.descents[0]
        first.settle(1)  # something to fall back on
        self.tell("first plan")
        with ThreadPoolExecutor(1) as pool:
            beside = pool.submit(self._beside) if threads > 1 and self.start is None else None
            try:
                self._price(beside)
                priced_s = self.clock.elapsed_s
                self._improve(first, self.tell)
            finally:
                self.ended.set()
            if beside is not None:
                beside.result()
        plans = [assigned(self.people, d.best, d.exact(), self.service.before) for d in self.descents]
        costs = [d.price(plan) for d, plan in zip(self.descents, plans, strict=True)]
        at = int(np.argmin(costs))
        cost, plan = costs[at], plans[at]
        bound = sound_bound(self.dual.bound, cost)
        off = relative_gap(cost, bound)
        solved = Solved.of(
            cost, bound, near=off is not None and off <= self.gap, by_user=self.clock.stopped,
            time_is_up=self.clock.time_is_up, seconds=self.clock.elapsed_s, history=self.history,
        )  # fmt: skip
        stages = {"pricing": priced_s, "descent": self.clock.elapsed_s - priced_s}
        return NamedPlan(plan, solved, Prices(self.dual.price, self.descents[at].goal_price, self.dual.bound), stages)

    def _price(self, beside: Future[None] | None) -> None:
        """Raise the bound for its share of the time, or wait for the other thread to do so."""
        if self.start is not None:
            return
        share = (LARGE_SHARE if len(self.people.persons) >= LARGE else SMALL_SHARE) * self.limit_s
        if beside is None:
            self.dual.ascend(self.watch, share, self.best.best_cost)
        clock = Watch(time_limit_s=share, stop=self.watch.stop)
        while not (beside is None or self.dual.ended or beside.done() or clock.stopped or clock.time_is_up):
            time.sleep(0.02)
        self.tell("prices")

    def _improve(self, descent: Descent, tell: Callable[[str], None]) -> None:
        """Let everybody answer in turn at falling blurs, then anneal."""
        if self.start is None:
            descent.guided(tell)
            tell("descent")
        else:
            descent.lift_missed()
        left, since = self.clock.left_s, self.clock.elapsed_s
        if self.people.persons and not descent.over():
            descent.anneal(lambda: (self.clock.elapsed_s - since) / max(0.97 * left, 1e-9), self.steps, tell)
            tell("annealing")

    def _beside(self) -> None:
        """Raise the bound as far as it goes; then another plan from other chances, until the first is done."""
        self.dual.ascend(Watch(self.watch.show, stop=self.ended), self.limit_s, self.best.best_cost)
        if not self.ended.is_set():
            other = Descent(self.dual, seed=self.seed + 1, over=lambda: self.ended.is_set() or self.over())
            self.descents.append(other)
            self._improve(other, lambda text: None)

"""Shifts, breaks and days off of named people, chosen together: a bound first, then plans that become ever better."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from ...forecast.progress import Watch
from ..optimise.solver import relative_gap
from ..optimise.status import NothingFound, Solved, sound_bound
from ..price.worth import Service
from ..problem.problem import ScheduleProblem
from ..problem.shifts import PlannedShift
from .annealing import Cooling, anneal
from .compile import CompiledStaff
from .descent import Descent
from .dual import STAGE, DualPrices
from .params import PeopleParams
from .queue_turns import planned_shifts, weeks_of_plan
from .tiny_problem import tiny_problem


@dataclass(frozen=True)
class ProvenPrices:
    """Prices at the end of a search, with their proven bound.

    Attributes
    ----------
    head
        Of a head, shape (Q, S).
    goal
        Of a call towards each pooled goal, shape (P,).
    bound
        Lower bound on the cost of every plan; None when none is known.
    """

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
        First prices for a search for another plan of this week.
    stages
        Seconds for prices and bound (``pricing``) and for the plan (``descent``).
    """

    assigned: Mapping[str, tuple[PlannedShift, ...]]
    solved: Solved
    prices: ProvenPrices = field(repr=False)
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
    own_prices: Mapping[str, np.ndarray] | None = None,
    params: PeopleParams | None = None,
) -> NamedPlan:
    """Choose everybody's shifts, breaks and days off at least cost, within every rule of people.

    People of several queues may change queue within a shift: each slot splits its heads over the queues at the highest
    worth. Ten parameters, of which three are needed: the rest are the options of a run.

    Parameters
    ----------
    watch
        Told of progress; a stop ends the work within a second with the best plan so far.
    time_limit_s
        Seconds for all of it.
    gap
        Relative gap to the proven bound at which to stop.
    seed
        With one thread: same seed, same plan, unless time has cut the search short (`Solved.stopped` says so then).
    threads
        With two or more the bound is raised beside the search for plans; once it rises no more, another plan is
        searched for from other chances. How far the one is when the other looks is chance: plans differ then.
    steps
        Most steps of the annealing; None = `AnnealingParams.steps` for each person.
    start
        A plan of this week: the search goes on from it, with its prices. Their bound must hold for `problem` too; with
        a bound of None it is proven anew, from these prices.
    own_prices
        Agent → money that each of ``problem.shifts`` costs beyond wage and wishes when this agent works it, infinite =
        may not work it, shape (shifts,). Agents that are absent have none.
    params
        Parameters of the search; None = the usual ones.

    Raises
    ------
    Infeasible
        If somebody's rules contradict each other.
    SolverFault
        If `own_prices` leave somebody no week.
    NothingFound
        If the search was stopped, or time was up, before everybody had a week.
    """
    compile_kernels()
    params = params or PeopleParams()
    search = _PeopleSearch(problem, watch, time_limit_s, gap, seed, start, own_prices, params)
    return search.run(threads, params.annealing.steps * len(problem.staff) if steps is None else steps)


@cache
def compile_kernels() -> None:
    """Compile all kernels before any clock runs: seconds on the very first use, nothing after that."""
    _PeopleSearch(tiny_problem(), Watch(), 600.0, 0.0, 1, None, None, PeopleParams()).run(threads=1, steps=4)


class _PeopleSearch:
    """One search: its people, prices, and one or two plans that grow side by side; parameters as of `solve_named`."""

    def __init__(
        self,
        problem: ScheduleProblem,
        watch: Watch,
        time_limit_s: float,
        gap: float,
        seed: int,
        start: NamedPlan | None,
        own_prices: Mapping[str, np.ndarray] | None,
        params: PeopleParams,
    ) -> None:
        self.limit_s, self.params = min(time_limit_s, watch.left_s), params
        self.watch, self.clock = watch, watch.within(self.limit_s)
        self.hurried = False
        self.staff, self.service = CompiledStaff.of(problem, own_prices), Service.of(problem)
        if self.clock.stopped and self.clock.elapsed_s > params.descent.grace_s:
            raise NothingFound("The search was stopped before it began.")
        self.dual = DualPrices(self.staff, self.service, params.dual)
        if start is not None:
            self.dual.take(start.prices.head, start.prices.goal, start.prices.bound)
        self.gap, self.seed, self.start = gap, seed, start
        self.history = list[tuple[float, float | None, float | None]]()
        weeks = None if start is None else weeks_of_plan(self.staff, start.assigned)
        self.descents: list[Descent] = []
        self.descents.append(Descent(self.dual, seed=seed, over=self.over, start=weeks, params=params.descent))
        self.ended = threading.Event()

    @property
    def best(self) -> Descent:
        """The descent with the best plan."""
        return min(self.descents, key=lambda d: d.best_cost)

    def near(self) -> bool:
        """Whether the asked gap is reached."""
        if not self.descents:
            return False
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

    def run(self, threads: int, steps: int) -> NamedPlan:
        """Return the best plan found with at most `steps` of annealing."""
        first = self.descents[0]
        began_s = self.clock.elapsed_s
        first.settle(1)  # a plan to fall back on
        self.sweep_s = self.clock.elapsed_s - began_s
        self.tell("first plan")
        with ThreadPoolExecutor(1) as pool:
            beside = pool.submit(self._beside, steps) if threads > 1 and self.start is None else None
            try:
                self._price(beside)
                priced_s = self.clock.elapsed_s
                self._improve(first, steps, self.tell)
            finally:
                self.ended.set()
            if beside is not None:
                beside.result()
        return self._result({"pricing": priced_s, "descent": self.clock.elapsed_s - priced_s})

    def _result(self, stages: Mapping[str, float]) -> NamedPlan:
        """Return the cheapest of the plans, with its people on queues."""
        before, move = self.service.before, self.params.move_gain
        plans = [planned_shifts(self.staff, d.best, d.head_worth(), before, move) for d in self.descents]
        costs = [d.cost_of_best(plan) for d, plan in zip(self.descents, plans, strict=True)]
        at = int(np.argmin(costs))
        cost, bound = costs[at], sound_bound(self.dual.bound, costs[at])
        off = relative_gap(cost, bound)
        solved = Solved.of(
            cost, bound, near=off is not None and off <= self.gap, by_user=self.clock.stopped,
            time_is_up=self.clock.time_is_up, seconds=self.clock.elapsed_s, history=self.history,
            hurried=self.hurried,
        )  # fmt: skip
        prices = ProvenPrices(self.dual.price, self.descents[at].goal_price, self.dual.bound)
        return NamedPlan(plans[at], solved, prices, stages)

    def _price(self, beside: Future[None] | None) -> None:
        """Raise the bound within its share of the time, or wait for the other thread to raise it.

        The first sweep has told how long a sweep takes: the time for a few of them is left, or none would see prices.
        """
        if self.start is not None and self.start.prices.bound is not None:
            return
        p = self.params
        share = p.large_share if len(self.staff.people) >= p.descent.large else p.small_share
        limit_s = max(0.0, min(share * self.limit_s, self.clock.left_s - p.kept_sweeps * self.sweep_s))
        if beside is None:
            self.dual.ascend(self.watch, limit_s, self.best.best_cost, anew=self.start is None)
            self.hurried = self.dual.cut and not self.clock.stopped
        clock = self.watch.within(limit_s)
        while not (beside is None or self.dual.ended or beside.done() or clock.stopped or clock.time_is_up):
            time.sleep(0.02)
        self.tell("prices")

    def _improve(self, descent: Descent, steps: int, tell: Callable[[str], None]) -> None:
        """Improve a plan by descent, then by annealing; a plan to go on from only by annealing."""
        if self.start is None:
            descent.follow_prices(tell)
            tell("descent")
        else:
            descent.lift_missed()
        left_s, since_s = self.params.annealing.share * self.clock.left_s, self.clock.elapsed_s
        if self.staff.people and not descent.over():

            def used() -> float:
                return (self.clock.elapsed_s - since_s) / max(left_s, 1e-9)

            cooling = Cooling(used, steps, self.limit_s, self.params.annealing)
            anneal(descent, cooling, tell, self.params.annealing)
            self.hurried = self.hurried or cooling.hurried
            tell("annealing")
        elif self.clock.time_is_up and not self.near():
            self.hurried = True

    def _beside(self, steps: int) -> None:
        """Raise the bound as far as it goes; then search for another plan until the first one is done."""
        self.dual.ascend(Watch(self.watch.show, stop=self.ended), self.limit_s, self.best.best_cost)
        if not self.ended.is_set():
            with contextlib.suppress(NothingFound):  # too late for another plan
                other = Descent(
                    self.dual, seed=self.seed + 1, over=lambda: self.ended.is_set() or self.over(),
                    params=self.params.descent,
                )  # fmt: skip
                self.descents.append(other)
                self._improve(other, steps, lambda text: None)

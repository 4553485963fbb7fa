"""One search for weeks of people: prices and their bound, tries of plans, the exact model, in one thread or two."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from ...forecast.progress import Watch
from ..optimise.solver import relative_gap
from ..optimise.status import OPTIMAL, NothingFound, Solved, sound_bound
from ..price.worth import Service
from ..problem.problem import ScheduleProblem
from ..problem.shifts import PlannedShift
from .best_week import ChosenWeek
from .choice import choice_of, shape_of
from .compile import CompiledStaff
from .descent import Descent
from .dual import STAGE, DualPrices
from .exact.solve import lp_prices, solve_exact
from .finish import MOST_PEOPLE, Finish
from .named_plan import NamedPlan, ProvenPrices
from .params import PeopleParams
from .queue_turns import planned_shifts, weeks_of_plan
from .tries import Tell, Tries


class PeopleSearch:
    """One search: its people, prices, and the tries that become a plan; parameters as of `solve_named`."""

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
        self.choice = params.choice or choice_of(shape_of(self.staff, self.service))
        self.proven = None if start is None else start.prices.bound
        self.history = list[tuple[float, float | None, float | None]]()
        self.ended = threading.Event()
        self.begun = False
        weeks = None if start is None else weeks_of_plan(self.staff, start.assigned)
        self.tries = Tries(self.dual, seed=seed, clock=self.clock, over=self.over, start=weeks, params=params)
        self.begun = True

    @property
    def best(self) -> Descent:
        """The try with the best plan."""
        return self.tries.best

    @property
    def bound(self) -> float | None:
        """The highest proven bound, of the prices or of the exact model."""
        cost = self.best.best_cost
        sound = (sound_bound(b, cost) for b in (self.dual.bound, self.proven))
        return max((b for b in sound if b is not None), default=None)

    def near(self) -> bool:
        """Whether the asked gap is reached, or the plan is proven the best."""
        if not self.begun or self.bound is None:  # before there is a plan
            return False
        return self.best.best_cost - self.bound <= self.gap * abs(self.bound) or self._proven(self.best.best_cost)

    def _proven(self, cost: float) -> bool:
        """Whether no plan is cheaper."""
        return self.bound is not None and cost - self.bound <= OPTIMAL * max(1.0, abs(self.bound))

    def over(self) -> bool:
        """Whether to end."""
        return self.clock.stopped or self.clock.time_is_up or self.near()

    def over_beside(self) -> bool:
        """Whether the second thread is to end: with the first one."""
        return self.ended.is_set() or self.over()

    def tell(self, text: str) -> None:
        """Note and report the present best and bound."""
        cost = self.best.best_cost
        bound = sound_bound(self.bound, cost)
        self.history.append((self.clock.elapsed_s, cost, bound))
        self.watch.tell(STAGE, text, best=cost, bound=bound, gap=relative_gap(cost, bound))

    def run(self, threads: int, steps: int | None) -> NamedPlan:
        """Return the best plan found; a search of `steps` ends after one annealing."""
        began_s = self.clock.elapsed_s
        self.tries.first.settle(1)  # a plan to fall back on
        self.sweep_s = self.clock.elapsed_s - began_s
        finish_s = self.params.finish_sweeps * self.sweep_s
        soon = finish_s <= self.params.finish_share * self.limit_s  # else it would not come to its end
        self.finishes = soon and len(self.staff.people) <= MOST_PEOPLE
        if self.finishes:
            self.clock.time_limit_s = self.limit_s - finish_s
        self.tell("first plan")
        with ThreadPoolExecutor(1) as pool:
            two = threads > 1 and (self.start is None or steps is None)
            beside = pool.submit(self._beside, steps) if two else None
            try:
                self._price(beside, steps)
                priced_s = self.clock.elapsed_s
                self._search(steps, alone=beside is None)
            finally:
                self.ended.set()
            if beside is not None:
                beside.result()
        return self._result({"pricing": priced_s, "descent": self.clock.elapsed_s - priced_s}, steps != 0)

    def _result(self, stages: Mapping[str, float], finish: bool) -> NamedPlan:
        """Return the cheapest of the plans, with its people on queues; with `finish`, no single change betters it."""
        tries = self.tries.all
        plans = [self._planned(d) for d in tries]
        costs = [d.cost_of_best(plan) for d, plan in zip(tries, plans, strict=True)]
        at = int(np.argmin(costs))
        plan, cost = plans[at], costs[at]
        if finish and self.finishes and not self.clock.stopped and not self._proven(cost):
            self.clock.time_limit_s = self.limit_s
            tries[at].over = lambda: self.clock.stopped or self.clock.time_is_up
            self.hurried = not Finish(tries[at]).run() or self.hurried
            last = self._planned(tries[at])
            plan, cost = min((plan, cost), (last, tries[at].cost_of_best(last)), key=lambda found: found[1])
            self.history.append((self.clock.elapsed_s, cost, sound_bound(self.bound, cost)))
        bound = sound_bound(self.bound, cost)
        off = relative_gap(cost, bound)
        solved = Solved.of(
            cost, bound, near=off is not None and off <= self.gap, by_user=self.clock.stopped,
            seconds=self.clock.elapsed_s, history=self.history,
            hurried=self.hurried,
        )  # fmt: skip
        prices = ProvenPrices(self.dual.price, tries[at].goal_price, self.bound)
        return NamedPlan(plan, solved, prices, stages)

    def _planned(self, descent: Descent) -> dict[str, tuple[PlannedShift, ...]]:
        """Return the best plan of a try as shifts with queues."""
        return planned_shifts(
            self.staff, descent.best, descent.head_worth(), self.service.before, self.params.move_gain
        )

    def _price(self, beside: Future[None] | None, steps: int | None) -> None:
        """Raise the bound within its share of the time, or wait for the other thread to raise it.

        The first sweep has told how long a sweep takes: the time for a few of them is left, or none would see prices.
        The prices of a plan do for a few steps on from it; they are proven anew where that is quick, or asked for with
        no steps: then nothing else needs the time, but for the exact model.
        """
        if self.start is not None and (self.start.prices.bound is not None or (steps and not self.choice.relaxed)):
            return
        relaxed = self.choice.relaxed and (steps is None or self.start is not None)
        share = 1.0 if steps == 0 and self.choice.exact_share == 0.0 else self.choice.price_share
        limit_s = max(0.0, min(share * self.limit_s, self.clock.left_s - self.params.kept_sweeps * self.sweep_s))
        if beside is None:
            self._raise_bound(self.watch, limit_s, relaxed)
            self.hurried = self.dual.cut and not self.clock.stopped
        clock = self.watch.within(limit_s)
        while not (beside is None or self.dual.ended or beside.done() or clock.stopped or clock.time_is_up):
            time.sleep(0.02)
        self.tell("prices")

    def _raise_bound(self, watch: Watch, limit_s: float, relaxed: bool) -> None:
        """Find prices and their bound: those of the exact model's relaxation, or by ascent."""
        found = None
        if relaxed and self.staff.people:
            clock = watch.within(limit_s)
            found = lp_prices(self.staff, self.service, watch=clock, time_limit_s=limit_s)
            limit_s = clock.left_s
        if found is None:
            self.dual.ascend(watch, limit_s, self.best.best_cost, anew=self.start is None or self.start.prices.guessed)
        else:
            self.dual.take(found.price, found.goal_price, found.bound)
            self.dual.ended = True

    def _search(self, steps: int | None, alone: bool) -> None:
        """Try until the gap is reached or time is up; with `steps` once."""
        if steps is not None:
            self._first_round(steps, self.clock.left_s)
            if self.start is not None and self.start.prices.bound is None:
                self._exact(alone)
            return
        rounds, limited = self.choice.rounds, self.choice.exact_share > 0.0
        budget_s = self.choice.rounds_share * self.limit_s
        if self.start is not None:
            self._first_round(self.steps, budget_s / rounds if limited else self.clock.left_s)
        for k in range(rounds):
            if self.over() and (k or self.start is not None):
                break
            left_s = (budget_s if limited else self.clock.left_s) / (rounds - k)
            cut = self._round(self.over, self.tell, left_s, first=k == 0 and self.start is None)
            self.hurried = self.hurried or cut or (self.clock.time_is_up and not self.near())
        if alone:
            self._exact(alone)
        moves = alone  # in turn: either way finds plans that the other does not
        while self.staff.people and not self.over():
            cut = self._round(self.over, self.tell, self.clock.left_s, moves=moves)
            moves = alone and not moves
            self.hurried = self.hurried or (cut and self.near())

    def _first_round(self, steps: int, budget_s: float) -> None:
        """Let the first try go on from its plan, or follow the prices where no plan was given, and anneal it."""
        cut = self.tries.round([self.tries.first], 1, steps, budget_s, self.tell, self.start is None)
        self.hurried = self.hurried or cut or (self.clock.time_is_up and not self.near())

    @property
    def one_queue(self) -> bool:
        """Whether everybody works one queue only."""
        return bool((self.staff.skills.sum(axis=1) == 1).all())

    @property
    def steps(self) -> int:
        """Steps of one annealing."""
        return len(self.staff.people) * self.params.annealing.steps

    def _round(
        self, over: Callable[[], bool], tell: Tell, budget_s: float, first: bool = False, moves: bool = False
    ) -> bool:
        """Make one round of tries, by whole weeks or by small `moves`; return whether time has cut it short."""
        steps = None if moves else self.steps
        grown = [self.tries.first] if first else []
        grown += [self.tries.begin(over) for _ in range(self.choice.starts - len(grown))]
        if self.choice.tournament and self.one_queue:
            return self.tries.tournament(grown, budget_s, tell)
        return self.tries.round(grown, self.choice.deep, steps, budget_s, tell)

    def _exact(self, alone: bool) -> None:
        """Solve the exact model from the best plan so far; anneal its plan with all prices.

        In one thread nothing but the bound moves meanwhile: once the plan from before is near enough to it, the solve
        ends and the plan stays, else the model's own gap ends the solve. So the same plan comes again.
        """
        over = self.over if alone else self.over_beside
        if self.choice.exact_share == 0.0 or over():
            return
        limit_s = self.clock.left_s * (self.choice.exact_share if alone else 1.0 - self.params.polish_share)
        steady = self.staff.problem.costs.steady_h > 0.0
        clock = Watch(self.watch.show, limit_s, stop=_WhenOver(over))

        def offer(weeks: Sequence[ChosenWeek]) -> None:
            self._polish(weeks, over, 0)

        answer = solve_exact(
            self.staff, self.service, watch=clock, time_limit_s=limit_s, gap=self.gap * (0.5 if steady else 1.0),
            seed=self.seed, threads=1, start=self.best.best, cost=lambda: self.best.best_cost, on_bound=self._prove,
            on_better=None if alone else offer,
        )  # fmt: skip
        if answer.bound is not None:
            self._prove(answer.bound)
        if alone and clock.time_is_up and not self.near():
            self.hurried = True
        self.tell("exact model")
        if answer.weeks is not None and not over():
            cut = self._polish(answer.weeks, over, self.steps) and self.near()
            if alone and (cut or answer.cut):
                self.hurried = True

    def _prove(self, bound: float) -> None:
        """Take over a proven bound if it is the highest."""
        self.proven = bound if self.proven is None else max(self.proven, bound)

    def _polish(self, weeks: Sequence[ChosenWeek], over: Callable[[], bool], steps: int) -> bool:
        """Make a try of a plan of the exact model, which knows no price of steady starts; return whether it is cut."""
        descent = self.tries.begin(over, weeks)
        descent.settle()
        return self.tries.round([descent], 1, steps, self.params.polish_share * self.limit_s, self.tell, False)

    def _beside(self, steps: int | None) -> None:
        """Raise the bound as far as it goes; then try and solve until the first thread is done."""
        relaxed = self.choice.relaxed and steps is None
        self._raise_bound(Watch(self.watch.show, stop=self.ended), self.limit_s, relaxed)

        def again(budget_s: float) -> None:
            self._round(
                self.over_beside, lambda text: None, budget_s, moves=steps is None
            )  # leaves Python to the first

        if steps is None and self.choice.exact_share > 0.0:
            for _ in range(max(1, self.choice.rounds // 2)):  # a start for the exact model
                if not self.over_beside():
                    again(self.choice.rounds_share * self.limit_s / self.choice.rounds)
            self._exact(False)
        while self.staff.people and not self.over_beside():
            again(self.clock.left_s)
            if steps is not None:
                break


class _WhenOver(threading.Event):
    """An event that is set once a search is over, whatever has ended it."""

    def __init__(self, over: Callable[[], bool]) -> None:
        super().__init__()
        self._over = over

    def is_set(self) -> bool:
        """Whether the search is over."""
        return self._over()

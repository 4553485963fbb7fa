"""The hiring plan of least expected cost, with a proven bound; always at least the plan of the tuned rule."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from ...forecast.progress import Watch
from ..optimise.solver import Answer
from ..optimise.status import Solved
from .anneal import Annealing, anneal
from .case import Case
from .check import checked
from .model import STAGE, Grid, HiringModel
from .plan import HiringPlan
from .problem import ClassRules, Group, HiringProblem, Kind, Learning, Months, Recipe
from .result import make_plan
from .rule import HireUpTo, fill, tuned
from .supply import Decisions

RULE_S = 3.0
"""Seconds that tuning the rule may take: there is a plan within five, whatever comes after."""
ANNEAL = 0.25
"""Share of the time left that annealing the rule's classes may take; it needs a few seconds."""
LEAST_S = 1.0
"""Seconds below which annealing is not begun."""
ROUNDS = 4
"""Whole answers asked for, each with tangents at the one before."""
LEAST_BASE = 0.02
"""Share of all money of which a gap is a share at least. Where savings make the decidable cost nearly nothing, a share
of that cost would be a few coins. So the default gap of 0.5 % is always met within a ten thousandth of all money."""


@dataclass(frozen=True)
class Search:
    """How a plan is searched for.

    Parameters
    ----------
    whole_until
        Starts before this month are whole numbers. Smaller only to re-plan: only what is firm is then carried out.
    rule
        Of the first plan; None = tuned.
    grid
        Where the first tangents touch.
    """

    whole_until: int = 10**6
    rule: HireUpTo | None = None
    grid: Grid = field(default_factory=Grid)


@dataclass
class Best:
    """The best plan so far by its exact cost, and the best bound."""

    case: Case
    made: Decisions
    bought: np.ndarray
    cost: float
    by: str = "rule"
    bound: float | None = None

    def improve(self, watch: Watch, seed: int) -> bool:
        """Anneal the classes; return whether time or a stop cut the search."""
        if ANNEAL * watch.left_s < LEAST_S:
            return True
        made, cut = anneal(self.case, self.made, self.bought, watch, ANNEAL * watch.left_s, seed)
        cost = self.case.cost(made, self.bought)
        if cost < self.cost:
            self.made, self.cost, self.by = made, cost, "optimiser"
        return cut

    def hear(self, model: HiringModel, answer: Answer, *, whole: bool) -> None:
        """Take the answer's bound, and its decisions where they are whole and cheaper."""
        if answer.bound is not None and (self.bound is None or answer.bound > self.bound):
            self.bound = answer.bound
        if whole and answer.found:
            made, bought = model.read(answer.values)
            cost = self.case.cost(made, bought)
            if cost < self.cost:
                self.made, self.bought, self.cost, self.by = made, bought, cost, "optimiser"

    def base(self) -> float:
        """Return the money of the decidable cost's bound, or of the cost without one; above 0."""
        return max(abs(self.cost if self.bound is None else self.bound), 1e-9)

    def eased(self, gap: float) -> float:
        """Return `gap` as a share of `base`, wider where the decidable cost is nearly nothing."""
        total = abs(self.case.money.wages_today + self.case.money.given + self.cost)
        return gap * max(1.0, LEAST_BASE * total / self.base())

    def near(self, gap: float) -> bool:
        """Whether the cost lies within `gap` of the bound."""
        return self.bound is not None and self.cost - self.bound <= self.eased(gap) * self.base()


@cache
def compile_kernels() -> None:
    """Compile all kernels before any clock runs: seconds on the very first use, nothing after that."""
    hours = np.full(2, 160.0)
    learning = Learning(1.0, 0.0, leave=np.array([0.02]), speed=np.ones(1))
    kind = Kind("a", "a", "a", paid_h=hours, present=np.ones(2), cost_h=20.0, hire_cost=100.0, learning=learning)
    group = Group("a", demand=np.array([hours, 2 * hours]), recipes=(Recipe("a", {"a": 1.0}, np.ones(2)),))
    rules = ClassRules(least=1, lead_weeks=0.0)
    first = dt.date(2026, 1, 1)
    case = Case.of(checked(HiringProblem(first, Months(first, 2), (group,), (kind,), rules)))
    anneal(
        case,
        case.supply.nothing(),
        np.zeros_like(case.contract),
        Watch(),
        60.0,
        1,
        Annealing(steps=1, steps_per_option=1),
    )


def plan_hires(
    problem: HiringProblem,
    *,
    watch: Watch | None = None,
    time_limit_s: float = 60.0,
    gap: float = 0.005,
    seed: int = 1,
    threads: int = 1,
    search: Search | None = None,
) -> HiringPlan:
    """Return the cheapest plan found: classes, transfers, and hours bought ahead.

    The tuned rule gives a first plan. Then the programme of `HiringModel` is solved: its relaxation with tangents of
    the expected cost until these are near, then whole heads and classes from the rule's start. The cost of each answer
    is counted exactly over all scenarios; the bound is that of the programme, whose tangents lie below that cost.

    Parameters
    ----------
    time_limit_s
        Seconds of the search; the rule's plan stands after a few.
    gap
        Share of the decidable cost's bound at which the search may end; where that is small, see `LEAST_BASE`.

    Raises
    ------
    InputError
        If the problem contradicts itself.
    """
    compile_kernels()
    outer = watch or Watch()
    watch = outer.within(min(time_limit_s, outer.left_s))
    case = Case.of(checked(problem))
    search = search or Search()
    if search.rule is None:
        rule, made, cut = tuned(case, watch, RULE_S)
    else:
        rule, made, cut = search.rule, fill(case, search.rule), False
    case = case.with_chance_of(made)
    bought = np.zeros_like(case.contract)
    best = Best(case, made, bought, case.cost(made, bought))
    watch.tell(STAGE, "rule", best=best.cost)
    if search.whole_until >= problem.months.count and not (watch.stopped or watch.time_is_up):
        cut = best.improve(watch, seed) or cut
        watch.tell(STAGE, "annealing", best=best.cost)
    if not (watch.stopped or watch.time_is_up):
        cut = _optimise(best, watch, gap, seed, threads, search) or cut
    bound = None if best.bound is None else min(best.bound, best.cost)
    solved = Solved.of(
        best.cost, bound, near=best.near(gap), by_user=watch.stopped, seconds=watch.elapsed_s, hurried=cut
    )
    pays = bool(made.heads.any())
    return make_plan(case, best.made, best.bought, solved, rule, pays, best.by)


def _optimise(best: Best, watch: Watch, gap: float, seed: int, threads: int, search: Search) -> bool:
    """Improve `best`; return whether time cut the search."""
    model = HiringModel(best.case, search.whole_until, search.grid)
    model.touch(best.case.work(best.case.supply.presence(best.made)), best.bought)

    def relaxed() -> Answer:
        answer = model.solve(watch, relax=True, text="relaxation", seed=seed, threads=threads)
        best.hear(model, answer, whole=False)
        return answer

    model.sharpen(relaxed)
    for _ in range(ROUNDS):
        if watch.stopped or watch.time_is_up:
            return watch.time_is_up
        if best.near(gap):
            return False
        answer = model.solve(
            watch,
            gap=min(1.0, 0.8 * best.eased(gap)),
            seed=seed,
            threads=threads,
            text="classes",
            start=model.start(best.made, best.bought),
        )
        best.hear(model, answer, whole=True)
        if not answer.found:
            break
        made, bought = model.read(answer.values)
        model.touch(best.case.work(best.case.supply.presence(made)), bought)
    return watch.time_is_up

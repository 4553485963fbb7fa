"""The two searches for a plan, of people and of shifts without names, as repairs go on with them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Generic

from ...forecast.progress import Watch
from ...forecast.ranges import MOST_SEED
from ..cover.result import Cover
from ..cover.solve import solve_cover
from ..exchange.result import roster_of
from ..optimise.status import NothingFound, Status
from ..people.finish import MOST_PEOPLE, finished
from ..people.named_plan import NamedPlan
from ..people.solve import solve_named
from ..problem.problem import ScheduleProblem
from .activity import anonymous
from .measure import FURTHER, Measure
from .settings import SolveSettings
from .simulated_plan import Candidate, Search
from .stages import timed

LEAST_GAP = 0.001
"""Least gap asked of a plan without names that is made anew: the last thousandth may take all of the time."""

FIRST = 0.999
"""Gap at which the first plan without names is good enough: asked where only the bound counts."""


@dataclass(frozen=True)
class PlanSearch(ABC, Generic[Search]):
    """A search for a plan of one week.

    Parameters
    ----------
    measure
        Its problem, watch and stages.
    """

    measure: Measure
    settings: SolveSettings

    @abstractmethod
    def candidate(self, found: Search) -> Candidate[Search]:
        """Return what was found as a plan with its wages and prices."""

    @abstractmethod
    def again(self, problem: ScheduleProblem, plan: Candidate[Search], gap: float) -> Candidate[Search] | None:
        """Return a plan for `problem`, other demands of the same week, soon found on from `plan`; None where none was.

        The plan is one within `gap` where the search proves one.
        """

    @abstractmethod
    def further(
        self, problem: ScheduleProblem, plan: Candidate[Search], gap: float, limit_s: float, turn: int
    ) -> Candidate[Search] | None:
        """Search for a plan for `problem` with all means until `gap` is reached; `turn` gives other chances."""

    @abstractmethod
    def bound(self, problem: ScheduleProblem, plan: Candidate[Search]) -> float | None:
        """Return a lower bound on the cost of every plan for `problem`; None where time did not do for one."""

    def finished(self, problem: ScheduleProblem, plan: Candidate[Search]) -> tuple[Candidate[Search], bool]:
        """Return `plan`, or one that is cheaper by `problem` and near it, and whether time cut the work short."""
        return plan, False

    @abstractmethod
    def prices(self, plan: Candidate[Search], problem: ScheduleProblem) -> Mapping[str, float]:
        """Return all prices of a plan by the demands of `problem`."""

    def seed(self, turn: int) -> int:
        """Return the seed of a turn; that of turn 0 is the run's own."""
        return (self.settings.seed + turn * FURTHER) % (MOST_SEED + 1)


class NamedSearch(PlanSearch[NamedPlan]):
    """The search for weeks of people."""

    def candidate(self, found: NamedPlan) -> Candidate[NamedPlan]:
        """Return everybody's weeks with their wages and prices."""
        roster = roster_of(self.measure.problem, found.assigned, found.solved)
        own = {name: price for name, price in roster.prices.items() if name not in ("lost_call", "under", "ladder")}
        return Candidate(found, found.assigned, roster.cost_wages, own)

    def again(self, problem: ScheduleProblem, plan: Candidate[NamedPlan], gap: float) -> Candidate[NamedPlan] | None:
        """Make some steps on from a plan."""
        s = self.settings
        steps = min(s.repair_steps, s.person_steps * len(plan.assigned))
        found = self._solved(problem, plan, s.repair_share * s.time_limit_s, gap, steps)
        return None if found is None else self.candidate(found)

    def further(
        self, problem: ScheduleProblem, plan: Candidate[NamedPlan], gap: float, limit_s: float, turn: int
    ) -> Candidate[NamedPlan] | None:
        """Search on from a plan and from other starts."""
        found = self._solved(problem, plan, limit_s, gap, None, turn)
        return None if found is None else self.candidate(found)

    def bound(self, problem: ScheduleProblem, plan: Candidate[NamedPlan]) -> float | None:
        """Return the bound that prices prove, raised from those of the search."""
        s = self.settings
        found = self._solved(problem, plan, s.proof_share * s.time_limit_s, s.gap, 0)
        return None if found is None else found.prices.bound

    def _solved(
        self,
        problem: ScheduleProblem,
        plan: Candidate[NamedPlan],
        limit_s: float,
        gap: float,
        steps: int | None,
        turn: int = 0,
    ) -> NamedPlan | None:
        """Search on from a plan, without its bound, which was proven for other demands; None if stopped at once."""
        prices = replace(plan.search.prices, bound=None)
        start = replace(plan.search, assigned=plan.assigned, prices=prices)
        with timed(self.measure.stages, "repair"), suppress(NothingFound):
            return solve_named(
                problem, watch=self.measure.watch.aside(), time_limit_s=limit_s, steps=steps, gap=gap,
                seed=self.seed(turn), threads=self.settings.threads, start=start,
            )  # fmt: skip
        return None

    def finished(self, problem: ScheduleProblem, plan: Candidate[NamedPlan]) -> tuple[Candidate[NamedPlan], bool]:
        """Return a plan that no change of one week, and no exchange of a day, makes cheaper."""
        if len(problem.staff) > MOST_PEOPLE:
            return plan, False
        settings, found = self.settings, plan.search
        start = replace(
            found, assigned=plan.assigned, solved=replace(found.solved, bound=None, cut=False),
            prices=replace(found.prices, bound=None),
        )  # fmt: skip
        watch = self.measure.watch.aside()
        clock = watch.within(min(settings.finish_share * settings.time_limit_s, watch.left_s))
        after = finished(problem, start, watch=clock, seed=settings.seed)
        return (plan if after.assigned is plan.assigned else self.candidate(after)), after.solved.cut

    def prices(self, plan: Candidate[NamedPlan], problem: ScheduleProblem) -> Mapping[str, float]:
        """Return the prices by their names."""
        return {**plan.own, **plan.short(problem)}


class CoverSearch(PlanSearch[Cover]):
    """The search for shifts without names."""

    def first(self, limit_s: float) -> Candidate[Cover] | None:
        """Return the first plan."""
        found = self._solved(self.measure.problem, limit_s, self.settings.gap, self.measure.watch)
        for name, seconds in found.stages.items():
            self.measure.stages[name] = self.measure.stages.get(name, 0.0) + seconds
        return None if found.solved.status == Status.NONE else self.candidate(found)

    def candidate(self, found: Cover) -> Candidate[Cover]:
        """Return the shifts with their wages."""
        return Candidate(found, anonymous(found.planned), found.cost_wages, {})

    def again(self, problem: ScheduleProblem, plan: Candidate[Cover], gap: float) -> Candidate[Cover] | None:
        """Plan anew: a cover does not go on from another one."""
        return self.further(problem, plan, gap, self.settings.again_share * self.settings.time_limit_s, 0)

    def further(
        self, problem: ScheduleProblem, plan: Candidate[Cover], gap: float, limit_s: float, turn: int
    ) -> Candidate[Cover] | None:
        """Plan anew."""
        least = max(gap, min(LEAST_GAP, self.settings.gap))
        with timed(self.measure.stages, "repair"):
            found = self._solved(problem, limit_s, least, self.measure.watch.aside(), turn)
        return None if found.solved.status == Status.NONE else self.candidate(found)

    def bound(self, problem: ScheduleProblem, plan: Candidate[Cover]) -> float | None:
        """Return the bound of another search that ends with its first plan."""
        with timed(self.measure.stages, "repair"):
            limit_s = self.settings.proof_share * self.settings.time_limit_s
            return self._solved(problem, limit_s, FIRST, self.measure.watch.aside()).solved.bound

    def _solved(self, problem: ScheduleProblem, limit_s: float, gap: float, watch: Watch, turn: int = 0) -> Cover:
        threads = self.settings.threads
        return solve_cover(problem, watch=watch, time_limit_s=limit_s, gap=gap, seed=self.seed(turn), threads=threads)

    def prices(self, plan: Candidate[Cover], problem: ScheduleProblem) -> Mapping[str, float]:
        """Return all that is left short as one price."""
        return {"lost_calls_and_under": sum(plan.short(problem).values())}

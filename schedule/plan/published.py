"""A plan as it is published: made ready by its own simulations, and bounded by the curves that they have corrected."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Generic

from ...forecast.queueing.simulation.simulation import Simulation
from ..optimise.status import OPTIMAL, Solved, Status, Stop, sound_bound
from ..problem.problem import ScheduleProblem
from .correct import spliced
from .decision import Decision
from .free_moves import with_free_moves
from .measure import HALF_WIDTH, Measure
from .searches import PlanSearch
from .settings import SolveSettings
from .simulated_plan import Candidate, Search, SimulatedPlan
from .stages import searched_s

MOVE_TURNS = 3
"""Most times that a plan is finished before it is published; each takes a simulation."""


@dataclass(frozen=True, eq=False)
class Published(Generic[Search]):
    """A plan as it may be published.

    Attributes
    ----------
    seen
        By the curves that its precise simulation has corrected, beside the simulation that is published.
    bound
        Proven by these curves; None where time did not do for one.
    turn
        The turn that found the plan, 0 = the first search.
    """

    seen: SimulatedPlan[Search]
    bound: float | None
    turn: int

    def near(self, gap: float) -> bool:
        """Whether `gap` is reached."""
        reached = _priced(self.seen.plan.solved, self.seen.rank[-1], self.bound, 0.0).gap
        return reached is not None and reached <= gap

    def decision(self, first: Solved, search: PlanSearch[Search], *, cut: bool) -> Decision:
        """Return all that is known of the plan; `first` says how its search ended, `cut` whether time cut any."""
        measure, plan, true = search.measure, self.seen.plan, self.seen.true
        solved = _priced(first, self.seen.rank[-1], self.bound, searched_s(measure.stages))
        told = _told(solved, first, search.settings, cut=cut, by_user=measure.watch.stopped)
        prices = search.prices(plan, true.problem)
        return replace(true.decision(plan.assigned, told, plan.wages, prices, self.seen.simulation), repairs=self.turn)


def as_found(plan: Candidate[Search], first: Solved, search: PlanSearch[Search]) -> Decision:
    """Return what is known of a plan by the curves as they are; the bound of the `first` one holds for every plan."""
    measure = search.measure
    moved, cut = _finished(plan, search, measure, measure.problem)
    solved = _priced(first, moved.cost(measure.problem), first.bound, searched_s(measure.stages))
    told = _told(solved, first, search.settings, cut=cut, by_user=measure.watch.stopped)
    return measure.decision(moved.assigned, told, moved.wages, search.prices(moved, measure.problem))


def ready(seen: SimulatedPlan[Search], search: PlanSearch[Search]) -> tuple[SimulatedPlan[Search] | None, bool]:
    """Return a plan, finished, beside its published simulation; None where the user stopped. And whether time cut that.

    A more precise simulation than the published one corrects the curves: what is expected by them is compared with a
    simulation that it does not come from. By these curves the plan is finished, unless it then misses more; the
    intervals that this touches are told by the published simulation.
    """
    measure, settings = search.measure, search.settings
    half_width, least = settings.precise * HALF_WIDTH, measure.runs_of(settings.precise_calls)
    precise = measure.simulation(seen.plan.assigned, more=2, half_width=half_width, least=least)
    if precise is None:
        return None, False
    told, misses = [precise, seen.simulation], replace(seen, simulation=precise).misses
    out, hurried = replace(seen, true=measure.corrected(seen.plan.assigned, told), wide=1.0), False
    published: Simulation | None = None
    for _ in range(MOVE_TURNS):  # a change alters the curve by which it was made, and the next turn sees that
        moved, cut = _finished(out.plan, search, out.true, out.asked(settings))
        hurried = hurried or cut
        if moved is out.plan:
            break
        tried = measure.simulation(moved.assigned)
        if tried is None or replace(out, simulation=tried).misses > misses:
            break
        changed = measure.changed(out.plan.assigned, moved.assigned)
        told = [spliced(s, tried, changed) for s in told]
        out, published = replace(out, plan=moved, true=measure.corrected(moved.assigned, told)), tried
    published = published or measure.simulation(out.plan.assigned)
    return (None if published is None else replace(out, simulation=published)), hurried


def _finished(
    plan: Candidate[Search], search: PlanSearch[Search], measure: Measure, asked: ScheduleProblem
) -> tuple[Candidate[Search], bool]:
    """Return a plan after all that is done to it by the very curves it is published with, and whether time cut that.

    The plan itself is returned where nothing was to be done. Single changes are made by the demands `asked`, with their
    margin above floors and goals: without one the plan would come to lie on the floors, and half of all simulations
    under them.
    """
    better, cut = search.finished(asked, plan)
    if not better.cost(measure.problem) < plan.cost(measure.problem):
        better = plan
    moved, hurried = with_free_moves(better, measure)
    return moved, cut or hurried


def _priced(solved: Solved, cost: float, bound: float | None, seconds: float) -> Solved:
    """Return `solved` with another cost and bound."""
    bound = sound_bound(bound, cost)
    proven = bound is not None and cost - bound <= OPTIMAL * max(1.0, abs(bound))
    status = Status.OPTIMAL if proven else Status.FEASIBLE
    history = (*solved.history, (seconds, cost, bound))
    return replace(
        solved, status=status, stopped=None if proven else solved.stopped, cost=cost, bound=bound, seconds=seconds,
        history=history,
    )  # fmt: skip


def with_bound(solved: Solved, bound: float | None, settings: SolveSettings) -> Solved:
    """Return what is known of a plan once `bound` is known, too."""
    if bound is None or solved.cost is None or (solved.bound is not None and solved.bound >= bound):
        return solved
    known = _priced(solved, solved.cost, bound, solved.seconds)
    return _told(known, solved, settings, cut=solved.cut, by_user=solved.stopped == Stop.USER)


def _told(solved: Solved, first: Solved, settings: SolveSettings, *, cut: bool, by_user: bool) -> Solved:
    """Return `solved` with the reason that its work ended; `first` tells why the first search did."""
    if solved.status == Status.OPTIMAL:
        return solved
    cut = cut or first.cut
    near = solved.gap is not None and solved.gap <= settings.gap
    why = Stop.USER if by_user else Stop.GAP if near and not cut else Stop.TIME
    return replace(solved, stopped=why, cut=cut)

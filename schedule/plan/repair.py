"""Repair by simulation: curves are corrected by what a plan's simulation tells, and the plan is searched on by them.

The curves of the first search tell the service of intervals that last for ever. A simulation of its plan tells how the
queue that moves departs from them; the corrected curves tell the same, and the search goes on by them. A few turns
settle it, for the corrections hardly hang on the plan. The plan that is published is decided, priced and bounded by the
curves that its own simulation has corrected.
"""

from __future__ import annotations

from dataclasses import replace

from ...forecast.queueing.simulation.simulation import Simulation
from ..optimise.status import OPTIMAL, Solved, Status, Stop, sound_bound
from .correct import spliced
from .decision import Decision
from .free_moves import with_free_moves
from .measure import HALF_WIDTH, Measure
from .searches import PlanSearch
from .settings import SolveSettings
from .simulated_plan import Candidate, Search, SimulatedPlan
from .stages import searched_s

ROUGH_RUNS = 128
"""Least runs of a rough simulation: four batches, from which the interval comes."""

MOVE_TURNS = 3
"""Most times that breaks are moved for nothing before a plan is published; each takes a simulation."""


def repaired(first: Candidate[Search], search: PlanSearch[Search]) -> Decision:
    """Return what is known of the `first` plan, or of a plan that is better by the service that is simulated.

    Of the plans that were simulated the one is taken that misses the fewest goals, then the fewest floors, then the
    cheapest.

    Parameters
    ----------
    first
        What the search found by the curves of its measure, which nothing has corrected.
    """
    measure, settings = search.measure, search.settings
    plan, found_by, best = first, measure, None
    turn = repairs = 0
    cut = False
    while True:
        seen = _seen(plan, found_by, measure, settings)
        if seen is None:
            break
        if best is None or seen.rank < best.rank:
            best, repairs = seen, turn
        content = seen.settled(settings) and (turn > 0 or seen.misses == (0, 0))  # what is missed is looked for once
        if content or turn >= settings.repairs or not _decides(measure):
            break
        if measure.watch.time_is_up:  # with more time there would be a repair
            cut = True
            break
        turn += 1
        measure.watch.tell("repair", f"turn {turn}: on from the service that was simulated")
        gap = 0.0 if seen.misses > (0, 0) else settings.gap  # a plan that misses something is never near enough
        after = search.again(seen.asked(settings), plan, gap)
        if after is None:
            cut = True
            break
        plan, found_by = after, seen.true
        cut = cut or plan.solved.cut
    if best is None:
        return _as_found(plan, first.solved, search)
    return replace(_published(first, best, search, cut=cut), repairs=repairs)


def _decides(measure: Measure) -> bool:
    """Whether curves decide the plan; else their correction changes only the service to expect."""
    return any(d.gain is not None for d in measure.problem.demands)


def _seen(
    plan: Candidate[Search], found_by: Measure, measure: Measure, settings: SolveSettings
) -> SimulatedPlan[Search] | None:
    """Return a plan beside a rough simulation of it; None without curves or volumes, or where the user stopped."""
    if measure.data.curves is None:
        return None
    simulation = measure.simulation(plan.assigned, more=1, half_width=settings.rough * HALF_WIDTH, least=ROUGH_RUNS)
    if simulation is None:
        return None
    return SimulatedPlan(plan, found_by, measure.corrected(plan.assigned, [simulation]), simulation)


def _as_found(plan: Candidate[Search], first: Solved, search: PlanSearch[Search]) -> Decision:
    """Return what is known of a plan by the curves as they are; the bound of the `first` one holds for every plan."""
    measure = search.measure
    moved, cut = with_free_moves(plan, measure)
    solved = _priced(first, moved.cost(measure.problem), first.bound, searched_s(measure.stages))
    told = _told(solved, first, search.settings, cut=cut, by_user=measure.watch.stopped)
    return measure.decision(moved.assigned, told, moved.wages, search.prices(moved, measure.problem))


def _published(
    first: Candidate[Search], best: SimulatedPlan[Search], search: PlanSearch[Search], *, cut: bool
) -> Decision:
    """Return the decision for a plan by the curves that its simulations correct, with a bound proven by them."""
    measure = search.measure
    found = _ready(best, measure, search.settings)
    if found is None:
        return _as_found(best.plan, first.solved, search)
    ready, hurried = found
    plan, problem = ready.plan, ready.true.problem
    bound = search.bound(problem, plan) if _decides(measure) else first.solved.bound
    solved = _priced(first.solved, plan.cost(problem), bound, searched_s(measure.stages))
    told = _told(solved, first.solved, search.settings, cut=cut or hurried, by_user=measure.watch.stopped)
    return ready.true.decision(plan.assigned, told, plan.wages, search.prices(plan, problem), ready.simulation)


def _ready(
    best: SimulatedPlan[Search], measure: Measure, settings: SolveSettings
) -> tuple[SimulatedPlan[Search], bool] | None:
    """Return a plan beside its published simulation, and whether time has cut its moves; None where the user stopped.

    A more precise simulation than the published one corrects the curves: what is expected by them is compared with a
    simulation that it does not come from. By these curves breaks are moved that may move for nothing, unless the plan
    then misses more; the intervals that a move touches are told by the published simulation.
    """
    half_width, least = settings.precise * HALF_WIDTH, measure.runs_of(settings.precise_calls)
    precise = measure.simulation(best.plan.assigned, more=2, half_width=half_width, least=least)
    if precise is None:
        return None
    told, misses = [precise, best.simulation], replace(best, simulation=precise).misses
    ready, hurried = replace(best, true=measure.corrected(best.plan.assigned, told)), False
    published: Simulation | None = None
    for _ in range(MOVE_TURNS):  # a move changes the curve by which it was made, and the next turn sees that
        moved, cut = with_free_moves(ready.plan, ready.true)
        if moved is ready.plan:
            break
        tried = measure.simulation(moved.assigned)
        if tried is None or replace(ready, simulation=tried).misses > misses:
            break
        changed = measure.changed(ready.plan.assigned, moved.assigned)
        told = [spliced(s, tried, changed) for s in told]
        ready, published, hurried = replace(ready, plan=moved, true=measure.corrected(moved.assigned, told)), tried, cut
    published = published or measure.simulation(ready.plan.assigned)
    return None if published is None else (replace(ready, simulation=published), hurried)


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


def _told(solved: Solved, first: Solved, settings: SolveSettings, *, cut: bool, by_user: bool) -> Solved:
    """Return `solved` with the reason that its work ended; `first` tells why the first search did."""
    if solved.status == Status.OPTIMAL:
        return solved
    cut = cut or first.cut
    near = solved.gap is not None and solved.gap <= settings.gap
    why = Stop.USER if by_user else Stop.GAP if near and not cut else Stop.TIME
    return replace(solved, stopped=why, cut=cut)

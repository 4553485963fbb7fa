"""Repair by simulation: curves are corrected by what a plan's simulation tells, and the plan is searched on by them.

The curves of the first search tell the service of intervals that last for ever. A simulation of its plan tells how the
queue that moves departs from them; the corrected curves tell the same, and the search goes on by them. A few turns
settle it, for the corrections hardly hang on the plan. The plan that is published is decided, priced and bounded by the
curves that its own simulation has corrected.
"""

from __future__ import annotations

from dataclasses import replace

from ..exchange.result import roster_of
from ..optimise.status import NothingFound, Solved, Status, Stop
from ..people.solve import NamedPlan, solve_named
from ..problem.problem import ScheduleProblem
from .decision import Decision
from .measure import HALF_WIDTH, Measure
from .settings import SolveSettings
from .simulated_plan import SimulatedPlan
from .stages import searched_s, timed


def repaired(first: NamedPlan, measure: Measure, settings: SolveSettings) -> Decision:
    """Return what is known of the `first` plan, or of a plan that is better by the service that is simulated.

    Of the plans that were simulated the one is taken that misses the fewest goals, then the fewest floors, then the
    cheapest.

    Parameters
    ----------
    first
        What the search found by the curves of `measure`, which nothing has corrected.
    """
    plan, found_by, best = first, measure, None
    turn = repairs = 0
    cut = False
    while True:
        seen = _seen(plan, found_by, measure, settings)
        if seen is None:
            break
        if best is None or seen.rank < best.rank:
            best, repairs = seen, turn
        if turn >= settings.repairs or not _decides(measure) or seen.settled(settings):
            break
        if measure.watch.time_is_up:  # with more time there would be a repair
            cut = True
            break
        turn += 1
        measure.watch.tell("repair", f"turn {turn}: on from the service that was simulated")
        plan, found_by = _searched(seen, settings), seen.true
        cut = cut or plan.solved.stopped == Stop.TIME
    if best is None:
        return _as_found(first, plan, measure)
    return replace(_published(first, best, measure, settings, cut=cut), repairs=repairs)


def _decides(measure: Measure) -> bool:
    """Whether curves decide the plan; else their correction changes only the service to expect."""
    return any(d.gain is not None for d in measure.problem.demands)


def _seen(plan: NamedPlan, found_by: Measure, measure: Measure, settings: SolveSettings) -> SimulatedPlan | None:
    """Return a plan beside a rough simulation of it; None without curves or volumes, or where the user stopped."""
    if measure.data.curves is None:
        return None
    simulation = measure.simulation(plan.assigned, more=1, half_width=settings.rough * HALF_WIDTH)
    if simulation is None:
        return None
    return SimulatedPlan(plan, found_by, measure.corrected(plan.assigned, [simulation]), simulation)


def _searched(seen: SimulatedPlan, settings: SolveSettings) -> NamedPlan:
    """Search on from a plan by the service that its simulation tells."""
    prices = replace(seen.plan.prices, bound=0.0)  # no plan costs less; other curves have proven nothing for these
    return _solved(
        seen.asked(settings), replace(seen.plan, prices=prices), seen.true, settings,
        share=settings.repair_share, steps=settings.repair_steps,
    )  # fmt: skip


def _solved(
    problem: ScheduleProblem, start: NamedPlan, measure: Measure, settings: SolveSettings, *, share: float, steps: int
) -> NamedPlan:
    """Go on from a plan for a share of the time."""
    with timed(measure.stages, "repair"):
        return solve_named(
            problem,
            watch=measure.watch,
            time_limit_s=settings.time_limit_s * share,
            steps=steps,
            gap=0.0,
            seed=settings.seed,
            threads=settings.threads,
            start=start,
        )


def _as_found(first: NamedPlan, plan: NamedPlan, measure: Measure) -> Decision:
    """Return what is known of a plan by the curves as they are; the bound of the `first` plan holds for every plan."""
    solved = first.solved if plan is first else replace(first.solved, seconds=searched_s(measure.stages))
    roster = roster_of(measure.problem, plan.assigned, solved)
    simulation = measure.simulation(plan.assigned)
    return measure.decision(roster.assigned, roster.solved, roster.cost_wages, roster.prices, simulation)


def _published(
    first: NamedPlan, best: SimulatedPlan, measure: Measure, settings: SolveSettings, *, cut: bool
) -> Decision:
    """Return the decision for a plan by the curves that all its simulations correct, with a bound proven by them.

    To the published simulation and the one before a third is added, so that the curves are known better than the
    simulation that is told beside them.
    """
    plan = best.plan
    published = measure.simulation(plan.assigned)
    if published is None:
        return _as_found(first, plan, measure)
    runs = published.runs - best.simulation.runs
    further = measure.simulation(plan.assigned, more=2, half_width=0.0, runs=runs) if runs > 0 else None
    known = [s for s in (published, best.simulation, further) if s is not None]
    true = measure.corrected(plan.assigned, known)
    bound = _bound(plan, true, settings) if _decides(measure) else first.solved.bound
    solved = replace(first.solved, bound=bound, seconds=searched_s(measure.stages))
    roster = roster_of(true.problem, plan.assigned, solved)
    told = _told(roster.solved, settings, cut=cut or first.solved.stopped == Stop.TIME, by_user=measure.watch.stopped)
    return true.decision(roster.assigned, told, roster.cost_wages, roster.prices, published)


def _bound(plan: NamedPlan, measure: Measure, settings: SolveSettings) -> float | None:
    """Return a lower bound on the cost of every plan by the curves of `measure`; None where there was no time."""
    start = replace(plan, prices=replace(plan.prices, bound=None))
    try:
        proven = _solved(measure.problem, start, measure, settings, share=settings.proof_share, steps=0)
    except NothingFound:
        return None
    return proven.prices.bound


def _told(solved: Solved, settings: SolveSettings, *, cut: bool, by_user: bool) -> Solved:
    """Return `solved` with the reason that its work ended: proven the best needs none."""
    if solved.status == Status.OPTIMAL:
        return solved
    near = solved.gap is not None and solved.gap <= settings.gap
    return replace(solved, stopped=Stop.USER if by_user else Stop.GAP if near and not cut else Stop.TIME)

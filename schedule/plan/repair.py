"""Repair by simulation: curves are corrected by what a plan's simulation tells, and the plan is searched on by them.

The curves of the first search tell the service of intervals that last for ever. A simulation of its plan tells how the
queue that moves departs from them; the corrected curves tell the same, and the search goes on by them. A few turns
settle it, for the corrections hardly hang on the plan. The plan that is published is decided, priced and bounded by the
curves that its own simulation has corrected.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Generic

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

    def enough(self, settings: SolveSettings) -> bool:
        """Whether the asked gap is reached, and what the plan misses was looked for once."""
        near = _priced(self.seen.plan.solved, self.seen.rank[-1], self.bound, 0.0).gap
        return near is not None and near <= settings.gap and (self.turn > 0 or self.seen.misses == (0, 0))


def repaired(first: Candidate[Search], search: PlanSearch[Search]) -> Decision:
    """Return what is known of the `first` plan, or of a plan that is better by the service that is simulated.

    The curves settle first. Then the plan is made ready to be published; while the asked gap is not reached by its own
    curves and time is left, the search goes on by them. Of the plans that were simulated the one is taken that misses
    the fewest goals, then the fewest floors, then the cheapest.

    Parameters
    ----------
    first
        What the search found by the curves of its measure, which nothing has corrected.
    """
    measure, settings = search.measure, search.settings
    seen, turn, cut = _settled(first, search)
    best: Published[Search] | None = None
    kept_s, barren = 0.0, 0
    while seen is not None:
        began_s = measure.watch.elapsed_s
        ready, hurried = _ready(seen, measure, settings)
        cut = cut or hurried
        if ready is None:
            break
        if best is None or ready.rank < best.seen.rank:
            best = Published(ready, _bound(ready, first, search), turn)
            kept_s = settings.kept_times * (measure.watch.elapsed_s - began_s)
        print("TURN", turn, f"{measure.watch.elapsed_s:.1f}", ready.misses, round(ready.rank[-1]), {k:round(v) for k,v in search.prices(ready.plan,ready.true.problem).items()}, "BEST", best.seen.rank, best.bound, kept_s, cut)
        limit_s = settings.turn_share * (measure.watch.left_s - kept_s)
        least_s = 0.0 if best.seen.misses > (0, 0) else settings.least_turn * kept_s
        if best.enough(settings) or limit_s <= least_s or not _decides(measure):
            break
        turn += 1
        start = min(ready, best.seen, key=lambda plan: plan.plan.cost(ready.true.problem)).plan
        after = _further(ready, start, search, limit_s, turn, 0.5**barren)
        if after is not None: print("turn",turn,"barren",barren,after is start,after.assigned==start.assigned,after.solved.status,after.solved.gap)
        cut = cut or after is None or after.solved.cut
        barren += after is start
        seen = None if after is None else _seen(after, ready.true, measure, settings)
    if best is None:
        return _as_found(first if seen is None else seen.plan, first.solved, search)
    return _decided(best, first, search, cut=cut)


def _settled(
    first: Candidate[Search], search: PlanSearch[Search]
) -> tuple[SimulatedPlan[Search] | None, int, bool]:
    """Return a plan found by curves that tell its service, the turn that found the plan, and whether a turn was cut.

    There is no such plan where nothing is simulated. A plan that is within the asked gap needs a few short repairs; on
    from another one the search goes once with all means.
    """
    measure, settings = search.measure, search.settings
    near = first.solved.gap is not None and first.solved.gap <= settings.gap
    best = seen = _seen(first, measure, measure, settings)
    found, cut = 0, False
    for turn in range(1, 1 + (settings.repairs if near else min(settings.repairs, 1))):
        if seen is None or best is None or not _decides(measure):
            break
        if near and seen.settled(settings) and (turn > 1 or seen.misses == (0, 0)):  # what is missed is sought once
            break
        if measure.watch.time_is_up:  # with more time there would be a turn
            cut = True
            break
        limit_s = settings.turn_share * measure.watch.left_s
        after = _again(seen, search, turn) if near else _further(seen, seen.plan, search, limit_s, turn)
        cut = cut or after is None or after.solved.cut
        seen = None if after is None else _seen(after, seen.true, measure, settings)
        if seen is not None and seen.rank < best.rank:
            best, found = seen, turn
    return best, found, cut


def _again(seen: SimulatedPlan[Search], search: PlanSearch[Search], turn: int) -> Candidate[Search] | None:
    """Repair a plan: search on for a while by the curves that its simulation has corrected."""
    settings = search.settings
    search.measure.watch.tell("repair", f"turn {turn}: on from the service that was simulated")
    gap = 0.0 if seen.misses > (0, 0) else settings.gap  # a plan that misses something is never near enough
    return search.again(seen.asked(settings), seen.plan, gap)


def _further(
    seen: SimulatedPlan[Search], start: Candidate[Search], search: PlanSearch[Search], limit_s: float, turn: int,
    margin: float = 1.0,
) -> Candidate[Search] | None:
    """Search on with all means by the curves that the simulation of a plan has corrected, from `start`.

    The start is returned where nothing cheaper was found.
    """
    settings, asked = search.settings, seen.asked(search.settings, margin)
    search.measure.watch.tell("repair", f"turn {turn}: all means, by the service that was simulated")
    gap = 0.0 if seen.misses > (0, 0) else settings.gap / 2**turn  # margins are asked that the proof does not ask
    found = search.further(asked, start, gap, limit_s, turn)
    return found if found is None or found.cost(asked) < start.cost(asked) - 1e-6 else start


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
    true = measure.corrected(plan.assigned, [simulation])
    return SimulatedPlan(plan, found_by, true, simulation, settings.rough)


def _as_found(plan: Candidate[Search], first: Solved, search: PlanSearch[Search]) -> Decision:
    """Return what is known of a plan by the curves as they are; the bound of the `first` one holds for every plan."""
    measure = search.measure
    moved, cut = with_free_moves(plan, measure)
    solved = _priced(first, moved.cost(measure.problem), first.bound, searched_s(measure.stages))
    told = _told(solved, first, search.settings, cut=cut, by_user=measure.watch.stopped)
    return measure.decision(moved.assigned, told, moved.wages, search.prices(moved, measure.problem))


def _bound(ready: SimulatedPlan[Search], first: Candidate[Search], search: PlanSearch[Search]) -> float | None:
    """Return a bound by the curves of a plan; that of the `first` search holds where curves decide nothing."""
    return search.bound(ready.true.problem, ready.plan) if _decides(search.measure) else first.solved.bound


def _decided(best: Published[Search], first: Candidate[Search], search: PlanSearch[Search], *, cut: bool) -> Decision:
    """Return the decision for a plan by the curves that its simulations have corrected."""
    measure, plan, true = search.measure, best.seen.plan, best.seen.true
    solved = _priced(first.solved, best.seen.rank[-1], best.bound, searched_s(measure.stages))
    told = _told(solved, first.solved, search.settings, cut=cut, by_user=measure.watch.stopped)
    decision = true.decision(plan.assigned, told, plan.wages, search.prices(plan, true.problem), best.seen.simulation)
    return replace(decision, repairs=best.turn)


def _ready(
    best: SimulatedPlan[Search], measure: Measure, settings: SolveSettings
) -> tuple[SimulatedPlan[Search] | None, bool]:
    """Return a plan beside its published simulation, and whether time has cut its moves; None where the user stopped.

    A more precise simulation than the published one corrects the curves: what is expected by them is compared with a
    simulation that it does not come from. By these curves breaks are moved that may move for nothing, unless the plan
    then misses more; the intervals that a move touches are told by the published simulation.
    """
    half_width, least = settings.precise * HALF_WIDTH, measure.runs_of(settings.precise_calls)
    precise = measure.simulation(best.plan.assigned, more=2, half_width=half_width, least=least)
    if precise is None:
        return None, False
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
    return (None if published is None else replace(ready, simulation=published, wide=1.0)), hurried


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

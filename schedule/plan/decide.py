"""The decision: from a problem to shifts, breaks and people, simulated and repaired where the plan falls short."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from ...forecast.progress import Stopped, Watch
from ..diagnose.conflicts import refuse_conflicts
from ..exchange.exchange import dealable, exchanged
from ..exchange.result import roster_of
from ..optimise.status import NothingFound, Status, Stop, sound_bound
from ..people.finish import MOST_PEOPLE, finished
from ..people.kept import free_of, keeps, kept_plan
from ..people.named_plan import NamedPlan
from ..people.solve import compile_kernels, solve_named
from ..problem.problem import ScheduleProblem
from .decision import Decision
from .measure import Measure, ServiceData
from .open_shifts import open_shifts
from .published import with_bound
from .repair import repaired
from .searches import CoverSearch, NamedSearch
from .settings import SolveSettings
from .stages import timed


def decide(problem: ScheduleProblem, data: ServiceData, settings: SolveSettings, watch: Watch) -> Decision:
    """Choose shifts, breaks and who works them, simulate; plan again where a period misses its goal.

    Raises
    ------
    Stopped
        If stopped before there was any plan.
    NothingFound
        If time was up before there was any plan.
    Infeasible
        If the rules of some people contradict each other.
    """
    compile_kernels()
    measure = Measure(problem, data, settings.seed, settings.clock(watch), {})
    return _named(measure, settings) if problem.staff else _anonymous(measure, settings)


def _anonymous(measure: Measure, settings: SolveSettings) -> Decision:
    """Choose the shifts of a plan in which nobody is named."""
    watch, search = measure.watch, CoverSearch(measure, settings)
    watch.keeps.set()
    plan = search.first(settings.time_limit_s * (settings.first_share if measure.simulates else 1.0))
    if plan is None:
        raise Stopped if watch.stopped else NothingFound
    found = repaired(plan, search)
    same = found.curves is measure.data.curves  # costs and bounds of the blocks are by the curves as they were
    return replace(found, blocks=plan.search.blocks if same else ())


def _named(measure: Measure, settings: SolveSettings) -> Decision:
    """Choose everybody's shifts, repair the plan, and choose what somebody from outside would have to work."""
    problem, watch = measure.problem, measure.watch
    watch.raise_if_stopped()
    refuse_conflicts(problem)
    kept_s = settings.kept_s(len(problem.staff), watch.elapsed_s)
    watch.time_limit_s = watch.elapsed_s + max(0.0, watch.left_s - kept_s)
    watch.raise_if_stopped()
    watch.keeps.set()
    keeping = keeps(problem)
    free_s = settings.free_share * settings.time_limit_s if keeping else 0.0
    watch.time_limit_s = max(watch.elapsed_s, watch.time_limit_s - free_s)
    try:
        plan = _kept_plan(measure, settings) if keeping else _first_plan(measure, settings)
    except NothingFound:
        if watch.stopped:
            raise Stopped from None
        raise
    if not any(plan.assigned.values()) and (plan.solved.stopped == Stop.USER or plan.solved.cut):
        raise Stopped if watch.stopped else NothingFound  # an empty plan is none to put in an earlier one's place
    search = NamedSearch(measure, settings)
    found = repaired(search.candidate(plan), search)
    if keeping and not watch.stopped:
        found = _with_free_bound(found, plan, watch.aside().within(free_s), settings)
    if not watch.stopped:
        with timed(measure.stages, "open"):
            clock = settings.open_clock(watch)
            left = open_shifts(
                found.problem, found.planned, watch=clock.aside(), time_limit_s=clock.left_s, seed=settings.seed
            )
        found = replace(found, open=left)
    return found


def _kept_plan(measure: Measure, settings: SolveSettings) -> NamedPlan:
    """Return the plan that changes least of the earlier one, or what the search makes of it.

    Its prices come from the week without anything to keep: people who are alike count together there, and what bounds
    every free plan bounds every plan that also pays for changes. Where simulation corrects the curves that decide, the
    search waits for the curves that this very plan corrects: by others it would change days whose service is right.
    """
    start = kept_plan(measure.problem)
    free = solve_named(
        free_of(measure.problem), watch=measure.watch.aside(), gap=settings.gap, seed=settings.seed, start=start,
        time_limit_s=settings.first_share * settings.time_limit_s, threads=settings.threads, steps=0,
    )  # fmt: skip
    measure.stages.update(free.stages)
    start = replace(start, prices=replace(free.prices, bound=None), stages=free.stages)
    if not measure.simulates or all(d.gain is None for d in measure.problem.demands):
        return _first_plan(measure, settings, start)
    known = replace(free.solved, status=Status.FEASIBLE, stopped=free.solved.stopped or Stop.GAP)
    return replace(start, solved=roster_of(measure.problem, start.assigned, known).solved)


def _with_free_bound(found: Decision, plan: NamedPlan, clock: Watch, settings: SolveSettings) -> Decision:
    """Return a decision with a bound on the cost of every plan that need not keep anything, by its own curves.

    It holds for plans that keep something, too. None is told where time did not do for one.
    """
    start = replace(plan, assigned=found.assigned, prices=replace(plan.prices, bound=None))
    with suppress(NothingFound):
        free = solve_named(
            free_of(found.problem), watch=clock, time_limit_s=clock.left_s, gap=0.0, seed=settings.seed, start=start,
            steps=0,
        )  # fmt: skip
        cost = found.cost_wages + found.cost_prices - found.prices.get("change", 0.0)
        bound = sound_bound(free.prices.bound, cost)
        return replace(found, free_bound=bound, solved=with_bound(found.solved, bound, settings))
    return found


def _first_plan(measure: Measure, settings: SolveSettings, start: NamedPlan | None = None) -> NamedPlan:
    """Plan everybody's weeks, from `start` or anew, then let people exchange shifts."""
    limit, dealt_out = settings.time_limit_s, dealable(measure.problem)
    share = settings.first_share if measure.simulates else settings.alone_share
    plan = solve_named(
        measure.problem,
        watch=measure.watch,
        time_limit_s=limit * (share + (0.0 if dealt_out else settings.exchange_share)),
        gap=settings.gap,
        seed=settings.seed,
        threads=settings.threads,
        start=start,
    )
    measure.stages.update(plan.stages)
    with timed(measure.stages, "exchange"):
        dealt = exchanged(
            measure.problem,
            plan,
            watch=measure.watch.aside(),
            time_limit_s=limit * settings.exchange_share,
            seed=settings.seed,
            threads=settings.threads,
        )
        if len(dealt.assigned) > MOST_PEOPLE or not any(dealt.assigned.values()):
            return dealt
        clock = measure.watch.aside()
        if measure.simulates:  # else nothing follows that needs the time
            clock = clock.within(min(settings.finish_share * limit, clock.left_s))
        return finished(measure.problem, dealt, watch=clock, seed=settings.seed)

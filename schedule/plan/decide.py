"""The decision: from a problem to shifts, breaks and people, simulated and repaired where the plan falls short."""

from __future__ import annotations

from dataclasses import replace

from ...forecast.progress import Stopped, Watch
from ..diagnose.conflicts import refuse_conflicts
from ..exchange.exchange import dealable, exchanged
from ..optimise.status import NothingFound, Stop
from ..people.finish import MOST_PEOPLE, finished
from ..people.named_plan import NamedPlan
from ..people.solve import compile_kernels, solve_named
from ..problem.problem import ScheduleProblem
from .decision import Decision
from .measure import Measure, ServiceData
from .open_shifts import open_shifts
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
    try:
        plan = _first_plan(measure, settings)
    except NothingFound:
        if watch.stopped:
            raise Stopped from None
        raise
    if not any(plan.assigned.values()) and (plan.solved.stopped == Stop.USER or plan.solved.cut):
        raise Stopped if watch.stopped else NothingFound  # an empty plan is none to put in an earlier one's place
    search = NamedSearch(measure, settings)
    found = repaired(search.candidate(plan), search)
    if not watch.stopped:
        with timed(measure.stages, "open"):
            clock = settings.open_clock(watch)
            left = open_shifts(
                found.problem, found.planned, watch=clock.aside(), time_limit_s=clock.left_s, seed=settings.seed
            )
        found = replace(found, open=left)
    return found


def _first_plan(measure: Measure, settings: SolveSettings) -> NamedPlan:
    """Plan everybody's weeks, then let people exchange shifts."""
    limit, dealt_out = settings.time_limit_s, dealable(measure.problem)
    share = settings.first_share if measure.simulates else settings.alone_share
    plan = solve_named(
        measure.problem,
        watch=measure.watch,
        time_limit_s=limit * (share + (0.0 if dealt_out else settings.exchange_share)),
        gap=settings.gap,
        seed=settings.seed,
        threads=settings.threads,
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

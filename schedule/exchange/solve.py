"""Deal shifts out: one model where it is small; else a start without steadiness, then groups of people in turn."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from ...forecast.progress import Watch
from ..diagnose.conflicts import refuse_conflicts
from ..optimise.status import Status
from ..problem.problem import ScheduleProblem
from ..problem.shifts import PlannedShift
from .cells import ShiftPool, pool_of, without_steadiness
from .least_days import refuse_missing_days
from .model import make_model
from .neighbourhoods import KINDS, partition
from .params import ExchangeParams
from .plan import ExchangePlan, plan_of
from .result import Roster, make_roster
from .search import ExchangeSearch, usual_starts
from .week_check import WeekCells, broken


def solve_roster(
    problem: ScheduleProblem,
    planned: Sequence[PlannedShift],
    *,
    watch: Watch,
    time_limit_s: float,
    gap: float,
    seed: int,
    threads: int = 1,
    start: Mapping[str, Sequence[PlannedShift]] | None = None,
    params: ExchangeParams | None = None,
) -> Roster:
    """Give the shifts of a plan to named people at least cost.

    Nine parameters: what to solve, the settings that every search of the product takes, and a plan to begin from.

    Parameters
    ----------
    problem
        People, contracts, rules and costs.
    planned
        Shifts with placed breaks; `PlannedShift.contract` is advice.
    watch
        Told of progress; on stop or when time is up the best roster so far is returned.
    time_limit_s
        Seconds for this stage.
    gap
        Relative gap to the proven bound at which to stop.
    seed
        Same seed, same roster, unless time ends the search.
    start
        Agent → shifts of a roster to begin from; shifts that are no longer legal or planned are dropped.
    params
        Knobs of the search; None = their defaults.

    Raises
    ------
    Infeasible
        When somebody's hard rules contradict each other, or the contracts' least days ask for more shifts than
        are planned.
    """
    refuse_conflicts(problem)
    pool = pool_of(problem, planned)
    search = ExchangeSearch(
        pool, _first_plan(pool, start or {}), watch=watch, time_limit_s=time_limit_s, gap=gap, seed=seed,
        threads=threads, params=params or ExchangeParams(),
    )  # fmt: skip
    _improve(search)
    if not search.plan.few_days:
        return make_roster(pool, search.plan, search.solved())
    refuse_missing_days(pool)
    nobody = plan_of(pool, [()] * len(pool.staff))
    return make_roster(pool, nobody, dataclasses.replace(search.solved(), status=Status.NONE, cost=None, bound=None))


def _improve(search: ExchangeSearch) -> None:
    """Search from the first plan on until the gap is met, nothing improves or time is up."""
    options = search.pool.options
    binaries = sum(map(len, options))
    if not binaries:
        search.prove(search.plan.cost, "nobody can take anything")
    elif not search.done:
        search.offer(dict(enumerate(search.by_day(search.plan.weeks))), "day by day")
        (_whole if binaries <= search.params.whole_binaries else _large)(search)


def _first_plan(pool: ShiftPool, start: Mapping[str, Sequence[PlannedShift]]) -> ExchangePlan:
    """Return the legal part of the plan of `start`; a week that breaks a rule loses days, the last ones first."""
    place = {(c.shift.key, c.queue): i for i, c in enumerate(pool.cells)}
    left = list(pool.counts)
    weeks: list[WeekCells] = []
    for a, agent in enumerate(pool.staff):
        week: list[int] = []
        for p in sorted(start.get(agent.id, ()), key=lambda p: p.shift.start):
            c = place.get((p.shift.key, p.queue))
            if c is not None and left[c]:
                week.append(c)
                left[c] -= 1
        legal = week if not broken(pool, a, week) else _legal_days(pool, a, week)
        for c in set(week):
            left[c] += week.count(c) - legal.count(c)
        weeks.append(tuple(legal))
    return plan_of(pool, weeks)


def _legal_days(pool: ShiftPool, agent: int, week: Sequence[int]) -> list[int]:
    """Return the cells of `week` that can be taken one after the other without a broken rule."""
    out: list[int] = []
    for c in week:
        if not broken(pool, agent, [*out, c]):
            out.append(c)
    return out


def _whole(search: ExchangeSearch) -> None:
    """Solve everything as one model, from the best roster of one day at a time."""
    pool = search.pool
    model = make_model(pool, range(len(pool.staff)), pool.counts)
    start = model.start(dict(enumerate(search.plan.weeks)), pool.counts)
    answer = search.run(model, looks=search.params.whole_looks, gap=search.gap, start=start)
    if answer.found:
        search.offer(model.weeks(answer.values), "whole model")
    if answer.bound is not None:
        search.prove(answer.bound + model.constant, "whole model")


def _large(search: ExchangeSearch) -> None:
    """Take the best roster without steadiness if it helps, settle the starts, then re-plan groups of people in turn."""
    binaries, params = sum(map(len, search.pool.options)), search.params
    if binaries <= params.large_binaries:
        _calm(search)
    for _ in range(params.settle_rounds):
        if search.done or not search.settle(0.0):
            break
    if not search.done and binaries <= params.steady_binaries:
        _bound(search)
    _in_turn(search)


def _calm(search: ExchangeSearch) -> None:
    """Solve the roster as if start times cost nothing.

    The bound holds for the true cost too; the weeks are a start.
    """
    pool, params = without_steadiness(search.pool), search.params
    model = make_model(pool, range(len(pool.staff)), pool.counts)
    relaxed = search.run(model, gap=0.0, relax=True)
    if relaxed.bound is not None:
        search.prove(relaxed.bound + model.constant, "relaxation")
    if not search.done:
        start = model.start(dict(enumerate(search.plan.weeks)), pool.counts)
        answer = search.run(model, looks=params.whole_looks, gap=min(search.gap, params.block_gap), start=start)
        if answer.found:
            _take_calm(search, model.weeks(answer.values))
        if answer.bound is not None:
            search.prove(answer.bound + model.constant, "without steadiness")


def _take_calm(search: ExchangeSearch, weeks: Mapping[int, WeekCells]) -> None:
    """Offer weeks that ignore start times; where a rule limits the spread of starts, a model of nearby starts first."""
    pool = search.pool
    if pool.problem.rules.max_start_spread_min is not None:
        anchors = usual_starts(without_steadiness(pool), [weeks[a] for a in range(len(pool.staff))])
        near = make_model(pool, range(len(pool.staff)), pool.counts, anchors=dict(enumerate(anchors.tolist())))
        answer = search.run(near, looks=search.params.whole_looks, gap=search.params.block_gap)
        if not answer.found:
            return
        weeks = near.weeks(answer.values)
    search.offer(weeks, "without steadiness", polish=True)


def _bound(search: ExchangeSearch) -> None:
    """Prove a better bound by the relaxation with steadiness."""
    pool = search.pool
    if pool.problem.costs.steady_h > 0:
        model = make_model(pool, range(len(pool.staff)), pool.counts)
        answer = search.run(model, gap=0.0, relax=True)
        if answer.bound is not None:
            search.prove(answer.bound + model.constant, "relaxation with steadiness")


def _in_turn(search: ExchangeSearch) -> None:
    """Re-plan groups of people in turn until little is gained, their number is done, the gap is reached or time is up.

    Large groups with the easy price of nearby starts and small groups at the true cost take turns.
    """
    params = search.params
    idle = rounds = 0
    while idle < params.patience and search.groups < params.most_groups and not search.done:
        before = search.plan.weight
        exact = rounds % 2 == 1
        size = int(params.block_options * (params.exact_share if exact else 1.0))
        groups = partition(search.pool, search.rng, size)
        for i, group in enumerate(groups):
            search.block(group, f"group {i + 1} of {len(groups)}", exact=exact)
        for kind in KINDS:
            group = kind(search.pool, search.plan, search.rng, size)
            search.block(group, kind.__name__.replace("_", " "), exact=exact)
        search.settle(params.settle_noise_h)
        idle = 0 if search.plan.weight < before - params.least_gain * abs(before) else idle + 1
        rounds += 1

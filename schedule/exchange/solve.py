"""Solve the roster: one model where it is small; else a start without steadiness, then blocks of people in turn."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from ...forecast.progress import Watch
from ..diagnose.conflicts import refuse_conflicts
from ..optimise.status import Status
from ..problem.problem import ScheduleProblem
from ..problem.shifts import PlannedShift
from .cells import Pool, pool_of, without_steadiness
from .groups import KINDS, partition
from .model import make_model
from .plan import Plan, plan_of
from .result import Roster, make_roster
from .search import Search, usual_starts
from .shortage import refuse_shortage
from .weeks import Week, broken

WHOLE = 1200
"""Binaries up to which the whole model with steadiness is solved at once."""

LARGE = 60_000
"""Binaries beyond which the whole model without steadiness is not tried."""

BLOCK = 3000
"""Options (agent × cell) in a block of people."""

SETTLE = 5
"""Most rounds of settling everybody's starts before groups are re-planned."""

SLOWER = 15
"""How many times longer the relaxation takes with steadiness, measured on 60 to 300 people."""

PATIENCE = 4
"""Rounds of blocks over everybody without any gain after which the search ends."""


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
) -> Roster:
    """Give the shifts of a cover to named people at least cost.

    Parameters
    ----------
    problem
        People, contracts, rules and costs.
    planned
        The cover: shifts with placed breaks; `PlannedShift.contract` is advice.
    watch
        Told of progress; on stop or when time is up the best roster so far is returned.
    time_limit_s
        Seconds for this stage.
    gap
        Relative gap to the proven bound at which to stop.
    seed
        Same seed, same roster, unless time ends the search.
    start
        Agent → shifts of a roster to begin from; what is no longer legal or planned is dropped.

    Raises
    ------
    Infeasible
        When somebody's hard rules contradict each other, or the contracts' least days ask for more shifts than
        the cover holds.
    """
    refuse_conflicts(problem)
    pool = pool_of(problem, planned)
    search = Search(
        pool,
        _first_plan(pool, start or {}),
        watch=watch,
        time_limit_s=time_limit_s,
        gap=gap,
        seed=seed,
        threads=threads,
    )
    if not any(pool.options):
        search.prove(search.plan.cost, "nobody can take anything")
    elif not search.done:
        weeks = search.days.descend(search.plan.weeks, stop=lambda: search.done)
        search.offer(dict(enumerate(weeks)), "day by day")
        (_whole if sum(map(len, pool.options)) <= WHOLE else _large)(search)
    if search.plan.few_days:
        refuse_shortage(pool)
        return make_roster(
            pool,
            plan_of(pool, [()] * len(pool.staff)),
            dataclasses.replace(search.solved(), status=Status.NONE, cost=None, bound=None),
        )
    return make_roster(pool, search.plan, search.solved())


def _first_plan(pool: Pool, start: Mapping[str, Sequence[PlannedShift]]) -> Plan:
    """Return the plan of `start` as far as it is legal; of a week that breaks a rule the days that break it go, last
    first."""
    place = {(c.shift.key, c.queue): i for i, c in enumerate(pool.cells)}
    left = list(pool.counts)
    weeks: list[Week] = []
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


def _legal_days(pool: Pool, agent: int, week: Sequence[int]) -> list[int]:
    """Return the cells of `week` that can be taken one after the other without breaking a rule."""
    out: list[int] = []
    for c in week:
        if not broken(pool, agent, [*out, c]):
            out.append(c)
    return out


def _whole(search: Search) -> None:
    """Solve everything as one model, from the best roster of one day at a time."""
    pool = search.pool
    model = make_model(pool, range(len(pool.staff)), pool.counts)
    start = model.start(dict(enumerate(search.plan.weeks)), pool.counts)
    answer = search.run(model, limit_s=search.clock.left_s, gap=search.gap, start=start)
    if answer.found:
        search.offer(model.weeks(answer.values), "whole model")
    if answer.bound is not None:
        search.prove(answer.bound + model.constant, "whole model")


def _large(search: Search) -> None:
    """Take the best roster without steadiness if it helps, settle the starts, then re-plan groups of people in turn."""
    calm_s = _calm(search)
    for _ in range(SETTLE):
        if search.done or not search.settle(0.0):
            break
    if not search.done and SLOWER * calm_s < 0.4 * search.clock.left_s:
        _bound(search)
    _in_turn(search)


def _calm(search: Search) -> float:
    """Solve the roster as if start times cost nothing and return the seconds of its relaxation.

    Its bound holds for the true cost, its weeks are a start.
    """
    pool = without_steadiness(search.pool)
    model = make_model(pool, range(len(pool.staff)), pool.counts)
    relaxed = search.run(model, limit_s=0.3 * search.clock.left_s, gap=0.0, relax=True)
    if relaxed.bound is not None:
        search.prove(relaxed.bound + model.constant, "relaxation")
    if not search.done and model.size <= LARGE:
        start = model.start(dict(enumerate(search.plan.weeks)), pool.counts)
        answer = search.run(model, limit_s=0.25 * search.clock.left_s, gap=min(search.gap, 1e-4), start=start)
        if answer.found:
            _take_calm(search, model.weeks(answer.values))
        if answer.bound is not None:
            search.prove(answer.bound + model.constant, "without steadiness")
    return relaxed.seconds


def _take_calm(search: Search, weeks: Mapping[int, Week]) -> None:
    """Make use of weeks that ignore start times; where a rule limits their spread, by one model of nearby starts."""
    pool = search.pool
    if pool.problem.rules.max_start_spread_min is not None:
        anchors = usual_starts(without_steadiness(pool), [weeks[a] for a in range(len(pool.staff))])
        near = make_model(pool, range(len(pool.staff)), pool.counts, anchors=dict(enumerate(anchors.tolist())))
        answer = search.run(near, limit_s=0.3 * search.clock.left_s, gap=1e-4)
        if not answer.found:
            return
        weeks = near.weeks(answer.values)
    search.offer(weeks, "without steadiness", polish=True)


def _bound(search: Search) -> None:
    """Prove a better bound by the relaxation with steadiness."""
    pool = search.pool
    if pool.problem.costs.steady_h > 0:
        model = make_model(pool, range(len(pool.staff)), pool.counts)
        answer = search.run(model, limit_s=0.4 * search.clock.left_s, gap=0.0, relax=True)
        if answer.bound is not None:
            search.prove(answer.bound + model.constant, "relaxation with steadiness")


def _in_turn(search: Search) -> None:
    """Re-plan groups of people in turn until little is gained, the gap is reached or time is up.

    Large groups with the easy price of nearby starts and small groups at the true cost take turns.
    """
    idle = rounds = 0
    while idle < PATIENCE and not search.done:
        before = search.plan.weight
        exact = rounds % 2 == 1
        size = BLOCK // 4 if exact else BLOCK
        groups = partition(search.pool, search.rng, size)
        for i, group in enumerate(groups):
            search.block(group, f"group {i + 1} of {len(groups)}", exact=exact)
        for kind in KINDS:
            group = kind(search.pool, search.plan, search.rng, size)
            search.block(group, kind.__name__.replace("_", " "), exact=exact)
        search.settle(0.5)
        idle = 0 if search.plan.weight < before - 1e-5 * abs(before) else idle + 1
        rounds += 1

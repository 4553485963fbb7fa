"""Solve the roster: one model where it is small; else a start without steadiness, then blocks of people in turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...forecast.progress import Watch
from ..problem import ScheduleProblem
from ..shifts import PlannedShift
from ..status import Infeasible, Solved
from .cells import Pool, pool_of
from .conflicts import refuse_conflicts
from .groups import KINDS, partition
from .model import make_model
from .plan import Plan, plan_of
from .result import Roster, make_roster
from .search import Search, without_steadiness
from .weeks import Week, broken

WHOLE = 1200
"""Binaries up to which the whole model with steadiness is solved at once."""

BLOCK = 1500
"""Options (agent × cell) in a block of people."""

PATIENCE = 3
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
        When somebody's hard rules contradict each other, or the contracts' least days ask for more shifts than there are.
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
    if sum(map(len, pool.options)) <= WHOLE:
        _whole(search)
    else:
        _calm(search)
        _in_turn(search)
    if search.plan.few_days:
        return _short_of_days(search)
    return make_roster(pool, search.plan, search.solved())


def _first_plan(pool: Pool, start: Mapping[str, Sequence[PlannedShift]]) -> Plan:
    """Return the plan of `start` as far as it is legal; days that break a rule are dropped, last first."""
    place = {(c.shift.key, c.queue): i for i, c in enumerate(pool.cells)}
    left = list(pool.counts)
    weeks: list[Week] = []
    for a, agent in enumerate(pool.staff):
        week: list[int] = []
        for p in sorted(start.get(agent.id, ()), key=lambda p: p.shift.start):
            c = place.get((p.shift.key, p.queue))
            if c is not None and left[c] and not broken(pool, a, [*week, c]):
                week.append(c)
                left[c] -= 1
        weeks.append(tuple(week))
    return plan_of(pool, weeks)


def _whole(search: Search) -> None:
    """Solve everything as one model."""
    pool = search.pool
    model = make_model(pool, range(len(pool.staff)), pool.counts)
    if not model.columns.left:
        search.prove(search.plan.cost, "nothing to hand out")
        return
    start = model.start(dict(enumerate(search.plan.weeks)), pool.counts)
    answer = search.run(model, limit_s=search.clock.left_s, gap=search.gap, start=start)
    if answer.found:
        search.offer(model.weeks(answer.values), "whole model")
    if answer.bound is not None:
        search.prove(answer.bound + model.constant, "whole model")


def _calm(search: Search) -> None:
    """Start from the best roster when start times cost nothing; its bound holds for the true cost too."""
    pool = without_steadiness(search.pool)
    model = make_model(pool, range(len(pool.staff)), pool.counts)
    relaxed = search.run(model, limit_s=0.3 * search.clock.left_s, gap=0.0, relax=True)
    if relaxed.bound is not None:
        search.prove(relaxed.bound + model.constant, "relaxation")
    answer = search.run(model, limit_s=0.4 * search.clock.left_s, gap=min(search.gap, 1e-4),
                        start=model.start(dict(enumerate(search.plan.weeks)), pool.counts))  # fmt: skip
    if answer.found:
        search.offer(model.weeks(answer.values), "without steadiness")
    if answer.bound is not None:
        search.prove(answer.bound + model.constant, "without steadiness")


def _in_turn(search: Search) -> None:
    """Re-plan groups of people in turn until nothing is gained, the gap is reached or time is up."""
    idle = 0
    while idle < PATIENCE and not search.done:
        gained = False
        groups = partition(search.pool, search.rng, BLOCK)
        for i, group in enumerate(groups):
            if search.done:
                return
            gained |= search.block(group, limit_s=4.0, gap=1e-4, text=f"group {i + 1} of {len(groups)}")[0]
        for kind in KINDS:
            if search.done:
                return
            group = kind(search.pool, search.plan, search.rng, BLOCK)
            gained |= search.block(group, limit_s=4.0, gap=1e-4, text=kind.__name__.replace("_", " "))[0]
        idle = 0 if gained else idle + 1


def _short_of_days(search: Search) -> Roster:
    """Tell that the contracts' least days ask for more than the cover holds, or that no roster was found in time."""
    pool, plan = search.pool, search.plan
    short = [
        (a, pool.limits[a].min_days - len(w)) for a, w in enumerate(plan.weeks) if len(w) < pool.limits[a].min_days
    ]
    if search.bound is not None and search.bound > _dearest(pool):
        names = ", ".join(f"{pool.staff[a].id} ({n} short)" for a, n in short[:10])
        contracts = {
            pool.staff[a].contract: min(
                len(plan.weeks[b]) for b, _ in short if pool.staff[b].contract == pool.staff[a].contract
            )
            for a, _ in short
        }
        raise Infeasible(
            [f"min_days of the contracts and the {sum(pool.counts)} shifts of the cover: {names}"],
            [f"lower contract.{name}.min_days to {least}" for name, least in contracts.items()],
        )
    solved = search.solved()
    empty = plan_of(pool, [()] * len(pool.staff))
    return make_roster(pool, empty, Solved("none", None, None, solved.stopped, solved.seconds))


def _dearest(pool: Pool) -> float:
    """Return more than any roster without missing days can cost."""
    costs = pool.problem.costs
    people = sum(
        a.cost_h * 7 * max((c.wage_h for c in pool.cells), default=0.0) + costs.below_contract_h * limit.min_h
        + costs.wish * sum(abs(w.weight) for w in a.wishes) + 48 * costs.steady_h
        for a, limit in zip(pool.staff, pool.limits, strict=True)
    )  # fmt: skip
    return people + sum(c.count * c.open_price for c in pool.cells)

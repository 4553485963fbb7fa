"""Rosters over cells: a first one by annealing, a bound and better ones by columns, then part after part anew."""

from __future__ import annotations

from math import isfinite

import numpy as np

from ...forecast.progress import Watch
from ..optimise.status import Infeasible, NothingFound, Refused, Solved
from .check import cost_of, violations
from .patch_choice import PatchChoice
from .patch import Patch
from .best_row import FREE, best_rows_watched
from .dual import dual_ascent
from .problem import PeriodProblem
from .result import PeriodPlan
from .search import PeriodSearch
from .tables import OFF, CompiledPeriod

TRIES = 20
WIDE = 30_000
"""Cells of all people up to which the whole horizon is one patch."""


def solve_periods(
    problem: PeriodProblem, watch: Watch, *, gap: float = 0.0, seed: int = 1, rounds: int | None = None
) -> PeriodPlan:
    """Return the best roster found until the watch's time is up, it is stopped, or `gap` is proven.

    Parameters
    ----------
    gap
        Relative gap at which to end.
    rounds
        Most parts to choose anew; None = as many as time allows. Runs that end by rounds or gap repeat exactly.

    Raises
    ------
    InputError
        If the forbidden successions are no chain.
    Infeasible
        If somebody's own rules contradict each other.
    NothingFound
        If it was stopped or time was up before everybody had a legal row.
    """
    frame = CompiledPeriod.of(problem)
    start = _first(frame, watch, seed)
    search = PeriodSearch(frame, watch, start, cost_of(problem, frame.roster(start)), seed)
    _run(search, gap, rounds)
    broken = violations(problem, frame.roster(search.best))
    if broken:
        raise Refused(broken)
    near = search.proven or search.within(gap)
    solved = Solved.of(
        search.cost, search.cost if search.proven else search.bound, near=near, by_user=watch.stopped,
        time_is_up=watch.time_is_up, seconds=watch.elapsed_s, history=search.history,
    )  # fmt: skip
    return PeriodPlan(frame.roster(search.best), solved)


def _first(frame: CompiledPeriod, watch: Watch, seed: int) -> np.ndarray:
    """Return a legal roster, everybody for themselves."""
    t = frame.tables
    rng = np.random.default_rng(seed)
    nobody = np.full((len(t.least), frame.days), OFF)
    free = np.full_like(nobody, FREE)
    rows, waiting = nobody.copy(), np.arange(len(nobody))
    for turn in range(TRIES):
        price = rng.uniform(0, 1, len(t.need)) * t.under
        answered = best_rows_watched(watch, t, waiting, nobody, price, free, 1 + 2 * turn)
        if answered is None:
            raise NothingFound("The search ended before everybody had a legal row.")
        found, costs, bounds = answered
        names = [frame.problem.people[p].name for p in waiting[bounds == np.inf]]
        if names:
            raise Infeasible([f"the rules of {name}" for name in names], ["fewer or wider limits for them"])
        rows[waiting[np.isfinite(costs)]] = found[np.isfinite(costs)]
        waiting = waiting[~np.isfinite(costs)]
        if not len(waiting):
            return rows
    raise NothingFound(f"No roster within their caps was found for {frame.problem.people[waiting[0]].name}.")


def _run(search: PeriodSearch, gap: float, rounds: int | None) -> None:
    """Improve the roster and its bound.

    First everything at once where the problem is not too wide, then part after part. With a number of rounds no step
    looks at the clock.
    """
    watch, frame = search.watch, search.frame
    people, days = search.best.shape
    total = watch.left_s
    high = max(float(frame.tables.under.max(initial=0.0)), 1.0)
    search.shake(
        4000 * people, hot=0.3 * high, cold=0.01 * high, span=28, until_s=watch.elapsed_s + 0.12 * total,
        start=search.best,
    )  # fmt: skip
    wide = people * days * len(frame.tables.units) > WIDE
    if not wide and not search.over:
        until = watch.elapsed_s + 0.35 * total
        everything = Patch(np.arange(people), 0, days)
        search.whole_patch(everything, rounds=1000, dives=(0.98, 0.8, 0.65), until_s=until, mip_s=0.08 * total)
    parts = PatchChoice(people, days, search.rng)
    limit = float("inf") if rounds is not None else max(4.0, 0.02 * min(total, 300.0))
    turn = 0
    end = watch.elapsed_s + watch.left_s - (0.12 * total if wide and isfinite(total) else 0.0)
    while not search.over and watch.elapsed_s < end and (rounds is None or turn < rounds):
        if search.within(gap):
            break
        kind = parts.kind()
        patch = parts.draw(kind)
        began, before = watch.elapsed_s, search.cost
        how = search.whole_patch(patch, rounds=100, dives=(0.75,), until_s=began + limit, mip_s=limit / 2)
        parts.learn(kind, before - search.cost, done=how != "long")
        text = f"{kind}, {len(patch.people)} people, {patch.last - patch.first} days: {how}"
        watch.tell("part", f"{text}, {watch.elapsed_s - began:.1f} s", best=search.cost, bound=search.bound)
        turn += 1
    if wide and not search.over:
        until = watch.elapsed_s + 0.8 * watch.left_s
        found = dual_ascent(frame, watch, rounds=300, until_s=until, start=search.price, upper=search.cost)
        search.raise_bound(found.bound)

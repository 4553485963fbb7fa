"""Rosters over periods: a first one by annealing, a bound and better ones by columns, then patch after patch anew."""

from __future__ import annotations

from math import isfinite

import numpy as np

from ...forecast.progress import Watch
from ..optimise.status import Infeasible, NothingFound, Refused, Solved
from .best_row import FREE, best_rows_watched
from .check import cost_of, violations
from .dual import dual_ascent
from .params import PeriodParams
from .patch import Patch
from .patch_choice import PatchChoice
from .problem import PeriodProblem
from .result import PeriodPlan
from .search import PatchEnd, PeriodSearch
from .tables import OFF, CompiledPeriod


def solve_periods(
    problem: PeriodProblem, watch: Watch, *, gap: float = 0.0, seed: int = 1, rounds: int | None = None,
    params: PeriodParams | None = None,
) -> PeriodPlan:  # fmt: skip
    """Return the best roster found until the watch's time is up, the user stops, or `gap` is proven.

    Parameters
    ----------
    gap
        Relative gap at which to end.
    rounds
        Most patches to choose anew; None = as many as time allows. Runs that end by rounds or gap repeat exactly: one
        whose course time has changed says that time ended it.
    params
        Parameters of the search; None = the usual ones.

    Raises
    ------
    InputError
        If the forbidden successions are no chain.
    Infeasible
        If somebody's own rules contradict each other.
    NothingFound
        If the user stopped or time was up before everybody had a legal row.
    """
    compiled = CompiledPeriod.of(problem)
    params = params or PeriodParams()
    start = _first(compiled, watch, seed, params.tries)
    search = PeriodSearch(compiled, watch, start, cost_of(problem, compiled.roster(start)), seed, params)
    _run(search, gap, rounds)
    broken = violations(problem, compiled.roster(search.best))
    if broken:
        raise Refused(broken)
    near = search.proven or search.within(gap)
    solved = Solved.of(
        search.cost, search.cost if search.proven else search.bound, near=near, by_user=watch.stopped,
        seconds=watch.elapsed_s, history=search.history,
        hurried=search.hurried,
    )  # fmt: skip
    return PeriodPlan(compiled.roster(search.best), solved)


def _first(compiled: CompiledPeriod, watch: Watch, seed: int, tries: int) -> np.ndarray:
    """Return a legal roster: everybody's best row at prices by chance."""
    t = compiled.tables
    rng = np.random.default_rng(seed)
    nobody = np.full((len(t.least), compiled.days), OFF)
    free = np.full_like(nobody, FREE)
    rows, waiting = nobody.copy(), np.arange(len(nobody))
    for turn in range(tries):
        price = rng.uniform(0, 1, len(t.need)) * t.under
        answered = best_rows_watched(watch, t, waiting, nobody, price, free, 1 + 2 * turn)
        if answered is None:
            raise NothingFound("The search ended before everybody had a legal row.")
        found, costs, bounds = answered
        names = [compiled.problem.people[p].name for p in waiting[bounds == np.inf]]
        if names:
            raise Infeasible([f"the rules of {name}" for name in names], ["fewer or wider limits for them"])
        rows[waiting[np.isfinite(costs)]] = found[np.isfinite(costs)]
        waiting = waiting[~np.isfinite(costs)]
        if not len(waiting):
            return rows
    raise NothingFound(f"No roster within their caps was found for {compiled.problem.people[waiting[0]].name}.")


def _run(search: PeriodSearch, gap: float, rounds: int | None) -> None:
    """Improve the roster and its bound.

    A period that is not too wide is first solved as one patch; then patch follows patch. With a number of rounds no
    step looks at the clock.
    """
    watch, compiled, p = search.watch, search.compiled, search.params
    people, days = search.best.shape
    total = watch.left_s
    high = max(float(compiled.tables.under.max(initial=0.0)), 1.0)
    search.shake(
        p.anneal.steps * people, hot=p.anneal.hot * high, cold=p.anneal.cold * high,
        until_s=watch.elapsed_s + p.first_share * total, start=search.best,
    )  # fmt: skip
    wide = people * days * len(compiled.tables.units) > p.wide
    if not wide and not search.over:
        how = search.whole_patch(
            Patch(np.arange(people), 0, days), rounds=p.whole_rounds, dives=p.whole_dives,
            until_s=watch.elapsed_s + p.whole_share * total, mip_s=p.whole_mip_share * total,
        )  # fmt: skip
        search.hurried = search.hurried or (how is PatchEnd.LONG and isfinite(total))
    limit_s = float("inf")
    if rounds is None:
        limit_s = max(p.patch_least_s, p.patch_share * min(total, p.patch_most_s))
    end_s = watch.elapsed_s + watch.left_s - (p.bound_share * total if wide and isfinite(total) else 0.0)
    _patch_by_patch(search, gap, rounds, limit_s, end_s)
    if wide and not search.over:
        found = dual_ascent(
            compiled, watch, rounds=p.bound_rounds, until_s=watch.elapsed_s + p.bound_used * watch.left_s,
            start=search.price, upper=search.cost, params=p.ascent,
        )  # fmt: skip
        search.raise_bound(found.bound)


def _patch_by_patch(search: PeriodSearch, gap: float, rounds: int | None, limit_s: float, end_s: float) -> None:
    """Choose patch after patch anew, each within `limit_s`, until `rounds`, `end_s`, the gap or the search ends."""
    watch, p = search.watch, search.params
    people, days = search.best.shape
    patches = PatchChoice(people, days, search.rng, p.patches)
    turn = 0
    while not search.over and watch.elapsed_s < end_s and (rounds is None or turn < rounds):
        if search.within(gap):
            break
        kind = patches.kind()
        patch = patches.draw(kind)
        began, before = watch.elapsed_s, search.cost
        how = search.whole_patch(
            patch, rounds=p.patch_rounds, dives=p.patch_dives, until_s=began + limit_s, mip_s=limit_s / 2
        )
        search.hurried = search.hurried or (how is PatchEnd.LONG and isfinite(limit_s))
        patches.learn(kind, before - search.cost, done=how is not PatchEnd.LONG)
        text = f"{kind}, {len(patch.people)} people, {patch.last - patch.first} days: {how}"
        watch.tell("part", f"{text}, {watch.elapsed_s - began:.1f} s", best=search.cost, bound=search.bound)
        turn += 1

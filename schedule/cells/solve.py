"""Rosters over cells: a first one by annealing, a bound and better ones by columns, then part after part anew."""

from __future__ import annotations

import numpy as np

from ...forecast.progress import Watch
from ..status import Infeasible, NothingFound, Refused, Solved
from .check import cost_of, violations
from .patch import Patch
from .person import FREE, answers
from .problem import Problem
from .result import CellRoster
from .search import Search
from .tables import OFF, Frame

TRIES = 20
WIDE = 60_000
"""Cells of all people up to which the whole horizon is one patch."""


def solve_cells(
    problem: Problem, watch: Watch, *, gap: float = 0.0, seed: int = 1, rounds: int | None = None
) -> CellRoster:
    """Return the best roster found until the watch's time is up, it is stopped, or `gap` is proven.

    Parameters
    ----------
    gap
        Relative gap at which to end.
    rounds
        Most parts to choose anew; None = as many as time allows. Runs that end by rounds or gap repeat exactly.

    Raises
    ------
    Infeasible
        If somebody's own rules contradict each other.
    NothingFound
        If time was up before everybody had a legal row.
    """
    frame = Frame.of(problem)
    start = _first(frame, watch, seed)
    search = Search(frame, watch, start, cost_of(problem, frame.roster(start)), seed)
    _run(search, gap, rounds)
    broken = violations(problem, frame.roster(search.best))
    if broken:
        raise Refused(broken)
    proven = search.closed(search.bound)
    stopped = None if proven else "user" if watch.stopped else "time" if watch.time_is_up else "gap"
    bound = search.cost if proven else search.bound
    solved = Solved(
        "optimal" if proven else "feasible", search.cost, bound, stopped, watch.elapsed_s, tuple(search.history)
    )
    return CellRoster(frame.roster(search.best), solved)


def _first(frame: Frame, watch: Watch, seed: int) -> np.ndarray:
    """Return a legal roster, everybody for themselves."""
    t = frame.tables
    rng = np.random.default_rng(seed)
    nobody = np.full((len(t.least), frame.days), OFF)
    free = np.full_like(nobody, FREE)
    rows, waiting = nobody.copy(), np.arange(len(nobody))
    for _ in range(TRIES):
        price = rng.uniform(0, 1, len(t.need)) * t.under
        found, costs, bounds = answers(t, waiting, nobody, 0, frame.days, price, free, 30)
        names = [frame.problem.people[p].name for p in waiting[bounds == np.inf]]
        if names:
            raise Infeasible([f"the rules of {name}" for name in names], ["fewer or wider limits for them"])
        rows[waiting[np.isfinite(costs)]] = found[np.isfinite(costs)]
        waiting = waiting[~np.isfinite(costs)]
        if not len(waiting):
            return rows
        if watch.stopped or watch.time_is_up:
            break
    raise NothingFound(f"No roster within their caps was found for {frame.problem.people[waiting[0]].name}.")


def _run(search: Search, gap: float, rounds: int | None) -> None:
    """Improve the roster and its bound."""
    watch, frame = search.watch, search.frame
    people, days = search.best.shape
    total = watch.left_s
    high = max(float(frame.tables.under.max(initial=0.0)), 1.0)
    search.shake(
        4000 * people, hot=0.3 * high, cold=0.01 * high, span=28, until_s=watch.elapsed_s + 0.12 * total,
        start=search.best,
    )  # fmt: skip
    everyone = np.arange(people)
    if people * days * len(frame.tables.units) <= WIDE and not search.over:
        until = watch.elapsed_s + 0.35 * total
        search.whole_patch(
            Patch(everyone, 0, days), rounds=1000, dives=(0.98, 0.8, 0.65), until_s=until, mip_s=0.08 * total
        )
    sizes = {"people": 0.25, "days": 14 / days}
    turn = 0
    while not search.over and (rounds is None or turn < rounds):
        if search.bound is not None and search.cost - search.bound <= gap * abs(search.bound):
            break
        kind = ("people", "days")[turn % 2]
        patch = _part(search, kind, sizes)
        limit = max(4.0, 0.02 * total)
        began = watch.elapsed_s
        how = search.whole_patch(
            patch, rounds=100, dives=(0.75,), until_s=began + limit, mip_s=limit / 2
        )
        took = watch.elapsed_s - began
        watch.tell(
            "part", f"{kind} {len(patch.people)} x {patch.last - patch.first} days: {how}, {took:.1f} s",
            best=search.cost, bound=search.bound,
        )  # fmt: skip
        if how == "long" or took > limit:
            sizes[kind] *= 0.9
        elif how in ("closed", "same") and took < 0.5 * limit:
            sizes[kind] = min(1.0, sizes[kind] * 1.1)
        turn += 1


def _part(search: Search, kind: str, sizes: dict[str, float]) -> Patch:
    """Draw a part: some people over many days, or everybody over some."""
    people, days = search.best.shape
    if kind == "days":
        length = min(days, max(5, round(sizes[kind] * days)))
        first = int(search.rng.integers(-length // 3, days - 2 * length // 3))
        return Patch(np.arange(people), max(0, first), min(days, first + length))
    some = search.rng.choice(people, size=min(people, max(2, round(sizes[kind] * people))), replace=False)
    length = min(days, 56)
    first = int(search.rng.integers(0, days - length + 1))
    return Patch(np.sort(some), first, first + length)

"""The state of a search: the best roster so far, its bound, and the ways to improve both."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from math import ceil, gcd, isfinite

import numpy as np

from ...forecast.progress import Watch
from ..optimise.status import SolverFault, sound_bound
from .annealing import anneal
from .best_row import FREE
from .check import cost_of, violations
from .columns import Generated, generate
from .dive import best_of_pool, dive
from .dual import heads_of
from .params import PeriodParams
from .patch import Patch, RowPool
from .tables import CompiledPeriod


class PatchEnd(StrEnum):
    """How the search of a patch ended; progress shows the text."""

    CLOSED = "closed"
    """Proven: no better roster differs in the patch only."""
    LONG = "long"
    """The time was too short."""
    DONE = "done"
    """The time sufficed."""
    FAILED = "failed"
    """The solver broke down."""


@dataclass
class PeriodSearch:
    """What is known so far.

    Attributes
    ----------
    best
        The roster, shape (P, D).
    price
        Worth of a head in each cell, from the last step with everybody, shape (D T,).
    hurried
        Whether time has changed the course of the search.
    grain
        Costs of rosters are whole multiples of it; 0 where they are not known to be.
    """

    compiled: CompiledPeriod
    watch: Watch
    best: np.ndarray
    cost: float
    seed: int
    params: PeriodParams
    bound: float | None = None
    hurried: bool = False
    grain: float = field(init=False)
    price: np.ndarray = field(init=False)
    history: list[tuple[float, float | None, float | None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        p = self.compiled.problem
        costs = [w.cost for w in p.wishes] + [c for n in p.needs for c in (n.under, n.over)]
        whole = all(float(c).is_integer() for c in costs)
        self.grain = float(gcd(*(int(c) for c in costs))) if whole else 0.0
        self.price = np.zeros(len(self.compiled.tables.need))
        self.rng = np.random.default_rng(self.seed)
        self.note()

    @property
    def over(self) -> bool:
        """Whether the search should end: stopped, out of time, or nothing left to gain."""
        return self.watch.stopped or self.watch.time_is_up or self.proven

    @property
    def proven(self) -> bool:
        """Whether no roster is cheaper; costs are never below 0."""
        return self.cost <= 0 or self.closed(self.bound)

    @property
    def target(self) -> float:
        """Cost that the next better roster cannot exceed."""
        return self.cost - (self.grain if self.grain else 1e-6)

    def closed(self, bound: float | None) -> bool:
        """Whether `bound` leaves no room for a better roster."""
        return bound is not None and bound > self.target + 1e-4 * max(self.grain, 1e-3)

    def within(self, gap: float) -> bool:
        """Whether the cost is within a relative `gap` of its bound."""
        return self.bound is not None and self.cost - self.bound <= gap * self.bound

    def note(self) -> None:
        """Keep the history."""
        self.history.append((self.watch.elapsed_s, self.cost, self.bound))

    def offer(self, chosen: np.ndarray | None, stage: str) -> bool:
        """Take `chosen` if the judge finds it legal and cheaper; return whether it is taken."""
        if chosen is None:
            return False
        roster = self.compiled.roster(chosen)
        cost = cost_of(self.compiled.problem, roster)
        if cost > self.target + 1e-9 or violations(self.compiled.problem, roster):
            return False
        self.best, self.cost = chosen.copy(), cost
        self.note()
        self.watch.tell("roster", stage, best=cost, bound=self.bound)
        return True

    def raise_bound(self, bound: float) -> None:
        """Take a proven bound; up to the next whole cost where costs are whole."""
        if not isfinite(bound) or bound <= 0:  # costs are never below 0, so this bound is no news
            return
        if self.grain:
            bound = self.grain * ceil(bound / self.grain - 1e-6)
        known = sound_bound(bound, self.cost)
        if known is not None and (self.bound is None or known > self.bound):
            self.bound = known
            self.note()

    def shake(self, steps: int, *, hot: float, cold: float, until_s: float, start: np.ndarray) -> np.ndarray:
        """Anneal from `start`, in slices that look at the watch; offer and return the best roster seen.

        The temperature reaches `cold` at `until_s`, even if the time allows only few steps.
        """
        t = self.compiled.tables
        chosen, best, least = start.copy(), start.copy(), cost_of(self.compiled.problem, self.compiled.roster(start))
        heads = heads_of(chosen, len(t.units))
        cost, kept, began = least, start.copy(), self.watch.elapsed_s
        p = self.params.anneal
        slices = max(1, steps // p.slice_steps)
        done = 0.0
        for i in range(slices):
            if self.over or done >= 1 or self.watch.elapsed_s >= until_s:
                break
            after = (i + 1) / slices
            by_time = (self.watch.elapsed_s - began) / (until_s - began)
            self.hurried = self.hurried or by_time > after
            after = max(after, by_time)
            warm, cool = (hot * (cold / hot) ** min(1.0, share) for share in (done, after))
            done = after
            cost, low = anneal(
                t, chosen, heads, cost, best, p.slice_steps, min(p.span, self.compiled.days), warm, cool, self.rng,
                p.exact, p.width_low, p.width_high, p.noise,
            )  # fmt: skip
            if low < least - 1e-6:
                least, kept = low, best.copy()
        self.offer(kept, "annealing")
        return kept

    def whole_patch(
        self, patch: Patch, *, rounds: int, dives: tuple[float, ...], until_s: float, mip_s: float
    ) -> PatchEnd:
        """Choose a patch anew by columns, dives and a programme over the pool; return how this search ended.

        Where the solver breaks down, the best roster stays.
        """
        try:
            return self._patch(patch, rounds, dives, until_s, mip_s)
        except SolverFault as fault:
            self.watch.tell("part", f"the solver failed: {fault}", best=self.cost, bound=self.bound)
            return PatchEnd.FAILED

    def _patch(self, patch: Patch, rounds: int, dives: tuple[float, ...], until_s: float, mip_s: float) -> PatchEnd:
        """Do as `whole_patch`, but for failures of the solver."""
        columns = self.params.columns
        seed = int(self.rng.integers(1 << 31))
        pool = RowPool(self.compiled, self.best, patch, self.watch, seed, columns)
        free = np.full(self.best.shape, FREE)
        near = columns.near * max(self.grain, 1e-3 * self.cost)
        upper = self.target + 1e-4 * self.grain
        found = generate(pool, free, self.watch, rounds=rounds, near=near, upper=upper, until_s=until_s)
        if found is None:
            return PatchEnd.LONG
        if len(patch.people) == len(self.best):
            self.price[pool.begin + pool.cells] = pool.split(found.point)[2]
            if (patch.first, patch.last) == (0, self.compiled.days):
                self.raise_bound(found.bound)
        if found.bound > upper:
            return PatchEnd.CLOSED
        for threshold in dives:
            if self.over or self.watch.elapsed_s > until_s:
                break
            self._dive(pool, threshold, until_s)
        if mip_s > 0 and not self.over:
            again = generate(pool, free, self.watch, rounds=columns.again_rounds, near=near, until_s=until_s)
            if again is not None and not self._whole_rows(pool, again, mip_s):
                return PatchEnd.LONG
        return PatchEnd.LONG if self.watch.elapsed_s > until_s else PatchEnd.DONE

    def _dive(self, pool: RowPool, threshold: float, until_s: float) -> None:
        """Offer the roster of one dive; the pool keeps its rows, annealed where that changes the patch alone."""
        whole = dive(pool, self.watch, threshold=threshold, until_s=until_s)
        if whole is None:
            return
        self.offer(whole, "dive")
        p, patch = self.params.anneal, pool.patch
        steps = p.dive_slices * p.slice_steps
        mended = self.shake(steps, hot=p.dive_hot, cold=p.dive_cold, until_s=until_s, start=whole)
        outside = np.ones(self.best.shape, bool)
        outside[np.ix_(patch.people, np.arange(patch.first, patch.last))] = False
        if (mended == pool.chosen)[outside].all():
            pool.add(np.arange(len(patch.people)), mended[patch.people])

    def _whole_rows(self, pool: RowPool, found: Generated, limit_s: float) -> bool:
        """Offer the best roster of the pool's rows; return whether the programme over the rows ran to its end."""
        value, rows = found.point.value + pool.constant, pool.numbers(self.best)
        roster, done = best_of_pool(
            pool, found.point, value, self.cost, rows, self.watch, limit_s=limit_s, seed=int(self.rng.integers(1 << 31))
        )
        self.offer(roster, "pool")
        return done

"""What a roster search carries along: incumbent, bound, clock, history, and the blocks that improve it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from ...forecast.progress import Watch
from ..solver import Answer, solve
from ..status import Solved
from .cells import Pool
from .model import RosterModel, make_model
from .plan import Plan, Refused, free_heads, plan_of, replaced
from .weeks import Week

STAGE = "roster"


class Search:
    """The best roster so far, the best proven bound, and the ways to improve either.

    Parameters
    ----------
    pool
        The problem in cells.
    watch
        Told of each improvement.
    time_limit_s, gap, seed, threads
        As in `solve_roster`.
    plan
        Where to begin.
    """

    def __init__(
        self, pool: Pool, plan: Plan, *, watch: Watch, time_limit_s: float, gap: float, seed: int, threads: int
    ) -> None:
        self.pool, self.plan, self.watch, self.gap, self.seed, self.threads = pool, plan, watch, gap, seed, threads
        limit = min(time_limit_s, watch.left_s)
        self.clock = Watch(time_limit_s=None if limit == float("inf") else limit, stop=watch.stop)
        self.rng = np.random.default_rng(seed)
        self.bound: float | None = None
        self.history: list[tuple[float, float | None, float | None]] = []
        self.tell("start")

    @property
    def done(self) -> bool:
        """Whether to end: the gap is reached, time is up, or the user stopped."""
        return self.clock.stopped or self.clock.time_is_up or self.close_enough

    @property
    def close_enough(self) -> bool:
        """Whether the asked gap is reached."""
        return (
            self.bound is not None
            and not self.plan.few_days
            and self.plan.cost - self.bound <= self.gap * abs(self.bound) + 1e-6
        )

    def tell(self, text: str) -> None:
        """Note and report the present best and bound."""
        solved = self.solved()
        self.history.append((self.clock.elapsed_s, self.plan.cost, self.bound))
        self.watch.tell(STAGE, text, best=self.plan.cost, bound=self.bound, gap=solved.gap)

    def solved(self) -> Solved:
        """Return what is known now."""
        cost, bound = self.plan.cost, self.bound
        proven = bound is not None and cost - bound <= 1e-6 * max(1.0, abs(bound))
        stopped = (
            None
            if proven
            else "gap"
            if self.close_enough
            else "user"
            if self.clock.stopped
            else "time"
            if self.clock.time_is_up
            else None
        )
        return Solved(
            "optimal" if proven else "feasible", cost, bound, stopped, self.clock.elapsed_s, tuple(self.history)
        )

    def prove(self, bound: float | None, text: str) -> None:
        """Keep a proven lower bound if it is the best (never above the incumbent, which rounding could do)."""
        if bound is not None and (self.bound is None or bound > self.bound + 1e-9):
            self.bound = bound if self.plan.few_days else min(bound, self.plan.cost)
            self.tell(text)

    def offer(self, weeks: Mapping[int, Week], text: str) -> bool:
        """Take over the plan with `weeks` replaced if our own arithmetic finds it legal and better.

        Raises
        ------
        Refused
            If it breaks a rule.
        """
        plan = replaced(self.pool, self.plan, weeks)
        if plan.weight >= self.plan.weight - 1e-7:
            return False
        self.plan = plan
        self.tell(text)
        return True

    def run(
        self,
        model: RosterModel,
        *,
        limit_s: float,
        gap: float,
        start: Mapping[str, float] | None = None,
        relax: bool = False,
    ) -> Answer:
        """Solve `model` within this search's clock."""
        return solve(
            model.problem, watch=self.clock, stage=STAGE, time_limit_s=min(limit_s, self.clock.left_s), gap=gap,
            seed=self.seed, threads=self.threads, start=start, relax=relax,
        )  # fmt: skip

    def block(self, group: Sequence[int], *, limit_s: float, gap: float, text: str) -> tuple[bool, Answer]:
        """Re-plan `group` on its own and the open shifts while everybody else stays; never for the worse."""
        supply = free_heads(self.plan, group)
        model = make_model(self.pool, group, supply)
        if not model.size:
            return False, Answer("optimal")
        start = model.start({a: self.plan.weeks[a] for a in group}, supply)
        answer = self.run(model, limit_s=limit_s, gap=gap, start=start)
        return bool(answer.found) and self.offer(model.weeks(answer.values), text), answer


def without_steadiness(pool: Pool) -> Pool:
    """Return the pool in which start times cost nothing: a relaxation whose bound holds for `pool`."""
    costs = dataclasses.replace(pool.problem.costs, steady_h=0.0)
    return dataclasses.replace(pool, problem=dataclasses.replace(pool.problem, costs=costs))


__all__ = ["Plan", "Refused", "Search", "plan_of", "without_steadiness"]

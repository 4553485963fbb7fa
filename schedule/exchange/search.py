"""The state of a search for a roster: best plan, bound, clock, history, and the ways to improve them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ...forecast.progress import Watch
from ..optimise.solver import Answer, solve
from ..optimise.status import Solved, SolverFault, Status, Stop, sound_bound
from .cells import ShiftPool
from .day_assignment import DayAssignment
from .model import ExchangeModel, make_model
from .params import ExchangeParams
from .plan import ExchangePlan, free_heads, plan_of, replaced
from .week_check import WeekCells

STAGE = "roster"


class ExchangeSearch:
    """The best roster so far, the best proven bound, and the ways to improve either.

    Parameters
    ----------
    pool
        The problem in cells.
    watch
        Told of each improvement.
    time_limit_s, gap, seed, threads, params
        As in `solve_roster`.
    plan
        Where to begin.
    """

    def __init__(
        self, pool: ShiftPool, plan: ExchangePlan, *, watch: Watch, time_limit_s: float, gap: float, seed: int,
        threads: int, params: ExchangeParams,
    ) -> None:  # fmt: skip
        self.pool, self.plan, self.watch, self.gap, self.seed, self.threads = pool, plan, watch, gap, seed, threads
        self.params = params
        limit = min(time_limit_s, watch.left_s)
        self.hurried, self.groups = False, 0
        self.clock = Watch(time_limit_s=None if limit == float("inf") else limit, stop=watch.stop)
        self.days = DayAssignment(pool)
        self.rng = np.random.default_rng(seed)
        self.bound: float | None = None
        self.history: list[tuple[float, float | None, float | None]] = []
        self.tell("start")

    @property
    def done(self) -> bool:
        """Whether to end: the gap is reached, time is up, or the user stopped."""
        self.hurried = self.hurried or (self.clock.time_is_up and not self.close_enough)
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
        return Solved.of(
            self.plan.cost, self.bound, near=self.close_enough, by_user=self.clock.stopped,
            seconds=self.clock.elapsed_s, history=self.history,
            hurried=self.hurried,
        )  # fmt: skip

    def prove(self, bound: float | None, text: str) -> None:
        """Keep a proven lower bound if it is the highest and not above the cost of the plan."""
        sound = bound if self.plan.few_days else sound_bound(bound, self.plan.cost)
        if sound is not None and (self.bound is None or sound > self.bound + 1e-9):
            self.bound = sound
            self.tell(text)

    def offer(self, weeks: Mapping[int, WeekCells], text: str, *, polish: bool = False) -> bool:
        """Take over the plan with `weeks` replaced if our own arithmetic finds it legal and better.

        Parameters
        ----------
        polish
            Whether to re-plan days first.

        Raises
        ------
        Illegal
            If it breaks a rule.
        """
        plan = replaced(self.pool, self.plan, weeks)
        if polish and plan.weeks != self.plan.weeks:
            plan = plan_of(self.pool, self.by_day(plan.weeks))
        if plan.weight >= self.plan.weight - 1e-7:
            return False
        self.plan = plan
        self.bound = self.bound if plan.few_days else sound_bound(self.bound, plan.cost)
        self.tell(text)
        return True

    def by_day(self, weeks: tuple[WeekCells, ...]) -> tuple[WeekCells, ...]:
        """Return `weeks` with one day after the other re-planned at the true cost."""
        return self.days.descend(weeks, sweeps=self.params.day_sweeps, stop=lambda: self.done)

    def anchors(self) -> np.ndarray:
        """Return each agent's usual start of the present plan."""
        return usual_starts(self.pool, self.plan.weeks)

    def settle(self, noise: float) -> bool:
        """Re-plan days towards usual starts moved by chance, then at the true cost; keep the result if it is better."""
        anchors = self.anchors() + (self.rng.normal(0.0, noise, len(self.pool.staff)) if noise else 0.0)
        sweeps = self.params.settle_sweeps
        weeks = self.days.descend(self.plan.weeks, anchors, sweeps=sweeps, stop=lambda: self.done)
        return self.offer(dict(enumerate(weeks)), "day by day", polish=True)

    def run(
        self,
        model: ExchangeModel,
        *,
        looks: int | None = None,
        gap: float,
        start: Mapping[str, float] | None = None,
        relax: bool = False,
    ) -> Answer:
        """Solve `model` within this search's clock; a solver that breaks down found nothing, and the plan stays."""
        try:
            answer = solve(
                model.problem, watch=self.clock, stage=STAGE, time_limit_s=self.clock.left_s, gap=gap, seed=self.seed,
                threads=self.threads, start=start, relax=relax, most_looks=looks,
            )  # fmt: skip
        except SolverFault as fault:
            self.watch.tell(STAGE, f"the solver failed: {fault}", best=self.plan.cost, bound=self.bound)
            return Answer(Status.NONE)
        self.hurried = self.hurried or answer.stopped == Stop.TIME
        return answer

    def block(self, group: Sequence[int], text: str, *, exact: bool) -> None:
        """Re-plan `group` on its own and the open shifts while everybody else stays; never for the worse.

        Parameters
        ----------
        exact
            Whether the spread of starts is priced; else the distance of each start to the agent's usual start, which
            keeps the model easy, and days are re-planned at the true cost afterwards.
        """
        if self.done or self.groups >= self.params.most_groups:
            return
        self.groups += 1
        supply = free_heads(self.plan, group)
        anchors = None if exact else dict(enumerate(self.anchors().tolist()))
        model = make_model(self.pool, group, supply, anchors=anchors)
        if model.size:
            start = model.start({a: self.plan.weeks[a] for a in group}, supply)
            answer = self.run(model, looks=self.params.block_looks, gap=self.params.block_gap, start=start)
            if answer.found:
                self.offer(model.weeks(answer.values), text, polish=not exact)


def usual_starts(pool: ShiftPool, weeks: Sequence[WeekCells]) -> np.ndarray:
    """Return each agent's usual start in hours; for whoever has no shift the middle one of the possible starts.

    The usual start is the median of the week. Where a rule limits the spread of starts, it is the middle between the
    earliest and the latest, so that a window of that width around the usual start holds the whole week.
    """
    limited = pool.problem.rules.max_start_spread_min is not None
    out = np.zeros(len(weeks))
    for a, week in enumerate(weeks):
        hours = sorted(pool.cells[c].minute / 60.0 for c in week or pool.options[a])
        if hours:
            out[a] = (hours[0] + hours[-1]) / 2 if limited and week else float(np.median(hours))
    return out

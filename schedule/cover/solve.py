"""The cover of a week: its LP bound, then block by block whole heads, then the true cost."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

import numpy as np

from ...forecast.progress import Watch
from ..problem import ScheduleProblem
from ..solver import Answer, relative_gap, solve
from ..status import Solved
from .budgets import Ledger
from .counts import Counts, gains, value
from .frame import Frame
from .model import CoverModel, build
from .part import Part, blocks, whole_week
from .result import Block, Cover, single_heads

STAGE = "cover"


@dataclass(frozen=True)
class Effort:
    """How hard to try: the settings that every solve of a cover shares."""

    watch: Watch
    gap: float
    seed: int
    threads: int
    until: float

    @property
    def left_s(self) -> float:
        """Seconds that are left."""
        return max(0.0, min(self.until - time.monotonic(), self.watch.left_s))


def solve_cover(
    problem: ScheduleProblem, *, watch: Watch, time_limit_s: float, gap: float = 0.001, seed: int = 1, threads: int = 1
) -> Cover:
    """Return the cheapest cover found: shifts, breaks and lunches chosen together, wages plus prices at their least.

    The LP relaxation of the whole week proves a bound and splits the week's limits and goals over the blocks of days
    that no shift links; each block is then decided in whole heads with implicit breaks. The cost is recomputed with
    the true service curve; where the plan misses a goal that its concave envelope promised, the block is decided again
    with that much more margin.

    Parameters
    ----------
    watch
        Told of progress; a stop ends the work within a second with the best plan so far.
    time_limit_s
        Seconds for all of it.
    gap
        Relative gap at which a block is done.
    """
    began = time.monotonic()
    effort = Effort(watch, gap, seed, threads, began + time_limit_s)
    frame = Frame(problem)
    model = build(frame, whole_week(frame), pooled=True)
    relaxed = _solve(model, effort, "week", relax=True)
    if not relaxed.found:
        return Cover((), Solved("none", stopped=relaxed.stopped, seconds=time.monotonic() - began))
    ledger = _ledger(frame, model, relaxed)
    made: list[Block] = []
    for number in range(len(ledger.days)):
        block, counts = _block(frame, ledger.part(number), ledger.days[number], effort, len(ledger.days) - number)
        made.append(block)
        if counts is None:
            return Cover((), Solved("none", bound=relaxed.bound, stopped=_why(effort), seconds=time.monotonic() - began), tuple(made))
        ledger.done = ledger.done + counts
    return _cover(frame, ledger.done, made, model, relaxed, effort, began)


def _solve(model: CoverModel, effort: Effort, text: str, *, share: float = 1.0, relax: bool = False, start: Counts | None = None) -> Answer:
    """Solve `model` with `share` of the time that is left."""
    return solve(
        model.program,
        watch=effort.watch,
        stage=STAGE,
        text=text,
        time_limit_s=effort.left_s * share,
        gap=effort.gap,
        seed=effort.seed,
        threads=effort.threads,
        relax=relax,
        start=None if start is None else model.start(start),
    )


def _why(effort: Effort) -> str:
    """Return why the work ended early."""
    return "user" if effort.watch.stopped else "time"


def _ledger(frame: Frame, model: CoverModel, relaxed: Answer) -> Ledger:
    """Return the week's split as the LP's answer suggests it."""
    phone = model.phone(relaxed.values)
    gained = np.zeros(phone.shape)
    for (q, s), curve in model.curves.items():
        gained[q, s] = curve.gain(phone[q, s])
    use = {c: relaxed.values[x.name] for c, x in model.variables.heads.items() if relaxed.values[x.name] > 1e-9}
    return Ledger(frame, blocks(frame), phone, gained, use)


def _block(frame: Frame, part: Part, days: tuple[int, ...], effort: Effort, left: int) -> tuple[Block, Counts | None]:
    """Decide one block in whole heads, and again while the true curve misses a goal that the envelope promised."""
    began = time.monotonic()
    dates = tuple(frame.problem.grid.dates[d] for d in days)
    counts: Counts | None = None
    bound = cost = None
    asked = part
    for _ in range(4):
        model = build(frame, asked)
        answer = _solve(model, effort, part.name, share=1.0 / left, start=counts)
        if not answer.found:
            break
        bound = answer.bound if bound is None else bound
        counts = model.counts(answer.values)
        missing = _missing(frame, part, model, answer, counts)
        assert answer.objective is not None
        cost = answer.objective + frame.problem.costs.lost_call * sum(missing.values())
        if not missing or effort.left_s <= 0 or effort.watch.stopped:
            break
        asked = replace(asked, margin={key: m + missing.get(key, 0.0) for key, m in asked.margin.items()})
    return Block(dates, cost, bound, relative_gap(cost, bound), time.monotonic() - began), counts


def _missing(frame: Frame, part: Part, model: CoverModel, answer: Answer, counts: Counts) -> dict[tuple[int, int], float]:
    """Return per period the calls that the plan loses by the true curve beyond what the model counts as lost."""
    gained = gains(frame, (counts + part.rest).phone(frame))
    out = {}
    for (q, p), margin in part.margin.items():
        at = frame.problem.demands[q].periods[p]
        lost = margin - float(gained[q, at[part.slots[q, at]]].sum())
        beyond = lost - answer.values[model.variables.lost[q, p].name]
        if lost > 1e-6 * max(1.0, abs(margin)) and beyond > 1e-6 * float(frame.problem.demands[q].calls[at].sum()):
            out[q, p] = beyond
    return out


def _cover(frame: Frame, counts: Counts, made: list[Block], model: CoverModel, relaxed: Answer, effort: Effort, began: float) -> Cover:
    """Return the finished cover with its true cost and the best bound that is proven for the whole week."""
    worth = value(frame, counts)
    bounds = [b.bound for b in made]
    bound = relaxed.bound
    apart = not frame.week_limits and all(len(d.periods) != 1 or len(made) == 1 for d in frame.problem.demands)
    if apart and bound is not None and all(b is not None for b in bounds):
        bound = max(bound, sum(b for b in bounds if b is not None))
    if bound is not None:
        bound = min(bound, worth.cost)
    near = relative_gap(worth.cost, bound)
    optimal = near is not None and near <= 1e-6
    stopped = None if optimal else ("user" if effort.watch.stopped else "time" if effort.left_s <= 0 else "gap")
    hours = frame.problem.grid.hours
    price = {d.queue: np.zeros(len(d.open)) for d in frame.problem.demands}
    for q, d in enumerate(frame.problem.demands):
        for s in np.flatnonzero(d.open).tolist():
            price[d.queue][s] = relaxed.duals.get(f"phone_{q}_{s}", 0.0)
    return Cover(
        planned=single_heads(frame, counts),
        solved=Solved(
            "optimal" if optimal else "feasible", worth.cost, bound, stopped, time.monotonic() - began,
            ((time.monotonic() - began, worth.cost, bound),),
        ),
        blocks=tuple(made),
        cost_wages=worth.wages,
        cost_prices=worth.prices,
        lost_calls={(frame.problem.demands[q].queue, p): n for (q, p), n in worth.lost.items()},
        under_hours=worth.under / frame.problem.costs.under_h if frame.problem.costs.under_h else 0.0 * hours,
        below_contract_hours=worth.below_contract / frame.problem.costs.below_contract_h if frame.problem.costs.below_contract_h else 0.0,
        price=price,
    )

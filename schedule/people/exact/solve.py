"""The exact model decided by HiGHS, and its relaxation as prices: bounds only as our own rows prove them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ....forecast.progress import Watch
from ...optimise.solver import relative_gap, solve_linear
from ...optimise.status import OPTIMAL, Status, Stop
from ...price.worth import Service
from ..best_week import ChosenWeek
from ..compile import CompiledStaff
from .days_apart import DaysApart, on_days, parts_of
from .kind import kind_arcs
from .model import build
from .person import person_size

STAGE = "people"
FEW_COLUMNS = 1_000
"""Columns up to which the model is solved at once: seconds, without taking the days apart."""
APART_SHARE, DAYS_SHARE = 0.6, 0.5
"""Shares of the time left for the bound with the days apart, and then for the best weeks on the days found."""


@dataclass(frozen=True)
class ExactAnswer:
    """What the exact model says.

    Attributes
    ----------
    weeks
        The best weeks found, in the order of the people; None = none found.
    cost
        Their cost without the price of steady starts.
    bound
        Proven lower bound on the cost of every plan; None when none is known.
    status, stopped
        What is known of the model's answer, and why the solve ended early.
    cut
        Whether time has ended a part of the work: another run may then find other weeks.
    """

    weeks: tuple[ChosenWeek, ...] | None
    cost: float | None
    bound: float | None
    status: Status
    stopped: Stop | None
    cut: bool = False


@dataclass(frozen=True)
class ExactPrices:
    """Prices of the exact model's relaxation.

    Attributes
    ----------
    price
        Of a head, shape (Q, S).
    goal_price
        Of a call towards each pooled goal, shape (P,).
    bound
        Lower bound on the cost of every plan that these prices prove by weak duality.
    """

    price: np.ndarray
    goal_price: np.ndarray
    bound: float


def model_size(staff: CompiledStaff, service: Service) -> int:
    """Return roughly how many columns the exact model has, without building it."""
    heads = len(service.period) * len(staff.problem.grid) + 2 * len(staff.skills) * len(staff.problem.shifts)
    total = heads
    for person, times in staff.kinds:
        one_by_one = times * person_size(person)
        flow = kind_arcs(staff.problem, person, one_by_one) if times > 1 else None
        total += one_by_one if flow is None else sum(arcs.size for arcs in flow)
    return total


def solve_exact(
    staff: CompiledStaff,
    service: Service,
    *,
    watch: Watch,
    time_limit_s: float,
    gap: float,
    seed: int,
    threads: int,
    start: Sequence[ChosenWeek] | None,
    cost: Callable[[], float] = lambda: float("inf"),
    on_better: Callable[[Sequence[ChosenWeek]], None] | None = None,
    on_bound: Callable[[float], None] | None = None,
) -> ExactAnswer:
    """Decide everybody's weeks exactly, but for the price of steady starts, which is left out.

    Eleven parameters: those of a search for people, and what tells its caller meanwhile.

    Parameters
    ----------
    start
        A plan to begin with, a week per person; None = none.
    cost
        The cost of the best plan known, whenever asked: what cannot be cheaper is not looked at.
    on_better, on_bound
        Told of better weeks and of a higher bound while the solve runs.
    """
    clock = watch.within(time_limit_s)
    known = _days_apart(staff, service, clock, gap, seed, start, cost, on_bound)
    if known.weeks is not None and on_better is not None:
        on_better(known.weeks)
    if near(known, gap):
        return known
    if known.cost is not None and known.cost < cost():
        start = known.weeks
    model = build(staff, service, clock)
    if model is None:
        return replace(known, stopped=Stop.USER if clock.stopped else Stop.TIME)
    answer = solve_linear(
        model.linear, watch=clock, stage=STAGE, time_limit_s=clock.left_s, gap=gap, seed=seed, threads=threads,
        start=None if start is None else model.start(start), text="exact model",
        on_better=None if on_better is None else lambda values: on_better(model.weeks(values)), on_bound=on_bound,
    )  # fmt: skip
    bound = max((b for b in (answer.bound, known.bound) if b is not None), default=None)
    if not answer.found:
        status = answer.status if known.weeks is None else known.status
        return replace(known, bound=bound, status=status, stopped=answer.stopped)
    if known.cost is not None and answer.objective is not None and known.cost < answer.objective:
        return replace(known, bound=bound, stopped=answer.stopped)
    weeks = tuple(model.weeks(answer.values))
    return ExactAnswer(weeks, answer.objective, bound, answer.status, answer.stopped, known.cut)


def near(answer: ExactAnswer, gap: float) -> bool:
    """Whether the weeks of an answer lie within `gap` of its bound."""
    found = relative_gap(answer.cost, answer.bound)
    return found is not None and found <= max(gap, OPTIMAL)


def _days_apart(
    staff: CompiledStaff, service: Service, clock: Watch, gap: float, seed: int, start: Sequence[ChosenWeek] | None,
    cost: Callable[[], float], on_bound: Callable[[float], None] | None,
) -> ExactAnswer:  # fmt: skip
    """Raise the bound with the days apart, then find the best weeks on the days worked in the last choice.

    Desks whose model is small are left to it, and those whose days do not come apart.
    """
    nothing = ExactAnswer(None, None, None, Status.NONE, None)
    if model_size(staff, service) <= FEW_COLUMNS:
        return nothing
    parts = parts_of(staff, service, clock)
    if parts is None:
        return nothing
    if start is not None:
        for part in parts:
            part.take(start)
    outer = clock.within(APART_SHARE * clock.left_s)
    search = DaysApart(staff, parts, outer, cost, on_bound or (lambda _: None), seed)
    search.run()
    bound = search.bound if np.isfinite(search.bound) else None
    nothing = replace(nothing, bound=bound, cut=outer.time_is_up)
    inner = clock.within(DAYS_SHARE * clock.left_s)
    model = None if search.days is None else build(on_days(staff, search.days), service, inner)
    if model is None:
        return nothing
    answer = solve_linear(model.linear, watch=inner.aside(), stage=STAGE, gap=gap, seed=seed, text="days apart")
    if not answer.found:
        return replace(nothing, cut=nothing.cut or inner.time_is_up)
    return ExactAnswer(
        tuple(model.weeks(answer.values)), answer.objective, bound, Status.FEASIBLE, answer.stopped,
        nothing.cut or inner.time_is_up,
    )  # fmt: skip


def lp_prices(
    staff: CompiledStaff, service: Service, *, watch: Watch, time_limit_s: float, seed: int = 1, threads: int = 1
) -> ExactPrices | None:
    """Return prices of the model's relaxation by interior point, and the bound that they prove; None if too late."""
    clock = watch.within(time_limit_s)
    model = build(staff, service, clock, relax=True)
    if model is None:
        return None
    answer = solve_linear(
        model.linear, watch=clock, stage=STAGE, time_limit_s=clock.left_s, seed=seed, threads=threads,
        text="relaxation", crossover=False,
    )  # fmt: skip
    if answer.bound is None:
        return None
    price, duals = np.zeros(service.period.shape), answer.duals
    for q, t in np.ndindex(price.shape):
        price[q, t] = max(0.0, -duals.get(f"heads_{q}_{t}", 0.0))
    goal = np.array([max(0.0, duals[f"goal_{p}"]) for p in range(len(service.margin))])
    return ExactPrices(price, goal, answer.bound)

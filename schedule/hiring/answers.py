"""Answers that a manager asks of a hiring plan, each by planning again with one thing changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ...forecast.progress import Watch
from .case import Case
from .limits import each_month
from .plan import HiringPlan
from .problem import Head, HiringProblem, Kind
from .result import decisions_of, next_planning
from .solve import plan_hires
from .supply import Supply
from .worth import end_value


@dataclass(frozen=True)
class Answer:
    """What a change is worth.

    Parameters
    ----------
    what
        The change, as a short clause.
    saves
        Expected money that the change saves; negative where it costs.
    at_least, at_most
        What the bounds leave open: neither plan need be the best. None without a bound. Each bound is proven for the
        expected cost with the spread of work that its own problem's rule has, so the two ends are as near to the truth
        as that spread, and no proof.
    missing_h
        Expected missing hours, all groups and months, after the change.
    lowest
        Lowest probability of a group and month that no hour is missing, after the change, in months that hiring can
        still reach.
    """

    what: str
    saves: float
    at_least: float | None
    at_most: float | None
    missing_h: float
    lowest: float


@dataclass(frozen=True)
class Asked:
    """How long and how near each plan is searched.

    Parameters
    ----------
    time_limit_s
        Seconds of each plan.
    gap, seed, threads
        As of `plan_hires`.
    """

    time_limit_s: float = 20.0
    gap: float = 0.003
    seed: int = 1
    threads: int = 1


def changed(
    problem: HiringProblem, plan: HiringPlan, what: str, other: HiringProblem, watch: Watch, asked: Asked
) -> Answer:
    """Return what planning `other` in the place of `problem` saves.

    All money counts: wages of today's people, and what these are worth after the last month.
    """
    again = plan_hires(
        other, watch=watch.aside(), time_limit_s=asked.time_limit_s, gap=asked.gap, seed=asked.seed,
        threads=asked.threads,
    )  # fmt: skip
    before, after = plan.total - worth_today(problem), again.total - worth_today(other)
    least = most = None
    if plan.solved.bound is not None and plan.solved.cost is not None:
        least = before - (plan.solved.cost - plan.solved.bound) - after
    if again.solved.bound is not None and again.solved.cost is not None:
        most = before - (after - (again.solved.cost - again.solved.bound))
    missing = float(sum(g.missing.sum() for g in again.groups.values()))
    return Answer(what, before - after, least, most, missing, lowest(other, again))


def same_plan(problem: HiringProblem, plan: HiringPlan, what: str, other: HiringProblem) -> Answer:
    """Return what `other` saves when the plan stays as it is, exactly.

    For small changes, such as one head: planning again would save a little more, but two plans differ by more than one
    head is worth.
    """
    before, after = (_cost(p, plan) for p in (problem, other))
    case = Case.of(other)
    made = decisions_of(case.supply, plan)
    case = case.with_chance_of(made)
    found = case.expected(case.work(case.supply.presence(made)), bought(case, plan))
    first = reach(other)
    met = min((float(e.met[first:].min()) for e in found if len(e.met) > first), default=1.0)
    missing = float(sum(e.missing.sum() for e in found))
    return Answer(what, before - after, before - after, None, missing, met)


def bought(case: Case, plan: HiringPlan) -> np.ndarray:
    """Return the hours that `plan` buys ahead beyond the contract, shape (G, T)."""
    return np.asarray([plan.groups[g.name].contract for g in case.groups] - case.contract)


def _cost(problem: HiringProblem, plan: HiringPlan) -> float:
    """Return all expected money of `plan` under `problem`, less what today's people are worth after the last month."""
    case = Case.of(problem)
    made = decisions_of(case.supply, plan)
    cost = case.with_chance_of(made).cost(made, bought(case, plan))
    return cost + case.money.wages_today + case.money.given - worth_today(problem)


def worth_today(problem: HiringProblem) -> float:
    """Return what today's people and classes on their way are worth after the last month."""
    supply = Supply.of(problem)
    return float(
        sum(
            end_value(problem, kind) * (supply.today[i].last[0] + supply.given[i].last[0])
            for i, kind in enumerate(problem.kinds)
        )
    )


def lowest(problem: HiringProblem, plan: HiringPlan) -> float:
    """Return the lowest probability that no hour is missing, of all groups and the months that hiring can reach."""
    first = reach(problem)
    values = [g.probability[first:].min() for g in plan.groups.values() if len(g.probability) > first]
    return float(min(values, default=1.0))


def reach(problem: HiringProblem) -> int:
    """Return the first month in which people hired now can work; the number of months where none is."""
    weeks = min((k.learning.training_weeks for k in problem.kinds if k.hired), default=np.inf)
    weeks += problem.rules.lead_weeks
    starts = problem.months.starts()
    if not np.isfinite(weeks):
        return problem.months.count
    ready = problem.as_of + dt.timedelta(days=round(7 * weeks))
    return next((t for t, first in enumerate(starts[1:]) if first > ready), problem.months.count)


def without_limits(problem: HiringProblem) -> Iterator[tuple[str, HiringProblem]]:
    """Return the problem without each of its limits, one at a time."""
    rules, large = problem.rules, 10**4
    yield "without the limit of rooms", replace(problem, rules=replace(rules, rooms=large))
    yield "without the limit of recruits", replace(problem, rules=replace(rules, recruits=large))
    if rules.least > 1:
        yield "with classes of any size", replace(problem, rules=replace(rules, least=1))
    if rules.frozen:
        yield "without the hiring freeze", replace(problem, rules=replace(rules, frozen=()))
    if rules.lead_weeks > 0:
        yield "with a lead shorter by half", replace(problem, rules=replace(rules, lead_weeks=rules.lead_weeks / 2))


def small_steps(problem: HiringProblem) -> Iterator[tuple[str, HiringProblem]]:
    """Return the problem with one limit eased by one step, one at a time: what a manager would grant first."""
    rules, count = problem.rules, problem.months.count
    starts = problem.months.starts()
    for month in rules.frozen:
        rest = tuple(m for m in rules.frozen if m != month)
        yield f"with starts in {starts[month]:%Y-%m}", replace(problem, rules=replace(rules, frozen=rest))
    yield "with one room more", replace(problem, rules=replace(rules, rooms=each_month(rules.rooms, count) + 1))
    more = np.ceil(1.25 * each_month(rules.recruits, count))
    yield "with a quarter more recruits", replace(problem, rules=replace(rules, recruits=more))
    if rules.least > 1:
        half = max(1, rules.least // 2)
        yield f"with classes from {half} people", replace(problem, rules=replace(rules, least=half))
    if rules.lead_weeks >= 1:
        sooner = replace(rules, lead_weeks=rules.lead_weeks - 1)
        yield "with a lead shorter by a week", replace(problem, rules=sooner)


@dataclass(frozen=True)
class Missed:
    """Which limits keep a month below the wanted probability, and the cheapest relief.

    Parameters
    ----------
    wanted, now
        Probability that no hour is missing: wanted, and that of the hardest month that hiring can reach.
    limits
        Limits each of which alone stands in the way: without it the probability is reached. Empty where several do, or
        none, or where those that do were not tried.
    relief
        Of single steps that reach it the one with which the plan costs least; None where none does.
    nearest
        The step that comes nearest where none reaches it; None where one does, or none was tried.
    all_limits, all_steps
        Whether every limit, and every step, was tried: else others than those named may reach the probability too.
    """

    wanted: float
    now: float
    limits: tuple[Answer, ...]
    relief: Answer | None
    nearest: Answer | None
    all_limits: bool = True
    all_steps: bool = True


def missed(
    now: float,
    wanted: float,
    limits: Sequence[Answer],
    steps: Sequence[Answer],
    *,
    all_limits: bool = True,
    all_steps: bool = True,
) -> Missed | None:
    """Return which limits keep the probability `now` below the `wanted` one, and the relief; None where none is missed.

    Parameters
    ----------
    limits, steps
        What dropping a limit, and one of `small_steps`, is worth, of those that were tried.
    all_limits, all_steps
        Whether every limit, and every step, was tried.
    """
    if now >= wanted:
        return None
    reached = [a for a in steps if a.lowest >= wanted]
    return Missed(
        wanted,
        now,
        limits=tuple(a for a in limits if a.lowest >= wanted),
        relief=max(reached, key=lambda a: a.saves, default=None),
        nearest=None if reached else max(steps, key=lambda a: (a.lowest, a.saves), default=None),
        all_limits=all_limits,
        all_steps=all_steps,
    )


def waiting(problem: HiringProblem) -> HiringProblem:
    """Return the problem in which nothing is decided before the next planning, a month from now."""
    later = (next_planning(problem.as_of) - problem.as_of).days / 7.0
    return replace(problem, rules=replace(problem.rules, lead_weeks=problem.rules.lead_weeks + later))


def one_head_more(problem: HiringProblem, kind: str) -> HiringProblem:
    """Return the problem with one experienced head more of `kind` today."""
    more = Head(None)
    return _kinds(problem, lambda k: replace(k, staff=(*k.staff, more)) if k.name == kind else k)


def one_head_less(problem: HiringProblem, kind: str) -> HiringProblem:
    """Return the problem after one of `kind` left today, the one who is there longest."""

    def less(k: Kind) -> Kind:
        if k.name != kind or not k.staff:
            return k
        oldest = min(range(len(k.staff)), key=lambda i: (k.staff[i].since or dt.date.min, i))
        return replace(k, staff=k.staff[:oldest] + k.staff[oldest + 1 :])

    return _kinds(problem, less)


def one_head_trained(problem: HiringProblem, way: int) -> HiringProblem:
    """Return the problem in which one experienced head of a transfer's source is one of its target from today on."""
    here, there = problem.transfers[way].source, problem.transfers[way].target
    return one_head_more(one_head_less(problem, here), there)


def fewer_leave(problem: HiringProblem, points: float = 0.01) -> HiringProblem:
    """Return the problem in which the probability to leave is lower by `points` a month at every tenure."""

    def loyal(k: Kind) -> Kind:
        return replace(k, learning=replace(k.learning, leave=np.maximum(0.0, np.asarray(k.learning.leave) - points)))

    return _kinds(problem, loyal)


def _kinds(problem: HiringProblem, change: Callable[[Kind], Kind]) -> HiringProblem:
    return replace(problem, kinds=tuple(change(k) for k in problem.kinds))

"""The workforce under a plan as chance may have it: leavers, drop-out, learning and demand, month by month."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...forecast.progress import Watch
from ...forecast.queueing.simulation.estimates import chance
from .case import Case
from .check import checked
from .days import Days
from .flow import Flow, class_flow, today
from .plan import HiringPlan
from .problem import HiringProblem
from .recourse import settle
from .result import decisions_of
from .supply import Decisions

STAGE = "workforce"


@dataclass(frozen=True)
class Simulated:
    """What became of a frozen plan.

    Parameters
    ----------
    cost, wages_today
        Money of each path, all of it and the wages of today's people, shapes (paths,).
    met, interval
        Share of the paths in which no hour is missing after overtime and vendor hours, shape (G, T), and its 95 %
        interval, shape (2, G, T).
    missing
        Mean missing hours, shape (G, T).
    work
        Hours of work of the group's people: the quantiles 0.1, 0.5 and 0.9, shape (3, G, T).
    """

    cost: np.ndarray
    wages_today: np.ndarray
    met: np.ndarray
    interval: np.ndarray
    missing: np.ndarray
    work: np.ndarray


def simulate(
    problem: HiringProblem,
    plan: HiringPlan,
    *,
    demand: np.ndarray | None = None,
    paths: int = 1000,
    seed: int = 1,
    watch: Watch | None = None,
) -> Simulated:
    """Return what becomes of `plan` when nothing of it is changed.

    Transfers and companions of newcomers take and give what they are expected to; all other people leave, drop out,
    fail and learn by chance.

    Parameters
    ----------
    demand
        Hours of work of each path, shape (paths, G, T); None = drawn from the scenarios of the problem.

    Raises
    ------
    Stopped
        If the user stopped the run.
    """
    watch = watch or Watch()
    case, rng = Case.of(checked(problem)), np.random.default_rng(seed)
    supply, days = case.supply, Days.of(problem.months)
    made = decisions_of(supply, plan)
    if demand is None:
        pick = rng.permutation(np.arange(paths) % len(case.groups[0].demand))
        demand = np.stack([np.asarray(g.demand, dtype=float)[pick] for g in case.groups], axis=1)
    paths = len(demand)
    numbers = {k.name: i for i, k in enumerate(problem.kinds)}
    given = [(class_flow(problem, days, numbers[name], start), float(n)) for name, start, n in problem.given]
    classes = given + [
        (class_flow(problem, days, o.kind, o.start), float(n))
        for o, n in zip(supply.options, made.heads, strict=True)
        if n
    ]
    crew = Crew(case, rng, paths)
    staff = today(problem, days)
    for i, (flow, people) in enumerate(staff):
        watch.raise_if_stopped()
        watch.tell(STAGE, share=i / (len(staff) + len(classes)))
        crew.add(flow, np.full(paths, people))
    wages_today = crew.wages.copy()
    for flow, heads in classes:
        watch.raise_if_stopped()
        crew.add(flow, arrivals(rng, problem.rules.drop_out, heads, paths), heads)
    return _outcome(case, made, plan, crew, wages_today, demand)


def arrivals(rng: np.random.Generator, drop_out: float, heads: float, paths: int) -> np.ndarray:
    """Return how many of a class of `heads` expected people turn up, shape (paths,).

    Offers are as many as make `heads` turn up on average, rounded up or down at random.
    """
    offers = np.floor(heads / (1.0 - drop_out) + rng.random(paths)).astype(np.int64)
    return np.asarray(rng.binomial(offers, 1.0 - drop_out))


class Crew:
    """Presence and wages of cohorts, added up by path."""

    def __init__(self, case: Case, rng: np.random.Generator, paths: int) -> None:
        self.case, self.rng = case, rng
        self.gap = np.zeros((*case.supply.fixed.shape, paths))  # presence less what was expected
        self.wages, self.hiring = np.zeros(paths), np.zeros(paths)

    def add(self, flow: Flow, heads: np.ndarray, expected: float | None = None) -> None:
        """Add a cohort of `heads` on each path, of which `expected` people were expected; None = just as many.

        Some of people known before the first month may have left when it begins.
        """
        pool = self.case.supply.pool_of[flow.kind]
        mean = (float(heads[0]) if expected is None else expected) * flow.reach
        noise = self.case.problem.kinds[flow.kind].learning.noise
        luck = np.clip(1.0 + noise * self.rng.standard_normal(len(heads)), 0.2, 1.8) - 1.0
        at = heads if flow.reach == 1.0 else self.rng.binomial(heads, flow.reach)
        for t in range(flow.starts, len(flow.stay)):
            after = self.rng.binomial(at, flow.stay[t])
            there, should = (at + after) / 2.0, mean * (1.0 + flow.stay[t]) / 2.0
            self.gap[pool, t] += there * (flow.work_h[t] + luck * flow.noisy_h[t]) - should * flow.work_h[t]
            self.wages += there * flow.wages[t]
            at, mean = after, mean * flow.stay[t]
        if expected is not None:
            kind = self.case.problem.kinds[flow.kind]
            self.hiring += heads * kind.hire_cost


def _outcome(
    case: Case, made: Decisions, plan: HiringPlan, crew: Crew, wages_today: np.ndarray, demand: np.ndarray
) -> Simulated:
    """Settle every month of every path, and count."""
    presence = case.supply.presence(made)[:, :, None] + crew.gap
    work = case.work(presence)
    cost = crew.wages + crew.hiring + sum(plan.cost[key] for key in ("transfers", "contract", "end_value"))
    met, missing = [], []
    for g, group in enumerate(case.groups):
        contract = plan.groups[group.name].contract
        found = settle(group.recourse, work[g], contract[:, None], demand[:, g].T)
        cost = cost + found.cost.sum(axis=0)
        lacks = found.short + found.lost
        met.append((lacks <= 1e-6).sum(axis=1))
        missing.append(lacks.mean(axis=1))
    hits, paths = np.array(met), len(cost)
    return Simulated(
        cost=cost,
        wages_today=wages_today,
        met=hits / paths,
        interval=np.stack(chance(hits, paths)),
        missing=np.array(missing),
        work=np.quantile(work, [0.1, 0.5, 0.9], axis=2),
    )

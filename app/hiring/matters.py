"""Which of the defaults matter most here: the plan solved again with each of them low and high."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from ...forecast.progress import Watch
from ...schedule.hiring.plan import HiringPlan
from ...schedule.hiring.problem import Group, HiringProblem
from ...schedule.hiring.solve import plan_hires
from ...schedule.hiring.worth import replacement
from .outcome import Matter
from .schema import HiringConfig
from .values import YEAR

PRICES = ("overtime_cost", "off_saving", "vendor_cost", "short_cost", "lost_cost")
"""Prices that follow from the wage: they stay while another default is tried."""


@dataclass(frozen=True)
class Change:
    """A default at another value.

    Parameters
    ----------
    keys
        Keys of hiring.toml, like ``people.fails``, and their values.
    after
        What changes in the hiring problem where keys do not tell it.
    """

    keys: Mapping[str, Any] = field(default_factory=dict)
    after: Callable[[HiringProblem], HiringProblem] | None = None


@dataclass(frozen=True)
class Trial:
    """A default and two plausible values of it.

    Parameters
    ----------
    key, meaning
        Key of hiring.toml, and what it is.
    default, low, high
        As they are told.
    changes
        What the low and the high value change.
    """

    key: str
    meaning: str
    default: str
    low: str
    high: str
    changes: tuple[Change, Change]


STEEP, SLOW = (0.7, 0.9, 1.0), (0.40, 0.55, 0.70, 0.80, 0.90, 0.95, 1.0)
"""Speed by month after training of centres with easy and with hard work; the slow one is a published example."""

NEAR = 0.001
"""Gap of each plan: what is left of it must be small beside the changes."""
CHEAP = 0.7
"""Low price of a missing hour beside the default one."""
NEAR_VENDOR = 1.05
"""Lowest price of a missing hour beside the dearest hour that can be bought: below 1 nobody would buy."""


def trials(config: HiringConfig, given: frozenset[str], problem: HiringProblem) -> list[Trial]:
    """Return the trials of those keys that are not `given`; prices are those of the groups of `problem`."""
    people, classes, prices = config.people, config.classes, config.prices

    def short(factor: float) -> str:
        """Tell the price of a missing hour in each group."""
        return " / ".join(dict.fromkeys(f"{g.recourse.short_cost:,.0f}" for g in dearer(problem, factor).groups))

    def plain(key: str, meaning: str, value: float, low: float, high: float, form: str = "{:g}") -> Trial:
        told = [form.format(v) for v in (value, low, high)]
        return Trial(key, meaning, told[0], told[1], told[2], (Change({key: low}), Change({key: high})))

    vacation = config.hours.vacation if isinstance(config.hours.vacation, float) else 0.08
    out = [
        Trial("people.attrition", "leaving, by month of tenure", "table", "0.7 of it", "1.4 of it",
              (_leave(config, 0.7), _leave(config, 1.4))),
        Trial("people.speed", "work of newcomers, by month after training", "55 to 100 % in 6 months",
              "70 to 100 % in 3 months", "40 to 100 % in 7 months",
              (Change({"people.speed": STEEP}), Change({"people.speed": SLOW}))),
        plain("people.training_weeks", "weeks from the start to the first call", people.training_weeks, 4.0, 6.0),
        plain("people.fails", "share of a class that fails", people.fails, 0.05, 0.15),
        plain("hours.vacation", "share of paid hours on vacation", vacation, 0.06, 0.10),
        plain("classes.lead_weeks", "weeks from the decision to the start", classes.lead_weeks, 4.0, 10.0),
        plain("classes.drop_out", "share of offers that do not turn up", classes.drop_out, 0.0, 0.2),
        plain("classes.rooms", "classes in training at the same time", classes.rooms, 1, 4),
        plain("classes.least", "people of a class, at least", classes.least, 1, min(12, classes.most)),
        plain("classes.most", "people of a class, at most", classes.most, max(classes.least, min(12, classes.most)),
              min(30, classes.seats or 30)),
        plain("classes.nesting_weeks", "weeks in which newcomers are accompanied", classes.nesting_weeks, 0.0, 4.0),
        plain("prices.hire", "money per head that starts", prices.hire, 4000.0, 10_000.0, "{:,.0f}"),
        plain("prices.overtime_share", "most overtime, share of the work", prices.overtime_share, 0.04, 0.12),
        plain("prices.vendor_share", "most hours bought at short notice, share of the need", prices.vendor_share, 0.0,
              0.3),
        Trial("prices.short_h", "money per missing hour", short(1.0), short(CHEAP), short(1.5),
              (Change(after=partial(dearer, factor=CHEAP)), Change(after=partial(dearer, factor=1.5)))),
        Trial("prices.end_value", "worth of an experienced head at the end, taken off the money",
              "what replacing costs", "0", "half of that",
              (Change(after=partial(valued, share=0.0)), Change(after=partial(valued, share=0.5)))),
    ]  # fmt: skip
    if isinstance(classes.recruits, int):
        out.append(plain("classes.recruits", "people found for the starts of a month", classes.recruits, 20, 120))
    if isinstance(config.growth, float):
        low, high = config.growth - 0.05, config.growth + 0.05
        found = plain("growth", "growth of the calls per year", config.growth, low, high)
        grow = [partial(grown, by_year=(1 + value) / (1 + config.growth) - 1) for value in (low, high)]
        out.append(replace(found, changes=(Change(after=grow[0]), Change(after=grow[1]))))
    return [t for t in out if t.key not in given]


def _leave(config: HiringConfig, factor: float) -> Change:
    return Change({"factors.attrition": factor * config.factors.attrition})


def changed(config: HiringConfig, keys: Mapping[str, Any]) -> HiringConfig:
    """Return `config` with some of its keys at other values."""
    for key, value in keys.items():
        table, _, name = key.rpartition(".")
        update = {name: value}
        if table:
            update = {table: getattr(config, table).model_copy(update=update)}
        config = config.model_copy(update=update)
    return config


def grown(problem: HiringProblem, by_year: float) -> HiringProblem:
    """Return `problem` with a demand that grows by another share per year; work is taken as growing like the calls."""
    factor = (1 + by_year) ** (np.arange(problem.months.count) / YEAR)
    return replace(problem, groups=tuple(replace(g, demand=g.demand * factor) for g in problem.groups))


def dearer(problem: HiringProblem, factor: float) -> HiringProblem:
    """Return `problem` with missing hours at `factor` times their price, but dearer than hours that can be bought."""

    def group(g: Group) -> Group:
        own = g.recourse
        bought = NEAR_VENDOR * max(own.vendor_cost, own.overtime_cost)
        short = max(factor * own.short_cost, min(own.short_cost, bought))
        return replace(g, recourse=replace(own, short_cost=short, lost_cost=max(factor * own.lost_cost, short)))

    return replace(problem, groups=tuple(group(g) for g in problem.groups))


def valued(problem: HiringProblem, share: float) -> HiringProblem:
    """Return `problem` with experienced people worth a share of what replacing one costs, at the end."""
    full = {k.group: k for k in sorted(problem.kinds, key=lambda k: float(k.paid_h.mean()))}
    return replace(
        problem, groups=tuple(replace(g, end_value=share * replacement(full[g.name])) for g in problem.groups)
    )


def hires_of(plan: HiringPlan) -> float:
    """Return the people that a plan starts."""
    return float(sum(c.size for c in plan.classes))


def at_least(base: HiringPlan, plan: HiringPlan) -> float:
    """Return by how much the cheapest plan's money changes at least from one problem to another, by their bounds.

    Either cheapest plan lies between its bound and the plan found, so the change lies between two ends; that nearer to
    0 is told, and a change whose sign is open is 0. Each bound holds the spread of who stays and learns as in its own
    problem's rule, so the change is near to proven, not proven.
    """
    low = _least(plan) - base.total
    high = plan.total - _least(base)
    return max(low, 0.0) + min(high, 0.0)


def _least(plan: HiringPlan) -> float:
    """Return the bound on all money of a plan's problem; minus infinity without one."""
    solved = plan.solved
    return -np.inf if solved.bound is None or solved.cost is None else plan.total - (solved.cost - solved.bound)


def matters_of(
    asked: Iterable[Trial],
    config: HiringConfig,
    problem_of: Callable[[HiringConfig], HiringProblem],
    watch: Watch,
    each_s: float,
) -> tuple[Matter, ...]:
    """Return each trial's change of hires, and of money by the bounds (`at_least`), the largest change first.

    Parameters
    ----------
    problem_of
        The hiring problem of a configuration.
    watch
        A stop or its time limit ends the trials; those that are done are told.
    each_s
        Seconds of one solve.
    """
    quiet, first = Watch(stop=watch.stop, keeps=watch.keeps), problem_of(config)

    def solved(change: Change) -> HiringPlan:
        problem = _comparable(problem_of(changed(config, change.keys)), first)
        if change.after is not None:
            problem = change.after(problem)
        return plan_hires(problem, watch=quiet, time_limit_s=each_s, gap=NEAR, seed=config.seed,
                          threads=config.threads)  # fmt: skip

    base, out = solved(Change()), []
    every = list(asked)
    for i, trial in enumerate(every):
        if watch.time_is_up:
            break
        watch.tell("defaults", trial.key, share=i / len(every))
        plans = [solved(change) for change in trial.changes]
        if watch.stopped:
            break
        hires = tuple(hires_of(p) - hires_of(base) for p in plans)
        cost = tuple(at_least(base, p) for p in plans)
        out.append(Matter(trial.key, trial.meaning, trial.default, trial.low, trial.high,
                          (hires[0], hires[1]), (cost[0], cost[1])))  # fmt: skip
    return tuple(sorted(out, key=lambda m: -m.weight))


def _comparable(problem: HiringProblem, first: HiringProblem) -> HiringProblem:
    """Return `problem` at the prices of `first`, with classes on their way that fit whatever classes may be held."""
    costs = {g.name: {name: getattr(g.recourse, name) for name in PRICES} for g in first.groups}
    groups = tuple(replace(g, recourse=replace(g.recourse, **costs[g.name])) for g in problem.groups)
    most = max([problem.rules.most, *(math.ceil(people) for _, _, people in problem.given)])
    return replace(problem, groups=groups, rules=replace(problem.rules, most=most))

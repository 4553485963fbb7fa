"""Which of the defaults matter most here: the plan solved again with each of them low and high."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...forecast.progress import Watch
from ...schedule.hiring.plan import HiringPlan
from ...schedule.hiring.problem import HiringProblem, Recourse
from ...schedule.hiring.solve import plan_hires
from .outcome import Matter
from .schema import HiringConfig
from .values import YEAR

Change = Mapping[str, Any]
"""Keys of hiring.toml, like ``people.fails``, and their values."""


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
NEAR_VENDOR = 1.05
"""Lowest price of a missing hour beside the dearest hour that can be bought: below 1 nobody would buy."""


def trials(config: HiringConfig, given: frozenset[str], recourse: Recourse) -> list[Trial]:
    """Return the trials of those keys that are not `given`; prices are those of `recourse`."""
    people, classes, prices = config.people, config.classes, config.prices
    short, lost = recourse.short_cost, recourse.lost_cost
    low = max(0.7, NEAR_VENDOR * max(recourse.vendor_cost, recourse.overtime_cost) / short)
    scaled = {f: {"prices.short_h": f * short, "prices.lost_h": f * lost} for f in (low, 1.5)}
    loyal, restless = ({"factors.attrition": f * config.factors.attrition} for f in (0.7, 1.4))

    def plain(key: str, meaning: str, value: float, low: float, high: float, form: str = "{:g}") -> Trial:
        told = [form.format(v) for v in (value, low, high)]
        return Trial(key, meaning, told[0], told[1], told[2], ({key: low}, {key: high}))

    vacation = config.hours.vacation if isinstance(config.hours.vacation, float) else 0.08
    out = [
        Trial("people.attrition", "leaving, by month of tenure", "table", "0.7 of it", "1.4 of it",
              (loyal, restless)),
        Trial("people.speed", "work of newcomers, by month after training", "55 to 100 % in 6 months",
              "70 to 100 % in 3 months", "40 to 100 % in 7 months", ({"people.speed": STEEP}, {"people.speed": SLOW})),
        plain("people.training_weeks", "weeks from the start to the first call", people.training_weeks, 4.0, 6.0),
        plain("people.fails", "share of a class that fails", people.fails, 0.05, 0.15),
        plain("hours.vacation", "share of paid hours on vacation", vacation, 0.06, 0.10),
        plain("classes.lead_weeks", "weeks from the decision to the start", classes.lead_weeks, 4.0, 10.0),
        plain("classes.drop_out", "share of offers that do not turn up", classes.drop_out, 0.0, 0.2),
        plain("classes.rooms", "classes in training at the same time", classes.rooms, 1, 4),
        plain("prices.hire", "money per head that starts", prices.hire, 4000.0, 10_000.0, "{:,.0f}"),
        Trial("prices.short_h", "money per missing hour", f"{short:,.0f}", f"{low * short:,.0f}",
              f"{1.5 * short:,.0f}", (scaled[low], scaled[1.5])),
    ]  # fmt: skip
    if isinstance(config.growth, float):
        out.append(
            plain("growth", "growth of the calls per year", config.growth, config.growth - 0.05, config.growth + 0.05)
        )
    return [t for t in out if t.key not in given]


def changed(config: HiringConfig, change: Change) -> HiringConfig:
    """Return `config` with some of its keys at other values."""
    for key, value in change.items():
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


def hires_of(plan: HiringPlan) -> float:
    """Return the people that a plan starts."""
    return float(sum(c.size for c in plan.classes))


def at_least(base: HiringPlan, plan: HiringPlan) -> float:
    """Return by how much the cheapest plan's money surely changes from one problem to another; 0 where that is open.

    Either cheapest plan lies between its bound and the plan found, so the change lies between two ends; that nearer to
    0 is told, and a change whose sign is open is none.
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
    """Return each trial's change of hires and sure change of money, the largest change of money first.

    Parameters
    ----------
    problem_of
        The hiring problem of a configuration.
    each_s
        Seconds of one solve.
    """
    quiet = Watch(stop=watch.stop, keeps=watch.keeps)

    def solved(change: Change) -> HiringPlan:
        other = changed(config, change)
        problem = problem_of(other)
        if "growth" in change and not isinstance(config.growth, Mapping):
            problem = grown(problem, (1 + change["growth"]) / (1 + config.growth) - 1)
        return plan_hires(problem, watch=quiet, time_limit_s=each_s, gap=NEAR, seed=config.seed,
                          threads=config.threads)  # fmt: skip

    base, out = solved({}), []
    every = list(asked)
    for i, trial in enumerate(every):
        watch.tell("defaults", trial.key, share=i / len(every))
        plans = [solved(change) for change in trial.changes]
        if watch.stopped:
            break
        hires = tuple(hires_of(p) - hires_of(base) for p in plans)
        cost = tuple(at_least(base, p) for p in plans)
        out.append(Matter(trial.key, trial.meaning, trial.default, trial.low, trial.high,
                          (hires[0], hires[1]), (cost[0], cost[1])))  # fmt: skip
    return tuple(sorted(out, key=lambda m: -m.weight))

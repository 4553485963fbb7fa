"""Made hiring problems from a seed: groups, people, demand paths, in a flexible and a tight setting. All made up."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.hiring_paths import Paths
from busyhour.schedule.hiring.problem import (
    ClassRules,
    Group,
    Head,
    HiringProblem,
    Kind,
    Learning,
    Months,
    Recipe,
    Recourse,
)

LEAVE = np.array([0.06, *[0.05] * 3, *[0.035] * 3, *[0.025] * 5, 0.018])
SPEED = np.array([0.55, 0.72, 0.84, 0.92, 0.97, 1.0])
FIRST = dt.date(2026, 1, 1)


@dataclass(frozen=True)
class Setting:
    """How much can be done once the demand is known, and how uncertain the demand is.

    Parameters
    ----------
    overtime, off, vendor
        Shares as of `Recourse`.
    noise
        Standard deviation of a month's change of level, as a share.
    """

    overtime: float = 0.08
    off: float = 0.05
    vendor: float = 0.15
    noise: float = 0.025


SETTINGS = {"flexible": Setting(), "tight": Setting(0.03, 0.05, 0.03, 0.05)}


def made(
    seed: int, months: int = 24, groups: int = 5, scenarios: int = 200, setting: str = "flexible", people: float = 90.0
) -> tuple[HiringProblem, Paths]:
    """Return a problem, and the law of its demand, by which fresh paths are drawn.

    Parameters
    ----------
    people
        Mean heads of a group today.
    """
    rng, how = np.random.default_rng(seed), SETTINGS[setting]
    learning = Learning(training_weeks=5.0, fails=0.1, leave=LEAVE, speed=SPEED, noise=0.08)
    sizes = people * rng.uniform(0.5, 1.6, groups)
    t = np.arange(months)
    means = []
    for size in sizes:
        growth = rng.uniform(-0.002, 0.012)
        season = rng.uniform(0.03, 0.12) * np.sin(2 * np.pi * (t + rng.integers(12)) / 12)
        means.append(size * 160 * 0.78 / 1.15 * (1 + growth) ** t * (1 + season))
    law = Paths(np.array(means), sd=how.noise, rho=0.97, shared=0.4)
    demand = law.draw(scenarios, seed + 1)
    kinds, made_groups = [], []
    for g, size in enumerate(sizes):
        months_of_tenure = np.minimum(rng.exponential(40.0, round(size)), 240.0)
        since = [FIRST - dt.timedelta(days=int(30.44 * m)) for m in months_of_tenure]
        kinds.append(
            Kind(
                name=f"g{g}/full", group=f"g{g}", contract="full", paid_h=np.full(months, 160.0),
                present=0.78 - 0.06 * np.isin((t + FIRST.month - 1) % 12, (6, 7)), cost_h=18.0, hire_cost=6000.0,
                learning=learning, staff=tuple(Head(d) for d in sorted(since)),
            )
        )  # fmt: skip
        made_groups.append(
            Group(
                name=f"g{g}", demand=demand[:, g], recipes=(Recipe("full", {"full": 1.0}, np.full(months, 1.15)),),
                recourse=Recourse(overtime_share=how.overtime, off_share=how.off, vendor_share=how.vendor),
            )
        )  # fmt: skip
    rooms, recruits = max(2, round(0.8 * groups)), max(24, 16 * groups)
    rules = ClassRules(least=8, most=20, rooms=rooms, recruits=recruits, lead_weeks=6.0, drop_out=0.1, trainers=1.0)
    problem = HiringProblem(FIRST, Months(FIRST, months), tuple(made_groups), tuple(kinds), rules)
    return problem, law


def on_mean(problem: HiringProblem) -> HiringProblem:
    """Return the problem whose only scenario is the mean demand."""
    groups = tuple(replace(g, demand=g.demand.mean(axis=0, keepdims=True)) for g in problem.groups)
    return replace(problem, groups=groups)

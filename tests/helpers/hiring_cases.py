"""Tiny hiring problems."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np

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
    Transfer,
)

FIRST = dt.date(2027, 1, 1)
LEARNING = Learning(
    training_weeks=2.0, fails=0.1, leave=np.array([0.06, 0.05, 0.03, 0.02]), speed=np.array([0.6, 0.8, 1.0])
)
RULES = ClassRules(least=2, most=4, rooms=1, recruits=6, lead_weeks=2.0, drop_out=0.1, trainers=0.5)


def kind(name: str = "main/full", months: int = 4, heads: int = 12, **changes: object) -> Kind:
    """Return a kind with `heads` people, half of them without a known start."""
    group, contract = name.split("/")
    dates = [None, dt.date(2026, 11, 20), None, dt.date(2025, 3, 1)]
    made = Kind(
        name=name, group=group, contract=contract, paid_h=np.full(months, 160.0), present=np.full(months, 0.8),
        cost_h=20.0, hire_cost=2000.0, learning=LEARNING, staff=tuple(Head(dates[i % 4]) for i in range(heads)),
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def group(name: str = "main", months: int = 4, hours: float = 1500.0, scenarios: int = 7, seed: int = 1) -> Group:
    """Return a group whose demand grows, with one recipe."""
    rng = np.random.default_rng(seed)
    mean = hours * (1.0 + 0.08 * np.arange(months))
    demand = mean * rng.uniform(0.85, 1.15, (scenarios, months))
    return Group(name, demand, (Recipe("full", {"full": 1.0}, np.full(months, 1.1)),), Recourse())


def tiny(months: int = 4, **changes: object) -> HiringProblem:
    """Return one group of twelve people for four months."""
    made = HiringProblem(FIRST, Months(FIRST, months), (group(months=months),), (kind(months=months),), RULES)
    return replace(made, **changes)  # type: ignore[arg-type]


def two_contracts(months: int = 4) -> HiringProblem:
    """Return a group of full and part time, with three recipes, and transfers both ways."""
    ratios = ((0.0, 1.25), (0.4, 1.1), (1.0, 1.08))
    recipes = tuple(
        Recipe(f"{share:.0%} part", {"full": 1.0 - share, "part": share}, np.full(months, ratio))
        for share, ratio in ratios
    )
    part = kind("main/part", months, 4, paid_h=np.full(months, 80.0))
    ways = tuple(
        Transfer(a, b, weeks=0.0, speed=np.array([1.0]), cost=100.0, most=3)
        for a, b in (("main/full", "main/part"), ("main/part", "main/full"))
    )
    return tiny(
        months,
        groups=(replace(group(months=months), recipes=recipes),),
        kinds=(kind(months=months), part),
        transfers=ways,
    )

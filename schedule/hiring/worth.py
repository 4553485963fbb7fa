"""What a head is worth after the last planned month: what has been spent to have it, as far as it has got."""

from __future__ import annotations

import numpy as np

from .problem import HiringProblem, Kind
from .tenure import MONTH_DAYS, staying, training_days


def invested(kind: Kind, age: float) -> float:
    """Return the money spent on a head of `kind` that is still there `age` days after the first day of its class.

    Hiring, wages in training, and the work that slow months lack; once the training is over, also what was spent on
    those who did not come through. So hiring shortly before the end never pays by what a newcomer is worth then.
    """
    learning = kind.learning
    learns = training_days(learning.training_weeks)
    month = float(kind.paid_h.mean()) * kind.cost_h
    money = kind.hire_cost + min(age, learns) / MONTH_DAYS * month
    if age < learns:
        return money
    passes = float(staying(learning, np.array([learns]))[0])
    lacks = np.maximum(0.0, 1.0 - np.asarray(learning.speed, dtype=float) / learning.speed[-1])
    done = np.clip((age - learns) / MONTH_DAYS - np.arange(len(lacks)), 0.0, 1.0)
    return (money / passes if passes > 0 else 0.0) + float(lacks @ done) * month


def replacement(kind: Kind) -> float:
    """Return what it costs to have an experienced head of `kind` in the place of one who has left."""
    return invested(kind, 1e9)


def progress(kind: Kind, age: float) -> float:
    """Return what a head is worth beside an experienced one, `age` days after the first day of its class, 0 to 1."""
    whole = replacement(kind)
    return min(1.0, invested(kind, age) / whole) if whole > 0 else 1.0


def end_value(problem: HiringProblem, kind: Kind) -> float:
    """Return what an experienced head of `kind` is worth after the last month.

    A group's own `end_value` counts for the kind with most paid hours and in proportion for others.
    """
    group = next(g for g in problem.groups if g.name == kind.group)
    if group.end_value is None:
        return replacement(kind)
    full = max(float(k.paid_h.mean()) for k in problem.kinds if k.group == group.name)
    return group.end_value * float(kind.paid_h.mean()) / full if full > 0 else 0.0

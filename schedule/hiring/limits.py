"""What is left of rooms and recruits beside the classes that are on their way."""

from __future__ import annotations

import datetime as dt

import numpy as np

from .supply import Supply, classes_of
from .tenure import training_days


def by_month(limit: int | np.ndarray, months: int) -> np.ndarray:
    """Return `limit` for each month, shape (months,)."""
    return np.broadcast_to(np.asarray(limit, dtype=float), (months,))


def rooms_left(supply: Supply, day: dt.date | int) -> int:
    """Return the rooms that classes on their way leave on `day`, a date or the number of a day."""
    problem, days = supply.problem, supply.days
    number = days.number(day) if isinstance(day, dt.date) else day
    month = int(np.searchsorted(days.begin, number, side="right")) - 1
    room = int(by_month(problem.rules.rooms, days.months)[min(month, days.months - 1)])
    by_name = {k.name: k for k in problem.kinds}
    for name, start, people in problem.given:
        ends = days.number(start) + training_days(by_name[name].learning.training_weeks)
        if days.number(start) <= number < max(ends, days.number(start) + 1):
            room -= classes_of(problem.rules, people)
    return max(0, room)


def recruits_left(supply: Supply) -> np.ndarray:
    """Return the people who can start in each month beside those on their way, shape (T,)."""
    left = by_month(supply.problem.rules.recruits, supply.days.months).copy()
    for _, start, people in supply.problem.given:
        month = supply.days.month(start)
        if 0 <= month < len(left):
            left[month] -= people
    return np.asarray(np.maximum(left, 0.0))

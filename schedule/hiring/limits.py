"""What is left of rooms and recruits beside the classes that are held whatever is decided."""

from __future__ import annotations

import datetime as dt

import numpy as np

from .supply import Supply


def each_month(limit: int | np.ndarray, months: int) -> np.ndarray:
    """Return `limit` for each month, shape (months,)."""
    return np.broadcast_to(np.asarray(limit, dtype=float), (months,))


def rooms_left(supply: Supply, day: dt.date | int) -> int:
    """Return the rooms that classes on their way and people in training leave on `day`, a date or a day's number."""
    days = supply.days
    number = days.number(day) if isinstance(day, dt.date) else day
    month = int(np.searchsorted(days.begin, number, side="right")) - 1
    rooms = each_month(supply.problem.rules.rooms, days.months)[min(month, days.months - 1)]
    return max(0, int(rooms - supply.rooms_taken[number]))


def recruits_left(supply: Supply) -> np.ndarray:
    """Return the people who can start in each month beside those on their way, shape (T,)."""
    left = each_month(supply.problem.rules.recruits, supply.days.months).copy()
    for _, start, people in supply.problem.given:
        month = supply.days.month(start)
        if 0 <= month < len(left):
            left[month] -= people
    return np.asarray(np.maximum(left, 0.0))

"""How many of a class are still there after so many days, and how fast they are."""

from __future__ import annotations

import numpy as np

from .problem import Learning

MONTH_DAYS = 365.25 / 12.0
"""Days of a month of tenure."""


def training_days(weeks: float) -> int:
    """Return the days from a class's first day to its first day on the phone."""
    return round(7.0 * weeks)


def staying(learning: Learning, age: np.ndarray) -> np.ndarray:
    """Return the probability that a head is still there `age` days after the first day of its class.

    The probability to leave within a month of tenure is spread evenly over the month: after a + x months, x < 1, there
    are ``Π_{i < a} (1 − leave[i]) · (1 − leave[a])^x``. Those who fail are gone on the day after the training. Before
    the first day (`age` < 0) nobody has left.
    """
    months = np.maximum(age, 0.0) / MONTH_DAYS
    last = len(learning.leave) - 1
    whole = np.minimum(months.astype(int), last)
    stay = 1.0 - np.asarray(learning.leave, dtype=float)
    until = np.concatenate([[1.0], np.cumprod(stay)])
    passed = np.where(age >= training_days(learning.training_weeks), 1.0 - learning.fails, 1.0)
    return np.asarray(until[whole] * stay[whole] ** (months - whole) * np.where(age < 0, 1.0, passed))


def staying_experienced(learning: Learning, days: np.ndarray) -> np.ndarray:
    """Return the probability that an experienced head is still there `days` later; 1 before."""
    return np.asarray((1.0 - learning.leave[-1]) ** (np.maximum(days, 0.0) / MONTH_DAYS))


def working_speed(speed: np.ndarray, weeks: float, age: np.ndarray) -> np.ndarray:
    """Return the work of an hour, `age` days after the start of a training of `weeks`: 0 before its end."""
    after = age - training_days(weeks)
    month = np.clip((after / MONTH_DAYS).astype(int), 0, len(speed) - 1)
    return np.where(after < 0, 0.0, np.asarray(speed, dtype=float)[month])

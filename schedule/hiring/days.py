"""The days of the planned months: what happens within a month is counted by day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from .problem import Months


@dataclass(frozen=True)
class Days:
    """Consecutive days, from the first of the first month to the first after the last month.

    Parameters
    ----------
    first
        Day number 0.
    begin
        Number of the first day of each month, and of the day after the last month, shape (T + 1,).
    """

    first: dt.date
    begin: np.ndarray

    @classmethod
    def of(cls, months: Months) -> Days:
        """Return the days of `months`."""
        return cls(months.first, np.array([(d - months.first).days for d in months.starts()]))

    @property
    def months(self) -> int:
        """Number of months, T."""
        return len(self.begin) - 1

    @property
    def numbers(self) -> np.ndarray:
        """0 … number of days, the day after the last month included, shape (D + 1,)."""
        return np.arange(self.begin[-1] + 1)

    def number(self, date: dt.date) -> int:
        """Return the number of `date`; negative before the first day."""
        return (date - self.first).days

    def month(self, date: dt.date) -> int:
        """Return the month that holds `date`, −1 before the first; T from the end on."""
        return int(np.searchsorted(self.begin, self.number(date), side="right")) - 1

    def mean(self, values: np.ndarray) -> np.ndarray:
        """Return the mean over the days of each month of values by day, shape (…, D + 1) → (…, T)."""
        sums = np.add.reduceat(values[..., :-1], self.begin[:-1], axis=-1)
        return np.asarray(sums / np.diff(self.begin))

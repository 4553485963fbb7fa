"""Whether a figure rises or falls from period to period, with the interval of its change."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from .sampling import LEVEL, Z

LEAST_PERIODS = 3
"""Periods with a figure, at least, from which a trend is told."""


@dataclass(frozen=True)
class Trend:
    """The change of a figure from one period to the next, with its 95 % interval.

    Attributes
    ----------
    change, low, high
        Per period, in the unit of the figure.
    periods
        Periods that it rests on.
    """

    change: float
    low: float
    high: float
    periods: int

    @property
    def told(self) -> bool:
        """Whether the figure can be told from one that does not move."""
        return self.low > 0 or self.high < 0


def trend(
    places: Sequence[float], values: Sequence[float], low: Sequence[float], high: Sequence[float]
) -> Trend | None:
    """Return the trend of figures by weighted least squares; None where fewer than `LEAST_PERIODS` are known.

    Each figure weighs by the width of its interval. Where figures lie farther from the line than their intervals
    say, the interval of the change is widened by as much (R. T. Birge, Physical Review 40, 1932), with Student's
    quantile, as few figures tell little of how far they scatter.

    Parameters
    ----------
    places
        Numbers of the periods; they need not follow each other.
    values, low, high
        Figures and their 95 % intervals, NaN = unknown.

    Examples
    --------
    >>> found = trend([0, 1, 2], [0.70, 0.72, 0.74], [0.69, 0.71, 0.73], [0.71, 0.73, 0.75])
    >>> round(found.change, 3), found.told
    (0.02, True)
    """
    x, y = np.asarray(places, dtype=float), np.asarray(values, dtype=float)
    error = (np.asarray(high, dtype=float) - np.asarray(low, dtype=float)) / (2 * Z)
    known = np.isfinite(y) & np.isfinite(error) & (error > 0)
    if known.sum() < LEAST_PERIODS:
        return None
    x, y, weight = x[known], y[known], error[known] ** -2.0
    middle, level = (weight @ x) / weight.sum(), (weight @ y) / weight.sum()
    square = float(weight @ (x - middle) ** 2)
    change = float(weight @ ((x - middle) * (y - level))) / square
    rest = float(weight @ (y - level - change * (x - middle)) ** 2) / (len(x) - 2)
    scattered = float(stats.t.ppf(0.5 + LEVEL / 2, len(x) - 2)) * math.sqrt(rest)
    half = max(Z, scattered) / math.sqrt(square)
    return Trend(change, change - half, change + half, len(x))

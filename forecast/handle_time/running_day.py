"""Handle times of a running day: how far the rest of the day follows those that came."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..ranges import check_ranges


@dataclass(frozen=True)
class HandleUpdateParams:
    """How handle times stray, as shares of their forecast.

    Parameters
    ----------
    day_sd
        Standard deviation of a whole day's mean about its forecast, above 0: 4 to 6 % at the desks measured.
    hour_sd
        The same of an hour about its day, above 0: 3 to 10 %.
    """

    day_sd: float = 0.05
    hour_sd: float = 0.05

    def __post_init__(self) -> None:
        check_ranges(self, positive=("day_sd", "hour_sd"))


def handle_factor(
    came_s: np.ndarray,
    calls: np.ndarray,
    forecast_s: np.ndarray,
    handle_cv: float,
    interval_min: int,
    params: HandleUpdateParams | None = None,
) -> float:
    r"""Return the factor by which the rest of the day's handle times are expected to differ from their forecast.

    With r the mean ratio of what came to what was forecast, weighted by calls, and v its variance about the day's true
    ratio (of single calls, and of hours), the factor is :math:`1 + d^2 / (d^2 + v) · (r - 1)`: the posterior mean of a
    normal day effect of standard deviation d.

    Parameters
    ----------
    came_s, calls
        Mean handle time and calls that it was measured on, by interval; NaN or 0 where nothing came.
    forecast_s
        Forecast of the handle time.
    handle_cv
        Coefficient of variation of a single call's handle time.
    interval_min
        Minutes of an interval.
    """
    asked = params or HandleUpdateParams()
    known = np.isfinite(came_s) & np.isfinite(forecast_s) & (forecast_s > 0.0) & (calls > 0.0)
    total = float(calls[known].sum())
    if total <= 0.0:
        return 1.0
    ratio = float((calls[known] * came_s[known] / forecast_s[known]).sum()) / total
    hours = max(known.sum() * interval_min / 60.0, 1.0)
    noise = handle_cv**2 / total + asked.hour_sd**2 / hours
    weight = asked.day_sd**2 / (asked.day_sd**2 + noise)
    return float(max(1.0 + weight * (ratio - 1.0), 0.1))

"""Daily and weekly seasons by loess, and exponential smoothing of what is left."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..ranges import check_ranges
from .contract import Model
from .profile import fill


@dataclass(frozen=True)
class MstlParams:
    """What is decomposed, and how smoothly.

    Parameters
    ----------
    window_weeks
        Weeks decomposed, at most, at least `least_weeks`: the season of older weeks is no longer today's.
    least_weeks
        Weeks from which on there is a weekly season, at least 2: with fewer it would repeat chance.
    least_days
        Days from which on the rest is smoothed, at least 3: with fewer its constant cannot be estimated.
    day_window
        Cycles over which the daily season is smoothed, odd, at least 3: about six weeks of weekdays.
    week_window
        Cycles over which the weekly season is smoothed, odd, at least 3: more than the weeks decomposed, so nearly
        their mean.
    knots
        Points per cycle at which the slow loess curves are computed, at least 1; between them they are straight.
    """

    window_weeks: int = 12
    least_weeks: int = 4
    least_days: int = 10
    day_window: int = 31
    week_window: int = 15
    knots: int = 10

    def __post_init__(self) -> None:
        check_ranges(
            self,
            window_weeks=(self.least_weeks, np.inf),
            least_weeks=(2, np.inf),
            least_days=(3, np.inf),
            day_window=(3, np.inf),
            week_window=(3, np.inf),
            knots=(1, np.inf),
        )


PARAMS = MstlParams()


class MstlEts(Model):
    r"""Seasonal and trend decomposition by loess, and exponential smoothing of what is left, day by day.

    Roots :math:`z = \sqrt{calls + 1/4}` of the last `window_weeks` weeks, laid end to end over the intervals that are
    usually open, are split by `statsmodels.tsa.seasonal.MSTL` (Bandara, Hyndman and Bergmeir 2021, arXiv 2107.13462)
    into a daily season, a weekly season and the rest. Both seasons repeat as they last were; the daily means of the
    rest are forecast by simple exponential smoothing, whose variance h open days ahead is
    :math:`\sigma^2 (1 + (h - 1)\,\alpha^2)` (Hyndman, Koehler, Ord and Snyder 2008, Forecasting with Exponential
    Smoothing, chapter 6); what is left inside the days is noise.

    The series needs every interval of every week: missing ones, and days that are shut or behave like another weekday,
    are filled with the median of their weekday. The daily season is there only where all open weekdays have the same
    hours (the weekly one holds it else). Seasons are smoothed by local constants (`day_window` and `week_window` cycles
    wide), which repeat better than local lines. With less than `least_weeks` weeks the only season is the mean of each
    interval of the day; with less than `least_days` days the rest stays at its mean.
    """

    name: ClassVar[str] = "mstl_ets"

    def __init__(self, params: MstlParams = PARAMS) -> None:
        self.params = params

    def _learn(self) -> None:
        past = self.history
        self._last = int(np.flatnonzero(past.seen.any(axis=1))[-1])
        weeks = min((self._last + 1) // 7, self.params.window_weeks)
        enough = weeks >= self.params.least_weeks
        part = slice(self._last + 1 - 7 * weeks if enough else 0, self._last + 1)
        dates, z = past.dates[part], np.sqrt(past.calls[part] + 0.25)
        weekday = past.features(dates)["weekday"].to_numpy()
        actual = np.array([d.weekday() for d in dates])
        self._season = _weekly_season(z, weekday, actual, self.params) if enough else _daily_season(z)
        days = past.seen[part].any(axis=1)
        self._pace = float(days.mean())
        rest = (z - self._season[weekday])[days]
        n = np.isfinite(rest).sum(axis=1)
        level = np.nansum(rest, axis=1) / n
        self._inside = float(np.nansum((rest - level[:, None]) ** 2)) / max(int((n - 1).sum()), 1)
        self._alpha, self._level, self._between = _smoothed(level, self.params.least_days)

    def _expect(self, dates: Sequence[dt.date]) -> tuple[np.ndarray, np.ndarray]:
        past = self.history
        weekday = past.features(dates)["weekday"].to_numpy()
        days = np.array([(d - past.first_date).days - self._last for d in dates])
        ahead = np.maximum(days * self._pace - 1.0, 0.0)
        z = np.maximum(self._season[weekday] + self._level, 0.0)
        variance = self._between * (1.0 + ahead * self._alpha**2) + self._inside
        variance = np.maximum(variance, 0.25)[:, None] + np.zeros(z.shape)
        return z**2 + variance - 0.25, variance


def _daily_season(z: np.ndarray) -> np.ndarray:
    """Return the mean of each interval, the same on all weekdays, shape (7, P)."""
    n = np.isfinite(z).sum(axis=0)
    with np.errstate(invalid="ignore"):
        return np.tile(fill(np.nansum(z, axis=0) / n), (7, 1))


def _weekly_season(z: np.ndarray, weekday: np.ndarray, actual: np.ndarray, params: MstlParams) -> np.ndarray:
    """Return both seasons together as they were in the last of whole weeks, shape (7, P); see `MstlEts`."""
    from statsmodels.tsa.seasonal import MSTL  # statsmodels takes a second to import

    own = np.where((weekday == actual)[:, None], z, np.nan)
    week = own.reshape(-1, 7, z.shape[1])  # days of one weekday below each other
    usual: np.ndarray = np.asarray(np.isfinite(week).any(axis=0))
    held = week[:, usual]
    series = np.where(np.isfinite(held), held, np.nanmedian(held, axis=0)).ravel()
    hours = usual[usual.any(axis=1)]
    alike = len(hours) > 1 and bool((hours == hours[0]).all())
    lengths = {"day": int(hours[0].sum()) if alike else 0, "week": int(usual.sum())}
    periods = {season: n for season, n in lengths.items() if n > 1}
    if not periods:
        return _daily_season(z)
    jump = 1 + max(periods.values()) // params.knots
    windows = {"day": params.day_window, "week": params.week_window}
    found = MSTL(
        series,
        periods=tuple(periods.values()),
        windows=tuple(windows[season] for season in periods),
        stl_kwargs={"trend_jump": jump, "low_pass_jump": jump, "seasonal_deg": 0},
    ).fit()
    out = np.full(usual.shape, np.nan)
    out[usual] = found.seasonal.reshape(len(series), -1).sum(axis=1)[-int(usual.sum()) :]
    n = usual.sum(axis=0)
    with np.errstate(invalid="ignore"):
        pooled = fill(np.nansum(out, axis=0) / n)
    season = np.empty(out.shape)
    season[actual[:7]] = np.where(usual, out, pooled)
    return season


def _smoothed(level: np.ndarray, least_days: int) -> tuple[float, float, float]:
    """Return the smoothing constant α, the next level and the variance of its one-step errors."""
    if len(level) < least_days:
        return 0.0, float(level.mean()), float(level.var(ddof=min(1, len(level) - 1)))
    from statsmodels.tools.sm_exceptions import ConvergenceWarning
    from statsmodels.tsa.holtwinters import SimpleExpSmoothing

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # an early stop costs accuracy, not truth
        found = SimpleExpSmoothing(level, initialization_method="estimated").fit()
    alpha = float(found.params["smoothing_level"])
    return alpha, float(found.forecast(1)[0]), float(found.sse) / (len(level) - 2)

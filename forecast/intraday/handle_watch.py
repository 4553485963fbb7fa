"""Handle times of a day against their forecast: ratios, how they stray, and their surprises."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize

from ..calls.history import History
from ..handle_time.cells import HandleCells, handle_cells
from ..handle_time.models import followed
from ..progress import Watch
from .innovations import Innovations, innovations
from .params import PARAMS, WatchParams

FAR_SD = 4.0
"""Standard deviations to which ratios are drawn in before their scatter is measured, above 0: handle times have long
tails."""
USUAL = (1.0, 0.05, 0.05)
"""Usual standard deviations of one call, of an interval and of a day, as shares of the expected handle time."""


@dataclass(frozen=True)
class HandleDay:
    """The mean handle times of one day over their forecast, in the intervals in which they are known.

    Attributes
    ----------
    date
        Local day.
    cells
        Wall-clock intervals, ascending, shape (n,).
    ratio, calls
        Mean handle time over its forecast, and the calls that it is the mean of, shape (n,).
    """

    date: dt.date
    cells: np.ndarray
    ratio: np.ndarray
    calls: np.ndarray


@dataclass(frozen=True)
class HandleLaw:
    """How mean handle times stray from their forecast: standard deviations as shares.

    Attributes
    ----------
    call_sd
        Of a single call; the mean of n calls strays by this over √n.
    interval_sd
        Of an interval, whatever its calls.
    day_sd
        Of a whole day.
    """

    call_sd: float
    interval_sd: float
    day_sd: float

    def innovations(self, day: HandleDay, minutes: int, params: WatchParams) -> Innovations:
        """Return the surprises of a day."""
        n = len(day.cells)
        covariance = np.full((n, n), self.day_sd**2)
        covariance[np.diag_indices(n)] += self.call_sd**2 / day.calls + self.interval_sd**2
        return innovations(day.cells, day.ratio, np.ones(n), covariance, minutes, params.window_min, power=1)


def handle_day(date: dt.date, expected: np.ndarray, seconds: np.ndarray, calls: np.ndarray) -> HandleDay:
    """Return a day's ratios where all of its figures, each of shape (P,), are known and above 0."""
    with np.errstate(invalid="ignore"):
        cells = np.flatnonzero((seconds > 0.0) & (calls > 0.0) & (expected > 0.0) & np.isfinite(seconds + calls))
    return HandleDay(date, cells, seconds[cells] / expected[cells], calls[cells])


def settled(day: HandleDay, expected: np.ndarray, minutes: int, until: int) -> HandleDay:
    """Return the day without its last intervals, whose long calls go on: two handle times before the end of `until`."""
    ends = (day.cells + 1) * minutes * 60.0
    keep = ends + 2.0 * expected[day.cells] <= (until + 1) * minutes * 60.0
    return HandleDay(day.date, day.cells[keep], day.ratio[keep], day.calls[keep])


def handle_days(history: History, params: WatchParams = PARAMS, watch: Watch | None = None) -> list[HandleDay]:
    """Return the last `days` days with handle times, forecast from before each stretch of `refit_days` days."""
    known = np.flatnonzero((np.isfinite(history.handle_s) & (history.answered > 0)).any(axis=1))
    rows = known[params.base_days :][-params.days :]
    out = []
    for n, row in enumerate(rows):
        if n % params.refit_days == 0:
            if watch is not None:
                watch.raise_if_stopped()
            past = history.until(history.dates[row - 1])
            cells: HandleCells | None = handle_cells(past)
        if cells is not None:
            date = history.dates[row]
            expected = followed(cells, past.last_date, [date])[0]
            out.append(handle_day(date, expected, history.handle_s[row], history.answered[row]))
    return [day for day in out if len(day.cells)]


def handle_law_of(days: Sequence[HandleDay]) -> HandleLaw:
    """Return the law under which past ratios are most likely, times a wide prior about the usual one."""
    ratios = np.concatenate([day.ratio for day in days])
    middle = float(np.median(ratios))
    limit = FAR_SD * max(1.4826 * float(np.median(np.abs(ratios - middle))), 1e-3)
    apart = [np.clip(day.ratio - 1.0, -limit, limit) for day in days]

    def unlikely(x: np.ndarray) -> float:
        call, interval, whole = (usual * np.exp(np.clip(v, -5.0, 5.0)) for usual, v in zip(USUAL, x, strict=True))
        total = 0.5 * float(x @ x)
        for day, off in zip(days, apart, strict=True):
            spread = call**2 / day.calls + interval**2
            inner = 1.0 + whole**2 * float((1.0 / spread).sum())
            square = float((off**2 / spread).sum()) - whole**2 * float((off / spread).sum()) ** 2 / inner
            total += 0.5 * (float(np.log(spread).sum()) + float(np.log(inner)) + square)
        return total

    simplex = np.vstack([np.zeros(3), 0.7 * np.eye(3)])
    options = {"maxfev": 200, "xatol": 0.03, "fatol": 0.3, "initial_simplex": simplex}
    found = optimize.minimize(unlikely, np.zeros(3), method="Nelder-Mead", options=options).x
    return HandleLaw(*(float(usual * np.exp(np.clip(v, -5.0, 5.0))) for usual, v in zip(USUAL, found, strict=True)))

"""A race of models of handle time over past origins: the one with the least error forecasts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..calendar.grid import Grid, midnight
from ..calls.history import History, Note
from .cells import HandleCells, handle_cells
from .models import HANDLE_MODELS

LEAST_DAYS = 28
"""Days of history before an origin, at least: four weeks hold each weekday four times."""
MOST_AHEAD = 14
"""Days over which models are tried, at most: planning looks two weeks ahead."""
FIRST = "level_and_shape"
"""Model used unless another was clearly better."""
CLEAR_SE = 2.0
"""Standard errors by which another model must be better, above 0: less is chance."""
LEAST_ORIGINS = 4
"""Origins from which another model may win, at least 2: fewer give no standard error to rely on."""
HANDLE_COLUMNS = ("queue", "model", "wape", "bias", "rmse_s", "day_wape", "origins", "chosen")


@dataclass(frozen=True)
class HandleForecast:
    """Expected handle times, and what they rest on.

    Attributes
    ----------
    seconds
        Mean handle time, shape (days of the grid, P).
    backtest
        Rows ``queue, model, wape, bias, rmse_s, day_wape, origins, chosen``; none where nothing could be tried.
    notes
        What was found odd.
    """

    seconds: np.ndarray
    backtest: pd.DataFrame
    notes: tuple[Note, ...] = ()


def handle_forecast(
    history: History, grid: Grid, configured: float | None = None, *, origins: int = 8, least_days: int = LEAST_DAYS
) -> HandleForecast:
    """Return the handle time of each day and interval by the model that past origins speak for.

    `FIRST` is used unless another model's mean square error per call was clearly less: by `CLEAR_SE` standard errors of
    the differences over at least `LEAST_ORIGINS` origins. Squares, since the load wants a mean: an absolute error would
    draw it towards the median of a skew law, and the staff with it.

    Parameters
    ----------
    history
        Past of the queue.
    grid
        Days wanted, after the history.
    configured
        Used where the history has no handle time at all; without either the times are NaN, and a note says so.
    origins, least_days
        Past origins to try from, at most, and the days that each must have behind it.
    """
    cells = handle_cells(history)
    if cells is None:
        shape = (grid.days, history.calls.shape[1])
        if configured is not None:
            return HandleForecast(np.full(shape, float(configured)), _table([]))
        note = Note(history.queue, grid.first, grid.end, "handle_time", "no handle time in the history, none given",
                    "left blank; agents cannot be required without it")  # fmt: skip
        return HandleForecast(np.full(shape, np.nan), _table([]), (note,))
    trials = _race(history, cells, grid, origins, least_days)
    chosen = _chosen(trials) if trials else FIRST
    rows = [(history.queue, name, *trial.errors(), int(name == chosen)) for name, trial in trials.items()]
    return HandleForecast(HANDLE_MODELS[chosen](cells, history.last_date, grid.dates), _table(rows),
                          _notes(history, cells))  # fmt: skip


def _table(rows: Sequence[tuple[object, ...]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(HANDLE_COLUMNS))


@dataclass(frozen=True)
class _Trial:
    """Forecast and actual handle times of a model, shape (origins, days, P), with the calls behind it."""

    forecast: np.ndarray
    actual: np.ndarray
    calls: np.ndarray

    @property
    def squares(self) -> np.ndarray:
        """Squared error of each origin, summed over calls, shape (origins,)."""
        return np.asarray((self.calls * (self.forecast - self.actual) ** 2).sum(axis=(1, 2)))

    def errors(self) -> tuple[float, float, float, float, int]:
        """Return WAPE, bias, root mean square error, WAPE of days, and the origins."""
        off, work = self.calls * (self.forecast - self.actual), float((self.calls * self.actual).sum())
        return (
            float(np.abs(off).sum()) / work,
            float(off.sum()) / work,
            float(np.sqrt(self.squares.sum() / self.calls.sum())),
            float(np.abs(off.sum(axis=2)).sum()) / work,
            len(off),
        )


def _chosen(trials: dict[str, _Trial]) -> str:
    """Return the model to use."""
    best, gain = FIRST, 0.0
    for name, trial in trials.items():
        better = trials[FIRST].squares - trial.squares
        if len(better) >= LEAST_ORIGINS and better.mean() > max(
            gain, CLEAR_SE * better.std(ddof=1) / np.sqrt(len(better))
        ):
            best, gain = name, float(better.mean())
    return best


def _race(history: History, cells: HandleCells, grid: Grid, origins: int, least_days: int) -> dict[str, _Trial]:
    """Run every model over as many days, with as long a lead, as the forecast itself has.

    Origins lie whole weeks apart, the newest such that its days end with the history; each knows nothing later.
    """
    total = len(cells.calls)
    days = min(grid.days, MOST_AHEAD)
    lead = max(0, min((grid.first_date - history.last_date).days - 1, total - least_days - days - 7))
    ends = [e for k in range(origins) if (e := total - lead - days - 7 * k) >= least_days]
    first = history.last_date - dt.timedelta(days=total - 1)
    pasts = [(e, past) for e in ends if (past := handle_cells(history.until(first + dt.timedelta(days=e - 1))))]
    wanted = [slice(e + lead, e + lead + days) for e, _ in pasts]
    if not pasts or not sum(cells.calls[w].sum() for w in wanted) > 0:
        return {}
    calls, actual = (np.stack([values[w] for w in wanted]) for values in (cells.calls, cells.seconds))
    trials = {}
    for name, model in HANDLE_MODELS.items():
        forecasts = [
            model(
                past,
                history.until(first + dt.timedelta(days=e - 1)).last_date,
                [first + dt.timedelta(days=e + lead + i) for i in range(days)],
            )
            for e, past in pasts
        ]
        trials[name] = _Trial(np.stack(forecasts), actual, calls)
    return trials


def _notes(history: History, cells: HandleCells) -> tuple[Note, ...]:
    """Note the absurd means, all in one."""
    count = int(cells.absurd.sum())
    if not count:
        return ()
    grid, before = history.grid(), len(history.calls) - len(cells.calls)
    days = np.flatnonzero(cells.absurd.any(axis=1)) + before
    rows = history.handle_s[before:][cells.absurd]
    what = f"{count} intervals whose mean handle time is absurd ({rows.min():.0f} to {rows.max():.0f} s)"
    start = midnight(grid.dates[days[0]], grid.zone)
    end = midnight(grid.dates[days[-1]] + dt.timedelta(days=1), grid.zone)
    return (Note(history.queue, start, end, "handle_outlier", what, "drawn in or left out"),)

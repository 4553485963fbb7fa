"""A day laid out from tables: forecast, roster, and what came of them."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from ...errors import InputError
from ..formulas.uncertain_rate import rate_cv
from .bins import Bins
from .day import Day
from .smoothing import factors

_SECOND = pd.Timedelta(seconds=1)
HANDLE_SPREAD = 0.05
"""Share by which the mean handle time of a day differs from a good forecast, one standard deviation: 5.8 % at the bank
of the Technion, 4 % on steadier desks. A forecast has no band of handle times that could tell."""


def laid_out(
    volume: pd.DataFrame,
    staffing: pd.DataFrame,
    date: dt.date,
    *,
    interval_min: int,
    absent: float,
    handle_cv: float,
    came: pd.DataFrame | None = None,
    required: pd.Series | None = None,
    phone: pd.DataFrame | None = None,
) -> Day:
    """Return the day `date` of one queue.

    Parameters
    ----------
    volume
        Rows of ``volume.csv`` of the queue, those of the day before among them.
    staffing
        Stretches ``start, end`` on the phone by the roster, one head each.
    interval_min
        Minutes of the volume's intervals.
    absent
        Share of the roster whose absence was reckoned with.
    handle_cv
        Coefficient of variation of single handle times.
    came
        By row of the day (index of `volume`) ``offered``, ``handle_n`` and ``handle_s``: calls, and the number and the
        mean of the handle times that are known; NaN = unknown. Where an interval of calls is unknown, or every handle
        time is, that cause is not told. None = nothing is known.
    required
        Heads required in the roster, by start; None, or a start that is missing = not known.
    phone
        Stretches ``start, end`` that people were on the phone; None = not known.

    Raises
    ------
    InputError
        If nothing is open on the day, or the forecast has no handle time.

    Notes
    -----
    The many parameters are the tables of a plan and of what came, given by name.
    """
    rows = volume.sort_values("start", ignore_index=False)
    starts = rows["start"].reset_index(drop=True)
    bins = Bins.of(starts, interval_min, date)
    columns = {name: rows[name].to_numpy(dtype=float) for name in ("calls", "handle_s")}
    mine = (starts.dt.date == date).to_numpy()
    used = np.unique(bins.row[bins.row >= 0])
    if not (columns["handle_s"][used] > 0.0).all():
        raise InputError("the forecast has no handle time on this day", column="handle_s", value=str(date))
    patience = rows["patience_s"].to_numpy(dtype=float) if "patience_s" in rows else np.full(len(rows), np.nan)
    cv = rate_cv(rows)
    calls_came, handle_came = (None, None) if came is None else _rates(columns, starts, cv, handle_cv, mine, came, rows)
    return Day(
        bins,
        calls=bins.shared(columns["calls"], interval_min),
        cv=bins.like(cv),
        handle_s=bins.like(columns["handle_s"]),
        patience_s=bins.like(np.where(np.isnan(patience), np.inf, patience)),
        scheduled=bins.heads(staffing),
        absent=np.full(len(bins.row), absent),
        required=None if required is None else _required(required, starts, bins, used),
        calls_came=None if calls_came is None else bins.shared(calls_came, interval_min),
        handle_came_s=None if handle_came is None else bins.like(handle_came),
        heads_came=None if phone is None else _came(bins, phone, staffing, absent),
    )


def _rates(
    columns: dict[str, np.ndarray],
    starts: pd.Series,
    cv: np.ndarray,
    handle_cv: float,
    mine: np.ndarray,
    came: pd.DataFrame,
    rows: pd.DataFrame,
) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Return calls and handle times of all rows as they came, without the chance in them; None = unknown."""
    told = came.reindex(rows.index[mine])
    seconds = ((starts[mine] - starts[mine].iloc[0]) / _SECOND).to_numpy(float)
    calls, handle = columns["calls"][mine], columns["handle_s"][mine]
    offered, n, mean = (told[name].to_numpy(dtype=float) for name in ("offered", "handle_n", "handle_s"))
    calls_came = handle_came = None
    if np.isfinite(offered).all():
        spread = float(np.average(cv[mine], weights=calls)) if calls.any() else 0.0
        factor = factors(offered, calls, lambda expected: expected, seconds, spread)
        calls_came = columns["calls"].copy()
        calls_came[mine] = np.where(calls > 0.0, calls * factor, offered)
    n = np.where(mean > 0.0, np.nan_to_num(n), 0.0)
    if n.sum() > 0.0:
        variance = np.divide(handle_cv**2, n, out=np.zeros(len(n)), where=n > 0.0)
        work = np.where(n > 0.0, n * np.nan_to_num(mean), np.nan)
        factor = factors(work, n * handle, lambda expected: variance * expected**2, seconds, HANDLE_SPREAD)
        handle_came = columns["handle_s"].copy()
        handle_came[mine] = handle * factor
    return calls_came, handle_came


def _required(required: pd.Series, starts: pd.Series, bins: Bins, used: np.ndarray) -> np.ndarray | None:
    """Return the heads required in each bin; None where those of an interval are missing."""
    found = required.reindex(pd.Index(starts)).to_numpy(dtype=float)
    return bins.like(found) if np.isfinite(found[used]).all() else None


def _came(bins: Bins, phone: pd.DataFrame, staffing: pd.DataFrame, absent: float) -> np.ndarray:
    """Return the heads that were there; before the day begins those that could be expected."""
    return np.where(bins.counts | (bins.row < 0), bins.heads(phone), bins.heads(staffing) * (1.0 - absent))

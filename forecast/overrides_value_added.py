"""Whether the planner's overrides came nearer to the calls than the model did."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pandas as pd

from .backtesting.race import ORIGINS
from .calendar.calendars import Calendar
from .calendar.grid import Grid
from .calls.arrange import histories
from .errors import InputError
from .overrides import Override, overrides_of
from .predict import forecast
from .progress import Watch

LEAST_DAYS = 14
"""Days of history before an override, at least: what the models other than the simple ones need."""
VALUE_COLUMNS = ("queue", "intervals", "calls", "wape_model", "wape_override", "added", "helped")


def overrides_helped(volume: pd.DataFrame, actual: pd.DataFrame) -> pd.DataFrame:
    """Compare model and override with the actual calls, where the two differ (forecast value added).

    Parameters
    ----------
    volume
        Rows of ``volume`` of any number of runs, with ``model_calls``.
    actual
        ``queue, start`` and ``calls`` (or ``offered``) on the same intervals; NaN = unknown, left out.

    Returns
    -------
    pandas.DataFrame
        Per queue: ``intervals`` overridden and known, their actual ``calls``, ``wape_model`` and ``wape_override``
        (Σ absolute error / Σ calls; NaN without calls), ``added`` = their difference, positive where overriding
        helped, and ``helped``, the share of the intervals in which the override was nearer. No row for a queue without
        any.

    Raises
    ------
    InputError
        If a column is missing, or the times of one table have a zone and those of the other none.

    Examples
    --------
    >>> start = pd.to_datetime(["2026-03-02 08:00", "2026-03-02 08:30"])
    >>> volume = pd.DataFrame({"queue": "calls", "start": start, "calls": [60.0, 50.0], "model_calls": [40.0, 50.0]})
    >>> actual_calls = pd.DataFrame({"queue": "calls", "start": start, "calls": [50.0, 50.0]})
    >>> overrides_helped(volume, actual_calls)[["intervals", "added", "helped"]].values.tolist()
    [[1.0, 0.0, 0.0]]
    """
    seen = actual.rename(columns={"offered": "calls"}) if "calls" not in actual else actual
    for table, columns in ((volume, ("queue", "start", "calls", "model_calls")), (seen, ("queue", "start", "calls"))):
        for column in columns:
            if column not in table:
                raise InputError(f"column {column!r} is missing", value=", ".join(map(str, table.columns)))
    if (volume["start"].dt.tz is None) != (seen["start"].dt.tz is None):
        raise InputError("times with and without a zone", column="start", mend="Give both tables the same zone")
    changed = volume[volume["calls"] != volume["model_calls"]]
    both = changed.merge(seen[["queue", "start", "calls"]], on=["queue", "start"], suffixes=("", "_actual"))
    both = both[both["calls_actual"].notna()]
    rows = []
    for queue, part in both.groupby("queue", sort=False):
        actual_calls = part["calls_actual"].to_numpy(dtype=float)
        own, model = (np.abs(part[c].to_numpy(dtype=float) - actual_calls) for c in ("calls", "model_calls"))
        total = actual_calls.sum() if actual_calls.sum() > 0 else np.nan
        of_model, of_own = float(model.sum() / total), float(own.sum() / total)
        rows.append(
            (queue, len(part), actual_calls.sum(), of_model, of_own, of_model - of_own, float((own < model).mean()))
        )
    return pd.DataFrame(rows, columns=list(VALUE_COLUMNS))


def overrides_backtest(
    calls: pd.DataFrame,
    calendar: Calendar,
    overrides: pd.DataFrame | Sequence[Override],
    *,
    interval_min: int,
    model: str = "auto",
    watch: Watch | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Forecast anew the intervals of past overrides, and measure whether the overrides helped.

    The model knows the calls of the days before the override was ``made`` (without that: before it begins). Overrides
    made after their span began are hindsight and left out, as are those outside the history or with less than
    `LEAST_DAYS` days before them.

    Parameters
    ----------
    calls, calendar, model, watch
        As for `rolling.backtest`.
    overrides
        Rows of ``overrides``.
    interval_min
        Length of a forecast interval.

    Returns
    -------
    volume : pandas.DataFrame
        The overridden intervals, rows of ``volume``.
    value : pandas.DataFrame
        `overrides_helped` of them.

    Raises
    ------
    InputError
        If no override can be judged, or one of them is wrong (see `overrides.overridden`).
    """
    if isinstance(overrides, pd.DataFrame):
        overrides = overrides_of(overrides, zone=calendar.zone, minutes=interval_min)
    pasts = histories(calls, calendar, minutes=interval_min)
    first = min(h.first_date for h in pasts.values()) + dt.timedelta(days=LEAST_DAYS - 1)
    last = max(h.last_date for h in pasts.values())
    by_origin: dict[dt.date, list[Override]] = {}
    for one in overrides:
        if one.made is not None and one.made > one.start:
            continue
        origin = (one.start if one.made is None else one.made).date() - dt.timedelta(days=1)
        if origin >= first and one.start.date() <= last:
            by_origin.setdefault(origin, []).append(one)
    if not by_origin:
        raise InputError(
            "no override to judge",
            value=f"{len(overrides)} overrides",
            mend=f"Give some that were made before they began and lie between {first} and {last}",
        )
    changed = []
    for origin, ones in sorted(by_origin.items()):
        final = max((o.end - pd.Timedelta(microseconds=1)).date() for o in ones)
        grid = Grid(origin + dt.timedelta(days=1), (final - origin).days, interval_min, calendar.zone)
        volume = forecast(
            calls,
            grid,
            calendar,
            models=model,
            handle_s=dict.fromkeys(pasts, 1.0),
            overrides=ones,
            watch=watch,
            origins=ORIGINS if model == "auto" else 0,
        ).volume
        changed.append(volume[volume["calls"] != volume["model_calls"]])
    table = pd.concat(changed, ignore_index=True)
    return table, overrides_helped(table, pd.concat([h.table() for h in pasts.values()], ignore_index=True))

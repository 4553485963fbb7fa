"""The span of a simulation on the clock: seconds since its first midnight, local days, and the periods it reports."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ...calendar.grid import WEEKDAYS, midnight
from .arrivals import Arrivals


def zone_of(table: pd.DataFrame) -> str | None:
    """Return the time zone of the starts of `table`, None where they have none."""
    zone = table["start"].dt.tz
    return None if zone is None else str(zone)


def seconds_since(zero: pd.Timestamp, times: pd.Series) -> np.ndarray:
    """Return `times` in seconds since `zero`."""
    return np.asarray(((times - zero) / pd.Timedelta(seconds=1)).to_numpy(float))


def days_of(zero: pd.Timestamp, end: pd.Timestamp, zone: str | None) -> dict[dt.date, float]:
    """Return every local day from `zero` to `end` and the seconds since `zero` at which it begins."""
    dates = [d.date() for d in pd.date_range(zero.date(), end.date())]
    return {d: (midnight(d, zone) - zero).total_seconds() for d in dates}


def reported_periods(
    arrivals: Arrivals,
    zero: pd.Timestamp,
    days: Mapping[dt.date, float],
    report_s: float | None,
    week_start: str,
    parts: tuple[str, Sequence[dt.date]] = ("", ()),
) -> dict[str, tuple[pd.DatetimeIndex, np.ndarray]]:
    """Return per kind of period (interval, day, week) the starts, and the position of each one's first interval.

    Parameters
    ----------
    zero
        Midnight of the first day.
    days
        Every local day and the seconds since `zero` at which it begins.
    report_s
        Seconds of the intervals that are reported, counted from local midnight; None = the intervals of `arrivals`.
    week_start
        Weekday on which weeks begin.
    parts
        A further kind of period, and the first days of its periods; none where there are no days.
    """
    lead, zone = WEEKDAYS.index(week_start), None if zero.tz is None else str(zero.tz)
    weeks = [d - dt.timedelta(days=(d.weekday() - lead) % 7) for d in arrivals.dates]
    begin = arrivals.begin
    if report_s is not None:
        morning = np.array([days[d] for d in arrivals.dates])[arrivals.day]
        begin = morning + np.floor((begin - morning) / report_s) * report_s
    begin, first = np.unique(begin, return_index=True)
    out = {"interval": (pd.DatetimeIndex(zero + pd.to_timedelta(begin, unit="s")).as_unit("us"), first)}
    name, begins = parts
    parted = [max((b for b in begins if b <= d), default=begins[0]) for d in arrivals.dates] if begins else []
    for kind, label in (("day", arrivals.dates), ("week", weeks), *([(name, parted)] if begins else [])):
        dates, first = np.unique(np.array(label)[arrivals.day], return_index=True)
        out[kind] = (pd.DatetimeIndex([midnight(d, zone) for d in dates]).as_unit("us"), first)
    return out

"""How a table of calls is read as history: interval, opening hours, closed days, holidays, zone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from ..calendar.grid import refuse_far_year
from ..calendar.local_times import written_date
from ..errors import InputError

MINUTES = (5, 10, 15, 20, 30, 60)
"""Intervals that may be forecast, minutes: whole parts of an hour that reports of call centres use."""


@dataclass(frozen=True)
class HistoryOptions:
    """How a table of calls is read.

    Parameters
    ----------
    interval_min
        Minutes of an interval of the forecast, one of `MINUTES`. The calls may come in finer steps.
    open_hours
        Opening hours of every weekday that has calls, ``07:00-21:00``; None = as the calls show.
    closed
        Days known to be shut, past and to come.
    country, subdivision
        Whose public holidays (codes of the package *holidays*); None = none.
    min_intervals
        A day with fewer intervals than this counts as missing, at least 0.
    queue
        The only queue to read; None = all.
    zone
        IANA time zone of stamps without an offset; None = wall clock, clock changes are not checked.

    Raises
    ------
    InputError
        If `interval_min` or `min_intervals` is out of range.
    """

    interval_min: int = 30
    open_hours: str | None = None
    closed: tuple[dt.date, ...] = ()
    country: str | None = None
    subdivision: str | None = None
    min_intervals: int = 0
    queue: str | None = None
    zone: str | None = None

    def __post_init__(self) -> None:
        if self.interval_min not in MINUTES:
            raise _no_interval(self.interval_min)
        if self.min_intervals < 0:
            raise InputError("Expected a whole number of at least 0", column="min_intervals", value=self.min_intervals)


def minutes_of(interval: int | str) -> int:
    """Return the minutes of an interval given as a number or as text such as ``30min``.

    Raises
    ------
    InputError
        If it is none, or does not divide an hour.
    """
    try:
        minutes = float(interval) if str(interval).strip().isdigit() else pd.Timedelta(interval) / pd.Timedelta("1min")
    except ValueError:
        minutes = 0.0
    if minutes not in MINUTES:
        raise _no_interval(interval)
    return int(minutes)


def _no_interval(interval: int | str) -> InputError:
    return InputError(
        "not an interval", column="interval", value=str(interval), mend=f"Use {', '.join(f'{m}min' for m in MINUTES)}"
    )


def dates_of(days: Iterable[dt.date | str] | pd.DataFrame) -> tuple[dt.date, ...]:
    """Return dates of dates, stamps or text like 2026-12-25; of a table its column ``date``.

    Raises
    ------
    InputError
        If a value is no date, lies outside the years that are known, or the table has no such column.
    """
    if isinstance(days, pd.DataFrame):
        if "date" not in days:
            raise InputError("column 'date' is missing", column="date", mend="Closed days need a column date")
        days = days["date"]
    if isinstance(days, str):
        days = [days]
    out = []
    for row, day in enumerate(days, start=2):
        stamp = written_date(day)
        if pd.isna(stamp):
            raise InputError("not a date", row=row, column="date", value=str(day), mend="Write it like 2026-12-25")
        refuse_far_year(stamp.date(), row=row, column="date", value=str(day))
        out.append(stamp.date())
    return tuple(out)

"""Intervals without a row: zero calls, or unknown."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
import pandas as pd

from .merge import COUNTS, Notes

NoRow = Literal["zero", "unknown"]
UNSEEN = 0.02
"""Zeros to be expected as a share of the rows, from 0 to 1, from which a file without any zero leaves them out."""
LEAST, LEAST_ROWS = 10.0, 50
"""Zeros to be expected, and rows, at least, before a file is taken to leave zeros out: fewer may be chance."""
RARE = 0.01
"""Chance, from 0 to 1, below which a whole day without a row is no quiet day but a day that is missing."""
OPEN_WEEKS = 1 / 3
"""Share of the weeks, from 0 to 1, in which a weekday has rows, above which the desk is open on that weekday."""


def leaves_zeros_out(offered: pd.Series) -> bool:
    """Whether a file has rows for intervals with calls alone: many rows of one call, and none of none.

    Intervals without a call are at least n1² / (2 n2), with n1 intervals of one call and n2 of two (Chao 1984,
    Scandinavian Journal of Statistics 11, 265-270).

    Examples
    --------
    >>> leaves_zeros_out(pd.Series([1] * 40 + [2] * 20 + [3] * 10)), leaves_zeros_out(pd.Series([30, 41, 35]))
    (True, False)
    """
    if len(offered) < LEAST_ROWS or (offered == 0).any():
        return False
    one, two = int((offered == 1).sum()), int((offered == 2).sum())
    unseen = one * one / (2 * two) if two else one * (one - 1) / 2
    return unseen >= max(LEAST, UNSEEN * len(offered))


def with_zeros(
    rows: pd.DataFrame, no_row: NoRow | None, step: int, notes: Notes, *, whole_days: bool = True
) -> pd.DataFrame:
    """Return the rows with a row of zero calls for every interval that the file leaves out as a zero.

    Zeros stand between the earliest and the latest time of day of a queue. A whole day without a row is filled where
    the weekday is usually there and has so few calls that none is no surprise; else the day is unknown. Nothing is
    known before the first and after the last row of all queues, nor in an hour that comes twice.

    Parameters
    ----------
    rows
        One row per queue and start.
    no_row
        What the planner says; None = ``zero`` where `leaves_zeros_out` shows that, and that is told.
    step
        Length of the file's intervals, minutes.
    whole_days
        Whether intervals before the first row of a queue, on that day, and after its last are zeros too: the file may
        begin or end within a day.
    """
    if no_row is None and leaves_zeros_out(rows["offered"]):
        filled = _filled(rows, step, whole_days)
        what = f"{len(filled) - len(rows)} intervals have no row, and no row has 0 calls while many have 1"
        notes.add("zeros", what, 'taken as zero; no_row = "unknown" in [intake] says otherwise')
        return filled
    return _filled(rows, step, whole_days) if no_row == "zero" else rows


def _filled(rows: pd.DataFrame, step: int, whole_days: bool) -> pd.DataFrame:
    parts = [rows]
    begin, end = rows["start"].min(), rows["start"].max()
    for queue, own in rows.groupby("queue", sort=False):
        starts = own["start"]
        minute = starts.dt.hour * 60 + starts.dt.minute
        first, last = starts.min().normalize(), starts.max().normalize() + pd.DateOffset(days=1)
        every = pd.Series(pd.date_range(first, last, freq=f"{step}min", inclusive="left")).astype(starts.dtype)
        clock = every.dt.hour * 60 + every.dt.minute
        sure = every.between(begin, end) & ~every.dt.tz_localize(None).duplicated(keep=False)
        quiet = _quiet_days(own, every)
        open_ = (clock >= minute.min()) & (clock <= minute.max())
        missing = every[open_ & quiet & sure & ~every.isin(starts)]
        if not whole_days:
            missing = missing[missing.between(starts.min(), starts.max())]
        zeros = {name: 0.0 for name in COUNTS if name in rows and bool(rows[name].notna().any())}
        parts.append(pd.DataFrame({"queue": queue, "start": missing, **zeros}))
    return pd.concat([part for part in parts if len(part)], ignore_index=True)


def _quiet_days(own: pd.DataFrame, every: pd.Series) -> pd.Series:
    """Return which moments of `every` lie on days that have a row, or that may well have had no call."""
    day = own["start"].dt.normalize()
    weekday = day.dt.day_of_week
    weeks = math.ceil((every.iloc[-1] - every.iloc[0]).total_seconds() / (7 * 86400))
    mean = own.groupby(weekday)["offered"].sum() / weeks
    open_ = day.groupby(weekday).nunique() > OPEN_WEEKS * weeks
    may_be_empty = (np.exp(-mean) >= RARE) & open_
    days = every.dt.normalize()
    return pd.Series(days.isin(day) | days.dt.day_of_week.isin(may_be_empty.index[may_be_empty]))

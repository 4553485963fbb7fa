"""Times that mark where an interval ends, as its start."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from ...forecast.errors import InputError
from .mapping import Layout
from .merge import Notes
from .words import NAMES, plain

DAY_MIN = 1440
"""Minutes of a day."""


def marks_ends(layout: Layout, column: str, minutes: pd.Series | None) -> bool:
    """Whether times mark ends of intervals: as the key says, else by the column's name, or by 24:00 without any 00:00.

    Parameters
    ----------
    minutes
        Minutes of the day of a column of times; None = the column holds dates, too.
    """
    if layout.time_marks is not None:
        return layout.time_marks == "end"
    if layout.one_row in ("call", "event") or (layout.time_is is not None and layout.time_is.endswith("_ending")):
        return False
    late = minutes is not None and bool((minutes == DAY_MIN).any()) and not (minutes == 0).any()
    return late or plain(column) in NAMES["end"]


def whole_minutes(times: pd.Series) -> pd.Series:
    """Return ends such as 08:29, 08:29:59 and 23:59 as 08:30 and 24:00, where all end so; other times as they stand."""
    second, minute = times.dt.second, times.dt.minute
    if (second == 59).all():
        times, minute = times + pd.Timedelta(seconds=1), (minute + 1) % 60
    return times + pd.Timedelta(minutes=1) if (minute % 5 == 4).all() else times


def at_midnight(dates: pd.Series, minutes: pd.Series, key: pd.Series, *, column: str, file: Path) -> pd.Series:
    """Return minutes after midnight of which 00:00 is the end of its date where the order of rows shows that.

    It is where the row before is the last interval of the date, and not where the row behind is its first.

    Raises
    ------
    InputError
        If the order shows neither.
    """
    midnight = minutes == 0
    if not midnight.any():
        return minutes
    positive = np.diff(np.unique(minutes))
    step = int(positive[positive > 0].min()) if (positive > 0).any() else DAY_MIN
    table = pd.DataFrame({"date": dates.dt.normalize(), "minutes": minutes})
    before, after = table.groupby(key, sort=False).shift(1), table.groupby(key, sort=False).shift(-1)
    if (table["date"].iloc[0], minutes.iloc[0]) > (table["date"].iloc[-1], minutes.iloc[-1]):
        before, after = after, before  # the newest row stands first
    closes = midnight & (before["date"] == table["date"]) & (before["minutes"] == DAY_MIN - step)
    opens = midnight & (after["date"] == table["date"]) & (after["minutes"] == step)
    if closes.any() == opens.any():
        row = int(minutes.index[int(midnight.to_numpy().argmax())])
        raise InputError(
            "00:00 may be the end of this date or of the day before",
            file=file,
            row=row,
            column=column,
            value=f"{dates[row]:%Y-%m-%d} 00:00",
            mend="Write 24:00 where the date ends",
        )
    return minutes.where(~midnight, float(DAY_MIN)) if closes.any() else minutes


def starts_of(ends: pd.Series, key: pd.Series, layout: Layout, notes: Notes, *, column: str, file: Path) -> pd.Series:
    """Return the starts of intervals by their ends; their length is the key's, else the usual distance of two ends."""
    step = layout.interval_min
    if step is None:
        gaps = ends.sort_values().groupby(key, sort=False).diff().dropna().dt.total_seconds() / 60.0
        gaps = gaps[gaps > 0]
        if gaps.empty:
            raise InputError(
                "times are ends of intervals, and one alone does not show how long its interval is",
                file=file,
                column=column,
                mend="Write interval_min in [intake]",
            )
        step = int(gaps.mode().iloc[0])
    notes.add("times", f"{file.name}, column {column}: times are ends of intervals", f"each starts {step} min before")
    return (ends - pd.Timedelta(minutes=step)).astype(ends.dtype)

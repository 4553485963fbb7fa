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
BEGIN = frozenset(
    {"start", "starts", "starting", "begin", "begins", "beginning", "from", "beginn", "anfang", "von", "debut", "desde"}
    | {"inicio", "inizio", "vanaf", "od"}
)
"""Plain words in the name of a column of times that say: where an interval begins."""


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


def with_midnights(
    dates: pd.Series, minutes: pd.Series, key: pd.Series, layout: Layout, *, column: str, file: Path
) -> pd.Series:
    """Return minutes after midnight of which 24:00 is 00:00 of its date where the order of rows shows that.

    It is where 24:00 stands on the first row of its date, before the second interval of the day.

    Raises
    ------
    InputError
        If 24:00 closes its date although the column's name says that its times begin intervals.
    """
    late = minutes == DAY_MIN
    if layout.one_row in ("call", "event") or not late.any() or (minutes == 0).any():
        return minutes
    step, before, after = _beside(dates, minutes, key)
    days = dates.dt.normalize()
    opens = late & (after["date"] == days) & (after["minutes"] == step)
    closes = late & (before["date"] == days) & (before["minutes"] == DAY_MIN - step)
    if opens.any() and not closes.any():
        return minutes.where(~late, 0.0)
    if layout.time_marks is None and begins(column):
        row = int(minutes.index[int(late.to_numpy().argmax())])
        raise InputError(
            "the column's name says that its times begin intervals, and 24:00 ends one",
            file=file,
            row=row,
            column=column,
            value=f"{dates[row]:%Y-%m-%d} 24:00",
            mend='Write time_marks = "end" in [intake] if each time ends its interval, else time_marks = "start"',
        )
    return minutes


def begins(column: str) -> bool:
    """Whether the name of a column of times says that they begin intervals."""
    name = plain(column)
    return name not in NAMES["end"] and not BEGIN.isdisjoint(name.split())


def _beside(dates: pd.Series, minutes: pd.Series, key: pd.Series) -> tuple[int, pd.DataFrame, pd.DataFrame]:
    """Return the length of an interval, min, and by row the date and the minutes of the rows before and after."""
    positive = np.diff(np.unique(minutes))
    step = int(positive[positive > 0].min()) if (positive > 0).any() else DAY_MIN
    table = pd.DataFrame({"date": dates.dt.normalize(), "minutes": minutes})
    before, after = table.groupby(key, sort=False).shift(1), table.groupby(key, sort=False).shift(-1)
    if (table["date"].iloc[0], minutes.iloc[0]) > (table["date"].iloc[-1], minutes.iloc[-1]):
        return step, after, before  # the newest row stands first
    return step, before, after


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
    step, before, after = _beside(dates, minutes, key)
    days = dates.dt.normalize()
    closes = midnight & (before["date"] == days) & (before["minutes"] == DAY_MIN - step)
    opens = midnight & (after["date"] == days) & (after["minutes"] == step)
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

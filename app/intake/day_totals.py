"""Totals of whole days, spread over the day by the shape that a table gives or the calls of another queue show."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from ...forecast.calendar.grid import WEEKDAYS
from ...forecast.errors import InputError
from .merge import COUNTS, Notes
from .values import minutes_of_day, numbers

DAY_MIN = 1440
"""Minutes of a day."""
Shape = dict[int, pd.Series]
"""Per weekday (0 = Monday) the share of the day's calls by minute of the day; the shares add up to 1."""


def are_day_totals(starts: pd.Series, interval_min: int | None) -> bool:
    """Whether all rows begin at midnight and lie a day or more apart, or `interval_min` says that they are days.

    Examples
    --------
    >>> are_day_totals(pd.Series(pd.date_range("2026-01-05", periods=3)), None)
    True
    """
    if interval_min is not None:
        return interval_min == DAY_MIN
    days = starts.drop_duplicates()
    return len(days) > 1 and bool((days.dt.hour * 60 + days.dt.minute + days.dt.second == 0).all())


def refuse_longer(starts: pd.Series, file: Path) -> None:
    """Raise `InputError` where rows are totals of weeks or months."""
    days = starts.dt.tz_localize(None).dt.normalize().drop_duplicates().sort_values()
    gap = days.diff().dt.days.median()
    if gap > 1 + len(WEEKDAYS) / 2:
        raise InputError(
            "totals of weeks or months",
            file=file,
            column="start",
            value=f"{gap:g} days apart",
            mend="Bring the calls of each day at least, better of each half-hour",
        )


def shape_of_table(cells: pd.DataFrame, minutes: int, file: Path) -> Shape:
    """Return the shape of a table with columns time and share, and perhaps weekday; without that all days are alike."""
    if not {"time", "share"} <= set(cells.columns):
        raise InputError(
            "neither a shape of the day nor calls",
            file=file,
            value=", ".join(cells.columns),
            mend="Bring columns time and share (and weekday), or the calls of another queue: start and offered",
        )
    minute = minutes_of_day(cells["time"], column="time", file=file) // minutes * minutes
    share = numbers(cells["share"].str.removesuffix("%"), column="share", file=file)
    if (share < 0).any():
        row = int(share.index[int((share < 0).to_numpy().argmax())])
        raise InputError("below 0", file=file, row=row, column="share", value=str(share[row]))
    if "weekday" not in cells:
        return _normed({day: share.groupby(minute).sum() for day in range(len(WEEKDAYS))})
    names = cells["weekday"].str.casefold()
    if (strange := ~names.isin(WEEKDAYS)).any():
        row = int(names.index[int(strange.to_numpy().argmax())])
        raise InputError(
            "no weekday", file=file, row=row, column="weekday", value=str(cells["weekday"][row]), mend="Write monday"
        )
    parts = share.groupby([names, minute]).sum()
    return _normed({WEEKDAYS.index(name): parts[name] for name in names.unique()})


def shape_of_calls(calls: pd.DataFrame, minutes: int) -> Shape:
    """Return the shape that the calls of each weekday show, all queues together."""
    clock = (calls["start"].dt.hour * 60 + calls["start"].dt.minute) // minutes * minutes
    sums = calls["offered"].groupby([calls["start"].dt.day_of_week, clock]).sum()
    return _normed({int(day): sums[day] for day in sums.index.unique(0)})


def spread(rows: pd.DataFrame, shape: Shape, minutes: int, files: Sequence[Path], notes: Notes) -> pd.DataFrame:
    """Return day totals as rows per interval: whole calls whose sum is the total; means are those of the day.

    Raises
    ------
    InputError
        If calls came on a weekday that the shape lacks.
    """
    weekday = rows["start"].dt.day_of_week
    lost = rows[~weekday.isin(shape) & (rows["offered"] > 0)]
    if len(lost):
        first = lost.iloc[0]
        raise InputError(
            f"calls on a {WEEKDAYS[first['start'].day_of_week]}, and day_shape shows none on that weekday",
            file=files[int(first["file"])],
            row=int(first["row"]),
            column="start",
            value=f"{first['start']:%Y-%m-%d}",
            mend="Add the weekday to the file of intake.day_shape",
        )
    parts = []
    for day, known in shape.items():
        shares = known.reindex(
            range(0, DAY_MIN, minutes), fill_value=0.0
        )  # the whole total is spread: no call elsewhere
        own = rows[weekday == day]
        clock = np.array(shares.index, dtype=int)
        out = own.loc[own.index.repeat(len(clock))].reset_index(drop=True)
        naive = out["start"].dt.tz_localize(None) + pd.to_timedelta(np.tile(clock, len(own)), unit="min")
        out["start"] = (
            naive
            if rows["start"].dt.tz is None
            else naive.dt.tz_localize(rows["start"].dt.tz, ambiguous=True, nonexistent="NaT")
        ).astype(rows["start"].dtype)
        upto = np.concatenate([[0.0], shares.cumsum().to_numpy()])
        for name in (c for c in COUNTS if c in own):
            whole = np.round(np.outer(own[name].to_numpy(dtype=float), upto))
            out[name] = np.diff(whole, axis=1).ravel()
        parts.append(out[out["start"].notna()])
    what = f"{len(rows)} totals of whole days are spread by the shape of the day in intake.day_shape"
    notes.add("spread", what, f"as if each interval of {minutes} min had come so; chance within the day is not known")
    return pd.DataFrame(pd.concat(parts, ignore_index=True))


def _normed(shape: Shape) -> Shape:
    return {day: shares / shares.sum() for day, shares in shape.items() if shares.sum() > 0}

"""Totals of whole days, spread over the day by the shape that a table gives or the calls of another queue show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd

from ...forecast.calendar.grid import WEEKDAYS
from ...forecast.errors import InputError
from .merge import COUNTS, Notes
from .values import minutes_of_day, numbers

DAY_MIN = 1440
"""Minutes of a day."""
PART_OF = MappingProxyType(
    {
        "answered": ("offered",),
        "abandoned": ("offered",),
        "short_abandoned": ("abandoned", "offered"),
        "answered_in": ("answered", "offered"),
        "abandoned_in": ("abandoned", "offered"),
    }
)
"""The calls of which others are a part: the first that is known."""
Shape = dict[int, pd.Series]
"""Per weekday (0 = Monday) the share of the day's calls by minute of the day; the shares add up to 1."""


def day_totals(rows: pd.DataFrame, interval_min: int | None, *, counted: bool) -> pd.Series:
    """Return which rows are totals of days.

    They are where all rows, or all of a queue, or all of a queue in one file, begin at midnight, on several days.

    Parameters
    ----------
    rows
        Rows with theirs (the file's queue), file and start.
    counted
        Whether the rows are calls counted per interval: then only `interval_min` makes them days.
    """
    if interval_min is not None or counted:
        return pd.Series(interval_min == DAY_MIN, index=rows.index)
    midnight = rows["start"] == rows["start"].dt.normalize()
    out = pd.Series(bool(midnight.all()) and rows["start"].min() < rows["start"].max(), index=rows.index)
    for key in (["theirs"], ["theirs", "file"]):
        several = rows.groupby(key)["start"].transform("nunique") > 1
        out |= several & midnight.groupby([rows[name] for name in key]).transform("all").astype(bool)
    return out


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
        shares = known.reindex(range(0, DAY_MIN, minutes), fill_value=0.0)  # the whole total is spread
        own = rows[weekday == day]
        clock = np.array(shares.index, dtype=int)
        out = own.loc[own.index.repeat(len(clock))].reset_index(drop=True)
        naive = out["start"].dt.tz_localize(None) + pd.to_timedelta(np.tile(clock, len(own)), unit="min")
        out["start"] = (
            naive
            if rows["start"].dt.tz is None
            else naive.dt.tz_localize(rows["start"].dt.tz, ambiguous=True, nonexistent="NaT")
        ).astype(rows["start"].dtype)
        there = out["start"].notna().to_numpy().reshape(len(own), len(clock))
        upto = _upto(shares.to_numpy() * there, own, files)
        done: dict[str, np.ndarray] = {}
        for name in (c for c in COUNTS if c in own):
            done[name] = _whole(own, name, upto, done)
            out[name] = done[name].ravel()
        parts.append(out[out["start"].notna()])
    what = f"{len(rows)} totals of whole days are spread by the shape of the day in intake.day_shape"
    notes.add("spread", what, f"as if each interval of {minutes} min had come so; chance within the day is not known")
    return pd.DataFrame(pd.concat(parts, ignore_index=True))


def _upto(shares: np.ndarray, rows: pd.DataFrame, files: Sequence[Path]) -> np.ndarray:
    """Return per row the share of its day up to the end of each interval; those that the clock skips have none.

    Raises
    ------
    InputError
        If all of the shape lies in the hour that the clock skips.
    """
    upto = shares.cumsum(axis=1)
    empty = upto[:, -1] <= 0
    if empty.any():
        first = rows.iloc[int(empty.argmax())]
        raise InputError(
            "the clock skips the only times at which day_shape shows calls",
            file=files[int(first["file"])],
            row=int(first["row"]),
            column="start",
            value=f"{first['start']:%Y-%m-%d}",
            mend="Correct the times in the file of intake.day_shape",
        )
    return np.asarray(upto / upto[:, -1:])


def _whole(rows: pd.DataFrame, name: str, upto: np.ndarray, done: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return totals as whole calls per interval, never more than the calls of which they are a part.

    Parameters
    ----------
    upto
        Share of the day up to the end of each interval, row x interval.
    done
        What is spread already, row x interval, by column.
    """
    total = rows[name].to_numpy(dtype=float)
    calls: np.ndarray = np.diff(np.round(total[:, None] * upto), axis=1, prepend=0.0)
    whole = next((w for w in PART_OF.get(name, ()) if w in done), None)
    if whole is None:
        return calls
    room = done[whole]
    if name == "abandoned" and "answered" in done:
        left = room - done["answered"]
        room = np.where((left.sum(axis=1) >= total)[:, None] & (left >= 0).all(axis=1)[:, None], left, room)
    fits = room.sum(axis=1) >= np.round(total)  # more answered than offered is the file's fault, and told
    before = np.zeros(len(rows))
    after = room[:, ::-1].cumsum(axis=1)[:, ::-1] - room
    wanted = np.round(total[:, None] * upto)
    for k in range(calls.shape[1]):
        now = np.clip(wanted[:, k], np.maximum(before, wanted[:, -1] - after[:, k]), before + room[:, k])
        calls[:, k] = np.where(fits, now - before, calls[:, k])
        before = now
    return calls


def _normed(shape: Shape) -> Shape:
    return {day: shares / shares.sum() for day, shares in shape.items() if shares.sum() > 0}

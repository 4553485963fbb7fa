"""A bare volume file, for one stage alone: its interval is said, proven or asked, odd figures are doubted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from ...forecast.calendar.grid import Grid
from ...forecast.errors import InputError
from ...forecast.tables import TABLES, check, read_text_csv, refuse_duplicates
from ..intake.mapping import Intake
from ..intake.marks import refuse_thousands
from ..intake.rows import ONLY_QUEUE
from ..intake.units import refuse_deferred, refuse_odd_handle_times
from ..intake.values import is_duration, numbers, seconds
from .day_grid import grid_of_step, proven_step
from .plain_table import plainly


@dataclass(frozen=True)
class BareVolume:
    """A bare volume file.

    Attributes
    ----------
    path
        The file.
    table, grid
        Its rows as the table ``volume``, and the time axis that holds them.
    said
        Which interval the rows have, and why.
    trust
        Columns whose odd figures are right.
    """

    path: Path
    table: pd.DataFrame
    grid: Grid
    said: str
    trust: tuple[str, ...] = ()


def bare_volume(path: Path, *, zone: str | None, interval_min: int | None, trust: Sequence[str] = ()) -> BareVolume:
    """Read a bare volume file.

    Parameters
    ----------
    interval_min
        Minutes of an interval; None = as a column ``interval_min`` or ``end`` says, else as consecutive rows prove.
    trust
        Columns whose odd figures are right, as for `Intake`.

    Raises
    ------
    InputError
        If a cell cannot be read or believed, or the interval is not proven.
    """
    with plainly("volume", path) as (place, told):
        read = _volume(place, zone, interval_min, Intake(trust=tuple(trust)).trust)
    return replace(read, path=path, said="; ".join([read.said, *told]))


def _volume(path: Path, zone: str | None, interval_min: int | None, known: tuple[str, ...]) -> BareVolume:
    """Return a plain file as `bare_volume` does."""
    text = read_text_csv(path)
    if "queue" not in text:  # two queues without their names would be two rows of one interval, which is refused
        text = text.assign(queue=ONLY_QUEUE)
    if "handle_s" in text:
        _refuse_durations(text["handle_s"], path)
    for column in ("calls", "handle_s"):
        if column in text and "offered" not in known:
            refuse_thousands(text[column].set_axis(range(2, len(text) + 2)), column=column, file=path)
    volume = check(text, TABLES["volume"], zone=zone, file=path)
    refuse_duplicates(volume, ["queue", "start"], file=path, what="duplicate interval")
    if "queue" not in known:
        refuse_deferred(volume["queue"], path)
    if "handle_s" in volume and "handle_s" not in known:
        rows = volume.set_axis(range(2, len(volume) + 2))
        used = rows[rows["handle_s"].notna() & (rows["calls"] > 0)]
        refuse_odd_handle_times(used["queue"], used["handle_s"], used["calls"], path)
    said = _said_step(text, path)
    step = interval_min or (said[0] if said else proven_step(volume, path))
    why = "as asked" if interval_min else said[1] if said else "from consecutive rows"
    return BareVolume(path, volume, grid_of_step(volume, step, zone, path), f"interval {step} min, {why}", known)


def _refuse_durations(text: pd.Series, path: Path) -> None:
    written = text.map({cell: is_duration(cell) and ":" in cell for cell in text.unique()}).astype(bool)
    if written.any():
        row = int(written.to_numpy().argmax())
        cell = str(text.iloc[row])
        total = float(seconds(pd.Series([cell]), unit="hms", column="handle_s").iloc[0])
        mend = f"Write seconds, as {total:g}; H:MM:SS is H hours, M:SS minutes"
        raise InputError("not a number", file=path, row=row + 2, column="handle_s", value=cell, mend=mend)


def _said_step(text: pd.DataFrame, path: Path) -> tuple[int, str] | None:
    """Return the minutes of an interval by the file's own columns `interval_min` or `end`, and why; None without.

    Raises
    ------
    InputError
        If the rows say several lengths, or one that divides no day.
    """
    if "interval_min" in text:
        minutes, column = numbers(text["interval_min"], column="interval_min", file=path), "interval_min"
    elif "end" in text and "start" in text:
        both = [pd.to_datetime(text[name], format="ISO8601", errors="coerce", utc=True) for name in ("start", "end")]
        minutes, column = (both[1] - both[0]).dt.total_seconds() / 60.0, "end"
    else:
        return None
    wrong = ~((minutes > 0) & (minutes == minutes.iloc[0]) & (1440 % minutes == 0))
    if wrong.any():
        row = int(wrong.to_numpy().argmax())
        raise InputError(
            "intervals of several lengths, or of a length that divides no day",
            file=path,
            row=row + 2,
            column=column,
            value=f"{minutes.iloc[row]:g} min",
            mend="Bring rows of one length, or say it with --interval",
        )
    return int(minutes.iloc[0]), f"by the column {column!r}"

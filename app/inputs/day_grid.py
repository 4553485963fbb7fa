"""The time axis of a bare table of intervals."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ...forecast.calendar.grid import Grid
from ...forecast.errors import InputError

MINUTE = pd.Timedelta(minutes=1)
LONGEST_MIN = 60
"""Minutes of the longest interval that rows prove by themselves, at least 1: reports of call centres go up to hours."""
MOST = 0.75
"""Share of the rows of a day, above 0, that follow the row before at the step: the rest are breaks in the opening."""
IN_A_ROW = 4
"""Rows one step apart that prove an hour, at least 2."""


def day_grid(table: pd.DataFrame, zone: str | None, path: Path) -> Grid:
    """Return the day grid that holds the starts of `table`; its step is the smallest distance between two."""
    starts = table["start"].drop_duplicates().sort_values()
    step = 30 if len(starts) < 2 else int(starts.diff().dropna().min() / MINUTE)
    return _grid(starts, step, zone, path)


def grid_of_step(table: pd.DataFrame, step: int, zone: str | None, path: Path) -> Grid:
    """Return the day grid of `step` minutes that holds the starts of `table`.

    Raises
    ------
    InputError
        If a start lies beside the grid, or two are closer together than `step`.
    """
    for _, starts in table.groupby("queue")["start"] if "queue" in table else [("", table["start"])]:
        minute = starts.dt.hour * 60 + starts.dt.minute
        wrong = (minute % step != 0) | (starts.dt.second != 0)
        if wrong.any():
            at = int(wrong.to_numpy().argmax())
            raise InputError(
                f"not on the {step}-minute grid",
                file=path,
                row=int(starts.index[at]) + 2,
                column="start",
                value=f"{starts.iloc[at]:%Y-%m-%d %H:%M}",
                mend="Correct the time, or name the interval of the rows with --interval",
            )
    return _grid(table["start"].sort_values(), step, zone, path)


def proven_step(table: pd.DataFrame, path: Path) -> int:
    """Return the minutes of an interval of `table` as its consecutive rows prove them.

    The rows prove a step of at most an hour where every queue starts on its grid and most rows of a day follow each
    other at that step: two rows prove a half-hour or less, `IN_A_ROW` an hour, which may be half-hours of which every
    other one is left out.

    Raises
    ------
    InputError
        If the rows do not prove a step; the option that names the interval is offered.
    """
    if table.empty:
        raise InputError("file has no rows", file=path)
    keys = [table["queue"]] if "queue" in table else []
    ordered = table.sort_values("start")
    day = ordered["start"].dt.date
    gaps = ordered["start"].groupby([*(k[ordered.index] for k in keys), day]).diff().dropna().dt.total_seconds() / 60.0
    step = int(gaps.mode().iloc[0]) if len(gaps) else 0
    minute = table["start"].dt.hour * 60 + table["start"].dt.minute
    proven = (
        0 < step <= LONGEST_MIN
        and 1440 % step == 0
        and bool((gaps % step == 0).all())
        and bool((minute % step == 0).all())
        and float((gaps == step).mean()) >= MOST
        and (step < LONGEST_MIN or int((gaps == step).sum()) >= IN_A_ROW - 1)
    )
    if not proven:
        raise InputError(
            "the rows do not show how long their intervals are",
            file=path,
            column="start",
            value=f"{len(table)} row{'s' if len(table) > 1 else ''}",
            mend="Say it with --interval, like --interval 30; intervals without calls may be written as 0",
        )
    return step


def _grid(starts: pd.Series, step: int, zone: str | None, path: Path) -> Grid:
    if starts.empty:
        raise InputError("file has no rows", file=path)
    first, last = starts.iloc[0].date(), starts.iloc[-1].date()
    return Grid(first, (last - first).days + 1, step, zone)

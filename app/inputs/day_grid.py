"""The time axis of a bare table of intervals."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ...forecast.calendar.grid import Grid
from ...forecast.errors import InputError


def day_grid(table: pd.DataFrame, zone: str | None, path: Path) -> Grid:
    """Return the day grid that holds the starts of `table`; its step is the smallest distance between two."""
    starts = table["start"].drop_duplicates().sort_values()
    if starts.empty:
        raise InputError("file has no rows", file=path)
    step = 30 if len(starts) < 2 else int(starts.diff().dropna().min() / pd.Timedelta(minutes=1))
    first, last = starts.iloc[0].date(), starts.iloc[-1].date()
    return Grid(first, (last - first).days + 1, step, zone)

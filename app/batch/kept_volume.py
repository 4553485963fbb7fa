"""What the store keeps of a forecast, read from the table that a worker wrote."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from ...forecast.calendar.grid import FIRST_YEAR, LAST_YEAR, known_zone
from ...forecast.tables import Table, read_csv
from ...forecast.text import flaw, spelled, unguarded
from ..report.run import FILES

VOLUME = "volume.csv"
KEPT = ("queue", "start", "calls", "model_calls", "q0.1", "q0.9", "handle_s", "model")
"""Columns of a forecast that the store keeps: only these are checked."""
TEXTS = ("queue", "model")
LONG, SIGN, COLON = len("2026-01-05T08:00+01:00"), 16, 19
"""Characters of a time as we write it, and where its offset has its sign and its colon."""


def kept_volume(folder: Path, zone: str | None) -> pd.DataFrame:
    """Return what the store keeps of the forecast in `folder`, typed and checked.

    A table in which everything is written as we write it is read in a tenth of the time that any other table takes; a
    batch reads two for each week of each site.

    Raises
    ------
    InputError
        If the table cannot be read, or breaks its declaration.
    """
    declared = FILES["volume"]
    table = {name: declared.get(name, declared["q*"]) for name in KEPT}
    found = None if zone is None else _as_written(folder / VOLUME, table, zone)
    return read_csv(folder / VOLUME, table, zone=zone) if found is None else found


def _as_written(path: Path, table: Table, zone: str) -> pd.DataFrame | None:
    """Return the columns of `table`; None where a cell might mean something else than it says, or is out of bounds."""
    numbers = [name for name, column in table.items() if column.kind == "number"]
    types: Mapping[str, type] = {**dict.fromkeys(numbers, float), **dict.fromkeys((*TEXTS, "start"), str)}
    try:
        blanks = {name: [""] for name in numbers}
        rows = pd.read_csv(path, dtype=types, keep_default_na=False, na_values=blanks, encoding="utf-8")
    except (OSError, ValueError):
        return None
    columns = [name for name in table if name in rows]
    if any(column.required and name not in rows for name, column in table.items()) or rows.empty:
        return None
    starts = _starts(rows["start"], zone)
    if starts is None or not all(_fits(rows[name], table[name]) for name in numbers if name in rows):
        return None
    out = {
        name: rows[name].astype(object) if name in TEXTS else rows[name] + 0.0 for name in columns if name != "start"
    }
    if not all(_plain(out[name]) for name in TEXTS if name in out):
        return None
    return pd.DataFrame({name: starts if name == "start" else out[name] for name in columns})


def _starts(text: pd.Series, zone: str) -> pd.Series | None:
    """Return times that all are written with their offset, and as long as we write them."""
    cells = text.to_numpy(dtype=object)
    if any(len(cell) != LONG for cell in cells):
        return None
    letters = cells.astype(f"U{LONG}").view("U1").reshape(len(cells), LONG)
    if not (np.isin(letters[:, SIGN], ("+", "-")).all() and (letters[:, COLON] == ":").all()):
        return None
    try:
        moments = pd.to_datetime(text, format="ISO8601", utc=True)
    except ValueError:
        return None
    if moments.min().year <= FIRST_YEAR or moments.max().year >= LAST_YEAR:
        return None
    return pd.Series(moments.astype("datetime64[us, UTC]").dt.tz_convert(known_zone(zone)))


def _fits(number: pd.Series, column: object) -> bool:
    """Whether all numbers lie within the bounds of their column, and none is blank that must not be."""
    low, high, blank = (getattr(column, name) for name in ("low", "high", "blank"))
    values = number.to_numpy()
    known = values[~np.isnan(values)]
    if len(known) < len(values) and not blank:
        return False
    inside = known[(known >= (-np.inf if low is None else low)) & (known <= (np.inf if high is None else high))]
    return len(inside) == len(known) and bool(np.isfinite(known).all())


def _plain(text: pd.Series) -> bool:
    """Whether all cells are texts in our one spelling."""
    return all(cell and flaw(cell) is None and spelled(unguarded(cell)) == cell for cell in text.unique())

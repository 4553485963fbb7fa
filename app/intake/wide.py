"""Matrices of calls, days by times of day, as one row per interval."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Literal

import pandas as pd

from ...forecast.errors import InputError
from .body import without_totals
from .date_words import plain_dates
from .merge import Notes

Wide = Literal["day", "time"]
"""``day`` = a row per day and a column per time of day; ``time`` = a row per time of day and a column per date."""
TIME, DATE, CALLS = "time", "date", "offered"
"""Columns of the long table that the header and the cells become."""
LEAST = 3
"""Columns with a time or a date as their name, at least, that make a matrix."""
_TIME = re.compile(
    r"\d{1,2}(?::\d{2}(?::00)?|h\d{0,2})(?:\s*[ap]\.?\s*m\.?)?(?:\s*[-–].*)?|\d{1,2}\s*[ap]m", re.IGNORECASE
)
_DIGITS = re.compile(r"(?:[01]?\d|2[0-3])[0-5][05]")
_HOUR = re.compile(r"(?:H|HE|Hour )\s?\d{1,2}", re.IGNORECASE)
_DATE = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}(?:[ T]00:00(?::00)?)?")


def spread_over(header: Sequence[str]) -> tuple[Wide, list[str]] | None:
    """Return what a row of a matrix is, and the columns that its header spreads; None for other tables.

    Examples
    --------
    >>> spread_over(["Date", "08:00", "08:30", "09:00", "Total"])
    ('day', ['08:00', '08:30', '09:00'])
    """
    plain = dict(zip(header, plain_dates(pd.Series(list(header), dtype="str")), strict=True))
    dates = [name for name in header if _DATE.fullmatch(plain[name])]
    times = [name for name in header if _TIME.fullmatch(name) or _HOUR.fullmatch(name)]
    if max(len(times), len(dates)) < LEAST:
        clock = [name for name in header if _DIGITS.fullmatch(name)]
        if len(clock) >= 2 * LEAST and len(clock) >= len(header) - 2:
            return "day", clock
        hours = [name for name in header if name.isdigit() and int(name) <= 24]
        return ("day", hours) if len(hours) >= 2 * LEAST and len(hours) >= len(header) - 2 else None
    return ("day", times) if len(times) >= len(dates) else ("time", dates)


def lengthened(
    cells: pd.DataFrame,
    one_row: Wide,
    file: Path,
    notes: Notes,
    *,
    queue: str | None = None,
    known: Collection[str] = (),
) -> tuple[pd.DataFrame, pd.Series]:
    """Return a matrix as one row per interval, and the number in the file of each of these rows.

    Rows of totals are left out (`queue` and `known` as for `without_totals`). Columns are those that the header does
    not spread, then `TIME` or `DATE`, then `CALLS`.

    Raises
    ------
    InputError
        If the header spreads no times, or no dates.
    """
    found = spread_over(list(cells.columns))
    if found is None or found[0] != one_row:
        named, one = {"day": ("times of day", "time of day"), "time": ("dates", "date")}[one_row]
        raise InputError(
            f"no columns named by {named}",
            file=file,
            value=", ".join(cells.columns),
            mend=f'one_row = "{one_row}" in [intake] needs a column per {one}',
        )
    spread = found[1]
    kept = [name for name in cells.columns if name not in spread]
    if when := [name for name in kept if name != queue][:1]:
        cells = without_totals(cells, when, queue, known=known, file=file, notes=notes)
    out = cells.reset_index().melt(
        id_vars=["row", *kept], value_vars=spread, var_name=TIME if one_row == "day" else DATE, value_name=CALLS
    )
    out = out.sort_values("row", kind="stable", ignore_index=True)
    rows = out.pop("row")
    out.index.name = "row"
    return out.astype("str"), rows

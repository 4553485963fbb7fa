"""Times of a table's column as local times of a zone."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import InputError
from .grid import FIRST_YEAR, LAST_YEAR, known_zone, refuse_far_year

_OFFSET = r"(?:[+-]\d\d:?\d\d|Z)$"
_KNOWN_OFFSET = r"(?:[+-](?:0\d|1[0-4]):?[0-5]\d|Z)$"
WRITTEN_DATE = r"\d{4}-?\d\d-?\d\d"
"""How a time begins: pandas would read "today" as this moment, and "2026" as New Year."""
_DATE = re.compile(r"(?:\d{4}-\d\d?-\d\d?|\d{8})(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?")


def spreadsheet_row(position: int, index: pd.Index) -> int:
    """Return the spreadsheet row at `position`: an index named "row" holds it, else the header is row 1."""
    return int(index[position]) if index.name == "row" else position + 2


def first_true(mask: pd.Series) -> int:
    """Return the first position at which `mask` holds."""
    return int(mask.to_numpy().argmax())


def written_date(day: object) -> Any:
    """Return the wall clock of a date, a stamp or text like 2026-12-25, which a time may follow; NaT for all else.

    pandas alone would read ``today``, and 01/12/2026 as January 12.

    Examples
    --------
    >>> written_date("2026-12-25"), written_date("12/01/2026")
    (Timestamp('2026-12-25 00:00:00'), NaT)
    """
    if isinstance(day, dt.date):
        return pd.NaT if pd.isna(day) else pd.Timestamp(day).tz_localize(None)
    return pd.to_datetime(str(day), errors="coerce") if _DATE.fullmatch(str(day).strip()) else pd.NaT


def parse_times(
    text: pd.Series, zone: str | None, *, column: str, file: str | Path | None = None, blank: bool = False
) -> pd.Series:
    """Return aware local times (naive wall clock when `zone` is None); NaT for blanks where a `blank` may be.

    Text with an offset is converted; text without one is local time of `zone`. Of a repeated hour the first
    passage is taken unless the rows run on in order, as an export of that day does.

    Raises
    ------
    InputError
        On text that is no ISO 8601 time, on offsets without a zone, and on times that the clock skips.
    """
    if isinstance(text.dtype, pd.DatetimeTZDtype):
        return text if zone is None else text.dt.tz_convert(known_zone(zone))
    if pd.api.types.is_datetime64_dtype(text):
        naive, aware = text, pd.Series(False, index=text.index)
        raw = text.astype("string")
    else:
        raw = text.astype("string").str.strip()
        aware = raw.str.contains(_OFFSET, na=False) & raw.str.contains(":", na=False)
        written = raw.str.match(WRITTEN_DATE, na=False) & (~aware | raw.str.contains(_KNOWN_OFFSET, na=False))
        aware &= written
        naive = pd.to_datetime(raw.where(~aware & written), errors="coerce", format="ISO8601")
    empty = (raw.isna() | (raw == "")).fillna(True) & blank
    bad = naive.isna() & ~aware & ~empty
    _refuse_no_times(bad, raw, column, file)
    refuse_far_years(naive, raw, column, file)
    if zone is None:
        if aware.any():  # outputs of a zoned run read back without a zone: keep the wall clock
            wall = pd.to_datetime(raw.str.replace(_OFFSET, "", regex=True), errors="coerce", format="ISO8601")
            _refuse_no_times(wall.isna() & ~empty, raw, column, file)
            refuse_far_years(wall, raw, column, file)
            return wall.astype("datetime64[us]")
        return naive.astype("datetime64[us]")
    key = known_zone(zone)
    local = naive.dt.tz_localize(key, ambiguous=True, nonexistent="NaT")
    skipped = local.isna() & ~aware & ~empty
    if skipped.any():
        i = first_true(skipped)
        raise InputError(
            f"time does not exist in {zone} (the clock skips it)",
            file=file,
            row=spreadsheet_row(i, raw.index),
            column=column,
            value=str(raw.iloc[i]),
            mend="Write it with its UTC offset",
        )
    if aware.any():
        given = pd.to_datetime(raw[aware], errors="coerce", format="ISO8601", utc=True)
        _refuse_no_times(aware & ~raw.index.isin(given.dropna().index), raw, column, file)
        refuse_far_years(given.reindex(raw.index), raw, column, file)
        local = local.astype(f"datetime64[us, {zone}]")
        local.loc[aware] = given.dt.tz_convert(key).astype(local.dtype)
    return pd.Series(local.astype(f"datetime64[us, {zone}]"))


def _refuse_no_times(bad: pd.Series, raw: pd.Series, column: str, file: str | Path | None) -> None:
    """Raise `InputError` on the first cell that is no time."""
    if bad.any():
        i = first_true(bad)
        raise InputError(
            "not an ISO 8601 time",
            file=file,
            row=spreadsheet_row(i, raw.index),
            column=column,
            value=None if pd.isna(raw.iloc[i]) else str(raw.iloc[i]),
            mend="Write it like 2026-10-25T07:30",
        )


def refuse_far_years(times: pd.Series, raw: pd.Series, column: str, file: str | Path | None) -> None:
    """Raise `InputError` on the first time outside the years that are known; NaT is no time."""
    far = ((times.dt.year < FIRST_YEAR) | (times.dt.year > LAST_YEAR)).fillna(False)
    if far.any():
        i = first_true(far)
        where = {"file": file, "row": spreadsheet_row(i, raw.index), "column": column, "value": str(raw.iloc[i])}
        refuse_far_year(times.iloc[i], **where)

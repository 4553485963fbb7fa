"""Cells of text as numbers, seconds, flags and minutes of the day, whole columns at a time."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from ...forecast.errors import InputError

UNKNOWN = frozenset({"", "null", "none", "n/a", "na", "-", "--", "—"})
SECONDS = {"s": 1.0, "ms": 0.001, "min": 60.0}
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_SWAP = str.maketrans(".,", ",.")
_DURATION = re.compile(r"(?:(\d+):)?(\d{1,3}):(\d{1,2}(?:\.\d+)?)")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([ap])?\.?m?\.?", re.IGNORECASE)
_FLAGS = {"true": 1.0, "yes": 1.0, "y": 1.0, "1": 1.0, "false": 0.0, "no": 0.0, "n": 0.0, "0": 0.0}


def numbers(
    text: pd.Series, *, column: str, decimal: str = ".", file: Path | None = None, units: bool = False
) -> pd.Series:
    """Return text as float64; blank, ``-``, ``null`` and ``n/a`` are unknown (NaN), thousands marks are understood.

    Raises
    ------
    InputError
        On anything else that is no number, naming the first such row; `units` adds a hint on `[intake]` units.
    """
    pointed = text.str.translate(_SWAP) if decimal == "," else text
    out = pd.to_numeric(pointed, errors="coerce").astype("float64")
    odd = out.isna() & (text != "")
    if odd.any():
        rest = pointed[odd]
        out[odd] = rest.map({cell: _grouped(cell) for cell in rest.unique()})
        wrong = out[odd].isna() & ~rest.str.lower().isin(UNKNOWN)
        if wrong.any():
            row = wrong.index[wrong][0]
            raise InputError(
                "not a number",
                file=file,
                row=int(row),
                column=column,
                value=str(text[row]),
                mend=_mend(str(text[row]), decimal, column, units),
            )
    return out


def _grouped(cell: str) -> float:
    """Read a number with thousands marks."""
    return float(cell.replace(",", "")) if _THOUSANDS.fullmatch(cell) else float("nan")


def _mend(cell: str, decimal: str, column: str, units: bool) -> str:
    if units and _DURATION.fullmatch(cell):
        return f'Set units = {{ {column} = "hms" }} in [intake]'
    other = "," if decimal == "." else "."
    if re.fullmatch(rf"[+-]?\d*\{other}\d+", cell):
        return f'Set decimal = "{other}" in [intake]'
    return f"Write a number with {decimal!r} for decimals, or leave it blank"


def seconds(text: pd.Series, unit: str, *, column: str, decimal: str = ".", file: Path | None = None) -> pd.Series:
    """Return durations in seconds; unit ``hms`` reads H:MM:SS and MM:SS (and plain seconds), the others are scaled.

    Examples
    --------
    >>> seconds(pd.Series(["0:02:55", "1:05", ""]), "hms", column="handle_s").tolist()
    [175.0, 65.0, nan]
    """
    if unit != "hms":
        return numbers(text, column=column, decimal=decimal, file=file, units=True) * SECONDS[unit]
    timed = text.str.contains(":", regex=False)
    out = _by_distinct(text.where(timed, ""), _duration)
    wrong = timed & out.isna()
    if wrong.any():
        raise InputError(
            "not a duration",
            file=file,
            row=int(text[wrong].index[0]),
            column=column,
            value=str(text[wrong].iloc[0]),
            mend="Write it like 0:02:55",
        )
    return out.fillna(numbers(text.where(~timed, ""), column=column, decimal=decimal, file=file))


def _duration(cell: str) -> float:
    match = _DURATION.fullmatch(cell)
    return float("nan") if match is None else int(match[1] or 0) * 3600 + int(match[2]) * 60 + float(match[3])


def flags(text: pd.Series, *, column: str, file: Path | None = None) -> pd.Series:
    """Return 1.0, 0.0 or NaN (blank) for yes/no, true/false, 1/0."""
    out = text.str.lower().map(_FLAGS).astype("float64")
    wrong = out.isna() & ~text.str.lower().isin(UNKNOWN)
    if wrong.any():
        raise InputError(
            "neither yes nor no",
            file=file,
            row=int(text[wrong].index[0]),
            column=column,
            value=str(text[wrong].iloc[0]),
            mend="Write 1 or 0",
        )
    return out


def minutes_of_day(text: pd.Series, *, column: str, file: Path | None = None) -> pd.Series:
    """Return minutes after midnight of 9:30, 09:30:00, 930, 9:30 PM, or the start of a range 9:30-10:00.

    Examples
    --------
    >>> minutes_of_day(pd.Series(["930", "9:30 PM", "00:15-00:30", "0"]), column="time").tolist()
    [570.0, 1290.0, 15.0, 0.0]
    """
    out = _by_distinct(text, _minute)
    wrong = out.isna()
    if wrong.any():
        raise InputError(
            "not a time of day",
            file=file,
            row=int(text[wrong].index[0]),
            column=column,
            value=str(text[wrong].iloc[0]),
            mend="Write it like 09:30 or 930",
        )
    return out


def _minute(cell: str) -> float:
    first = re.split(r"\s*[-–]\s*", cell.strip(), maxsplit=1)[0]
    if first.isdigit() and len(first) <= 4:
        hour, minute, half = int(first) // 100, int(first) % 100, ""
    else:
        match = _CLOCK.fullmatch(first)
        if match is None or (match[3] or "00") != "00":
            return float("nan")
        hour, minute, half = int(match[1]), int(match[2]), (match[4] or "").lower()
        if half and not 1 <= hour <= 12:
            return float("nan")
        hour = hour % 12 + 12 * (half == "p") if half else hour
    return float(hour * 60 + minute) if minute < 60 and hour < 24 else float("nan")


def _by_distinct(text: pd.Series, read: Callable[[str], float]) -> pd.Series:
    """Read each distinct cell once."""
    codes, cells = pd.factorize(text.to_numpy(dtype=object))
    return pd.Series(
        np.array([read(c) for c in cells], dtype=np.float64)[codes] if len(text) else np.empty(0), index=text.index
    )

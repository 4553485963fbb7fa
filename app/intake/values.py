"""Cells of text as numbers, seconds, flags and minutes of the day; each distinct cell of a column is read once."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from ...forecast.errors import InputError
from .hours import CLOCKS, TimeIs, beginnings_of_times, counted, minutes_counted

MARKS = frozenset({
    "null", "none", "n/a", "na", "n.a.", "k.a.", "k. a.", "-", "--", "---", "–", "—", "#n/a", "#nv", "#div/0!",
    "#value!", "#wert!", "#ref!", "#bezug!", "#name?", "#num!", "#zahl!", "#null!", "#error!", "<na>", "nd", "n.d.",
    "n/d", "s/d", "#n/d", "#valor!", "#valeur!", "#div/0", "#¡div/0!", "#¡valor!", "unknown", "unbekannt",
})  # fmt: skip
"""How systems and spreadsheets write that a figure is not known, in lower case."""
UNKNOWN = MARKS | {""}
SHARE = r"[\d.,]+\s*%"
"""How a share is written: in a column of numbers a lone one is a figure that is not known."""
SECONDS = {"s": 1.0, "ms": 0.001, "min": 60.0, "h": 3600.0, "d": 86400.0}
"""Seconds of one unit."""
FLAGS = {"true": 1.0, "yes": 1.0, "y": 1.0, "1": 1.0, "false": 0.0, "no": 0.0, "n": 0.0, "0": 0.0}
"""Words of a yes-or-no column, as 1 and 0."""
NAN = float("nan")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
_SPACED = re.compile(r"[+-]?\d{1,3}(?:['\u2019 \u00a0\u2007\u2009\u202f]\d{3})+(?:[.,]\d+)?")
_SWAP = str.maketrans(".,", ",.")
_DURATION = re.compile(r"(?:(\d+) days? )?(?:(\d+):)?(\d{1,3})[:'′](\d{1,2}(?:\.\d+)?)(?:''|\"|″)?")
_WORDED = re.compile(
    r"(?=.*\d)(?:(\d+)\s*(?:h|hrs?|hours?|std)\.?\s*)?(?:(\d+)\s*(?:m|mins?|minutes?|minuten?|')\.?\s*)?"
    r"(?:(\d+(?:\.\d+)?)\s*(?:s|secs?|seconds?|sek|sekunden?|\")\.?)?",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"(\d{1,2})(?::|\s?h\s?)(\d{2})(?::(?P<s>\d{2})(?:\.\d+)?)?\s*(?:(?P<half>[ap])\.?\s*(?:m\.?)?|uhr)?", re.IGNORECASE
)
_HOUR = re.compile(r"(\d{1,2})()\s*(?P<half>[ap])\.?\s*m\.?", re.IGNORECASE)
_HHMM = re.compile(r"(\d{0,2}?)(\d{1,2})")


def numbers(
    text: pd.Series, *, column: str, decimal: str = ".", file: Path | None = None, ours: str | None = None
) -> pd.Series:
    """Return text as float64; blank, ``-``, ``null`` and ``n/a`` are unknown (NaN), thousands marks are understood.

    Parameters
    ----------
    column, ours
        What the file and what the config call the column; `ours` None = alike.

    Raises
    ------
    InputError
        On anything else that is no number, naming the first such row.
    """
    return _each(
        text, partial(_number, decimal), "not a number", partial(_number_mend, ours or column, decimal), column, file
    )


def seconds(
    text: pd.Series, *, unit: str, column: str, decimal: str = ".", file: Path | None = None, ours: str | None = None
) -> pd.Series:
    """Return durations in seconds; unit ``hms`` reads H:MM:SS, MM:SS, 3m 31s (and plain seconds); others are scaled.

    Examples
    --------
    >>> seconds(pd.Series(["0:02:55", "1:05", ""]), unit="hms", column="handle_s").tolist()
    [175.0, 65.0, nan]
    """
    if unit != "hms":
        return numbers(text, column=column, decimal=decimal, file=file, ours=ours) * SECONDS[unit]
    return _each(text, partial(_duration, decimal), "not a duration", lambda _: "Write it like 0:02:55", column, file)


def is_duration(cell: str) -> bool:
    """Whether a cell writes a duration: H:MM:SS, MM:SS, or numbers with units such as 3m 31s."""
    worded = _WORDED.fullmatch(cell)
    return _DURATION.fullmatch(cell) is not None or (worded is not None and any(worded.groups()))


def flags(text: pd.Series, *, column: str, file: Path | None = None) -> pd.Series:
    """Return 1.0, 0.0 or NaN (blank) for yes/no, true/false, 1/0."""
    return _each(text, _flag, "neither yes nor no", lambda _: "Write 1 or 0", column, file)


def minutes_of_day(
    text: pd.Series, *, column: str, counts: TimeIs | None = None, file: Path | None = None
) -> pd.Series:
    """Return minutes after midnight of 9:30, 09:30:00, 930, 9:30 PM, or the start of a range 9:30-10:00; 24:00 is 1440.

    Parameters
    ----------
    counts
        What numbers are; None = as `counted` finds, which takes 8 for 08:00 where all are that short.

    Examples
    --------
    >>> minutes_of_day(pd.Series(["930", "9:30 PM", "00:15-00:30", "0"]), column="time").tolist()
    [570.0, 1290.0, 15.0, 0.0]
    """
    counts = counts or counted(text, column=column, file=file)
    first = beginnings_of_times(text)
    if counts is not None and counts not in CLOCKS:
        plain = first.str.replace(",", ".")
        return minutes_counted(numbers(plain, column=column, file=file), counts, column=column, file=file)
    if counts == "hh.mm":
        first = first.str.replace(r"^(\d{1,2})$", r"\1:00", regex=True)
        first = first.str.replace(r"[.,](\d)$", r".\g<1>0", regex=True).str.replace(r"[.,]", ":", regex=True)
    read = _clock_only if counts is None and first.str.contains(":", regex=False).any() else _minute
    return _each(first, read, "not a time of day", lambda _: "Write it like 09:30 or 930", column, file)


def _each(
    text: pd.Series,
    read: Callable[[str], float | None],
    what: str,
    mend: Callable[[str], str],
    column: str,
    file: Path | None,
) -> pd.Series:
    """Read every cell; `read` returns None for a cell that is wrong."""
    codes, cells = pd.factorize(text.to_numpy(dtype=object))
    values = [read(str(cell)) for cell in cells]
    wrong = np.array([v is None for v in values], dtype=bool)
    if wrong.any():
        first = int(wrong[codes].argmax())
        cell = str(text.iloc[first])
        raise InputError(
            what if cell else "blank",
            file=file,
            row=int(text.index[first]),
            column=column,
            value=cell or None,
            mend=mend(cell),
        )
    return pd.Series(np.array(values, dtype=np.float64)[codes], index=text.index)


def _number(decimal: str, cell: str) -> float | None:
    if _SPACED.fullmatch(cell):
        cell = re.sub(r"[^\d.,+-]", "", cell)
    pointed = cell.translate(_SWAP) if decimal == "," else cell
    if _NUMBER.fullmatch(pointed):
        return float(pointed)
    if _GROUPED.fullmatch(pointed):
        return float(pointed.replace(",", ""))
    return NAN if cell.lower() in UNKNOWN else None


def _number_mend(ours: str, decimal: str, cell: str) -> str:
    if re.fullmatch(SHARE, cell):
        return "These are shares: map the column that holds numbers in [intake.columns]"
    if is_duration(cell):
        return f'Set units = {{ {ours} = "hms" }} in [intake]'
    other = "," if decimal == "." else "."
    if re.fullmatch(rf"[+-]?[\d{decimal}]*\{other}\d+", cell):
        return f'Set decimal = "{other}" in [intake]'
    return f"Write a number with {decimal!r} for decimals, or leave it blank; what means unknown, missing_marks names"


def _duration(decimal: str, cell: str) -> float | None:
    match = _DURATION.fullmatch(cell)
    if match is not None:
        return int(match[1] or 0) * 86400 + int(match[2] or 0) * 3600 + int(match[3]) * 60 + float(match[4])
    worded = _WORDED.fullmatch(cell)
    if worded is not None and any(worded.groups()):
        return int(worded[1] or 0) * 3600 + int(worded[2] or 0) * 60 + float(worded[3] or 0)
    return _number(decimal, cell)


def _flag(cell: str) -> float | None:
    return FLAGS.get(cell.lower(), NAN if cell.lower() in UNKNOWN else None)


def _clock_only(cell: str) -> float | None:
    """Read a cell of a column that writes times with a colon: a bare 8 would be 8 minutes, or 8 o'clock."""
    return None if re.fullmatch(r"0*[1-9]\d?", cell) else _minute(cell)


def _minute(cell: str) -> float | None:
    match = _CLOCK.fullmatch(cell) or _HOUR.fullmatch(cell) or _HHMM.fullmatch(cell)
    if match is None:
        return None
    named = match.groupdict()
    hour, minute, second = int(match[1] or 0), int(match[2] or 0), int(named.get("s") or 0)
    half = (named.get("half") or "").lower()
    if (hour, minute, second) == (24, 0, 0) and not half:
        return 1440.0
    if minute > 59 or second > 59 or hour > 23 or (half and not 1 <= hour <= 12):
        return None
    return float((hour % 12 + 12 * (half == "p") if half else hour) * 60 + minute + second / 60)

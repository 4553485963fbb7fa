"""What the numbers of a time column count: hours, their parts, minutes or the day, or digits of the clock."""

from __future__ import annotations

import re
import typing
from pathlib import Path
from typing import Literal

import pandas as pd

from ...forecast.errors import InputError

TimeIs = Literal[
    "hhmm", "hour", "hour_ending", "half_hour", "half_hour_ending", "quarter_hour", "quarter_hour_ending",
    "hh.mm", "decimal_hour", "minute", "day_fraction",
]  # fmt: skip
"""``hour`` counts 0 to 23 (8 = 08:00), ``hour_ending`` 1 to 24 (8 = 07:00 to 08:00); in ``hhmm`` 930 is 09:30, in
``hh.mm`` 9.30 is 09:30, in ``decimal_hour`` 9.5 is 09:30, in ``minute`` 570 is 09:30; in ``day_fraction`` 0.375 is
09:00, as spreadsheets count."""

CLOCKS = ("hhmm", "hh.mm")
"""Digits of the clock rather than numbers that count."""
MINUTES = {"hour": 60, "half_hour": 30, "quarter_hour": 15, "decimal_hour": 60, "minute": 1}
USUAL_MIN = 15
"""Minutes of the clock of which usual intervals begin at a multiple."""
ENDING = "_ending"
_ENDING = re.compile(r"(?<![a-z])(?:ending|ends?|bis|endend|HE)(?![a-z])", re.IGNORECASE)
_RANGE = re.compile(r"\s*[-–—]\s*|\s+(?:to|until|bis|hasta|tot|al?|à)\s+|/")
"""What parts the beginning of a range of times from its end."""
_NAMED_HOUR = re.compile(r"(?P<name>HE|Hour|Hr|Std|H)?\.?\s*(\d{1,2})\s*(?:h|hrs?|Uhr|o['’]clock)?\.?", re.IGNORECASE)
_NO_DAY = re.compile(r"^(?:T|(?:1899-12-3\d|1900-01-0\d|3\d[/.]12[/.]1899|12/3\d/1899)[ T]+)(?=\d)")
"""What stands before a time of day and says nothing: the day from which spreadsheets count."""
_CLOCK_WORD = re.compile(r"(?<=\d)\s*uhr\.?$", re.IGNORECASE)
_HALF = re.compile(r"[ap]\.?\s*m\b", re.IGNORECASE)
_POINTED = re.compile(r"(\d{1,2})[.,](\d{1,2})")
_PARTS = re.compile(r"half|halb|quarter|viertel|period|interval|slot", re.IGNORECASE)
"""Names of columns whose numbers may count parts of an hour."""
OFF_MIN = 0.1
"""Minutes by which a fraction of the day may be rounded."""
_CLOCKLIKE = frozenset({0, 15, 30, 45})
_FRACTION = re.compile(r"0?[.,]\d+")


def beginnings_of_times(text: pd.Series) -> pd.Series:
    """Return the beginnings of ranges of times of day, and the number of hours named such as "8 Uhr" or "HE 9".

    Examples
    --------
    >>> beginnings_of_times(pd.Series(["08:00 - 08:30", "8 h", "9-10"])).tolist()
    ['08:00', '8', '9']
    """
    return text.map({cell: _beginning(cell) for cell in text.unique()}).astype("str")


def _beginning(cell: str) -> str:
    first = _RANGE.split(_NO_DAY.sub("", cell.strip()), maxsplit=1)[0]
    first = _CLOCK_WORD.sub("", first)
    if _HALF.search(cell) and not _HALF.search(first):
        return cell  # in 11-12 PM the first may be before noon
    named = _NAMED_HOUR.fullmatch(first)
    return named[2] if named is not None else first


def counted(text: pd.Series, *, column: str, file: Path | None = None) -> TimeIs | None:
    """Return what the numbers of a column count; None for times with a colon and for digits of the clock (930).

    Raises
    ------
    InputError
        If the numbers may count several things, such as 17 to 36.

    Examples
    --------
    >>> counted(pd.Series(["8", "9", "17"]), column="Hour")
    'hour'
    >>> counted(pd.Series(["1", "13", "24"]), column="Hour")
    'hour_ending'
    >>> counted(pd.Series(["9", "18"]), column="Hour ending")
    'hour_ending'
    >>> counted(pd.Series(["8", "8.5"]), column="Time"), counted(pd.Series(["08.00", "08.30"]), column="Time")
    ('decimal_hour', 'hh.mm')
    """
    ranges = any(_RANGE.search(cell.strip()) for cell in text.unique())
    ending = bool(_ENDING.search(column)) or any((m := _NAMED_HOUR.fullmatch(c)) and _ends(m) for c in text.unique())
    cells = beginnings_of_times(text).unique()
    if any(_FRACTION.fullmatch(cell) for cell in cells) and all(
        _FRACTION.fullmatch(cell) or cell == "0" for cell in cells
    ):
        return "day_fraction"
    if any(_POINTED.fullmatch(cell) for cell in cells):
        return _pointed(text, list(cells), column, file)
    if _are_minutes(list(cells)):
        return "minute"
    if not len(cells) or not all(cell.isdigit() and len(cell) <= 2 for cell in cells):
        return None
    found = {int(cell) for cell in cells}
    low, high = min(found), max(found)
    if ranges and high < 24:
        return "hour"  # 8-9 says itself where the hour begins
    if _PARTS.search(column) and (high < 24 or (high == 24 and low > 1)):
        raise _doubtful(text, column, file)  # the parts of a day that ends before noon
    if ending and "half" not in column.casefold() and low >= 1 and high <= 24:
        return "hour_ending"
    if len(found) > 1 and found <= _CLOCKLIKE:
        raise _doubtful(text, column, file)  # 0, 30 may be the first two half-hours of a day in digits of the clock
    if high < 24:
        return "hour"
    for size, last in (("hour", 24), ("half_hour", 48), ("quarter_hour", 96)):
        if low >= 1 and high == last:
            return typing.cast("TimeIs", size + ENDING)
        if low == 0 and last // 2 < high < last:
            return typing.cast("TimeIs", size)
    raise _doubtful(text, column, file)


def _ends(named: re.Match[str]) -> bool:
    return (named["name"] or "").upper() == "HE"


def _pointed(text: pd.Series, cells: list[str], column: str, file: Path | None) -> TimeIs | None:
    """Return whether 8.5 is 08:30 or 8.30 is: what puts all times on the usual minutes of the clock."""
    if not all(_POINTED.fullmatch(cell) or (cell.isdigit() and len(cell) <= 2) for cell in cells):
        return None
    parts = {match[2] for cell in cells if (match := _POINTED.fullmatch(cell))}
    decimal = all(float(f"0.{part}") * 60 % USUAL_MIN == 0 for part in parts)
    clock = all(int(part.ljust(2, "0")) % USUAL_MIN == 0 and int(part.ljust(2, "0")) < 60 for part in parts)
    if decimal != clock or parts <= {"0", "00"}:
        return "decimal_hour" if decimal else "hh.mm"
    raise _doubtful(text, column, file)


def _are_minutes(cells: list[str]) -> bool:
    """Whether whole numbers count the minutes of the day: as digits of the clock some would be none, like 480."""
    if not all(cell.isdigit() for cell in cells) or not any(len(cell) == 3 for cell in cells):
        return False
    numbers = [int(cell) for cell in cells]
    return max(numbers) < 1440 and all(n % USUAL_MIN == 0 for n in numbers) and any(n % 100 > 59 for n in numbers)


def minutes_counted(numbers: pd.Series, counts: TimeIs, *, column: str, file: Path | None = None) -> pd.Series:
    """Return the minutes after midnight at which the counted parts of the day begin.

    Raises
    ------
    InputError
        On a number outside the day.
    """
    size = {"day_fraction": 1440}.get(counts) or MINUTES[counts.removesuffix(ENDING)]
    exact = (numbers - counts.endswith(ENDING)) * size
    minutes = exact.round()
    wrong = ~((minutes >= 0) & (minutes < 1440) & ((exact - minutes).abs() < OFF_MIN))
    if counts not in ("day_fraction", "decimal_hour"):
        wrong |= numbers % 1 != 0
    if wrong.any():
        row = numbers.index[int(wrong.to_numpy().argmax())]
        raise InputError(
            "not a part of the day",
            file=file,
            row=int(row),
            column=column,
            value=f"{numbers[row]:g}",
            mend=f"time_is = {counts!r} in [intake] counts parts of 24 hours; correct the cell or the key",
        )
    return minutes


def refuse_half_clocks(starts: pd.Series, key: pd.Series, *, column: str, file: Path) -> None:
    """Raise `InputError` on times of a 12-hour clock without AM and PM: 01:00 follows 12:30 on the same date.

    Parameters
    ----------
    starts
        Wall clock of the rows, in the order of the file.
    key
        What tells the queues of the rows apart.
    """
    for _, own in starts.groupby(key[starts.index], sort=False):
        _refuse_half_clock(own, column, file)


def _refuse_half_clock(starts: pd.Series, column: str, file: Path) -> None:
    hours = starts.dt.hour
    if not hours.between(1, 12).all() or not hours.isin(range(1, 7)).any():
        return
    days = starts.dt.normalize()
    forward = (days == days.shift()) & (hours.shift() == 12) & (hours == 1)
    backward = (days == days.shift()) & (hours.shift() == 1) & (hours == 12)
    turns = forward if starts.iloc[0] <= starts.iloc[-1] else backward
    if turns.sum() >= days.nunique() / 2:
        row = int(turns.index[int(turns.to_numpy().argmax())])
        raise InputError(
            "times of a 12-hour clock without AM and PM: after 12 the hours begin at 1 again",
            file=file,
            row=row,
            column=column,
            value=f"{starts[row]:%Y-%m-%d %H:%M}",
            mend="Export times with AM and PM, or of a 24-hour clock",
        )


def _doubtful(text: pd.Series, column: str, file: Path | None) -> InputError:
    numbers = pd.to_numeric(beginnings_of_times(text).str.replace(",", "."), errors="coerce")
    known = ", ".join(map(repr, typing.get_args(TimeIs)))
    return InputError(
        f"the numbers {numbers.min():g} to {numbers.max():g} may count hours, half-hours, or stand for minutes",
        file=file,
        row=int(text.index[0]),
        column=column,
        value=str(text.iloc[0]),
        mend=f"Say which in [intake]: time_is = one of {known}",
    )

"""What the whole numbers of a time column count: hours, half-hours or quarters of the day, or digits of the clock."""

from __future__ import annotations

import re
import typing
from pathlib import Path
from typing import Literal

import pandas as pd

from ...forecast.errors import InputError

TimeIs = Literal[
    "hhmm", "hour", "hour_ending", "half_hour", "half_hour_ending", "quarter_hour", "quarter_hour_ending",
    "day_fraction",
]  # fmt: skip
"""``hour`` counts 0 to 23 (8 = 08:00), ``hour_ending`` 1 to 24 (8 = 07:00 to 08:00); in ``hhmm`` 930 is 09:30; in
``day_fraction`` 0.375 is 09:00, as spreadsheets count."""

MINUTES = {"hour": 60, "half_hour": 30, "quarter_hour": 15}
ENDING = "_ending"
_ENDING = re.compile(r"(?<![a-z])(?:ending|ends?|bis|endend|HE)(?![a-z])", re.IGNORECASE)
_PARTS = re.compile(r"half|halb|quarter|viertel|period|interval|slot", re.IGNORECASE)
"""Names of columns whose numbers may count parts of an hour."""
OFF_MIN = 0.1
"""Minutes by which a fraction of the day may be rounded."""
_CLOCKLIKE = frozenset({0, 15, 30, 45})
_FRACTION = re.compile(r"0?[.,]\d+")


def counted(text: pd.Series, *, column: str, file: Path | None = None) -> TimeIs | None:
    """Return what a column counts whose cells are whole numbers of one or two digits, or fractions; None for others.

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
    """
    cells = text.unique()
    if any(_FRACTION.fullmatch(cell) for cell in cells) and all(
        _FRACTION.fullmatch(cell) or cell == "0" for cell in cells
    ):
        return "day_fraction"
    if not len(cells) or not all(cell.isdigit() and len(cell) <= 2 for cell in cells):
        return None
    found = {int(cell) for cell in cells}
    low, high = min(found), max(found)
    if _PARTS.search(column) and (high < 24 or (high == 24 and low > 1)):
        raise _doubtful(text, column, file)  # the parts of a day that ends before noon
    if _ENDING.search(column) and "half" not in column.casefold() and low >= 1 and high <= 24:
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


def minutes_counted(numbers: pd.Series, counts: TimeIs, *, column: str, file: Path | None = None) -> pd.Series:
    """Return the minutes after midnight at which the counted parts of the day begin.

    Raises
    ------
    InputError
        On a number outside the day.
    """
    if counts == "day_fraction":
        size, minutes = 1, (numbers * 1440).round()
        wrong = ~((minutes >= 0) & (minutes < 1440) & ((numbers * 1440 - minutes).abs() < OFF_MIN))
    else:
        size = MINUTES[counts.removesuffix(ENDING)]
        minutes = (numbers - counts.endswith(ENDING)) * size
        wrong = ~((minutes >= 0) & (minutes < 1440) & (numbers % 1 == 0))
    if wrong.any():
        row = numbers.index[int(wrong.to_numpy().argmax())]
        raise InputError(
            "not a part of the day",
            file=file,
            row=int(row),
            column=column,
            value=f"{numbers[row]:g}",
            mend=f"time_is = {counts!r} counts {1440 // size} parts; correct the cell or [intake] time_is",
        )
    return minutes


def _doubtful(text: pd.Series, column: str, file: Path | None) -> InputError:
    numbers = pd.to_numeric(text)
    known = ", ".join(map(repr, typing.get_args(TimeIs)))
    return InputError(
        f"the numbers {numbers.min()} to {numbers.max()} may count hours, half-hours, or stand for minutes",
        file=file,
        row=int(text.index[0]),
        column=column,
        value=str(text.iloc[0]),
        mend=f"Say which in [intake]: time_is = one of {known}",
    )

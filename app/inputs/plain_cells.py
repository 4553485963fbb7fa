"""Cells of files about people in our spelling: points for decimals, ISO dates; what may mean two things is refused."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from ...forecast.errors import InputError
from ..intake.dates import EXCEL, date_format, plain_halves
from ..intake.values import minutes_of_day, numbers

_ISO = re.compile(r"\d{4}-\d\d?-\d\d?(?:[T ].*)?|\d{8}T.*")
_TIME = re.compile(r"\d{1,2}[:.h]\d{2}(?::\d{2})?\s*(?:[ap]\.?\s?m\.?|uhr)?", re.IGNORECASE)
_WITH_TIME = re.compile(rf"(.*?\S)(?:,\s*|\s+|T)({_TIME.pattern})", re.IGNORECASE)
_WEEKDAY = re.compile(r"(?:every|each|jeden|jede)?\s*[^\W\d_]{2,}\.?(?:\s*(?:[-|,;/+]|to|bis)\s*[^\W\d_]{2,}\.?)*"
                      rf"(?:\s+{_TIME.pattern})?", re.IGNORECASE)  # fmt: skip
"""A day of the week, or several, with or without a time: rows that recur."""
_COMMA = re.compile(r"[+-]?\d+,\d{1,2}|[+-]?\d+,\d{4,}|[+-]?\d{1,3}(?:\.\d{3})+,\d+|[+-]?0,\d+")
"""Numbers whose comma can only be that of decimals."""
_EITHER = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
"""Numbers whose comma may be that of thousands."""
_MIDNIGHT = re.compile(r"(\d{4}-\d\d-\d\d) 00:00:00")


def pointed(text: pd.Series, file: Path) -> pd.Series:
    """Return numbers with a point for decimals.

    Raises
    ------
    InputError
        On a number such as 1,143, where no other number of the column shows what its comma means.
    """
    commas = text.str.contains(",", regex=False)
    if not commas.any():
        return text
    decimal = text.map(lambda cell: _COMMA.fullmatch(cell) is not None)
    either = text.map(lambda cell: _EITHER.fullmatch(cell) is not None)
    if not (decimal | either)[commas].all():
        return text  # the check of the table tells what is no number
    if not decimal.any() or text[~commas].str.contains(".", regex=False).any():
        row = text.index[int(commas.to_numpy().argmax())]
        mend = "Write it with a point for decimals, or without a mark for thousands"
        raise InputError(
            "the comma may stand for decimals or for thousands", file=file, row=int(row), column=str(text.name),
            value=str(text[row]), mend=mend,
        )  # fmt: skip
    read = numbers(text[commas], column=str(text.name), decimal=",", file=file)
    return text.where(~commas, read.map("{:.10g}".format).reindex(text.index, fill_value=""))


def pointed_skills(text: pd.Series) -> pd.Series:
    """Return skills, such as ``calls|chat:1,1``, with a point in their levels."""
    return text.str.replace(r"(:\s*\d+),(\d+)", r"\1.\2", regex=True)


def iso_times(
    frame: pd.DataFrame, columns: Sequence[str], file: Path, *, workbook: bool
) -> tuple[pd.DataFrame, str | None]:
    """Return `frame` with its dates and times in ISO 8601, and the format they had where they had another one.

    All columns of a file have one format. Times of day alone, and days of the week, stay as they are.

    Parameters
    ----------
    frame
        Text cells, index "row".
    workbook
        Whether the cells come from a workbook, where a real date is either a whole day or its midnight.

    Raises
    ------
    InputError
        On dates that no format fits, and on dates whose day and month may be swapped.
    """
    out = frame.copy()
    for column in columns:
        out[column] = out[column].map(lambda cell: _MIDNIGHT.sub(r"\1", cell) if workbook else cell)
    if workbook and {"start", "end"} <= set(columns):
        _refuse_midnights(out, file)
    cells = pd.concat([out[c] for c in columns]) if columns else pd.Series(dtype="str")
    written = [str(c) for c in cells.unique() if c and not _as_it_is(str(c))]
    if not written:
        return out, None
    parts = {cell: (m[1], m[2]) if (m := _WITH_TIME.fullmatch(cell)) else (cell, "") for cell in written}
    dates = [day.rstrip(",") for day, _ in parts.values()]
    real = [str(c)[:10] for c in cells.unique() if c and _ISO.fullmatch(str(c))]
    form, _, doubt = date_format(pd.Series([*dates, *real], dtype="str"))
    if form is None or doubt is not None or form == EXCEL:
        _refuse_dates(out, columns, written[0], doubt, file)
    days = pd.to_datetime(pd.Series(dates), format=form, errors="coerce")
    times = _clock_of([time for _, time in parts.values()], file)
    iso = {
        cell: f"{day:%Y-%m-%d}{time}" for cell, day, time in zip(parts, days, times, strict=True) if not pd.isna(day)
    }
    for column in columns:
        out[column] = out[column].map(lambda cell: iso.get(cell, cell))
    return out, form


def _as_it_is(cell: str) -> bool:
    """Whether a cell needs no format of dates."""
    return any(p.fullmatch(cell) for p in (_ISO, _TIME, _WEEKDAY)) or not re.search(r"\d.*[./ -].*\d|\d{8}", cell)


def _clock_of(times: Sequence[str], file: Path) -> list[str]:
    """Return times of day as they follow a date in ISO 8601; "" where there is none."""
    told = pd.Series(times, dtype="str")
    plain = plain_halves(told[told != ""].str.replace(r"(?<=\d)[.h](?=\d)", ":", regex=True))
    minutes = minutes_of_day(plain, column="start", file=file) if len(plain) else pd.Series(dtype=float)
    found = minutes.reindex(told.index).fillna(0).astype(int)
    pairs = zip(told, found.tolist(), strict=True)
    return ["" if not time else f"T{minute // 60:02d}:{minute % 60:02d}" for time, minute in pairs]


def _refuse_dates(frame: pd.DataFrame, columns: Sequence[str], cell: str, doubt: str | None, file: Path) -> None:
    """Raise `InputError` on dates that no one format fits; `doubt` in words."""
    column = next(c for c in columns if (frame[c] == cell).any())
    row = frame.index[int(frame[column].eq(cell).to_numpy().argmax())]
    words = (doubt or "").removeprefix("date_format: ")
    both = "fit" in words
    what = (
        "day and month may be swapped" if both else "dates of two kinds in one file" if "real" in words else "no date"
    )
    mend = "Write dates like 2026-10-25, year first"
    raise InputError(what, file=file, row=int(row), column=column, value=cell, mend=mend)


def _refuse_midnights(frame: pd.DataFrame, file: Path) -> None:
    """Raise `InputError` where a window with a time begins, and ends on a bare date of a workbook."""
    timed = frame["start"].str.contains(":", regex=False) & frame["start"].str.match(r"\d{4}-")
    bare = frame["end"].str.fullmatch(r"\d{4}-\d\d-\d\d") & timed
    if bare.any():
        row = frame.index[int(bare.to_numpy().argmax())]
        raise InputError(
            "may mean the whole day or its first moment", file=file, row=int(row), column="end",
            value=str(frame["end"][row]), mend="Write a time, 23:59 for the end of that day",
        )  # fmt: skip

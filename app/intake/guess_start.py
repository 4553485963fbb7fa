"""The columns that tell when an interval was, guessed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from ...forecast.errors import InputError
from .cells import FILE, JOINT, SHEET
from .dates import HOLDS_DATE, date_format
from .ends import DAY_MIN, begins
from .hours import counted
from .values import minutes_of_day
from .words import NAMES, Recognised, plain

LOOK = 5000
"""Rows that a guess looks at, at most."""
_CLOCK = r"(\d{1,2}:\d{2}(?::\d{2})?(?:\s*[AaPp]\.?\s?[Mm]\.?)?)"
_TIME = r"\d{1,2}[:h]\d{2}"
_YEAR, _MONTH, _DAY, _HOUR, _MINUTE = (
    frozenset(words.split())
    for words in (
        "year jahr año ano année anno jaar rok yyyy",
        "month monat mes mois mese maand mm miesiąc",
        "day tag día dia jour giorno dag dd dzień",
        "hour stunde hora heure ora uur hh godzina hr",
        "minute minuten minuto minutes minuut min minuta",
    )
)


def with_start(found: Recognised, cells: pd.DataFrame, path: Path, sheets: Sequence[str]) -> Recognised:
    """Return what was recognised, with the start corrected by the values.

    A time that holds a date is the start by itself; where no column holds a date, unnamed columns, and the names of
    sheets and file are tried; ends of intervals are taken where no column tells starts.

    Parameters
    ----------
    sheets
        The sheets of a workbook that are read.
    """
    found = _joined(found, list(cells.columns))
    if found.start is not None and found.end is not None and plain(found.start) in NAMES["end"]:
        found = replace(found, start=None)
    if JOINT in (found.date or "") or JOINT in (found.time or ""):
        return found
    if found.date is not None and found.time is not None and _dated(cells[found.time]):
        return replace(found, start=found.time, date=None, time=None)
    if found.end is not None and (found.start is None or not _timed(cells, found)) and found.time is None:
        return replace(found, start=found.end) if _dated(cells[found.end]) else _dated_by(found, cells, path, sheets)
    if found.start is None and found.date is None:
        dated = next((name for name in cells.columns if name.startswith("Unnamed:") and _dated(cells[name])), None)
        if dated is not None and found.time is not None:
            return replace(found, date=dated)
        return replace(found, start=dated)
    if found.start is not None and not _dated(cells[found.start]):
        dated = next((name for name in cells.columns if name != found.start and _dated(cells[name])), None)
        if dated is not None and dated not in found.columns.values():
            return replace(found, start=None, date=dated, time=found.start)
        return _dated_by(replace(found, time=found.start), cells, path, sheets)
    if found.date is None and found.start is not None and not cells[found.start].str.contains(":", regex=False).any():
        timed = next(
            (n for n in cells.columns if n.startswith("Unnamed:") and cells[n].str.match(_TIME).mean() > 0.5), None
        )
        if timed is not None:
            return replace(found, start=None, date=found.start, time=timed)
    return found


def _timed(cells: pd.DataFrame, found: Recognised) -> bool:
    """Whether the start holds times of day, or a column of times stands beside."""
    return found.start is not None and bool(cells[found.start].str.contains(r"\d[:hH]\d|\d{5}[.,]\d", regex=True).any())


def _dated_by(found: Recognised, cells: pd.DataFrame, path: Path, sheets: Sequence[str]) -> Recognised:
    """Return times of day together with a date: that of the start, of the names of sheets, or of the file's name."""
    time = found.time or found.end
    if found.start is not None and found.start != time and _dated(cells[found.start]):
        return replace(found, start=None, date=found.start, time=time)
    for name, texts in ((SHEET, sheets), (FILE, [path.stem])):
        if time is not None and texts and date_format(pd.Series(texts, dtype="str"))[2] is None:
            return replace(found, start=None, date=name, time=time)
    return found


def _joined(found: Recognised, header: Sequence[str]) -> Recognised:
    """Return the start split over columns of year, month and day, or of hour and minute, as joined columns."""
    known = {kind: next((n for n in header if plain(n) in words), None) for kind, words in (
        ("year", _YEAR), ("month", _MONTH), ("day", _DAY), ("hour", _HOUR), ("minute", _MINUTE)
    )}  # fmt: skip
    if known["year"] and known["month"] and known["day"]:
        date = JOINT.join(str(known[part]) for part in ("year", "month", "day"))
        time = found.time or known["hour"] or (found.start if found.start not in known.values() else None)
        found = replace(found, start=None, date=date, time=time)
    if known["hour"] and known["minute"] and found.time in (known["hour"], known["minute"]):
        found = replace(found, time=f"{known['hour']}{JOINT}{known['minute']}")
    return found


def _dated(text: pd.Series) -> bool:
    """Whether most of the filled cells of a column hold a date."""
    filled = text[text != ""].head(LOOK)
    dated = filled.str.contains(HOLDS_DATE) & ~filled.str.contains(r"\b(?:1899|1900)\b")
    return len(filled) > 0 and bool(dated.mean() > 0.5)


def time_of_day(text: pd.Series, name: str, dates: pd.Series, reasons: list[str], doubts: list[str]) -> dict[str, Any]:
    """Return the keys of what numbers count and of times that mark ends, telling what the column is.

    Parameters
    ----------
    text, dates
        Cells of the column `name` and of the column of dates, row by row.
    """
    try:
        counts = counted(text, column=name)
        minutes = minutes_of_day(text[text != ""], column=name, counts=counts)
    except InputError as error:
        doubts.append(f"time_is: {error}" if "time_is" in str(error) else f"{name!r}: {error}")
        return {}
    if counts is None:
        reasons.append(f"{name!r} is the time of day")
    else:
        size = counts.replace("_", " ").replace(" ending", " (the one that ends then)")
        told = f"{text[text != ''].iloc[0]} is {int(minutes.iloc[0]) // 60:02d}:{int(minutes.iloc[0]) % 60:02d}"
        reasons.append(f"{name!r} counts each {size} of the day: {told}")
    ends, days = minutes == DAY_MIN, dates.loc[minutes.index]
    opens = ends & (days != days.shift()) & (days == days.shift(-1))  # 24:00 on the first row of its date is 00:00
    late = bool(ends.any()) and not (minutes == 0).any() and not opens.any()
    if late and begins(name):
        doubts.append(f"time_marks: {name!r} tells where intervals begin, and 24:00 in it ends one; say which it is")
        return {}
    if counts is None or not counts.endswith("_ending"):
        return ({"time_is": counts} if counts else {}) | end_marks(name, reasons, late=late)
    return {"time_is": counts}


def end_marks(name: str, reasons: list[str], *, late: bool = False) -> dict[str, Any]:
    """Return the key that times of a column mark ends: by its name, or as 24:00 stands in it and 00:00 does not."""
    if not late and plain(name) not in NAMES["end"]:
        return {}
    why = "24:00 is one of them and 00:00 is not" if late else "its name says so"
    reasons.append(f"times in {name!r} are ends of intervals: {why}")
    return {"time_marks": "end"}


def interval_of(cells: pd.DataFrame, found: Recognised, reasons: list[str]) -> dict[str, Any]:
    """Return the length of the intervals where starts and ends stand beside each other, and all are as long."""
    begin = found.time or found.start
    if begin is None or found.end is None or begin == found.end:
        return {}
    clocks = [cells[name].str.extract(_CLOCK, expand=False) for name in (begin, found.end)]
    try:
        first, last = (minutes_of_day(text.fillna(""), column=begin) for text in clocks)
    except InputError:
        return {}
    length = ((last - first) % DAY_MIN).unique()
    if len(length) != 1 or not 1 < length[0] < DAY_MIN or DAY_MIN % length[0]:
        return {}
    reasons.append(f"intervals are {length[0]:g} min long, from {begin!r} to {found.end!r}")
    return {"interval_min": int(length[0])}

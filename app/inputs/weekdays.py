"""Windows that recur by the days of the week: how people write the days, and the dated windows that follow."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pandas as pd

from ...forecast.calendar.grid import WEEKDAYS, Grid, known_zone, midnight
from ...forecast.calendar.local_times import spreadsheet_row
from ...forecast.errors import InputError
from ..intake.values import minutes_of_day

DAYS = "days"
GERMAN = ("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag")
_WORDS = {
    **{word[:n]: i for names in (WEEKDAYS, GERMAN) for i, word in enumerate(names) for n in (2, 3, 4, len(word))},
    "thurs": 3, "thur": 3, "tues": 1, "weds": 2, "sonnabend": 5,
}  # fmt: skip
_BEFORE = re.compile(r"^(?:every|each|jeden|jede)\s+|s(?=$)", re.IGNORECASE)
_PARTS = re.compile(r"[|,;/+&]|\band\b|\bund\b")
_SPAN = re.compile(r"\s*(?:[-–]|\bto\b|\bbis\b)\s*")
_DAYS_AND_TIME = re.compile(r"([^\W\d_][^\d]*?)\s+(\d.*)")
MEND = "Write the days like monday|thursday or mon-fri, and start and end like 08:00 and 16:00"
BEYOND = 2
"""Days after the planned ones for which windows are dated: shifts that begin in the week run into them."""


def days_of(text: str) -> tuple[int, ...] | None:
    """Return the days of the week that a text names, Monday = 0; None where a word is no day.

    Examples
    --------
    >>> days_of("every Monday"), days_of("Mon-Wed, fri"), days_of("Sa bis Mo"), days_of("payday")
    ((0,), (0, 1, 2, 4), (0, 5, 6), None)
    """
    plain = _BEFORE.sub("", text.strip().lower()).strip()
    if plain in ("daily", "day", "all", "täglich"):
        return tuple(range(7))
    found: set[int] = set()
    for part in filter(None, (p.strip() for p in _PARTS.split(plain))):
        ends = [_WORDS.get(_BEFORE.sub("", word.strip().strip("."))) for word in _SPAN.split(part)]
        if None in ends or len(ends) > 2:
            return None
        first, last = ends[0] or 0, ends[-1] or 0
        found |= {day % 7 for day in range(first, last + 1 + 7 * (last < first))}
    return tuple(sorted(found)) or None


def named_days(rows: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Return windows with their days as names joined by ``|``, and times like 08:00.

    A start such as "every Monday 08:00" names its days, too.

    Raises
    ------
    InputError
        On days that are none.
    """
    if not {"start", "end"} <= set(rows):
        return rows
    out = rows if DAYS in rows else rows.assign(**{DAYS: ""})
    inside = out["start"].map(lambda cell: _DAYS_AND_TIME.fullmatch(cell))
    timed = inside.notna() & (out[DAYS] == "")
    out = out.assign(
        **{DAYS: out[DAYS].where(~timed, inside.map(lambda m: m[1] if m else "")),
           "start": out["start"].where(~timed, inside.map(lambda m: m[2] if m else ""))}
    )  # fmt: skip
    recur = out[DAYS] != ""
    if not recur.any():
        return rows
    for row, text in out.loc[recur, DAYS].items():
        if days_of(text) is None:
            raise InputError("no day of the week", file=path, row=int(str(row)), column=DAYS, value=text, mend=MEND)
    names = out[DAYS].map(lambda text: "|".join(WEEKDAYS[d] for d in days_of(text) or ()) if text else "")
    clock = {edge: out[edge].where(~recur, out[edge].map(_clock)) for edge in ("start", "end")}
    return out.assign(**{DAYS: names, **clock})


def _clock(cell: str) -> str:
    """Return a time of day like 08:00; other text as it stands."""
    if re.fullmatch(r"24[:.]?00(?::00)?", cell):
        return "24:00"
    try:
        minute = int(minutes_of_day(pd.Series([re.sub(r"(?<=\d)[.h](?=\d)", ":", cell)]), column="start").iloc[0])
    except InputError:
        return cell
    return f"{minute // 60:02d}:{minute % 60:02d}"


def dated(rows: pd.DataFrame, grid: Grid, zone: str | None, path: Path) -> pd.DataFrame:
    """Return windows with those that recur written once for each of their days about the week of `grid`.

    A window that ends no later than it starts runs into the next day. Where the clock skips an edge the first moment
    after it counts.

    Parameters
    ----------
    rows
        Text cells; `days` holds names of days joined by ``|``, blank = a window with dates.

    Returns
    -------
    DataFrame
        Without `days`, its index "row" the row of the file from which each window comes.

    Raises
    ------
    InputError
        On days that are none, or edges that are no times of day.
    """
    numbered = rows.set_axis(pd.Index([spreadsheet_row(i, rows.index) for i in range(len(rows))], name="row"))
    if DAYS not in rows or not {"start", "end"} <= set(rows):
        return numbered
    out: list[tuple[int, dict[str, str]]] = []
    for row, record in zip(numbered.index.tolist(), numbered.to_dict("records"), strict=True):
        cells = {str(name): str(cell) for name, cell in record.items()}
        text = cells.pop(DAYS).strip()
        if not text:
            out.append((row, cells))
            continue
        days = days_of(text)
        if days is None:
            raise InputError("no day of the week", file=path, row=row, column=DAYS, value=text, mend=MEND)
        start, end = (_minute(cells[edge], path, row, edge) for edge in ("start", "end"))
        if start == end:
            mend = "Write 00:00 and 24:00 for whole days"
            raise InputError(
                "window ends when it starts", file=path, row=row, column="end", value=cells["end"], mend=mend
            )
        last = end + 1440 * (end < start)
        for date in (grid.first_date + dt.timedelta(days=i) for i in range(-1, grid.days + BEYOND)):
            if date.weekday() in days:
                edges = {"start": _instant(date, start, zone), "end": _instant(date, last, zone)}
                out.append((row, {**cells, **edges}))
    frame = pd.DataFrame([cells for _, cells in out], columns=[c for c in rows.columns if c != DAYS], dtype="str")
    return frame.set_axis(pd.Index([row for row, _ in out], name="row", dtype="int64"))


def _minute(cell: object, path: Path, row: int, column: str) -> int:
    """Return minutes after midnight of ``08:00``; 24:00 and 23:59 are the day's end."""
    text = str(cell).strip()
    found = re.fullmatch(r"(\d{1,2}):(\d{2})(?::00)?", text)
    minute = 60 * int(found[1]) + int(found[2]) if found else -1
    if found is None or int(found[2]) > 59 or minute > 1440:
        raise InputError("not a time of day", file=path, row=row, column=column, value=text, mend=MEND)
    return 1440 if minute == 1439 else minute


def _instant(date: dt.date, minute: int, zone: str | None) -> str:
    """Return the instant at which the clock shows a minute after midnight of `date`, in ISO 8601."""
    day = date + dt.timedelta(days=minute // 1440)
    if minute % 1440 == 0:
        return midnight(day, zone).isoformat()
    wall = pd.Timestamp(day) + pd.Timedelta(minutes=minute % 1440)
    if zone is None:
        return wall.isoformat()
    return wall.tz_localize(known_zone(zone), ambiguous=True, nonexistent="shift_forward").isoformat()

"""The format of a column of dates, recognised by its values."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from ...forecast.errors import InputError
from .date_words import NAMES_OF_MONTHS, plain_dates, weekdays_agree

DATES = (
    "%d.%m.%Y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%Y/%m/%d",
    "%Y%m%d",
    "%m%d%Y",
    "%d%m%Y",
    "%d.%m.%y",
    "%d/%m/%y",
    "%m/%d/%y",
    "%d-%b-%Y",
    "%d %b %Y",
    "%b %d, %Y",
    "%Y-%m-%d",
    "%b %d %Y",
    "%B %d %Y",
    "%d %b %y",
    "%d-%m-%y",
    "%y/%m/%d",
)
MONTHS = ("%Y-%m", "%m/%Y", "%m.%Y", "%m-%Y", "%b %Y", "%b %y")
"""Formats of whole months."""
TOGETHER = MappingProxyType({"%Y%m%dT%H%M": 13, "%Y%m%dT%H%M%S": 15, "%Y%m%d%H%M": 12, "%Y%m%d%H%M%S": 14})
"""Formats of date and time of day without a blank between, with their length: they would read shorter text, too."""
_CLOCKS = ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p")
TIMES = ("", *(" " + clock for clock in _CLOCKS), *(", " + clock for clock in _CLOCKS))
EXCEL, SERIAL_FROM = "excel", pd.Timestamp("1899-12-30")
"""Format of dates that count days, as spreadsheets do, and the day from which they count."""
SERIAL_DAYS = (36526, 73050)
"""Serial days that are taken for dates: those of the years 2000 to 2099."""
_HALF = re.compile(r"\s*\b([ap])\.?\s*m\.?\s*$|(?<=\d)\s*([ap])\.?\s*m\.?\s*$", re.IGNORECASE)
HOLDS_DATE = re.compile(
    r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}|^\d{10}(?:\d{3})?$|^\d{5}(?:[.,]\d+)?$|^\d{8}(?:$|T\d{4})"
    rf"|\d{{1,4}}[ .-]+(?:de )?(?:{NAMES_OF_MONTHS})\b|\b(?:{NAMES_OF_MONTHS}) \d{{1,2}},? \d{{4}}",
    re.IGNORECASE,
)
"""How cells look that hold a date."""
LOOK = 5000
"""Different values on which formats are tried first: those that fit are tried on all."""
REAL_DATE = r"\d{4}-\d\d-\d\d(?:[T ].*)?"
"""What a real date of a workbook reaches us as: ISO 8601, whatever its cell showed."""
CLOSER = 0.2
"""Span of the dates with day and month swapped as a share of the span as given, below 1, that shows a swap."""
_RANGE = re.compile(
    r"(.*?\d:\d{2}\S*?(?:\s?[ap]\.?\s?m\.?)?)\s*"
    r"(?:/(?=\d{4}-)|\s[-–—]\s|(?<=:\d\d)[-–—](?=\d)|\s(?:to|until|bis|hasta|tot|al?|à)\s).*\d.*",
    re.IGNORECASE,
)
Found = tuple[str | None, str, str | None]


def date_format(text: pd.Series) -> Found:
    """Return the format (None = ISO 8601), why, and a doubt where day and month could be swapped.

    Examples
    --------
    >>> date_format(pd.Series(["25/10/2026 07:30", "26/10/2026 08:00"]))[0]
    '%d/%m/%Y %H:%M'
    """
    cells = beginnings(pd.Series(text[text != ""].unique(), dtype="str"))
    if cells.empty:
        return None, "it is empty", None
    real = cells.str.fullmatch(REAL_DATE)
    if real.all() and pd.to_datetime(cells, format="ISO8601", errors="coerce").notna().all():
        return None, f"ISO 8601 like {cells[0]}", None
    if cells.str.fullmatch(r"\d{10}(?:\d{3})?").all():
        form = "epoch_s" if len(cells[0]) == 10 else "epoch_ms"
        return form, f"{form.replace('epoch_', '')} since 1970 like {cells[0]}", None
    if cells.str.fullmatch(r"\d{5}(?:[.,]\d+)?").all():
        days = pd.to_numeric(cells.str.replace(",", "."))
        if days.between(SERIAL_DAYS[0], SERIAL_DAYS[1], inclusive="left").all():
            first = SERIAL_FROM + pd.Timedelta(days=float(days[0]))
            return EXCEL, f"days as spreadsheets count, {cells[0]} is {first.round('s'):%Y-%m-%d %H:%M}", None
    mixed = real.any() and not real.all()
    written = cells[~real] if mixed else cells
    fitting = _fitting(written)
    if not fitting:
        return (
            None,
            f"no known format fits {written.iloc[0]!r}",
            f"date_format: {written.iloc[0]!r} is not recognised; write its strftime format",
        )
    doubt = None
    if mixed:
        doubt = (
            f"date_format: {int(real.sum())} cells are real dates, {len(written)} are text; a spreadsheet that takes "
            "the other order for its own swaps day and month of the first kind: export the file anew"
        )
    if len(fitting) == 1:
        return fitting[0], f"only {fitting[0]!r} fits all of {len(written)} different values", doubt
    order = sorted(fitting, key=lambda form: _spread(_dates(written, form)))
    both = " and ".join(map(repr, fitting))
    if _spread(_dates(written, order[0])) == _spread(_dates(written, order[1])):
        doubt = f"date_format: {both} fit {written.iloc[0]!r} alike; write the right one"
        return None, f"{both} fit alike, none is taken", doubt
    doubt = (
        doubt or f"date_format: {both} fit {written.iloc[0]!r}; {order[0]!r} is taken as its days lie closest together"
    )
    return order[0], f"{order[0]!r} fits", doubt


def _fitting(written: pd.Series) -> list[str]:
    """Return the formats that read all cells, as they stand or with their names of days and months made plain."""
    few = written.head(LOOK)
    forms = [d + t for t in TIMES for d in DATES] + list(MONTHS)
    forms += [form for form, size in TOGETHER.items() if (few.str.len() == size).all()]
    for plain in (False, True):
        first = plain_dates(few.head(1)) if plain else few.head(1)
        halves = str(plain_halves(first).iloc[0])
        likely = [form for form in forms if _reads(halves if "%p" in form else str(first.iloc[0]), form)]
        fitting = [form for form in likely if _read(few, form, plain=plain).notna().all()]
        fitting = [form for form in fitting if len(written) <= LOOK or _read(written, form, plain=plain).notna().all()]
        if fitting:
            named = [form for form in fitting if weekdays_agree(written, _read(written, form, plain=plain))]
            return named or fitting
    return []


def refuse_swapped(text: pd.Series, form: str | None, *, column: str, file: Path) -> None:
    """Raise `InputError` where a spreadsheet seems to have swapped day and month of some dates.

    A spreadsheet that expects the other order turns 05.01. into the first of May and leaves 13.01. as text. Then real
    dates have no day after the 12th and dates in text have no day before the 13th; or, all of them text again, only
    those up to the 12th have lost their leading zeros; or the dates lie months apart, and close together as soon as
    those up to the 12th are swapped back.
    """
    if form in MONTHS:
        return
    cells = pd.Series(text.unique(), dtype="str")
    real = cells.str.fullmatch(REAL_DATE)
    given = pd.to_datetime(cells[real].str[:10], format="%Y-%m-%d", errors="coerce").dropna()
    mixed = form is not None and not given.empty and not real.all()
    written = _read(cells[~real], form).dropna() if form is not None and not real.all() else given[:0]
    if mixed:
        if (given.dt.day > 12).any() or written.empty or (written.dt.day <= 12).any():
            return
        what = "real dates end at the 12th of a month, the others begin after that"
        cell = str(cells[real].iloc[0])
    else:
        days = written if len(written) else given
        at = _swapped_in_text(cells[days.index], days)
        if at is None:
            return
        cell = str(cells[at])
        what = (
            "the other way round the days follow each other"
            if real.all()
            else "only those up to the 12th of a month are written without zeros, or lie months apart"
        )
    raise InputError(
        f"day and month seem to be swapped: {what}",
        file=file,
        row=int(text.index[int(text.eq(cell).to_numpy().argmax())]),
        column=column,
        value=cell,
        mend='Export the file anew without opening it in a spreadsheet; if the dates are right, trust = ["start"] in '
        "[intake] (--trust start)",
    )


def _swapped_in_text(cells: pd.Series, times: pd.Series) -> int | None:
    """Return the first of dates that seem to be swapped where none is a real date beside text; None where none is."""
    days = times.dt.normalize()
    low = days.dt.day <= 12
    back = pd.to_datetime(days[low].dt.strftime("%Y-%d-%m"), format="%Y-%m-%d")
    moved = pd.Series(days).where(~low, back)
    if days.nunique() >= 3 and low.any() and _spread(moved) <= CLOSER * _spread(days):
        return int(low.index[low][0])
    dates = cells.str.extract(r"^(\d{1,2}[-./]\d{1,2}[-./]\d{2,4})", expand=False).fillna("")
    bare = dates.str.contains(r"(?:^|[-./])[1-9][-./]")
    zeros = dates.str.contains(r"(?:^|[-./])0\d[-./]")
    if bare.any() and zeros.any() and not (bare & ~low).any() and not (zeros & low).any():
        return int(bare.index[bare][0])
    return None


def _reads(cell: str, form: str) -> bool:
    """Whether a format reads a cell; quicker than for a column, of which only such formats need be tried."""
    try:
        dt.datetime.strptime(cell, form)
    except ValueError:
        return False
    return True


def _read(cells: pd.Series, form: str, *, plain: bool = False) -> pd.Series:
    cells = plain_dates(cells) if plain else cells
    return pd.Series(pd.to_datetime(plain_halves(cells) if "%p" in form else cells, format=form, errors="coerce"))


def beginnings(text: pd.Series) -> pd.Series:
    """Return the beginnings of spans such as 2026-01-05T08:00Z/2026-01-05T08:30Z; other text as it stands.

    Examples
    --------
    >>> beginnings(pd.Series(["01/05/2026 08:00 - 08:30"])).tolist()
    ['01/05/2026 08:00']
    """
    found = {cell: _RANGE.fullmatch(cell) for cell in text.unique() if cell}
    if not found or not all(found.values()):
        return text
    return text.map({"": ""} | {cell: match[1] for cell, match in found.items() if match}).astype("str")


def plain_halves(text: pd.Series) -> pd.Series:
    """Return times of a 12-hour clock with AM or PM, however the halves of the day are written.

    Examples
    --------
    >>> plain_halves(pd.Series(["05/01/2026 08:00:00 a. m.", "8:30PM"])).tolist()
    ['05/01/2026 08:00:00 AM', '8:30 PM']
    """
    cells = text.unique()
    return text.map({c: _HALF.sub(lambda m: f" {(m[1] or m[2]).upper()}M", c) for c in cells}).astype("str")


def _dates(cells: pd.Series, form: str) -> pd.Series:
    """Return the dates that a format reads, with names of days and months made plain where it needs that."""
    dates = _read(cells, form)
    return dates if dates.notna().all() else _read(cells, form, plain=True)


def _spread(times: pd.Series) -> pd.Timedelta:
    return pd.Timedelta(times.max() - times.min())

"""How figures, times and days are written for people."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

MISSING = "–"
_SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "PLN": "zł"}
_BEFORE = ("$", "£")


def known(value: object) -> bool:
    """Whether `value` is neither None nor NaN nor blank."""
    return not (value is None or value == "" or value != value)  # NaN and NaT are not themselves


def number(value: float | None, decimals: int = 0) -> str:
    """Write a number with thin spaces between thousands.

    Examples
    --------
    >>> number(12345.6).replace(chr(0x202F), " ")
    '12 346'
    """
    if value is None or math.isnan(value):
        return MISSING
    text = f"{abs(value):,.{decimals}f}".replace(",", "\u202f")
    return f"\u2212{text}" if value < 0 and float(f"{value:.{decimals}f}") else text


def percent(value: float | None, decimals: int = 1) -> str:
    """Write a share as per cent.

    Examples
    --------
    >>> percent(0.7034).replace(chr(0xA0), " ")
    '70.3 %'
    """
    return MISSING if value is None or math.isnan(value) else f"{number(100 * value, decimals)}\u00a0%"


def points(share: float) -> str:
    """Write a change of a share in points, with its sign.

    Examples
    --------
    >>> points(0.034)
    '+3.4'
    """
    return ("+" if share > 0 else "") + number(100 * share, 1)


def money(value: float | None, currency: str, decimals: int = 0) -> str:
    """Write an amount with its currency.

    Examples
    --------
    >>> money(1234.4, "USD").replace(chr(0x202F), " ")
    '$1 234'
    """
    if value is None or math.isnan(value):
        return MISSING
    symbol = _SYMBOLS.get(currency, currency)
    text = number(abs(value), decimals)
    minus = "\u2212" if value < 0 else ""
    return f"{minus}{symbol}{text}" if symbol in _BEFORE else f"{minus}{text}\u00a0{symbol}"


def hours(minutes: float) -> str:
    """Write minutes as hours and minutes.

    Examples
    --------
    >>> hours(450)
    '7:30 h'
    """
    whole = round(minutes)
    return f"{whole // 60}:{whole % 60:02d} h"


def clock(time: pd.Timestamp | dt.datetime) -> str:
    """Write the local wall clock of `time`; the second passage of a repeated hour carries its offset."""
    text = f"{time.hour:02d}:{time.minute:02d}"
    return f"{text} ({offset(time)})" if time.fold else text


def offset(time: pd.Timestamp | dt.datetime) -> str:
    """Write the UTC offset of an aware time like ``+02:00``; "" for a naive one."""
    if time.utcoffset() is None:
        return ""
    text = time.strftime("%z")
    return f"{text[:3]}:{text[3:5]}"


WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(date: dt.date) -> str:
    """Write a day.

    Examples
    --------
    >>> day(dt.date(2026, 10, 25))
    'Sun 25 Oct'
    """
    return f"{WEEKDAYS[date.weekday()]} {date.day} {_MONTHS[date.month - 1]}"


def span(start: pd.Timestamp, end: pd.Timestamp) -> str:
    """Write a stretch of time as ``Mon 27 Oct 07:00–08:30``; its end carries its day where that is a later one."""
    later = end.date() > start.date() and not (end - start < dt.timedelta(days=1) and end.hour < 12)
    return f"{day(start.date())} {clock(start)}–{day(end.date()) + ' ' if later else ''}{clock(end)}"

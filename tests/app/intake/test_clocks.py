"""Clocks and dates of all kinds: read where only one reading is left, asked where two are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from busyhour.app.intake.guess import guess
from busyhour.app.intake.read import read_calls
from busyhour.forecast.errors import InputError

HALF = pd.Timedelta(minutes=30)
DAYS = pd.bdate_range("2026-01-05", periods=12)
TIMES = [d + pd.Timedelta(minutes=m) for d in DAYS for m in range(480, 840, 30)]
ROUND = [d + pd.Timedelta(minutes=m) for d in DAYS[:5] for m in range(0, 1440, 30)]
HOURS = [t for t in ROUND if t.minute == 0]
GERMAN = ("Mo", "Di", "Mi", "Do", "Fr")
Row = Callable[[pd.Timestamp], str]


def written(folder: Path, header: str, row: Row, times: list[pd.Timestamp]) -> Path:
    separator = ";" if ";" in header else ","
    rows = [f"{row(t)}{separator}{11 + k % 17}" for k, t in enumerate(times)]
    (folder / "c.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return folder / "c.csv"


def starts(path: Path) -> list[pd.Timestamp]:
    intake = guess(path).intake
    minutes = 60 if intake.time_is in ("hour", "hour_ending") else 30
    calls, _ = read_calls(path.parent, intake, zone=None, interval_min=minutes, queues=())
    return list(calls["start"])


def day(t: pd.Timestamp) -> str:
    return f"{t:%Y-%m-%d}"


KINDS: dict[str, tuple[str, Row, list[pd.Timestamp]]] = {
    "8.5": ("Date,Time,Calls", lambda t: f"{day(t)},{t.hour + t.minute / 60:g}", TIMES),
    "8,5": ("Datum;Stunde;Anrufe", lambda t: f"{t:%d.%m.%Y};{t.hour},{t.minute // 6}", TIMES),
    "08.30": ("Date,Time,Calls", lambda t: f"{day(t)},{t:%H.%M}", TIMES),
    "8.3": ("Date,Time,Calls", lambda t: f"{day(t)},{t.hour + t.minute / 100:g}", TIMES),
    "0830": ("Date,Time,Calls", lambda t: f"{day(t)},{t:%H%M}", TIMES),
    "8h30": ("Date;Heure;Appels", lambda t: f"{t:%d/%m/%Y};{t.hour}h{t:%M}", TIMES),
    "480": ("Date,Minute,Calls", lambda t: f"{day(t)},{t.hour * 60 + t.minute}", TIMES),
    "8 Uhr": ("Datum;Uhrzeit;Anrufe", lambda t: f"{t:%d.%m.%Y};{t.hour} Uhr", HOURS),
    "8-9": ("Date,Hour,Calls", lambda t: f"{day(t)},{t.hour}-{t.hour + 1}", HOURS),
    "HE09": ("Date,Hour,Calls", lambda t: f"{day(t)},HE{t.hour + 1:02d}", HOURS),
    "08:00 to 08:30": ("Date,Interval,Calls", lambda t: f"{day(t)},{t:%H:%M} to {t + HALF:%H:%M}", TIMES),
    "half-hours 1 to 48": ("Date,Half Hour,Calls", lambda t: f"{day(t)},{t.hour * 2 + t.minute // 30 + 1}", ROUND),
    "ends": ("Interval End,Calls", lambda t: f"{t + HALF:%Y-%m-%d %H:%M}", TIMES),
    "ends beside a date": ("Datum;Bis;Anrufe", lambda t: f"{t:%d.%m.%Y};{t + HALF:%H:%M}", TIMES),
    "ends at 24:00": (
        "Date,Interval,Calls",
        lambda t: f"{day(t)},{t + HALF:%H:%M}".replace("00:00", "24:00"),
        ROUND,
    ),
    "24:00 on the first row of its date": (
        "Date,Interval,Calls",
        lambda t: f"{day(t)},{t:%H:%M}".replace("00:00", "24:00"),
        ROUND,
    ),
    "ends at 00:00 of their date": ("Date,End,Calls", lambda t: f"{day(t)},{t + HALF:%H:%M}", ROUND),
    "ends at 00:00 of the next date": ("Date,End,Calls", lambda t: f"{day(t + HALF)},{t + HALF:%H:%M}", ROUND),
    "ends a minute before": ("Date,End Time,Calls", lambda t: f"{day(t)},{t + pd.Timedelta(minutes=29):%H:%M}", TIMES),
    "weekday before the date": ("Date,Time,Calls", lambda t: f"{t:%a %m/%d/%Y},{t:%H:%M}", TIMES),
    "weekday in German": ("Datum;Zeit;Anrufe", lambda t: f"{GERMAN[t.weekday()]}, {t:%d.%m.%Y};{t:%H:%M}", TIMES),
    "month in German": ("Start;Anrufe", lambda t: f"{t.day}. Januar {t:%Y %H:%M}", TIMES),
    "month in Spanish": ("Fecha;Hora;Llamadas", lambda t: f"{t:%d}-ene-{t:%Y};{t:%H:%M}", TIMES),
    "a column each": (
        "Year,Month,Day,Hour,Minute,Calls",
        lambda t: f"{t.year},{t.month},{t.day},{t.hour},{t.minute}",
        TIMES,
    ),
    "no blank between": ("start,calls", lambda t: f"{t:%Y%m%dT%H%M}", TIMES),
}


QUICK = ("8.5", "08.30", "8-9", "ends beside a date", "ends at 24:00", "weekday before the date", "month in Spanish")
"""Kinds that the quick tests try."""


@pytest.mark.parametrize("kind", [pytest.param(k, marks=[] if k in QUICK else pytest.mark.slow) for k in KINDS])
def test_clocks_and_dates_of_all_kinds(tmp_path: Path, kind: str) -> None:
    header, row, times = KINDS[kind]
    if kind.startswith("month"):
        times = [t for t in times if t.month == 1]
    assert starts(written(tmp_path, header, row, times)) == times


def test_a_weekday_decides_between_day_and_month(tmp_path: Path) -> None:
    """Monday 05/01 is the fifth of January; a file of few days alone would leave both open."""
    path = written(tmp_path, "Date,Time,Calls", lambda t: f"{t:%a %d/%m/%Y},{t:%H:%M}", TIMES[:36])
    assert guess(path).intake.date_format == "%d/%m/%Y"
    assert not [doubt for doubt in guess(path).doubts if "date_format" in doubt]


ASKED: dict[str, tuple[str, Row, str]] = {
    "another weekday": (
        "Date,Time,Calls",
        lambda t: f"{t + 2 * HALF * 24:%a} {t:%d/%m/%Y},{t:%H:%M}",
        "another weekday",
    ),
    "a 12-hour clock without AM and PM": ("Start,Calls", lambda t: f"{t:%d/%m/%Y %I:%M}", "12-hour clock"),
    "24:00 closes a day of starts": (
        "Date,Start Time,Calls",
        lambda t: f"{day(t)},{t + HALF:%H:%M}".replace("00:00", "24:00"),
        "begin intervals, and 24:00 ends one",
    ),
    "9-10 PM": ("Date,Hour,Calls", lambda t: f"{day(t)},{t:%I}-{t + 2 * HALF:%I %p}", "not a time of day"),
    "only some dates without zeros": (
        "Start,Calls",
        lambda t: f"{t:%-m/%-d/%Y %H:%M}" if t.day <= 12 else f"{t:%d/%m/%Y %H:%M}",
        "day and month seem to be swapped",
    ),
}


@pytest.mark.parametrize("kind", ASKED)
def test_what_can_be_read_in_two_ways_is_asked(tmp_path: Path, kind: str) -> None:
    header, row, words = ASKED[kind]
    with pytest.raises(InputError, match=words):
        starts(written(tmp_path, header, row, ROUND if "24:00" in kind else TIMES))


def test_one_end_alone_asks_for_the_length(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="interval_min"):
        starts(written(tmp_path, "Interval End,Calls", lambda t: f"{t:%Y-%m-%d %H:%M}", TIMES[:1]))


def test_starts_and_ends_tell_the_length(tmp_path: Path) -> None:
    times = TIMES[::3]
    path = written(tmp_path, "Date,From,To,Calls", lambda t: f"{day(t)},{t:%H:%M},{t + HALF:%H:%M}", times)
    assert guess(path).intake.interval_min == 30
    assert starts(path) == times

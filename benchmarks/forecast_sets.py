"""The calls that forecasts are measured on: which queue, which hours, from which evenings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import pandas as pd

from busyhour.app.inputs.folder import Folder
from busyhour.forecast.calendar.calendars import Calendar
from busyhour.forecast.calendar.opening_hours import ALWAYS, parse_opening

HERE = Path(__file__).parent
BANK = HERE.parent / "data" / "bank"
BANK_FINE, DESKS, DESK_ORIGINS = "bank_calls_5min.csv.gz", "axa_calls_30min.csv.gz", "forecast_origins.csv"
NAMED = ("tech_axa", "cat", "medical")
CAT_HOURS, CAT_LEAST = ("07:30", "19:30"), 13


@dataclass(frozen=True)
class Set:
    """One queue's calls and the evenings from which they are forecast.

    Attributes
    ----------
    name
        As it is printed.
    calls
        ``start, offered``, in steps of `interval_min`.
    calendar
        Opening hours, holidays and closures, all known in advance.
    origins
        ``origin`` (the last day whose calls may be used), ``horizon_days``.
    daytype
        What the horizon counts: ``business`` or ``calendar`` days.
    interval_min
        Length of an interval.
    outside
        Arguments of the scorer from outside the project: the file of the actual calls beside the data, then options.
    listed
        The set's name in the data's own list of origins, empty where it is not in it.
    """

    name: str
    calls: pd.DataFrame
    calendar: Calendar
    origins: pd.DataFrame
    daytype: str
    interval_min: int
    outside: tuple[str, ...]
    listed: str = ""

    def every(self, step: int) -> Set:
        """Return the set with every `step`-th origin; then the data's own list is not kept to."""
        return self if step == 1 else replace(self, origins=self.origins.iloc[::step], listed="")


def bank(_: Path) -> list[Set]:
    """Return the half-hours of the shipped bank."""
    folder = Folder.read(BANK)
    origins = pd.read_csv(HERE / "origins_bank.csv", parse_dates=["origin"])
    outside = (BANK_FINE, "--start", "07:00", "--end", "21:00")
    return [Set("bank", folder.calls()[0], folder.calendar(), origins, "business", 30, outside, "bank")]


def bank5(data: Path) -> list[Set]:
    """Return the five minutes of the bank."""
    calls = pd.read_csv(data / BANK_FINE, parse_dates=["time"]).rename(columns={"time": "start", "calls": "offered"})
    whole = bank(data)[0]
    return [replace(whole, name="bank5", calls=calls, interval_min=5, outside=(*whole.outside, "--interval", "5min"))]


@lru_cache
def _desks(data: Path) -> dict[str, pd.DataFrame]:
    """Return the calls of the French desks, by name."""
    rows = pd.read_csv(data / DESKS, parse_dates=["time"]).rename(columns={"time": "start", "calls": "offered"})
    return {str(name): part[["start", "offered"]] for name, part in rows.groupby("centre", sort=False)}


def _origins(data: Path, listed: str) -> pd.DataFrame:
    rows = pd.read_csv(data / DESK_ORIGINS, parse_dates=["origin"])
    return rows[rows["dataset"] == listed]


def desk(data: Path, name: str) -> Set:
    """Return a desk that is open round the clock, on a naive wall clock, from the evenings of tech_axa."""
    outside = (DESKS, "--centre", name, "--daytype", "calendar", "--bands", "1,1-7,8-14,1-14")
    calendar, origins = Calendar(ALWAYS, country="FR"), _origins(data, "axa_tech_axa")
    listed = f"axa_{name}" if name in NAMED else ""
    return Set(name, _desks(data)[name], calendar, origins, "calendar", 30, outside, listed)


def cat(data: Path) -> list[Set]:
    """Return the desk with day hours; a day with fewer than 13 of its 24 half-hours counts as closed."""
    start, end = CAT_HOURS
    week = parse_opening(dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), f"{start}-{end}"))
    calls = _desks(data)["cat"]
    clock = calls["start"].dt.strftime("%H:%M")
    inside = calls[(clock >= start) & (clock < end)]
    days = inside["start"].dt.normalize()
    kept = inside[days.groupby(days).transform("size") >= CAT_LEAST]
    outside = (DESKS, "--centre", "cat", "--start", start, "--end", end, "--min-intervals", str(CAT_LEAST))
    calendar = Calendar(week, country="FR")
    return [Set("cat", kept, calendar, _origins(data, "axa_cat"), "business", 30, outside, "axa_cat")]


def others(data: Path) -> list[Set]:
    """Return the eleven other desks."""
    return [desk(data, name) for name in _desks(data) if name not in NAMED]


SETS: dict[str, tuple[Callable[[Path], list[Set]], tuple[str, ...]]] = {
    "bank": (bank, ()),
    "bank5": (bank5, (BANK_FINE,)),
    "tech_axa": (lambda data: [desk(data, "tech_axa")], (DESKS, DESK_ORIGINS)),
    "cat": (cat, (DESKS, DESK_ORIGINS)),
    "medical": (lambda data: [desk(data, "medical")], (DESKS, DESK_ORIGINS)),
    "others": (others, (DESKS, DESK_ORIGINS)),
}


def sets_named(name: str, data: Path) -> list[Set] | str:
    """Return the sets that a name of `SETS` stands for, or which file they lack."""
    make, files = SETS[name]
    lacking = next((file for file in files if not (data / file).exists()), None)
    return make(data) if lacking is None else lacking

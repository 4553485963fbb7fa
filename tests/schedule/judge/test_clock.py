"""The judge's clock against zoneinfo minute by minute, and faults planted across clock changes."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from busyhour.forecast.errors import InputError
from busyhour.schedule.judge.check import check
from busyhour.schedule.judge.clock import Clock

CHANGES = (
    ("Europe/Warsaw", "2026-03-29"),
    ("Europe/Berlin", "2027-10-31"),
    ("America/New_York", "2026-11-01"),
    ("America/St_Johns", "2026-03-08"),
    ("America/St_Johns", "2010-11-07"),
    ("Australia/Lord_Howe", "2026-04-05"),
    ("Australia/Lord_Howe", "2026-10-04"),
    ("Asia/Gaza", "2026-10-24"),
    ("Africa/Casablanca", "2026-02-15"),
    ("Africa/Casablanca", "2026-03-22"),
    ("Asia/Kathmandu", "2026-03-29"),
    ("Pacific/Apia", "2011-12-30"),
    ("Asia/Beirut", "2026-03-29"),
    ("Asia/Beirut", "2026-10-25"),
    ("America/Santiago", "2026-09-06"),
    ("America/Havana", "2026-11-01"),
    ("Africa/Cairo", "2026-10-30"),
    ("Europe/Dublin", "2026-10-25"),
)
EPOCH = dt.datetime(1970, 1, 1)


@lru_cache(maxsize=64)
def shown(zone: str, date: dt.date) -> dict[int, dt.datetime]:
    """Return real minute since 1970 → wall clock without offset, for the days round `date`."""
    first = int((dt.datetime(date.year, date.month, date.day) - EPOCH).total_seconds() // 60) - 2880
    stamps = ((m, dt.datetime.fromtimestamp(60 * m, tz=ZoneInfo(zone))) for m in range(first, first + 8640))
    return {m: stamp.replace(tzinfo=None) for m, stamp in stamps}


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(CHANGES), st.integers(-1, 1), st.integers(0, 1439), st.integers(1, 600))
def test_hours_are_those_that_the_wall_shows(change: tuple[str, str], step: int, low: int, length: int) -> None:
    zone, day = change
    date = dt.date.fromisoformat(day) + dt.timedelta(days=step)
    begin = dt.datetime(date.year, date.month, date.day) + dt.timedelta(minutes=low)
    wall = shown(zone, dt.date.fromisoformat(day))
    wanted = [m for m, t in wall.items() if begin <= t < begin + dt.timedelta(minutes=length)]
    clock = Clock(zone)
    spans = clock.hours(date, low, low + length)
    assert [m for a, b in spans for m in range(int(a), int(b))] == wanted
    found = clock.time(date, low)
    assert found == next((m for m, t in wall.items() if t == begin), None)
    if found is None:
        with pytest.raises(InputError, match="clock skips it"):
            clock.minute(begin.isoformat())
    else:
        assert clock.minute(begin.isoformat()) == found


@pytest.mark.parametrize(("zone", "day"), CHANGES)
def test_a_day_begins_with_the_first_minute_of_its_date(zone: str, day: str) -> None:
    date = dt.date.fromisoformat(day)
    wall = shown(zone, date)
    first = {d: next((m for m, t in wall.items() if t.date() >= d), None) for d in (date, date + dt.timedelta(days=1))}
    assert Clock(zone).day(date) == tuple(first.values())


def _night(zone: str, start: str, minutes: int, queue: str = "", agent: str = "n") -> tuple[str, str, str, str, str]:
    begin = dt.datetime.fromisoformat(start)
    begin = begin if begin.tzinfo else begin.replace(tzinfo=ZoneInfo(zone))
    end = (begin.astimezone(dt.UTC) + dt.timedelta(minutes=minutes)).astimezone(ZoneInfo(zone))
    return (agent, begin.isoformat(), end.isoformat(), "phone", queue)


def _rules(rows: list[tuple[str, str, str, str, str]], zone: str, week: str, **more: Any) -> list[str]:
    plan = {
        "site": {"zone": zone, "grid_min": 30},
        "queue": {"": {}},
        "shift": {"any": {"paid_min": 480, "start_from": "00:00", "start_to": "23:30"}},
        "contract": {"c": {"shifts": ["any"], "max_h_week": 60, "max_days": 7}},
        "rules": {"rest_min": 660, "days_off_together": 0, "max_run_days": 7},
        **more.pop("plan", {}),
    }
    frame = pd.DataFrame(rows, columns=["agent", "start", "end", "activity", "queue"])
    staff = pd.DataFrame({"agent": ["n"], "contract": ["c"]})
    found = check(frame, {"plan": plan, "week": week, "staff": staff, **more})
    return [v.rule for v in found.violations]


SPRING, AUTUMN = "2026-03-29", "2026-10-25"
SATURDAY = {SPRING: "2026-03-28", AUTUMN: "2026-10-24"}


@pytest.mark.parametrize("day", [SPRING, AUTUMN])
def test_a_night_is_as_long_as_it_lasts(day: str) -> None:
    zone, week = "Europe/Warsaw", str(dt.date.fromisoformat(day) - dt.timedelta(days=6))
    night = _night(zone, f"{SATURDAY[day]}T22:00", 480)
    assert _rules([night], zone, week) == []
    by_the_wall = ("n", f"{SATURDAY[day]}T22:00", f"{day}T06:00", "phone", "")
    assert _rules([by_the_wall], zone, week) == ["shift_length"]


@pytest.mark.parametrize(
    ("zone", "day", "minutes"), [("Europe/Warsaw", SPRING, 60), ("Australia/Lord_Howe", "2026-10-04", 30)]
)
def test_rest_is_elapsed_time_where_the_clock_goes_forward(zone: str, day: str, minutes: int) -> None:
    """Eleven hours by the wall are one hour too few, or half an hour on Lord Howe."""
    date = dt.date.fromisoformat(day)
    week, saturday = date - dt.timedelta(days=6), date - dt.timedelta(days=1)
    evening = _night(zone, f"{saturday}T12:00", 480)
    short = _night(zone, f"{day}T07:00", 480)
    enough = _night(zone, f"{day}T{7 + minutes // 60:02d}:{minutes % 60:02d}", 480)
    assert _rules([evening, short], zone, str(week)) == ["rest_min"]
    assert _rules([evening, enough], zone, str(week)) == []


def test_last_weeks_night_rests_by_elapsed_time() -> None:
    """The week begins on the day of the change; the night before began yesterday."""
    zone, night = "Europe/Warsaw", pd.DataFrame([_night("Europe/Warsaw", f"{SATURDAY[SPRING]}T22:00", 480)],
                                                columns=["agent", "start", "end", "activity", "queue"])  # fmt: skip
    late, early = _night(zone, f"{SPRING}T18:00", 480), _night(zone, f"{SPRING}T17:00", 480)
    assert _rules([late], zone, SPRING, previous_activity=night) == []
    assert _rules([early], zone, SPRING, previous_activity=night) == ["rest_min"]


OVER_MIDNIGHT = {"saturday": "20:00-24:00", "sunday": "00:00-06:00"}
BEIRUT = {"saturday": "20:00-24:00", "sunday": "00:00-04:00"}
APIA = {"thursday": "20:00-24:00", "saturday": "00:00-04:00"}
NO_FRIDAY = {"thursday": "20:00-24:00", "friday": "00:00-04:00"}


@pytest.mark.parametrize(
    ("zone", "week", "opening", "start", "minutes", "legal"),
    [
        ("Europe/Warsaw", "2026-10-19", {"sunday": "00:00-02:30"}, "2026-10-25T02:00+02:00", 30, True),
        ("Europe/Warsaw", "2026-10-19", {"sunday": "00:00-02:30"}, "2026-10-25T02:00+01:00", 30, True),
        ("Europe/Warsaw", "2026-10-19", {"sunday": "00:00-02:30"}, "2026-10-25T02:30+02:00", 30, False),
        ("Europe/Warsaw", "2026-10-19", {"sunday": "00:00-03:00"}, "2026-10-25T00:00+02:00", 240, True),
        ("Europe/Warsaw", "2026-10-19", {"sunday": "00:00-03:00"}, "2026-10-25T00:00+02:00", 270, False),
        ("Europe/Warsaw", "2026-03-23", {"sunday": "02:30-06:00"}, "2026-03-29T03:00", 180, True),
        ("Europe/Warsaw", "2026-03-23", {"sunday": "02:30-06:00"}, "2026-03-29T03:00", 210, False),
        ("Europe/Warsaw", "2026-03-23", OVER_MIDNIGHT, "2026-03-28T20:00", 540, True),
        ("Europe/Warsaw", "2026-03-23", OVER_MIDNIGHT, "2026-03-28T20:00", 570, False),
        ("Asia/Beirut", "2026-10-19", {"saturday": "23:00-24:00"}, "2026-10-24T23:00+03:00", 120, True),
        ("Asia/Beirut", "2026-10-19", {"saturday": "23:00-24:00"}, "2026-10-24T23:00+03:00", 150, False),
        ("Asia/Beirut", "2026-03-23", BEIRUT, "2026-03-28T20:00", 420, True),
        ("Pacific/Apia", "2011-12-26", APIA, "2011-12-29T20:00", 480, True),
        ("Pacific/Apia", "2011-12-26", NO_FRIDAY, "2011-12-29T20:00", 270, False),
    ],
)  # fmt: skip
def test_the_phone_is_open_while_the_wall_shows_its_hours(
    zone: str, week: str, opening: dict[str, str], start: str, minutes: int, legal: bool
) -> None:
    family = {"any": {"paid_min": minutes, "start_from": "00:00", "start_to": "23:30"}}
    found = _rules([_night(zone, start, minutes)], zone, week, plan={"opening": opening, "shift": family})
    assert found == ([] if legal else ["opening"])


def test_windows_of_the_day_before_and_after_are_known_in_a_week_of_a_change() -> None:
    """24 real hours before 00:30 of the long Sunday lies Saturday, and 24 hours after 23:30 that same Sunday."""
    zone, hours = "Europe/Warsaw", {"saturday": "22:00-24:00", "sunday": "00:00-24:00", "monday": "00:00-06:00"}
    family = {"any": {"paid_min": 390, "start_from": "00:00", "start_to": "23:30"}}
    plan = {"opening": hours, "shift": family}
    assert _rules([_night(zone, "2026-10-25T23:30", 390)], zone, "2026-10-19", plan=plan) == []
    assert _rules([_night(zone, "2026-10-24T22:00", 390)], zone, "2026-10-19", plan=plan) == []


def test_a_day_of_23_hours_is_covered_by_available_windows_of_its_date() -> None:
    zone, week = "Europe/Warsaw", "2026-03-23"
    windows = [("n", "2026-03-28T20:00", "2026-03-29T07:00", "available")]
    availability = pd.DataFrame(windows, columns=["agent", "start", "end", "kind"])
    night, later = _night(zone, "2026-03-28T22:00", 480), _night(zone, "2026-03-28T22:30", 480)
    assert _rules([night], zone, week, availability=availability) == []
    assert _rules([later], zone, week, availability=availability) == ["availability"]


def test_work_during_leave_is_found_in_the_repeated_hour() -> None:
    zone, week = "Europe/Warsaw", "2026-10-19"
    leave = pd.DataFrame(
        [("n", "2026-10-25T02:00+01:00", "2026-10-25T02:30+01:00", "x")], columns=["agent", "start", "end", "kind"]
    )
    family = {"any": {"paid_min": 180, "start_from": "00:00", "start_to": "23:30"}}
    before, into = _night(zone, "2026-10-25T00:00", 180), _night(zone, "2026-10-25T00:30", 180)
    assert _rules([before], zone, week, plan={"shift": family}, leave=leave) == []
    assert _rules([into], zone, week, plan={"shift": family}, leave=leave) == ["leave"]

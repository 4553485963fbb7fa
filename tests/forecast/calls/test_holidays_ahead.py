"""A public holiday on which the desk was shut each time before is planned as shut, and that is told."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest

from busyhour.forecast.calendar.calendars import Calendar
from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.calendar.opening_hours import parse_opening
from busyhour.forecast.calendar.special_days import SpecialDay
from busyhour.forecast.calls.arrange import arranged
from busyhour.forecast.calls.holidays_ahead import holidays_ahead, occasions
from busyhour.forecast.predict import forecast

WEEK = ["monday", "tuesday", "wednesday", "thursday", "friday"]
DESK = Calendar(parse_opening(dict.fromkeys(WEEK, "09:00-12:00")), None, country="DE")
CHRISTMAS, SECOND = dt.date(2025, 12, 25), dt.date(2025, 12, 26)


def calls(shut: set[str], first: str = "2024-12-02", last: str = "2025-12-14") -> pd.DataFrame:
    """Return twenty calls in each half-hour of the days that are open, but for those `shut`."""
    days = [d for d in pd.date_range(first, last) if d.weekday() < 5 and str(d.date()) not in shut]
    starts = [d + pd.Timedelta(hours=9) + i * pd.Timedelta(minutes=30) for d in days for i in range(6)]
    return pd.DataFrame({"queue": "calls", "start": starts, "offered": 20.0, "handle_s": 300.0})


def ahead(shut: set[str], calendar: Calendar = DESK, first: str = "2024-12-02"):
    week = [dt.date(2025, 12, 22) + dt.timedelta(days=i) for i in range(7)]
    return holidays_ahead(arranged("calls", calls(shut, first), calendar, 30), week)


def test_what_was_shut_each_time_is_shut_again_and_what_was_open_is_open() -> None:
    found = ahead({"2024-12-25"})
    assert (found.shut, found.unseen) == ({CHRISTMAS: 1}, ())  # the second day of Christmas was worked
    assert ahead({"2024-12-25", "2024-12-26"}).shut == {CHRISTMAS: 1, SECOND: 1}
    assert ahead(set()).shut == {}


def test_the_planner_has_the_last_word_and_what_was_never_seen_is_said() -> None:
    opened = replace(DESK, special=(SpecialDay(CHRISTMAS, "open at Christmas", closed=False),))
    assert ahead({"2024-12-25", "2024-12-26"}, opened).shut == {SECOND: 1}
    assert ahead(set(), first="2025-01-02").unseen == (CHRISTMAS, SECOND)


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("Independence Day", {"Independence Day"}),
        ("Independence Day (observed)", {"Independence Day"}),
        ("Eid al-Fitr (estimated)", {"Eid al-Fitr"}),
        ("Easter Monday; Saint George's Day", {"Easter Monday", "Saint George's Day"}),
        ("Day off (substituted from 01/03/2026)", set()),
        (None, set()),
    ],
)
def test_one_occasion_has_one_name(name: str | None, known: set[str]) -> None:
    class Named(Calendar):
        def holiday(self, date: dt.date) -> str | None:
            return name

    assert occasions(Named({}), CHRISTMAS) == known


@pytest.mark.slow
def test_a_holiday_planned_as_shut_has_no_volume_and_a_note() -> None:
    grid = Grid(dt.date(2025, 12, 22), 7, 30)
    told = forecast(calls({"2024-12-25"}), grid, DESK, models={"calls": "weekday_mean"})
    assert sorted({t.date() for t in told.volume["start"]}) == [
        dt.date(2025, 12, d) for d in (22, 23, 24, 26)
    ]  # fmt: skip
    notes = told.quality[told.quality["kind"] == "holiday"]
    shut = notes[notes["what"].str.contains("no calls the time before")]
    assert shut["action"].tolist() == ["planned as shut; to open it, write the day with closed = 0 in special_days.csv"]

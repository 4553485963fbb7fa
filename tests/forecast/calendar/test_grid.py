"""Days and open hours of zones whose clock changes at odd times."""

from __future__ import annotations

import datetime as dt

import pytest

from busyhour.forecast.calendar.calendars import Calendar
from busyhour.forecast.calendar.grid import Grid, midnight
from busyhour.forecast.calendar.opening_hours import ALWAYS, parse_opening
from busyhour.forecast.errors import InputError


@pytest.mark.parametrize(
    ("zone", "date", "first"),
    [
        ("Asia/Beirut", "2026-03-29", "2026-03-29 01:00:00+03:00"),
        ("America/Havana", "2026-11-01", "2026-11-01 00:00:00-04:00"),
        ("Pacific/Apia", "2011-12-30", "2011-12-31 00:00:00+14:00"),
        ("Pacific/Apia", "2011-12-31", "2011-12-31 00:00:00+14:00"),
        ("Africa/Casablanca", "2026-02-15", "2026-02-15 00:00:00+01:00"),
        ("America/St_Johns", "2010-11-07", "2010-11-07 00:00:00-02:30"),
    ],
)
def test_a_day_begins_at_its_first_instant(zone: str, date: str, first: str) -> None:
    assert str(midnight(dt.date.fromisoformat(date), zone)) == first


def test_hours_hold_whenever_the_clock_shows_them_on_their_date() -> None:
    """Half past eleven comes twice on Beirut's last summer evening; St John's once went back at 00:01."""
    for zone, first, date, times in (
        ("Asia/Beirut", dt.date(2026, 10, 24), "saturday", 2),
        ("Asia/Beirut", dt.date(2026, 10, 25), "sunday", 1),
        ("America/St_Johns", dt.date(2010, 11, 6), "saturday", 2),
    ):
        grid = Grid(first, 2, 15, zone)
        mask = Calendar(parse_opening({date: "23:30-23:45"}), zone).open_mask(grid)
        shown = [(t.day_name().lower(), f"{t:%H:%M}") for t in grid.starts[mask]]
        assert shown == [(date, "23:30")] * times


def test_a_change_by_half_an_hour_asks_for_intervals_that_divide_it() -> None:
    grid = Grid(dt.date(2026, 3, 30), 7, 30, "Australia/Lord_Howe")
    assert len(grid) == 7 * 48 + 1
    assert Calendar(ALWAYS, grid.zone).open_mask(grid).all()
    with pytest.raises(InputError, match=r"2026-04-06 in Australia/Lord_Howe.*Use intervals of 30 minutes"):
        len(Grid(dt.date(2026, 3, 30), 9, 60, "Australia/Lord_Howe").day_slices)

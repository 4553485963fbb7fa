import datetime as dt

import numpy as np
import pandas as pd
import pytest

from busyhour.forecast.calendar.calendars import Calendar
from busyhour.forecast.calendar.changed_hours import opening_of_history
from busyhour.forecast.calendar.day_kinds import day_features
from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.calendar.opening_hours import ALWAYS, parse_hours, parse_opening
from busyhour.forecast.calendar.special_days import SpecialDay
from busyhour.forecast.errors import InputError


def test_opening_may_have_several_spans_a_day():
    hours = parse_opening({"monday": "13:00-24:00, 07:00-12:30", "sunday": "closed"})
    assert hours["monday"] == ((420, 750), (780, 1440))
    assert hours["sunday"] == hours["tuesday"] == ()


@pytest.mark.parametrize(
    ("hours", "key", "word"),
    [
        ({"monday": "7-21"}, "opening.monday", "07:00"),
        ({"monday": "07:00"}, "opening.monday", "07:00-21:00"),
        ({"friday": "22:00-06:00"}, "opening.friday", "midnight"),
        ({"friday": "08:00-12:00,11:00-13:00"}, "opening.friday", "overlap"),
        ({"mondy": "08:00-12:00"}, "opening.mondy", "monday"),
        ({"monday": "closed"}, "opening.monday", "no day is open"),
    ],
)
def test_bad_opening_names_the_key(hours, key, word):
    with pytest.raises(InputError, match=word) as caught:
        parse_opening(hours)
    assert caught.value.column == key


def test_an_interval_is_open_when_its_start_is():
    calendar = Calendar(parse_opening({"monday": "08:15-09:30"}))
    mask = calendar.open_mask(Grid(dt.date(2026, 1, 5), 1, 30))
    assert [i for i, o in enumerate(mask) if o] == [17, 18]


def test_a_clock_change_keeps_opening_hours_on_the_wall():
    calendar = Calendar(dict.fromkeys(ALWAYS, ((480, 600),)), "Europe/Berlin")
    grid = Grid(dt.date(2026, 10, 25), 1, 60, "Europe/Berlin")
    assert [t.hour for t in grid.starts[calendar.open_mask(grid)]] == [8, 9]
    assert Calendar(ALWAYS, "Europe/Berlin").open_mask(grid).sum() == 25


def test_closures_and_hours_may_concern_one_queue():
    day = dt.date(2026, 1, 6)
    special = (SpecialDay(day, "move", queue="chat", closed=True),)
    calendar = Calendar(ALWAYS, special=special, queue_opening={"mail": parse_opening({"tuesday": "08:00-09:00"})})
    grid = Grid(day, 1, 60)
    assert [calendar.open_mask(grid, q).sum() for q in ("calls", "chat", "mail")] == [24, 0, 1]


def test_the_day_after_a_closure_behaves_like_the_first_of_the_week(office):
    tuesday = dt.date(2026, 4, 7)
    calendar = office.with_closures([dt.date(2026, 4, 6)], None)
    features = day_features(calendar, [dt.date(2026, 4, 3), tuesday, dt.date(2026, 4, 8), dt.date(2026, 4, 14)])
    assert features["weekday"].tolist() == [4, 0, 2, 1]
    assert features["after_closure"].tolist() == [0, 1, 0, 0]
    assert features["after_closure_2"].tolist() == [0, 0, 1, 0]
    assert features["before_closure"].tolist() == [1, 0, 0, 0]


def test_a_holiday_of_a_desk_that_never_closes_behaves_like_a_sunday():
    features = day_features(
        Calendar(ALWAYS, country="US"), [dt.date(2026, 7, 3), dt.date(2026, 7, 4), dt.date(2026, 11, 26)]
    )
    assert features["weekday"].tolist()[2] == 6
    assert features["holiday"].tolist() == [1, 1, 1]  # the 3rd is the day in lieu


def test_working_days_are_counted_from_both_ends_of_the_month(office):
    dates = [dt.date(2026, 5, 1), dt.date(2026, 5, 4), dt.date(2026, 5, 29), dt.date(2026, 5, 27), dt.date(2026, 5, 15)]
    features = day_features(office, dates)
    assert features["month_start_1"].tolist() == [1, 0, 0, 0, 0]
    assert features["month_start_2"].tolist() == [0, 1, 0, 0, 0]
    assert features["month_end_1"].tolist() == [0, 0, 1, 0, 0]
    assert features["month_end_3"].tolist() == [0, 0, 0, 1, 0]
    assert features.iloc[4].drop("weekday").sum() == 0


def test_kinds_without_a_known_effect_become_regressors():
    days = (SpecialDay(dt.date(2026, 5, 5), "a", "payday"), SpecialDay(dt.date(2026, 5, 6), "b", "sale", effect=1.5))
    features = day_features(Calendar(ALWAYS, special=days), [d.date for d in days])
    assert features["kind:payday"].tolist() == [1, 0]
    assert "kind:sale" not in features
    assert Calendar(ALWAYS, special=days).effect([d.date for d in days]).tolist() == [1.0, 1.5]


@pytest.mark.parametrize(
    ("country", "part", "word"), [("XX", None, "unknown country"), ("US", "ZZ", "subdivision of US")]
)
def test_an_unknown_country_is_refused(country, part, word):
    with pytest.raises(InputError, match=word):
        Calendar(ALWAYS, country=country, subdivision=part).holiday(dt.date(2026, 1, 1))


@pytest.mark.parametrize("effect", [0.0, -1.0, float("nan"), float("inf")])
def test_an_effect_is_a_positive_multiplier(effect):
    with pytest.raises(InputError, match="effect > 0"):
        SpecialDay(dt.date(2026, 1, 1), "x", effect=effect)


def test_opening_is_read_from_a_history(office, make_calls):
    calls = make_calls(office, days=28, step=30)
    stray = pd.DataFrame({"queue": "calls", "start": [pd.Timestamp("2026-01-10 03:00")], "offered": [1.0]})
    hours = opening_of_history(pd.concat([calls, stray]), 30)
    assert hours["monday"] == ((480, 1080),)
    assert hours["saturday"] == hours["sunday"] == ()
    assert np.array_equal(
        Calendar(hours).open_wall([dt.date(2026, 2, 2)], 30), office.open_wall([dt.date(2026, 2, 2)], 30)
    )


def test_the_working_days_beside_an_open_holiday_are_told():
    """Armistice Day of 2011 was a Friday, of 2010 a Thursday; the weekend is skipped."""
    dates = [dt.date(2011, 11, 10), dt.date(2011, 11, 12), dt.date(2011, 11, 14), dt.date(2010, 11, 12)]
    features = day_features(Calendar(ALWAYS, country="FR"), dates)
    assert features["before_holiday"].tolist() == [1, 0, 0, 0]
    assert features["after_holiday"].tolist() == [0, 0, 1, 1]
    shut = day_features(Calendar(ALWAYS, country="FR").with_closures([dt.date(2011, 11, 11)], None), dates)
    assert not shut[["before_holiday", "after_holiday"]].iloc[:3].to_numpy().any()
    assert shut["before_closure"].tolist() == [1, 0, 0, 0]


def test_moving_feasts_bridges_and_parts_of_a_country_are_known():
    """Easter Monday and Ascension move with Easter; Epiphany is a holiday in Bavaria, not in Berlin."""
    france = Calendar(ALWAYS, country="FR")
    assert [bool(france.holiday(d)) for d in (dt.date(2025, 4, 21), dt.date(2026, 4, 6), dt.date(2026, 4, 13))] == [
        True,
        True,
        False,
    ]
    friday = dt.date(2026, 5, 15)  # the day after Ascension
    assert day_features(france, [friday, friday + dt.timedelta(days=7)])["bridge"].tolist() == [1, 0]
    named = [Calendar(ALWAYS, country="DE", subdivision=part).holiday(dt.date(2026, 1, 6)) for part in ("BY", "BE")]
    assert named[0] and not named[1]


def test_own_hours_of_a_date_replace_those_of_its_weekday(office):
    eve, sunday = dt.date(2026, 12, 24), dt.date(2026, 12, 27)
    special = (
        SpecialDay(eve, "Christmas Eve", hours=parse_hours("08:00-12:00")),
        SpecialDay(eve, "skeleton crew", queue="vip", hours=parse_hours("08:00-10:00")),
        SpecialDay(sunday, "open Sunday", hours=parse_hours("10:00-14:00")),
    )
    calendar = Calendar(office.opening, special=special)
    assert calendar.open_wall([eve, sunday], 60).sum(axis=1).tolist() == [4, 4]
    assert calendar.open_wall([eve], 60, "vip").sum() == 2
    assert day_features(calendar, [dt.date(2026, 12, 23)])["before_closure"].item() == 0
    with pytest.raises(InputError, match="closed day has no hours"):
        SpecialDay(eve, "x", closed=True, hours=((480, 720),))


def test_paydays_move_to_the_working_day_before_and_act_as_a_kind():
    """15 August 2026 is a Saturday, 31 May 2026 a Sunday."""
    calendar = Calendar(ALWAYS, paydays=(15, "last"))
    dates = [
        dt.date(2026, 8, 14),
        dt.date(2026, 8, 15),
        dt.date(2026, 5, 29),
        dt.date(2026, 6, 30),
        dt.date(2026, 6, 1),
    ]
    assert day_features(calendar, dates)["kind:payday"].tolist() == [1, 0, 1, 1, 0]
    with pytest.raises(InputError, match="day of the month"):
        Calendar(ALWAYS, paydays=(32,))

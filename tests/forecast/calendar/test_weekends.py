"""Weekends, half days and exchanged days are the country's; a holiday may fall on any of them."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from busyhour.forecast.backtesting.rolling import backtest, workdays
from busyhour.forecast.calendar.calendars import Calendar
from busyhour.forecast.calendar.country import Country
from busyhour.forecast.calendar.day_kinds import day_features
from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.calendar.opening_hours import ALWAYS, parse_opening
from busyhour.forecast.calls.arrange import arranged
from busyhour.forecast.calls.history import History
from busyhour.forecast.calls.quality import cleaned
from busyhour.forecast.models import model_named

MONDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = 0, 3, 4, 5, 6


def of(*days: str) -> dict[str, str]:
    return dict.fromkeys(days, "08:00-17:00")


@pytest.mark.parametrize(
    ("code", "date", "days"),
    [
        ("SA", dt.date(2026, 3, 2), {FRIDAY, SATURDAY}),
        ("SA", dt.date(2013, 3, 4), {THURSDAY, FRIDAY}),
        ("AE", dt.date(2021, 3, 1), {FRIDAY, SATURDAY}),
        ("AE", dt.date(2026, 3, 2), {SATURDAY, SUNDAY}),
        ("IL", dt.date(2026, 3, 2), {FRIDAY, SATURDAY}),
        ("IR", dt.date(2026, 3, 2), {FRIDAY}),
        ("FR", dt.date(2026, 3, 2), {SATURDAY, SUNDAY}),
    ],
)
def test_the_weekend_is_that_of_the_country_on_that_date(code: str, date: dt.date, days: set[int]) -> None:
    calendar = Calendar(ALWAYS, country=code)
    assert calendar.weekend(date) == days
    week = [date + dt.timedelta(days=i) for i in range(7)]
    assert {d.weekday() for d in week if calendar.is_weekend(d)} == days
    assert workdays(calendar, "calls", date) == set(range(7)) - days


def test_without_a_country_the_hours_show_a_weekend_of_friday_and_saturday() -> None:
    date = dt.date(2026, 3, 2)
    sunday_to_thursday = Calendar(parse_opening(of("sunday", "monday", "tuesday", "wednesday", "thursday")))
    assert sunday_to_thursday.weekend(date) == {FRIDAY, SATURDAY}
    assert day_features(sunday_to_thursday, [dt.date(2026, 3, 1)])["month_start_1"].item() == 1  # a Sunday
    shop = Calendar(parse_opening(of("tuesday", "wednesday", "thursday", "friday", "saturday")))
    assert shop.weekend(date) == {SATURDAY, SUNDAY}


@pytest.mark.parametrize(("code", "rest"), [("EG", FRIDAY), ("IL", SATURDAY), ("US", SUNDAY)])
def test_a_public_holiday_is_like_the_day_of_rest(code: str, rest: int) -> None:
    calendar = Calendar(ALWAYS, country=code)
    days = pd.date_range("2026-01-01", "2026-12-31").date
    holidays = [d for d in days if calendar.holiday(d)]
    assert set(day_features(calendar, holidays)["weekday"]) == {rest}
    assert {FRIDAY, SATURDAY} & {d.weekday() for d in holidays}, "one of them falls on a weekend"


def test_the_week_of_a_holiday_begins_after_the_weekend() -> None:
    """Saudi Arabia's Founding Day of 2026 is Sunday, 22 February; the country does not work on 20 and 21."""
    saudi = Calendar(ALWAYS, country="SA")
    days = [dt.date(2026, 2, 19), dt.date(2026, 2, 23), dt.date(2026, 2, 25), dt.date(2026, 2, 27)]
    shown = day_features(saudi, days)
    assert shown["before_holiday"].tolist() == [1, 0, 0, 0]
    assert shown["after_holiday"].tolist() == [0, 1, 0, 0]
    assert shown["holiday_week_after"].tolist() == [0, 1, 1, 0]
    assert shown["holiday_week_weekend"].tolist() == [0, 0, 0, 1]


def test_paydays_move_before_the_weekend_of_the_country() -> None:
    """27 March 2026 is a Friday."""
    saudi = Calendar(ALWAYS, country="SA", paydays=(27,))
    kind = day_features(saudi, [dt.date(2026, 3, 26), dt.date(2026, 3, 27)]).get("kind:payday")
    assert saudi.holiday(dt.date(2026, 3, 26)) is None
    assert kind is not None
    assert kind.tolist() == [1, 0]


def test_a_saturday_worked_in_exchange_is_no_weekend() -> None:
    """Hungary worked on Saturday, 18 October 2025, for Friday the 24th."""
    hungary = Country("HU")
    assert not hungary.is_weekend(dt.date(2025, 10, 18))
    assert hungary.is_weekend(dt.date(2025, 10, 11))
    assert hungary.kinds(dt.date(2025, 10, 18)) == ("worked_weekend",)


def _greek(years: int, effect: float) -> pd.DataFrame:
    """Return hours of a desk in Greece, less busy on the half days of 24 and 31 December."""
    rng = np.random.default_rng(4)
    starts = pd.date_range(f"{2026 - years}-11-01 08:00", "2026-11-30 23:00", freq="h")
    starts = starts[(starts.hour >= 8) & (starts.hour < 18)]
    half = (starts.month == 12) & starts.day.isin([24, 31])
    rate = 40.0 * np.where(half, effect, 1.0)
    return pd.DataFrame({"start": starts, "offered": rng.poisson(rate).astype(float)})


def _history(calls: pd.DataFrame) -> History:
    return arranged("calls", calls, Calendar(dict.fromkeys(ALWAYS, ((480, 1080),)), country="GR"), 60)


def test_half_days_are_known_where_the_history_has_two() -> None:
    history = _history(_greek(1, 0.4))
    eve = [dt.date(2026, 12, 24), dt.date(2026, 12, 23)]
    assert history.features(eve)["kind:half_day"].tolist() == [1, 0]
    assert "kind:half_day" not in history.until(dt.date(2025, 12, 27)).features(eve), "one occasion tells little"
    assert not cleaned(history).without(history.seen).kinds


@pytest.mark.slow
@pytest.mark.parametrize("model", ["two_stage", "factor"])
def test_half_days_are_forecast_as_they_were(model: str) -> None:
    total = model_named(model).fit(_history(_greek(1, 0.4))).predict_days(Grid(dt.date(2026, 12, 22), 3, 60)).mean
    assert total[2] < 0.75 * total[0]


def test_the_same_weekdays_count_in_a_backtest_as_in_the_country() -> None:
    starts = pd.date_range("2026-01-01", "2026-03-31 23:00", freq="h")
    calls = pd.DataFrame({"queue": "calls", "start": starts, "offered": 5.0})
    origins = pd.DataFrame({"origin": ["2026-03-11"], "horizon_days": [5]})
    past = backtest(calls, Calendar(ALWAYS, country="IL"), interval_min=60, origins=origins, model="weekday_mean")
    scored = past.loc[past["position"] > 0, "timestamp"].dt.day_name().unique().tolist()
    assert scored == ["Thursday", "Sunday", "Monday", "Tuesday", "Wednesday"]

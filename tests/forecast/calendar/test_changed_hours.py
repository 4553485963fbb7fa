"""Hours that changed weeks ago, on grids of all lengths, and desks too quiet to tell closed from quiet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from busyhour.forecast.backtesting.rolling import backtest
from busyhour.forecast.calendar.calendars import Calendar
from busyhour.forecast.calendar.changed_hours import hours_of_history, hours_told
from busyhour.forecast.calendar.day_kinds import day_features
from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.calendar.opening_hours import ALWAYS, hours_text, open_intervals, parse_opening
from busyhour.forecast.calendar.special_days import SpecialDay
from busyhour.forecast.calls.arrange import arranged
from busyhour.forecast.models import MODELS, model_named
from busyhour.forecast.on_data_frames import forecast

Open = Callable[[pd.DatetimeIndex], np.ndarray]
END, CHANGED = pd.Timestamp("2026-04-06"), pd.Timestamp("2026-03-06")


def office(begin: float, end: float, days: int = 5) -> Open:
    """Return the hours of the first `days` weekdays from `begin` to `end`, through midnight where that is earlier."""

    def is_open(t: pd.DatetimeIndex) -> np.ndarray:
        hour = t.hour + t.minute / 60
        inside = (begin <= hour) & (hour < end) if begin < end else (begin <= hour) | (hour < end)
        return np.asarray(inside & (t.day_of_week < days))

    return is_open


def siesta(t: pd.DatetimeIndex) -> np.ndarray:
    return office(8, 12)(t) | office(14, 18)(t)


def saturdays(t: pd.DatetimeIndex) -> np.ndarray:
    return office(8, 18)(t) | (office(9, 13, days=6)(t) & (t.day_of_week == 5))


CHEAP = ("weekday_mean", "last_week", "weekday_median")
CHANGES: dict[str, tuple[Open, Open]] = {
    "evenings opened": (office(8, 18), office(8, 21)),
    "evenings closed": (office(8, 21), office(8, 18)),
    "Fridays closed": (office(8, 18), office(8, 18, days=4)),
    "Saturdays opened": (office(8, 18), saturdays),
    "siesta given up": (siesta, office(8, 18)),
    "siesta begun": (office(8, 18), siesta),
    "nights an hour later": (office(22, 6, days=7), office(23, 7, days=7)),
}


def desk(before: Open, now: Open, *, minutes: int = 30, hourly: float = 24.0, zeros: bool, weeks: int = 13):
    """Return calls of a desk whose hours changed on `CHANGED`, and whether each row's interval is open."""
    rng = np.random.default_rng(1)
    starts = pd.date_range(END - pd.Timedelta(weeks=weeks), END, freq=f"{minutes}min", inclusive="left")
    open_ = np.where(starts < CHANGED, before(starts), now(starts))
    calls = np.where(open_, rng.poisson(hourly * minutes / 60, len(starts)), 0.0)
    frame = pd.DataFrame({"queue": "calls", "start": starts, "offered": calls})
    return frame if zeros else frame[open_]


@pytest.mark.parametrize("zeros", [False, True], ids=["no rows", "rows of zeros"])
@pytest.mark.parametrize("minutes", [30, *(pytest.param(m, marks=pytest.mark.slow) for m in (5, 15, 60))])
@pytest.mark.parametrize(("before", "now"), CHANGES.values(), ids=CHANGES.keys())
def test_the_hours_since_a_change_are_found(before: Open, now: Open, minutes: int, zeros: bool) -> None:
    shown = hours_of_history(desk(before, now, minutes=minutes, zeros=zeros), minutes)
    week = pd.date_range("2026-03-30", periods=7 * 1440 // minutes, freq=f"{minutes}min")
    wanted = now(week).reshape(7, -1)
    assert hours_told(open_intervals(shown.opening, minutes) ^ wanted) == ""
    assert shown.change is not None
    assert abs((shown.change.since - CHANGED.date()).days) <= 7


@pytest.mark.parametrize("weeks", [8, pytest.param(30, marks=pytest.mark.slow)])
@pytest.mark.parametrize("hourly", [0.5, 3.0, 24.0])
def test_a_desk_that_never_changed_its_hours_has_no_change(hourly: float, weeks: int) -> None:
    for is_open in (office(8, 18), saturdays, office(0, 24, days=7)):
        calls = desk(is_open, is_open, hourly=hourly, zeros=True, weeks=weeks)
        assert hours_of_history(calls, 30).change is None


def test_three_weeks_show_a_change_and_two_do_not() -> None:
    calls = desk(office(8, 18), office(8, 21), zeros=False)
    for days, found in ((10, False), (23, True)):
        part = calls[calls["start"] < CHANGED + pd.Timedelta(days=days)]
        assert (hours_of_history(part, 30).change is not None) == found


def test_a_desk_with_five_calls_a_day_says_what_it_cannot_tell() -> None:
    """Eight weeks with a row for each half-hour: nights without a call are closed, or just quiet."""
    quiet = desk(office(8, 18), office(8, 18), hourly=0.5, zeros=True, weeks=8)
    shown = hours_of_history(quiet, 30)
    closed = ~open_intervals(shown.opening, 30) | shown.silent
    nights = ~office(8, 18, days=7)(pd.date_range("2026-03-30", periods=48, freq="30min"))
    assert closed[:, nights].all()
    assert not hours_of_history(desk(office(8, 18), office(8, 18), zeros=True), 30).silent.any()


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("zeros", [pytest.param(False, marks=pytest.mark.slow), True], ids=["no rows", "rows of zeros"])
def test_evenings_that_opened_four_weeks_ago_are_forecast_in_full(zeros: bool) -> None:
    calls = desk(office(8, 18), office(8, 21), zeros=zeros)
    evening = forecast(calls, 7, model="factor").set_index("start")["calls"].between_time("18:00", "20:59")
    assert len(evening) == 5 * 6
    assert evening.mean() == pytest.approx(12.0, rel=0.1)


def test_opening_hours_that_the_planner_wrote_have_no_zeros_from_before_they_opened() -> None:
    calls = desk(office(8, 18), office(8, 21), zeros=True)
    week = parse_opening(dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "08:00-21:00"))
    history = arranged("calls", calls, Calendar(week), 30)
    evenings = history.calls[:, 36:42]
    assert np.nanmin(evenings.sum(axis=1)) > 0
    assert not np.isfinite(evenings[0]).any()
    assert [n.kind for n in history.notes] == ["hours"]
    assert "as closed before" in history.notes[0].action


@pytest.mark.parametrize(
    ("before", "now", "hours", "word"),
    [(office(8, 18), office(8, 21), "08:00-18:00", "left out"), (office(8, 21), office(8, 18), "08:00-21:00", "open")],
)
def test_hours_of_the_planner_that_the_calls_contradict_are_told(
    before: Open, now: Open, hours: str, word: str
) -> None:
    week = parse_opening(dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), hours))
    notes = arranged("calls", desk(before, now, zeros=True), Calendar(week), 30).notes
    (note,) = [n for n in notes if n.kind == "hours"]
    assert word in note.action
    assert "check the opening hours" in note.action


def test_hours_of_a_date_are_those_in_force_then() -> None:
    friday = dt.date(2026, 2, 27)
    week = parse_opening(dict.fromkeys(("monday", "tuesday", "wednesday", "thursday"), "08:00-18:00"))
    before = week | {"friday": ((480, 720),)}
    calendar = Calendar(week, queue_opening={"a": week}, earlier={"a": (dt.date(2026, 3, 2), before)})
    assert hours_text(calendar.spans(friday, "a")) == "08:00-12:00"
    assert calendar.open_mask(Grid(friday, 8, 60), "a").reshape(8, 24).any(axis=1).tolist() == [
        True, False, False, True, True, True, True, False,
    ]  # fmt: skip
    assert day_features(calendar, [dt.date(2026, 3, 9)], "a")["after_closure"].item() == 0


@pytest.mark.parametrize("model", [pytest.param(m, marks=() if m in CHEAP else pytest.mark.slow) for m in MODELS])
def test_no_model_says_anything_about_closed_intervals(model: str) -> None:
    """Neither a mean nor a band, of intervals or days, on a day of its own hours, at noon, or on a closed day."""
    week = parse_opening(
        dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "08:00-12:00,14:00-18:00")
    )
    special = (
        SpecialDay(dt.date(2026, 4, 7), "short", hours=((480, 600),)),
        SpecialDay(dt.date(2026, 4, 8), "shut", closed=True),
    )
    calendar = Calendar(week, special=special)
    rows = desk(office(8, 18), office(8, 18), zeros=False, weeks=6)  # calls come at noon, too
    fitted = model_named(model).fit(arranged("calls", rows, calendar, 30))
    grid = Grid(dt.date(2026, 4, 6), 3, 30)
    found, days = fitted.predict(grid), fitted.predict_days(grid)
    open_ = calendar.open_mask(grid)
    assert open_.reshape(3, 48).sum(axis=1).tolist() == [16, 4, 0]
    assert not found.mean[~open_].any()
    assert not found.quantiles[~open_].any()
    assert not fitted.explain(grid).to_numpy()[~open_].any()
    assert (found.mean[open_] > 0).all()
    assert not days.quantiles[2].any()


def test_a_backtest_knows_new_hours_from_the_calls_up_to_its_origin_alone() -> None:
    calls = desk(office(8, 18), office(8, 21), zeros=True)
    origins = pd.DataFrame({"origin": ["2026-02-27", "2026-04-01"], "horizon_days": [2, 2]})
    past = backtest(calls, Calendar(ALWAYS), interval_min=30, origins=origins, model="weekday_mean")
    evening = past[past["timestamp"].dt.hour.between(18, 20) & (past["timestamp"].dt.day_of_week < 5)]
    mean = evening.groupby("origin")["mean"].mean()
    assert mean.iloc[0] == 0
    assert mean.iloc[1] == pytest.approx(12.0, rel=0.15)


@pytest.mark.parametrize("end", ["2024-03-04", "2026-01-19", "2026-04-20"], ids=["leap day", "year's turn", "clocks"])
def test_a_change_is_found_across_a_leap_day_a_new_year_and_a_clock_change(end: str) -> None:
    changed = pd.Timestamp(end, tz="Europe/Berlin") - pd.Timedelta(weeks=4)
    begin = changed - pd.Timedelta(weeks=9)
    starts = pd.date_range(begin.normalize(), pd.Timestamp(end, tz="Europe/Berlin"), freq="30min", inclusive="left")
    open_ = np.where(starts < changed, office(0, 6, days=7)(starts), office(0, 8, days=7)(starts))
    calls = pd.DataFrame({"start": starts, "offered": np.random.default_rng(2).poisson(12.0 * open_)})
    shown = hours_of_history(calls, 30)
    assert set(map(hours_text, shown.opening.values())) == {"00:00-08:00"}
    assert shown.change is not None
    assert abs((shown.change.since - changed.date()).days) <= 1
    history = arranged("calls", calls, Calendar(ALWAYS, "Europe/Berlin"), 30)
    assert not np.isfinite(history.calls[0, 12:16]).any()
    assert np.isfinite(history.calls[-1, 12:16]).all()

"""Hours that the calls show to be closed: between opening hours, on days, and for every model."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from busyhour.forecast.backtesting.rolling import scores, workdays
from busyhour.forecast.calendar.calendars import Calendar
from busyhour.forecast.calendar.changed_hours import opening_of_history
from busyhour.forecast.calendar.opening_hours import ALWAYS, hours_text, parse_opening
from busyhour.forecast.models import MODELS
from busyhour.forecast.on_data_frames import backtest, forecast


def _hour(t: pd.Timestamp) -> float:
    return t.hour + t.minute / 60


DESKS: dict[str, Callable[[pd.Timestamp], bool]] = {
    "siesta": lambda t: t.weekday() < 5 and (8 <= _hour(t) < 12 or 14 <= _hour(t) < 18),
    "nights": lambda t: _hour(t) >= 22 or _hour(t) < 6,
    "nights of weekdays": lambda t: (_hour(t) >= 22 and t.weekday() < 5) or (_hour(t) < 6 and 1 <= t.weekday() < 6),
    "closed on Mondays": lambda t: t.weekday() != 0 and 9 <= _hour(t) < 19,
    "shut at noon on Fridays": lambda t: 8 <= _hour(t) < 18 and not (t.weekday() == 4 and 12 <= _hour(t) < 14),
}


def desk(is_open: Callable[[pd.Timestamp], bool], days: int, *, zeros: bool, stray: float = 0.0) -> pd.DataFrame:
    """Return half-hours of about 12 calls; closed ones have no row, or a row of zeros and stray calls."""
    rng = np.random.default_rng(3)
    starts = pd.date_range("2026-01-05", periods=days * 48, freq="30min")
    open_ = np.array([is_open(t) for t in starts])
    calls = np.where(open_, rng.poisson(12, len(starts)), rng.random(len(starts)) < stray)
    frame = pd.DataFrame({"start": starts, "offered": calls.astype(float)})
    return frame if zeros else frame[open_]


@pytest.mark.parametrize("zeros", [False, True], ids=["no rows", "rows of zeros"])
@pytest.mark.parametrize("days", [14, 42])
@pytest.mark.parametrize("is_open", DESKS.values(), ids=DESKS.keys())
def test_the_hours_are_found(is_open: Callable[[pd.Timestamp], bool], days: int, zeros: bool) -> None:
    hours = opening_of_history(desk(is_open, days, zeros=zeros, stray=0.002 if days > 14 else 0.0), 30)
    week = pd.date_range("2026-03-02", periods=336, freq="30min")
    shown = Calendar(hours).open_wall(list(dict.fromkeys(week.date)), 30).ravel()
    assert [str(t) for t in week[shown != np.array([is_open(t) for t in week])]] == []


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(
    "model",
    [pytest.param(m, marks=() if m in ("factor", "last_week") else pytest.mark.slow) for m in (*MODELS, "auto")],
)
def test_no_model_forecasts_calls_where_it_is_closed(model: str) -> None:
    """Neither calls nor a band, and no closed interval enters a score."""
    is_open = DESKS["siesta"]
    calls = desk(is_open, 35, zeros=False)
    found = forecast(calls, 7, model=model)
    assert found["start"].map(is_open).all()
    assert len(found) == 5 * 16
    if model != "auto":
        origins = pd.DataFrame({"origin": ["2026-02-01"], "horizon_days": [5]})
        past = backtest(calls, origins, model=model)
        assert past.loc[past["mean"] > 0, "timestamp"].map(is_open).all()


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_two_weeks_show_a_lunch_break() -> None:
    """The history ends at noon: even then nothing is forecast between 12 and 14."""
    calls = desk(DESKS["siesta"], 11, zeros=False)
    found = forecast(calls[calls["start"] < "2026-01-15 12:00"], 7)
    assert found["start"].map(DESKS["siesta"]).all()


def test_quiet_hours_of_a_desk_without_zeros_stay_open() -> None:
    """Rows exist only where calls came: an interval that a weekday misses by chance is no closed one."""
    rng = np.random.default_rng(5)
    starts = pd.date_range("2026-01-05", periods=60 * 48, freq="30min")
    starts = starts[(starts.hour >= 8) & (starts.hour < 18)]
    calls = pd.DataFrame({"start": starts, "offered": rng.poisson(0.9, len(starts))})
    spans = opening_of_history(calls[calls["offered"] > 0], 30)
    assert all(len(day) == 1 for day in spans.values())


def test_nights_with_hardly_a_call_stay_open() -> None:
    """A desk that never closes has a call now and then at night."""
    rng = np.random.default_rng(6)
    starts = pd.date_range("2026-01-05", periods=90 * 48, freq="30min")
    rate = np.where((starts.hour >= 7) & (starts.hour < 22), 5.0, 0.1)
    hours = opening_of_history(pd.DataFrame({"start": starts, "offered": rng.poisson(rate)}), 30)
    assert set(map(hours_text, hours.values())) == {"00:00-24:00"}


@pytest.mark.parametrize(
    ("hours", "days"),
    [
        (dict.fromkeys(("sunday", "monday", "tuesday", "wednesday", "thursday"), "08:00-17:00"), {6, 0, 1, 2, 3}),
        (dict.fromkeys(("monday", "tuesday", "wednesday", "thursday"), "08:00-18:00") | {"friday": "08:00-13:00"},
         {0, 1, 2, 3, 4}),
        (dict.fromkeys(("tuesday", "wednesday", "thursday", "friday", "saturday"), "09:00-19:00"), {1, 2, 3, 4, 5}),
    ],
)  # fmt: skip
def test_the_five_days_worked_are_told(hours: dict[str, str], days: set[int]) -> None:
    assert workdays(Calendar(parse_opening(hours)), "calls", dt.date(2026, 3, 2)) == days


def test_mondays_to_fridays_are_worked_round_the_clock() -> None:
    assert workdays(Calendar(ALWAYS), "calls", dt.date(2026, 3, 2)) == {0, 1, 2, 3, 4}


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_backtest_scores_sundays_where_they_are_worked() -> None:
    calls = desk(lambda t: t.weekday() in (6, 0, 1, 2, 3) and 8 <= _hour(t) < 17, 56, zeros=False)
    origins = pd.DataFrame({"origin": ["2026-02-12"], "horizon_days": [5]})
    past = backtest(calls, origins, model="weekday_mean")
    counted = past[past["position"] > 0]["timestamp"].dt.day_name().unique().tolist()
    assert counted == ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday"]
    assert scores(past)["days"].max() == 5

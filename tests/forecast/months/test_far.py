"""The months ahead: means from level, weekday, holidays and season; paths that are centred and belong together."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from busyhour.forecast.calendar.calendars import Calendar
from busyhour.forecast.calendar.opening_hours import parse_opening
from busyhour.forecast.calendar.special_days import SpecialDay
from busyhour.forecast.errors import InputError
from busyhour.forecast.months.far import FarForecast, far_forecast
from busyhour.forecast.months.growth import Growth, Step
from busyhour.forecast.months.level_error import LevelError, estimate, level_paths

WEEKDAY = np.array([1.3, 1.0, 1.0, 1.0, 0.9, 0.4, 0.4])
DAYS = parse_opening(dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday"), "08:00-12:00"))
CALENDAR = Calendar(DAYS, None)
START = dt.date(2023, 1, 2)


def rows(days: int, level: np.ndarray | float = 400.0, queue: str = "calls", seed: int = 1) -> pd.DataFrame:
    """Return hourly calls of open days, four hours each."""
    rng = np.random.default_rng(seed)
    out = []
    for d in range(days):
        date = START + dt.timedelta(days=d)
        if date.weekday() < 6:
            mean = float(np.broadcast_to(level, days)[d]) * WEEKDAY[date.weekday()] / 4
            out += [
                {"queue": queue, "start": pd.Timestamp(date) + pd.Timedelta(hours=8 + h), "offered": rng.poisson(mean)}
                for h in range(4)
            ]
    return pd.DataFrame(out)


def far(calls: pd.DataFrame, months: int = 12, calendar: Calendar = CALENDAR, **options: object) -> FarForecast:
    """Forecast the months after the calls."""
    first = calls["start"].max().date() + dt.timedelta(days=1)
    last = first + dt.timedelta(days=30 * months - 1)
    return far_forecast(calls, calendar, first, last, minutes=60, **options)  # type: ignore[arg-type]


def test_level_and_weekdays_are_carried_on() -> None:
    found = far(rows(140))
    truth = np.array([400 * WEEKDAY[d.weekday()] if d.weekday() < 6 else 0.0 for d in found.dates])
    assert found.calls[0] == pytest.approx(truth, rel=0.06)  # effects of a day rest on few days
    assert found.calls[0].sum() == pytest.approx(truth.sum(), rel=0.01)
    assert any("year's shape" in note for note in found.notes)
    assert any("default values" in note for note in found.notes)


def test_a_closed_day_has_no_calls() -> None:
    calls = rows(140)
    day = calls["start"].max().date() + dt.timedelta(days=12)
    shut = Calendar(DAYS, None, special=(SpecialDay(day, "shut", "shut", None, closed=True),))
    found = far(calls, calendar=shut)
    assert found.calls[0, found.dates.index(day)] == 0.0
    assert found.closed(["calls"]) == (day,)


def test_a_day_is_closed_where_every_queue_is_shut() -> None:
    both = pd.concat([rows(140), rows(140, queue="sales")], ignore_index=True)
    day = both["start"].max().date() + dt.timedelta(days=12)
    shut = Calendar(DAYS, None, special=(SpecialDay(day, "shut", "shut", "sales", closed=True),))
    found = far(both, months=2, calendar=shut)
    assert found.closed(["sales"]) == (day,)
    assert found.closed(["calls", "sales"]) == ()


def test_the_year_is_learnt_from_two_years_and_growth_is_told_but_not_carried_on() -> None:
    days = 1100
    t = np.arange(days)
    level = 400 * 1.1 ** (t / 365.25) * (1 + 0.2 * np.cos(2 * np.pi * (t + 1) / 365.25))
    found = far(rows(days, level))
    ahead = np.array([(d - START).days for d in found.dates])
    season = 1 + 0.2 * np.cos(2 * np.pi * (ahead + 1) / 365.25)
    today = 400 * 1.1 ** (days / 365.25)
    weekday = np.array([WEEKDAY[d.weekday()] * (d.weekday() < 6) for d in found.dates])
    months = np.arange(len(ahead)) // 30
    truth = np.bincount(months, today * season * weekday)
    assert np.bincount(months, found.calls[0]) == pytest.approx(truth, rel=0.05)
    assert found.error.estimated
    assert any("no growth is given" in note for note in found.notes)


def test_growth_and_steps_are_the_planners() -> None:
    calls = rows(140)
    plain = far(calls)
    step = Step(plain.dates[100], 1.5)
    grown = far(calls, growth=Growth(0.2, (step,)))
    end = calls["start"].max().date()
    ahead = np.array([(d - end).days for d in plain.dates])
    wanted = 1.2 ** (ahead / 365.25) * np.where(np.arange(len(ahead)) >= 100, 1.5, 1.0)
    assert grown.calls[0] == pytest.approx(plain.calls[0] * wanted)
    monthly = Growth(1.01**12 - 1.0)
    assert monthly.factor("calls", [end + dt.timedelta(days=365)], end) == pytest.approx(1.01**12, 1e-3)


def test_paths_are_centred_and_mirrored() -> None:
    paths = level_paths(LevelError(), queues=3, lead=4, weeks=60, scenarios=41, seed=3)
    assert paths.shape == (41, 3, 60)
    assert paths.mean(axis=0) == pytest.approx(np.ones((3, 60)))
    scaled = np.log(paths)
    assert scaled[:20] + scaled[20:40] == pytest.approx(np.broadcast_to(2 * scaled[40], (20, 3, 60)))


def test_paths_have_the_spread_and_the_correlation_they_are_asked_for() -> None:
    error = LevelError(week_sd=0.0)
    log = np.log(level_paths(error, queues=2, lead=0, weeks=157, scenarios=4000, seed=1))
    month = log[:, 0, [3, 12, 51, 155]].std(axis=0)
    k = np.array([4, 13, 52, 156]) / (365.25 / 84)
    assert month == pytest.approx(error.month_sd * np.sqrt((1 - 0.97 ** (2 * k)) / (1 - 0.97**2)), rel=0.06)
    assert np.corrcoef(log[:, 0, 51], log[:, 1, 51])[0, 1] == pytest.approx(error.shared, abs=0.05)
    assert np.corrcoef(log[:, 0, 51], log[:, 0, 77])[0, 1] > 0.7  # a level error stays


def test_the_wandering_of_a_level_is_estimated_from_long_histories() -> None:
    rng = np.random.default_rng(5)
    month = 0.05
    weeks = [np.cumsum(rng.normal(0, month / np.sqrt(4.348), 260)) + rng.normal(0, 0.03, 260) for _ in range(4)]
    found = estimate(weeks)
    assert found.estimated
    assert found.month_sd == pytest.approx(month, rel=0.25)
    assert found.week_sd == pytest.approx(0.03, rel=0.2)
    assert found.shared < 0.3
    assert not estimate([w[:60] for w in weeks]).estimated


def test_a_queue_that_has_ended_is_told() -> None:
    both = pd.concat([rows(140), rows(90, queue="old")], ignore_index=True)
    found = far(both, months=2)
    assert any("queue old: its calls end on" in note for note in found.notes)
    assert not any("queue calls: its calls end" in note for note in found.notes)


def test_holidays_that_were_shut_are_shut_again_and_new_ones_are_named() -> None:
    """The desk was shut on New Year and Epiphany; the history does not show Christmas."""
    home = Calendar(DAYS, None, country="PL")
    calls = rows(300)
    quiet = [d for d in calls["start"].dt.date.unique() if home.holiday(d)]
    found = far(calls[~calls["start"].dt.date.isin(quiet)], months=8, calendar=home)
    closed = [d for d in found.dates if d.weekday() < 6 and found.calls[0, found.dates.index(d)] == 0.0]
    assert dt.date(2024, 1, 6) in closed
    assert dt.date(2023, 12, 25) not in closed
    assert list(found.closed(["calls"])) == closed
    assert any("shut on" in n and "2024-01-06" in n for n in found.notes)
    assert any("planned as open" in n and "2023-12-25" in n for n in found.notes)


def test_scenarios_of_months_and_weeks_add_up_to_the_days() -> None:
    found = far(rows(140), months=4, scenarios=20)
    months = np.array([d.year * 12 + d.month for d in found.dates])
    for period in (months, found.week):
        totals = np.array([found.scenarios[:, 0, period == p].sum(axis=1) for p in dict.fromkeys(period.tolist())])
        assert totals.mean(axis=1).sum() == pytest.approx(found.calls.sum())
        low, high = np.quantile(totals, [0.1, 0.9], axis=1)
        assert (low < high).sum() >= len(low) - 1  # a rest of a week may be a closed day


def test_the_same_seed_gives_the_same_paths() -> None:
    calls = rows(70)
    assert np.array_equal(far(calls, 3, seed=7).paths, far(calls, 3, seed=7).paths)
    assert not np.array_equal(far(calls, 3, seed=7).paths, far(calls, 3, seed=8).paths)


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: far(rows(20)), "too few"),
        (lambda: far(rows(70), months=40), "months"),
        (lambda: far(rows(70), scenarios=0), "scenario"),
        (lambda: far(rows(70), growth=Growth({"sales": 0.1})), "unknown queue"),
        (lambda: Growth(12.0), "5 %"),
        (lambda: Growth(float("nan")), "5 %"),
        (lambda: Step(START, 0.0), "factor"),
    ],
)
def test_bad_input_is_refused(make: object, told: str) -> None:
    with pytest.raises(InputError, match=told):
        make()  # type: ignore[operator]

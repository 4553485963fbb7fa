"""What every forecast model must do, whichever it is."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from busyhour.forecast.calendar.calendars import Calendar
from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.calendar.opening_hours import ALWAYS, parse_opening
from busyhour.forecast.calendar.special_days import SpecialDay
from busyhour.forecast.calls.arrange import histories
from busyhour.forecast.calls.quality import cleaned
from busyhour.forecast.errors import InputError
from busyhour.forecast.models import MODELS, model_named
from busyhour.forecast.tables import QUANTILES

OFFICE = Calendar(parse_opening(dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "08:00-16:00")))
FIRST = dt.date(2026, 1, 5)
NEXT = Grid(dt.date(2026, 3, 2), 7, 60)


def law(starts, level):
    """Expected calls of each hour."""
    return np.asarray(level * (1.3 - 0.1 * starts.day_of_week) * (0.5 + np.sin(np.pi * starts.hour / 24)))


def history(calendar=OFFICE, *, days=56, level=50.0, seed=3, zone=None):
    """Poisson calls around weekday × hour, on whole weeks."""
    rng = np.random.default_rng(seed)
    starts = pd.date_range(FIRST, periods=24 * days, freq="h", tz=zone)
    rate = law(starts, level)
    frame = pd.DataFrame({"start": starts, "offered": rng.poisson(rate).astype(float)})
    open_ = calendar.open_wall([d.date() for d in pd.date_range(FIRST, periods=days)], 60).ravel()
    return histories(frame[open_], calendar, minutes=60)["calls"]


FIELD = sorted([*MODELS, "holt_winters+poisson_glm"])


@pytest.fixture(params=FIELD)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def usual():
    return {name: model_named(name).fit(history()) for name in FIELD}


def test_it_knows_its_name(name):
    assert model_named(name).name == name


def test_closed_intervals_are_exactly_zero_and_open_ones_are_not(name, usual):
    told = usual[name].predict(NEXT)
    open_ = OFFICE.open_mask(NEXT)
    assert (told.mean[open_] > 0).all() and (told.mean[~open_] == 0).all()
    assert (told.quantiles[~open_] == 0).all()


def test_quantiles_are_ordered_never_negative_and_hold_the_mean(name, usual):
    told = usual[name].predict(NEXT)
    assert told.quantiles.shape == (len(NEXT), len(QUANTILES))
    assert (told.quantiles >= 0).all() and (np.diff(told.quantiles, axis=1) >= 0).all()
    assert (told.quantiles[:, 0] <= told.mean).all() and (told.mean <= told.quantiles[:, -1]).all()


def test_other_quantiles_may_be_asked(name, usual):
    told, all_ = usual[name].predict(NEXT, (0.1, 0.5)), usual[name].predict(NEXT)
    assert np.array_equal(told.quantiles, all_.quantiles[:, [QUANTILES.index(0.1), QUANTILES.index(0.5)]])


def test_it_is_close_to_the_law_of_the_desk(name, usual):
    rate = law(NEXT.starts, 50.0) * OFFICE.open_mask(NEXT)
    assert np.abs(usual[name].predict(NEXT).mean - rate).sum() / rate.sum() < (0.16 if name == "last_week" else 0.09)


def test_it_repeats_itself_to_the_last_digit(name, usual):
    again = model_named(name).fit(history()).predict(NEXT)
    assert np.array_equal(again.mean, usual[name].predict(NEXT).mean)


def test_a_day_does_not_depend_on_the_days_asked_with_it(name, usual):
    week, day = usual[name].predict(NEXT), usual[name].predict(Grid(dt.date(2026, 3, 4), 1, 60))
    assert day.mean == pytest.approx(week.mean[48:72], rel=1e-9)


def test_the_past_is_left_as_it_was(name):
    past = history(days=21)
    before = past.calls.copy()
    model_named(name).fit(past).predict(NEXT)
    assert np.array_equal(before, past.calls, equal_nan=True)


def test_missing_days_and_hours_do_not_matter_much(name, usual):
    past = history()
    hole = np.zeros(past.calls.shape, dtype=bool)
    hole[10:12] = hole[30, 8:12] = True
    told = model_named(name).fit(past.without(hole)).predict(NEXT)
    assert np.isfinite(told.mean).all()
    assert told.mean.sum() == pytest.approx(usual[name].predict(NEXT).mean.sum(), rel=0.03)


def test_a_closure_ahead_is_zero_all_day(name):
    calendar = Calendar(OFFICE.opening, special=(SpecialDay(dt.date(2026, 3, 4), "works outing", closed=True),))
    told = model_named(name).fit(history(calendar)).predict(NEXT)
    assert told.mean[48:72].sum() == 0 and told.mean[72:96].sum() > 0


def test_far_ahead_it_still_answers(name, usual):
    told = usual[name].predict(Grid(dt.date(2026, 8, 3), 7, 60))
    assert np.isfinite(told.mean).all() and np.isfinite(told.quantiles).all() and told.mean.sum() > 0


def test_two_days_of_a_small_desk_are_enough_to_answer(name):
    told = model_named(name).fit(history(days=2, level=0.5)).predict(NEXT)
    assert np.isfinite(told.mean).all() and (told.quantiles >= 0).all()


def test_small_desks_get_counts(name):
    told = model_named(name).fit(history(Calendar(ALWAYS), level=1.0)).predict(NEXT)
    assert np.array_equal(told.quantiles, np.round(told.quantiles))


def test_one_interval_a_day_is_a_desk_too(name):
    calendar = Calendar(parse_opening(dict.fromkeys(OFFICE.opening, "09:00-10:00")))
    told = model_named(name).fit(history(calendar)).predict(NEXT)
    rate = law(NEXT.starts, 50.0) * calendar.open_mask(NEXT)
    assert np.abs(told.mean - rate).sum() / rate.sum() < 0.25
    assert (told.quantiles >= 0).all() and (told.mean[~calendar.open_mask(NEXT)] == 0).all()


def test_a_weekday_without_any_call_stays_nearly_without(name):
    past = history()
    friday = np.array([d.weekday() == 4 for d in past.dates])[:, None] & past.open
    told = model_named(name).fit(replace(past, calls=np.where(friday, 0.0, past.calls))).predict(NEXT)
    by_day = told.mean.reshape(7, 24).sum(axis=1)
    assert np.isfinite(told.quantiles).all() and by_day[4] < 0.1 * by_day[3]


def test_an_interval_without_any_call_stays_nearly_without(name):
    past = history()
    silent = past.calls.copy()
    silent[:, 12] = np.where(past.open[:, 12], 0.0, np.nan)
    told = model_named(name).fit(replace(past, calls=silent)).predict(NEXT)
    by_hour = told.mean.reshape(7, 24).sum(axis=0)
    assert np.isfinite(told.quantiles).all() and by_hour[12] < 0.05 * by_hour[11]


def test_days_of_23_and_25_hours_have_an_answer_for_each(name):
    calendar = Calendar(ALWAYS, "Europe/Berlin")
    past = history(calendar, days=112, zone="Europe/Berlin")  # across 29 March 2026
    ahead = Grid(dt.date(2026, 10, 19), 7, 60, "Europe/Berlin")
    told = model_named(name).fit(past).predict(ahead)
    assert told.mean.shape == (169,) and (told.mean > 0).all() and np.isfinite(told.quantiles).all()
    assert told.mean[146] == told.mean[147]  # both passages of two o'clock


def test_five_minutes_add_up_to_the_hour(name):
    rng = np.random.default_rng(3)
    starts = pd.date_range(FIRST, periods=288 * 42, freq="5min")
    open_ = OFFICE.open_wall([d.date() for d in pd.date_range(FIRST, periods=42)], 5).ravel()
    frame = pd.DataFrame({"start": starts, "offered": rng.poisson(law(starts, 50.0)).astype(float)})[open_]
    ahead = Grid(dt.date(2026, 2, 16), 7, 5)
    told = model_named(name).fit(histories(frame, OFFICE, minutes=5)["calls"]).predict(ahead)
    rate = law(ahead.starts, 50.0) * OFFICE.open_mask(ahead)
    hours = np.abs((told.mean - rate).reshape(-1, 12).sum(axis=1)).sum() / rate.sum()
    assert hours < (0.16 if name == "last_week" else 0.09)


def test_its_own_past_and_other_steps_are_refused(name, usual):
    with pytest.raises(ValueError, match="history reaches"):
        usual[name].predict(Grid(dt.date(2026, 2, 23), 7, 60))
    with pytest.raises(ValueError, match="60-minute"):
        usual[name].predict(Grid(dt.date(2026, 3, 2), 7, 30))


@pytest.mark.parametrize("dead", [slice(28, 56), slice(0, 44)])
def test_a_desk_without_any_call_for_weeks_is_forecast_or_refused_by_name(name, dead):
    past = history()
    calls = past.calls.copy()
    calls[dead] = np.where(np.isfinite(calls[dead]), 0.0, np.nan)
    try:
        told = model_named(name).fit(cleaned(replace(past, calls=calls))).predict(NEXT)
    except InputError as error:
        assert name in str(error)
    else:
        assert np.isfinite(told.mean).all() and np.isfinite(told.quantiles).all()


def test_days_are_the_sums_of_their_intervals_with_bands_of_their_own(name, usual):
    days, told = usual[name].predict_days(NEXT), usual[name].predict(NEXT)
    assert days.mean == pytest.approx(told.mean.reshape(7, 24).sum(axis=1))
    assert (np.diff(days.quantiles, axis=1) >= 0).all() and (days.quantiles[5:] == 0).all()
    band = days.quantiles[:5, QUANTILES.index(0.9)] - days.quantiles[:5, QUANTILES.index(0.1)]
    sums = told.quantiles.reshape(7, 24, -1).sum(axis=1)[:5]
    poisson = 2 * 1.2 * np.sqrt(days.mean[:5])
    assert (band > 0.8 * poisson).all()
    assert (band < 1.3 * (sums[:, QUANTILES.index(0.9)] - sums[:, QUANTILES.index(0.1)])).all()

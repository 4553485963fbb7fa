"""Histories that no forecast should trust: one clear error, or a fallback that is told."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from busyhour.forecast.backtesting.rolling import backtest
from busyhour.forecast.calendar.calendars import Calendar
from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.calls.arrange import histories
from busyhour.forecast.errors import InputError
from busyhour.forecast.predict import forecast

WEEK = Grid(dt.date(2026, 2, 16), 7, 60)
SECONDS = {"calls": 180.0}


def told(calls, calendar, **more):
    return forecast(calls, WEEK, calendar, models="weekday_mean", handle_s=SECONDS, origins=1, **more)


def with_value(frame, row, value):
    return frame.assign(offered=frame["offered"].where(frame.index != row, value))


@pytest.mark.parametrize(
    ("spoil", "row", "word"),
    [
        (lambda c: c.iloc[:0], None, "no call history"),
        (lambda c: c.rename(columns={"offered": "anrufe"}), None, "columns start and offered"),
        (lambda c: c[c["start"] < "2026-01-06"], None, "one day only"),
        (lambda c: c.assign(offered=0.0), None, "no calls in its opening hours"),
        (lambda c: c.assign(offered=np.nan), None, "no known number"),
        (lambda c: with_value(c, 7, -3.0), 9, "negative"),
        (lambda c: with_value(c, 7, np.inf), 9, "infinite"),
        (lambda c: pd.concat([c, with_value(c, 5, 999.0).iloc[[5]]]), None, "twice with different figures"),
        (lambda c: c.assign(start=c["start"] + pd.to_timedelta(7 * (c.index == 4), "min")), None, "even step"),
        (lambda c: c.assign(start=c["start"].astype(str).where(c.index != 3, "soon")), 5, "ISO 8601"),
    ],
)
def test_what_cannot_be_read_is_refused_and_located(spoil, row, word, office, make_calls):
    with pytest.raises(InputError, match=word) as caught:
        told(spoil(make_calls(office, days=42)), office)
    assert caught.value.row == row


def test_text_among_the_counts_is_located(office, make_calls):
    calls = make_calls(office, days=42)
    with pytest.raises(InputError, match="not a number") as caught:
        told(calls.assign(offered=calls["offered"].astype(object).where(calls.index != 7, "many")), office)
    assert (caught.value.row, caught.value.column, caught.value.value) == (9, "offered", "many")


def test_order_of_the_rows_and_exact_repeats_change_nothing(office, make_calls):
    calls = make_calls(office, days=42)
    shuffled = pd.concat([calls, calls.iloc[[5, 80]]]).sample(frac=1.0, random_state=1)
    one, two = told(calls, office), told(shuffled, office)
    pd.testing.assert_frame_equal(one.volume, two.volume)
    assert two.quality["kind"].tolist().count("duplicate") == 2


def test_an_unknown_count_is_missing_and_named(office, make_calls):
    result = told(with_value(make_calls(office, days=42), 7, np.nan), office)
    row = result.quality.set_index("kind").loc["gap"]
    assert (row["start"], row["end"]) == (pd.Timestamp("2026-01-05 15:00"), pd.Timestamp("2026-01-05 16:00"))
    assert result.volume["calls"].notna().all()


def test_days_of_another_step_are_summed_and_named(office, make_calls):
    calls = make_calls(office, days=42)
    fine = make_calls(office, days=14, step=5)
    mixed = pd.concat([fine, calls[calls["start"] >= "2026-01-19"]])
    past = histories(mixed, office, minutes=60)["calls"]
    note = next(n for n in past.notes if n.kind == "mixed_steps")
    assert (note.start.date(), note.end.date()) == (dt.date(2026, 1, 5), dt.date(2026, 1, 16))
    assert "10 days come in steps of 5 minutes, not 60" in note.what
    assert np.nansum(past.calls[:12]) == fine["offered"].sum()


def test_within_a_day_of_mixed_steps_the_coarse_rows_are_missing_not_wrong(office, make_calls):
    fine, coarse = make_calls(office, days=42, step=5), make_calls(office, days=42)
    noon = "2026-01-19 12:00"
    mixed = pd.concat([fine[fine["start"] < noon], coarse[(coarse["start"] >= noon)]])
    past = histories(mixed, office, minutes=60)["calls"]
    assert np.isfinite(past.calls[14, 8:12]).all() and np.isnan(past.calls[14, 12:18]).all()
    assert np.isfinite(past.calls[15, 8:18]).all()


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (lambda: Calendar({}, zone="Europe/Nowhere"), "unknown time zone"),
        (lambda: Grid(dt.date(2026, 1, 5), 7, 60, "Mars"), "unknown time zone"),
        (lambda: Calendar({}, country="XX").holiday(dt.date(2026, 1, 1)), "unknown country"),
    ],
)
def test_places_that_do_not_exist_are_refused(make, word):
    with pytest.raises(InputError, match=word):
        make()


def test_the_hour_that_comes_twice_needs_offsets_or_is_refused():
    """Naive stamps of a repeated hour contradict each other; with offsets both passages count."""
    zone = "Europe/Berlin"
    starts = pd.date_range("2026-10-19", "2026-10-27", freq="h", tz=zone, inclusive="left")
    always = Calendar(dict.fromkeys(("saturday", "sunday", "monday", "tuesday"), ((0, 1440),)), zone)
    aware = pd.DataFrame({"start": starts, "offered": np.arange(len(starts), dtype=float)})
    past = histories(aware, always, minutes=60)["calls"]
    assert past.calls[6, 2] == aware.loc[aware["start"].dt.hour.eq(2) & (aware["start"].dt.day == 25), "offered"].mean()
    naive = aware.assign(start=aware["start"].dt.tz_localize(None))
    with pytest.raises(InputError, match="twice with different figures"):
        histories(naive, always, minutes=60)


def test_less_than_two_weeks_fall_back_to_a_simple_model_and_say_so(office, make_calls):
    result = forecast(make_calls(office, days=12), Grid(dt.date(2026, 1, 19), 7, 60), office, handle_s=SECONDS)
    assert (result.volume["model"] == "weekday_mean").all()
    row = result.quality.set_index("kind").loc["short"]
    assert "12 days" in row["what"] and "weekday_mean" in row["action"]


@pytest.mark.parametrize("origin", ["2025-12-31", "2026-03-01"])
def test_an_origin_outside_the_history_names_the_days_that_would_do(origin, office, make_calls):
    origins = pd.DataFrame({"origin": [origin], "horizon_days": [5]})
    with pytest.raises(InputError, match="2026-01-05 to 2026-02-13"):
        backtest(make_calls(office, days=42), office, interval_min=60, origins=origins, model="last_week")


@pytest.mark.slow
def test_an_old_origin_of_a_long_file_forecasts_as_the_file_cut_there(make_calls):
    """A history of three years: no origin is out of reach because later days came."""
    weekdays = Calendar(dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), ((540, 720),)))
    calls = make_calls(weekdays, first="2023-01-02", days=1100)
    origins = pd.DataFrame({"origin": ["2023-06-30", "2025-12-19"], "horizon_days": [5, 5]})
    predictions = backtest(calls, weekdays, interval_min=60, origins=origins, model="factor")
    for origin, rows in predictions.groupby("origin"):
        cut = calls[calls["start"] < origin + pd.Timedelta(days=1)]
        grid = Grid(origin.date() + dt.timedelta(days=1), 14, 60)
        same = forecast(cut, grid, weekdays, models="factor", handle_s=SECONDS, origins=1).volume
        assert rows["mean"].tolist() == same["calls"].tolist()

"""The two functions on data frames: options as on the command line, and no look ahead."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from busyhour.forecast import backtest, forecast, scores
from busyhour.forecast.errors import InputError
from busyhour.forecast.tables import QUANTILE_COLUMNS

OPEN = "08:00-18:00"


@pytest.fixture(scope="module")
def calls() -> pd.DataFrame:
    """Half-hours of weekdays 07:00-19:00 over 13 weeks, two queues, as an export names them."""
    rng = np.random.default_rng(5)
    start = pd.date_range("2026-01-05 07:00", periods=48 * 91, freq="30min")
    start = start[(start.hour >= 7) & (start.hour < 19) & (start.day_of_week < 5)]
    rate = 30.0 * (1.2 - 0.1 * start.day_of_week) * (1 + 0.5 * np.sin(start.hour))
    parts = [
        pd.DataFrame({"centre": q, "time": start.strftime("%Y-%m-%d %H:%M"), "calls": rng.poisson(k * rate)})
        for q, k in (("big", 1.0), ("small", 0.1))
    ]
    return pd.concat(parts, ignore_index=True)


ORIGINS = pd.DataFrame({"origin": ["2026-03-06", "2026-03-12"], "horizon_days": [5, 3], "remark": ["a", "b"]})


@pytest.mark.slow
def test_an_origin_forecasts_what_the_calls_cut_there_forecast(calls):
    told = backtest(calls, ORIGINS, open=OPEN, closed=["2026-03-10"], country="FR")
    for origin, rows in told.groupby("origin"):
        past = calls[pd.to_datetime(calls["time"]) < origin + pd.Timedelta(days=1)]
        same = forecast(past, 14, open=OPEN, closed=["2026-03-10"], country="FR")
        both = rows.merge(same, left_on=["queue", "timestamp"], right_on=["queue", "start"], suffixes=("", "_same"))
        assert len(both) == len(rows) > 100
        assert both["mean"].tolist() == both["calls"].tolist()
        for column in QUANTILE_COLUMNS:
            assert both[column].tolist() == both[f"{column}_same"].tolist()


def test_opening_hours_are_learnt_from_what_was_known_at_the_origin(calls):
    late = calls.copy()
    evening = pd.date_range("2026-03-16 19:00", periods=8, freq="30min").strftime("%Y-%m-%d %H:%M")
    late = pd.concat([late, pd.DataFrame({"centre": "big", "time": evening, "calls": 90})], ignore_index=True)
    one, other = (backtest(c, ORIGINS, queue="big")[["timestamp", "mean"]] for c in (calls, late))
    pd.testing.assert_frame_equal(one, other)


def test_a_finer_source_is_summed_and_thin_days_count_as_missing(calls):
    hours = forecast(calls, 7, interval="1h", queue="big")
    halves = forecast(calls, 7, interval=30, queue="big")
    assert hours["calls"].sum() == pytest.approx(halves["calls"].sum(), rel=0.02)
    thin = calls.drop(calls.index[pd.to_datetime(calls["time"]).between("2026-03-02 11:00", "2026-03-03")])
    assert len(forecast(thin, 7, queue="big", min_intervals=12)) == len(halves)
    gone = calls[~pd.to_datetime(calls["time"]).between("2026-03-02", "2026-03-03")]
    same = [forecast(c, 7, queue="big", min_intervals=12)["calls"] for c in (thin, gone)]
    assert same[0].tolist() == same[1].tolist()


def test_the_scores_are_those_of_the_bands(calls):
    told = backtest(calls, ORIGINS, queue="big")
    table = scores(told)
    assert table["band"].tolist() == ["D1", "D1-2", "D3-5", "D1-5"]
    first = told[told["position"] == 1]
    wape = (first["mean"] - first["actual"]).abs().sum() / first["actual"].sum()
    assert table["wape"].iloc[0] == pytest.approx(wape)
    assert table["days"].tolist() == [2, 4, 4, 8]


def test_the_rest_of_a_running_day_is_forecast_too(calls):
    told = forecast(calls, 1, queue="big", now="2026-03-27 11:10", open=OPEN)
    days = told["start"].dt.date.astype(str).unique().tolist()
    assert days == ["2026-03-27"]  # and the Saturday after it is closed
    came = told["start"] < "2026-03-27 11:00"
    actual = calls[calls["centre"] == "big"].set_index(pd.to_datetime(calls.loc[calls["centre"] == "big", "time"]))
    assert told.loc[came, "calls"].tolist() == actual.loc[told.loc[came, "start"], "calls"].tolist()
    assert (told.loc[~came, "q0.9"] > told.loc[~came, "q0.1"]).all()


def test_a_queue_without_calls_is_left_out_with_a_warning(calls):
    dead = calls.assign(calls=calls["calls"].where(calls["centre"] == "big", 0))
    with pytest.warns(UserWarning, match="'small' is left out"):
        told = forecast(dead, 3)
    assert told["queue"].unique().tolist() == ["big"]


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"interval": "7min"}, "not an interval"),
        ({"interval": "soon"}, "not an interval"),
        ({"queue": "chat"}, "no such queue"),
        ({"country": "XX"}, "unknown country"),
        ({"closed": ["soon"]}, "not a date"),
        ({"open": "7-21"}, "not a time of day"),
        ({"now": "2020-01-01 10:00"}, "no calls before it"),
        ({"zone": "Mars/Base"}, "zone"),
        ({"min_intervals": 90}, "no day has so many intervals"),
    ],
)
def test_options_that_make_no_sense_are_refused(calls, options, word):
    with pytest.raises(InputError, match=word):
        forecast(calls, 2, **options)


@pytest.mark.slow
def test_nothing_heavy_is_loaded_before_it_is_asked_for():
    code = "import sys, busyhour.forecast; assert 'pandas' not in sys.modules; busyhour.forecast.forecast"
    subprocess.run([sys.executable, "-c", code], check=True)

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.calls.arrange import histories
from busyhour.forecast.handle_time.cells import handle_cells
from busyhour.forecast.handle_time.level import follow
from busyhour.forecast.handle_time.models import HANDLE_MODELS
from busyhour.forecast.handle_time.race import handle_forecast
from busyhour.forecast.predict import forecast

DAYS = 112
FIRST = pd.Timestamp("2026-01-05")


def make(office, *, seed=1, rate=20.0, days=DAYS, mean=lambda day, hour: 300.0):
    """A past of single calls of exponential handle time; `mean` of the day's number and the hour."""
    rng = np.random.default_rng(seed)
    starts = [
        FIRST + pd.Timedelta(days=d, hours=h) for d in range(days) if d % 7 < 5 for h in range(8, 18)
    ]  # fmt: skip
    calls = rng.poisson(rate, len(starts)).astype(float)
    truth = np.array([mean((t - FIRST).days, t.hour) for t in starts])
    seconds = truth * rng.gamma(np.maximum(calls, 1.0)) / np.maximum(calls, 1.0)
    frame = pd.DataFrame({"start": starts, "offered": calls, "answered": calls, "handle_s": seconds})
    return frame.assign(handle_s=frame["handle_s"].where(calls > 0))


def arranged(frame, office):
    return histories(frame, office, minutes=60)["calls"]


def ahead(days=7, lead=0):
    return Grid((FIRST + pd.Timedelta(days=DAYS + lead)).date(), days, 60)


def told(frame, office, model="level_and_shape", grid=None):
    past = arranged(frame, office)
    dates = (grid or ahead()).dates
    return HANDLE_MODELS[model](handle_cells(past), past.last_date, dates)[:, 8:18]


def error(frame, office, mean, lead=0):
    """WAPE against the true mean of each model over a week."""
    grid = ahead(5, lead)
    truth = np.array([[mean(DAYS + lead + d, h) for h in range(8, 18)] for d in range(5)])
    return {m: float(np.abs(told(frame, office, m, grid) - truth).sum() / truth.sum()) for m in HANDLE_MODELS}


def steady(day, hour):
    return 300.0


def shaped(day, hour):
    return 300.0 * (1.0 + 0.2 * (hour >= 14) + 0.15 * (day % 7 == 0 and hour < 10))


def rising(day, hour):
    return 300.0 * (1.0 + 0.015 * day / 7)


def jumped(day, hour):
    return 300.0 * (1.25 if day >= DAYS - 21 else 1.0)


@pytest.mark.slow
@pytest.mark.parametrize("mean", [steady, shaped, rising, jumped])
@pytest.mark.parametrize("rate", [2.0, 40.0])
def test_level_and_shape_come_nearer_to_the_truth_than_plain_means(mean, rate, office):
    found = [error(make(office, seed=s, rate=rate, mean=mean), office, mean) for s in range(4)]
    mine, recent, slot = (np.mean([f[m] for f in found]) for m in HANDLE_MODELS)
    assert mine < slot and mine < recent + (0.01 if rate == 2.0 else 0.004)
    assert mine < (0.1 if rate == 2.0 else 0.05)


def test_the_shape_of_an_interval_on_one_weekday_is_learnt(office):
    found = told(make(office, rate=200.0, mean=shaped), office)
    assert found[0, :2] / found[1, :2] == pytest.approx(1.15, rel=0.05)
    assert found[0, 4] / found[1, 4] == pytest.approx(1.0, abs=0.02)
    assert found[:5, 6:].mean() / found[1:5, :6].mean() == pytest.approx(1.2, rel=0.02)


def test_handle_times_without_any_scatter_are_given_back(office):
    frame = make(office)
    exact = frame.assign(handle_s=np.where(frame["start"].dt.hour >= 14, 240.0, 180.0))
    assert told(exact, office)[0] == pytest.approx([180.0] * 6 + [240.0] * 4, rel=0.01)
    assert told(frame.assign(handle_s=200.0), office) == pytest.approx(200.0)


def test_few_calls_draw_the_shape_to_the_mean(office):
    few = make(office, rate=0.5)
    assert np.ptp(told(few, office)) < 0.2 * np.ptp(told(few, office, "same_slot"))
    assert np.ptp(told(make(office, rate=100.0), office)) < 6.0


def test_the_data_decide_how_fast_the_level_moves(office):
    rng = np.random.default_rng(5)
    variance = np.full(200, 0.02**2)
    noise = 0.02 * rng.standard_normal(200)
    still = follow(1.0 + noise, variance)
    walk = follow(1.0 + np.cumsum(0.02 * rng.standard_normal(200)) + noise, variance)
    climb = follow(1.0 + 0.002 * np.arange(200) + noise, variance)
    assert still.step_sd == 0.0 and still.slope == 0.0
    assert walk.step_sd in (0.01, 0.02, 0.05)
    assert climb.slope == pytest.approx(0.002, rel=0.5)
    assert still.last == pytest.approx(1.0, abs=0.01) and climb.last == pytest.approx(1.4, abs=0.03)


def test_a_slope_fades_so_that_far_months_stay_bounded(office):
    level = follow(1.0 + 0.004 * np.arange(120), np.full(120, 0.01**2))
    near, far, farther = level.ahead(np.array([7, 365, 540]))
    assert level.last < near < far
    assert farther == pytest.approx(far, rel=1e-4)
    assert far < level.last * 1.15


def test_one_absurd_mean_changes_nothing_to_speak_of(office):
    plain = make(office, rate=1.5, seed=3)
    spoiled = plain.copy()
    at = np.flatnonzero((plain["answered"] == 1).to_numpy())[-40]
    spoiled.loc[at, "handle_s"] = 20 * 300.0
    assert told(spoiled, office) == pytest.approx(told(plain, office), rel=0.02)
    notes = handle_forecast(arranged(spoiled, office), ahead()).notes
    assert [n.kind for n in notes] == ["handle_outlier"] and "6000 s" in notes[0].what


def test_a_day_in_another_unit_is_left_out(office):
    plain = make(office)
    day = plain["start"].dt.date == plain["start"].dt.date.iloc[-1]
    spoiled = plain.assign(handle_s=plain["handle_s"].where(~day, plain["handle_s"] * 1000))
    assert told(spoiled, office) == pytest.approx(told(plain, office), rel=0.03)


def test_the_backtest_names_the_better_model(office):
    result = handle_forecast(arranged(make(office, rate=40.0, mean=rising), office), ahead())
    table = result.backtest.set_index("model")
    assert table["origins"].eq(8).all() and table["chosen"].sum() == 1
    assert table.loc["level_and_shape", "chosen"] == 1
    assert table.loc["level_and_shape", "rmse_s"] == table["rmse_s"].min()
    assert table.loc["recent_mean", "bias"] < -0.03 < table.loc["level_and_shape", "bias"]
    assert (table["day_wape"] <= table["wape"]).all()


def test_a_backtest_never_sees_what_came_later(office):
    frame = make(office, mean=rising)
    late = frame["start"] >= FIRST + pd.Timedelta(days=DAYS - 7)
    spoiled = frame.assign(handle_s=frame["handle_s"].where(~late, 2.0 * frame["handle_s"]))
    last = arranged(frame[~late], office)
    one, two = (HANDLE_MODELS["level_and_shape"](handle_cells(p), last.last_date, ahead().dates)
                for p in (last, arranged(spoiled, office).until(last.last_date)))  # fmt: skip
    assert one.tolist() == two.tolist()


def test_a_short_past_is_used_untried(office):
    past = arranged(make(office, days=12), office)
    result = handle_forecast(past, Grid(past.last_date + dt.timedelta(days=1), 7, 60))
    assert result.backtest.empty and result.seconds[:, 8:18].mean() == pytest.approx(300.0, rel=0.1)


def test_without_handle_times_the_configured_one_is_used_or_the_times_stay_unknown(office):
    past = arranged(make(office).drop(columns="handle_s"), office)
    result = handle_forecast(past, ahead(), 175.0)
    assert (result.seconds == 175.0).all() and result.backtest.empty
    unknown = handle_forecast(past, ahead())
    assert np.isnan(unknown.seconds).all() and [n.kind for n in unknown.notes] == ["handle_time"]


def test_the_forecast_carries_handle_times_and_their_backtest(office):
    result = forecast(make(office, mean=shaped), ahead(), office, models="last_week", origins=3)
    assert result.handle_backtest.columns.tolist() == [
        "queue", "model", "wape", "bias", "rmse_s", "day_wape", "origins", "chosen",
    ]  # fmt: skip
    assert result.handle_backtest["origins"].eq(3).all()
    hours = result.volume.groupby(result.volume["start"].dt.hour)["handle_s"].mean()
    assert hours[15] / hours[12] == pytest.approx(1.2, rel=0.05)

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from busyhour.forecast.backtesting.rolling import backtest, scores
from busyhour.forecast.calendar.calendars import Calendar
from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.calendar.opening_hours import ALWAYS
from busyhour.forecast.calendar.special_days import SpecialDay
from busyhour.forecast.errors import InputError
from busyhour.forecast.models import MODELS
from busyhour.forecast.predict import forecast
from busyhour.forecast.progress import Stopped, Watch
from busyhour.forecast.queueing.goal.targets import ServiceGoal
from busyhour.forecast.require import require
from busyhour.forecast.tables import QUANTILE_COLUMNS, TABLES, check

WEEK = Grid(dt.date(2026, 3, 30), 7, 60)
SECONDS = {"calls": 180.0}


def test_a_week_is_forecast_whole_and_says_what_it_rests_on(office, make_calls):
    calls = make_calls(office)
    told = forecast(calls, WEEK, office, handle_s=SECONDS, patience_s={"calls": 90.0}, origins=2)
    volume = check(told.volume, TABLES["volume"])
    assert len(volume) == 50 and (volume["start"].dt.day_of_week < 5).all()
    assert (told.volume["handle_s"] == 180).all() and (told.volume["patience_s"] == 90).all()
    assert told.backtest["chosen"].sum() == 1
    assert told.backtest.loc[told.backtest["chosen"] == 1, "model"].item() == volume["model"].iloc[0]
    assert told.backtest["wql"].is_monotonic_increasing and told.backtest["origins"].eq(2).all()
    assert np.allclose(told.history["calls"], calls["offered"])
    actual = make_calls(office, first="2026-03-30", days=5, noise=False)["offered"].to_numpy()
    assert np.abs(volume["calls"].to_numpy() - actual).sum() / actual.sum() < 0.06


def test_a_forecast_from_an_origin_knows_nothing_later(office, make_calls):
    calls = make_calls(office)
    origins = pd.DataFrame({"origin": ["2026-03-13"], "horizon_days": [5]})
    for model in MODELS:
        told = backtest(calls, office, interval_min=60, origins=origins, model=model)
        cut = calls[calls["start"] < "2026-03-14"]
        same = forecast(
            cut, Grid(dt.date(2026, 3, 14), 14, 60), office, models=model, handle_s=SECONDS, origins=1
        ).volume
        assert told["timestamp"].tolist() == same["start"].tolist()
        assert told["mean"].tolist() == same["calls"].tolist()
        assert told[list(QUANTILE_COLUMNS)].to_numpy().tolist() == same[list(QUANTILE_COLUMNS)].to_numpy().tolist()
        assert scores(told)["band"].tolist() == ["D1", "D1-2", "D3-5", "D1-5"]


def test_calls_of_the_planned_week_are_not_used(office, make_calls):
    calls = make_calls(office, days=91)
    late = calls["start"] >= WEEK.first
    spoiled = calls.assign(offered=calls["offered"].where(~late, 10 * calls["offered"]))
    one, two = (
        forecast(c, WEEK, office, models="weekday_mean", handle_s=SECONDS, origins=1) for c in (calls[~late], spoiled)
    )
    pd.testing.assert_frame_equal(one.volume, two.volume)


def test_all_models_are_scored_side_by_side(office, make_calls):
    calls = make_calls(office, days=70)
    origins = pd.DataFrame({"origin": ["2026-02-27"], "horizon_days": [5]})
    told = backtest(calls, office, interval_min=60, origins=origins, model="all")
    table = scores(told)
    assert set(table["model"]) == set(told["model"]) == set(MODELS)
    assert table.query("band == 'D1-5'")["days"].eq(5).all()
    assert table["wape"].between(0, 0.3).all()
    assert table["rmse"].gt(0).all() and table["floor"].between(0.01, 0.3).all()


def test_auto_in_a_backtest_chooses_at_the_origin(office, make_calls):
    calls = make_calls(office, days=56)
    origins = pd.DataFrame({"origin": ["2026-02-19"], "horizon_days": [2]})
    told = backtest(calls, office, interval_min=60, origins=origins, model="auto", daytype="calendar")
    assert scores(told)["model"].unique().tolist() == ["auto"] and len(set(told["model"])) == 1
    assert told["timestamp"].dt.date.unique().tolist() == [dt.date(2026, 2, 20)]


def test_a_known_effect_multiplies_the_forecast(make_calls):
    always = Calendar(ALWAYS)
    calls = make_calls(always, days=35)
    day = SpecialDay(dt.date(2026, 2, 11), "mailing", "mailing", effect=2.0)
    week = Grid(dt.date(2026, 2, 9), 7, 60)
    both = (always, Calendar(ALWAYS, special=(day,)))
    plain, doubled = (forecast(calls, week, c, models="weekday_mean", handle_s=SECONDS, origins=1).volume for c in both)
    ratio = (doubled["calls"] / plain["calls"]).groupby(plain["start"].dt.date).mean()
    assert ratio[dt.date(2026, 2, 11)] == pytest.approx(2.0)
    assert ratio.drop(dt.date(2026, 2, 11)).eq(1.0).all()


def test_the_effect_of_a_kind_is_learnt_from_its_past_days(make_calls):
    dates = [dt.date(2026, 1, 14), dt.date(2026, 1, 28), dt.date(2026, 2, 11), dt.date(2026, 2, 25)]
    truth = Calendar(ALWAYS, special=tuple(SpecialDay(d, "mailing", "mailing", effect=1.6) for d in dates))
    calls = make_calls(truth, days=49)
    known = Calendar(ALWAYS, special=tuple(SpecialDay(d, "mailing", "mailing") for d in dates))
    week = Grid(dt.date(2026, 2, 23), 7, 60)
    volume = forecast(calls, week, known, models="two_stage", handle_s=SECONDS, origins=1).volume
    by_day = volume.groupby(lambda i: i // 24)["calls"].sum()
    plain = (
        make_calls(Calendar(ALWAYS), first="2026-02-23", days=7, noise=False)["offered"]
        .groupby(lambda i: i // 24)
        .sum()
    )
    assert 1.4 < by_day[2] / plain[2] < 1.75
    assert 0.9 < by_day[1] / plain[1] < 1.1


def test_a_public_holiday_in_the_planned_week_is_pointed_out(office, make_calls):
    calendar = Calendar(office.opening, country="US")
    calls = make_calls(calendar, first="2026-06-01", days=28)
    notes = forecast(
        calls, Grid(dt.date(2026, 6, 29), 7, 60), calendar, models="weekday_mean", handle_s=SECONDS, origins=1
    ).quality
    row = notes[notes["kind"] == "holiday"].iloc[-1]
    assert "Independence" in row["what"] and "closed = 1" in row["action"]


def test_a_clock_change_day_has_a_row_for_every_interval(make_calls):
    calendar = Calendar(ALWAYS, "Europe/Berlin")
    calls = make_calls(Calendar(ALWAYS), first="2026-08-31", days=35)
    week = Grid(dt.date(2026, 10, 19), 7, 60, "Europe/Berlin")
    volume = forecast(calls, week, calendar, models="two_stage", handle_s=SECONDS, origins=1).volume
    assert len(volume) == 169
    sunday = volume[volume["start"].dt.date == dt.date(2026, 10, 25)]
    assert sunday["start"].dt.hour.value_counts()[2] == 2
    assert len(set(sunday.loc[sunday["start"].dt.hour == 2, "calls"])) == 1


def test_queues_are_forecast_apart(office, make_calls):
    chat = make_calls(office, days=35, level=3.0, seed=2).assign(queue="chat")
    calls = pd.concat([make_calls(office, days=35), chat])
    told = forecast(
        calls,
        Grid(dt.date(2026, 2, 9), 7, 60),
        office,
        models={"calls": "weekday_mean", "chat": "last_week"},
        handle_s={"calls": 180.0, "chat": 400.0},
        origins=1,
    )
    by_queue = told.volume.groupby("queue")[["calls", "handle_s"]].mean()
    assert by_queue.loc["calls", "calls"] > 10 * by_queue.loc["chat", "calls"]
    assert by_queue["handle_s"].to_dict() == {"calls": 180.0, "chat": 400.0}
    assert told.volume.groupby("queue")["model"].first().to_dict() == {"calls": "weekday_mean", "chat": "last_week"}


def test_a_short_history_falls_back_to_a_simple_model_and_says_so(office, make_calls):
    told = forecast(make_calls(office, days=12), Grid(dt.date(2026, 1, 19), 7, 60), office, handle_s=SECONDS)
    assert told.backtest.empty and (told.volume["model"] == "weekday_mean").all()
    assert "weekday_mean" in told.quality.set_index("kind").loc["short", "action"]


def test_a_weekday_that_was_never_seen_is_told(make_calls):
    always = Calendar(ALWAYS)
    calls = make_calls(always, days=28)
    calls = calls[calls["start"].dt.day_of_week != 6]
    told = forecast(calls, Grid(dt.date(2026, 2, 2), 7, 60), always, models="two_stage", handle_s=SECONDS, origins=1)
    assert "sunday" in told.quality.set_index("kind").loc["unseen", "what"]
    assert len(told.volume) == 168 and (told.volume["calls"] > 0).all()


@pytest.mark.parametrize(
    ("change", "grid", "more", "word"),
    [
        (lambda c: c.iloc[:0], WEEK, {}, "no call history"),
        (lambda c: c[c["start"] < "2026-01-06"], WEEK, {}, "one day only"),
        (lambda c: c.assign(offered=0.0), WEEK, {}, "no calls in its opening hours"),
        (lambda c: c.assign(offered=-c["offered"]), WEEK, {}, "negative"),
        (lambda c: c, Grid(dt.date(2025, 12, 29), 7, 60), {}, "no call history before"),
        (lambda c: c, WEEK, {"models": "two_stages"}, "Did you mean 'two_stage'"),
        (lambda c: c, WEEK, {"models": {"chat": "auto"}}, "'chat' has no calls"),
    ],
)
def test_bad_input_is_refused(change, grid, more, word, office, make_calls):
    with pytest.raises(InputError, match=word):
        forecast(change(make_calls(office, days=28)), grid, office, **{"handle_s": SECONDS, "origins": 1, **more})


@pytest.mark.parametrize(
    ("origins", "more", "word"),
    [
        (pd.DataFrame({"origin": ["2026-05-01"], "horizon_days": [5]}), {}, "outside the history"),
        (pd.DataFrame({"origin": ["2026-01-20"], "horizon_days": [0]}), {}, "horizon of at least one day"),
        (pd.DataFrame({"origin": [], "horizon_days": []}), {}, "no origins"),
        (pd.DataFrame({"origin": ["2026-01-20"], "horizon_days": [5]}), {"daytype": "lunar"}, "business, calendar"),
        (pd.DataFrame({"origin": ["2026-01-20"], "horizon_days": [5]}), {"model": "best"}, "unknown forecast model"),
    ],
)
def test_bad_origins_are_refused(origins, more, word, office, make_calls):
    with pytest.raises(InputError, match=word):
        backtest(
            make_calls(office, days=28), office, interval_min=60, origins=origins, **{"model": "last_week", **more}
        )


def test_a_stop_is_obeyed(office, make_calls):
    watch = Watch()
    watch.stop.set()
    with pytest.raises(Stopped):
        forecast(make_calls(office, days=28), WEEK, office, handle_s=SECONDS, watch=watch)


def test_calls_without_handle_times_are_forecast_all_the_same(office, make_calls):
    calls = make_calls(office, days=28)
    told = forecast(calls, WEEK, office, models="last_week", origins=1)
    assert told.volume["handle_s"].isna().all() and (told.volume["calls"] > 0).all()
    assert told.quality["kind"].tolist().count("handle_time") == 1
    with pytest.raises(InputError, match="has no handle time"):
        require(told.volume, {"calls": ServiceGoal(0.8, 20.0)}, WEEK, models={"calls": "erlang_c"})

import datetime as dt
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest

from busyhour.forecast.calendars import ALWAYS, Calendar, SpecialDay
from busyhour.forecast.errors import InputError
from busyhour.forecast.grid import Grid
from busyhour.forecast.models import MODELS, PARTS
from busyhour.forecast.predict import forecast
from busyhour.forecast.progress import Stopped, Watch
from busyhour.forecast.queueing.targets import ServiceGoal
from busyhour.forecast.require import require
from busyhour.forecast.rolling import backtest, scores
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


def two_queues(office, make_calls):
    calls = make_calls(office, days=56)
    other = calls.assign(queue="other", offered=(calls["offered"] / 3).round())
    return pd.concat([calls.assign(queue="calls"), other], ignore_index=True)


def test_a_queue_that_fails_does_not_stop_the_others(office, make_calls):
    calls = two_queues(office, make_calls)
    calls.loc[calls["queue"] == "other", "offered"] = 0.0
    told = forecast(calls, WEEK, office, models="factor", handle_s=SECONDS, origins=1)
    assert told.volume["queue"].unique().tolist() == ["calls"] and list(told.failed) == ["other"]
    assert "no calls in its opening hours" in str(told.failed["other"])
    assert told.quality.query("kind == 'failed'")["queue"].tolist() == ["other"]


def test_queues_beside_each_other_are_forecast_as_one_by_one(office, make_calls):
    calls = two_queues(office, make_calls)
    calls = pd.concat([calls, calls[calls["queue"] == "other"].assign(queue="dead", offered=0.0)])
    alone, beside = (
        forecast(calls, WEEK, office, models="factor", handle_s=SECONDS, origins=1, processes=n) for n in (1, 2)
    )
    pd.testing.assert_frame_equal(alone.volume, beside.volume)
    pd.testing.assert_frame_equal(alone.parts, beside.parts)
    assert str(alone.failed["dead"]) == str(beside.failed["dead"]) and beside.failed["dead"].value is not None


@pytest.mark.parametrize("model", MODELS)
def test_parts_add_up_to_the_calls(model, office, make_calls):
    told = forecast(make_calls(office, days=56), WEEK, office, models=model, handle_s=SECONDS, origins=1)
    assert told.parts[list(PARTS)].sum(axis=1).to_numpy() == pytest.approx(told.volume["calls"].to_numpy(), abs=1e-9)
    assert (told.parts["level"] > 0).all()


def test_past_weeks_show_what_was_forecast_and_what_came(office, make_calls):
    calls = make_calls(office, days=56)
    past = forecast(calls, WEEK, office, models="factor", handle_s=SECONDS, origins=2).past
    assert past["origin"].nunique() == 2 and (past["start"].dt.normalize() > past["origin"]).all()
    came = calls.set_index("start")["offered"].reindex(past["start"]).to_numpy()
    assert np.allclose(past["actual"], came)
    assert np.abs(past["calls"] - past["actual"]).sum() / past["actual"].sum() < 0.2


def test_a_running_day_keeps_what_has_come(office, make_calls):
    calls = make_calls(office, days=61, noise=False)
    today = Grid(dt.date(2026, 3, 2), 2, 60)
    cut = calls["start"] < "2026-03-02 12:00"
    louder = calls.assign(offered=calls["offered"].where(calls["start"] < "2026-03-02", 1.5 * calls["offered"]))
    told = forecast(louder[cut], today, office, models="factor", handle_s=SECONDS, origins=1, running=True)
    plain = forecast(calls[calls["start"] < "2026-03-02"], today, office, models="factor", handle_s=SECONDS, origins=1)
    seen = (told.volume["start"] < "2026-03-02 12:00").to_numpy()
    assert told.volume.loc[seen, "calls"].tolist() == louder.loc[cut, "offered"].tolist()[-int(seen.sum()) :]
    assert (told.volume.loc[seen, "q0.025"] == told.volume.loc[seen, "q0.975"]).all()
    later = (told.volume["start"] >= "2026-03-03").to_numpy()
    assert told.volume.loc[later, "calls"].tolist() == plain.volume.loc[later, "calls"].tolist()
    assert told.parts[list(PARTS)].sum(axis=1).to_numpy() == pytest.approx(told.volume["calls"].to_numpy(), abs=1e-9)


def test_a_queue_that_died_weeks_ago_stops_neither_the_race_nor_the_others(office, make_calls):
    calls = two_queues(office, make_calls)
    late = (calls["queue"] == "other") & (calls["start"] >= "2026-02-05")
    calls["offered"] = calls["offered"].where(~late, 0.0)
    told = forecast(calls, WEEK, office, models="auto", handle_s=SECONDS, origins=2)
    assert set(told.volume["queue"]) | set(told.failed) == {"calls", "other"} and "calls" in set(told.volume["queue"])


def test_an_override_changes_nothing_that_has_come(office, make_calls):
    calls = make_calls(office, days=61)
    today = Grid(dt.date(2026, 3, 2), 1, 60)
    cut = calls[calls["start"] < "2026-03-02 12:00"]
    double = pd.DataFrame({"start": ["2026-03-02"], "factor": [2.0]})
    plain, doubled = (
        forecast(cut, today, office, models="factor", handle_s=SECONDS, origins=0, running=True, overrides=o).volume
        for o in (None, double)
    )
    ratio = (doubled["calls"] / plain["calls"]).round(6)
    assert ratio[plain["start"] < "2026-03-02 12:00"].eq(1.0).all()
    assert ratio[plain["start"] >= "2026-03-02 12:00"].eq(2.0).all()


def test_an_override_of_a_failed_queue_leaves_the_others(office, make_calls):
    calls = two_queues(office, make_calls)
    calls.loc[calls["queue"] == "other", "offered"] = 0.0
    own = pd.DataFrame({"queue": ["other", "calls"], "start": ["2026-03-30", "2026-03-31"], "factor": [2.0, 2.0]})
    told = forecast(calls, WEEK, office, models="last_week", handle_s=SECONDS, origins=0, overrides=own)
    changed = told.volume["calls"] != told.volume["model_calls"]
    assert set(told.volume.loc[changed, "start"].dt.date) == {dt.date(2026, 3, 31)}


def test_an_average_follows_the_running_day_and_other_models_say_that_they_do_not(office, make_calls):
    calls = make_calls(office, days=61)
    today = Grid(dt.date(2026, 3, 2), 1, 60)
    loud = calls.assign(offered=calls["offered"].where(calls["start"] < "2026-03-02", 1.5 * calls["offered"]))
    kinds = {}
    for model in ("factor+two_stage", "weekday_mean"):
        told = [
            forecast(c[c["start"] < "2026-03-02 13:00"], today, office, models=model, origins=0, running=True)
            for c in (calls, loud)
        ]
        rest = [t.volume.loc[t.volume["start"] >= "2026-03-02 13:00", "calls"].sum() for t in told]
        kinds[model] = (rest[1] / rest[0], set(told[0].quality["kind"]))
    assert "running_day" not in kinds["factor+two_stage"][1] and kinds["factor+two_stage"][0] >= 1.0
    assert "running_day" in kinds["weekday_mean"][1] and kinds["weekday_mean"][0] == pytest.approx(1.0)


def test_ctrl_c_ends_queues_in_other_processes_at_once(tmp_path):
    script = tmp_path / "many.py"
    script.write_text(MANY, encoding="utf-8")
    run = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None and run.stdout.readline() == "begun\n"
    began = time.monotonic()
    out, _ = run.communicate(timeout=60)
    assert out == "stopped\n" and time.monotonic() - began < 20


def test_bands_of_days_hold_what_comes_and_widen_with_the_distance(office):
    rng = np.random.default_rng(8)
    day = pd.date_range("2025-09-01", periods=220)
    level = np.exp(np.cumsum(0.03 * rng.normal(size=len(day))))
    start = pd.DatetimeIndex([d + pd.Timedelta(hours=h) for d in day for h in range(8, 18)])
    calls = pd.DataFrame({"start": start, "offered": rng.poisson(40.0 * np.repeat(level, 10)).astype(float)})
    calls = calls[start.day_of_week < 5]
    held = []
    for back in range(30, 130, 5):
        last = day[-1] - pd.Timedelta(days=back)
        grid = Grid(last.date() + dt.timedelta(days=1), 120, 60)
        told = forecast(calls[calls["start"] <= last + pd.Timedelta(days=1)], grid, office, models="factor", origins=0)
        came = calls.groupby(calls["start"].dt.date)["offered"].sum().reindex(told.days["date"]).to_numpy()
        known = np.isfinite(came) & (np.arange(len(came)) < 10)
        held += list(((told.days["q0.1"] <= came) & (came <= told.days["q0.9"]))[known])
    assert 0.65 < np.mean(held) < 0.95
    width = ((told.days["q0.9"] - told.days["q0.1"]) / told.days["calls"]).to_numpy()
    assert width[-10:].mean() > 1.2 * width[:5].mean()
    by_day = told.volume.groupby(told.volume["start"].dt.date)["calls"].sum()
    assert told.days["calls"].to_numpy() == pytest.approx(by_day.to_numpy())


MANY = """
import datetime as dt
import threading
import numpy as np
import pandas as pd
from busyhour.forecast.calendars import ALWAYS, Calendar
from busyhour.forecast.grid import Grid
from busyhour.forecast.predict import forecast
from busyhour.forecast.progress import Stopped, Watch

if __name__ == "__main__":
    start = pd.date_range("2025-01-06", periods=48 * 390, freq="30min")
    one = pd.DataFrame({"start": start, "offered": np.random.default_rng(1).poisson(30.0, len(start)).astype(float)})
    calls = pd.concat([one.assign(queue=f"q{i:03d}") for i in range(60)])
    watch = Watch()
    threading.Timer(3.0, watch.stop.set).start()
    print("begun", flush=True)
    try:
        forecast(calls, Grid(dt.date(2026, 2, 2), 7, 30), Calendar(ALWAYS), models="auto", processes=2, watch=watch)
    except Stopped:
        print("stopped", flush=True)
"""

"""Many queues, running days and what a forecast rests on."""

import datetime as dt
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.models import MODELS, PARTS
from busyhour.forecast.predict import forecast

WEEK = Grid(dt.date(2026, 3, 30), 7, 60)
SECONDS = {"calls": 180.0}


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


@pytest.mark.slow
def test_queues_beside_each_other_are_forecast_as_one_by_one(office, make_calls):
    calls = two_queues(office, make_calls)
    calls = pd.concat([calls, calls[calls["queue"] == "other"].assign(queue="dead", offered=0.0)])
    alone, beside = (
        forecast(calls, WEEK, office, models="factor", handle_s=SECONDS, origins=1, processes=n) for n in (1, 2)
    )
    pd.testing.assert_frame_equal(alone.volume, beside.volume)
    pd.testing.assert_frame_equal(alone.parts, beside.parts)
    assert str(alone.failed["dead"]) == str(beside.failed["dead"]) and beside.failed["dead"].value is not None


@pytest.mark.slow
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


@pytest.mark.slow
def test_ctrl_c_ends_queues_in_other_processes_at_once(tmp_path):
    script = tmp_path / "many.py"
    script.write_text(MANY, encoding="utf-8")
    run = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None and run.stdout.readline() == "begun\n"
    out, _ = run.communicate(timeout=300)  # only a run that hangs takes as long
    assert out == "stopped\n"


@pytest.mark.slow
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
import numpy as np
import pandas as pd
from busyhour.forecast.calendar.calendars import Calendar
from busyhour.forecast.calendar.opening_hours import ALWAYS
from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.predict import forecast
from busyhour.forecast.progress import Stopped, Watch

if __name__ == "__main__":
    start = pd.date_range("2025-01-06", periods=48 * 390, freq="30min")
    one = pd.DataFrame({"start": start, "offered": np.random.default_rng(1).poisson(30.0, len(start)).astype(float)})
    calls = pd.concat([one.assign(queue=f"q{i:03d}") for i in range(60)])
    watch = Watch(show=lambda event: watch.stop.set())
    print("begun", flush=True)
    try:
        forecast(calls, Grid(dt.date(2026, 2, 2), 7, 30), Calendar(ALWAYS), models="auto", processes=2, watch=watch)
    except Stopped:
        print("stopped", flush=True)
"""

"""The planner's own numbers beside the model's, and whether they helped."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.errors import InputError
from busyhour.forecast.overrides import overrides_of
from busyhour.forecast.overrides_value_added import overrides_backtest, overrides_helped
from busyhour.forecast.predict import forecast
from busyhour.forecast.tables import QUANTILE_COLUMNS

WEEK = Grid(dt.date(2026, 2, 16), 7, 60)
QUANTILES = list(QUANTILE_COLUMNS)


def planned(calls, calendar, overrides, **more):
    seconds = dict.fromkeys(calls["queue"].unique(), 180.0)
    return forecast(
        calls, WEEK, calendar, models="weekday_mean", handle_s=seconds, origins=1, overrides=overrides, **more
    )


def test_calls_of_a_span_are_shared_out_as_the_model_shares_them(office, make_calls):
    calls = make_calls(office, days=42)
    plain = planned(calls, office, None).volume
    told = planned(calls, office, pd.DataFrame({"start": ["2026-02-17"], "calls": [2000.0], "note": ["mailing"]}))
    volume, day = told.volume, plain["start"].dt.date == dt.date(2026, 2, 17)
    assert (plain["calls"] == plain["model_calls"]).all()
    assert (volume["model_calls"] == plain["calls"]).all()
    assert volume.loc[day, "calls"].sum() == pytest.approx(2000.0)
    ratio = 2000.0 / plain.loc[day, "calls"].sum()
    assert np.allclose(volume.loc[day, ["calls", *QUANTILES]], ratio * plain.loc[day, ["calls", *QUANTILES]])
    pd.testing.assert_frame_equal(volume[~day], plain[~day])
    row = told.quality.set_index("kind").loc["override"]
    assert "2,000 calls in place of the model's" in row["what"] and row["what"].endswith("mailing")


def test_a_factor_concerns_one_interval_and_every_queue_unless_named(office, make_calls):
    calls = make_calls(office, days=42)
    both = pd.concat([calls, calls.assign(queue="chat")])
    own = pd.DataFrame({"queue": ["", "chat"], "start": ["2026-02-17T09:00", "2026-02-18T09:00"], "factor": [1.5, 0.0]})
    volume = planned(both, office, own).volume
    changed = volume[volume["calls"] != volume["model_calls"]]
    assert changed[["queue", "start"]].to_numpy().tolist() == [
        ["calls", pd.Timestamp("2026-02-17 09:00")],
        ["chat", pd.Timestamp("2026-02-17 09:00")],
        ["chat", pd.Timestamp("2026-02-18 09:00")],
    ]
    assert (changed["calls"] / changed["model_calls"]).round(6).tolist() == [1.5, 1.5, 0.0]
    assert (changed[QUANTILES].iloc[2] == 0).all()


def test_where_the_model_expects_nothing_the_quantiles_are_those_of_counts(office, make_calls):
    calls = make_calls(office, days=42)
    calls.loc[calls["start"].dt.hour == 9, "offered"] = 0.0
    own = pd.DataFrame({"start": ["2026-02-17T09:00"], "calls": [40.0]})
    row = planned(calls, office, own).volume.set_index("start").loc["2026-02-17 09:00"]
    assert row["model_calls"] == 0 and row["calls"] == 40
    assert row["q0.1"] == pytest.approx(40 - 1.28 * 40**0.5, abs=1.5) and row["q0.9"] > 40


def test_overrides_of_other_weeks_are_left_aside(office, make_calls):
    own = pd.DataFrame({"start": ["2026-03-17", "2026-01-06"], "calls": [10.0, 20.0]})
    told = planned(make_calls(office, days=42), office, own)
    assert (told.volume["calls"] == told.volume["model_calls"]).all() and "override" not in set(told.quality["kind"])


@pytest.mark.parametrize(
    ("rows", "column", "word"),
    [
        ([("", "2026-02-17", 50, None), ("", "2026-02-17T09:00", None, 2)], "start", "overlaps the override of row 2"),
        ([("vip", "2026-02-17", 50, None)], "queue", "unknown queue"),
        ([("", "2026-02-21", 50, None)], "start", "closed all through"),
        ([("", "2026-02-17T09:20", 50, None)], "start", "60-minute grid"),
        ([("", "2026-02-17", None, None)], "calls", "either calls or factor"),
        ([("", "2026-02-17", 50, 2)], "calls", "either calls or factor"),
        ([("", "2026-02-17", -1, None)], "calls", "below 0"),
    ],
)
def test_overrides_that_cannot_be_meant_are_refused(rows, column, word, office, make_calls):
    own = pd.DataFrame(rows, columns=["queue", "start", "calls", "factor"])
    with pytest.raises(InputError, match=word) as caught:
        planned(make_calls(office, days=42), office, own)
    assert (caught.value.column, caught.value.row) == (column, len(rows) + 1)


def test_calls_of_several_queues_need_a_name(office, make_calls):
    calls = make_calls(office, days=42)
    both = pd.concat([calls, calls.assign(queue="chat")])
    with pytest.raises(InputError, match="calls of several queues"):
        planned(both, office, pd.DataFrame({"start": ["2026-02-17"], "calls": [50.0]}))


def test_a_bare_date_is_a_whole_local_day_also_when_the_clock_changes():
    one, other = overrides_of(
        pd.DataFrame({"start": ["2026-10-25", "2026-10-26T00:00"], "factor": [2.0, 2.0]}),
        zone="Europe/Berlin",
        minutes=30,
    )
    assert (one.end - one.start, other.end - other.start) == (pd.Timedelta(hours=25), pd.Timedelta(minutes=30))


def test_value_added_is_the_difference_of_the_errors_where_overridden():
    start = pd.date_range("2026-02-17 08:00", periods=4, freq="h")
    volume = pd.DataFrame(
        {"queue": "calls", "start": start, "calls": [60, 70, 30, 10.0], "model_calls": [40, 50, 40, 10]}
    )
    came = pd.DataFrame({"queue": "calls", "start": start, "offered": [58, 52, 40, 99.0]})
    row = overrides_helped(volume, came).iloc[0]
    assert (row["intervals"], row["calls"]) == (3, 150)
    assert row["wape_model"] == pytest.approx(20 / 150) and row["wape_override"] == pytest.approx(30 / 150)
    assert row["added"] == pytest.approx(-10 / 150) and row["helped"] == pytest.approx(1 / 3)
    assert overrides_helped(volume.assign(model_calls=volume["calls"]), came).empty
    with pytest.raises(InputError, match="'model_calls' is missing"):
        overrides_helped(volume.drop(columns="model_calls"), came)
    with pytest.raises(InputError, match="with and without a zone"):
        overrides_helped(volume, came.assign(start=came["start"].dt.tz_localize("UTC")))


def test_a_backtest_tells_a_good_override_from_a_bad_one(office, make_calls):
    """A mailing doubled one Tuesday; the planner knew of it, feared a second one that never came, and added a third
    row when all was over."""
    calls = make_calls(office, days=70)
    mailing = calls["start"].dt.date == dt.date(2026, 2, 17)
    calls.loc[mailing, "offered"] *= 2
    own = pd.DataFrame(
        {
            "start": ["2026-02-17", "2026-03-03", "2026-02-24"],
            "factor": [2.0, 2.0, 5.0],
            "made": ["2026-02-13T10:00", "", "2026-02-25T10:00"],
        }
    )
    volume, value = overrides_backtest(calls, office, own, interval_min=60, model="weekday_mean")
    assert sorted(set(volume["start"].dt.date)) == [dt.date(2026, 2, 17), dt.date(2026, 3, 3)]
    assert value["intervals"].item() == 20 and 0.4 < value["helped"].item() < 0.6
    alone = overrides_backtest(calls, office, own.iloc[:1], interval_min=60, model="weekday_mean")[1]
    assert alone["added"].item() > 0.3 and alone["helped"].item() == 1.0
    with pytest.raises(InputError, match="no override to judge"):
        overrides_backtest(calls, office, own.iloc[2:], interval_min=60, model="weekday_mean")


def test_an_override_is_judged_against_what_the_model_knew_when_it_was_made(office, make_calls):
    calls = make_calls(office, days=70)
    own = pd.DataFrame({"start": ["2026-02-17"], "factor": [1.1], "made": ["2026-02-10T09:00"]})
    volume, _ = overrides_backtest(calls, office, own, interval_min=60, model="last_week")
    late = calls["start"] >= "2026-02-10"
    spoiled = calls.assign(offered=calls["offered"].where(~late, 3 * calls["offered"]))
    again, _ = overrides_backtest(spoiled, office, own, interval_min=60, model="last_week")
    assert volume["model_calls"].tolist() == again["model_calls"].tolist()

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from busyhour.forecast.calendar.calendars import Calendar
from busyhour.forecast.calendar.opening_hours import ALWAYS, parse_opening
from busyhour.forecast.calendar.special_days import SpecialDay
from busyhour.forecast.calls.arrange import histories
from busyhour.forecast.errors import InputError


def calls(starts, offered, **more):
    return pd.DataFrame({"start": pd.to_datetime(starts), "offered": offered, **more})


def test_closed_zero_and_missing_stay_apart():
    calendar = Calendar(parse_opening({"monday": "08:00-11:00"}))
    past = histories(calls(["2026-01-05 08:00", "2026-01-05 10:00"], [0.0, 4.0]), calendar, minutes=60)["calls"]
    assert past.open.sum() == 3
    assert past.calls[0, 8] == 0 and np.isnan(past.calls[0, 9]) and past.calls[0, 10] == 4
    table = past.table()
    assert table["start"].dt.hour.tolist() == [8, 9, 10]
    assert table["calls"].isna().tolist() == [False, True, False]


def test_finer_steps_are_summed_and_handle_time_weighted_by_answered():
    frame = calls(
        ["2026-01-05 08:00", "2026-01-05 08:15", "2026-01-05 08:30", "2026-01-05 08:45"],
        [3.0, 5.0, 2.0, np.nan],
        answered=[1.0, 3.0, 2.0, 0.0],
        handle_s=[100.0, 200.0, 50.0, np.nan],
    )
    past = histories(frame, Calendar(ALWAYS), minutes=30)["calls"]
    assert past.calls[0, 16] == 8
    assert past.handle_s[0, 16] == pytest.approx(175.0)
    assert np.isnan(past.calls[0, 17])  # half of it unknown is unknown


def test_a_running_interval_is_missing():
    frame = calls(["2026-01-05 08:00", "2026-01-05 09:00"], [3.0, 1.0], complete=[1, 0])
    past = histories(frame, Calendar(ALWAYS), minutes=60)["calls"]
    assert past.calls[0, 8] == 3 and np.isnan(past.calls[0, 9])


def test_a_repeated_hour_is_averaged_and_a_skipped_one_missing():
    zone = "Europe/Berlin"
    for day, hours in ((dt.date(2026, 10, 25), 25), (dt.date(2026, 3, 29), 23)):
        starts = pd.date_range(pd.Timestamp(day, tz=zone), periods=hours, freq="h")
        frame = pd.DataFrame({"start": starts, "offered": np.arange(hours, dtype=float)})
        past = histories(frame, Calendar(ALWAYS, zone), minutes=60)["calls"]
        assert past.calls[0, 2] == 2.5 if hours == 25 else np.isnan(past.calls[0, 2])
        assert past.calls[0, 23] == hours - 1
        assert len(past.table()) == hours


def test_a_public_holiday_without_calls_is_closed_and_said():
    starts = pd.date_range("2026-06-29", "2026-07-08", freq="h", inclusive="left")
    frame = calls(starts, 5.0)
    frame = frame[frame["start"].dt.date != dt.date(2026, 7, 3)]
    past = histories(frame, Calendar(ALWAYS, country="US"), minutes=60)["calls"]
    assert past.closures == (dt.date(2026, 7, 3),)
    assert not past.open[4].any() and past.known.is_closed(dt.date(2026, 7, 3), "calls")
    assert [n.kind for n in past.notes] == ["holiday"]
    assert past.until(dt.date(2026, 7, 2)).closures == ()


def test_exact_repeats_count_once_and_contradictions_are_refused(office):
    frame = calls(["2026-01-05 08:00", "2026-01-05 09:00", "2026-01-05 09:00"], [3.0, 4.0, 4.0])
    past = histories(frame, office, minutes=60)["calls"]
    assert past.calls[0, 9] == 4 and [n.kind for n in past.notes] == ["duplicate"]
    with pytest.raises(InputError, match="twice"):
        histories(frame.assign(offered=[3.0, 4.0, 5.0]), office, minutes=60)


def test_calls_outside_the_opening_hours_are_left_out_and_said(office):
    past = histories(calls(["2026-01-05 07:00", "2026-01-05 08:00"], [1.0, 9.0]), office, minutes=60)["calls"]
    assert np.nansum(past.calls) == 9
    assert past.notes[0].kind == "closed_calls" and "check" in past.notes[0].action


def test_calls_on_closed_days_are_told_apart_with_their_share():
    """The first Tuesday of the year is shut, and 1 of 20 calls came then."""
    shut = SpecialDay(dt.date(2026, 1, 6), "move", closed=True)
    rows = calls(["2026-01-05 08:00", "2026-01-05 20:00", "2026-01-06 09:00"], [17.0, 2.0, 1.0])
    week = parse_opening({"monday": "08:00-18:00", "tuesday": "08:00-18:00"})
    told = [n.what for n in histories(rows, Calendar(week, special=(shut,)), minutes=60)["calls"].notes]
    assert told == ["2 calls (10.0 %) in 1 interval outside the opening hours", "1 call (5.0 %) on 1 closed day"]


@pytest.mark.parametrize(
    ("frame", "word"),
    [
        (calls([], []), "no call history"),
        (calls(["2026-01-05 08:00"], [-1.0]), "negative"),
        (calls(["2026-01-05 08:00"], [np.inf]), "negative or infinite"),
        (calls(["2026-01-05 08:00"], [np.nan]), "no known number"),
        (calls(["2026-01-05 08:00", "2026-01-05 09:00"], [0.0, 0.0]), "no calls in its opening hours"),
        (calls(pd.date_range("2026-01-05 08:00", periods=8, freq="2h"), 1.0), "interval_min = 120"),
        (calls(["2026-01-05 08:00", "2026-01-05 08:25"], [1.0, 1.0]), "even step"),
        (pd.DataFrame({"start": ["2026-01-05 08:00"]}), "columns start and offered"),
    ],
)
def test_bad_calls_are_refused(frame, word, office):
    with pytest.raises(InputError, match=word):
        histories(frame, office, minutes=60)


def test_days_of_a_coarser_step_stand_beside_finer_ones(office):
    fine = calls(pd.date_range("2026-01-05 08:00", periods=40, freq="15min"), 1.0)
    coarse = calls(pd.date_range("2026-01-06 08:00", periods=10, freq="h"), 4.0)
    past = histories(pd.concat([fine, coarse]), office, minutes=60)["calls"]
    assert np.nansum(past.calls, axis=1).tolist() == [40, 40]

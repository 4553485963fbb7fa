import datetime as dt

import numpy as np
import pandas as pd
import pytest

from busyhour.forecast.calendar.calendars import Calendar
from busyhour.forecast.calendar.opening_hours import ALWAYS
from busyhour.forecast.calls.arrange import histories
from busyhour.forecast.calls.findings import report, table
from busyhour.forecast.calls.quality import cleaned, inspect


def at(frame, first, last):
    return (frame["start"] >= first) & (frame["start"] < last)


def findings(frame, calendar, minutes=60):
    past = histories(frame, calendar, minutes=minutes)["calls"]
    return past, {n.kind: n for n in report(past, inspect(past))}


def test_a_clean_history_has_nothing_to_report(office, make_calls):
    past, notes = findings(make_calls(office), office)
    assert notes == {} and not inspect(past).bad.any()


def test_an_outage_is_found_and_not_learnt_from(office, make_calls):
    frame = make_calls(office)
    frame.loc[at(frame, "2026-02-04 10:00", "2026-02-04 13:00"), "offered"] = 0.0
    past, notes = findings(frame, office)
    assert (notes["zero_run"].start, notes["zero_run"].end) == (
        pd.Timestamp("2026-02-04 10:00"),
        pd.Timestamp("2026-02-04 13:00"),
    )
    assert np.isnan(cleaned(past).calls).sum() == np.isnan(past.calls).sum() + 3


def test_zeros_of_a_quiet_desk_are_believed(make_calls):
    frame = make_calls(Calendar(ALWAYS), level=0.3)
    _, notes = findings(frame, Calendar(ALWAYS))
    assert "zero_run" not in notes


def test_a_burst_is_an_outlier_but_a_busy_day_is_not(office, make_calls):
    frame = make_calls(office)
    frame.loc[at(frame, "2026-02-04 10:00", "2026-02-04 11:00"), "offered"] *= 3
    frame.loc[at(frame, "2026-02-11", "2026-02-12"), "offered"] *= 1.5
    past, notes = findings(frame, office)
    assert inspect(past).outliers.sum() == 1
    assert notes["outlier"].start == pd.Timestamp("2026-02-04 10:00")


def test_gaps_and_a_half_finished_last_day_are_listed(office, make_calls):
    frame = make_calls(office, days=82)  # ends on a Friday ...
    frame = frame[~at(frame, "2026-03-27 12:00", "2026-03-28") & ~at(frame, "2026-02-04 15:00", "2026-02-05 10:00")]
    _, notes = findings(frame, office)
    assert (notes["gap"].start, notes["gap"].end) == (
        pd.Timestamp("2026-03-27 12:00"),
        pd.Timestamp("2026-03-27 18:00"),
    )
    assert "4 of 10" in notes["half_day"].what


def test_many_gaps_become_one_line_that_asks_about_zeros(office, make_calls):
    frame = make_calls(office, level=300.0)
    frame = frame.drop(index=frame.index[5::7])
    past = histories(frame, office, minutes=60)["calls"]
    gaps = [n for n in report(past, inspect(past)) if n.kind == "gap"]
    assert len(gaps) == 1 and "write them as 0" in gaps[0].what


def test_a_jump_of_the_handle_time_is_told(office, make_calls):
    frame = make_calls(office).assign(handle_s=200.0)
    frame.loc[frame["start"] >= "2026-03-09", "handle_s"] = 300.0
    _, notes = findings(frame, office)
    assert "300 s" in notes["handle_jump"].what


def test_clock_changes_are_told_where_the_desk_is_open_at_night():
    zone = "Europe/Berlin"
    starts = pd.date_range("2026-10-20", "2026-10-28", freq="h", tz=zone, inclusive="left")
    _, notes = findings(pd.DataFrame({"start": starts, "offered": 9.0}), Calendar(ALWAYS, zone))
    assert "25 intervals" in notes["clock_change"].what
    assert list(table(list(notes.values())).columns) == ["queue", "start", "end", "kind", "what", "action"]


def on_days(frame, first, last, factor):
    return frame.assign(offered=frame["offered"].where(~at(frame, first, last), (frame["offered"] * factor).round()))


def test_a_doubled_level_is_found_told_and_only_the_new_one_is_learnt_from(office, make_calls):
    calls = make_calls(office, days=140)
    past, notes = findings(on_days(calls, "2026-03-16", "2027", 2.0), office)
    shift = inspect(past).shifts[0]
    assert (past.dates[shift.day], round(shift.factor, 1)) == (dt.date(2026, 3, 16), 2.0)
    assert "from 2026-03-16" in notes["level_shift"].what and "not learnt from" in notes["level_shift"].action
    learnt = np.isfinite(cleaned(past).calls).any(axis=1)
    assert not learnt[: shift.day].any() and learnt[shift.day]


def test_a_moderate_shift_is_told_and_kept(office, make_calls):
    past, notes = findings(on_days(make_calls(office, days=140), "2026-03-16", "2027", 0.65), office)
    assert notes["level_shift"].action.startswith("kept") and not inspect(past).unlike.any()


def test_of_a_burst_of_weeks_only_the_burst_is_set_aside(office, make_calls):
    past, _ = findings(on_days(make_calls(office, days=168), "2026-03-02", "2026-04-13", 3.0), office)
    burst = np.array([dt.date(2026, 3, 2) <= d < dt.date(2026, 4, 13) for d in past.dates])
    assert (inspect(past).unlike == burst).all()


def test_a_slow_trend_and_two_quiet_weeks_are_no_shift(office, make_calls):
    calls = make_calls(office, days=168)
    growing = calls.assign(offered=(calls["offered"] * np.linspace(1.0, 2.5, len(calls))).round())
    assert inspect(findings(growing, office)[0]).shifts == ()
    assert inspect(findings(on_days(calls, "2026-03-16", "2026-03-30", 0.4), office)[0]).shifts == ()


def test_zeros_of_a_level_that_fell_to_nearly_nothing_are_no_outage(make_calls):
    always = Calendar(ALWAYS)
    calls = make_calls(always, days=140, level=20.0)
    rare = make_calls(always, days=140, level=0.2, seed=3)
    mixed = calls.assign(offered=calls["offered"].where(calls["start"] < "2026-03-16", rare["offered"]))
    past, _ = findings(mixed, always)
    assert inspect(past).zeros.mean() < 0.01 and cleaned(past).seen[-40:].all()


def test_weeks_an_hour_late_are_told(office, make_calls):
    calls = make_calls(Calendar(ALWAYS), days=112)
    steep = calls.assign(offered=(calls["offered"] * np.where(calls["start"].dt.hour.between(8, 18), 1.0, 0.1)).round())
    late = steep.assign(start=steep["start"] + pd.to_timedelta((steep["start"] >= "2026-03-09").astype(int), unit="h"))
    always = Calendar(ALWAYS)
    assert "clock_slip" not in findings(steep, always)[1]
    note = findings(late, always)[1]["clock_slip"]
    assert abs((note.start - pd.Timestamp("2026-03-09")).days) <= 1 and "hour later" in note.what


def test_a_running_interval_without_a_flag_is_set_aside(office, make_calls):
    calls = make_calls(office, days=82)
    calls = calls[calls["start"] < "2026-03-27 13:00"].reset_index(drop=True)
    whole, notes = findings(calls, office)
    assert not inspect(whole).unfinished.any() and "running" not in notes
    calls.loc[calls.index[-1], "offered"] = 3.0
    past, notes = findings(calls, office)
    assert notes["running"].start == pd.Timestamp("2026-03-27 12:00") and "3 calls" in notes["running"].what
    assert np.isnan(cleaned(past).calls[-1, 12]) and np.isfinite(cleaned(past).calls[-1, 11])


def test_zeros_written_for_the_rest_of_a_running_day_are_not_learnt(office, make_calls):
    calls = make_calls(office, days=82)
    calls.loc[at(calls, "2026-03-27 13:00", "2026-03-28"), "offered"] = 0.0
    calls.loc[at(calls, "2026-03-27 12:00", "2026-03-27 13:00"), "offered"] = 3.0
    past, notes = findings(calls, office)
    assert notes["zero_run"].start == pd.Timestamp("2026-03-27 13:00")
    assert np.isnan(cleaned(past).calls[-1, 12:18]).all()


def test_an_interval_of_which_most_is_lost_is_an_outlier(office, make_calls):
    calls = make_calls(office, level=300.0)
    calls.loc[at(calls, "2026-02-04 10:00", "2026-02-04 11:00"), "offered"] *= 0.1
    past, notes = findings(calls, office)
    assert notes["outlier"].start == pd.Timestamp("2026-02-04 10:00") and inspect(past).outliers.sum() == 1


@pytest.mark.slow
def test_two_years_of_half_hours_are_inspected(make_calls):
    always = Calendar(ALWAYS)
    past = histories(make_calls(always, days=800, step=30), always, minutes=30)["calls"]
    assert cleaned(past).calls.shape == (800, 48)

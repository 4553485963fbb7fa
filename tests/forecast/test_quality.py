import numpy as np
import pandas as pd

from busyhour.forecast.arrange import histories
from busyhour.forecast.calendars import ALWAYS, Calendar
from busyhour.forecast.quality import cleaned, inspect, report, table


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

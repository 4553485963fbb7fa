"""Changes of staff in the simulation: breaks, late work, overlaps, nights, clock changes, reports on a coarser grid."""

import datetime as dt
import math

import numpy as np
import pandas as pd
import pytest

from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.queueing import Exponential, Lognormal, ServiceGoal, performance, simulate

GOAL = {"desk": ServiceGoal(0.8, 20)}
RUNS = {"min_runs": 64, "max_runs": 64}


def volume_of(first, last, calls, handle_s, patience_s=math.nan, minutes=30):
    starts = pd.date_range(first, last, freq=f"{minutes}min", inclusive="left")
    columns = {"queue": "desk", "start": starts, "calls": calls, "handle_s": handle_s, "patience_s": patience_s}
    return pd.DataFrame(columns)


def steps(*rows, **more):
    return pd.DataFrame(rows, columns=["start", "end", "agents"]).assign(**more)


def intervals(found):
    rows = found.service[found.service["period"] == "interval"]
    return rows.assign(at=rows["start"].dt.strftime("%H:%M")).set_index("at")


def test_a_break_of_fifteen_minutes_shows_in_its_interval():
    # seconds-long calls: each minute is in balance, so the interval is half one staffing, half the other
    day = "2026-03-02 "
    volume = volume_of(day + "09:00", day + "11:00", 9000.0, 2.0, 3.0)
    always, before, after = ("09:00", "11:00", 9), ("09:00", "10:00", 3), ("10:15", "11:00", 3)
    staff = steps(*[(day + a, day + b, n) for a, b, n in (always, before, after)])
    rows = intervals(simulate(staff, volume, {"desk": ServiceGoal(0.8, 1)}, **RUNS))
    full, few = performance("erlang_a", [12, 9], load_erl=10.0, aht_s=2.0, patience_s=3.0, within_s=1.0).service_level()
    assert rows.loc["09:30", "simulated"] == pytest.approx(full, abs=0.002)
    assert rows.loc["10:00", "simulated"] == pytest.approx((full + few) / 2, abs=0.002)
    assert rows.loc["10:30", "simulated"] == pytest.approx(full, abs=0.002)


@pytest.mark.parametrize("cv", [0.0, 1.0, 1.5])
def test_who_leaves_works_late_by_the_rest_of_the_call(cv):
    volume = volume_of("2026-03-02 08:00", "2026-03-02 12:00", 200.0, 180.0, 120.0)
    law = Exponential(1.0) if cv == 1.0 else Lognormal(1.0, cv)
    staff = steps(("2026-03-02 08:00", "2026-03-02 12:00", 20))
    found = simulate(staff, volume, GOAL, handle=law, min_runs=640, max_runs=640)
    rows = intervals(found)
    late = 20 * rows.loc["11:00", "occupancy"] * 180.0 * (1 + cv**2) / 2  # renewal theory's mean rest of a call
    assert rows.loc["11:30", "overtime_h"] == pytest.approx(late / 3600, rel=0.04)
    assert rows["overtime_h"].iloc[:-1].sum() == 0
    week = found.service[found.service["period"] == "week"].iloc[0]
    assert week["overtime_h"] == pytest.approx(rows["overtime_h"].sum())


def test_a_break_by_the_clock_is_cut_by_the_call_in_hand():
    volume = volume_of("2026-03-02 08:00", "2026-03-02 12:00", 200.0, 180.0, 120.0)
    staff = steps(
        ("2026-03-02 08:00", "2026-03-02 10:00", 20), ("2026-03-02 10:05", "2026-03-02 14:00", 20)
    )  # no call lasts so long after noon
    rows = intervals(simulate(staff, volume, GOAL, min_runs=640, max_runs=640))
    late = 20 * rows.loc["09:30", "occupancy"] * 180.0 * (1 - math.exp(-300.0 / 180.0))  # until they are back
    assert rows.loc["10:00", "overtime_h"] == pytest.approx(late / 3600, rel=0.04)
    assert rows["overtime_h"].sum() == rows.loc["10:00", "overtime_h"]
    assert rows["occupancy"].max() <= 1 + 1e-12


def test_occupancy_counts_time_on_duty_only():
    volume = volume_of("2026-03-02 08:00", "2026-03-02 09:00", 600.0, 1200.0)
    minute = steps(("2026-03-02 08:10", "2026-03-02 08:11", 1))
    rows = intervals(simulate(minute, volume, GOAL, handle=Lognormal(1.0, 0.0), **RUNS))
    assert rows.loc["08:00", "occupancy"] == pytest.approx(1.0)
    assert rows["overtime_h"].sum() == pytest.approx(19 / 60, rel=0.01)  # 20 minutes of work, one of them on duty


def test_steps_that_overlap_add_up_however_they_are_cut():
    day = "2026-03-02 "
    volume = volume_of(day + "08:00", day + "12:00", 60.0, 240.0, 90.0)
    whole = steps((day + "08:00", day + "12:00", 5), (day + "09:10", day + "11:40", 4))
    cut = steps(
        (day + "08:00", day + "09:10", 5),
        (day + "09:10", day + "10:00", 9),
        (day + "10:00", day + "11:40", 2),
        (day + "10:00", day + "11:40", 7),
        (day + "11:40", day + "12:00", 5),
    )
    found = [simulate(s, volume, GOAL, **RUNS).service for s in (whole, cut)]
    pd.testing.assert_frame_equal(*found, rtol=1e-12)


@pytest.mark.parametrize(("date", "half_hours"), [(dt.date(2026, 3, 29), 46), (dt.date(2026, 10, 25), 50)])
def test_a_night_shift_through_the_clock_change(date, half_hours):
    grid = Grid(date - dt.timedelta(days=1), days=2, minutes=30, zone="Europe/Berlin")
    volume = pd.DataFrame({"queue": "desk", "start": grid.starts, "calls": 60.0, "handle_s": 30.0, "patience_s": 60.0})
    night = steps((f"{date - dt.timedelta(days=1)}T22:00", f"{date}T06:00", 4), queue="desk")
    named = pd.concat([night.assign(agents=1, agent=name) for name in "abcd"], ignore_index=True)
    found = [simulate(s, volume, GOAL, **RUNS).service for s in (night, named)]
    pd.testing.assert_frame_equal(*found)
    rows = found[0][found[0]["period"] == "interval"]
    assert (rows["start"].dt.date == date).sum() == half_hours
    assert rows["occupancy"].notna().sum() == 16 + half_hours - 48  # half-hours really worked
    assert rows.loc[rows["occupancy"].notna(), "simulated"].min() > 0.95
    away = simulate(named, volume, GOAL, absent={(date - dt.timedelta(days=1)).isoformat(): 1.0}, **RUNS).service
    assert away["simulated"].max() == 0  # who calls in sick on the evening is away all night


def test_five_minute_rates_told_by_half_hours():
    rates = np.concatenate([np.linspace(2, 30, 18), np.full(6, 30.0), np.linspace(30, 4, 19)])
    volume = volume_of("2026-03-02 08:10", "2026-03-02 11:45", rates, 180.0, 120.0, minutes=5)
    staff = steps(("2026-03-02 08:00", "2026-03-02 12:00", 14))
    fine = simulate(staff, volume, GOAL, interval_min=5, **RUNS)
    found = simulate(staff, volume, GOAL, interval_min=5, report_min=30, **RUNS)
    rows, parts = intervals(found), intervals(fine)
    assert list(rows.index) == ["08:00", "08:30", "09:00", "09:30", "10:00", "10:30", "11:00", "11:30"]
    half_hour = parts["start"].dt.floor("30min").dt.strftime("%H:%M")
    together = parts.groupby(half_hour)
    np.testing.assert_allclose(rows["offered"], together["offered"].sum())
    in_time = (parts["offered"] * parts["simulated"]).groupby(half_hour).sum()
    np.testing.assert_allclose(rows["simulated"], in_time / rows["offered"])
    np.testing.assert_allclose(rows["queue_length"], together["queue_length"].mean())
    assert (rows["longest_wait_s"] >= together["longest_wait_s"].max() - 1e-9).all()
    for period in ("day", "week"):
        same = [f.service[f.service["period"] == period].reset_index(drop=True) for f in (fine, found)]
        pd.testing.assert_frame_equal(*same)


def test_reports_count_from_local_midnight():
    grid = Grid(dt.date(2026, 10, 25), days=1, minutes=15, zone="Europe/Berlin")
    volume = pd.DataFrame({"queue": "desk", "start": grid.starts, "calls": 5.0, "handle_s": 30.0, "patience_s": 60.0})
    staff = steps(("2026-10-25T00:00", "2026-10-26T00:00", 4))
    rows = intervals(simulate(staff, volume, GOAL, interval_min=15, report_min=60, **RUNS))
    assert len(rows) == 25
    assert list(rows["start"]) == list(Grid(dt.date(2026, 10, 25), days=1, minutes=60, zone="Europe/Berlin").starts)

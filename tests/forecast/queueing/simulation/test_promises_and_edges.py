"""The simulation of a staffing: its own promises, its edges, and what may be asked of it."""

import datetime as dt
import math

import numpy as np
import pandas as pd
import pytest
from desk_cases import GOAL, of, steps, volume_of, whole

from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.errors import InputError
from busyhour.forecast.progress import Stopped, Watch
from busyhour.forecast.queueing import Exponential, Lognormal, ServiceGoal, simulate


def test_same_seed_same_digits_and_calls_do_not_depend_on_staff():
    volume = volume_of(hours=(8, 12), patience_s=90.0)
    more = {"absent": 0.1, "min_runs": 64, "max_runs": 64}
    first, again = (simulate(whole(volume, 10), volume, GOAL, seed=7, **more).service for _ in range(2))
    pd.testing.assert_frame_equal(first, again, check_exact=True)
    staffed = simulate(whole(volume, 12), volume, GOAL, seed=7, **more).service
    pd.testing.assert_series_equal(first["offered"], staffed["offered"], check_exact=True)
    assert (staffed["simulated"] >= first["simulated"] - 1e-12).all()
    other = simulate(whole(volume, 10), volume, GOAL, seed=8, **more).service
    assert (other["offered"] != first["offered"]).any()


def test_a_queue_beside_it_changes_nothing():
    desk = volume_of(hours=(8, 12), patience_s=90.0)
    both = pd.concat([volume_of(hours=(8, 12), calls=10.0).assign(queue="bank"), desk], ignore_index=True)
    staff = whole(desk, 10).assign(queue="desk")
    runs = {"min_runs": 64, "max_runs": 64}
    alone = simulate(staff, desk, GOAL, **runs).service
    beside = simulate(staff, both, GOAL | {"bank": ServiceGoal(0.5, 10)}, **runs).service
    pd.testing.assert_frame_equal(alone, beside[beside["queue"] == "desk"].reset_index(drop=True), check_exact=True)
    assert (beside.loc[beside["queue"] == "bank", "simulated"] == 0).all()


def test_runs_until_the_asked_half_width():
    volume = volume_of(days=2, hours=(8, 12), calls=20.0, patience_s=120.0)
    found = simulate(whole(volume, 3).assign(agents=3), volume, GOAL, half_width=0.01)
    rows = found.service[found.service["period"] != "interval"]
    assert found.stopped is None
    assert found.half_width <= 0.01
    assert ((rows["ci_hi"] - rows["ci_lo"]) / 2 <= 0.01 + 1e-12).all()
    cut = simulate(whole(volume, 3), volume, GOAL, half_width=1e-6, min_runs=64, max_runs=96)
    assert (cut.stopped, cut.runs) == ("runs", 96)
    late = simulate(whole(volume, 3), volume, GOAL, half_width=1e-6, min_runs=64, watch=Watch(time_limit_s=0.0))
    assert (late.stopped, late.runs) == ("time", 64)


def test_stop_keeps_what_there_is_once_it_is_enough():
    volume = volume_of(hours=(8, 12), calls=20.0, patience_s=120.0)
    watch = Watch()
    watch.stop.set()
    with pytest.raises(Stopped):
        simulate(whole(volume, 3), volume, GOAL, watch=watch)
    told = []

    def show(event):
        told.append(event)
        watch.stop.set()

    watch = Watch(show=show)
    found = simulate(whole(volume, 3), volume, GOAL, half_width=1e-6, min_runs=64, watch=watch)
    assert (found.stopped, found.runs) == ("user", 64)
    assert told[0].stage == "simulate"
    assert 0 < told[0].share < 1


@pytest.mark.slow
def test_intervals_cover_the_truth_as_often_as_they_say():
    sd = math.sqrt(40 + 16)
    volume = volume_of(hours=(8, 11), calls=40.0, handle_s=200.0, patience_s=120.0)
    volume = volume.assign(**{"q0.1": 40 - 1.2816 * sd, "q0.9": 40 + 1.2816 * sd})
    staff = whole(volume, 6)
    truth = of(simulate(staff, volume, GOAL, absent=0.1, half_width=0.0015, max_runs=60000))["simulated"]
    runs = [of(simulate(staff, volume, GOAL, absent=0.1, half_width=0.01, seed=k)) for k in range(50)]
    hits = sum(r["ci_lo"] <= truth <= r["ci_hi"] for r in runs)
    assert 44 <= hits <= 50
    assert np.mean([r["simulated"] for r in runs]) == pytest.approx(truth, abs=0.002)


@pytest.mark.slow
def test_chance_of_the_goal_covers_the_truth_as_often_as_it_says():
    volume = volume_of(hours=(8, 10), calls=40.0, handle_s=200.0, patience_s=120.0)
    goal = {"desk": ServiceGoal(0.8, 20, max_abandon=0.05)}
    truth = of(simulate(whole(volume, 6), volume, goal, min_runs=20_000, max_runs=20_000))
    assert truth["p_goal_hi"] - truth["p_goal_lo"] < 0.015
    looks = [of(simulate(whole(volume, 6), volume, goal, seed=k, min_runs=64, max_runs=64)) for k in range(60)]
    hits = sum(r["p_goal_lo"] <= truth["p_goal"] <= r["p_goal_hi"] for r in looks)
    assert 52 <= hits <= 60
    loose = of(simulate(whole(volume, 6), volume, GOAL, min_runs=20_000, max_runs=20_000))
    assert loose["p_goal"] > truth["p_goal"] + 0.02  # the cap on abandonment counts


@pytest.mark.parametrize(("cap", "meets"), [("max_abandon", 0.04), ("max_asa_s", 12.0), ("max_occupancy", 0.92)])
def test_every_cap_of_the_goal_counts(cap, meets):
    volume = volume_of(days=1, patience_s=120.0)
    for value, p in ((meets / 4, 0.0), (1.0, 1.0) if meets < 1 else (500.0, 1.0)):
        goal = {"desk": ServiceGoal(0.5, 20, **{cap: value})}
        assert of(simulate(whole(volume, 11), volume, goal, min_runs=64, max_runs=64), "day")["p_goal"] == p


def test_nobody_there_means_no_service():
    volume = volume_of(hours=(8, 12), patience_s=90.0)
    found = simulate(steps(), volume, GOAL)
    assert (found.service["simulated"] == 0).all()
    assert (found.service["abandon_rate"] == 1).all()
    assert found.service["occupancy"].isna().all()
    assert found.service["asa_s"].isna().all()


def test_no_calls_are_no_service_level():
    volume = volume_of(hours=(8, 12), calls=0.0)
    found = simulate(whole(volume, 2), volume, GOAL)
    assert found.service["simulated"].isna().all()
    assert (found.service["p_goal"] == 1).all()
    assert (found.service["occupancy"] == 0).all()
    assert found.half_width == 0


def test_overload_without_patience_ends_when_staff_leaves_after_closing():
    volume = volume_of(hours=(8, 12), calls=100.0)
    leaves = simulate(whole(volume, 5), volume, GOAL, min_runs=64, max_runs=64)
    assert of(leaves)["abandon_rate"] == pytest.approx(0.5, abs=0.03)
    assert of(leaves)["occupancy"] > 0.98
    stays = simulate(steps(("2026-03-02 08:00", "2026-03-02 23:00", 5)), volume, GOAL, min_runs=64, max_runs=64)
    assert of(stays)["abandon_rate"] == 0


def test_who_leaves_finishes_the_call_in_hand():
    volume = volume_of(hours=(8, 9), calls=600.0, handle_s=1200.0)
    minute = steps(("2026-03-02 08:10", "2026-03-02 08:11", 1))
    found = simulate(minute, volume, GOAL, handle=Lognormal(1.0, 0.0), min_runs=64, max_runs=64)
    row = of(found)
    assert row["offered"] * (1 - row["abandon_rate"]) == pytest.approx(1.0)
    assert row["occupancy"] == pytest.approx(1.0)
    again = steps(("2026-03-02 08:10", "2026-03-02 08:11", 1), ("2026-03-02 08:25", "2026-03-02 08:35", 1))
    row = of(simulate(again, volume, GOAL, handle=Lognormal(1.0, 0.0), min_runs=64, max_runs=64))
    assert row["offered"] * (1 - row["abandon_rate"]) == pytest.approx(2.0)  # back at 08:25, free at 08:30


def test_callers_wait_past_midnight_only_while_open():
    hours = pd.date_range("2026-03-02 22:00", "2026-03-03 01:30", freq="30min")
    volume = pd.DataFrame({"queue": "desk", "start": hours, "calls": 5.0, "handle_s": 10.0, "patience_s": ""})
    after = steps(("2026-03-03 00:00", "2026-03-03 02:00", 9))
    found = simulate(after, volume, GOAL, min_runs=64, max_runs=64)
    assert of(found)["abandon_rate"] == 0
    assert of(found, "day", "2026-03-02")["asa_s"] == pytest.approx(3600, rel=0.05)
    gap = volume[volume["start"] != pd.Timestamp("2026-03-02 23:30")]
    found = simulate(after, gap, GOAL, min_runs=64, max_runs=64)
    assert of(found, "day", "2026-03-02")["abandon_rate"] == 1
    assert of(found, "day", "2026-03-03")["simulated"] > 0.99


def test_a_clock_change_day_has_fifty_half_hours():
    grid = Grid(dt.date(2026, 10, 25), days=1, minutes=30, zone="Europe/Berlin")
    volume = pd.DataFrame({"queue": "desk", "start": grid.starts, "calls": 30.0, "handle_s": 60.0, "patience_s": 60.0})
    staff = steps(("2026-10-25T00:00", "2026-10-26T00:00", 4))
    found = simulate(staff, volume, GOAL, min_runs=64, max_runs=64)
    rows = found.service[found.service["period"] == "interval"]
    assert len(rows) == 50
    assert list(rows["start"]) == list(grid.starts)
    assert of(found, "day")["offered"] == pytest.approx(1500, rel=0.02)
    assert of(found, "day")["start"] == grid.first
    assert (rows["abandon_rate"] < 0.05).all()  # somebody is there in all of them
    assert found.service["start"].dt.tz is not None


def test_weeks_begin_where_told():
    volume = volume_of(days=9, first="2026-03-07", hours=(8, 10), patience_s=60.0)
    runs = {"min_runs": 64, "max_runs": 64}
    for week_start, count in (("monday", 2), ("saturday", 2), ("sunday", 3)):
        service = simulate(whole(volume, 20), volume, GOAL, week_start=week_start, **runs).service
        weeks = service[service["period"] == "week"]
        assert len(weeks) == count
        assert {t.day_name().lower() for t in weeks["start"]} == {week_start}
        assert weeks["offered"].sum() == pytest.approx(service.loc[service["period"] == "day", "offered"].sum())


@pytest.mark.parametrize(
    ("staffing", "options", "words"),
    [
        ({"agents": 1.5}, {}, "not a whole number"),
        ({"agents": 2, "agent": "Ann"}, {}, "counts as 1"),
        ({"queue": "other"}, {}, "does not have"),
        ({"end": "2026-03-02 07:00"}, {}, "ends before"),
        ({"agents": -1}, {}, "below 0"),
        ({"start": pd.Timestamp("2026-03-02 08:00", tz="UTC")}, {}, "both have a zone"),
        ({}, {"goals": {}}, "no goal"),
        ({}, {"absent": 8}, "from 0 to 1"),
        ({}, {"handle": {"other": Exponential(1.0)}}, "handle"),
        ({}, {"patience": {}}, "patience"),
        ({}, {"report_min": 45}, "multiple of 30"),
        ({}, {"week_start": "Mon"}, "unknown weekday"),
        ({}, {"interval_min": 60}, "overlap"),
    ],
)
def test_bad_input_is_named(staffing, options, words):
    volume = volume_of(hours=(8, 10))
    staff = steps(("2026-03-02 08:00", "2026-03-02 10:00", 2)).assign(**staffing)
    with pytest.raises(InputError, match=words):
        simulate(staff, volume, options.pop("goals", GOAL), **options)


def test_no_open_interval_and_unknown_owner_are_named():
    volume = volume_of(hours=(8, 10))
    with pytest.raises(InputError, match="no open interval"):
        simulate(whole(volume, 1), volume.iloc[:0], GOAL)
    both = pd.concat([volume, volume.assign(queue="other")])
    with pytest.raises(InputError, match="whose agents"):
        simulate(whole(volume, 1), both, GOAL | {"other": ServiceGoal(0.8, 20)})

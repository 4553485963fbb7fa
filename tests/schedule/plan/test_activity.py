"""A roster as tables: rows without gaps, real times when the clock changes, and every column of the files."""

import datetime as dt

import numpy as np
import pandas as pd

from busyhour.forecast.calendar.grid import Grid
from busyhour.schedule.plan import activity as tables
from busyhour.schedule.problem.shift_families import Break, ShiftFamily
from busyhour.schedule.problem.shifts import PlannedShift, shifts_of_week
from busyhour.schedule.problem.staff import Agent
from busyhour.schedule.tables import TABLES

BREAKS = (Break(15, 60, 120), Break(30, 180, 240, "lunch", False), Break(15, 300, 360))
FAMILIES = {
    "day": ShiftFamily("day", 420, "08:00", "12:00", 30, breaks=BREAKS),
    "night": ShiftFamily("night", 480, "22:00", "22:00"),
}
BERLIN = Grid(dt.date(2026, 10, 19), 7, 15, "Europe/Berlin")  # the clock goes back on Sunday 25
PLAIN = Grid(dt.date(2026, 10, 19), 7, 15)


def planned(grid, day, pattern, *breaks, queue="calls", contract=None):
    shifts = {(s.day, s.pattern): s for s in shifts_of_week(FAMILIES, grid, np.ones(2 * len(grid), bool))}
    return PlannedShift(shifts[day, pattern], breaks, queue, contract)


def test_a_shift_becomes_rows_without_gaps():
    rows = tables.activity({"ann": [planned(BERLIN, 0, "day@0800", 4, 12, 20)]}, BERLIN)
    assert tuple(rows.columns) == tables.ACTIVITY
    assert list(rows["activity"]) == ["phone", "break", "phone", "lunch", "phone", "break", "phone"]
    assert list(rows["queue"]) == ["calls", "", "calls", "", "calls", "", "calls"]
    assert list(rows["end"].iloc[:-1]) == list(rows["start"].iloc[1:])
    assert rows["start"].iloc[0] == pd.Timestamp("2026-10-19T08:00", tz="Europe/Berlin")
    assert rows["end"].iloc[-1] == pd.Timestamp("2026-10-19T15:30", tz="Europe/Berlin")
    assert str(rows["start"].dtype) == "datetime64[us, Europe/Berlin]"


def test_a_break_at_the_shifts_edge_leaves_no_empty_row():
    family = ShiftFamily("edge", 120, "08:00", "08:00", breaks=(Break(15, 0, 0), Break(15, 105, 105)))
    shift = shifts_of_week([family], PLAIN, np.ones(len(PLAIN), bool))[0]
    rows = tables.activity({"ann": [PlannedShift(shift, (0, 7), "calls")]}, PLAIN)
    assert list(rows["activity"]) == ["break", "phone", "break"]


def test_the_night_of_the_clock_change_has_its_real_hours():
    before = planned(BERLIN, 5, "night@2200")
    rows = tables.activity({"ann": [before]}, BERLIN)
    assert rows["end"].iloc[0] - rows["start"].iloc[0] == pd.Timedelta(hours=8)
    assert str(rows["start"].iloc[0]) == "2026-10-24 22:00:00+02:00"
    assert str(rows["end"].iloc[0]) == "2026-10-25 05:00:00+01:00"
    assert tables.roster_table({"ann": [before]}, BERLIN)["paid_min"].iloc[0] == 480


def test_a_shift_past_the_weeks_end_keeps_its_times():
    rows = tables.activity({"ann": [planned(BERLIN, 6, "night@2200")]}, BERLIN)
    assert str(rows["end"].iloc[0]) == "2026-10-26 06:00:00+01:00"


def test_leave_of_the_week_is_listed_and_cut_at_its_edges():
    agent = Agent("bob", "full", {"calls": 1.0}, 20.0, leave=((-96, 96, "vacation"), (600, 800, "sick")))
    rows = tables.activity({"ann": [planned(BERLIN, 0, "night@2200")], "bob": ()}, BERLIN, [agent])
    assert list(rows["activity"]) == ["phone", "leave", "leave"]
    assert list(rows["start"].iloc[1:]) == [BERLIN.first, BERLIN.time(600)]
    assert list(rows["end"].iloc[1:]) == [BERLIN.time(96), BERLIN.end]


def test_without_a_zone_times_are_wall_clock():
    rows = tables.activity({"ann": [planned(PLAIN, 6, "night@2200")]}, PLAIN)
    assert str(rows["start"].dtype) == "datetime64[us]"
    assert str(rows["end"].iloc[0]) == "2026-10-26 06:00:00"


def test_rows_are_by_agent_and_start_and_files_have_their_columns():
    late, early = planned(BERLIN, 1, "day@1000", 4, 12, 20, contract="part"), planned(BERLIN, 1, "day@0830", 4, 12, 20)
    assigned = {"zoe": [late, planned(BERLIN, 0, "day@0800", 4, 12, 20)], "ann": [early]}
    rows = tables.activity(assigned, BERLIN)
    assert rows[["agent", "start"]].apply(tuple, axis=1).is_monotonic_increasing
    roster = tables.roster_table(assigned, BERLIN)
    assert list(roster["agent"]) == ["ann", "zoe", "zoe"]
    assert tuple(roster.columns) == tuple(TABLES["roster"])
    left = tables.open_table([late, early], BERLIN)
    assert list(left["pattern"]) == ["day@0830", "day@1000"]
    assert tuple(left.columns) == tuple(TABLES["open_shifts"])
    assert list(left["contract"]) == ["", "part"]
    cover = tables.cover_table([late, late, early])
    assert tuple(cover.columns) == tuple(TABLES["cover"])
    assert list(cover["agents"]) == [1, 2]
    assert tuple(rows.columns) == tuple(TABLES["activity"])


def test_nobody_at_work_gives_empty_tables_with_their_types():
    rows = tables.activity({"ann": ()}, BERLIN)
    assert len(rows) == 0
    assert str(rows["start"].dtype) == "datetime64[us, Europe/Berlin]"
    assert len(tables.staffing(rows)) == len(tables.open_table([], BERLIN)) == len(tables.cover_table([])) == 0


def test_an_anonymous_plan_has_one_agent_per_shift():
    shifts = [
        planned(BERLIN, 1, "day@1000", 4, 12, 20),
        planned(BERLIN, 0, "night@2200"),
        planned(BERLIN, 1, "day@1000", 5, 12, 20),
    ]
    named = tables.anonymous(shifts)
    assert list(named) == ["shift-0001", "shift-0002", "shift-0003"]
    assert [p.shift.pattern for (p,) in named.values()] == ["night@2200", "day@1000", "day@1000"]


def test_staffing_lists_the_phone_only():
    shifts = {
        "ann": [planned(BERLIN, 0, "day@0800", 4, 12, 20, queue="mail")],
        "bob": [planned(BERLIN, 0, "night@2200")],
    }
    rows = tables.staffing(tables.activity(shifts, BERLIN))
    assert tuple(rows.columns) == tables.STAFFING
    assert list(rows["queue"]) == ["calls"] + ["mail"] * 4
    hours = (rows["end"] - rows["start"]).sum() / pd.Timedelta(hours=1)
    assert hours == 8 + 7.5 - 1
    assert set(rows["agents"]) == {1}

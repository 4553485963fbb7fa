"""People of a week: availability, leave, employment, skills, wishes, and what last week leaves behind."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from people_files import DAY, GRID, MONDAY, STAFF, people

from busyhour.app.inputs.absences import off_grid, read_windows
from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.errors import InputError


def test_without_staff_the_plan_has_no_names(tmp_path: Path) -> None:
    assert people(tmp_path) == {}


def test_columns_become_an_agent(tmp_path: Path) -> None:
    staff = "agent,name,team,group,contract,cost_h,skills\na,Ada,Red,Main,full,25.5,calls|chat:1.1\n"
    staff += "b,,,,full,,\nc,,,,night,,chat\n"
    found = people(tmp_path, staff=staff)
    a, b, c = found.values()
    assert (a.name, a.team, a.group, a.cost_h) == ("Ada", "Red", "Main", 25.5)
    assert a.skills == {"calls": 1.0, "chat": 1.1}
    assert b.skills == {"calls": 1.0, "chat": 1.0}, "blank means every queue"
    assert (b.cost_h, c.cost_h) == (22.0, 20.0), "the contract's wage, else the centre's"
    assert a.away == ()
    assert (a.earliest, a.run_before, a.leave_h, a.leave_days) == (0, 0, 0.0, 0)


def test_available_windows_bind_on_the_days_they_touch(tmp_path: Path) -> None:
    rows = "agent,start,end,kind\na,2026-10-19T10:00,2026-10-19T18:00,\na,2026-10-20T22:00,2026-10-21T06:00,available\n"
    a = people(tmp_path, staff=STAFF, availability=rows)["a"]
    monday, night = (0, 40), (2 * DAY + 24, 3 * DAY)
    assert a.away == (monday, (72, DAY + 88), night), "Monday's evening and Tuesday before 22:00 touch"


def test_a_window_that_ends_at_midnight_does_not_touch_the_next_day(tmp_path: Path) -> None:
    rows = "agent,start,end,kind\na,2026-10-19T10:00,2026-10-20T00:00,available\n"
    assert people(tmp_path, staff=STAFF, availability=rows)["a"].away == ((0, 40),)


def test_unavailable_windows_forbid_and_are_rounded_outwards(tmp_path: Path) -> None:
    rows = "agent,start,end,kind\na,2026-10-19T10:05,2026-10-19T10:50,unavailable\n"
    assert people(tmp_path, staff=STAFF, availability=rows)["a"].away == ((40, 44),)


def test_available_windows_are_rounded_inwards(tmp_path: Path) -> None:
    rows = "agent,start,end,kind\na,2026-10-19T10:05,2026-10-19T17:50,available\n"
    assert people(tmp_path, staff=STAFF, availability=rows)["a"].away == ((0, 41), (71, 96))


def test_windows_on_the_long_sunday_count_its_25_hours(tmp_path: Path) -> None:
    rows = "agent,start,end,kind\na,2026-10-25T00:00,2026-10-25T12:00,available\n"
    away = people(tmp_path, staff=STAFF, availability=rows)["a"].away
    assert away == ((6 * DAY + 13 * 4, 7 * DAY + 4),), "noon is 13 hours after midnight"


def test_the_day_after_the_week_binds_night_shifts(tmp_path: Path) -> None:
    staff = "agent,contract\nn,night\nm,night\n"
    rows = "agent,start,end,kind\nn,2026-10-26T12:00,2026-10-26T20:00,available\n"
    always = np.ones(len(GRID), dtype=bool)  # nights are worked where the centre is open at night
    away = people(tmp_path, staff=staff, availability=rows, open_slots=always)["n"].away
    assert away[0] == (len(GRID), len(GRID) + 48)


def test_rows_of_other_weeks_are_ignored(tmp_path: Path) -> None:
    rows = "agent,start,end,kind\na,2026-09-01T10:00,2026-09-01T18:00,available\n"
    leave = "agent,start,end,kind\na,2026-12-01,2026-12-08,vacation\n"
    wishes = "agent,date,pattern,weight\na,2026-12-01,late,1\n"
    a = people(tmp_path, staff=STAFF, availability=rows, leave=leave, wishes=wishes)["a"]
    assert (a.away, a.leave, a.leave_days, a.wishes) == ((), (), 0, ())


def test_leave_of_whole_days_credits_hours_and_days(tmp_path: Path) -> None:
    a = people(tmp_path, staff=STAFF, leave="agent,start,end,kind\na,2026-10-19T00:00,2026-10-21T00:00,vacation\n")["a"]
    assert a.away == ((0, 2 * DAY),)
    assert a.leave == ((0, 2 * DAY, "vacation"),)
    assert a.leave_days == 2
    assert a.leave_h == pytest.approx(2 * 38 / 5)


def test_leave_over_a_week_credits_no_closed_days_and_at_most_the_contract(tmp_path: Path) -> None:
    leave = "agent,start,end,kind\na,2026-10-12T00:00,2026-11-02T00:00,sick\n"
    a = people(tmp_path, staff=STAFF, leave=leave)["a"]
    assert (a.leave_days, a.leave_h) == (5, 38.0)
    assert a.leave == ((0, len(GRID), "sick"),)
    always = people(tmp_path, staff=STAFF, leave=leave, open_slots=np.ones(len(GRID), dtype=bool))["a"]
    assert (always.leave_days, always.leave_h) == (5, 38.0), "seven open days, a contract of five"


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [("00:00", "20:00", 1), ("08:00", "20:00", 1), ("08:00", "19:59", 0), ("09:00", "20:00", 0), ("03:00", "23:00", 1)],
)
def test_a_day_of_leave_is_20_hours_or_the_whole_opening_time(tmp_path: Path, start: str, end: str, days: int) -> None:
    leave = f"agent,start,end,kind\na,2026-10-19T{start},2026-10-19T{end},vacation\n"
    assert people(tmp_path, staff=STAFF, leave=leave)["a"].leave_days == days


def test_two_leaves_together_can_make_a_day(tmp_path: Path) -> None:
    leave = "agent,start,end,kind\na,2026-10-19T08:00,2026-10-19T14:00,sick\na,2026-10-19T13:00,2026-10-19T20:00,sick\n"
    assert people(tmp_path, staff=STAFF, leave=leave)["a"].leave_days == 1


def test_without_opening_hours_the_shifts_of_the_weekday_say_when_it_is_open(tmp_path: Path) -> None:
    leave = (
        "agent,start,end,kind\na,2026-10-19T08:00,2026-10-20T00:00,vacation\na,2026-10-20T09:00,2026-10-20T23:00,sick\n"
    )
    assert people(tmp_path, staff=STAFF, leave=leave, open_slots=None)["a"].leave_days == 1


def test_hiring_and_leaving_keep_away_and_credit_their_days(tmp_path: Path) -> None:
    staff = "agent,contract,hire_date,leave_date\na,full,2026-10-21,\nb,full,,2026-10-20\n"
    staff += "old,full,,2026-10-18\nnew,full,2026-10-26,\n"
    found = people(tmp_path, staff=staff)
    assert list(found) == ["a", "b"], "not employed in the week, not in the plan"
    assert found["a"].away == ((0, 2 * DAY),)
    assert (found["a"].unemployed_days, found["a"].leave, found["b"].unemployed_days) == (2, (), 3)
    assert found["b"].unemployed_h == pytest.approx(3 * 38 / 5)
    assert found["a"].leave_days == found["b"].leave_days == 0, "days without employment do not lower the most days"
    assert found["b"].away[0][0] == 2 * DAY
    assert found["b"].away[0][1] >= len(GRID) + DAY


def test_wishes_of_the_week_are_kept_in_order(tmp_path: Path) -> None:
    wishes = "agent,date,pattern,weight\na,2026-10-20,late,2\na,2026-10-19,full8@0800,-1\n"
    wishes += "a,2026-10-21,,1\na,2026-10-22,off,3\nb,2026-10-20,early,0\n"
    found = people(tmp_path, staff=STAFF, wishes=wishes)
    assert [(w.day, w.what, w.weight) for w in found["a"].wishes] == [
        (1, "late", 2),
        (0, "full8@0800", -1),
        (2, "", 1),
        (3, "off", 3),
    ]
    assert found["b"].wishes == ()


BAD = [
    ({"staff": "agent,contract\na,full\na,full\n"}, r"staff.csv, row 3: agent twice: same agent as row 2 \(got 'a'\)"),
    (
        {"staff": "agent,contract\na,ful\n"},
        r"staff.csv, row 2, column contract: unknown contract \(got 'ful'\). Did you mean 'full'\?",
    ),
    ({"staff": "agent,contract\n,full\n"}, "staff.csv, row 2, column agent: blank"),
    ({"staff": "agent\na\n"}, "staff.csv: column 'contract' is missing"),
    (
        {"staff": "agent,contract,skills\na,full,cals\n"},
        r"row 2, column skills: unknown queue \(got 'cals'\). Did you mean 'calls'\?",
    ),
    ({"staff": "agent,contract,skills\na,full,calls|calls\n"}, "column skills: queue twice"),
    ({"staff": "agent,contract,skills\na,full,calls:x\n"}, "skill level is not a number"),
    ({"staff": "agent,contract,skills\na,full,calls:11\n"}, "skill level outside 0.2 to 5"),
    ({"staff": "agent,contract,cost_h\na,full,-2\n"}, "row 2, column cost_h: below 0"),
    ({"staff": "agent,contract,hire_date\na,full,19.10.2026\n"}, "row 2, column hire_date: not a date"),
    (
        {"staff": "agent,contract,hire_date,leave_date\na,full,2026-10-20,2026-10-19\n"},
        "column leave_date: leaves before being hired",
    ),
    ({"staff": "agent,contract,leave_date\na,full,2026-10-01\n"}, "staff.csv, column leave_date: nobody is employed"),
    (
        {"availability": "agent,start,end,kind\naa,2026-10-19T08:00,2026-10-19T09:00,\n"},
        r"availability.csv, row 2, column agent: unknown agent \(got 'aa'\). Did you mean 'a'\?",
    ),
    (
        {"availability": "agent,start,end,kind\na,2026-10-19T09:00,2026-10-19T08:00,\n"},
        "availability.csv, row 2, column end: window ends before it starts",
    ),
    (
        {"availability": "agent,start,end,kind\na,2026-10-19T08:00,2026-10-19T09:00,maybe\n"},
        "availability.csv, row 2, column kind: unknown kind",
    ),
    (
        {"availability": "agent,start,end,kind\na,8am,2026-10-19T09:00,\n"},
        "availability.csv, row 2, column start: not an ISO 8601 time",
    ),
    (
        {"leave": "agent,start,end,kind\na,2026-10-20,2026-10-19,sick\n"},
        "leave.csv, row 2, column end: .* an end without a time is that whole day",
    ),
    (
        {"leave": "agent,start,end,kind\nz,2026-10-19,2026-10-20,sick\n"},
        "leave.csv, row 2, column agent: unknown agent",
    ),
    ({"wishes": "agent,date,pattern,weight\nz,2026-10-19,late,1\n"}, "wishes.csv, row 2, column agent: unknown agent"),
    (
        {"wishes": "agent,date,pattern,weight\na,2026-10-19,ful8,1\n"},
        r"wishes.csv, row 2, column pattern: unknown pattern \(got 'ful8'\). Did you mean 'full8'\?",
    ),
    (
        {"wishes": "agent,date,pattern,weight\na,2026-10-19,late,much\n"},
        "wishes.csv, row 2, column weight: not a number",
    ),
]


@pytest.mark.parametrize(("files", "message"), BAD)
def test_bad_rows_are_told_with_file_row_and_mend(tmp_path: Path, files: dict[str, str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        people(tmp_path, **{"staff": STAFF, **files})


def test_availability_that_excludes_everyone_is_refused(tmp_path: Path) -> None:
    days = [MONDAY + dt.timedelta(days=i) for i in range(8)]
    rows = "agent,start,end,kind\n" + "".join(f"{a},{d}T06:00,{d}T09:00,available\n" for a in "ab" for d in days)
    with pytest.raises(
        InputError, match=r"availability.csv, column start: availability excludes everyone: .* week of 2026-10-19"
    ):
        people(tmp_path, staff=STAFF, availability=rows)
    assert people(tmp_path, staff=STAFF + "c,full\n", availability=rows)["a"].away, "one who can work is enough"


def test_a_week_in_which_all_are_on_leave_is_refused(tmp_path: Path) -> None:
    leave = "agent,start,end,kind\n" + "".join(f"{a},2026-10-12,2026-11-02,vacation\n" for a in "ab")
    with pytest.raises(InputError, match=r"leave.csv, column start: everyone is on leave in the week of 2026-10-19"):
        people(tmp_path, staff=STAFF, leave=leave)


def test_every_shift_that_an_agent_is_free_for_lies_in_their_windows(tmp_path: Path) -> None:
    """Slots and minutes agree over random windows, the day of 25 hours included."""
    rng = np.random.default_rng(3)
    base = GRID.first
    spans = [(int(s), int(s + rng.integers(30, 900))) for s in rng.integers(-600, 10_000, 12)]
    at = [(base + pd.Timedelta(minutes=a), base + pd.Timedelta(minutes=b)) for a, b in spans]
    rows = "agent,start,end,kind\n" + "".join(f"a,{s.isoformat()},{e.isoformat()},available\n" for s, e in at)
    away = people(tmp_path, staff=STAFF, availability=rows)["a"].away
    blocked = np.zeros(len(GRID), dtype=bool)
    for low, high in away:
        blocked[low:high] = True
    for day, part in enumerate(GRID.day_slices):
        lo, hi = GRID.time(part.start), GRID.time(part.stop)
        touching = [(s, e) for s, e in at if s < hi and lo < e]
        for slot in range(part.start, part.stop):
            minutes = [GRID.time(slot) + pd.Timedelta(minutes=m) for m in range(15)]
            inside = all(any(s <= m < e for s, e in touching) for m in minutes)
            assert blocked[slot] == (bool(touching) and not inside), (day, slot)


def test_an_end_without_a_time_is_that_whole_day(tmp_path: Path) -> None:
    leave = "agent,start,end,kind\na,2026-10-19,2026-10-20,vacation\nb,2026-10-21,2026-10-21,sick\n"
    found = people(tmp_path, staff=STAFF, leave=leave)
    assert (found["a"].away, found["a"].leave_days) == (((0, 2 * DAY),), 2)
    assert (found["b"].away, found["b"].leave_days) == (((2 * DAY, 3 * DAY),), 1)


@pytest.mark.parametrize("span", ["2026-03-29,2026-03-29", "2026-03-29T00:00,2026-03-30T00:00"])
def test_a_day_begins_late_where_the_clock_skips_midnight(tmp_path: Path, span: str) -> None:
    (tmp_path / "leave.csv").write_text(f"agent,start,end,kind\na,{span},sick\n", encoding="utf-8")
    grid = Grid(dt.date(2026, 3, 23), 7, 30, "Asia/Beirut")
    (window,) = read_windows(tmp_path / "leave.csv", grid, "Asia/Beirut")["a"]
    assert (window.start, window.end) == (6 * 1440, 6 * 1440 + 23 * 60)


def test_2359_is_the_days_end(tmp_path: Path) -> None:
    rows = "a,2026-10-19T08:00,2026-10-19T23:59,\na,2026-10-20T00:00,2026-10-20T12:00,\n"
    away = people(tmp_path, staff=STAFF, availability="agent,start,end,kind\n" + rows)["a"].away
    assert away == ((0, 32), (DAY + 48, 2 * DAY))


def test_windows_off_the_grid_are_told_and_rounded_to_the_safe_side(tmp_path: Path) -> None:
    """Leave until 10:07 lasts until 10:15; somebody free from 08:10 is free from 08:15."""
    leave = "agent,start,end,kind\na,2026-10-19T08:00,2026-10-19T10:07,x\na,2026-11-19T08:01,2026-11-19T10:07,x\n"
    free = "agent,start,end,kind\nb,2026-10-19T08:10,2026-10-19T18:00,\nb,2026-10-20T08:15,2026-10-20T18:00,\n"
    found = people(tmp_path, staff=STAFF, leave=leave, availability=free)
    assert found["a"].away == ((32, 41),)
    assert found["b"].away[0] == (0, 33)
    for name in ("leave.csv", "availability.csv"):
        (note,) = off_grid(tmp_path / name, GRID, "Europe/Berlin")
        assert note.startswith(f"1 rows of {name} begin or end inside a slot of 15 minutes")

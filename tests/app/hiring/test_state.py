"""Today's people by kind, from staff.csv and from state files."""

from __future__ import annotations

import datetime as dt
import io
import tomllib
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from busyhour.app.config.plan_toml import parse_plan
from busyhour.app.config.schema import Config
from busyhour.app.hiring.build import months_after, paid_hours
from busyhour.app.hiring.config import parse
from busyhour.app.hiring.conflicts import refuse_conflicts
from busyhour.app.hiring.groups import groups_of
from busyhour.app.hiring.state import State, read_state, state_of, state_table
from busyhour.app.hiring.terms import GroupQueues
from busyhour.forecast.errors import InputError
from busyhour.schedule.optimise.status import Infeasible

AS_OF = dt.date(2026, 10, 19)
STAFF = """agent,group,contract,cost_h,skills,hire_date,leave_date
ann,,full,20,a|b,2020-01-06,
ben,,full,22,a,2026-07-06,2026-11-30
cat,,part,18,b,,
dan,,full,21,c,2026-11-02,
eve,,full,21,c,2019-01-07,
old,,full,30,a,2018-01-01,2026-10-18
"""


def config() -> Config:
    goal = {"level": 0.8, "within_s": 20}
    plan = {
        "queue": {name: {"goal": goal} for name in "abc"},
        "opening": dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "08:00-18:00"),
        "shift": {"day": {"paid_min": 480, "start_from": "08:00", "start_to": "09:00"}},
        "contract": {n: {"shifts": ["day"], "max_h_week": h} for n, h in (("full", 40), ("part", 20))},
    }
    return parse_plan(plan, Path("plan.toml"))


def state(text: str = STAFF, groups: dict[str, GroupQueues] | None = None) -> State:
    return state_of(pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False), config(), groups or {}, AS_OF)


def test_people_are_counted_by_kind() -> None:
    found = state()
    assert found.groups == {"a+b": ("a", "b"), "c": ("c",)}
    assert set(found.kinds) == {"a+b/full", "a+b/part", "c/full", "c/part"}
    since = [h.since for h in found.kinds["a+b/full"].staff]
    assert since == [dt.date(2020, 1, 6), dt.date(2026, 7, 6)]
    assert found.kinds["a+b/full"].staff[1].until == dt.date(2026, 12, 1)  # the day after the last one
    assert found.given == (("c/full", dt.date(2026, 11, 2), 1),)
    assert found.kinds["a+b/full"].cost_h == 21.0
    assert "1 people without a hire_date" in found.notes[0]


def test_groups_may_be_named() -> None:
    asked = {"all": GroupQueues(queues=("a", "b", "c"))}
    assert set(state(groups=asked).kinds) == {"all/full", "all/part"}
    rows = pd.DataFrame({"agent": ["x"], "group": ["Warsaw"], "skills": ["a|b"]})
    assert groups_of(rows, ["a", "b"], {})[0] == {"Warsaw": ("a", "b")}


@pytest.mark.parametrize(
    ("groups", "says"),
    [
        ({"x": ("a",)}, "queue without a group"),
        ({"x": ("a", "b", "c"), "y": ("a",)}, "queue of two groups"),
        ({"x": ("a", "b", "d")}, "unknown queue"),
        ({"x": ("a",), "y": ("b", "c")}, "somebody works queues of 2 groups"),
    ],
)
def test_odd_groups_are_refused(groups: dict[str, tuple[str, ...]], says: str) -> None:
    with pytest.raises(InputError, match=says):
        state(groups={name: GroupQueues(queues=queues) for name, queues in groups.items()})


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("ann,,full", "ann,,ful", "Did you mean 'full'"),
        ("2026-07-06,2026-11-30", "2026-12-06,2026-11-30", "leaves before being hired"),
        ("2026-07-06", "July", "not a date"),
    ],
)
def test_odd_people_are_refused(old: str, new: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        state(STAFF.replace(old, new))


def test_a_state_file_is_read_as_it_is_written(tmp_path: Path) -> None:
    first = state()
    path = tmp_path / "state.csv"
    state_table(first).to_csv(path, index=False)
    again = read_state(path, first)
    assert again.given == first.given
    for name, kind in first.kinds.items():
        people = [sorted(map(str, k.staff)) for k in (again.kinds[name], kind)]  # to the day, who leaves too
        assert people[0] == people[1]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("2026-11-01,c/full,-1,3,", "below 0 months"),
        ("2026-11-01,d/full,1,3,", "unknown kind"),
        ("2026-11-01,c/full,1,2.5,", "a part of a person"),
        ("2026-11-01,c/full,1,2,,2026-10-01", "people who have left"),
        ("2026-11-01,c/full,,2,2026-12-01,2027-01-01", "people on their way leave"),
        ("2026-11-01,c/full,,3,2026-10-01", "a class on its way that has started"),
        ("2026-12-01,c/full,1,3,\n2026-11-01,c/full,1,3,", "two days in one state"),
    ],
)
def test_odd_states_are_refused(tmp_path: Path, row: str, says: str) -> None:
    path = tmp_path / "state.csv"
    path.write_text(f"date,kind,tenure_months,heads,class_start,leave_date\n{row}\n", encoding="utf-8")
    with pytest.raises(InputError, match=says):
        read_state(path, state())


def test_former_people_tell_nothing_of_todays_groups() -> None:
    joined = STAFF.replace("old,,full,30,a,", "old,,full,30,a|c,")
    assert state(joined).groups == state().groups
    assert len(state(joined).spells) == 6  # but attrition is estimated from them


def test_many_who_start_on_one_day_are_several_classes() -> None:
    coming = "".join(f"n{i},,full,21,c,2026-11-02,\n" for i in range(29))
    rows = pd.read_csv(io.StringIO(STAFF + coming), dtype=str, keep_default_na=False)
    found = state_of(rows, config(), {}, AS_OF, most=23)
    assert found.given == (("c/full", dt.date(2026, 11, 2), 15),) * 2
    refuse_conflicts(parse({}, Path("hiring.toml")), found, months_after(AS_OF, 6))


def test_a_class_has_seats_for_those_who_turn_up() -> None:
    hiring, one = parse({"classes": {"least": 8, "most": 20}}, Path("hiring.toml")), dt.date(2026, 11, 2)
    refuse_conflicts(hiring, replace(state(), given=(("c/full", one, 23),)), months_after(AS_OF, 6))
    with pytest.raises(Infeasible, match="2 more seats, or 1 people fewer"):
        refuse_conflicts(hiring, replace(state(), given=(("c/full", one, 24),)), months_after(AS_OF, 6))


def test_months_follow_the_state() -> None:
    assert months_after(dt.date(2026, 10, 19), 3).first == dt.date(2026, 11, 1)
    assert months_after(dt.date(2026, 12, 1), 3).first == dt.date(2026, 12, 1)
    assert months_after(dt.date(2026, 12, 2), 3).first == dt.date(2027, 1, 1)


def test_paid_hours_follow_the_weekdays() -> None:
    hours = paid_hours(config(), 40.0, months_after(dt.date(2026, 11, 1), 2))
    assert hours.tolist() == [21 * 8.0, 23 * 8.0]  # weekdays of November and December 2026


@pytest.mark.parametrize(
    ("classes", "given", "says"),
    [
        ("frozen = ['2026-11']", [("c/full", dt.date(2026, 11, 2), 8)], "take 2026-11 out of classes.frozen"),
        ("most = 10\ndrop_out = 0", [("c/full", dt.date(2026, 11, 2), 12)], "2 more seats"),
        ("rooms = 1", [("c/full", dt.date(2026, 11, 2), 8), ("a+b/full", dt.date(2026, 11, 16), 8)], "1 more room"),
    ],
)
def test_classes_on_their_way_break_no_limit(classes: str, given: list[tuple[str, dt.date, int]], says: str) -> None:
    hiring = parse(tomllib.loads(f"[classes]\n{classes}"), Path("hiring.toml"))
    with pytest.raises(Infeasible, match=says):
        refuse_conflicts(hiring, replace(state(), given=tuple(given)), months_after(AS_OF, 6))
    refuse_conflicts(hiring, replace(state(), given=()), months_after(AS_OF, 6))

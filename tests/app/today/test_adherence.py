"""Adherence and conformance, counted by hand."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from busyhour.app.today.adherence import Presence, presence
from busyhour.forecast.errors import InputError

ZONE = "Europe/Berlin"
DAY = dt.date(2026, 11, 2)


def rows(columns: str, *cells: tuple[str, ...]) -> pd.DataFrame:
    """Return rows with times of the day."""
    table = pd.DataFrame(cells, columns=columns.split())
    for name in ("start", "end"):
        table[name] = pd.to_datetime(f"{DAY} " + table[name]).dt.tz_localize(ZONE)
    return table


PLAN = rows(
    "agent start end activity queue",
    ("a", "08:00", "10:00", "phone", "calls"),
    ("a", "10:00", "10:15", "break", ""),
    ("a", "10:15", "12:00", "phone", "calls"),
    ("b", "08:00", "11:00", "phone", "calls"),
    ("b", "11:00", "12:00", "training", ""),
    ("c", "08:00", "12:00", "leave", ""),
)
NAMES = {"a": "Ada", "b": "Bob", "c": "Cy"}


def there(states: pd.DataFrame, plan: pd.DataFrame = PLAN, queues: tuple[str, ...] = ("calls",)) -> Presence:
    """Return who was there."""
    return presence(states, plan, DAY, queues=queues, zone=ZONE, names=NAMES)


def test_counted_by_hand() -> None:
    """Ada comes 12 minutes late, logs out for her break and comes back after 20; Bob works through his training."""
    found = there(rows(
        "agent start end kind",
        ("a", "08:12", "10:00", "phone"),
        ("a", "10:20", "12:06", "phone"),
        ("b", "08:00", "12:00", "phone"),
    ))  # fmt: skip
    people = found.people.set_index("agent")
    ada, bob = people.loc["a"], people.loc["b"]
    assert (ada["name"], ada["scheduled_min"], ada["phone_planned_min"]) == ("Ada", 240.0, 225.0)
    assert ada["adhered_min"] == pytest.approx(108 + 15 + 100)
    assert ada["phone_came_min"] == pytest.approx(214)
    assert ada["conformance"] == pytest.approx(214 / 225)
    assert ada["away_min"] == pytest.approx(17)
    assert ada["extra_min"] == pytest.approx(6)
    assert bob["adherence"] == pytest.approx(0.75)
    assert bob["conformance"] == pytest.approx(240 / 180)
    assert "c" not in people.index  # on leave
    assert found.adherence == pytest.approx((223 + 180) / 480)
    assert found.conformance == pytest.approx((214 + 240) / 405)
    assert found.absent == ()
    assert found.notes == ()
    assert len(found.phone["calls"]) == 3


def test_who_never_came_adhered_to_nothing() -> None:
    """Not even to the break; logged out is not there."""
    found = there(rows(
        "agent start end kind", ("a", "07:00", "12:00", "off"), ("b", "08:00", "12:00", "phone")
    ))  # fmt: skip
    assert found.absent == ("a",)
    assert found.people.iloc[0][["agent", "adherence", "conformance"]].tolist() == ["a", 0.0, 0.0]


def test_lunch_in_a_break_is_adherence_and_a_meeting_is_not() -> None:
    states = rows("agent start end kind", ("a", "10:00", "10:15", "lunch"), ("b", "08:00", "12:00", "phone"))
    assert there(states).people.set_index("agent").loc["a", "adhered_min"] == pytest.approx(15)
    states.loc[0, "kind"] = "meeting"
    assert there(states).people.set_index("agent").loc["a", "adhered_min"] == pytest.approx(0)


def test_an_agent_whom_the_plan_does_not_know_is_counted_and_told() -> None:
    found = there(rows(
        "agent start end kind", ("b", "08:00", "12:00", "phone"), ("zed", "09:00", "10:30", "phone")
    ))  # fmt: skip
    assert found.notes == ("1 agents who are not in the plan were on the phone for 1.5 h (zed): counted",)
    assert len(found.phone["calls"]) == 2


def test_with_several_queues_people_serve_what_the_plan_says_nearest() -> None:
    plan = rows(
        "agent start end activity queue",
        ("a", "08:00", "10:00", "phone", "calls"),
        ("a", "10:00", "10:30", "break", ""),
        ("a", "10:30", "12:00", "phone", "chat"),
    )
    found = there(rows(
        "agent start end kind", ("a", "07:50", "12:10", "phone"), ("zed", "08:00", "12:00", "phone")
    ), plan, ("calls", "chat"))  # fmt: skip
    ends = {queue: (part["start"].iloc[0].strftime("%H:%M"), part["end"].iloc[0].strftime("%H:%M"))
            for queue, part in found.phone.items()}  # fmt: skip
    assert ends == {"calls": ("07:50", "10:15"), "chat": ("10:15", "12:10")}
    assert "zed" in found.notes[0]
    assert "not counted" in found.notes[0]


def test_a_part_of_the_day_is_no_absence() -> None:
    with pytest.raises(InputError, match="would count as absence"):
        there(rows("agent start end kind", ("a", "08:00", "09:30", "phone")))
    with pytest.raises(InputError, match="no state of 2026-11-02"):
        presence(rows("agent start end kind", ("a", "08:00", "09:30", "phone")).iloc[:0], PLAN, DAY, queues=("calls",),
                 zone=ZONE, names=NAMES)  # fmt: skip


def test_agents_of_another_plan_are_refused() -> None:
    with pytest.raises(InputError, match="no agent of the states is in the plan"):
        there(rows("agent start end kind", ("x1", "08:00", "12:00", "phone")))


def test_a_plan_without_names_counts_heads_alone() -> None:
    states = rows("agent start end kind", ("x1", "08:00", "12:00", "phone"))
    found = presence(states, PLAN, DAY, queues=("calls",), zone=ZONE, names={})
    assert len(found.phone["calls"]) == 1
    assert found.people.empty
    assert "names nobody" in found.notes[0]
    with pytest.raises(InputError, match="names nobody"):
        presence(states, PLAN, DAY, queues=("calls", "chat"), zone=ZONE, names={})

"""Overtime as longer shift families: pauses where they were, rules as for any shift."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from tiny_day import tiny_plan

from busyhour.app.config.plan_toml import merged, parse_plan
from busyhour.app.today.overtime import Overtime, offered_minutes, overtime_of

CONTRACT = '\n[contract.all]\nshifts = ["full"]\nmax_h_week = 40\n'


def plan(more: str = CONTRACT) -> dict[str, Any]:
    """Return the plain dict of the tiny plan."""
    return tomllib.loads(tiny_plan("07:00-20:00") + more)


def test_the_same_shift_with_more_work_at_its_end_or_begin() -> None:
    """The windows of pauses stay at the same time of day; the contract may work what it may work shorter."""
    found = overtime_of(plan(), (60,))
    assert found.base == {"full+60": ("full", 0), "60+full": ("full", 60)}
    assert found.tables["contract"] == {"all": {"shifts": ["full", "full+60", "60+full"]}}
    config = parse_plan(merged(plan(), found.tables), Path("plan.toml"))
    base, late, early = (config.shift[name] for name in ("full", "full+60", "60+full"))
    assert [f.paid_min - base.paid_min for f in (late, early)] == [60, 60]
    assert (late.start_from, early.start_from) == ("08:00", "07:00")
    assert [(b.earliest_min, b.latest_min) for b in late.breaks] == [
        (b.earliest_min, b.latest_min) for b in base.breaks
    ]
    assert [b.earliest_min for b in early.breaks] == [b.earliest_min + 60 for b in base.breaks]


def test_a_family_that_a_rule_names_is_not_prolonged() -> None:
    """The rule would not hold for the longer one."""
    assert overtime_of(plan(CONTRACT + "max_shifts = { full = 3 }\n"), (60,)) == Overtime()
    assert overtime_of(plan(""), (60,)) == Overtime()


def test_overtime_of_another_day_is_known_and_not_prolonged_again() -> None:
    """What Monday's roster took may be worked on Tuesday, too; a family that only has such a name stays."""
    monday = overtime_of(plan(), (30, 60), {"full+60"}, "monday")
    assert list(monday.base) == ["full+60"]
    assert monday.tables["shift"]["full+60"]["days"] == ["monday"]
    tuesday = overtime_of(merged(plan(), monday.tables), (30, 60), {"full+60"}, "tuesday")
    assert tuesday.tables["shift"]["full+60"]["days"] == ["monday", "tuesday"]
    assert tuesday.tables["contract"]["all"]["shifts"] == ["full", "full+60"]
    other = merged(plan(), {"shift": {"full+60": {**plan()["shift"]["full"], "paid_min": 300}}})
    assert "full+60" not in overtime_of(other, (60,)).base


@pytest.mark.parametrize(("start", "to", "begins"), [("00:00", "00:00", None), ("00:00", "02:00", "00:00")])
def test_nobody_comes_the_day_before(start: str, to: str, begins: str | None) -> None:
    """A shift that begins at midnight has no earlier begin."""
    there = plan()
    there["shift"]["full"] |= {"start_from": start, "start_to": to, "step_min": 60}
    early = overtime_of(there, (60,)).tables["shift"].get("60+full")
    assert (None if early is None else early["start_from"]) == begins


def test_minutes_that_are_offered() -> None:
    """In half-hours up to the most."""
    assert offered_minutes(0) == ()
    assert offered_minutes(75) == (30, 60)

"""The contract's period within a day: known calls are counted, the rest is simulated, the sum is the period."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_day import TUESDAY, WEEK, live, tiny_week

from busyhour.app.today.contract_period import period_told
from busyhour.app.today.look import DayLooker, TodayLook, TodayOptions
from busyhour.forecast.progress import Watch
from busyhour.schedule.contracts.contract import Contract
from busyhour.schedule.contracts.goal import Goal

COLUMNS = ("start", "offered", "answered", "answered_in", "within_s", "handle_s")


def contract(level: float = 0.8) -> Contract:
    """Return a contract of one weekly goal."""
    goal = Goal("service", "service_level", level, definition="offered", within_s=20, unit="month")
    return Contract("Desk", ("sales",), (goal,), zone="Europe/Berlin")


def look(place: Path, *, columns: tuple[str, ...] = COLUMNS, monday: bool = True) -> TodayLook:
    """Look at Tuesday noon with Monday's file beside."""
    files = [live(place / "tuesday.csv", "12:00", TUESDAY, columns=columns)]
    if monday:
        files.append(live(place / "monday.csv", "16:00", WEEK, columns=columns))
    return DayLooker(tiny_week(place), TodayOptions(tuple(files), now="2026-10-20T12:00")).look(Watch())


def test_what_is_known_is_counted_and_the_rest_simulated(tmp_path: Path) -> None:
    """24 half-hours of thirty calls, nine in ten in time; eight more half-hours to come."""
    found = period_told(contract(), look(tmp_path), 1, Watch())
    (goal,) = found["goals"]
    assert (goal["numerator"], goal["denominator"]) == (24 * 27.0, 24 * 30.0)
    assert goal["so_far"] == pytest.approx(0.9)
    assert 0.88 < goal["figure_low"] <= goal["figure_high"] < 0.97
    assert goal["probability"] == 1.0
    assert found["period"] == "2026-10"
    assert "2026-10-26" in found["unplanned"]
    assert "2026-10-21" not in found["unplanned"]
    assert any("days of the period that the plan does not cover are left out" in line for line in found["lines"])


def test_a_level_out_of_reach(tmp_path: Path) -> None:
    """Nobody can mend nine in ten to 99 in a hundred."""
    (goal,) = period_told(contract(0.99), look(tmp_path), 1, Watch())["goals"]
    assert goal["probability"] == 0.0


def test_the_first_day_of_a_period_needs_no_day_before(tmp_path: Path) -> None:
    """Today's complete intervals are enough."""
    (goal,) = period_told(contract(), look(tmp_path, monday=False), 1, Watch())["goals"]
    assert (goal["numerator"], goal["denominator"]) == (8 * 27.0, 8 * 30.0)


def test_calls_that_do_not_tell_what_the_goal_counts(tmp_path: Path) -> None:
    """The period is not guessed."""
    found = period_told(contract(), look(tmp_path, columns=("start", "offered")), 1, Watch())
    assert "goals" not in found
    assert found["lines"][0].startswith("the contract's period cannot be told")

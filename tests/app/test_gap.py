"""The gap: reached or not, and words that never say otherwise."""

from __future__ import annotations

import pytest

from busyhour.app.gap import gap_in_units, gap_told, is_reached, shortfall, stopped_by
from busyhour.schedule.optimise.status import Solved, Status, Stop


@pytest.mark.parametrize(
    ("status", "gap", "asked", "reached"),
    [("feasible", 0.01, 0.01, True), ("feasible", 0.0104, 0.01, False), ("feasible", 0.010002, 0.01, False),
     ("feasible", 0.0100005, 0.01, True), ("feasible", None, 0.5, False), ("optimal", 5e-7, 0.0, True),
     ("optimal", None, 0.0, True)],
)  # fmt: skip
def test_a_gap_is_reached_or_not_whatever_rounding_says(
    status: str, gap: float | None, asked: float, reached: bool
) -> None:
    assert is_reached(status, gap, asked) == reached


@pytest.mark.parametrize("asked", [0.0, 0.0001, 0.0005, 0.001, 0.00123, 0.005, 0.01, 0.02, 0.05, 0.3])
def test_what_is_told_lies_on_the_side_of_the_asked_gap_where_the_gap_lies(asked: float) -> None:
    for off in (-0.004, -1e-5, 0.0, 5e-7, 2e-6, 1e-5, 0.0004, 0.004, 0.7):
        gap = asked + off
        if gap >= 0:
            told = float(gap_told(gap, asked).removesuffix(" %")) / 100
            assert (told <= asked + 1e-12) == is_reached("feasible", gap, asked), (gap, asked, told)
            assert told >= gap - 1e-6


def test_a_gap_is_rounded_up_and_a_proven_one_is_none() -> None:
    assert [gap_told(g) for g in (0.0, 5e-7, 0.00001, 0.01234, 11.2, None)] == [
        "0.00 %", "0.00 %", "0.01 %", "1.24 %", "1,120.00 %", "–",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cost", "bound", "status", "found", "told"),
    [(102.0, 100.0, Status.FEASIBLE, None, Stop.TIME), (102.0, 100.0, Status.FEASIBLE, Stop.GAP, Stop.TIME),
     (102.0, None, Status.FEASIBLE, None, Stop.TIME), (102.0, 100.0, Status.FEASIBLE, Stop.USER, Stop.USER),
     (101.0, 100.0, Status.FEASIBLE, Stop.GAP, Stop.GAP), (101.0, 100.0, Status.FEASIBLE, Stop.TIME, Stop.TIME),
     (100.0, 100.0, Status.OPTIMAL, None, None), (0.0, 0.0, Status.OPTIMAL, None, None)],
)  # fmt: skip
def test_a_plan_whose_gap_is_open_always_says_what_ended_the_search(
    cost: float, bound: float | None, status: Status, found: Stop | None, told: Stop | None
) -> None:
    assert stopped_by(Solved(status, cost, bound, found), 0.01) == told


OPEN = {
    "status": "feasible", "stopped": "time", "cost": 1030.0, "bound": 1000.0, "gap": 0.03, "asked_gap": 0.01,
    "gap_in_slots": 2.04, "grid_min": 15, "currency": "EUR", "goal_basis": "day", "below_floor_agent_hours": 1.5,
    "under_agent_hours": 9.0,
}  # fmt: skip


def test_an_open_gap_is_told_in_per_cent_money_and_missing_slots() -> None:
    assert shortfall(OPEN) == (
        "the asked gap of 1 % is not reached: 3.00 % is proven (30 EUR or 2.1 missing quarter-hours); time was up"
    )
    assert gap_in_units(OPEN | {"below_floor_agent_hours": 0.0}) == "30 EUR"  # nobody is short of a floor
    assert gap_in_units(OPEN | {"below_floor_agent_hours": 0.0, "goal_basis": "day/interval"}).endswith("hours")
    assert gap_in_units(OPEN | {"cost": None, "bound": None}) == "2.1 missing quarter-hours"  # without money
    assert shortfall(OPEN | {"gap": None, "bound": None, "gap_in_slots": None}).endswith(
        "no bound is known; time was up"
    )


def test_a_gap_that_is_reached_and_a_run_that_does_not_tell_say_nothing() -> None:
    assert shortfall(OPEN | {"gap": 0.01}) == ""
    assert shortfall({"gap": 0.3}) == ""
    assert gap_in_units({"gap": 0.0, "cost": 5.0, "bound": 5.0}) == ""

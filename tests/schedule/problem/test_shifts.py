"""Shifts of a week: over its end only into open hours, and what a clock change does to their starts."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.errors import InputError
from busyhour.forecast.queueing import ServiceGoal
from busyhour.schedule.problem.costs import Costs
from busyhour.schedule.problem.horizon import Horizon
from busyhour.schedule.problem.problem import Demand, ScheduleProblem
from busyhour.schedule.problem.shift_families import Break, ShiftFamily
from busyhour.schedule.problem.shifts import shifts_of_week, skipped_starts
from busyhour.schedule.rules.rules import Rules

LATE = ShiftFamily("late", 360, "20:00", "20:00", step_min=60)
SPRING = Grid(dt.date(2027, 3, 22), 7, 30, "Europe/Berlin")


def problem_of(days: int = 7, cyclic: bool = False, **after: list[bool]) -> ScheduleProblem:
    """Return two queues that are open round the clock, and afterwards as told per slot of an hour."""
    grid = Grid(dt.date(2026, 11, 16), days, 60)
    always, none = np.ones(len(grid), dtype=bool), np.zeros(len(grid))
    goal = ServiceGoal(0.8, 20.0, basis="interval")
    demands = tuple(Demand(q, goal, always, none, none.astype(np.int64), none) for q in ("calls", "mail"))
    told = {queue: np.array(slots) for queue, slots in after.items()}
    return ScheduleProblem(Horizon(grid), demands, {"late": LATE}, {}, (), Rules(), Costs(), cyclic, open_after=told)


def starts_of(problem: ScheduleProblem) -> list[int]:
    return [s.day for s in problem.shifts]


def test_the_last_shift_runs_into_the_next_week_only_while_a_queue_is_open() -> None:
    assert starts_of(problem_of(2)) == [0, 1]  # nothing is known of the days after: they go on as the last slot
    assert starts_of(problem_of(2, calls=[True] * 2, mail=[False] * 2)) == [0, 1]
    assert starts_of(problem_of(2, calls=[True] * 1, mail=[True] * 1)) == [0]
    assert starts_of(problem_of(2, calls=[True, False], mail=[False, True])) == [0, 1]  # its people change queues
    assert starts_of(problem_of(2, cyclic=True, calls=[False], mail=[False])) == [0, 1]


def test_reach_is_per_queue() -> None:
    reach = problem_of(2, calls=[True, False, True], mail=[False] * 9).reach
    assert reach.shape == (2, 48 + 6)
    assert reach[0, 48:].tolist() == [True, False, True, False, False, False]
    assert not reach[1, 48:].any()


def test_starts_that_the_clock_skips_are_known() -> None:
    families = {"early": ShiftFamily("early", 180, "01:30", "03:00"), "day": ShiftFamily("day", 480, "06:00", "09:00")}
    opened = np.ones(len(SPRING) + 48, dtype=bool)
    sunday = dt.date(2027, 3, 28)
    assert skipped_starts(families, SPRING, opened) == {sunday: [(120, "early"), (150, "early")]}
    early = [s.pattern for s in shifts_of_week(families, SPRING, opened) if s.date == sunday and s.family == "early"]
    assert early == ["early@0130", "early@0300"]
    closed = opened.copy()
    closed[SPRING.day_slices[6]] = False
    assert skipped_starts(families, SPRING, closed) == {}


def test_a_start_in_the_repeated_hour_is_planned_once() -> None:
    grid = Grid(dt.date(2026, 10, 19), 7, 30, "Europe/Berlin")
    early = ShiftFamily("early", 180, "02:00", "02:00")
    *_, last = shifts_of_week([early], grid, np.ones(len(grid), dtype=bool))
    assert str(grid.time(last.start)) == "2026-10-25 02:00:00+02:00"
    assert str(grid.time(last.end)) == "2026-10-25 04:00:00+01:00"


def test_a_day_that_the_clock_skips_has_no_shift() -> None:
    """Apia had no 30 December 2011; a window past midnight does not bring one from it into the day after."""
    grid = Grid(dt.date(2011, 12, 26), 7, 30, "Pacific/Apia")
    assert len(grid) == 6 * 48
    assert [part.stop - part.start for part in grid.day_slices] == [48] * 4 + [0] + [48] * 2
    late = ShiftFamily("late", 60, "20:00", "24:30", step_min=270)
    days = {s.date.day for s in shifts_of_week([late], grid, np.ones(len(grid) + 48, dtype=bool))}
    assert days == {26, 27, 28, 29, 31, 1}


def test_an_unpaid_break_is_no_longer_than_the_paid_time() -> None:
    def family(minutes: int) -> ShiftFamily:
        return ShiftFamily("split", 240, "07:00", "07:00", breaks=(Break(minutes, 120, 120, "lunch", paid=False),))

    assert family(240).length_min == 480
    with pytest.raises(InputError, match=r"unpaid break lasts longer than the shift's paid time \(got 255\)"):
        family(255)


def test_starts_that_span_a_day_are_refused():
    """Such a start would count on two days."""
    ShiftFamily("any", 240, "00:00", "23:30", step_min=30)
    with pytest.raises(InputError, match="starts span a day or more"):
        ShiftFamily("any", 240, "00:00", "24:00", step_min=30)


@pytest.mark.parametrize(
    ("family", "key"),
    [
        (ShiftFamily("x", 240, "08:00", "09:00", step_min=20), "step_min"),
        (ShiftFamily("x", 240, "08:10", "08:40"), "start_from"),
        (ShiftFamily("x", 250, "08:00", "08:30"), "paid_min"),
    ],
)
def test_a_time_off_the_grid_names_its_key(family: ShiftFamily, key: str) -> None:
    grid = Grid(dt.date(2026, 10, 19), 7, 15)
    with pytest.raises(InputError, match=rf"shift\.x\.{key}: not on the 15-minute grid"):
        shifts_of_week([family], grid, np.ones(len(grid), dtype=bool))

"""What open heads leave short: exact for one head, never too much for several."""

import datetime as dt
import itertools
from dataclasses import replace

import numpy as np
import pytest

from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.queueing.goal.targets import ServiceGoal
from busyhour.schedule.price.absence import Absence
from busyhour.schedule.price.shortfall import shortfall
from busyhour.schedule.problem.costs import Costs
from busyhour.schedule.problem.heads import heads_planned
from busyhour.schedule.problem.horizon import Horizon
from busyhour.schedule.problem.problem import Demand, ScheduleProblem
from busyhour.schedule.problem.shifts import PlannedShift, Shift
from busyhour.schedule.rules.rules import Rules

GRID = Grid(dt.date(2026, 10, 19), 1, 60)
COSTS = Costs(lost_call=7.0, under_h=40.0)


def head(start: int, length: int, lunch: int | None = None) -> PlannedShift:
    breaks = () if lunch is None else ((1, length - 2, 1, "lunch"),)
    shift = Shift(f"s@{start:02d}00", "s", GRID.first_date, 0, start, length, 60 * length, breaks)
    return PlannedShift(shift, () if lunch is None else (lunch,), "calls")


def pooled(level: float) -> ScheduleProblem:
    """A day goal on 08:00-18:00 whose curve rises by ever less, with a floor of one head."""
    is_open = (np.arange(24) >= 8) & (np.arange(24) < 18)
    answered = 10.0 * (1.0 - 0.5 ** np.arange(8))
    gain = np.where(is_open[:, None], answered - level * 10.0, 0.0)
    demand = Demand(
        "calls", ServiceGoal(level, 20), is_open, 2.0 * is_open, 1 * is_open, 10.0 * is_open, gain,
        (np.flatnonzero(is_open),), (0.0,),
    )  # fmt: skip
    return ScheduleProblem(Horizon(GRID), (demand,), {}, {}, (), Rules(), COSTS)


def by_interval() -> ScheduleProblem:
    is_open = (np.arange(24) >= 8) & (np.arange(24) < 18)
    need = np.where(is_open, 1.5, 0.0)
    demand = Demand("calls", ServiceGoal(0.8, 20, basis="interval"), is_open, need, np.ceil(need).astype(int), need)
    return ScheduleProblem(Horizon(GRID), (demand,), {}, {}, (), Rules(), COSTS)


PLANNED = (head(8, 5, 2), head(8, 10), head(10, 6, 3), head(13, 5), head(12, 4))


@pytest.mark.parametrize("problem", [pooled(0.5), pooled(0.7), pooled(0.9), by_interval()])
def test_prices_of_open_heads(problem: ScheduleProblem) -> None:
    absence = Absence.of(problem, PLANNED)

    def short(heads: tuple[PlannedShift, ...]) -> float:
        return sum(shortfall(heads_planned(problem, heads), problem).values())

    whole = short(PLANNED)
    for size in (1, 2, 3):
        for gone in itertools.combinations(range(len(PLANNED)), size):
            left = tuple(p for i, p in enumerate(PLANNED) if i not in gone)
            told = sum(absence.price(PLANNED[i]) for i in gone)
            more = short(left) - whole
            assert told <= more + 1e-9
            if size == 1:
                assert told == pytest.approx(more)


def test_a_curve_that_falls_never_makes_the_bound_too_high() -> None:
    """Counted out of the answered, more heads can lose calls: the ceiling is what the bound rests on."""
    problem = pooled(0.7)
    (d,) = problem.demands
    falls = np.where(d.open[:, None], -7.0 * np.arange(8), 0.0)
    problem = replace(problem, demands=(replace(d, gain=falls),))
    absence, heads = Absence.of(problem, PLANNED), heads_planned(problem, PLANNED)
    least = sum(shortfall(heads, problem, at_least=True).values())
    for gone in itertools.combinations(range(len(PLANNED)), 2):
        left = tuple(p for i, p in enumerate(PLANNED) if i not in gone)
        true = sum(shortfall(heads_planned(problem, left), problem).values())
        assert least + sum(absence.price(PLANNED[i]) for i in gone) <= true + 1e-9


def test_a_goal_that_hardly_holds_makes_open_heads_dear() -> None:
    loose, tight = (Absence.of(pooled(level), PLANNED) for level in (0.5, 0.9))
    assert sum(map(loose.price, PLANNED)) < sum(map(tight.price, PLANNED))

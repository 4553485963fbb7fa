"""One person's cheapest days: the table against enumeration, and the bounds that it proves."""

from __future__ import annotations

import numpy as np
import pytest

from busyhour.forecast.errors import InputError
from busyhour.forecast.progress import Watch
from busyhour.schedule.periods.best_row import FREE, best_rows
from busyhour.schedule.periods.columns import generate
from busyhour.schedule.periods.dual import dual_ascent
from busyhour.schedule.periods.patch import Patch, RowPool
from busyhour.schedule.periods.problem import PeriodProblem, PeriodRoster, ShiftType
from busyhour.schedule.periods.tables import OFF, CompiledPeriod, PeriodTables

pytestmark = pytest.mark.slow  # compiling the kernels takes most of the seconds

DAYS = 6
SEEDS = range(8)


def _row(problem: PeriodProblem, roster: PeriodRoster) -> np.ndarray:
    """Return a roster of one person as shift types per day."""
    names = [s.name for s in problem.shifts]
    row = np.full(problem.days, OFF)
    for (_, day), shift in roster.items():
        row[day] = names.index(shift)
    return row


def _cost(t: PeriodTables, person: int, row: np.ndarray, price: np.ndarray) -> float:
    """Return wishes − prices of a row."""
    cells = (np.arange(len(row)) * len(t.units) + row)[row >= 0]
    return float((t.wish[person, cells] - price[cells]).sum())


def _nobody(frame: CompiledPeriod) -> tuple[np.ndarray, np.ndarray]:
    """Return the empty roster and nothing fixed."""
    empty = np.full((len(frame.tables.least), frame.days), OFF)
    return empty, np.full_like(empty, FREE)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_cheapest_row_is_the_cheapest_of_all(seed, tiny, legal_rows):
    problem = tiny(seed)
    frame, price = CompiledPeriod.of(problem), 4 * np.random.default_rng(seed).normal(size=DAYS * 2)
    empty, free = _nobody(frame)
    rows, costs, bounds = best_rows(frame.tables, np.arange(2), empty, 0, DAYS, price, free, 40)
    for p, person in enumerate(problem.people):
        legal = [_row(problem, r) for r in legal_rows(problem, person)]
        best = min(_cost(frame.tables, p, row, price) for row in legal)
        assert bounds[p] - 1e-9 <= best <= costs[p] + 1e-9
        assert any((row == rows[p]).all() for row in legal)
        assert _cost(frame.tables, p, rows[p], price) == pytest.approx(costs[p])
        if (frame.tables.caps[p] >= [4, 3]).all():
            assert costs[p] == pytest.approx(best)


@pytest.mark.parametrize("seed", SEEDS)
def test_cheapest_part_leaves_the_other_days_and_is_the_cheapest_of_those(seed, tiny, legal_rows):
    problem, rng = tiny(seed), np.random.default_rng(seed)
    frame, price = CompiledPeriod.of(problem), 4 * rng.normal(size=DAYS * 2)
    empty, free = _nobody(frame)
    for p, person in enumerate(problem.people):
        legal = [_row(problem, r) for r in legal_rows(problem, person)]
        now = legal[rng.integers(len(legal))]
        chosen = empty.copy()
        chosen[p] = now
        rows, costs, bounds = best_rows(frame.tables, np.array([p]), chosen, 2, 5, price, free, 40)
        same = [r for r in legal if (r[:2] == now[:2]).all() and (r[5:] == now[5:]).all()]
        outside = _cost(frame.tables, p, np.where(np.isin(np.arange(DAYS), [2, 3, 4]), OFF, now), price)
        best = min(_cost(frame.tables, p, r, price) for r in same) - outside
        assert any((r == rows[0]).all() for r in same)
        assert bounds[0] - 1e-9 <= best <= costs[0] + 1e-9


@pytest.mark.parametrize("seed", SEEDS)
def test_bounds_stay_below_the_optimum_and_the_master_between(seed, tiny, optimum):
    problem = tiny(seed)
    frame, watch, best = CompiledPeriod.of(problem), Watch(), optimum(problem)
    start = np.full(DAYS * 2, 5.0)
    assert dual_ascent(frame, watch, rounds=40, until_s=np.inf, start=start, upper=best).bound <= best + 1e-9
    empty, free = _nobody(frame)
    rows, _, _ = best_rows(frame.tables, np.arange(2), empty, 0, DAYS, np.zeros(DAYS * 2), free, 40)
    pool = RowPool(frame, rows, Patch(np.arange(2), 0, DAYS), watch, 1)
    found = generate(pool, free, watch, rounds=50, near=1e-6)
    assert found is not None
    assert found.bound <= min(best, found.point.value + pool.constant) + 1e-6


def test_what_is_fixed_stays(tiny):
    problem = tiny(3)
    frame = CompiledPeriod.of(problem)
    empty, free = _nobody(frame)
    free[0, 2] = OFF
    rows, _, _ = best_rows(frame.tables, np.arange(2), empty, 0, DAYS, np.full(DAYS * 2, 9.0), free, 8)
    assert rows[0, 2] == OFF


def test_successions_that_are_no_chain_are_refused(tiny):
    problem = tiny(1)
    early = ShiftType("E", 480, frozenset({"L"}))
    with pytest.raises(InputError, match="shift E may follow E but not L, L may follow L but not E: what may not"):
        CompiledPeriod.of(PeriodProblem(DAYS, (early, problem.shifts[1]), problem.people, problem.needs))

"""Raising a bound: against maxima by linear programme, in the box, and what a stop leaves."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog

from busyhour.forecast.progress import Watch
from busyhour.schedule.optimise.ascent import Ascent, ascend

SIZE, PLANES = 4, 12


def _planes(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return planes whose least is the bound: a constant each, shape (K,), and slopes, shape (K, N)."""
    rng = np.random.default_rng(seed)
    return rng.uniform(5.0, 10.0, PLANES), rng.normal(size=(PLANES, SIZE))


@pytest.mark.parametrize("seed", range(8))
def test_it_comes_near_the_highest_bound_and_never_above_it(seed):
    constant, slope = _planes(seed)
    columns = np.hstack([-slope, np.ones((PLANES, 1))])
    whole = linprog([0.0] * SIZE + [-1.0], columns, constant, bounds=[(-1.0, 1.0)] * SIZE + [(None, None)])
    seen = []

    def evaluate(at: np.ndarray) -> tuple[float, np.ndarray]:
        seen.append(at)
        value = constant + slope @ at
        return float(value.min()), slope[value.argmin()]

    found = ascend(
        evaluate, np.full(SIZE, 9.0), -np.ones(SIZE), np.ones(SIZE), Watch(), best=1.05 * -whole.fun, stage="test"
    )
    assert -whole.fun - 0.03 * abs(whole.fun) <= found.bound <= -whole.fun + 1e-9
    assert evaluate(found.at)[0] == found.bound
    assert np.abs(seen).max() <= 1.0


@pytest.mark.parametrize("known", [0, 1, 5])
def test_a_stop_keeps_what_was_proven_until_then(known):
    constant, slope = _planes(1)
    bounds: list[float] = []

    def evaluate(at: np.ndarray) -> tuple[float, np.ndarray] | None:
        if len(bounds) == known:
            return None
        value = constant + slope @ at
        bounds.append(float(value.min()))
        return bounds[-1], slope[value.argmin()]

    found: Ascent = ascend(
        evaluate, np.zeros(SIZE), -np.ones(SIZE), np.ones(SIZE), Watch(), best=10.0, stage="test", most=50
    )
    assert found.bound == max(bounds, default=-np.inf)
    assert found.rounds == max(0, known - 1)


def test_after_a_shorter_step_it_goes_on_from_the_best_prices_with_their_own_slope():
    """A bound that is never better than the first: each restart asks the same way from there, by shorter steps."""
    seen: list[np.ndarray] = []

    def evaluate(at: np.ndarray) -> tuple[float, np.ndarray]:
        seen.append(at)
        return (1.0, np.array([1.0, 0.0])) if len(seen) == 1 else (0.0, np.array([0.0, 1.0]))

    ascend(evaluate, np.zeros(2), np.full(2, -1e6), np.full(2, 1e6), Watch(), best=2.0, stage="test")
    again = [at for at in seen[1:] if at[1] == 0.0]
    assert len(again) > 5
    assert all(at[0] == pytest.approx(0.3 * 0.6**i) for i, at in enumerate(again))

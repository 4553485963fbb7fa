"""Whether the plan's promise is looked at on calls that it was not made for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hiring_outcome import small_plan

from busyhour.app.hiring.promise import broken, mean_interval
from busyhour.schedule.hiring.simulate import Simulated


def simulated(cost: float, met: np.ndarray) -> Simulated:
    paths = cost + 1000.0 * np.linspace(-1.0, 1.0, 100)
    near = np.stack([met - 0.02, met + 0.02])
    return Simulated(paths, paths, met, near, np.zeros(met.shape), np.zeros((3, *met.shape)))


def test_a_kept_promise_is_not_told() -> None:
    problem, plan = small_plan()
    assert broken(problem, plan, simulated(plan.total, plan.groups["desk"].probability[None])) == []


def test_a_cost_and_a_chance_that_are_not_borne_out_are_told() -> None:
    problem, plan = small_plan()
    desk = replace(plan.groups["desk"], probability=np.array([0.9, 0.9, 0.9, 0.9, 0.9, 0.9]))
    plan = replace(plan, groups={"desk": desk})
    met = np.array([[0.9, 0.9, 0.3, 0.9, 0.85, 0.9]])
    notes = broken(problem, plan, simulated(1.05 * plan.total, met))
    assert notes[0].startswith(f"the plan's cost of {plan.total:,.0f} is not borne out")
    assert notes[1].endswith("in 1 of 6 months; desk 2026-12: 90% by the plan, 30% simulated")
    assert len(broken(problem, plan, simulated(1.005 * plan.total, met))) == 1  # within 1 %


def test_the_interval_of_a_mean_narrows_with_its_values() -> None:
    low, high = mean_interval(np.array([1.0, 3.0] * 50))
    assert (low + high) / 2 == pytest.approx(2.0)
    assert high - low == pytest.approx(2 * 1.96 * np.std([1.0, 3.0] * 50, ddof=1) / 10)

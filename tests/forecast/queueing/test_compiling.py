"""Kernels give the same answers compiled and as they stand, and nothing heavy is loaded for few cases."""

import subprocess
import sys

import numpy as np
import pytest

from busyhour.forecast.queueing import ServiceGoal
from busyhour.forecast.queueing.compiling import FEW, Kernel
from busyhour.forecast.queueing.formulas.erlang import inverses
from busyhour.forecast.queueing.formulas.finite import evaluate
from busyhour.forecast.queueing.goal.meeting import bounds_of, smallest_of_each, thresholds

RNG = np.random.default_rng(5)
COUNT = 200


def law(low, high):
    return np.exp(RNG.uniform(np.log(low), np.log(high), COUNT))


@pytest.mark.slow
def test_measures_are_the_same():
    a = law(0.01, 900)
    n = np.floor(a * RNG.uniform(0, 2, COUNT))
    theta = np.where(RNG.random(COUNT) < 0.2, 0.0, law(1e-4, 500))
    theta[:3] = np.inf
    places = np.where(RNG.random(COUNT) < 0.5, np.inf, np.floor(law(1, 60)))
    t = np.where(RNG.random(COUNT) < 0.1, np.inf, law(1e-3, 50))
    cases = (n, a, theta, t, t / 3, places)
    np.testing.assert_allclose(evaluate.plain(*cases), evaluate.compiled(*cases), rtol=1e-11, atol=1e-14)
    np.testing.assert_allclose(inverses.plain(n, a), inverses.compiled(n, a), rtol=1e-14)


@pytest.mark.slow
def test_requirements_are_the_same():
    a, theta, h = law(0.01, 300), law(0.01, 10), law(30, 900)
    places = np.full(COUNT, np.inf)
    for goal in (ServiceGoal(0.8, 20), ServiceGoal(0.7, 20, "excl_short", max_occupancy=0.9)):
        cases = (a, theta, places, h, bounds_of(goal))
        np.testing.assert_array_equal(smallest_of_each.plain(*cases, False), smallest_of_each.compiled(*cases, False))
        table = (40.0, 0.5, np.inf, 180.0, bounds_of(goal))
        np.testing.assert_allclose(thresholds.plain(*table), thresholds.compiled(*table), rtol=1e-11)


def test_the_way_depends_on_nothing_but_the_number_of_cases():
    kernel = Kernel(lambda x: x)
    kernel.__dict__["compiled"] = "compiled"
    assert kernel.suited(FEW) is kernel.plain
    assert kernel.suited(FEW + 1) == "compiled"
    assert kernel.suited(1) is kernel.plain


def test_a_first_answer_loads_nothing_heavy():
    code = (
        "import sys; from busyhour.forecast.queueing import required_agents, performance, ServiceGoal, AgentsTable;"
        "print(required_agents('erlang_a', [10.0, 12.0], 180, 300, ServiceGoal(.8, 20)),"
        " [m for m in ('numba', 'pandas', 'scipy') if m in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "[13 15] []"

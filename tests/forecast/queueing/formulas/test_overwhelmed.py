"""Queues with far too few agents: their measures in closed form."""

import math

import numpy as np
import pytest

from busyhour.forecast.queueing.curve import making
from busyhour.forecast.queueing.curve.making import mixture
from busyhour.forecast.queueing.formulas.abandonment import endless, limit, overwhelmed
from busyhour.forecast.queueing.formulas.erlang import inverse_b


@pytest.mark.parametrize(("n", "a", "theta", "t_in"), [
    (1.0, 90.0, 0.5, 0.1), (20.0, 200.0, 2.0, 0.08), (700.0, 1500.0, 1.0, 0.1), (300.0, 340.0, 0.01, 0.1),
    (900.0, 1000.0, 2.4e-5, 0.0),
])  # fmt: skip
def test_overwhelmed_queues_are_told_by_their_limit(n, a, theta, t_in):
    assert overwhelmed(n, a * math.exp(-theta * t_in), theta)
    exact = endless(n, inverse_b(n, a), a, theta, t_in, 0.02)
    assert limit(n, a, theta, t_in, 0.02) == pytest.approx(exact, rel=1e-11, abs=1e-13)


def test_the_limit_is_left_before_it_misses_a_call():
    """Just where the bound holds, the limit is right; a little nearer to the load it is not taken."""
    a, theta, t_in = 200.0, 2.0, 0.08
    rest = a * math.exp(-theta * t_in)
    last = max(n for n in range(1, 200) if overwhelmed(float(n), rest, theta))
    assert 1 < last < rest - 1
    exact = endless(float(last), inverse_b(float(last), a), a, theta, t_in, 0.02)
    assert limit(float(last), a, theta, t_in, 0.02) == pytest.approx(exact, rel=1e-11, abs=1e-13)
    assert not any(overwhelmed(float(n), rest, theta) for n in range(last + 1, 400))


def test_few_queues_are_never_told_by_the_limit():
    """The same digits as ever for common inputs: only curves of millions of queues take the limit."""
    assert making._MANY > 7 * 48 * 9 * 1_000  # half-hours of a week, nodes, a thousand agents
    a, ones = np.array([[60.0, 80.0]]), np.ones(1)
    inputs = (a, np.full((1, 2), 0.5), 2.0 * ones, 0.08 * ones, 0.02 * ones, 90)
    np.testing.assert_allclose(mixture(*inputs, True), mixture(*inputs, False), rtol=1e-11, atol=1e-13)

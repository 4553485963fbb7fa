"""Trends of figures, with their intervals."""

from __future__ import annotations

import numpy as np
import pytest

from busyhour.schedule.contracts.trend import trend


def test_a_line_is_found() -> None:
    """Equal weights give the slope of least squares; the error is that of the figures."""
    found = trend([0, 1, 2, 3], [0.1, 0.2, 0.3, 0.4], [0.0, 0.1, 0.2, 0.3], [0.2, 0.3, 0.4, 0.5])
    assert found is not None
    assert found.change == pytest.approx(0.1)
    assert found.high - found.change == pytest.approx(0.1 / np.sqrt(5))
    assert found.told
    assert found.periods == 4


def test_figures_off_the_line_widen_the_interval() -> None:
    """Figures that lie farther from the line than their intervals say make the change less sure."""
    calm = trend([0, 1, 2, 3], [0.10, 0.11, 0.12, 0.13], [0.09, 0.10, 0.11, 0.12], [0.11, 0.12, 0.13, 0.14])
    wild = trend([0, 1, 2, 3], [0.10, 0.21, 0.02, 0.13], [0.09, 0.20, 0.01, 0.12], [0.11, 0.22, 0.03, 0.14])
    assert calm is not None
    assert wild is not None
    assert calm.told
    assert not wild.told
    assert wild.high - wild.low > 5 * (calm.high - calm.low)


def test_unknown_figures_and_few_periods() -> None:
    """A period without an interval does not count; two periods are no trend."""
    nan = float("nan")
    assert trend([0, 1, 2], [0.1, nan, 0.3], [0.0, nan, 0.2], [0.2, nan, 0.4]) is None
    gap = trend([0, 2, 4], [0.1, 0.3, 0.5], [0.0, 0.2, 0.4], [0.2, 0.4, 0.6])
    assert gap is not None
    assert gap.change == pytest.approx(0.1)


@pytest.mark.parametrize("periods", [3, 6])
def test_the_interval_holds_no_change_where_periods_scatter_more_than_their_intervals_say(periods: int) -> None:
    rng = np.random.default_rng(4)
    told = 0
    for _ in range(1000):
        values = 0.8 + rng.normal(0, 0.03, periods)
        found = trend(range(periods), values, values - 0.0196, values + 0.0196)
        assert found is not None
        told += found.told
    assert told <= 70  # 5 % of 1,000, and three standard errors

"""Handle times of a running day: little is learnt from few calls, nearly all from many."""

from __future__ import annotations

import numpy as np
import pytest

from busyhour.forecast.handle_time.running_day import HandleUpdateParams, handle_factor


def factor(calls: float, intervals: int = 4, ratio: float = 1.1) -> float:
    """Return the factor after some half-hours of calls that took `ratio` times as long as forecast."""
    came, planned = np.full(intervals, 240.0 * ratio), np.full(intervals, 240.0)
    return handle_factor(came, np.full(intervals, calls), planned, 1.0, 30)


def test_few_calls_teach_little_and_many_much() -> None:
    """The factor goes from 1 toward the ratio."""
    few, some, many = factor(2), factor(50), factor(2000)
    assert 1.0 < few < some < many < 1.1
    assert few < 1.01
    assert factor(2000, 28) > many


def test_the_weight_by_hand() -> None:
    """Day variance 0.0025, noise 1 / 200 + 0.0025 / 2: weight 0.0025 / 0.00875."""
    assert factor(50) == pytest.approx(1.0 + 0.1 * 0.0025 / 0.00875)


def test_nothing_known_changes_nothing() -> None:
    """Without handle times the forecast stands."""
    nothing = np.full(3, np.nan)
    assert handle_factor(nothing, np.full(3, 9.0), np.full(3, 240.0), 1.0, 30) == 1.0
    assert handle_factor(np.full(3, 300.0), np.zeros(3), np.full(3, 240.0), 1.0, 30) == 1.0


def test_params_are_checked() -> None:
    """A standard deviation of zero would learn nothing, for ever."""
    with pytest.raises(ValueError, match="day_sd"):
        HandleUpdateParams(day_sd=0.0)

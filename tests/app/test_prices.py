"""A bonus that is not earned is told apart from prices, and sums stay."""

from __future__ import annotations

import pytest

from busyhour.app.prices import bonus_not_earned, price_lines


@pytest.mark.parametrize("part", ["ladder", "lost_calls_and_under"])
def test_a_bonus_not_earned_is_no_bill(part: str) -> None:
    """Top of the ladder 500, expected −400: price 900, of which 400 are a bill."""
    told = {"cost_prices_parts": {"under": 7.0, part: 900.0}, "goal_periods": [{"bonus_missed": 500.0}]}
    lines = price_lines(told)
    assert lines[f"Price: {part.replace('_', ' ')}"] == 400.0
    assert lines["Price: bonus not earned (no bill)"] == 500.0
    assert sum(lines.values()) == 907.0


def test_without_a_ladder_prices_stand_as_they_are() -> None:
    assert bonus_not_earned({}) == 0.0
    assert price_lines({"cost_prices_parts": {"under": 7.0, "lost_call": None}}) == {
        "Price: under": 7.0,
        "Price: lost call": None,
    }

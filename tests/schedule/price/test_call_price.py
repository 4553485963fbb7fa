"""What a call missing to a goal costs where no price is given: to the planner and to the judge."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from busyhour.schedule.judge.published.money import price
from busyhour.schedule.judge.published.run import Published
from busyhour.schedule.problem.costs import Costs


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ({}, 200.0),
        ({"cost_h": 25.0}, 250.0),
        ({"cost_h": 3000.0}, 30000.0),
        ({"cost_h": 0.0}, 200.0),
        ({"cost_h": 25.0, "lost_call": 0.0}, 0.0),
        ({"lost_call": 15.0}, 15.0),
    ],
)
def test_ten_hours_of_wages_unless_a_price_is_given(given: dict[str, Any], asked: float) -> None:
    assert Costs(**given).call_price == asked
    run = cast("Published", SimpleNamespace(raw={"costs": given}))
    assert price(run, "lost_call") == asked


@pytest.mark.parametrize("key", ["under_h", "below_contract_h", "wish", "steady_h"])
def test_the_other_prices_are_what_the_planner_takes(key: str) -> None:
    run = cast("Published", SimpleNamespace(raw={}))
    assert price(run, key) == getattr(Costs(), key)

"""What of a plan's price is a bill, and what a bonus that is not earned: nobody pays that one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

WITH_LADDER = ("ladder", "lost_calls_and_under")
"""Parts of the price that hold what ladders pay less than at their tops."""
BONUS = "bonus not earned (no bill)"


def bonus_not_earned(summary: Mapping[str, Any]) -> float:
    """Return the bonus of contracts that the expected figures do not reach, at most the price that holds it."""
    parts = summary.get("cost_prices_parts") or {}
    told = sum(float(p.get("bonus_missed") or 0.0) for p in summary.get("goal_periods") or ())
    return min(told, sum(float(parts.get(name) or 0.0) for name in WITH_LADDER))


def price_lines(summary: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts of the price in words; a bonus that is not earned stands by itself, the sum stays.

    Examples
    --------
    >>> told = {"cost_prices_parts": {"under": 5.0, "ladder": 700.0}, "goal_periods": [{"bonus_missed": 500.0}]}
    >>> price_lines(told)
    {'Price: under': 5.0, 'Price: ladder': 200.0, 'Price: bonus not earned (no bill)': 500.0}
    """
    bonus = bonus_not_earned(summary)
    out: dict[str, Any] = {}
    for name, value in (summary.get("cost_prices_parts") or {}).items():
        held = bonus if name in WITH_LADDER and value is not None else 0.0
        out[f"Price: {str(name).replace('_', ' ')}"] = value - held if held else value
    return out | ({f"Price: {BONUS}": bonus} if bonus else {})

"""The proven gap of a run: whether it is as small as was asked, and how it is written."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ..schedule.optimise.status import OPTIMAL, Solved, Status, Stop

DECIMALS = (2, 3, 4)
"""Decimals of a gap in per cent, the fewest that write the asked gap."""
SLOTS = {15: "quarter-hour", 30: "half-hour", 60: "hour"}
NOISE = 1e-6
"""Part of the last digit by which floating point may miss it."""


def is_reached(status: str | None, gap: float | None, asked: float) -> bool:
    """Whether a plan is proven as near to the cheapest as was asked; without a bound nothing is."""
    return status == Status.OPTIMAL or (gap is not None and gap <= asked + OPTIMAL)


def stopped_by(solved: Solved, asked: float) -> Stop | None:
    """Return what ended the search for a plan; never None, nor the gap, while the asked gap is not reached."""
    if is_reached(solved.status, solved.gap, asked) or solved.stopped == Stop.USER:
        return solved.stopped
    return Stop.TIME


def gap_told(gap: float | None, asked: float | None = None) -> str:
    """Write a gap in per cent, rounded up: a gap above the asked one never reads as the asked one.

    Examples
    --------
    >>> gap_told(0.0104, 0.01), gap_told(0.010002, 0.01), gap_told(0.01, 0.01)
    ('1.04 %', '1.01 %', '1.00 %')
    """
    if gap is None:
        return "–"
    asked = 0.0 if asked is None else asked
    decimals = next((n for n in DECIMALS if abs(asked * 10 ** (n + 2) - round(asked * 10 ** (n + 2))) < NOISE), 4)
    if gap <= OPTIMAL:
        gap = 0.0  # proven
    elif gap <= asked + OPTIMAL:
        gap = min(gap, asked)  # as asked
    return f"{math.ceil(gap * 10 ** (decimals + 2) - NOISE) / 10**decimals:,.{decimals}f} %"


def gap_in_units(summary: Mapping[str, Any]) -> str:
    """Write a gap in money, where the run tells any, and in missing slots, where the plan is short; "" without a gap.

    Of a few people one quarter-hour missing is one or two per cent of the week: where shortage cannot be avoided, the
    share alone says little.
    """
    cost, bound, slots = (summary.get(key) for key in ("cost", "bound", "gap_in_slots"))
    if summary.get("gap") is None or summary["gap"] <= OPTIMAL:
        return ""
    parts = []
    if cost is not None and bound is not None:
        parts.append(f"{cost - bound:,.0f} {summary.get('currency', '')}".strip())
    if slots is not None and _is_short(summary):
        name = SLOTS.get(summary.get("grid_min") or 0, "slot")
        parts.append(f"{math.ceil(10 * slots - NOISE) / 10:,g} missing {name}s")
    return " or ".join(parts)


def _is_short(summary: Mapping[str, Any]) -> bool:
    """Whether the plan lacks heads that its floors, or goals per interval, ask for."""
    hours = [summary.get("below_floor_agent_hours")]
    if "interval" in str(summary.get("goal_basis", "")):
        hours.append(summary.get("under_agent_hours"))
    return any(h is not None and h > 0 for h in hours)


def _in_units(summary: Mapping[str, Any]) -> str:
    units = gap_in_units(summary)
    return f" ({units})" if units else ""


def shortfall(summary: Mapping[str, Any]) -> str:
    """Say that the asked gap is not reached, and why; "" where it is, or where nobody knows what was asked."""
    asked, gap = summary.get("asked_gap"), summary.get("gap")
    if asked is None or is_reached(summary.get("status"), gap, asked):
        return ""
    why = {"time": "time was up", "user": "the user stopped the run"}.get(str(summary.get("stopped")), "")
    known = "no bound is known" if gap is None else f"{gap_told(gap, asked)} is proven{_in_units(summary)}"
    return f"the asked gap of {100 * asked:g} % is not reached: {'; '.join(filter(None, (known, why)))}"


def stop_told(summary: Mapping[str, Any]) -> str:
    """Say what ended the search; where the asked gap is reached, that, whatever time has cut short afterwards.

    Examples
    --------
    >>> stop_told({"status": "feasible", "stopped": "time", "gap": 0.009, "asked_gap": 0.01})
    'asked gap reached'
    >>> stop_told({"status": "feasible", "stopped": "time", "gap": 0.02, "asked_gap": 0.01})
    'stopped by time, asked gap not reached'
    """
    why, asked = summary.get("stopped"), summary.get("asked_gap")
    if not why:
        return ""
    if why == Stop.TIME and asked is not None and is_reached(summary.get("status"), summary.get("gap"), asked):
        return "asked gap reached"
    return f"stopped by {why}" + ", asked gap not reached" * bool(shortfall(summary))

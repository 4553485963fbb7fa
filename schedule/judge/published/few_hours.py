"""few_hours of summary.json: who got no shift, or fewer hours than the contract asks, counted again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from ..check import RULES
from .money import least_h
from .roster import paid_shifts
from .run import Fault, Found, Published

REASONS = frozenset({*RULES, "contract", "cost", "several", "shifts", "one_shift_a_day", "skills", ""})
"""What may be in the way; "" = the run was stopped before anybody looked."""


def few_hours(run: Published) -> Found:
    """Ensures that summary.json names everybody without a shift or below the contract's hours, and no other."""
    told = run.summary.get("few_hours")
    if not isinstance(told, list) or not all(isinstance(x, dict) for x in told):
        yield Fault(None, f"few_hours is {told!r}" if "few_hours" in run.summary else "few_hours is missing")
        return
    have = {str(x.get("agent")): x for x in told}
    wanted = _wanted(run)
    if len(have) != len(told) or set(have) != set(wanted):
        lacking = sorted(set(wanted) - set(have))
        extra = sorted(set(have) - set(wanted))
        twice = [a for a, n in Counter(str(x.get("agent")) for x in told).items() if n > 1]
        words = [
            *(f"lacks {a}" for a in lacking),
            *(f"should not name {a}" for a in extra),
            *(f"names {a} twice" for a in twice),
        ]
        yield Fault(None, f"few_hours {words[0]}")
        return
    for agent, entry in have.items():
        for key, want in zip(("shifts", "paid_h", "asked_h"), wanted[agent], strict=True):
            value = entry.get(key)
            if not isinstance(value, int | float) or abs(value - want) > 1e-6:
                yield Fault(None, f"few_hours tells {key} {value} of {agent}, recounted {want:g}")
                return
        if not _is_reason(entry):
            yield Fault(None, f"few_hours gives no reason for {agent}")
            return


def _is_reason(entry: Mapping[str, Any]) -> bool:
    return entry.get("rule") in REASONS and bool(entry.get("reason")) and isinstance(entry.get("reason"), str)


def _wanted(run: Published) -> dict[str, tuple[int, float, float]]:
    """Return shifts, paid hours and asked hours of everybody who works none or too little."""
    if not run.named:
        return {}
    shifts, out = paid_shifts(run), {}
    for agent, week in run.plan.weeks.items():
        mine, least = shifts.get(agent, ()), least_h(week)
        paid = sum(w.paid_min for w in mine) / 60
        if any(week.employed(d) for d in run.asked.dates) and (not mine or paid < least - 1e-6):
            out[agent] = (len(mine), paid, least)
    return out

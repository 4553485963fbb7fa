"""What of a contract the plan of a week can hold: one goal a queue, and what its figure is worth."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

from .attainment import Counts
from .contract import Contract
from .figures import figure_of
from .goal import Goal
from .money import fee_of
from .units import Period

BASES: Mapping[str, str] = {
    "interval": "interval", "day": "day", "week": "week", "month": "month", "quarter": "contract", "year": "contract",
}  # fmt: skip
"""Unit of a goal → basis of the goal of a plan."""
WITH_LADDER = ("offered", "total")
"""Definitions that count every call: only with these a figure follows from the calls in time alone."""
PAST_DAYS = 56
"""Days before the week from which the fee of a coming weekday is taken."""


@dataclass(frozen=True)
class Worth:
    """What the figure of a goal is worth in one period.

    Attributes
    ----------
    ladder
        Pairs of share and money, the shares rising from 0 and the money never falling; () = nothing hangs on it.
    between
        Between two pairs: ``steps`` or ``linear``.
    unheard
        What of the contract's money the pairs leave out, a sentence each.
    """

    ladder: tuple[tuple[float, float], ...] = ()
    between: str = "steps"
    unheard: tuple[str, ...] = ()


def why_not(contract: Contract, goal: Goal) -> str:
    """Say why no plan of a week can hold a goal; "" where one can."""
    if not goal.counted:
        return "scored or measured elsewhere"
    if goal.metric != "service_level" or goal.way != "at_least":
        return "no service level: caps per interval stand in plan.toml"
    if goal.aggregation != "volume":
        return f"{goal.aggregation} of {goal.part}s: the plan pools calls"
    return "by the hour: the plan holds intervals or days" if goal.unit not in BASES else ""


def held_goal(contract: Contract, queue: str) -> Goal | None:
    """Return the goal of a contract to which a plan holds a queue: of several that on which most money hangs, else the
    first; None where none can be held.
    """
    able = [g for g in contract.goals if queue in contract.queues_of(g) and not why_not(contract, g)]
    return max(able, key=lambda g: g.weight, default=None)


def goal_keys(goal: Goal) -> dict[str, object]:
    """Return a goal that a plan holds in the keys of ``[queue.NAME.goal]``."""
    keys: dict[str, object] = {
        "level": goal.level, "within_s": goal.within_s, "definition": goal.definition, "basis": BASES[goal.unit],
    }  # fmt: skip
    return keys | ({} if goal.short_s is None else {"short_s": goal.short_s})


def not_held(contract: Contract, queues: tuple[str, ...]) -> dict[str, str]:
    """Return the goals that a plan of `queues` does not hold, and why."""
    held = {g.name for q in queues if (g := held_goal(contract, q)) is not None}
    beside = "another goal of its queue weighs more, and the plan holds one a queue"
    found = {g.name: why_not(contract, g) or beside for g in contract.goals if g.name not in held}
    lost = [q for q in contract.queues if q not in queues]
    return found | {f"queue {q}": "it is not in plan.toml" for q in lost}


def banked(counts: Counts, goal: Goal, queue: str, period: Period) -> tuple[float, float]:
    """Return calls in time and calls counted of one queue in a period so far, as the contract counts."""
    rows = counts.goals[goal.name]
    wall = rows["start"].dt.tz_localize(None)
    inside = (wall >= pd.Timestamp(period.start)) & (wall < pd.Timestamp(period.end))
    found = figure_of(goal, str(period), rows[inside & (rows["queue"] == queue)])
    return found.numerator, found.denominator


def expected_fee(counts: Counts, period: Period) -> float:
    """Return the fee to expect of a period: what is known of it, and for each later day the mean fee of its weekday.

    Raises
    ------
    InputError
        If the contract or the calls do not tell what is paid for.
    """
    money = counts.contract.money
    if money is None:
        return 0.0
    if money.fee_per in ("fixed", "per_quantity"):
        return fee_of(money, period, counts.calls)[0]
    days = counts.calls["start"].dt.date
    fees = {day: fee_of(money, period, rows)[0] for day, rows in counts.calls.groupby(days)}
    last = max(fees)
    past = [last - dt.timedelta(days=i) for i in range(min(PAST_DAYS, (last - min(fees)).days + 1))]
    usual = {}
    for weekday in range(7):
        own = [fees.get(day, 0.0) for day in past if day.weekday() == weekday]
        usual[weekday] = sum(own) / max(len(own), 1)
    return sum(fees.get(day, 0.0) if day <= last else usual[day.weekday()] for day in period.dates)


def worth_of(contract: Contract, goal: Goal, fee: float, *, gates: bool | None) -> Worth:
    """Return what the figure of a goal is worth in a period with this fee, all else as it stands.

    Caps and critical failures of the goal itself are in it. No bonus is, where a gate is missed or unknown.

    Parameters
    ----------
    gates
        Whether all gates are met so far; None = one of them is unknown.
    """
    money = contract.money
    if money is None or not goal.weight:
        return Worth()
    if goal.definition not in WITH_LADDER:
        return Worth(
            unheard=(f"money on {goal.name}: its definition does not count every call, costs.lost_call prices it",)
        )
    if goal.unit not in ("month", "quarter", "year"):
        return Worth(unheard=(f"money on {goal.name}: settled by the {goal.unit}, costs.lost_call prices it",))
    if len(contract.queues_of(goal)) > 1:
        return Worth(unheard=(f"money on {goal.name}: it counts queues together, costs.lost_call prices each",))
    pool = money.at_risk * fee
    steps, critical = goal.steps, [c for c in money.critical if c.goal == goal.name]
    linear = steps.shape == "linear"
    unheard = [] if gates else [f"bonus: a gate is {'unknown' if gates is None else 'missed'}"]
    unheard += [f"critical failure of {goal.name}: its ladder has no steps"] * (linear and bool(critical))
    low = None if money.cap is None else -money.cap * fee
    high = 0.0 if not gates else None if money.bonus_cap is None else money.bonus_cap * fee

    def amount(figure: float) -> float:
        out = goal.weight * pool * steps.value(figure, "at_least")
        if not linear:
            out = min([out, *(-c.share * pool for c in critical if figure < c.level)])
        out = out if low is None else max(out, low)
        return out if high is None else min(out, high)

    at = {0.0, *(f for f, _ in steps.rungs), *(c.level for c in critical if not linear)}
    if linear:
        at |= _kinks([(f, goal.weight * pool * s) for f, s in steps.rungs], [v for v in (low, high) if v is not None])
    pairs = [(figure, amount(figure)) for figure in sorted(at) if 0.0 <= figure <= 1.0]
    if not linear:
        pairs = [pair for i, pair in enumerate(pairs) if i == 0 or pair[1] != pairs[i - 1][1]]
    if len({value for _, value in pairs}) < 2:
        return Worth(unheard=tuple(unheard))
    return Worth(tuple(pairs), "linear" if linear else "steps", tuple(unheard))


def _kinks(points: list[tuple[float, float]], limits: list[float]) -> set[float]:
    """Return the figures at which straight lines between the points, best figure first, reach a limit."""
    out = set()
    for (above, more), (below, less) in pairwise(points):
        out |= {below + (limit - less) / (more - less) * (above - below) for limit in limits if less < limit < more}
    return out


def gates_met(counts: Counts, period: Period) -> bool | None:
    """Return whether all gates of a bonus are met as far as the period has gone; None where one is unknown."""
    contract = counts.contract
    if contract.money is None:
        return True
    states = [counts.figures(contract.goal(gate.goal), period)[0].met for gate in contract.money.gates]
    return False if False in states else None if None in states else True

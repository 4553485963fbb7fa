"""Calls of a goal's period before the planned week, counted again from the files of calls."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from ....forecast.queueing.goal.targets import ServiceGoal
from .beyond import BASES, CLOSE, period_of, told_of
from .clauses import excluded, with_relief
from .pieces import pieces_of
from .run import Fault, Found, Published

DAY = dt.timedelta(days=1)
BEFORE = dt.timedelta(days=40)
"""Days before a period that a span of a lock may reach back."""
OF_PLAN = {
    "offered": (("answered_in",), ("offered",)), "answered": (("answered_in",), ("answered",)),
    "total": (("answered_in", "abandoned_in"), ("offered",)),
    "excl_short": (("answered_in",), ("offered", "short_abandoned")),
}  # fmt: skip
"""Definition → columns of calls in time, added up; of calls counted, all after the first taken off."""

Raw = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class CountedFrom:
    """What a run's banked calls are counted from.

    Attributes
    ----------
    calls
        Calls as plan.toml reads them; None = no queue is counted from these.
    contract
        The tables of contract.toml; None without a contract.
    contract_calls
        Its calls, on its clock: counts per interval, or a row a call.
    locked
        Its locked forecast ``queue, start, calls`` where that binds; None without a lock.
    """

    calls: pd.DataFrame | None = field(default=None, repr=False)
    contract: Raw | None = None
    contract_calls: pd.DataFrame | None = field(default=None, repr=False)
    locked: pd.DataFrame | None = field(default=None, repr=False)


def banked(run: Published, source: CountedFrom) -> Found:
    """Ensures that what a period has banked, in summary.json and in the run's arguments, follows from the calls."""
    for name, goal in run.goals.items():
        if goal.basis not in BASES:
            continue
        terms = run.raw["queue"][name].get("period", {})
        first, own = period_of(run, goal.basis, terms)
        if not own or first >= run.asked.first:
            continue
        wanted = recounted(run, source, name, first)
        if wanted is None:
            continue
        told = told_of(run, name, run.asked.first)
        for where, have in (("summary.json", told), ("the arguments of the run", terms)):
            for key, want in zip(("banked_in", "banked_counted"), wanted, strict=True):
                if key in have and abs(float(have[key]) - want) > CLOSE * max(1.0, want):
                    yield Fault(
                        None, f"{key} of {name} from {first} is {have[key]:g} in {where}, the calls tell {want:g}"
                    )


def recounted(run: Published, source: CountedFrom, name: str, first: dt.date) -> tuple[float, float] | None:
    """Return calls in time and calls counted of a queue from `first` to the week; None where no file tells them."""
    contract = source.contract
    if contract is not None and name in contract["queues"] and source.contract_calls is not None:
        goal = _held(contract, name, run.goals[name])
        return None if goal is None else _of_contract(source, contract, goal, name, first, run.asked.first)
    terms = run.raw["queue"][name].get("period", {})
    if "banked_in" in terms or source.calls is None:
        return None
    before = run.asked.first - DAY
    last = min(_day(terms.get("banked_until", before)), before)
    days = source.calls["start"].dt.date
    rows = source.calls[(days >= first) & (days <= last)]
    rows = rows[(rows["queue"] == name) & (rows["offered"] > 0)] if "queue" in rows else rows[rows["offered"] > 0]
    above, below = OF_PLAN[run.goals[name].definition]
    counted = [float(rows[c].sum()) for c in below]
    return sum(float(rows[c].sum()) for c in above), counted[0] - sum(counted[1:])


def _day(value: Any) -> dt.date:
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value))


def _held(contract: Raw, queue: str, planned: ServiceGoal) -> str | None:
    """Return the goal of a contract that the plan holds: one that reads as it does, the weightiest of several."""
    able = [
        name for name, g in contract["goal"].items()
        if g["metric"] == "service_level" and g.get("comparison", "at_least") == "at_least"
        and g.get("aggregation", "volume") == "volume" and g.get("unit", "month") != "hour"
        and (g["level"], g["within_s"], g["definition"]) == (planned.level, planned.within_s, planned.definition)
        and queue in (g.get("queues") or contract["queues"])
    ]  # fmt: skip
    return max(able, key=lambda name: contract["goal"][name].get("weight", 0.0), default=None)


def _of_contract(
    source: CountedFrom, contract: Raw, name: str, queue: str, first: dt.date, week: dt.date
) -> tuple[float, float] | None:
    """Count a queue by a goal of the contract, without what its clauses and its lock leave out.

    None where the lock has a band of handle times, which is not counted again.
    """
    calls, goal = source.contract_calls, contract["goal"][name]
    if calls is None or "handle_band" in contract.get("lock", {}):
        return None
    days = calls["start"].dt.date
    queues = list(goal.get("queues") or contract["queues"])
    rows = calls[calls["queue"].isin(queues) & (days >= first - BEFORE) & (days < week)]
    pieces = {
        key: replace(piece, excluded=excluded(contract, name, *key))
        for key, piece in pieces_of(rows, goal, int(contract.get("interval_min", 30))).items()
    }
    left = with_relief(contract, pieces, source.locked)
    mine = [
        p for (q, start), p in left.items()
        if q == queue and p.known and not p.excluded and first <= start.date() < week
    ]  # fmt: skip
    return sum(p.above for p in mine), sum(p.below for p in mine)

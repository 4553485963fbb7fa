"""The cost of a plan, counted again: wages, and every price by its definition in plan.toml."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence

import numpy as np

from ..counts import wages_of
from ..inputs import blank
from ..shifts import Worked
from ..week import Week
from .beyond import ladders, parts_of
from .changed import change_price, changes
from .expected import Expected
from .roster import paid_shifts, pattern
from .run import Fault, Found, Published

PRICES = {
    "under_h": 500.0,
    "below_contract_h": 15.0,
    "wish": 2.0,
    "steady_h": 1.0,
}
"""Prices of ``[costs]`` where plan.toml is silent; that of a missing call follows the wage (`price`)."""

NAMED = ("below_contract", "wish", "steady", "lost_call", "under")
LADDER = "ladder"
"""Price of a goal with a ladder, beside those of `NAMED`, where there is one."""
ANONYMOUS = ("lost_calls_and_under",)
CHANGE = "change"
"""Price of the days that differ from a plan that is kept, beside those of `NAMED`, where one is."""
NOON = 720


def price(run: Published, key: str) -> float:
    """Return a price of ``[costs]``; a call missing to a goal costs ten hours' wages, at least 200, by default."""
    given = run.raw.get("costs", {})
    if key == "lost_call" and key not in given:
        return max(10.0 * float(given.get("cost_h", 20.0)), 200.0)
    return float(given[key] if key in given else PRICES[key])


def prices(run: Published, expected: Expected) -> dict[str, float]:
    """Return the prices by name, as cost_prices_parts tells them."""
    lost, under = _lost_calls(run, expected) * price(run, "lost_call"), _under(run, expected)
    forgone = ladders(run, expected)
    if not run.named:
        return {ANONYMOUS[0]: lost + under + (0.0 if forgone is None else forgone[0])}
    shifts = paid_shifts(run)
    weeks = [w for w in run.plan.weeks.values() if any(w.employed(date) for date in run.asked.dates)]
    below = sum(_below_contract(w, shifts.get(w.person.id, ())) for w in weeks)
    spread = sum(_spread(run, shifts.get(w.person.id, ())) for w in weeks)
    lost_wishes = _wishes(run, shifts, {w.person.id for w in weeks})
    return (
        {
            "below_contract": price(run, "below_contract_h") * below,
            "wish": price(run, "wish") * lost_wishes,
            "steady": price(run, "steady_h") * spread,
            "lost_call": lost,
            "under": under,
        }
        | ({} if run.inputs.get("kept") is None else {CHANGE: change_price(run) * len(changes(run))})
        | ({} if forgone is None else {LADDER: forgone[0]})
    )


def _under(run: Published, expected: Expected) -> float:
    """Return the price of the heads missing under the floor, or under the need of a goal per interval."""
    missing = sum(float(np.maximum(n.floor - run.heads[name], 0.0)[n.open].sum()) for name, n in expected.needs.items())
    return missing * price(run, "under_h") * run.asked.grid_min / 60


def _lost_calls(run: Published, expected: Expected) -> float:
    """Return the calls by which periods without a ladder miss their goal by the service curve."""
    total = 0.0
    for name, n in expected.needs.items():
        if not n.decides:
            continue
        parts = parts_of(run, name, n)
        total += sum(max(0.0, p.asked - p.above + p.level * p.below) for p in parts if not p.ladder)
        if parts:
            continue
        above, below = n.counted(run.heads[name])
        gain = above - n.goal.level * below
        days = [run.day(t) if n.goal.basis == "day" else run.asked.first for t in run.slots[n.open]]
        of_period: dict[dt.date, float] = {}
        for day, calls in zip(days, gain, strict=True):
            of_period[day] = of_period.get(day, 0.0) + float(calls)
        total += sum(max(0.0, -calls) for calls in of_period.values())
    return total


def least_h(week: Week) -> float:
    """Return the hours that the contract asks of a week, after leave."""
    return week.least_h if week.most_days else float(week.person.contract.get("min_h_week", 0))


def _below_contract(week: Week, shifts: Sequence[Worked]) -> float:
    return max(0.0, least_h(week) - sum(w.paid_min for w in shifts) / 60)


def _minute(run: Published, w: Worked) -> int:
    """Return the wall-clock start in minutes after the midnight of the shift's day."""
    wall = run.asked.clock.wall(w.start)
    return 1440 * (wall.date() - w.date).days + 60 * wall.hour + wall.minute


def _spread(run: Published, shifts: Sequence[Worked]) -> float:
    starts = [_minute(run, w) for w in shifts]
    return (max(starts) - min(starts)) / 60 if starts else 0.0


def _wishes(run: Published, shifts: Mapping[str, list[Worked]], people: set[str]) -> float:
    """Return the weight of the wishes that are not met."""
    rows = run.inputs.get("wishes")
    on_day = {(agent, w.date): w for agent, mine in shifts.items() for w in mine}
    lost = 0.0
    for row in [] if rows is None else rows.to_dict("records"):
        agent, date = str(row["agent"]).strip(), dt.date.fromisoformat(str(row["date"]).strip()[:10])
        if agent not in people or date not in run.asked.dates:
            continue
        weight, what = float(row["weight"]), "" if blank(row.get("pattern")) else str(row["pattern"]).strip()
        if _met(run, what, date, on_day.get((agent, date))) == (weight < 0):
            lost += abs(weight)
    return lost


def _met(run: Published, what: str, date: dt.date, w: Worked | None) -> bool:
    """Whether a day is as a wish names it."""
    if what == "off" or w is None:
        return what == "off" and w is None
    if what in ("early", "late"):
        noon = run.asked.clock.time(date, NOON)
        return (noon is not None and w.start >= noon) == (what == "late")
    family = w.family
    return what == "" or (family is not None and what in (family.name, pattern(w, family, run.asked.clock)))


def cost(run: Published, expected: Expected) -> Found:
    """Ensures that the cost is wages and prices, each of which follows from activity and inputs."""
    s = run.summary
    forgone = ladders(run, expected)
    kept = run.inputs.get("kept") is not None
    names = (*NAMED, *([CHANGE] * kept), *([LADDER] * (forgone is not None))) if run.named else ANONYMOUS
    unsure = 0.0 if forgone is None else forgone[1] - forgone[0]
    told = s.get("cost_prices_parts")
    if not isinstance(told, dict) or set(told) != set(names):
        yield Fault(None, f"summary.json must tell the prices of {', '.join(names)}")
        return
    if not all(isinstance(x, int | float) and math.isfinite(x) for x in (*told.values(), *(s.get(k) for k in (
            "cost", "cost_wages", "cost_prices")))):  # fmt: skip
        yield Fault(None, "summary.json must tell cost, cost_wages and cost_prices in numbers")
        return
    slack = 0.01 + 1e-9 * abs(s["cost"]) + 1e-6 * len(run.slots) * len(run.queues) * price(run, "lost_call")
    paid = wages_of(run.plan, paid_shifts(run))
    if abs(paid - s["cost_wages"]) > 0.01 + 1e-9 * abs(paid):
        yield Fault(None, f"cost_wages is {s['cost_wages']:,.2f}, recounted {paid:,.2f}")
    for name, value in prices(run, expected).items():
        more = slack + (unsure if name in (LADDER, *ANONYMOUS) else 0.0)
        if not value - slack <= told[name] <= value + more:
            yield Fault(None, f"the price {name} is {told[name]:,.2f}, recounted {value:,.2f}")
    for name, value, parts in (
        ("cost_prices", s["cost_prices"], sum(told.values())),
        ("cost", s["cost"], s["cost_wages"] + s["cost_prices"]),
    ):
        if abs(value - parts) > 1e-6 * (1 + abs(value)):
            yield Fault(None, f"{name} is {value:,.2f}, its parts add up to {parts:,.2f}")

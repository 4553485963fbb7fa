"""explain.csv, open_shifts.csv and open_reasons.csv: short stretches, offered shifts, and what one more agent costs."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from ....forecast.calendar.grid import midnight
from ..check import RULES
from ..counts import paid_hours, usual_wage
from ..inputs import Family
from .expected import Expected, open_at
from .roster import start_of
from .rows import compare_keys, differ
from .run import Fault, Found, Published, keys, minutes

MOST = 400
"""Rows of explain.csv at most."""

SHIFT = re.compile(r"(\S+@\d{4}) on (\d{4}-\d{2}-\d{2})")
NOBODY = ("", "new hire", "one more shift")

REASONS = frozenset({*RULES, "contract", "cost", "several", "shifts"})
"""What may bind: a rule, the money, no single rule, or that no shift can be there."""


def stretches(run: Published, expected: Expected) -> dict[tuple[str, float, float], tuple[float, float]]:
    """Return the runs of short slots within a day: queue, start, end → agents short at worst, and agent-hours."""
    out = {}
    edges = [*minutes([midnight(d, run.grid.zone) for d in run.grid.dates]), np.inf]
    day = np.searchsorted(edges, run.slots, "right")
    step = run.asked.grid_min
    for name, n in expected.needs.items():
        rows = n.open | (run.heads[name] > 0)
        short = np.where(rows, np.maximum(n.need - run.heads[name], 0.0), 0.0)
        at = np.flatnonzero(short > 1e-9)
        breaks = np.flatnonzero((np.diff(at) > 1) | (np.diff(day[at]) > 0)) + 1
        for part in np.split(at, breaks) if len(at) else ():
            key = (name, float(run.slots[part[0]]), float(run.slots[part[-1]] + step))
            out[key] = (float(short[part].max()), float(short[part].sum()) * step / 60)
    return out


def explain(run: Published, expected: Expected) -> Found:
    """Ensures that explain.csv has the stretches that are short, and the costs that its shifts have."""
    table, want = run.tables["explain"], stretches(run, expected)
    have = keys(table, ("queue", "start", "end"))
    if len(want) > MOST:  # the largest shortages only
        least = sorted((hours for _, hours in want.values()), reverse=True)[MOST - 1]
        want = {k: v for k, v in want.items() if v[1] > least + 1e-6 or k in set(have)}
    rows = list(compare_keys(have, want, lambda k: f"{k[0]} from {run.told(k[1])} to {run.told(k[2])}", "explain.csv"))
    yield from rows
    if rows:
        return
    for key, r in zip(have, table.to_dict("records"), strict=True):
        told = np.array([r["under"], r["under_agent_hours"]], dtype=float)
        for i in np.flatnonzero(differ(told, np.array(want[key]))):
            what = ("agents", "agent-hours")[i]
            yield Fault(key[1], f"{key[0]} is {told[i]:g} {what} short in explain.csv, recounted {want[key][i]:g}")
        if r["who"] not in (run.asked.people or run.plan.rows) and r["who"] not in NOBODY:
            yield Fault(key[1], f"explain.csv names {r['who']}, whom the plan does not know")
        if r["binding_rule"] not in REASONS or not r["detail"]:
            yield Fault(key[1], f"explain.csv gives no reason for {key[0]}")


def explained_costs(run: Published) -> Found:
    """Ensures that one more agent costs what the shift of the text costs."""
    table = run.tables["explain"]
    for start, r in zip(minutes(table["start"]), table.to_dict("records"), strict=True):
        yield from _cost_of_one(run, float(start), r)


def _cost_of_one(run: Published, at: float, r: Mapping[Any, Any]) -> Found:
    told, shift = _number(r["cost_one_more"]), SHIFT.findall(r["detail"].split(" A moved break helps")[0])
    if r["binding_rule"] == "break_window":
        want: float | None = 0.0
    else:
        wage = run.asked.people[r["who"]].wage if r["who"] in run.asked.people else None
        want = shift_cost(run, shift[-1][0], dt.date.fromisoformat(shift[-1][1]), wage) if shift else None
    if (want is None) != (told is None) or (want is not None and told is not None and abs(want - told) > 0.005):
        yield Fault(at, f"one more agent costs {_money(told)} in explain.csv, recounted {_money(want)}")


def shift_cost(run: Published, name: str, date: dt.date, wage: float | None = None) -> float | None:
    """Return what a shift costs: by `wage`, else by the least wage of a contract that allows it; None = nobody may."""
    family = run.asked.families.get(name.partition("@")[0])
    start = None if family is None else start_of(run.asked.clock, family, date, name)
    if family is None or start is None:
        return None
    wage = _least_wage(run, family) if wage is None else wage
    if wage is None:
        return None
    return wage * paid_hours(run.plan, start, start + family.length, family.paid, {})


def _least_wage(run: Published, family: Family) -> float | None:
    general = usual_wage(run.raw)
    contracts = run.raw.get("contract", {})
    wages = [float(general if c.get("cost_h") is None else c["cost_h"]) for c in contracts.values()
             if family.name in c.get("shifts", ())]  # fmt: skip
    return min(wages, default=None) if contracts else general


def _number(text: Any) -> float | None:
    value = float(text) if str(text).strip() else math.nan
    return None if math.isnan(value) else value


def _money(value: float | None) -> str:
    return "nothing known" if value is None else f"{value:,.2f}"


def open_shifts(run: Published) -> Found:
    """Ensures that every open shift is one of plan.toml, in the planned days, while its queue may be open."""
    if "open_shifts" not in run.tables:
        return
    table = run.tables["open_shifts"]
    columns = ("date", "pattern", "start", "end", "paid_min", "queue")
    if "agent" in table:
        yield Fault(None, "open_shifts.csv names people")
    contracts = table["contract"] if "contract" in table else [""] * len(table)
    for (date, name, start, end, paid, queue), contract in zip(keys(table, columns), contracts, strict=True):
        family = run.asked.families.get(name.partition("@")[0])
        told = f"{name} on {date} in open_shifts.csv"
        if family is None or date not in run.asked.dates or start_of(run.asked.clock, family, date, name) != start:
            yield Fault(start, f"{told} is no shift of plan.toml at this time")
        elif end - start != family.length:
            yield Fault(start, f"{told} lasts {end - start:g} min, {family.length} by plan.toml")
        elif paid != family.paid:
            yield Fault(start, f"{told} pays {paid:g} min, {family.paid} by plan.toml")
        elif queue not in run.queues:
            yield Fault(start, f"{told} is for the unknown queue {queue!r}")
        elif contract and contract not in run.raw.get("contract", {}):
            yield Fault(start, f"{told} is for the unknown contract {contract!r}")
        elif not any(open_at(run, q, t) for q in run.queues for t in (start, end - run.asked.grid_min)):
            yield Fault(start, f"{told} lies outside the opening hours")


def open_reasons(run: Published) -> Found:
    """Ensures a reason for every open shift, and the cost that the shift has."""
    if "open_shifts" not in run.tables or "open_reasons" not in run.tables:
        return
    names = ("date", "pattern", "queue", "start")
    table = run.tables["open_reasons"]
    have, want = Counter(keys(table, names)), Counter(keys(run.tables["open_shifts"], names))
    for key in [k for k in {**have, **want} if have[k] != want[k]]:
        yield Fault(
            key[3], f"{key[1]} for {key[2]} has {have[key]} rows in open_reasons.csv, {want[key]} in open_shifts.csv"
        )
        return
    for r, start in zip(table.to_dict("records"), minutes(table["start"]), strict=True):
        if r["binding_rule"] not in REASONS or not r["reason"]:
            yield Fault(float(start), f"open_reasons.csv gives no reason for {r['pattern']}")


def reason_costs(run: Published) -> Found:
    """Ensures that every open shift costs what its wage and premiums make."""
    if "open_reasons" not in run.tables:
        return
    table = run.tables["open_reasons"]
    for r, (date, name, start) in zip(table.to_dict("records"), keys(table, ("date", "pattern", "start")), strict=True):
        told, cost = _number(r.get("cost_one_more", "")), shift_cost(run, name, date)
        if (told is None) != (cost is None) or (cost and told and abs(told - cost) > 0.005):
            yield Fault(start, f"{name} costs {_money(told)} in open_reasons.csv, recounted {_money(cost)}")

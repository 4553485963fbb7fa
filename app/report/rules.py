"""The rule tables: shift families, contracts, rules, goals and prices as the plan had them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from ...schedule.problem.costs import Costs, Overtime, Premium
from ...schedule.problem.horizon import WEEK_DAYS
from ...schedule.problem.shift_families import Break, ShiftFamily
from ...schedule.problem.staff import Contract
from ...schedule.rules.rules import SPECS, Rules
from ...schedule.rules.spec import RuleSpec
from .figures import hours, money, number, percent
from .run import Run
from .tables import TextTable, table


def rule_tables(run: Run, *, wages: bool) -> list[TextTable]:
    """Return the tables of the plan's rules; those of wages and prices only with `wages`."""
    if not run.plan:
        return []
    found = [_goals(run), _shifts(run), _contracts(run, wages=wages), _rules(run)]
    if wages:
        found.append(_costs(run))
    return [t for t in found if t]


def _goals(run: Run) -> TextTable | None:
    rows = []
    for name, queue in run.plan.get("queue", {}).items():
        goal = queue.get("goal", {})
        if not goal:
            continue
        share = f"{percent(goal.get('level'), 0)} of {goal.get('definition', 'offered')}"
        promise = f"{share} within {number(goal.get('within_s'))} s"
        basis, floor = str(goal.get("basis", "day")), percent(goal.get("floor", 0.5), 0)
        rows.append((name, promise, basis, floor, _patience(run, name, queue.get("patience_s"))))
    return (
        table("Service goals", "Queue|Goal|Holds per|Least in any interval#|Callers' mean patience", rows)
        if rows
        else None
    )


def _patience(run: Run, queue: str, given: float | None) -> str:
    """Return the mean patience that the queue is planned with: as given, else as the volume has it."""
    seconds, volume = given, run.table("volume")
    if given is None and volume is not None and "patience_s" in volume:
        seconds = float(volume.loc[volume["queue"] == queue, "patience_s"].mean())
    if seconds is None or not math.isfinite(seconds):
        return "they wait for ever"
    return f"{number(seconds)} s" + (" (from the history)" if given is None else "")


def _shifts(run: Run) -> TextTable | None:
    rows = []
    for name, raw in run.plan.get("shift", {}).items():
        family = _family(name, raw)
        breaks = "; ".join(
            f"{b.kind} {b.duration_min} min{'' if b.paid else ' unpaid'}, {hours(lo)} to {hours(hi)} after the start"
            for b, (lo, hi) in zip(family.breaks, family.windows, strict=True)
        )
        days = "every day" if len(family.days) == WEEK_DAYS else ", ".join(d[:3] for d in family.days)
        rows.append(
            (
                name,
                hours(family.paid_min),
                hours(family.length_min),
                f"{family.start_from}–{family.start_to} every {family.step_min} min",
                days,
                breaks or "none",
            )
        )
    return table("Shift families", "Family|Paid#|Length#|Starts|Days|Breaks", rows) if rows else None


def _family(name: str, raw: dict[str, Any]) -> ShiftFamily:
    rest: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in raw.items() if k != "break"}
    return ShiftFamily(name=name, **rest, breaks=tuple(Break(**b) for b in raw.get("break", ())))


def _contracts(run: Run, *, wages: bool) -> TextTable | None:
    rows = []
    for name, raw in run.plan.get("contract", {}).items():
        c = Contract(name=name, **raw)
        row = [
            name,
            f"{number(c.min_h_week, 1)}–{number(c.max_h_week, 1)} h",
            f"{c.min_days}–{c.max_days}",
            ", ".join(c.shifts),
        ]
        if wages:
            row.append(money(c.cost_h, run.currency, 2))
        rows.append(row)
    return (
        table(
            "Contracts",
            "Contract|Paid hours a week|Days a week|Shift families" + ("|Wage per hour#" if wages else ""),
            rows,
        )
        if rows
        else None
    )


def _rules(run: Run) -> TextTable:
    rules = Rules(**run.plan.get("rules", {}))
    rows = [(SPECS[f.name].row, _told(SPECS[f.name], getattr(rules, f.name))) for f in fields(rules)]
    for name, raw in run.plan.get("contract", {}).items():
        own = [(SPECS[f.name], raw[f.name]) for f in fields(rules) if f.name in raw]
        rows += [(f"Contract {name}: {spec.row}", _value(spec, value)) for spec, value in own]
    rows = [row for row in rows if row[1]]
    return table("Rules for everybody", "Rule|Value", rows, "All are hard: the judge counts every breach.")


def _told(spec: RuleSpec[Any], value: Any) -> str:
    """Return the value of a rule for everybody; "" where it asks for nothing and need not be told."""
    return spec.unset if spec.silent and value == spec.default else _value(spec, value)


def _value(spec: RuleSpec[Any], value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no rule"
    if isinstance(value, Mapping):
        told = (f"{k}: {', '.join(v) if isinstance(v, list | tuple) else v}" for k, v in value.items())
        return "; ".join(told) or "no rule"
    return hours(value) if spec.key.endswith("_min") else str(value)


def _costs(run: Run) -> TextTable:
    raw = dict(run.plan.get("costs", {}))
    lists = {"premium": Premium, "overtime": Overtime}
    c = Costs(**raw | {key: tuple(kind(**one) for one in raw.get(key, ())) for key, kind in lists.items()})
    prices = [
        ("Wage per paid hour where nobody has their own", c.cost_h),
        ("Call lost to the goal", c.call_price),
        ("Agent-hour missing under the floor", c.under_h),
        ("Paid hour of an open shift", c.open_shift_h),
        ("Hour below a contract's minimum", c.below_contract_h),
        ("Unit of wish weight unmet", c.wish),
        ("Hour between earliest and latest start", c.steady_h),
    ]
    rows = [(name, money(value, run.currency, 2)) for name, value in prices]
    for p in c.premium:
        days = "every day" if len(p.days) == WEEK_DAYS else ", ".join(d[:3] for d in p.days)
        rows.append((f"Premium {p.start}–{p.end}, {days}", f"+{percent(p.share, 0)}"))
    rows += [(f"Paid hours of a shift beyond {o.after_h:g}", f"+{percent(o.share, 0)}") for o in c.overtime]
    return table("Wages and prices", "What|Value#", rows)

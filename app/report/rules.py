"""The rule tables: shift families, contracts, rules, goals and prices as the plan had them."""

from __future__ import annotations

import math
from dataclasses import fields
from typing import Any

from ...schedule.problem.costs import Costs, Premium
from ...schedule.problem.shifts import Break, ShiftFamily
from ...schedule.problem.staff import Contract
from ...schedule.rules.rules import Rules
from .figures import hours, money, number, percent
from .run import Run
from .tables import TextTable, table

_ALL_DAYS = 7


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
        days = "every day" if len(family.days) == _ALL_DAYS else ", ".join(d[:3] for d in family.days)
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
    rows = _rule_rows(Rules(**run.plan.get("rules", {})), "")
    for name, raw in run.plan.get("contract", {}).items():
        own = {f.name: raw[f.name] for f in fields(Rules) if f.name in raw}
        rows += [row for row in _rule_rows(Rules(**own), f"Contract {name}: ") if row[2] in own]
    return table(
        "Rules for everybody", "Rule|Value", [row[:2] for row in rows], "All are hard: the judge counts every breach."
    )


def _rule_rows(r: Rules, who: str) -> list[tuple[str, str, str]]:
    """Return (rule, value, key) of each rule; those that ask for nothing only for a contract."""
    spread = "no limit" if r.max_start_spread_min is None else hours(r.max_start_spread_min)
    follow = "; ".join(f"{family}: {', '.join(after)}" for family, after in r.not_next_day.items())
    caps = "; ".join(f"{family}: {most}" for family, most in r.max_shifts.items())
    least, least_off = ("" if n == 1 and not who else str(n) for n in (r.min_run_days, r.min_run_off_days))
    weekends, silent = "" if r.max_weekends is None else str(r.max_weekends), "no rule" if who else ""
    rows = [
        ("Rest between two shifts, at least", hours(r.rest_min), "rest_min"),
        ("Days in a row, at most", str(r.max_run_days), "max_run_days"),
        ("Days in a row, at least", least, "min_run_days"),
        ("Days off in a row, at least", least_off, "min_run_off_days"),
        ("Days off together, at least", str(r.days_off_together), "days_off_together"),
        ("Weekends worked with the one before, at most", weekends, "max_weekends"),
        ("Whole weekends only", "yes" if r.whole_weekends else silent, "whole_weekends"),
        ("Not on the next day", follow or silent, "not_next_day"),
        ("Shifts of a family in the week, at most", caps or silent, "max_shifts"),
        ("Spread of start times in the week, at most", spread, "max_start_spread_min"),
    ]
    return [(who + text, value, key) for text, value, key in rows if value]


def _costs(run: Run) -> TextTable:
    raw = dict(run.plan.get("costs", {}))
    c = Costs(**raw | {"premium": tuple(Premium(**p) for p in raw.get("premium", ()))})
    prices = [
        ("Wage per paid hour where nobody has their own", c.cost_h),
        ("Call lost to the goal", c.lost_call),
        ("Agent-hour missing under the floor", c.under_h),
        ("Paid hour of an open shift", c.open_shift_h),
        ("Hour below a contract's minimum", c.below_contract_h),
        ("Unit of wish weight unmet", c.wish),
        ("Hour between earliest and latest start", c.steady_h),
    ]
    rows = [(name, money(value, run.currency, 2)) for name, value in prices]
    for p in c.premium:
        days = "every day" if len(p.days) == _ALL_DAYS else ", ".join(d[:3] for d in p.days)
        rows.append((f"Premium {p.start}–{p.end}, {days}", f"+{percent(p.share, 0)}"))
    return table("Wages and prices", "What|Value#", rows)

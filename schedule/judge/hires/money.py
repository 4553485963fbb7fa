"""Money of a hiring run counted again: wages by people and hours, hiring by classes, and sums of all lines."""

from __future__ import annotations

import numpy as np

from .people import cohorts, counted
from .run import Found, Hires, date_of, differs

LINES = ("cost_wages", "cost_hiring", "cost_transfers", "cost_contract", "cost_recourse", "cost_end_value")
RECOURSE = ("overtime", "vendor", "time_off", "missing")


def sums(run: Hires) -> Found:
    """Ensures that all lines of all months and groups add up to the cost, and lines to its parts."""
    table, parts = run.headcount, run.summary["cost_parts"]
    lines = {name: float(table[name].sum()) for name in LINES}
    if differs(sum(lines.values()), run.summary["cost"]):
        yield f"the lines of headcount.csv add up to {sum(lines.values()):,.2f}, cost is {run.summary['cost']:,.2f}"
    for line, names in (
        ("cost_recourse", RECOURSE),
        ("cost_contract", ("contract",)),
        ("cost_end_value", ("end_value",)),
    ):
        want = sum(parts[name] for name in names)
        if differs(lines[line], want):
            yield f"{line} adds up to {lines[line]:,.2f}, cost_parts tell {want:,.2f}"


def wages(run: Hires) -> Found:
    """Ensures that wages are hours times wage of all who are there, month by month, and hiring that of those who start.

    Hours and wages of a kind are those that the summary tells.
    """
    months = len(run.starts) - 1
    paid = {name: np.array(k["paid_h"], dtype=float) * k["wage_h"] for name, k in run.kinds.items()}
    want = {name: np.zeros(months) for name in run.summary["groups"]}
    hire = {name: np.zeros(months) for name in run.summary["groups"]}
    today = 0.0
    for cohort in cohorts(run):
        kind, one = run.kinds[cohort.kind], counted(run, cohort)
        money = paid[cohort.kind] * one.there
        want[kind["group"]] += money
        today += float(money.sum()) if cohort.what == "today" else 0.0
        if cohort.what in ("given", "class") and cohort.start is not None:
            inside = run.month_of(cohort.start)
            at = inside if inside is not None else 0 if cohort.start < run.starts[0] else months - 1
            hire[kind["group"]][at] += cohort.heads * kind["hire"]
    for name in want:
        rows = run.of_group(name)
        for column, right in (("cost_wages", want[name]), ("cost_hiring", hire[name])):
            for t in np.flatnonzero([differs(float(a), float(b)) for a, b in zip(rows[column], right, strict=True)]):
                have = float(rows[column].iloc[t])
                yield f"{name}, {run.summary['months'][t]}: {column} is {have:,.2f}, counted {right[t]:,.2f}"
    if differs(run.summary["cost_parts"]["wages_today"], today):
        yield f"wages_today are {run.summary['cost_parts']['wages_today']:,.2f}, counted {today:,.2f}"


def classes(run: Hires) -> Found:
    """Ensures that a class costs hiring and wages in training of its people."""
    for cohort, row in zip((c for c in cohorts(run) if c.what == "class"), run.classes.to_dict("records"), strict=True):
        kind = run.kinds[cohort.kind]
        pay = np.array(kind["paid_h"], dtype=float) * kind["wage_h"]
        want = cohort.heads * kind["hire"] + float(pay @ counted(run, cohort).training)
        if differs(float(row["cost"]), want):
            yield f"class of {row['kind']} on {row['start']:%Y-%m-%d}: cost is {row['cost']:,.2f}, counted {want:,.2f}"


def paid_hours(run: Hires) -> float:
    """Return the paid hours of all people, all months together."""
    return sum(float(np.array(run.kinds[c.kind]["paid_h"]) @ counted(run, c).there) for c in cohorts(run))


def prices(run: Hires) -> Found:
    """Ensures that what a month's recourse costs is hours times prices: missing ones between both prices of theirs."""
    for i, r in enumerate(run.headcount.to_dict("records"), 2):
        p = run.summary["groups"][r["group"]]["prices"]
        fixed = p["overtime_h"] * r["overtime_h"] + p["vendor_h"] * r["vendor_h"] - p["time_off_h"] * r["time_off_h"]
        low, high = fixed + p["short_h"] * r["missing_h"], fixed + p["lost_h"] * r["missing_h"]
        loose = 1e-5 * (1.0 + abs(high) + p["lost_h"])
        if not low - loose <= r["cost_recourse"] <= high + loose:
            have = f"cost_recourse is {r['cost_recourse']:,.2f}"
            yield f"headcount.csv, row {i}: {have}, its hours cost {low:,.2f} to {high:,.2f}"


def settled(run: Hires) -> Found:
    """Ensures that parts of the cost which follow from classes alone are theirs."""
    parts = run.summary["cost_parts"]
    hiring = sum(float(row["size"]) * run.kinds[str(row["kind"])]["hire"] for row in run.classes.to_dict("records"))
    if differs(parts["hiring"], hiring):
        yield f"hiring is {parts['hiring']:,.2f} in cost_parts, classes tell {hiring:,.2f}"
    firsts = [date_of(s) for s in run.classes["start"]]
    if not firsts and (differs(parts["hiring"], 0.0) or differs(parts["wages_hired"], 0.0)):
        yield "nobody is hired, and cost_parts tell money for it"

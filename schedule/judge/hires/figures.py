"""Figures of a hiring run against its tables, and against each other."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np

from .run import Found, Hires, date_of, differs

LEAST_BASE = 0.02
"""Share of all money that stands for the bound of the decidable cost where that is smaller."""
OPTIMAL = 1e-6
DECILES = [f"required_fte_q0.{n}" for n in range(1, 10)]


def _told(have: Mapping[str, Any], want: Mapping[str, Any], where: str = "") -> Found:
    for key, right in want.items():
        mine = have.get(key)
        number = isinstance(right, int | float) or right is None
        plain = mine is None or (isinstance(mine, int | float) and not isinstance(mine, bool))
        if (number and (not plain or differs(mine, right))) or (not number and mine != right):
            yield f"{where}{key} is {mine!r}, the tables tell {right!r}"


def totals(run: Hires) -> Found:
    """Ensures that numbers of classes, people and offers are those of the tables."""
    rows = run.classes
    starts = [s for s in map(date_of, rows["start"]) if s is not None]
    staff = run.state[run.state["class_start"].isna()] if "class_start" in run.state else run.state
    yield from _told(
        run.summary,
        {
            "hires": float(rows["size"].sum()),
            "offers": float(rows["offers"].sum()),
            "classes": len(rows),
            "firm_classes": int(rows["firm"].astype(int).sum()),
            "first_class": min(starts).isoformat() if starts else None,
            "heads": float(staff["heads"].sum()),
        },
    )
    least: tuple[float, str, str] | None = None
    for name, group in run.summary["groups"].items():
        mine = run.of_group(name)
        if [f"{m:%Y-%m}" for m in mine["month"]] != list(run.summary["months"]):
            yield f"headcount.csv does not tell every month of {name} once"
            return
        required, formula = mine["required_fte"].to_numpy(), mine["formula_fte"].to_numpy()
        own = {k for k, kind in run.kinds.items() if kind["group"] == name}
        yield from _told(
            group,
            {
                "heads": float(staff.loc[staff["kind"].isin(own), "heads"].sum()),
                "hires": float(rows.loc[rows["kind"].isin(own), "size"].sum()),
                "required_fte_mean": float(required.mean()),
                "required_fte_peak": float(required.max()),
                "available_fte_mean": float((mine["productive_fte"] + mine["contract_fte"]).mean()),
                "formula_fte_mean": float(formula.mean()),
                "formula_error": float(formula.mean() / required.mean() - 1) if required.mean() > 0 else None,
                **{c: float(mine[c].sum()) for c in ("missing_h", "overtime_h", "vendor_h")},
            },
            f"{name}: ",
        )
        told = group.get("probability")
        if not isinstance(told, list) or len(told) != len(mine) or any(map(differs, told, mine["probability"])):
            yield f"{name}: probability is not that of headcount.csv"
        at = int(mine["probability"].argmin())
        found = (float(mine["probability"].iloc[at]), name, run.summary["months"][at])
        least = found if least is None or found[0] < least[0] - 1e-9 else least
    worst = run.summary["probability_least"]
    if least is not None and (worst is None or differs(worst["probability"], least[0])):
        yield f"probability_least is {worst!r}, the tables tell {least[0]:.4f} in {least[2]} for {least[1]}"


def shares(run: Hires) -> Found:
    """Ensures that bands rise, chances are shares, and simulated ones lie in their intervals."""
    table = run.headcount
    for i, row in enumerate(table.to_dict("records"), 2):
        bands = [row[name] for name in DECILES]
        if any(b < a - 1e-9 for a, b in itertools.pairwise(bands)):
            yield f"headcount.csv, row {i}: the bands of the need do not rise"
        if "probability_simulated" in table and not (
            row["probability_lo"] - 1e-9 <= row["probability_simulated"] <= row["probability_hi"] + 1e-9
        ):
            yield f"headcount.csv, row {i}: the simulated chance lies outside its interval"


def balance(run: Hires) -> Found:
    """Ensures that the hours of each month suffice, and that overtime, time off and vendor keep to their shares."""
    prices = run.terms["prices"]
    for i, r in enumerate(run.headcount.to_dict("records"), 2):
        where, loose = f"headcount.csv, row {i}:", 1e-5 * (1.0 + r["required_h"])
        have = r["supply_h"] + r["contract_h"] + r["overtime_h"] + r["vendor_h"] + r["missing_h"] - r["time_off_h"]
        if have < r["required_h"] - loose:
            yield f"{where} {have:,.1f} h by all means, those missing included, {r['required_h']:,.1f} are required"
        for column, share, base in (
            ("overtime_h", "overtime_share", "supply_h"),
            ("time_off_h", "time_off_share", "supply_h"),
            ("vendor_h", "vendor_share", "required_h"),
        ):
            if r[column] > prices[share] * r[base] + loose:
                yield f"{where} {column} is {r[column]:,.1f}, more than {prices[share]:g} of {base}"


def bound(run: Hires) -> Found:
    """Ensures that the bound lies below the cost, and that gap, status and decidable cost follow."""
    s, parts = run.summary, run.summary["cost_parts"]
    cost, low = s["cost_decidable"], s["bound_decidable"]
    yield from _told(s, {"cost": float(sum(parts.values()))})
    yield from _told(s, {"cost_decidable": s["cost"] - parts["wages_today"] - parts["given"]})
    if (s["bound"] is None) != (low is None):
        yield f"bound is {s['bound']!r}, bound_decidable is {low!r}"
    if low is None:
        yield from _told(s, {"gap": None, "gap_decidable": None})
        return
    loose = 1e-6 * (1.0 + abs(s["cost"]))
    if low > cost + loose:
        yield f"bound_decidable {low:,.2f} lies above cost_decidable {cost:,.2f}"
    left, base = max(0.0, cost - low), LEAST_BASE * abs(s["cost"])
    yield from _told(
        s,
        {
            "bound": s["cost"] - left,
            "gap": left / max(abs(s["cost"] - left), base) if left else 0.0,
            "gap_decidable": left / max(abs(low), base) if left else 0.0,
        },
    )
    if s["status"] not in ("optimal", "feasible"):
        yield f"status is {s['status']!r}, and there is a plan"
    if s["stopped"] is None and s["gap_decidable"] > s["asked_gap"] + OPTIMAL and s["status"] != "optimal":
        yield "stopped is null, and the asked gap is not reached"


def history(run: Hires) -> Found:
    """Ensures that no bound told on the way lies above the cost in the end."""
    s = run.summary
    told = [h[2] for h in s.get("gap_history") or () if len(h) > 2 and h[2] is not None]
    if told and max(told) > s["cost_decidable"] + 1e-6 * (1.0 + abs(s["cost"])):
        yield f"gap_history tells a bound of {max(told):,.2f}, above cost_decidable {s['cost_decidable']:,.2f}"


def simulation(run: Hires) -> Found:
    """Ensures that quantiles of the simulated cost rise, and that its mean lies within its interval."""
    told = run.summary.get("simulation")
    if told is None:
        return
    low, high = told["cost_ci"]
    if not low <= told["cost"] <= high:
        yield f"the simulated cost {told['cost']:,.0f} lies outside its interval"
    rising = [told["cost_quantiles"][q] for q in ("0.1", "0.5", "0.9")]
    if not np.all(np.diff(rising) >= 0):
        yield "quantiles of the simulated cost do not rise"

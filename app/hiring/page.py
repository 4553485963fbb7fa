"""The page of a hiring run: one file, opens offline, asks the network for nothing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from ..files import write_atomic
from ..gap import gap_told, shortfall, stop_told
from ..report.card import GOOD, PLAIN, WARN, Card
from ..report.figures import MISSING, money, number, percent
from ..report.page import rendered
from ..report.run import records
from ..report.tables import TextTable, table
from .charts import PARTS, charts, waterfall
from .summary import SURE, decidable
from .words import PAID, change, due_lines, formula_lines, headline, matter_lines, month_told, relief_lines, rule_lines

Tables = Mapping[str, pd.DataFrame]
SAFE = 0.9
"""Chance from which a month is told as good."""


def write_page(
    run: Path,
    summary: Mapping[str, Any],
    tables: Tables,
    *,
    lead_weeks: float,
    training_weeks: float,
    beside: Mapping[str, Mapping[str, float]],
) -> Path:
    """Write ``report.html`` into the run folder.

    Parameters
    ----------
    beside
        Run → part of the cost → money of the scenarios side by side, the base first; empty without scenarios.
    """
    currency = summary["currency"]
    specs = charts(tables, training_weeks, currency)
    wages = summary["wages_shown"]
    if len(beside) > 1:
        specs["waterfall"] = waterfall(beside, currency)
    groups = list(summary["groups"])
    text = rendered(
        "hiring.html.j2",
        specs,
        {"views": [], "queues": groups, "gantt": None},
        ("report.js",),
        title=summary["site"],
        summary=summary,
        span=f"{summary['months'][0]} to {summary['months'][-1]}",
        headline=headline(summary, tables["classes"]),
        due=due_lines(tables["classes"]),
        rules=rule_lines(summary, lead_weeks),
        formula=formula_lines(summary),
        relief=relief_lines(summary),
        matters=matter_lines(tables["defaults"], summary) if "defaults" in tables else [],
        unmet=shortfall(decidable(summary)),
        stopped=stop_told({**decidable(summary), "stopped": summary["stopped"]}),
        cards=_cards(summary, tables),
        queues=groups,
        months=_months(tables["headcount"], currency),
        classes=_classes(tables["classes"], currency),
        cost=_cost(summary) if wages else None,
        wages=wages,
        defaults=_defaults(tables, currency),
        answers=_answers(tables, currency),
        transfers=_transfers(tables),
        loss=_loss(tables["loss"]),
        mixes=_mixes(tables["mixes"], currency),
        origin=_origin(summary),
    )
    return write_atomic(run / "report.html", text)


def _cards(summary: Mapping[str, Any], tables: Tables) -> list[Card]:
    least, gap = summary["probability_least"], summary["gap_decidable"]
    missing = float(tables["headcount"]["missing_h"].sum())
    need = float(tables["headcount"]["required_h"].sum())
    firm = summary["firm_classes"]
    cards = [
        Card("People to hire", number(summary["hires"]), f"{summary['classes']} classes, {summary['offers']} offers",
             f"Beside {number(summary['heads'])} people of today, over {len(summary['months'])} months"),
        Card("Due now", number(firm), "decide before the next planning" if firm else "nothing to decide this month",
             "Classes whose lead ends within a month; later ones are intents", WARN if firm else PLAIN),
        *([Card("Expected cost", money(summary["cost"], summary["currency"]),
                f"{money(summary['cost_decidable'], summary['currency'])} of it can be decided",
                "Wages, hiring, training, overtime, vendor, missing hours; less the worth of people at the end")]
          if summary["wages_shown"] else []),
        Card("Proven gap", gap_told(gap, summary["asked_gap"]), summary["status"],
             "Of the decidable cost: what wages of today's people hide", PLAIN),
        Card("Missing hours", number(missing), f"{percent(missing / need if need else 0.0)} of the need",
             "Expected after overtime and vendor hours", GOOD if missing <= 0.01 * need else WARN),
    ]  # fmt: skip
    if least is not None:
        chance = least["probability"]
        tone = GOOD if chance >= SAFE else WARN if chance < SURE else PLAIN
        cards.append(Card("Hardest month", percent(chance, 0), f"{least['month']}, {least['group']}",
                          "Chance that no hour is missing after overtime and vendor hours", tone))  # fmt: skip
    return cards


def _months(headcount: pd.DataFrame, currency: str) -> TextTable:
    rows = [
        (
            month_told(r["month"]), str(r["group"]), *(number(r[c], 1) for c in (
                "opening", "hires", "leavers", "in_training", "productive_fte", "contract_fte", "required_fte",
                "required_fte_q0.1", "required_fte_q0.9", "formula_fte")),
            percent(r["probability"], 0), *(number(r[c]) for c in ("overtime_h", "vendor_h", "missing_h")),
            *([money(r["cost_wages"], currency)] if "cost_wages" in r else []),
        )
        for r in headcount.to_dict("records")
    ]  # fmt: skip
    columns = (
        "Month|Group|Opening#|Start#|Leave#|In training#|Own FTE#|Contract FTE#|Required FTE#|10 %#|90 %#|"
        "Formula#|Chance#|Overtime h#|Vendor h#|Missing h#"
    )
    columns += "|Wages#" if "cost_wages" in headcount else ""
    return table("Month by month", columns, rows, file="headcount.csv")


def _classes(classes: pd.DataFrame, currency: str) -> TextTable | None:
    if classes.empty:
        return None
    rows = [
        (str(c["start"]), c["kind"], number(c["size"]), number(c["offers"]), str(c["lead_decision_date"]),
         *([money(c["cost"], currency)] if "cost" in c else []), "firm" if int(c["firm"]) else "intent")
        for c in records(classes)
    ]  # fmt: skip
    marked = [i for i, c in enumerate(records(classes)) if int(c["firm"])]
    columns = f"Start|Kind|People#|Offers#|Decide by|{'Cost#|' if 'cost' in classes else ''}Decision"
    return table("Classes", columns, rows, marked=marked, file="classes.csv")


def _cost(summary: Mapping[str, Any]) -> TextTable:
    currency, parts = summary["currency"], summary["cost_parts"]
    rows = [(PARTS.get(name, name), money(value, currency)) for name, value in parts.items() if round(value)]
    rows.append(("in all", money(summary["cost"], currency)))
    return table("Expected cost", "Part|Money#", rows, PAID, marked=[len(rows) - 1])


def _defaults(tables: Tables, currency: str) -> TextTable | None:
    if "defaults" not in tables:
        return None
    rows = [
        (d["key"], d["meaning"], str(d["default"]), f"{d['low']} … {d['high']}",
         f"{change(d['hires_low'])} … {change(d['hires_high'])}",
         *([f"{change(d['cost_low'], currency)} … {change(d['cost_high'], currency)}"] if "cost_low" in d else []))
        for d in records(tables["defaults"])
    ]  # fmt: skip
    columns = "Key|Meaning|Default|Low … high|People to hire#"
    columns += "|Expected money, by the bounds#" if "cost_low" in tables["defaults"] else ""
    return table("Defaults by the change they make", columns, rows, file="defaults.csv")


def _answers(tables: Tables, currency: str) -> TextTable | None:
    if "answers" not in tables:
        return None
    rows, paid = [], "saves" in tables["answers"]
    for a in records(tables["answers"]):
        told = []
        if paid:
            known = not (pd.isna(a["saves_at_least"]) or pd.isna(a["saves_at_most"]))
            ends = [change(a[f"saves_at_{end}"], currency) if known else MISSING for end in ("least", "most")]
            told = [change(a["saves"], currency), " … ".join(ends)]
        rows.append((a["change"], *told, number(a["missing_h"]), percent(a["probability"], 0)))
    note = (
        "One head more or trained counts with this plan as it stands, all else is planned anew. What the bounds leave "
        "open is the range: neither plan need be the cheapest, and each bound takes the spread of who stays and learns "
        "from its own rule."
    )
    columns = f"Change|{'Saves#|By the bounds#|' if paid else ''}Missing h#|Hardest month#"
    return table("What a change is worth", columns, rows, note, file="answers.csv")


def _mixes(mixes: pd.DataFrame, currency: str) -> TextTable:
    rows = [
        (m["group"], m["mix"], m["contracts"], number(m["presence_per_work"], 3),
         *([money(m["cost_h"], currency, 2)] if "cost_h" in m else []), percent(m["used"], 0))
        for m in records(mixes)
    ]  # fmt: skip
    note = "Wages only, for an experienced head, measured on sample weeks; used: share of the work in this plan."
    paid = "Cost of an hour of work#|" if "cost_h" in mixes else ""
    columns = f"Group|Mix of contracts|Contracts|Presence per hour of work#|{paid}Used#"
    return table("Which contracts are cheapest for these calls", columns, rows, note, file="mixes.csv")


def _transfers(tables: Tables) -> TextTable | None:
    if "transfers" not in tables:
        return None
    rows = [
        (month_told(t["month"]), t["source"], t["target"], number(t["heads"])) for t in records(tables["transfers"])
    ]
    return table("Transfers", "Month|From|To|People#", rows, file="transfers.csv")


def _loss(loss: pd.DataFrame) -> TextTable | None:
    if loss.empty:
        return None
    heads = [str(c).replace("_", " ") for c in loss.columns]
    numeric = [pd.api.types.is_numeric_dtype(loss[c]) for c in loss.columns]
    columns = "|".join(h + "#" * n for h, n in zip(heads, numeric, strict=True))
    rows = [
        tuple(number(v, 3) if n else str(v) for v, n in zip(row, numeric, strict=True))
        for row in loss.itertuples(index=False)
    ]
    note = "Hours of presence that sample weeks, scheduled without names, take for one hour of work."
    return table("Schedule loss as measured", columns, rows, note, file="loss.csv")


def _origin(summary: Mapping[str, Any]) -> list[TextTable]:
    stages = [(name, number(seconds, 1)) for name, seconds in summary["stages"].items()]
    inputs = [(name, digest[:16]) for name, digest in summary["input_hashes"].items()]
    versions = [(name, str(version)) for name, version in summary["versions"].items()]
    return [
        table("Stages", "Stage|Seconds#", stages),
        table("Inputs", "File|SHA-256", inputs),
        table("Versions", "Package|Version", versions),
    ]

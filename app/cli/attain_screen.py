"""What an attainment says on one screen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

MOST_NOTES = 8
"""Notes that are printed; summary.json has them all."""
MOST_UNITS = 4
"""Units of a goal that are printed one by one; of more their number."""


def attain_screen(summary: dict[str, Any], out: Path) -> Table:
    """Return the figures of an attainment that fit on one screen."""
    table = Table(
        title=f"{summary['contract']}, {summary['period']}", title_justify="left", show_header=False, box=None,
        padding=(0, 2),
    )  # fmt: skip
    rows = [("Answer", summary["headline"])]
    names = list(dict.fromkeys(goal["goal"] for goal in summary["goals"]))
    for name in names:
        units = [goal for goal in summary["goals"] if goal["goal"] == name]
        if len(units) > MOST_UNITS:
            hits, judged = sum(u["met"] is True for u in units), sum(u["met"] is not None for u in units)
            rows.append((name, f"{hits} of {judged} met"))
        else:
            rows += [(name, _goal(unit)) for unit in units]
    if summary["excluded"] or summary["unknown"]:
        rows.append(("Left out", f"{summary['excluded']} rows by a clause, {summary['unknown']} without a figure"))
    if (money := summary["money"]) is not None:
        currency = summary["currency"]
        parts = ", ".join(f"{word} {money[key]:,.0f}" for word, key in (
            ("malus", "malus"), ("bonus", "bonus"), ("earned back", "earned_back")))  # fmt: skip
        rows.append(("Money", f"{money['net']:,.0f} {currency} = {parts}; {money['at_risk']:,.0f} at risk".strip()))
    if (rest := summary["projection"]) is not None:
        for goal in (g for g in rest["goals"] if not g["held"]):
            low, high = (f"{100 * v:.0f}" for v in goal["ci"])
            rows.append(("At the end", f"{goal['goal']}: {100 * goal['probability']:.0f} % chance [{low}, {high}]"))
        if "net" in rest:
            rows.append(("Expected", f"{rest['net']:,.0f} {summary['currency']}".strip()))
    rows.append(("Report", str(out / "report.html")))
    rows += [("Note", note) for note in summary["notes"][:MOST_NOTES]]
    for name, value in rows:
        table.add_row(Text(name, style="bold"), Text(value))
    return table


def _goal(goal: dict[str, Any]) -> str:
    """Return a goal of a unit in one line: figure, numerator and denominator, level, verdict."""
    share = goal["aggregation"] == "share" or goal["metric"] not in ("asa", "backlog_age")

    def shown(value: float | None) -> str:
        return "–" if value is None else f"{100 * value:.2f} %" if share else f"{value:.1f} s"

    verdict = goal["why"] or {True: "met", False: "missed"}[goal["met"]]
    both = f"{goal['numerator']:,.10g} / {goal['denominator']:,.10g}"
    level = f"{goal['comparison'].replace('_', ' ')} {shown(goal['wanted'])}"
    return f"{shown(goal['figure'])} = {both}; {level}: {verdict}"

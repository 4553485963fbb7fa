"""The folder of a curve of goals: table, summary, picture and page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd

from ...forecast.tables import load
from ..config.plan_toml import plan_file
from ..files import write_atomic, write_csv
from ..folders.swap import put, work_folder
from ..folders.targets import followed
from ..gap import gap_told
from ..inputs.inputs import Inputs
from ..report.charts import picture
from ..report.figures import number, percent
from ..report.look import CONFIG, GREY, INK, Spec, finish, left
from ..report.page import rendered
from ..report.tables import TextTable, table
from ..versions import versions
from .curve import GoalCurve

TABLES = load(__package__)
TABLE, PICTURE = "goals.csv", "goals.png"
MONEY = [name for name, column in TABLES["goals"].items() if column.is_money]
WIDTH, HEIGHT = 900, 320
"""Pixels of the picture."""


def publish_curve(curve: GoalCurve, out: Path, *, wages: bool) -> tuple[Path, dict[str, Any]]:
    """Write the folder of a curve, whole or not at all; return its place and the summary.

    Parameters
    ----------
    wages
        Whether amounts are written: without them hours and service stand alone.
    """
    rows = curve.table[list(TABLES["goals"])]
    shown = rows if wages else rows.drop(columns=MONEY)
    summary = summary_of(curve, shown, wages=wages)
    with work_folder(followed(out)) as folder:
        write_csv(folder / TABLE, shown)
        write_atomic(folder / "summary.json", json.dumps(summary, indent=1, allow_nan=False) + "\n")
        write_atomic(folder / PICTURE, picture(drawn(curve, wages=wages, width=WIDTH)))
        write_atomic(folder / "report.html", page_of(curve, summary, wages=wages))
        return put(folder, followed(out), wages=wages), summary


def summary_of(curve: GoalCurve, rows: pd.DataFrame, *, wages: bool) -> dict[str, Any]:
    """Return summary.json: the week, what was asked, and the rows of the table."""
    config = curve.inputs.config
    plain = rows.astype(object).where(rows.notna(), None).to_dict("records")
    return {
        "kind": "goals",
        "site": config.site.name,
        "week": curve.inputs.week.isoformat(),
        "scenario": curve.inputs.scenario,
        **({"currency": config.costs.currency} if wages else {}),
        "named": curve.named,
        "curve": [{str(k): _plain(v) for k, v in row.items()} for row in plain],
        "asked_gap": config.solve.gap,
        "stopped": "user" if curve.stopped else None,
        "notes": list(curve.notes),
        "seed": config.solve.seed,
        "wages_shown": wages,
        "versions": versions(),
        "input_hashes": {name: file.sha256 for name, file in curve.inputs.files.items()},
    }


def _plain(value: Any) -> Any:
    """Return a cell as JSON writes it."""
    return value.item() if hasattr(value, "item") else value


def drawn(curve: GoalCurve, *, wages: bool, width: int | None = None) -> Spec:
    """Draw cost, or hours without wages, by goal: a line per answer-time threshold, down to the proven bound."""
    what, title = ("cost", f"cost of the week, {curve.inputs.config.costs.currency}") if wages else (
        "paid_hours", "paid hours of the week")  # fmt: skip
    rows: list[dict[str, Any]] = []
    for r in curve.table.to_dict("records"):
        rows.append({
            "goal": r["goal"], "level": r["level"], "within": f"{r['queue']} within {r['within_s']:g} s".strip(),
            "y": r[what], "low": r["bound"] if wages and pd.notna(r["bound"]) else r[what],
        })  # fmt: skip
    base = alt.Chart(alt.NamedData("rows"))
    x = alt.X("level:Q", title="share of the calls in time", axis=alt.Axis(format="%"),
              scale=alt.Scale(zero=False, padding=45))  # fmt: skip
    tip = [alt.Tooltip("goal:N"), alt.Tooltip("y:Q", title=title, format=",.0f"),
           alt.Tooltip("low:Q", title="proven bound", format=",.0f")]  # fmt: skip
    y = alt.Y("y:Q", title=title, axis=left(), scale=alt.Scale(zero=False))
    shade = alt.Color("within:N", title=None, legend=alt.Legend(orient="top"))
    lines = base.mark_line(point=True).encode(x=x, y=y, color=shade, tooltip=tip)
    bounds = base.mark_rule(color=GREY, strokeWidth=3, opacity=0.6).encode(x=x, y="low:Q", y2="y:Q", tooltip=tip)
    names = base.mark_text(align="right", dx=-7, dy=-7, color=INK).encode(x=x, y=y, text="goal:N")
    chart = alt.layer(bounds, lines, names)
    if width is None:
        return finish(chart, (), {"rows": rows}, HEIGHT)
    spec: Spec = chart.properties(width=width, height=HEIGHT).to_dict(validate=True)
    kept = {k: v for k, v in spec.items() if k not in ("$schema", "config")}
    return kept | {"config": CONFIG, "datasets": {"rows": rows}}


def text_table(curve: GoalCurve, *, wages: bool) -> TextTable:
    """Return the curve as text for people."""
    money = "Cost#|Proven bound#|Gap#|" if wages else ""
    prices = "|A point more#|A point, from the goal below#" if wages else ""
    rows = [_told(r, curve.inputs.config.solve.gap, wages=wages) for r in curve.table.to_dict("records")]
    note = "A point more: by the dual prices of the week's relaxation, which has tenths of shifts."
    return table("The cheapest staffing at each goal", f"Goal|{money}Paid hours#|Simulated#|Missed#{prices}", rows,
                 note * wages)  # fmt: skip


def _told(r: Mapping[Any, Any], asked: float, *, wages: bool) -> tuple[str, ...]:
    between = ""
    if wages and pd.notna(r["point_from"]):
        between = number(r["point_from"])
        if pd.notna(r["point_least"]):
            between += f" ({number(r['point_least'])} to {number(r['point_most'])})"
    gap = None if pd.isna(r["gap"]) else float(r["gap"])
    return (
        str(r["goal"]),
        *((number(r["cost"]), number(r["bound"]), gap_told(gap, asked)) if wages else ()),
        number(r["paid_hours"]),
        percent(r["simulated"]),
        f"{r['goals_missed']} goals, {r['floors_missed']} floors",
        *((number(r["point_price"]), between) if wages else ()),
    )


def page_of(curve: GoalCurve, summary: Mapping[str, Any], *, wages: bool) -> str:
    """Return the page as HTML: one file that asks the network for nothing."""
    return rendered(
        "goals.html.j2",
        {"goals": drawn(curve, wages=wages)},
        {"views": [], "queues": []},
        ("report.js",),
        title=summary["site"],
        week=summary["week"],
        listed=text_table(curve, wages=wages),
        notes=curve.notes,
        wages=wages,
        named=curve.named,
    )


def shown(curve: GoalCurve, *, wages: bool) -> pd.DataFrame:
    """Return the curve as a table for the screen."""
    told = text_table(curve, wages=wages)
    return pd.DataFrame(list(told.rows), columns=[name for name, _ in told.columns])


def usual_place(folder: Path, inputs: Inputs) -> Path:
    """Return where the curve of a planner's `folder` goes: ``goals/WEEK``, with the scenario's name behind."""
    name = "-".join([inputs.week.isoformat(), *([inputs.scenario] if inputs.scenario else [])])
    return plan_file(folder).parent / "goals" / name

"""The one-screen summary and small tables on a terminal."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.console import Group
from rich.table import Table
from rich.text import Text

from ...forecast.text import visible
from ..gap import gap_in_units, gap_told, shortfall, stop_told
from ..missed import goals_told, missed_lines, missed_words
from ..report.changed import kept_words

if TYPE_CHECKING:
    from ...forecast.queueing.simulation.simulation import Simulation


def _share(value: float | None, digits: int = 1) -> str:
    return "–" if value is None else f"{100 * value:.{digits}f} %"


def _goals(summary: dict[str, Any]) -> list[str]:
    """Return what the plan misses, a line each; else that all holds, or that nobody knows."""
    return missed_lines(summary) or [goals_told(summary)]


def gap_line(summary: dict[str, Any]) -> str:
    """Return the proven gap, the bound where money is shown, and the asked gap where it is not reached."""
    bound, gap, unmet = summary["bound"], summary["gap"], shortfall(summary)
    if gap is None and bound is None:
        return f"no bound known; asked {100 * summary['asked_gap']:g} %"
    over = "" if bound is None else f" over a bound of {bound:,.0f}"
    units = gap_in_units(summary)
    over += f": {units}" if units else ""
    asked = f"; the asked {100 * summary['asked_gap']:g} % is not reached" if unmet else ""
    return f"{gap_told(gap, summary['asked_gap'])}{over}{asked}"


def screen(summary: dict[str, Any], out: Path) -> Table:
    """Return the figures of a run that fit on one screen."""
    table = Table(
        title=f"{summary['site']}, week of {summary['week']}",
        title_justify="left",
        show_header=False,
        box=None,
        padding=(0, 2),
    )
    money = summary["currency"]
    ci = summary["service_level_ci"]
    stopped = f", {told}" if (told := stop_told(summary).partition(", ")[0]) else ""
    cost = summary["cost"]
    over, under = summary["over_agent_hours"], summary["under_agent_hours"]
    simulated = _share(summary["service_level_simulated"]) + (f" [{_share(ci[0])}, {_share(ci[1])}]" if ci else "")
    rows = [("Status", f"{summary['status']}{stopped}"), *(("Goals", line) for line in _goals(summary))]
    if cost is not None:
        wages, prices = summary["cost_wages"], summary["cost_prices"]
        rows.append(("Cost", f"{cost:,.0f} {money} = wages {wages:,.0f} + prices {prices:,.0f}"))
    rows += [
        ("Proven gap", gap_line(summary)),
        (
            "Paid hours",
            f"{summary['paid_hours']:,.1f}   over {over:,.1f} h, under {under:,.1f} h against the interval goal",
        ),
        ("Service", f"simulated {simulated}, expected {_share(summary['service_level_expected'])}"),
    ]
    if summary["simulation"] is None:
        rows[-1] = ("Service", f"not simulated; the goal holds by {summary['goal_basis']}")
    rows += [
        (f"  {q}", f"{summary['goals'][q]}: simulated {_share(v['simulated'])}") for q, v in summary["queues"].items()
    ]
    if summary.get("kept"):
        rows.append(("Kept plan", kept_words(summary["kept"], money)))
    if summary["below_floor_slots"]:
        worst = summary["below_floor_worst"]
        lost = f"{summary['below_floor_agent_hours']:,.1f} agent-hours in {summary['below_floor_slots']} slots"
        where = f"worst {worst['start'][:16].replace('T', ' ')}, {worst['queue']}: expected {_share(worst['expected'])}"
        rows.append(("Floor by heads", f"{lost} fewer than the curve asks; {where}"))
    unmet = missed_words(summary)
    unmet = f" though {unmet}: no further shift is worth its price" if unmet else ""
    rows += [
        ("Open shifts", f"{summary['open_shifts']}{'' if summary['open_shifts'] else unmet}"),
        ("Violations", f"{summary['violations']}"),
        ("Report", str(out / "report.html")),
    ]
    rows += [("Note", note) for note in (summary["note"], *summary["notes"]) if note]
    for name, value in rows:
        table.add_row(Text(name, style="bold"), Text(value))
    return table


def grid_of(frame: pd.DataFrame) -> Table:
    """Return a small table for the terminal, no cell cut."""
    table = Table(box=None, padding=(0, 1))
    for name in frame.columns:
        right = pd.api.types.is_numeric_dtype(frame[name])
        table.add_column(str(name), justify="right" if right else "left", no_wrap=True)
    for row in frame.itertuples(index=False):
        table.add_row(*("" if pd.isna(v) else f"{v:,.4g}" if isinstance(v, float) else visible(str(v)) for v in row))
    return table


ERRORS = {
    "wape": "WAPE %", "rmse": "RMSE", "bias": "bias %", "wql": "wQL %", "coverage_80": "in 80 %",
    "coverage_95": "in 95 %", "day_wape": "day %", "floor": "floor %", "seconds": "s",
}  # fmt: skip


def errors_of(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table of forecast errors as people read it: shares in percent, short names."""
    out = frame.copy()
    for name, title in ERRORS.items():
        if name in out:
            scale = 100.0 if title.endswith("%") else 1.0
            digits = 3 if name == "seconds" else 2
            out[name] = [f"{scale * v:,.{digits}f}" for v in out[name]]
    return out.rename(columns=ERRORS)


def remarks(predictions: pd.DataFrame, scored: pd.DataFrame) -> Iterator[str]:
    """Yield what a backtest's table does not say: what auto chose, models in one file, queues without a score."""
    for queue, part in predictions[predictions["asked"] == "auto"].groupby("queue", sort=False):
        chosen = part.drop_duplicates("origin")["model"].value_counts()
        yield f"{queue}: auto chose " + ", ".join(f"{name} from {n} origins" for name, n in chosen.items())
    if len(predictions["asked"].unique()) > 1:
        yield "the file holds the forecasts of all models; its column model tells them apart"
    for queue in predictions["queue"].unique():
        if queue not in set(scored["queue"]):
            yield f"{queue}: no calls are known after the origins, so nothing is scored"


def simulation(found: Simulation) -> Group:
    """Return the days and weeks of a simulation, queue by queue, and how well they are known."""
    parts: list[Table | Text] = []
    rows = found.service[found.service["period"] != "interval"]
    for queue, goal in found.goals.items():
        table = Table(title=f"{queue}: {goal} of {goal.definition}", title_justify="left", box=None, padding=(0, 1))
        for name in ("", "in time", "goal met", "abandoned", "ASA", "longest", "occupancy"):
            table.add_column(name, justify="right" if name else "left", no_wrap=True)
        for r in rows[rows["queue"] == queue].replace(math.nan, None).to_dict("records"):
            level = _share(r["simulated"])
            half = "" if r["simulated"] is None else f" ±{50 * (r['ci_hi'] - r['ci_lo']):.1f}"
            table.add_row(
                f"{r['start']:%a %Y-%m-%d}" if r["period"] == "day" else f"week {r['start']:%Y-%m-%d}",
                level + half,
                _share(r["p_goal"], 0),
                _share(r["abandon_rate"]),
                _seconds(r["asa_s"]),
                _seconds(r["longest_wait_s"]),
                _share(r["occupancy"]),
            )
        parts += [table, Text()]
    stopped = f"; stopped by {found.stopped} before they were known as well as asked" if found.stopped else ""
    lines = (
        f"{found.runs:,} runs; days and weeks are known to ±{100 * found.half_width:.1f} points (95 %){stopped}.",
        "goal met: share of the runs. longest: longest wait of a run, on average.",
    )
    return Group(*parts, *(Text(line) for line in lines))


def _seconds(value: float | None) -> str:
    return "–" if value is None else f"{value:,.1f} s" if value < 10 else f"{value:,.0f} s"

"""What a hiring run says on one screen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
from rich.table import Table
from rich.text import Text

from ...forecast.tables import read_text_csv
from ..hiring.summary import decidable
from ..hiring.words import due_lines, formula_lines, headline, matter_lines, relief_lines
from .screen import gap_line

NUMBERS = ("size", "offers", "cost", "firm", "hires_low", "hires_high", "cost_low", "cost_high")
"""Columns of a hiring run's tables that hold numbers; the others are text as it was written."""


def hiring_screen(summary: dict[str, Any], out: Path) -> Table:
    """Return the figures of a hiring run that fit on one screen."""
    table = Table(
        title=f"{summary['site']}, hiring {summary['months'][0]} to {summary['months'][-1]}",
        title_justify="left", show_header=False, box=None, padding=(0, 2),
    )  # fmt: skip
    classes = _read(out / "classes.csv")
    stopped = f", stopped by {summary['stopped']}" if summary["stopped"] else ""
    money, least = summary["currency"], summary["probability_least"]
    rows = [("Answer", headline(summary, classes)), *(("Due now", line) for line in due_lines(classes))]
    rows += [
        ("Status", f"{summary['status']}{stopped}"),
        *([("Cost", f"{summary['cost']:,.0f} {money} expected, {summary['cost_decidable']:,.0f} of it decidable")]
          if summary["wages_shown"] else []),
        ("Proven gap", gap_line(decidable(summary))),
    ]  # fmt: skip
    for name, group in summary["groups"].items():
        rows.append(
            (name, f"{group['heads']} people; {group['required_fte_mean']:.1f} FTE required, peak "
             f"{group['required_fte_peak']:.1f}, {group['available_fte_mean']:.1f} available; "
             f"{group['missing_h']:,.0f} h missing")
        )  # fmt: skip
    if least:
        chance = f"{100 * least['probability']:.0f} % chance that no hour is missing"
        rows.append(("Hardest month", f"{least['month']}, {least['group']}: {chance}"))
    rows += [("Relief", line) for line in relief_lines(summary)]
    rows += [("Formula", line) for line in formula_lines(summary)]
    if (out / "defaults.csv").exists():
        rows += [("Default", line) for line in matter_lines(_read(out / "defaults.csv"), summary)]
    rows.append(("Report", str(out / "report.html")))
    own = "hiring.toml" in summary["input_hashes"]
    what = "your settings, every default a comment" if own else "replace the defaults, and put it beside plan.toml"
    rows.append(("Settings", f"{out / 'hiring.toml'}: {what}"))
    rows += [("Note", note) for note in summary["notes"]]
    for name, value in rows:
        table.add_row(Text(name, style="bold"), Text(value))
    return table


def _read(path: Path) -> pd.DataFrame:
    """Return a table of the run."""
    text = read_text_csv(path)
    return text.assign(**{name: pd.to_numeric(text[name]) for name in NUMBERS if name in text})

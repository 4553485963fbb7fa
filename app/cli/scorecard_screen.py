"""What a scorecard says on one screen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from ..contracts.scorecard_publish import RENEWAL, REPORT
from ..contracts.scorecard_words import SCORES


def scorecard_screen(summary: dict[str, Any], out: Path) -> Table:
    """Return the figures of a scorecard that fit on one screen."""
    table = Table(title=f"{summary['contract']}, {summary['first']} to {summary['last']}", title_justify="left",
                  show_header=False, box=None, padding=(0, 2))  # fmt: skip
    rows = [("Answer", summary["headline"])]
    for name, ranking in summary["rankings"].items():
        for k, one in enumerate(ranking):
            first = f"{100 * one['rank_probabilities'][0]:.0f} % chance to be truly first"
            points = f"{one['points']:.1f} points [{one['low']:.1f}, {one['high']:.1f}], {first}; {one['told']}"
            rows.append((SCORES[name] if k == 0 else "", f"{k + 1}. {one['vendor']}: {points}"))
        for vendor, why in summary["unranked"][name].items():
            rows.append(("" if ranking else SCORES[name], f"{vendor}: not ranked, {why}"))
    for k, gate in enumerate(g for g in summary["gates"] if not g["met"]):
        rows.append(("Gates missed" if k == 0 else "", f"{gate['vendor']}, {gate['goal']}: {gate['verdict']}"))
    rows += [("Report", str(out / REPORT)), ("Renewal sheet", str(out / RENEWAL))]
    rows += [("Note" if k == 0 else "", note) for k, note in enumerate(summary["notes"])]
    for name, value in rows:
        table.add_row(Text(name, style="bold"), Text(value))
    return table

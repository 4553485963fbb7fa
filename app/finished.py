"""Finished run folders: read, judged again, shown again, compared."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from ..forecast.errors import InputError
from ..forecast.tables import read_text_csv
from ..schedule.judge.check import Verdict
from .files import write_atomic
from .inputs.folder import ARGUMENTS, Folder
from .judging import TEXTS
from .manifest import FILE as MANIFEST
from .manifest import Manifest

FIGURES = (
    "week",
    "scenario",
    "status",
    "cost",
    "cost_wages",
    "cost_prices",
    "bound",
    "gap",
    "paid_hours",
    "over_agent_hours",
    "under_agent_hours",
    "below_floor_agent_hours",
    "schedule_fit",
    "open_shifts",
    "service_level_expected",
    "service_level_simulated",
    "occupancy",
    "seconds",
    "seed",
)

SHARES = ("gap", "schedule_fit", "service_level_expected", "service_level_simulated", "occupancy")


def summary_of(run: Path) -> dict[str, Any]:
    """Return the summary of a run folder.

    Raises
    ------
    InputError
        If `run` is not a run folder.
    """
    try:
        summary: dict[str, Any] = json.loads((run / "summary.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(
            "not a run folder: summary.json is missing", file=run, mend="Name the folder that a run was written to"
        ) from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"not JSON: {error}", file=run / "summary.json") from error
    return summary


def table_of(run: Path, name: str) -> pd.DataFrame:
    """Return one CSV of a run folder, all cells as text."""
    summary_of(run)
    return read_text_csv(run / f"{name}.csv")


def verdict_of(run: Path, *, simulate: bool = True) -> Verdict:
    """Give a second opinion on a run folder: the rules of its plan, and everything that is published of it.

    The rules are judged from activity.csv and inputs/. Every table, figure and paper is counted again from them, and
    the files are compared with the manifest.

    Parameters
    ----------
    simulate
        Whether the calls are simulated again.

    Raises
    ------
    InputError
        If `run` is no run folder, or its activity or inputs cannot be read.
    """
    from .check.opinion import opinion_of

    inputs = run / "inputs"
    if not inputs.is_dir():
        raise InputError("not a run folder: inputs is missing", file=run)
    arguments = json.loads((inputs / ARGUMENTS).read_text(encoding="utf-8"))
    folder = Folder.read(inputs, arguments["scenario"], arguments.get("overrides", {}))
    texts = {name: read_text_csv(path) for name in (*TEXTS, "wishes") if (path := inputs / f"{name}.csv").exists()}
    return opinion_of(run, folder, arguments, texts, summary_of(run), simulate=simulate)


def write_papers(run: Path, *, wages: bool) -> Path:
    """Write report, workbook, calendars and agent sheets of a run again and return the report's path."""
    from .publish.calendar import write_calendars
    from .publish.excel import write_workbook
    from .publish.sheets import write_sheets
    from .report.page import write_report

    summary_of(run)
    write_workbook(run, wages=wages)
    if (run / "roster.csv").exists():
        write_calendars(run)
        write_sheets(run)
    report = write_report(run, wages=wages)
    write_atomic(run / MANIFEST, Manifest.of(run, wages=wages).text)
    return report


def figures_of(runs: Sequence[Path]) -> pd.DataFrame:
    """Return the main figures, a row a run."""
    return pd.DataFrame([{"run": str(run), **{f: summary_of(run).get(f) for f in FIGURES}} for run in runs])


def side_by_side(runs: Sequence[Path]) -> pd.DataFrame:
    """Return the main figures as text, a row a figure, a column a run."""
    summaries = {str(run): summary_of(run) for run in runs}
    return pd.DataFrame(
        {"figure": FIGURES} | {name: [_text(f, s.get(f)) for f in FIGURES] for name, s in summaries.items()}
    )


def _text(figure: str, value: Any) -> str:
    if value is None:
        return ""
    if figure in SHARES:
        return f"{100 * value:.2f} %"
    return f"{value:,.1f}" if isinstance(value, float) else str(value)


def difference(a: Path, b: Path) -> pd.DataFrame:
    """Return who works what in one plan and not in the other: agent, date, before, after.

    A shift is told by its times, pattern, queue and breaks.
    """
    keys = ["agent", "date"]
    both = _told(a).merge(_told(b), on=keys, how="outer", suffixes=("_a", "_b")).fillna("off")
    changed = both[both["shift_a"] != both["shift_b"]]
    return changed.rename(columns={"shift_a": "before", "shift_b": "after"}).sort_values(keys).reset_index(drop=True)


def _told(run: Path) -> pd.DataFrame:
    """Return agent, date and a line on each shift of a run."""
    if not (run / "roster.csv").exists():
        raise InputError("the plan names nobody: there is no roster.csv", file=run)
    roster, rows = table_of(run, "roster"), table_of(run, "activity")
    doing = {agent: part.to_dict("records") for agent, part in rows.groupby("agent")}
    lines = []
    for s in roster.to_dict("records"):
        begin, end = (pd.Timestamp(s[name]) for name in ("start", "end"))
        mine = [r for r in doing.get(s["agent"], ()) if begin <= pd.Timestamp(r["start"]) < end]
        queues = dict.fromkeys(r["queue"] for r in mine if r["queue"])
        breaks = [f"{r['activity']} {r['start'][11:16]}" for r in mine if r["activity"] in ("break", "lunch")]
        line = f"{s['start'][11:16]}–{s['end'][11:16]} {s['pattern']} {'+'.join(queues)}".rstrip()
        lines.append(f"{line} ({', '.join(breaks)})" if breaks else line)
    return roster[["agent", "date"]].assign(shift=lines)

"""Finished run folders: read, judged again, shown again, compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from ..forecast.errors import InputError
from ..forecast.tables import check, read_text_csv
from ..schedule.judge.check import Verdict
from .folders.one_run import of_one_run
from .folders.swap import settled
from .gap import gap_told
from .inputs.arguments import ARGUMENTS, read_arguments
from .inputs.folder import Folder
from .judging import TEXTS
from .missed import goals_told, is_simulated
from .report.summary import read_summary

FIGURES = (
    "week",
    "scenario",
    "status",
    "stopped",
    "cost",
    "cost_wages",
    "cost_prices",
    "bound",
    "gap",
    "asked_gap",
    "paid_hours",
    "over_agent_hours",
    "under_agent_hours",
    "below_floor_agent_hours",
    "schedule_fit",
    "open_shifts",
    "service_level_expected",
    "service_level_simulated",
    "goals_missed",
    "floor_missed_intervals",
    "occupancy",
    "seconds",
    "seed",
)

HIRING_FIGURES = (
    "as_of",
    "scenario",
    "status",
    "stopped",
    "cost",
    "cost_decidable",
    "bound_decidable",
    "gap_decidable",
    "bound",
    "gap",
    "asked_gap",
    "hires",
    "classes",
    "firm_classes",
    "first_class",
    "heads",
    "required_fte",
    "required_fte_peak",
    "available_fte",
    "overtime_h",
    "vendor_h",
    "missing_h",
    "probability_least",
    "seconds",
    "seed",
)
"""The main figures of hiring runs; FTE and hours are summed over groups."""

SHARES = (
    "asked_gap", "schedule_fit", "service_level_expected", "service_level_simulated", "occupancy", "probability_least",
)  # fmt: skip


def summary_of(run: Path, *, odd_figures: bool = False) -> dict[str, Any]:
    """Return the summary of a run folder; `odd_figures` as for `read_summary`.

    Raises
    ------
    InputError
        If `run` is not a run folder.
    """
    path = settled(run) / "summary.json"
    if not path.exists():
        raise InputError(
            "not a run folder: summary.json is missing", file=run, mend="Name the folder that a run was written to"
        )
    return read_summary(path, odd_figures=odd_figures)


def refuse_hiring(run: Path) -> None:
    """Raise `InputError` where a folder holds a hiring run: no week of it can be judged or shown."""
    path = settled(run) / "summary.json"
    if path.exists() and is_hiring(read_summary(path, odd_figures=True)):
        raise InputError("this is a hiring run", file=run, mend="Name the run of a week; check and compare take both")


@of_one_run
def table_of(run: Path, name: str) -> pd.DataFrame:
    """Return one CSV of a run folder, all cells as text, of which each is what its column declares."""
    return _table(run, name)


def _table(run: Path, name: str) -> pd.DataFrame:
    from .report.run import FILES, SCHEDULE

    summary_of(run)
    path = run / f"{name}.csv"
    text = read_text_csv(path)
    check(text, (SCHEDULE | FILES)[name], file=path)
    return text


@of_one_run
def verdict_of(run: Path, *, simulate: bool = True) -> Verdict:
    """Give a second opinion on a run folder: the rules of its plan, and everything that is published of it.

    The rules are judged from activity.csv and inputs/. Every table, figure and paper is counted again from them, and
    the files are compared with the manifest. Of a hiring run people, classes, money and figures are counted again; the
    verdict's shifts are its classes.

    Parameters
    ----------
    simulate
        Whether the calls are simulated again.

    Raises
    ------
    InputError
        If `run` is no run folder, or its activity or inputs cannot be read.
    """
    from .check.hires import hires_opinion
    from .check.opinion import opinion_of

    inputs = run / "inputs"
    summary = summary_of(run, odd_figures=True)
    if not inputs.is_dir():
        raise InputError("not a run folder: inputs is missing", file=run)
    if is_hiring(summary):
        return hires_opinion(run, summary)
    asked = read_arguments(inputs / ARGUMENTS)
    folder = Folder.read(inputs, asked.scenario, asked.overrides)
    texts = {
        name: read_text_csv(path) for name in (*TEXTS, "wishes", "kept") if (path := inputs / f"{name}.csv").exists()
    }
    return opinion_of(run, folder, asked, texts, summary, simulate=simulate)


def write_papers(run: Path, *, wages: bool) -> Path:
    """Write report, workbook, calendars and agent sheets of a run again and return the report's path.

    Raises
    ------
    InputError
        If `run` is no run folder, holds a file that was changed by hand, or has been replaced meanwhile.
    """
    from .publish.again import write_again

    refuse_hiring(run)
    return write_again(run, wages=wages)


def run_names(runs: Sequence[Path]) -> list[str]:
    """Return a short name of each run: that of its folder, or the whole path where two folders have the same."""
    names = [run.name for run in runs]
    return names if len(set(names)) == len(names) else [str(run) for run in runs]


def figures_of(runs: Sequence[Path]) -> pd.DataFrame:
    """Return the main figures, a row a run."""
    summaries = [figures(summary_of(run)) for run in runs]
    names = _named(summaries)
    return pd.DataFrame(
        [{"run": str(run), **{f: s.get(f) for f in names}} for run, s in zip(runs, summaries, strict=True)]
    )


def side_by_side(runs: Sequence[Path]) -> pd.DataFrame:
    """Return the main figures as text, a row a figure, a column a run."""
    summaries = {str(run): figures(summary_of(run)) for run in runs}
    names = _named(list(summaries.values()))
    return pd.DataFrame({"figure": names} | {run: [_text(f, s) for f in names] for run, s in summaries.items()})


def figures(summary: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a summary, that of a hiring run with its groups summed up."""
    if not is_hiring(summary):
        return summary
    groups = list(summary["groups"].values())
    least = summary["probability_least"]
    sums = {
        "required_fte": "required_fte_mean", "required_fte_peak": "required_fte_peak",
        "available_fte": "available_fte_mean", "overtime_h": "overtime_h", "vendor_h": "vendor_h",
        "missing_h": "missing_h",
    }  # fmt: skip
    return {
        **summary,
        **{name: sum(g[key] for g in groups) for name, key in sums.items()},
        "probability_least": None if least is None else least["probability"],
    }


def is_hiring(summary: Mapping[str, Any]) -> bool:
    """Whether a summary is that of a hiring run."""
    return summary.get("kind") == "hiring"


def costs_of(runs: Sequence[Path]) -> dict[str, dict[str, float]]:
    """Return what each run's cost is made of: run → part → money."""
    out = {}
    for run in runs:
        summary = summary_of(run)
        parts = summary.get("cost_parts") if is_hiring(summary) else {
            "wages": summary.get("cost_wages"), **(summary.get("cost_prices_parts") or {}),
        }  # fmt: skip
        out[str(run)] = {name: float(value) for name, value in (parts or {}).items() if value is not None}
    return out


def _named(summaries: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the figures that runs of these kinds have, each once."""
    kinds = [HIRING_FIGURES if is_hiring(s) else FIGURES for s in summaries]
    return list(dict.fromkeys(f for kind in sorted(set(kinds), key=kinds.index) for f in kind))


def _text(figure: str, summary: Mapping[str, Any]) -> str:
    value = summary.get(figure)
    if figure == "goals_missed" and not is_hiring(summary):
        return str(sum(not m["is_floor"] for m in value or ())) if is_simulated(summary) else goals_told(summary)
    if value is None:
        return ""
    if figure in ("gap", "gap_decidable"):
        of_all = figure == "gap" and is_hiring(summary)  # what is asked is a gap of what can be decided
        return gap_told(value, None if of_all else summary.get("asked_gap"))
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


@of_one_run
def _told(run: Path) -> pd.DataFrame:
    """Return agent, date and a line on each shift of a run."""
    if not (run / "roster.csv").exists():
        raise InputError("the plan names nobody: there is no roster.csv", file=run)
    roster, rows = _table(run, "roster"), _table(run, "activity")
    doing = {agent: part.to_dict("records") for agent, part in rows.groupby("agent")}
    lines = []
    for s in roster.to_dict("records"):
        begin, end = (pd.Timestamp(s[name]) for name in ("start", "end"))
        mine = [r for r in doing.get(s["agent"], ()) if begin <= pd.Timestamp(r["start"]) < end]
        queues = dict.fromkeys(r["queue"] for r in mine if r.get("queue"))
        breaks = [f"{r['activity']} {r['start'][11:16]}" for r in mine if r["activity"] in ("break", "lunch")]
        line = f"{s['start'][11:16]}–{s['end'][11:16]} {s['pattern']} {'+'.join(queues)}".rstrip()
        lines.append(f"{line} ({', '.join(breaks)})" if breaks else line)
    return roster[["agent", "date"]].assign(shift=lines)

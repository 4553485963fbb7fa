"""The run folder: every table of a decided week, judged before anything is published."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from ...forecast.predict import Forecast
from ...forecast.tables import read_text_csv
from ...schedule.diagnose.explain import explain, explain_open
from ...schedule.judge.check import Verdict, Violation, check
from ...schedule.judge.counts import check_coverage, cost_wages
from ...schedule.optimise.status import Refused
from ...schedule.plan.activity import cover_table, open_table, roster_table
from ..files import run_folder, write_atomic, write_csv
from ..inputs.folder import Folder, copy_inputs
from ..report.page import write_report
from ..week import Week
from .calendar import write_calendars
from .excel import write_workbook
from .sheets import write_sheets
from .summary import summarise


def service_table(week: Week) -> pd.DataFrame:
    """Return service.csv: goal, expectation and simulation per queue and interval, day, week (plus expected calls)."""
    goal = {d.queue: d.goal.level for d in week.problem.demands}
    out = week.expected.assign(goal=[goal[q] for q in week.expected["queue"]])
    key = ["queue", "period", "start"]
    if week.simulation is not None:
        out = out.merge(
            week.simulation.service[[*key, "simulated", "ci_lo", "ci_hi"]], on=key, how="left", validate="one_to_one"
        )
    else:
        out = out.assign(simulated=float("nan"), ci_lo=float("nan"), ci_hi=float("nan"))
    return out[[*key, "goal", "expected", "simulated", "ci_lo", "ci_hi", "calls"]]


def judged(
    activity: pd.DataFrame,
    plan: Mapping[str, Any],
    inputs: Path,
    week: dt.date,
    *,
    coverage: pd.DataFrame | None = None,
    wages: float | None = None,
) -> Verdict:
    """Return the judge's verdict on an activity table, from the input files alone.

    A `coverage` is compared with the judge's own count of heads, `wages` with its own sum.
    """
    names = ("staff", "availability", "leave", "fixed", "special_days", "previous_activity")
    texts = {n: read_text_csv(p) if (p := inputs / f"{n}.csv").exists() else None for n in names}
    asked = {"plan": plan, **texts, "week": week}
    verdict = check(activity, asked)
    wrong: list[Violation] = []
    if coverage is not None:
        wrong += check_coverage(activity, coverage, asked)
    if wages is not None and verdict.passed:
        recounted = cost_wages(activity, asked)
        if abs(recounted - wages) > 0.005 * max(1, verdict.shifts):
            wrong.append(Violation("wages", "", "", f"the plan says {wages:,.2f}, recounted {recounted:,.2f}"))
    return replace(verdict, violations=(*verdict.violations, *wrong))


def beside_finished(out: Path) -> Path:
    """Return where a stopped run goes: `out`, or ``NAME-stopped`` beside it where `out` holds a finished run."""
    path = out / "summary.json"
    finished = path.exists() and json.loads(path.read_text(encoding="utf-8")).get("stopped") != "user"
    return out.with_name(f"{out.name}-stopped") if finished else out


def _same_week(out: Path, week: dt.date) -> bool:
    """Whether the run that `out` holds, if any, plans the same week: its calendars are then revised, not begun anew."""
    path = out / "summary.json"
    return path.exists() and json.loads(path.read_text(encoding="utf-8")).get("week") == week.isoformat()


def publish(
    out: Path,
    folder: Folder,
    week: Week,
    files: Mapping[str, Path],
    first: dt.date,
    *,
    requirement: pd.DataFrame,
    curve: pd.DataFrame | None,
    predicted: Forecast | None,
    volume: pd.DataFrame | None,
    previous: Path | None,
    stages: dict[str, float],
    notes: Sequence[str],
    log: Callable[[], list[str]],
    wages: bool,
    stopped: bool = False,
) -> dict[str, Any]:
    """Judge the week that begins on `first`, write its run folder in place of `out`, and return the summary.

    Raises
    ------
    Refused
        If the judge objects.
    """
    with run_folder(out) as run:
        if previous is not None:
            files = {**files, "previous_activity.csv": previous / "activity.csv"}
        hashes = copy_inputs(files, run, folder.arguments(first))
        named = bool(week.problem.staff)
        wages_said = week.cost_wages if named else None
        verdict = judged(week.activity, folder.plan, run / "inputs", first, coverage=week.coverage, wages=wages_said)
        if not verdict.passed:
            raise Refused([str(v) for v in verdict.violations])
        service = service_table(week)
        if predicted is not None and len(predicted.quality):
            notes = [*notes, f"{len(predicted.quality)} findings in the input data: see the report, Data quality"]
        tables = {
            "volume": volume,
            "requirement": requirement,
            "curve": curve,
            "cover": cover_table(week.planned),
            "activity": week.activity,
            "coverage": week.coverage,
            "service": service,
            "explain": explain(week.problem, week.assigned, week.coverage),
        }
        if named:
            tables |= {
                "roster": roster_table(week.assigned, week.problem.grid),
                "open_shifts": open_table(week.open, week.problem.grid),
                "open_reasons": explain_open(week.problem, week.assigned, week.open),
            }
        if predicted is not None:
            tables |= {
                "backtest": predicted.backtest,
                "handle_backtest": predicted.handle_backtest,
                "volume_parts": predicted.parts,
                "past_weeks": predicted.past.assign(origin=pd.to_datetime(predicted.past["origin"]).dt.date),
                "history": predicted.history,
                "quality": predicted.quality,
            }
        for name, table in tables.items():
            if table is not None:
                write_csv(run / f"{name}.csv", table)
        label = {"week": first.isoformat(), "scenario": folder.scenario}
        summary = summarise(
            folder.config, week, verdict, service,
            stages=stages, hashes=hashes, label=label, notes=notes, stopped=stopped,
        )  # fmt: skip
        write_atomic(run / "summary.json", json.dumps(summary, indent=2, allow_nan=False) + "\n")
        write_report(run, wages=wages)
        write_workbook(run, wages=wages)
        if named:
            write_calendars(run, previous=out if _same_week(out, first) else None)
            write_sheets(run)
        write_atomic(run / "run.log", "\n".join(log()) + "\n")
    return summary

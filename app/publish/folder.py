"""The run folder: every table of an outcome that the judge let pass, whole or not at all."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...schedule.optimise.status import Refused
from ..config.plan_toml import PLAN, plan_file
from ..files import run_folder, write_atomic, write_csv
from ..inputs.folder import ARGUMENTS, PEOPLE_FILES
from ..inputs.inputs import Inputs
from ..inputs.snapshot import InputFile
from ..manifest import FILE as MANIFEST
from ..manifest import Manifest
from ..outcome import Outcome
from ..report.page import write_report
from .calendar import write_calendars
from .content import Content, told_without_money
from .excel import write_workbook
from .sheets import write_sheets

PRIVATE = 0o600
"""Mode of a file that only its owner may read."""


@dataclass(frozen=True)
class RunFolder:
    """Where an outcome goes.

    Parameters
    ----------
    path
        Folder to write; it is replaced whole or not at all.
    wages
        Whether anything in the folder tells wages, prices or costs.
    log
        Gives the lines of run.log when all else is written.
    """

    path: Path
    wages: bool = True
    log: Callable[[], list[str]] = list

    def place(self, outcome: Outcome) -> Path:
        """Return where `outcome` goes: `path`, or beside it where a stopped run would replace a finished one."""
        return beside_finished(self.path) if outcome.stopped else self.path


def publish(outcome: Outcome, sink: RunFolder) -> tuple[Path, dict[str, Any]]:
    """Write the run folder of an outcome in its place; returns the folder and the summary.

    Raises
    ------
    Refused
        If the judge objected to the plan; nothing is written then.
    InputError
        If the folder is there and is no run folder.
    """
    if not outcome.verdict.passed:
        found = outcome.verdict.violations
        raise Refused([str(v) for v in found] if sink.wages else told_without_money(found))
    out, inputs = sink.place(outcome), outcome.inputs
    content = Content.of(outcome) if sink.wages else Content.without_money(outcome)
    with run_folder(out) as run:
        _write_inputs(content.inputs, inputs.arguments, run / "inputs")
        for name, table in content.tables.items():
            write_csv(run / f"{name}.csv", table)
        summary = dict(content.summary)
        write_atomic(run / "summary.json", json.dumps(summary, indent=2, allow_nan=False) + "\n")
        write_report(run)
        write_workbook(run)
        if outcome.decision.named:
            write_calendars(run, previous=out if _same_week(out, inputs.week) else None)
            write_sheets(run)
        write_atomic(run / "run.log", "\n".join(sink.log()) + "\n")
        write_atomic(run / MANIFEST, Manifest.of(run, wages=sink.wages).text)
    return out, summary


def usual_place(folder: Path, inputs: Inputs) -> Path:
    """Return where the run of a planner's `folder` goes: ``runs/WEEK``, with the scenario's name behind."""
    name = "-".join([inputs.week.isoformat(), *([inputs.scenario] if inputs.scenario else [])])
    return plan_file(folder).parent / "runs" / name


def beside_finished(out: Path) -> Path:
    """Return where a stopped run goes: `out`, or ``NAME-stopped`` beside it where `out` holds a finished run."""
    path = out / "summary.json"
    finished = path.exists() and json.loads(path.read_text(encoding="utf-8")).get("stopped") != "user"
    return out.with_name(f"{out.name}-stopped") if finished else out


def _same_week(out: Path, week: dt.date) -> bool:
    """Whether the run that `out` holds, if any, plans the same week: its calendars are then revised, not begun anew."""
    path = out / "summary.json"
    return path.exists() and json.loads(path.read_text(encoding="utf-8")).get("week") == week.isoformat()


def _write_inputs(files: Mapping[str, InputFile], arguments: Mapping[str, Any], folder: Path) -> None:
    """Write the inputs as they were when they were read, and what was asked for beside them.

    Only the user may read the copies of the plan, which tells wages, and of the files about people. Any other copy is
    as open as its source was. A run folder often lies where more people look than where its inputs lie.
    """
    folder.mkdir(parents=True)
    for name, file in files.items():
        secret = file.mode is None or name in (PLAN, *PEOPLE_FILES)
        path = folder / name
        path.touch(PRIVATE)
        path.write_bytes(file.content)
        path.chmod(PRIVATE if secret else PRIVATE | (file.mode or 0) & 0o666)
    write_atomic(folder / ARGUMENTS, json.dumps(arguments, indent=2) + "\n")

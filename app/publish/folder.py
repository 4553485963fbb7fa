"""The run folder: every table of an outcome that the judge let pass, whole or not at all."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from ...forecast.errors import InputError
from ...forecast.progress import Watch
from ...schedule.optimise.status import Refused
from ..config.plan_toml import plan_file
from ..files import write_atomic, write_csv
from ..folders.swap import places, put, work_folder
from ..folders.targets import followed
from ..inputs.arguments import ARGUMENTS
from ..inputs.folder import PEOPLE_FILES
from ..inputs.inputs import Inputs
from ..inputs.kept_run import KEPT
from ..inputs.snapshot import InputFile
from ..missed import missed_lines
from ..outcome import Outcome
from .content import Content, told_without_money
from .paper_names import NAMES
from .papers import AFTER_STOP_S, Patience, keep_earlier, write_papers

LAST_WEEK = "last_week"
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
    papers
        Which papers are written, by `papers.NAMES`.
    earlier
        The run whose calendars are continued; None = the one in the place that this run takes.
    last_week
        What came on the days before the week, where a store knows that; no part of the plan.
    """

    path: Path
    wages: bool = True
    log: Callable[[], list[str]] = list
    papers: tuple[str, ...] = tuple(NAMES)
    earlier: Path | None = None
    last_week: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False, compare=False)

    def place(self, outcome: Outcome) -> Path:
        """Return where `outcome` goes: `path`, or beside it where a stopped run would replace a finished one."""
        out = followed(self.path)
        return beside_finished(out) if outcome.stopped else out


def publish(outcome: Outcome, sink: RunFolder, watch: Watch | None = None) -> tuple[Path, dict[str, Any]]:
    """Write the run folder of an outcome in its place; returns the folder and the summary.

    Where the place holds what busyhour did not write, or cannot be replaced, the run goes beside it. A paper that
    cannot be written is left out. Notes of the summary tell both. An exception means that nothing was published.

    Parameters
    ----------
    watch
        Tells of a stop while papers are written: what is not begun within a few seconds is left out.

    Raises
    ------
    Refused
        If the judge objected to the plan; nothing is written then.
    InputError
        If nothing can have the name of the folder.
    OSError
        If tables, summary or inputs cannot be written.
    """
    if not outcome.verdict.passed:
        found = outcome.verdict.violations
        raise Refused([str(v) for v in found] if sink.wages else told_without_money(found))
    out = followed(sink.path)
    content = Content.of(outcome) if sink.wages else Content.without_money(outcome)
    until = time.monotonic() + AFTER_STOP_S if outcome.stopped else None
    with work_folder(out) as run:
        write_inputs(content.inputs, content.arguments, run / "inputs")
        for name, table in content.tables.items():
            write_csv(run / f"{name}.csv", table)
        if len(sink.last_week):
            write_csv(run / f"{LAST_WEEK}.csv", sink.last_week)
        summary = dict(content.summary)
        _write_summary(run, summary)
        earlier = sink.earlier or sink.place(outcome)
        notes = keep_earlier(run, earlier, summary["week"]) if outcome.decision.named else []
        patience = Patience(watch or Watch(), until)
        left_out, told = write_papers(run, wages=sink.wages, patience=patience, asked=sink.papers)
        notes += told

        def last(place: Path, why: str) -> None:
            """Tell in the run what has become of it."""
            beside = [f"{why}; this run is in {place}"] * bool(why)
            missing = [f"left out: {name}; make it with: busyhour report {place}" for name in left_out]
            summary["notes"] = [*outcome.notes, *beside, *missing, *notes]
            _write_summary(run, summary)
            lines = [*sink.log(), *missed_lines(summary), *(f"note: {note}" for note in summary["notes"])]
            write_atomic(run / "run.log", "".join(f"{line}\n" for line in lines).encode(errors="replace"))

        beside, keeps = ("stopped", finished) if outcome.stopped else ("", None)
        where = put(run, out, wages=sink.wages, beside=beside, last=last, keeps=keeps)
    return where, summary


def usual_place(folder: Path, inputs: Inputs) -> Path:
    """Return where the run of a planner's `folder` goes: ``runs/WEEK``, with the scenario's name behind.

    Raises
    ------
    InputError
        If the scenario's name leads elsewhere.
    """
    name = "-".join([inputs.week.isoformat(), *([inputs.scenario] if inputs.scenario else [])])
    if Path(name).name != name:
        raise InputError(
            "no folder can have this scenario's name", value=inputs.scenario, mend="Name a folder with --out"
        )
    return plan_file(folder).parent / "runs" / name


def beside_finished(out: Path) -> Path:
    """Return where a stopped run goes: `out`, or ``NAME-stopped`` beside it where `out` holds a finished run."""
    return next(place for place in places(out, "stopped") if not finished(place))


def finished(place: Path) -> str:
    """Say that a stopped run must not replace the run in `place`; "" where that was stopped too, or there is none."""
    try:
        summary = json.loads((place / "summary.json").read_text(encoding="utf-8"))
        if summary.get("stopped") == "user":
            return ""
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except (OSError, ValueError, AttributeError):
        return f"the run in {place} cannot be read"
    return f"the run in {place} is finished, this one was stopped"


def _write_summary(run: Path, summary: dict[str, Any]) -> None:
    write_atomic(run / "summary.json", json.dumps(summary, indent=2, allow_nan=False) + "\n")


def write_inputs(files: Mapping[str, InputFile], arguments: Mapping[str, Any], folder: Path) -> None:
    """Write the inputs as they were when they were read, and what was asked for beside them.

    Only the user may read the copies of plan and contract, which tell money, and of the files about people. Any other
    copy is as open as its source was. A run folder often lies where more people look than where its inputs lie.
    """
    folder.mkdir(parents=True)
    for name, file in files.items():
        secret = file.mode is None or name.endswith(".toml") or name in (*PEOPLE_FILES, KEPT)
        path = folder / name
        path.touch(PRIVATE)
        path.write_bytes(file.content)
        path.chmod(PRIVATE if secret else PRIVATE | (file.mode or 0) & 0o666)
    write_atomic(folder / ARGUMENTS, json.dumps(arguments, indent=2) + "\n")
    if arguments.get("overrides"):
        (folder / ARGUMENTS).chmod(PRIVATE)  # they may tell prices

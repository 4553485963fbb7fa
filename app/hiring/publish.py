"""The run folder of a hiring plan: tables, summary, papers and inputs, whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..config.plan_toml import plan_file
from ..files import write_atomic, write_csv
from ..folders.swap import put, work_folder
from ..folders.targets import followed
from ..publish.folder import beside_finished, finished, write_inputs
from .book import write_workbook
from .config import FILE
from .outcome import HiringOutcome
from .page import write_page
from .starter import commented
from .summary import summarise
from .tables import tables_of
from .without_money import copies, summary_without_money, tables_without_money


@dataclass(frozen=True)
class HiringFolder:
    """Where a hiring plan goes.

    Parameters
    ----------
    path
        Folder to write; it is replaced whole or not at all.
    beside
        Run → part of the cost → money of scenarios side by side, for the report; the base first.
    wages
        Whether anything in the folder tells wages, prices or costs.
    log
        Gives the lines of run.log when all else is written.
    """

    path: Path
    beside: Mapping[str, Mapping[str, float]]
    log: Callable[[], list[str]] = list
    wages: bool = True

    def place(self, outcome: HiringOutcome) -> Path:
        """Return where `outcome` goes: `path`, or beside it where a stopped run would replace a finished one."""
        out = followed(self.path)
        return beside_finished(out) if outcome.stopped else out


def publish(outcome: HiringOutcome, sink: HiringFolder) -> tuple[Path, dict[str, Any]]:
    """Write the run folder of a hiring plan in its place; returns the folder and the summary.

    Where the place holds what busyhour did not write, or a finished run while this one was stopped, the run goes beside
    it; a note of the summary tells so.

    Raises
    ------
    InputError
        If nothing can have the name of the folder.
    OSError
        If a file cannot be written; nothing is published then.
    """
    out, tables, summary, files = followed(sink.path), tables_of(outcome), summarise(outcome), dict(outcome.files)
    beside = sink.beside if sink.wages else {}
    if not sink.wages:
        files, redacted = copies(outcome)
        tables, summary = tables_without_money(tables), summary_without_money(summary, redacted)
    notes = summary["notes"]
    asked = {"as_of": summary["as_of"], "scenario": summary["scenario"], "overrides": dict(outcome.file.overrides)}
    rules, people = outcome.problem.rules, outcome.file.config.people
    with work_folder(out) as run:
        write_inputs(files, asked, run / "inputs")
        for name, table in tables.items():
            write_csv(run / f"{name}.csv", table)
        write_atomic(run / FILE, commented(outcome, wages=sink.wages))
        write_page(run, summary, tables, lead_weeks=rules.lead_weeks, training_weeks=people.training_weeks,
                   beside=beside)  # fmt: skip
        write_workbook(run, summary, tables, rules.lead_weeks)

        def last(place: Path, why: str) -> None:
            """Tell in the run what has become of it."""
            summary["notes"] = [*notes, *[f"{why}; this run is in {place}"] * bool(why)]
            write_atomic(run / "summary.json", json.dumps(summary, indent=2, allow_nan=False) + "\n")
            lines = [*sink.log(), *(f"note: {note}" for note in summary["notes"])]
            write_atomic(run / "run.log", "".join(f"{line}\n" for line in lines).encode(errors="replace"))

        aside, keeps = ("stopped", finished) if outcome.stopped else ("", None)
        where = put(run, out, wages=sink.wages, beside=aside, last=last, keeps=keeps)
    return where, summary


def usual_place(folder: Path, as_of: str, scenario: str | None) -> Path:
    """Return where the hiring run of a planner's `folder` goes: ``runs/hire-DATE``, with the scenario's name behind."""
    return plan_file(folder).parent / "runs" / "-".join(["hire", as_of, *([scenario] if scenario else [])])

"""Scenarios beside each other: each planned and published by itself, then one table and one picture of all."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ...forecast.errors import InputError
from ...forecast.progress import Watch
from ...forecast.text import spelled
from ..comparison import write_comparison
from ..faults import code_and_words, code_of
from ..finished import run_names, side_by_side
from ..folders.targets import folder_to_write
from ..gap import shortfall
from ..inputs import Inputs, RunOptions
from ..last_week import last_week_of
from ..publish.folder import RunFolder, publish, usual_place
from ..run import plan
from ..side_by_side import each_alone
from .command import err, places, remark, say, show_frame
from .console import Console
from .exit_codes import LIMIT_WITH_PLAN
from .progress_board import Board

BASE, COMPARED = "base", "compared"
"""Names of the run without a scenario, and of the folder of table and picture, where several are planned."""

Found = list[tuple[Path, dict[str, Any]]]
"""Folders and summaries of runs."""


@dataclass(frozen=True, eq=False)
class Beside:
    """What became of several scenarios.

    Attributes
    ----------
    found
        The runs of those that have one.
    failed
        Name of each other one, and the error that ended it.
    place
        Where the runs are laid side by side; None without any.
    """

    found: Found
    failed: list[tuple[str, Exception]]
    place: Path | None


@dataclass(frozen=True, eq=False)
class Week:
    """A week under one scenario, and where its run goes, with or without money."""

    inputs: Inputs
    place: Path
    wages: bool


def plan_week(week: Week, watch: Watch) -> tuple[Path, dict[str, Any]]:
    """Plan and publish one week, with a log of its own."""
    board = Board(Console(stderr=True), quiet=True, wages=week.wages)
    eye = replace(watch, show=board.show)
    before, unknown = last_week_of(week.inputs)
    found = plan(week.inputs, eye)
    sink = RunFolder(week.place, week.wages, lambda: board.log, last_week=before)
    return publish(replace(found, notes=(*found.notes, *unknown)), sink, eye)


def plan_beside(folder: Path, options: Sequence[RunOptions], out: Path | None, *, wages: bool, quiet: bool) -> Beside:
    """Plan a week under several scenarios, each in a process of its own, and compare the runs that there are.

    Parameters
    ----------
    options
        One for each scenario, the first without any.
    out
        Folder for all of them; None = where runs of `folder` usually go.
    """
    refuse_names(o.scenario for o in options if o.scenario is not None)
    with Board(err, quiet=quiet, wages=wages).watching() as watch:
        watch.tell("start")
        given = [Inputs.from_folder(folder, one, watch) for one in options]
        weeks = []
        for inputs in given:
            place = usual_place(folder, inputs) if out is None else out / (inputs.scenario or BASE)
            weeks.append(Week(inputs, folder_to_write(place, (folder, *inputs.paths)), wages))
        usual = usual_place(folder, given[0])
        beside = usual.with_name(f"{usual.name}-{COMPARED}") if out is None else out / COMPARED
        beside = folder_to_write(beside, (folder, *given[0].paths))
        places.may_write(*(week.place for week in weeks), beside)
        ended = each_alone(plan_week, weeks, watch)
        found = [one for one in ended if not isinstance(one, Exception)]
        failed = [(o.scenario or BASE, e) for o, e in zip(options, ended, strict=True) if isinstance(e, Exception)]
        return Beside(found, failed, compared(found, beside))


def refuse_names(scenarios: Iterable[str]) -> None:
    """Raise `InputError` where a scenario has the name of another folder beside those of scenarios.

    Capitals do not tell folders apart on every system.
    """
    known = dict.fromkeys((BASE, COMPARED), f"{BASE} is the run without a scenario, {COMPARED} lays all side by side")
    for name in scenarios:
        folder = spelled(name).casefold()
        if folder in known:
            mend = f"Name it otherwise: {known[folder]}"
            raise InputError("unfit name", column="scenario", value=name, mend=mend)
        known[folder] = f"the folder of {name} has the same name where capitals do not count"


def compared(found: Found, place: Path) -> Path | None:
    """Write table and picture of several runs, and return their folder; None without any run."""
    return write_comparison([where for where, _ in found], place) if found else None


def tell_beside(runs: Beside, summaries: Sequence[dict[str, Any]], *, as_json: bool, quiet: bool) -> int:
    """Print several runs beside each other, which of them did not reach the asked gap, and what ended the others.

    Parameters
    ----------
    summaries
        Of the runs, with cost, bound and gap as the asked gap means them.

    Returns
    -------
    int
        The gravest exit code: of the errors, where there are any.
    """
    if runs.found and as_json:
        sys.stdout.write(json.dumps([summary for _, summary in runs.found], indent=2, allow_nan=False) + "\n")
    elif runs.found and not quiet:
        folders = [where for where, _ in runs.found]
        names = dict(zip(map(str, folders), run_names(folders), strict=True))
        show_frame(side_by_side(folders).rename(columns=names), as_json=False, quiet=False)
        Console(highlight=False, soft_wrap=True).print(f"Wrote {', '.join(map(str, folders))} and {runs.place}")
    for (where, _), summary in zip(runs.found, summaries, strict=True):
        if code_of(summary) == LIMIT_WITH_PLAN:
            remark(f"{where.name}: {shortfall(summary)}")
    codes = []
    for name, error in runs.failed:
        code, words = code_and_words(error, "" if runs.found else places.said)
        codes.append(say(code, f"{name}: {words}"))
    return max(codes or map(code_of, summaries))

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
from ..comparison import write_comparison
from ..faults import code_of
from ..finished import run_names, side_by_side
from ..folders.targets import folder_to_write
from ..gap import shortfall
from ..inputs import Inputs, RunOptions
from ..publish.folder import RunFolder, publish, usual_place
from ..run import plan
from ..side_by_side import each_alone
from .command import err, places, remark, show_frame
from .console import Console
from .exit_codes import LIMIT_WITH_PLAN
from .progress_board import Board

BASE, COMPARED = "base", "compared"
"""Names of the run without a scenario, and of the folder of table and picture, where several are planned."""

Found = list[tuple[Path, dict[str, Any]]]
"""Folders and summaries of runs."""


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
    return publish(plan(week.inputs, eye), RunFolder(week.place, week.wages, lambda: board.log), eye)


def plan_beside(
    folder: Path, options: Sequence[RunOptions], out: Path | None, *, wages: bool, quiet: bool
) -> tuple[Found, Path]:
    """Plan a week under several scenarios, each in a process of its own; returns the runs and where they are compared.

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
        found = each_alone(plan_week, weeks, watch)
        return found, compared(found, beside)


def refuse_names(scenarios: Iterable[str]) -> None:
    """Raise `InputError` where a scenario has the name of another folder beside those of scenarios."""
    for name in scenarios:
        if name.casefold() in (BASE, COMPARED):
            mend = f"Name it otherwise: {BASE} is the run without a scenario, {COMPARED} lays all side by side"
            raise InputError("unfit name", column="scenario", value=name, mend=mend)


def compared(found: Found, place: Path) -> Path:
    """Write table and picture of several runs, and return their folder."""
    return write_comparison([where for where, _ in found], place)


def tell_beside(found: Found, place: Path, summaries: Sequence[dict[str, Any]], *, as_json: bool, quiet: bool) -> None:
    """Print several runs beside each other, and which of them did not reach the asked gap.

    Parameters
    ----------
    summaries
        Of the runs, with cost, bound and gap as the asked gap means them.
    """
    if as_json:
        sys.stdout.write(json.dumps([summary for _, summary in found], indent=2, allow_nan=False) + "\n")
    elif not quiet:
        runs = [where for where, _ in found]
        names = dict(zip(map(str, runs), run_names(runs), strict=True))
        show_frame(side_by_side(runs).rename(columns=names), as_json=False, quiet=False)
        Console(highlight=False, soft_wrap=True).print(f"Wrote {', '.join(map(str, runs))} and {place}")
    for (where, _), summary in zip(found, summaries, strict=True):
        if code_of(summary) == LIMIT_WITH_PLAN:
            remark(f"{where.name}: {shortfall(summary)}")

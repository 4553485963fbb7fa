"""The command `goals`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from .command import (
    Gap,
    Json,
    NoWages,
    Out,
    Quiet,
    Seed,
    TimeLimit,
    Week,
    date_of,
    err,
    places,
    show_frame,
    told,
)
from .console import Console
from .exit_codes import DONE, LIMIT_WITH_PLAN, STOPPED

app = typer.Typer()


@app.command()
@told
def goals(
    folder: Annotated[Path, typer.Argument(help="Folder with plan.toml and the files beside it.")],
    goal: Annotated[
        list[str], typer.Option("--goal", help="Goal like 80/20, or QUEUE=80/20 for one queue alone; several times.")
    ],
    week: Week = None,
    scenario: Annotated[str | None, typer.Option("--scenario", help="Apply [scenario.NAME].")] = None,
    people: Annotated[
        bool, typer.Option("--people", help="Plan the weeks of those on staff; else shifts without names.")
    ] = False,
    out: Out = None,
    seed: Seed = None,
    time_limit: TimeLimit = None,
    gap: Gap = None,
    no_wages: NoWages = False,
    json_: Json = False,
    quiet: Quiet = False,
) -> int:
    """Plan a week at several goals: the cheapest staffing at each, and what a point of service costs."""
    from .progress_board import Board

    with Board(err, quiet=quiet, wages=not no_wages).watching() as watch:
        watch.tell("start")
        from ..folders.targets import folder_to_write
        from ..goals.curve import goal_curve
        from ..goals.publish import publish_curve, usual_place
        from ..inputs import Inputs, RunOptions

        inputs = Inputs.from_folder(folder, RunOptions(date_of(week), scenario, seed, time_limit, gap), watch)
        place = folder_to_write(out or usual_place(folder, inputs), (folder, *inputs.paths))
        places.may_write(place)
        curve = goal_curve(inputs, goal, watch, people=people)
        where, summary = publish_curve(curve, place, wages=not no_wages)
    if json_:
        sys.stdout.write(json.dumps(summary, indent=2, allow_nan=False) + "\n")
    elif not quiet:
        from ..goals.publish import shown

        show_frame(shown(curve, wages=not no_wages), as_json=False, quiet=False)
        console = Console(highlight=False, soft_wrap=True)
        for note in curve.notes:
            console.print(f"note: {note}")
        console.print(f"Wrote {where}")
    if curve.stopped:
        return STOPPED
    return DONE if curve.table["reached"].all() else LIMIT_WITH_PLAN

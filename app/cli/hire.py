"""The command `hire`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from ..faults import code_of
from .command import Gap, Json, Out, Quiet, Seed, TimeLimit, err, places, remark, show_frame, told
from .console import Console
from .exit_codes import LIMIT_WITH_PLAN

app = typer.Typer()

Months = Annotated[int | None, typer.Option(help="Months to plan, 3 to 36; else months of hiring.toml.", min=3, max=36)]
AsOf = Annotated[
    Path | None,
    typer.Option("--as-of", help="State file: people by kind and tenure, classes on their way; else staff.csv."),
]
Scenarios = Annotated[
    list[str] | None,
    typer.Option("--scenario", help="Apply [scenario.NAME]; several are planned side by side, and without any too."),
]


@app.command()
@told
def hire(
    folder: Annotated[
        Path, typer.Argument(help="Folder with plan.toml, calls and staff.csv; hiring.toml where known.")
    ],
    months: Months = None,
    as_of: AsOf = None,
    scenario: Scenarios = None,
    out: Out = None,
    seed: Seed = None,
    time_limit: TimeLimit = None,
    gap: Gap = None,
    json_: Json = False,
    quiet: Quiet = False,
) -> int:
    """Plan hires: how many people, of which kind, when; at least expected cost over the coming months."""
    from .progress_board import Board

    names = list(dict.fromkeys(scenario or ()))
    board = Board(err, quiet=quiet)
    with board.watching() as watch:
        watch.tell("start")
        from ..folders.targets import folder_to_write
        from ..hiring.config import BASE
        from ..hiring.publish import HiringFolder, publish, usual_place
        from ..hiring.run import HiringInputs, HiringOptions
        from ..hiring.side_by_side import hire_all

        asked: list[str | None] = [None, *names] if len(names) > 1 else [*names] or [None]
        options = [HiringOptions(months, name, as_of, seed, time_limit, gap) for name in asked]
        given = [HiringInputs.read(folder, o, watch) for o in options]
        sinks = []
        for one in given:
            usual = usual_place(folder, one.state.as_of.isoformat(), one.file.scenario)
            place = usual if out is None else out if len(given) == 1 else out / (one.file.scenario or BASE)
            sinks.append(folder_to_write(place, (folder, *(f.path for f in one.files.values()))))
        outcomes = hire_all(given, watch)
        costs = {o.file.scenario or BASE: dict(o.plan.cost) for o in outcomes}
        found = []
        for outcome, place in zip(outcomes, sinks, strict=True):
            sink = HiringFolder(place, costs if len(costs) > 1 else {}, lambda: board.log)
            places.may_write(sink.place(outcome))
            where, summary = publish(outcome, sink)
            best, bound, gap = (summary[f"{key}_decidable"] for key in ("cost", "bound", "gap"))
            watch.tell("publish", str(where), best=best, bound=bound, gap=gap)
            found.append((where, summary))
    return finish(found, as_json=json_, quiet=quiet)


def finish(found: list[tuple[Path, dict[str, Any]]], *, as_json: bool, quiet: bool) -> int:
    """Print the summaries of hiring runs and return the exit code: the gravest of them."""
    from ..gap import shortfall
    from ..hiring.summary import decidable
    from .hire_screen import hiring_screen

    codes = [code_of(decidable(summary)) for _, summary in found]
    if as_json:
        told_ = [summary for _, summary in found]
        sys.stdout.write(json.dumps(told_[0] if len(told_) == 1 else told_, indent=2, allow_nan=False) + "\n")
    elif not quiet:
        for where, summary in found[:1] if len(found) > 1 else found:
            Console(highlight=False).print(hiring_screen(summary, where))
        if len(found) > 1:
            from ..finished import side_by_side

            beside = side_by_side([where for where, _ in found])
            names = {str(where): where.name for where, _ in found}
            show_frame(beside.rename(columns=names), as_json=False, quiet=False)
    for code, (_, summary) in zip(codes, found, strict=True):
        if code == LIMIT_WITH_PLAN and (as_json or quiet):
            remark(shortfall(decidable(summary)))
    return max(codes)
